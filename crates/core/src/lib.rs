//! The words and decisions of Mutirão.
//!
//! Everything here is a plain value or a pure function: no files, no GDAL, no threads, no async. What touches the outside
//! world stands behind the traits of [`raster`] and is implemented in the rooms above.
#![forbid(unsafe_code)]

pub mod axis_unit;
pub mod control_grid;
pub mod crosswalk;
pub mod door;
pub mod ellipsoid;
pub mod features;
pub mod finding;
pub mod geometry;
pub mod grid;
pub mod legend;
pub mod licence;
pub mod outline;
pub mod pipeline;
pub mod raster;
pub mod rule;
pub mod sink;
pub mod statement;
pub mod values;
pub mod words;
