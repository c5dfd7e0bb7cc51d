//! Patches smaller than a limit, over a frame of any size: the minimum mapping unit.
//!
//! A frame is cut into **units**, windows that cover it without overlap, which may be labelled by many threads in any order and then
//! joined. Nothing of the result depends on how the frame was cut, or on the order. Other than in [`crate::patches`], where patches are
//! polygons with a source and the pieces of a lattice, a patch here is only counted and weighed; and it may be 8-connected.
//!
//! ```text
//! plane of a unit ─► Sieve::label: Unit ─► Join::add ─► Join::finish: Sieved
//!                      │ what cannot reach beyond the unit is judged there and then
//!                      └► parts at the unit's border, and what stands along it
//! ```
//!
//! ```
//! use mutirao_core::grid::Window;
//! use mutirao_mosaic::measure::patches::{Connectivity, Join, Sieve};
//!
//! let sieve = Sieve {
//!     connectivity: Connectivity::Four,
//!     frame: [4, 1],
//!     at_edges: true,
//!     is_small: |_pixels, area| area < 300,
//!     keep: 10,
//! };
//! let mut join = Join::new(&sieve);
//! for (col, plane) in [(2, [7, 9]), (0, [7, 7])] {
//!     let window = Window { col, row: 0, width: 2, height: 1 };
//!     join.add(sieve.label(&window, &plane, |_| true, |_row, start, end| u128::from(end - start) * 100));
//! }
//! let sieved = join.finish();
//! assert_eq!((sieved.totals.patches, sieved.totals.small), (2, 1));
//! assert_eq!((sieved.first[0].class, sieved.first[0].col, sieved.first[0].area), (9, 3, 100));
//! ```

mod contact;
mod join;
mod label;
#[cfg(test)]
mod tests;

use std::ops::AddAssign;

pub use join::Join;
pub use label::Unit;

/// Which pixels of one class belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connectivity {
    /// Those that share a side.
    Four,
    /// Those that share a side or a corner.
    Eight,
}

impl Connectivity {
    /// How far beyond its ends a run touches runs of the rows beside it.
    fn reach(self) -> u32 {
        match self {
            Connectivity::Four => 0,
            Connectivity::Eight => 1,
        }
    }
}

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Sieve<S> {
    /// Which pixels belong together.
    pub connectivity: Connectivity,
    /// Columns and rows of the frame.
    pub frame: [u32; 2],
    /// Whether patches are judged that touch the frame's edge or nothing: how far they go on there nobody sees.
    pub at_edges: bool,
    /// Whether a patch of so many pixels, and of such an area in the caller's whole units, is too small.
    pub is_small: S,
    /// How many of the small patches are kept, the first ones; all are counted.
    pub keep: usize,
}

/// Connected pixels of one class. Patches are ordered by their first pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Patch {
    /// The row of its first pixel, in the frame: the least one.
    pub row: u32,
    /// The column of its first pixel: the least one in that row.
    pub col: u32,
    /// Its class.
    pub class: u32,
    /// Its pixels.
    pub pixels: u64,
    /// Their area, in the caller's whole units.
    pub area: u128,
    /// Whether it touches the frame's edge or nothing. It touches what a further pixel of it would have to touch: that shares a side
    /// with it or, if so connected, a corner.
    pub at_edge: bool,
}

/// Counts of patches of the chosen classes. Those of several frames add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many there are.
    pub patches: u64,
    /// Those that were judged: all, or all but those at edges.
    pub judged: u64,
    /// Those that were not, because they touch the frame's edge or nothing. With those judged, all.
    pub left_out: u64,
    /// Those of the judged that are too small.
    pub small: u64,
    /// Pixels of the small ones.
    pub small_pixels: u64,
    /// Area of the small ones, in the caller's whole units.
    pub small_area: u128,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.patches += other.patches;
        self.judged += other.judged;
        self.left_out += other.left_out;
        self.small += other.small;
        self.small_pixels += other.small_pixels;
        self.small_area += other.small_area;
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sieved {
    /// Counts of all patches.
    pub totals: Totals,
    /// The first of the small ones, by their first pixels, as many as are to be kept.
    pub first: Vec<Patch>,
    /// The least area of those that were judged, in the caller's whole units.
    pub least: Option<u128>,
}

impl Sieved {
    /// Counts a patch of which nothing is missing, and keeps it if it is small.
    fn judge<S: Fn(u64, u128) -> bool>(&mut self, patch: Patch, sieve: &Sieve<S>) {
        let is_judged = sieve.at_edges || !patch.at_edge;
        self.totals.patches += 1;
        self.totals.judged += u64::from(is_judged);
        self.totals.left_out += u64::from(!is_judged);
        if is_judged {
            self.least = least(self.least, Some(patch.area));
        }
        if is_judged && (sieve.is_small)(patch.pixels, patch.area) {
            self.totals.small += 1;
            self.totals.small_pixels += patch.pixels;
            self.totals.small_area += patch.area;
            self.first.push(patch);
            self.make_room(sieve.keep);
        }
    }

    /// Adds what was found in a unit.
    fn add(&mut self, unit: Sieved, keep: usize) {
        self.totals += unit.totals;
        self.first.extend(unit.first);
        self.least = least(self.least, unit.least);
        self.make_room(keep);
    }

    /// Trims it where much more is there than is to be kept: not at every patch, since patches must be sorted for it.
    fn make_room(&mut self, keep: usize) {
        if self.first.len() >= keep.saturating_mul(2).max(1024) {
            self.trim(keep);
        }
    }

    /// Drops what is not to be kept, and brings the rest in order.
    fn trim(&mut self, keep: usize) {
        self.first.sort_unstable();
        self.first.truncate(keep);
    }
}

fn least(one: Option<u128>, other: Option<u128>) -> Option<u128> {
    one.into_iter().chain(other).min()
}
