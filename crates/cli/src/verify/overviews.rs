//! Overviews against the level below, made again the way a run makes them.

use mutirao_mosaic::{
    overview::{Reduce, choose, reduce},
    plane::Plane,
};

use super::report::PLACES;

/// A pixel of an overview that is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Differing {
    /// Row of the overview.
    pub row: u32,
    /// Column of the overview.
    pub col: u32,
    /// The band, from 0.
    pub band: u16,
    /// What the level below makes of it.
    pub expected: u16,
    /// What it holds.
    pub found: u16,
}

/// The pixels of one overview that differ: how many, and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Samples in all.
    pub count: u64,
    /// The first, in row order.
    pub first: Vec<Differing>,
}

impl Differences {
    /// Adds others of the same overview.
    pub fn merge(&mut self, other: Differences) {
        self.count += other.count;
        self.first.extend(other.first);
        self.first.sort_unstable();
        self.first.truncate(PLACES);
    }
}

/// A tile and its place: which quarter of the tile above it makes.
pub struct Below<'a> {
    /// All bands, the class first.
    pub planes: &'a [Plane],
    /// Columns and rows that are there.
    pub size: [usize; 2],
    /// Column and row of tiles.
    pub tile: [u32; 2],
}

/// Compares the quarter that a tile makes with what stands in the tile above, band by band.
pub fn compare(below: &Below<'_>, above: &[Plane], side: usize, how: Reduce) -> Vec<Differences> {
    let Below { planes, size: [width, height], tile: [col, row] } = *below;
    let choices = choose(&planes[0], side, width, height, how);
    let [right, lower] = [col % 2, row % 2].map(|odd| odd as usize * side / 2);
    let corner = [col / 2 * side as u32 + right as u32, row / 2 * side as u32 + lower as u32];
    let mut differences = Vec::with_capacity(planes.len());
    for (band, (plane, above)) in planes.iter().zip(above).enumerate() {
        let due = reduce(plane, &choices);
        let mut found = Differences::default();
        for y in 0..choices.height() {
            for x in 0..choices.width() {
                let expected = due.get(y * choices.width() + x);
                let stands = above.get((lower + y) * side + right + x);
                if expected != stands {
                    found.count += 1;
                    if found.first.len() < PLACES {
                        let [col, row] = [corner[0] + x as u32, corner[1] + y as u32];
                        found.first.push(Differing { row, col, band: band as u16, expected, found: stands });
                    }
                }
            }
        }
        differences.push(found);
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quarter_is_found_in_its_place() {
        let class = Plane::U8(vec![1, 1, 2, 3, 1, 2, 3, 3, 7, 7, 7, 7, 7, 7, 7, 7]);
        let source = Plane::U8((0..16).collect());
        // The tile lies at column 1, row 2: its quarter is the upper right of the tile at column 0, row 1.
        let below = Below { planes: &[class, source], size: [4, 2], tile: [1, 2] };
        let mut above = vec![Plane::filled(false, 16, 0), Plane::filled(false, 16, 0)];
        let put = |plane: &mut Plane, at: usize, value: u8| {
            if let Plane::U8(samples) = plane {
                samples[at] = value;
            }
        };
        put(&mut above[0], 2, 1);
        put(&mut above[0], 3, 3);
        put(&mut above[1], 2, 0);
        put(&mut above[1], 3, 6);
        let found = compare(&below, &above, 4, Reduce::Mode);
        assert_eq!(found[0], Differences::default());
        // The first pixel in row order that carries class 3 is the upper right one.
        assert_eq!(found[1].first, [Differing { row: 4, col: 3, band: 1, expected: 3, found: 6 }]);
    }
}
