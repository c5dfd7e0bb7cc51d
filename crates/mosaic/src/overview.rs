//! Overviews: every pixel stands for up to 2 x 2 of the level below.
//!
//! The class decides which of the four is taken (MODE: the class that most of them hold, ties to the lowest code; NEAREST: the upper
//! left one), and all other bands follow the pixel taken. So each overview pixel is a pixel of full resolution that carries the
//! overview's class.

use crate::plane::Plane;

/// How the class of an overview is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduce {
    /// The class that most hold; ties go to the lowest code. Nothing counts like a class.
    Mode,
    /// The upper left pixel.
    Nearest,
}

/// Which of the up to four pixels below each overview pixel takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    width: usize,
    height: usize,
    /// By overview pixel, row by row: the place in the plane below.
    taken: Vec<u32>,
}

impl Choices {
    /// Columns of the overview.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows of the overview.
    pub fn height(&self) -> usize {
        self.height
    }
}

/// Chooses for a square plane of classes of `side` pixels (even), of which the upper left `width` x `height` are there.
pub fn choose(class: &Plane, side: usize, width: usize, height: usize, reduce: Reduce) -> Choices {
    let taken = match (reduce, class) {
        // Among equals the first is taken, which is the upper left one.
        _ if class.constant().is_some() => choose_by(side, width, height, |_| 0),
        (Reduce::Nearest, _) => choose_by(side, width, height, |_| 0),
        (Reduce::Mode, Plane::U8(samples)) => {
            choose_by(side, width, height, |four| mode_of_four(four.map(|at| samples[at])))
        }
        (Reduce::Mode, Plane::U16(samples)) => {
            choose_by(side, width, height, |four| mode_of_four(four.map(|at| samples[at])))
        }
    };
    Choices { width: width.div_ceil(2), height: height.div_ceil(2), taken }
}

/// Asks for each overview pixel which of the four below is taken: upper left, upper right, lower left, lower right.
fn choose_by(side: usize, width: usize, height: usize, which: impl Fn([usize; 4]) -> usize) -> Vec<u32> {
    let mut taken = Vec::with_capacity(width.div_ceil(2) * height.div_ceil(2));
    for row in (0..height).step_by(2) {
        let upper = row * side;
        // Past the edge the pixels that are there count twice, which changes no majority and no tie.
        let lower = if row + 1 < height { upper + side } else { upper };
        for col in (0..width).step_by(2) {
            let right = if col + 1 < width { col + 1 } else { col };
            let four = [upper + col, upper + right, lower + col, lower + right];
            taken.push(four[which(four)] as u32);
        }
    }
    taken
}

/// The first place of the value that stands most often; of several, of the lowest.
fn mode_of_four<T: Copy + Ord>(four: [T; 4]) -> usize {
    let [a, b, c, d] = four;
    if a == b && (c == a || d == a || c != d) {
        // a holds a majority, or is the only value that stands twice.
        return 0;
    }
    let votes = |value: T| four.iter().filter(|other| **other == value).count();
    (0..4).max_by_key(|at| (votes(four[*at]), std::cmp::Reverse((four[*at], *at)))).unwrap_or(0)
}

/// The overview of one band: a plane of `width` x `height` (those of the choices), row by row without padding.
pub fn reduce(plane: &Plane, choices: &Choices) -> Plane {
    fn take<T: Copy>(samples: &[T], choices: &Choices) -> Vec<T> {
        choices.taken.iter().map(|at| samples[*at as usize]).collect()
    }
    match (plane.constant(), plane) {
        (Some(value), _) => Plane::filled(plane.is_wide(), choices.taken.len(), value),
        (None, Plane::U8(samples)) => Plane::U8(take(samples, choices)),
        (None, Plane::U16(samples)) => Plane::U16(take(samples, choices)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Counts straight from the definition, over the pixels that are there.
    fn brute_force(samples: &[u8], side: usize, width: usize, height: usize) -> Vec<u8> {
        let mut out = Vec::new();
        for row in (0..height).step_by(2) {
            for col in (0..width).step_by(2) {
                let mut counts = [0u32; 256];
                for y in row..(row + 2).min(height) {
                    for x in col..(col + 2).min(width) {
                        counts[usize::from(samples[y * side + x])] += 1;
                    }
                }
                let most = *counts.iter().max().unwrap();
                out.push(counts.iter().position(|count| *count == most).unwrap() as u8);
            }
        }
        out
    }

    proptest! {
        #[test]
        fn mode_equals_counting(width in 1usize..=16, height in 1usize..=16, samples in prop::collection::vec(0u8..4, 256)) {
            let plane = Plane::U8(samples.clone());
            let choices = choose(&plane, 16, width, height, Reduce::Mode);
            prop_assert_eq!(reduce(&plane, &choices), Plane::U8(brute_force(&samples, 16, width, height)));
        }

        #[test]
        fn other_bands_follow_a_pixel_that_carries_the_class(samples in prop::collection::vec(0u8..3, 64)) {
            let class = Plane::U8(samples.clone());
            // The second band is the place itself, so the pixel taken is known.
            let places = Plane::U16((0..64).collect());
            let choices = choose(&class, 8, 7, 5, Reduce::Mode);
            let [classes, taken] = [reduce(&class, &choices), reduce(&places, &choices)];
            for pixel in 0..classes.len() {
                prop_assert_eq!(classes.get(pixel), u16::from(samples[usize::from(taken.get(pixel))]));
                let [col, row] = [taken.get(pixel) % 8, taken.get(pixel) / 8];
                prop_assert!(col < 7 && row < 5, "a pixel of the padding was taken");
            }
        }
    }
}
