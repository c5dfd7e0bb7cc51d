//! The coverage's grid, windows on it, and how a layer lies on it.

use serde::{Deserialize, Serialize};

use crate::raster::GeoTransform;

/// A north-up lattice of pixels in a CRS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// The CRS as the pipeline writes it, such as `EPSG:31976` or WKT.
    pub crs: String,
    /// Outer corner of the upper left pixel, [east, north] whatever the CRS's axis order.
    pub origin: [f64; 2],
    /// Width and height of a pixel in the CRS's units; both positive.
    pub resolution: [f64; 2],
    /// Columns and rows.
    pub size: [u32; 2],
}

impl Grid {
    /// Columns.
    pub fn width(&self) -> u32 {
        self.size[0]
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.size[1]
    }

    /// From pixel to map.
    pub fn transform(&self) -> GeoTransform {
        GeoTransform([self.origin[0], self.resolution[0], 0.0, self.origin[1], 0.0, -self.resolution[1]])
    }

    /// All pixels.
    pub fn window(&self) -> Window {
        Window { col: 0, row: 0, width: self.width(), height: self.height() }
    }

    /// Pixels in all.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width()) * u64::from(self.height())
    }

    /// Map coordinates of a pixel's centre, [x, y].
    pub fn centre(&self, col: u32, row: u32) -> [f64; 2] {
        self.transform().to_map(f64::from(col) + 0.5, f64::from(row) + 0.5)
    }

    /// The pixel [col, row] that holds a place, none outside. A place on an edge belongs to the pixel east and south of it.
    pub fn pixel_at(&self, x: f64, y: f64) -> Option<[u32; 2]> {
        let col = ((x - self.origin[0]) / self.resolution[0]).floor();
        let row = ((self.origin[1] - y) / self.resolution[1]).floor();
        let inside = col >= 0.0 && row >= 0.0 && col < f64::from(self.width()) && row < f64::from(self.height());
        inside.then_some([col as u32, row as u32])
    }
}

impl std::fmt::Display for Grid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [x, y] = self.resolution;
        write!(f, "{} {}x{} pixels of {x}", self.crs, self.width(), self.height())?;
        if x != y {
            write!(f, " x {y}")?;
        }
        write!(f, " from ({}, {})", self.origin[0], self.origin[1])
    }
}

/// A rectangle of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Window {
    /// First column.
    pub col: u32,
    /// First row.
    pub row: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Grid {
    /// The grid of some of its pixels.
    pub fn part(&self, window: &Window) -> Grid {
        let [x, y] = self.transform().to_map(f64::from(window.col), f64::from(window.row));
        Grid { origin: [x, y], size: [window.width, window.height], ..self.clone() }
    }
}

impl Window {
    /// Pixels held.
    pub fn pixels(&self) -> usize {
        self.width as usize * self.height as usize
    }

    /// The first column that is no longer held.
    pub fn col_end(&self) -> u32 {
        self.col + self.width
    }

    /// The first row that is no longer held.
    pub fn row_end(&self) -> u32 {
        self.row + self.height
    }

    /// What two windows share, if anything.
    pub fn intersection(&self, other: &Window) -> Option<Window> {
        let col = self.col.max(other.col);
        let row = self.row.max(other.row);
        let col_end = self.col_end().min(other.col_end());
        let row_end = self.row_end().min(other.row_end());
        (col < col_end && row < row_end).then(|| Window { col, row, width: col_end - col, height: row_end - row })
    }
}

/// Where a layer's upper left pixel falls on the grid, once it was found to be on it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Offset {
    /// Column of the grid at which the layer's first column lies; negative west of the grid.
    pub col: i64,
    /// Row of the grid at which the layer's first row lies; negative north of the grid.
    pub row: i64,
    /// The largest distance of a corner from its node, in pixels: what snapping took away.
    pub snapped: f64,
}

/// Why a layer is not on the grid.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Misfit {
    /// The layer's rows run north.
    #[error("its rows run from south to north")]
    SouthUp,
    /// The layer is rotated, sheared or mirrored, or its place is no finite number.
    #[error("it is rotated or sheared")]
    Rotated,
    /// The pixels have another size.
    #[error("its pixels are {} x {}, the grid's are {} x {}", .layer[0], .layer[1], .grid[0], .grid[1])]
    Resolution {
        /// Of the layer, [x, y].
        layer: [f64; 2],
        /// Of the grid, [x, y].
        grid: [f64; 2],
    },
    /// The pixels lie between the grid's.
    #[error("{}", shift_words(*.east, *.south))]
    Shifted {
        /// Pixels to the east, from -0.5 to 0.5.
        east: f64,
        /// Pixels to the south, from -0.5 to 0.5.
        south: f64,
    },
}

fn shift_words(east: f64, south: f64) -> String {
    let part = |by: f64, positive: &str, negative: &str| {
        (by.abs() >= 0.005).then(|| format!("{:.2} pixels {}", by.abs(), if by > 0.0 { positive } else { negative }))
    };
    let parts: Vec<String> =
        [part(east, "east", "west"), part(south, "south", "north")].into_iter().flatten().collect();
    if parts.is_empty() {
        format!("shifted by {:.4} pixels", east.abs().max(south.abs()))
    } else {
        format!("shifted by {}", parts.join(" and "))
    }
}

/// Says where a raster of the same CRS lies on the grid: every corner must be within `tolerance` pixels of a node.
/// On a geographic CRS longitudes match modulo 360 degrees (`wrap` = 360 in the CRS's unit; none on projected ones).
///
/// # Errors
/// [`Misfit`], the reason why the raster is not on the grid.
pub fn align(
    grid: &Grid,
    transform: &GeoTransform,
    size: [u32; 2],
    tolerance: f64,
    wrap: Option<f64>,
) -> Result<Offset, Misfit> {
    let t = &transform.0;
    if !transform.is_north_up() {
        let south_up = t.iter().all(|v| v.is_finite()) && t[2] == 0.0 && t[4] == 0.0 && t[1] > 0.0 && t[5] > 0.0;
        return Err(if south_up { Misfit::SouthUp } else { Misfit::Rotated });
    }
    let layer = [t[1], -t[5]];
    let [col, row] = [(t[0] - grid.origin[0]) / grid.resolution[0], (grid.origin[1] - t[3]) / grid.resolution[1]];
    let far = [f64::from(size[0]) * layer[0] / grid.resolution[0], f64::from(size[1]) * layer[1] / grid.resolution[1]];
    let stretch = [far[0] - f64::from(size[0]), far[1] - f64::from(size[1])];
    // Half a pixel either way is told as one to the east and south.
    let shift = [col, row].map(|at| at - (at - 0.5).ceil());
    let within = |axis: usize| shift[axis].abs() <= tolerance && (shift[axis] + stretch[axis]).abs() <= tolerance;
    if !(within(0) && within(1)) {
        let stretched = stretch.iter().any(|s| s.abs() > tolerance.max(1e-9));
        return Err(if stretched {
            Misfit::Resolution { layer, grid: grid.resolution }
        } else {
            Misfit::Shifted { east: shift[0], south: shift[1] }
        });
    }
    let snapped = (0..2).map(|axis| shift[axis].abs().max((shift[axis] + stretch[axis]).abs())).fold(0.0, f64::max);
    let mut first = col.round() as i64;
    if let Some(turn) = wrap.map(|wrap| (wrap / grid.resolution[0]).round() as i64).filter(|turn| *turn > 0) {
        // Of all turns of the globe, take the one whose middle lies closest to the grid's middle.
        let middle = |first: i64| first + i64::from(size[0]) / 2 - i64::from(grid.width()) / 2;
        first -= (middle(first) as f64 / turn as f64).round() as i64 * turn;
    }
    Ok(Offset { col: first, row: row.round() as i64, snapped })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        Grid { crs: "EPSG:31976".into(), origin: [400_000.0, 100_000.0], resolution: [30.0, 30.0], size: [100, 80] }
    }

    fn placed(x: f64, y: f64, res: f64) -> Result<Offset, Misfit> {
        align(&grid(), &GeoTransform([x, res, 0.0, y, 0.0, -res]), [50, 50], 0.01, None)
    }

    #[test]
    fn a_layer_inside_the_grid_gets_its_offset() {
        let offset = placed(400_300.0, 99_970.0, 30.0).unwrap();
        assert_eq!((offset.col, offset.row, offset.snapped), (10, 1, 0.0));
    }

    #[test]
    fn tiny_offsets_are_snapped_and_told() {
        let offset = placed(400_300.0 + 0.03, 99_970.0, 30.0).unwrap();
        assert_eq!((offset.col, offset.row), (10, 1));
        assert!((offset.snapped - 0.001).abs() < 1e-9);
    }

    #[test]
    fn a_shift_is_named_with_its_direction() {
        let misfit = placed(400_011.1, 100_000.0, 30.0).unwrap_err();
        assert_eq!(misfit.to_string(), "shifted by 0.37 pixels east");
        let misfit = placed(400_000.0, 100_015.0, 30.0).unwrap_err();
        assert!(misfit.to_string().starts_with("shifted by 0.50 pixels south"), "{misfit}");
    }

    #[test]
    fn another_resolution_is_told_from_a_shift() {
        assert!(matches!(placed(400_000.0, 100_000.0, 10.0), Err(Misfit::Resolution { .. })));
        assert!(matches!(placed(400_000.0, 100_000.0, 30.01), Err(Misfit::Resolution { .. })));
    }

    #[test]
    fn south_up_and_rotated_rasters_are_named() {
        let south_up = GeoTransform([400_000.0, 30.0, 0.0, 0.0, 0.0, 30.0]);
        assert_eq!(align(&grid(), &south_up, [5, 5], 0.01, None), Err(Misfit::SouthUp));
        let rotated = GeoTransform([400_000.0, 30.0, 1.0, 0.0, 1.0, -30.0]);
        assert_eq!(align(&grid(), &rotated, [5, 5], 0.01, None), Err(Misfit::Rotated));
    }

    #[test]
    fn longitudes_match_modulo_360() {
        let grid = Grid { crs: "EPSG:4326".into(), origin: [-180.0, 90.0], resolution: [1.0, 1.0], size: [360, 180] };
        let offset =
            align(&grid, &GeoTransform([190.0, 1.0, 0.0, 10.0, 0.0, -1.0]), [10, 10], 0.01, Some(360.0)).unwrap();
        assert_eq!((offset.col, offset.row), (10, 80));
    }
}
