//! Finished rasters as the engine takes them for patches and areas, and what comes of it as files.

mod format;
mod write;

use mutirao_core::grid::Window;
use mutirao_engine::finished::{Layer, Placed};
use mutirao_geotiff::GeoTiff;

pub use format::{Format, failed};
pub use write::{Written, row, write_patches};

/// Memory that `patches` and `areas` may take, in bytes.
pub const MEMORY: u64 = 512 << 20;

/// One band of files that lie on the grid.
pub fn layer<'a>(files: impl Iterator<Item = Placed<'a>>) -> Layer<'a> {
    Layer { files: files.collect() }
}

/// A file of a release at its place.
pub fn placed<'a>(name: &str, source: &'a GeoTiff, band: u16, window: Window, nothing: Option<u16>) -> Placed<'a> {
    Placed { path: name.into(), source, band, window, nothing: nothing.map(i32::from) }
}
