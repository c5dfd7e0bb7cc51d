//! True areas of pixels, as integers.
//!
//! The factors (square metres a pixel, by row or by cell of 64 x 64 pixels) are rounded once to a common binary unit, about 1e-12 of the
//! largest. Areas are then counts times factors in integers, so their sum is the same in any order and at any number of threads.

use mutirao_core::{ellipsoid::Ellipsoid, grid::Grid};

use crate::{
    error::{EngineError, Result},
    plan::{AREA_CELL, AreasFrom, Plan},
};

/// Bits of the largest factor.
const FACTOR_BITS: i32 = 40;

/// Pixels and their true area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    /// Pixels.
    pub pixels: u64,
    /// Their area in units of [`AreaFactors`].
    pub area: u128,
}

impl std::ops::AddAssign for Amount {
    fn add_assign(&mut self, other: Amount) {
        self.pixels += other.pixels;
        self.area += other.area;
    }
}

/// The true area of every pixel of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaFactors {
    square_metres_a_unit: f64,
    by: By,
}

#[derive(Debug, Clone, PartialEq)]
enum By {
    Row(Vec<u64>),
    Cells(Vec<Line>),
}

/// A row of cells, and an end without area behind the last.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    /// By cell.
    factors: Vec<u64>,
    /// By cell: the area of a row of pixels from the grid's left edge to the cell's, modulo 2^64.
    before: Vec<u64>,
}

impl Line {
    fn new(factors: &[u64]) -> Self {
        let factors: Vec<u64> = factors.iter().copied().chain([0]).collect();
        let mut sum = 0u64;
        let before = factors.iter().map(|factor| {
            let before = sum;
            sum = sum.wrapping_add(factor * u64::from(AREA_CELL));
            before
        });
        Line { before: before.collect(), factors }
    }

    /// The area of a row of pixels from the grid's left edge to before a column, modulo 2^64.
    #[inline]
    fn up_to(&self, col: u32) -> u64 {
        let [cell, within] = [col / AREA_CELL, col % AREA_CELL];
        self.before[cell as usize].wrapping_add(self.factors[cell as usize] * u64::from(within))
    }
}

impl AreaFactors {
    /// The factors of a plan's grid.
    ///
    /// # Errors
    /// Where the door's file is not there or not what it should be.
    pub fn of(plan: &Plan) -> Result<Self> {
        match &plan.areas {
            AreasFrom::Rows => Ok(Self::by_row(&plan.grid, &plan.crs.ellipsoid, plan.crs.unit_to_metre_or_degree)),
            AreasFrom::Cells { numbers, across } => {
                let bytes = std::fs::read(numbers).map_err(EngineError::io("read", numbers))?;
                let factors: Vec<f64> =
                    bytes.as_chunks::<8>().0.iter().map(|eight| f64::from_le_bytes(*eight)).collect();
                let down = plan.grid.height().div_ceil(AREA_CELL);
                if factors.len() as u64 != u64::from(*across) * u64::from(down) {
                    let what = format!("{} factors for {across} x {down} cells", factors.len());
                    return Err(EngineError::Malformed { path: numbers.clone(), what });
                }
                Ok(Self::by_cell(*across, &factors))
            }
        }
    }

    /// On a geographic grid: the area between two parallels, by row.
    pub fn by_row(grid: &Grid, ellipsoid: &Ellipsoid, degrees_a_unit: f64) -> Self {
        let latitude = |row: u32| (grid.origin[1] - f64::from(row) * grid.resolution[1]) * degrees_a_unit;
        let width = grid.resolution[0] * degrees_a_unit;
        let factors: Vec<f64> = (0..grid.height())
            .map(|row| ellipsoid.row_pixel_area_m2(latitude(row), latitude(row + 1), width))
            .collect();
        let (unit, factors) = round(&factors);
        AreaFactors { square_metres_a_unit: unit, by: By::Row(factors) }
    }

    /// On a projected grid: square metres a pixel by cell, row by row of cells. A cell without a place on the earth has no area.
    pub fn by_cell(across: u32, factors: &[f64]) -> Self {
        let (unit, factors) = round(factors);
        let lines = factors.chunks(across.max(1) as usize).map(Line::new).collect();
        AreaFactors { square_metres_a_unit: unit, by: By::Cells(lines) }
    }

    /// Pixels and area of a stretch of a row: columns from `start` to before `end`, at most 2^24 of them.
    #[inline]
    pub fn weigh(&self, row: u32, start: u32, end: u32) -> Amount {
        let pixels = u64::from(end - start);
        let area = match &self.by {
            By::Row(factors) => factors[row as usize] * pixels,
            By::Cells(lines) => {
                let line = &lines[(row / AREA_CELL) as usize];
                line.up_to(end).wrapping_sub(line.up_to(start))
            }
        };
        let area = u128::from(area);
        Amount { pixels, area }
    }

    /// Tells all numbers by which areas are weighed.
    pub fn put(&self, mut put: impl FnMut(u64)) {
        put(self.square_metres_a_unit.to_bits());
        match &self.by {
            By::Row(factors) => factors.iter().copied().for_each(put),
            By::Cells(lines) => {
                put(lines.len() as u64);
                lines.iter().flat_map(|line| &line.factors).copied().for_each(put);
            }
        }
    }

    /// An area in hectares.
    pub fn hectares(&self, area: u128) -> f64 {
        area as f64 * self.square_metres_a_unit / 10_000.0
    }
}

/// Factors as multiples of a power of two of which the largest factor has [`FACTOR_BITS`] bits.
fn round(factors: &[f64]) -> (f64, Vec<u64>) {
    let largest = factors.iter().copied().filter(|factor| factor.is_finite()).fold(0.0, f64::max);
    let exponent = if largest > 0.0 { largest.log2().floor() as i32 + 1 - FACTOR_BITS } else { 0 };
    let unit = 2f64.powi(exponent);
    // `as` turns NaN and negative numbers into 0: no place on the earth, no area.
    (unit, factors.iter().map(|factor| (factor / unit).round() as u64).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_the_sum_of_its_pixels() {
        let factors = AreaFactors::by_cell(3, &[900.0, 901.5, 899.25, 890.0, f64::NAN, 910.0]);
        for row in [0, 63, 64, 127] {
            let mut sum = Amount::default();
            for col in 10..150 {
                sum += factors.weigh(row, col, col + 1);
            }
            assert_eq!(factors.weigh(row, 10, 150), sum);
        }
        let hectares = factors.hectares(factors.weigh(0, 0, 64).area);
        assert!((hectares - 64.0 * 0.09).abs() < 1e-9, "{hectares}");
    }

    #[test]
    fn the_earth_has_its_area() {
        let grid = Grid { crs: "EPSG:4326".into(), origin: [-180.0, 90.0], resolution: [1.0, 1.0], size: [360, 180] };
        let factors = AreaFactors::by_row(&grid, &Ellipsoid::WGS84, 1.0);
        let mut sum = Amount::default();
        (0..180).for_each(|row| sum += factors.weigh(row, 0, 360));
        // 510,065,621.724 km2: the area of the WGS 84 ellipsoid.
        let km2 = factors.hectares(sum.area) / 100.0;
        assert!((km2 / 510_065_621.724 - 1.0).abs() < 1e-9, "{km2}");
    }
}
