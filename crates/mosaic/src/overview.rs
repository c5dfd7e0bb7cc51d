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

/// Which of the four pixels below each overview pixel takes: 0 upper left, 1 upper right, 2 lower left, 3 lower right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    side: usize,
    width: usize,
    height: usize,
    taken: Vec<u8>,
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
    let [across, down] = [width.div_ceil(2), height.div_ceil(2)];
    let taken = match (reduce, class) {
        (Reduce::Nearest, _) => vec![0; across * down],
        (Reduce::Mode, Plane::U8(samples)) => choose_mode(samples, side, width, height),
        (Reduce::Mode, Plane::U16(samples)) => choose_mode(samples, side, width, height),
    };
    Choices { side, width: across, height: down, taken }
}

fn choose_mode<T: Copy + Ord>(samples: &[T], side: usize, width: usize, height: usize) -> Vec<u8> {
    let mut taken = Vec::with_capacity(width.div_ceil(2) * height.div_ceil(2));
    for row in (0..height).step_by(2) {
        let upper = &samples[row * side..][..width];
        // Past the edge the pixels that are there count twice, which changes no majority and no tie.
        let lower = if row + 1 < height { &samples[(row + 1) * side..][..width] } else { upper };
        for col in (0..width).step_by(2) {
            let right = if col + 1 < width { col + 1 } else { col };
            taken.push(mode_of_four([upper[col], upper[right], lower[col], lower[right]]));
        }
    }
    taken
}

/// The first place of the value that stands most often; of several, of the lowest.
fn mode_of_four<T: Copy + Ord>(four: [T; 4]) -> u8 {
    let [a, b, c, d] = four;
    if a == b && (c == a || d == a || c != d) {
        // a holds a majority, or is the only value that stands twice.
        return 0;
    }
    let votes = |value: T| four.iter().filter(|other| **other == value).count();
    let best = (0..4).max_by_key(|at| (votes(four[*at]), std::cmp::Reverse((four[*at], *at)))).unwrap_or(0);
    best as u8
}

/// The overview of one band: a plane of `width` x `height` (those of the choices), row by row without padding.
pub fn reduce(plane: &Plane, choices: &Choices) -> Plane {
    match plane {
        Plane::U8(samples) => Plane::U8(take(samples, choices)),
        Plane::U16(samples) => Plane::U16(take(samples, choices)),
    }
}

fn take<T: Copy>(samples: &[T], choices: &Choices) -> Vec<T> {
    let mut taken = Vec::with_capacity(choices.taken.len());
    for (row, line) in choices.taken.chunks_exact(choices.width).enumerate() {
        let upper_left = row * 2 * choices.side;
        for (col, choice) in line.iter().enumerate() {
            let [right, down] = [usize::from(choice & 1), usize::from(choice >> 1)];
            taken.push(samples[upper_left + down * choices.side + col * 2 + right]);
        }
    }
    taken
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
