//! A finished coverage, read again: its patches, its areas by any territories, and what it holds at single pixels.
//!
//! What is finished are rasters on one grid, in one file or in sheets, seen through [`mutirao_core::raster::RasterSource`]. Both answers
//! come in a bounded piece of memory and in an order of their own, whatever the number of threads.

mod areas;
mod held;
mod layer;
mod order;
mod patches;
mod points;

use mutirao_core::grid::Grid;

pub use areas::{FinishedKey, areas};
pub use layer::{Layer, Placed};
pub use patches::{Batch, PatchPart, Wanted, patches};
pub use points::values_at;

/// A coverage that is there.
pub struct Finished<'a> {
    /// Its grid.
    pub grid: Grid,
    /// Its periods, in order.
    pub periods: Vec<FinishedPeriod<'a>>,
}

/// One period of a coverage.
pub struct FinishedPeriod<'a> {
    /// Its label.
    pub label: String,
    /// The classes.
    pub class: Layer<'a>,
    /// The sources, if they are known.
    pub source: Option<Layer<'a>>,
    /// The rules, if they are known.
    pub rule: Option<Layer<'a>>,
    /// Where the coverage's area is.
    pub area: Area<'a>,
}

/// Where a coverage's area is: where it holds nothing, that is a gap within it, and nothing at all outside.
pub enum Area<'a> {
    /// All of the grid.
    Whole,
    /// Where this layer speaks.
    Where(Layer<'a>),
    /// Where there is a class: nobody says more.
    Classes,
}

/// The means at hand.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// How many threads.
    pub threads: usize,
    /// How much memory, in bytes.
    pub memory: u64,
    /// Who is told, and may stop the work.
    pub observer: &'a dyn mutirao_core::sink::Observer,
}
