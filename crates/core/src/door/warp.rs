//! Questions about a grid: true areas of its pixels, and where they lie in a source.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::CrsText;
use crate::control_grid::ControlGridFacts;
use crate::grid::{Grid, Window};
use crate::raster::GeoTransform;

/// How large are the pixels in truth? For grids of projected CRSs; of geographic ones
/// [`row_pixel_area_m2`](crate::ellipsoid::Ellipsoid::row_pixel_area_m2) says it without a door.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AreasQuestion {
    /// The grid; its CRS is projected.
    pub grid: Grid,
    /// Pixels on a side of a cell, 64 in a release; the last cells are cut to the grid.
    pub cell: u32,
    /// Where to write the factors: little-endian f64, row by row of cells, square metres a pixel (area of the cell on the
    /// CRS's own ellipsoid by its number of pixels); NaN for a cell that does not lie on the earth.
    pub out: PathBuf,
}

/// The shape of the area factors, and their range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AreasFacts {
    /// Cells in a row: `ceil(width / cell)`.
    pub cells_across: u32,
    /// Rows of cells.
    pub cells_down: u32,
    /// Cells without an area (NaN).
    pub missing: u64,
    /// The smallest factor, square metres a pixel; none if all are missing.
    pub min: Option<f64>,
    /// The largest factor.
    pub max: Option<f64>,
}

/// Where in a source raster do the pixels of the coverage lie?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlGridQuestion {
    /// CRS of the source.
    pub from: CrsText,
    /// From source pixel to source map.
    pub source_transform: GeoTransform,
    /// Columns and rows of the source.
    pub source_size: [u32; 2],
    /// The coverage's grid.
    pub grid: Grid,
    /// The part of it that is wanted; none for the whole.
    pub window: Option<Window>,
    /// Largest error allowed, in source pixels; 0.125 is usual.
    pub bound: f64,
    /// Whether a ballpark transformation will do.
    pub allow_ballpark: bool,
    /// Where to write the [control grid](crate::control_grid).
    pub out: PathBuf,
}

/// A control grid without its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlGridAnswer {
    /// Shape and error, as [`ControlGrid::from_bytes`](crate::control_grid::ControlGrid::from_bytes) takes it.
    pub grid: ControlGridFacts,
    /// How coordinates are carried from the coverage's CRS to the source's.
    pub transformation: TransformationFacts,
}

/// Which transformation is used between two CRSs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransformationFacts {
    /// PROJ's name of the operation, with its steps.
    pub name: String,
    /// Its stated accuracy in metres; none where unknown. 0 is a mere conversion.
    pub accuracy_m: Option<f64>,
    /// Whether it ignores that the datums differ or are unknown.
    pub ballpark: bool,
    /// A better operation that cannot be used here, because a grid file is not installed.
    pub better: Option<String>,
}

/// Its name, and how good it is where that is worth a word.
impl std::fmt::Display for TransformationFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        match (self.ballpark, self.accuracy_m) {
            (true, _) => f.write_str(" (ballpark)"),
            (false, Some(metres)) if metres > 0.0 => write!(f, " ({metres} m)"),
            _ => Ok(()),
        }
    }
}
