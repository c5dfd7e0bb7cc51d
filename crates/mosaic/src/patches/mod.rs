//! Patches: 4-connected pixels of one value, as polygons.
//!
//! A value is a class and its source in one number; what is no patch is [`NOTHING`]. A patch may reach over the whole coverage, so it is
//! cut at the lines of a [`Lattice`], and its pieces are its **parts**: no polygon and no work is larger than a cell of the lattice.
//!
//! ```text
//! rows of pixels ─► Labeller ─► Cell: the parts and their runs ─► Outliner: the rings of each part
//!                                └► border: what touches lines of the lattice ─► Joiner ─► Whole: number and sums of each patch
//! ```
//!
//! Everything is done on runs, stretches of a row that belong to one part. What comes out depends on the pixels and the lattice alone:
//! parts stand in the order of their first pixels, cells may be joined in any order, and sums are integers.
//!
//! ```
//! use mutirao_mosaic::patches::{Labeller, NOTHING, Outliner};
//!
//! let mut labeller = Labeller::new(3);
//! labeller.row(&[7, 7, NOTHING]);
//! labeller.row(&[9, 7, 9]);
//! let cell = labeller.finish();
//! assert_eq!(cell.len(), 3);
//! let rings = Outliner::default().rings(cell.part(0).runs, |corner| corner);
//! assert_eq!(rings, [[[0, 0], [0, 1], [1, 1], [1, 2], [2, 2], [2, 0], [0, 0]]]);
//! ```

mod cell;
pub(crate) mod disjoint;
mod join;
mod lattice;
mod outline;
mod outlines;
#[cfg(test)]
mod tests;

pub use cell::{Cell, Labeller, NOTHING, Part, Run};
pub use join::{Border, Joined, Joiner, Sums, Whole};
pub use lattice::{Lattice, SIDE, Side};
pub use outline::Outliner;
pub use outlines::Outlines;
