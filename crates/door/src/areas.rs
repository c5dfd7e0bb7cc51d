//! True areas of the cells of a projected grid.

use std::io::{BufWriter, Write};

use mutirao_core::door::{AreasFacts, AreasQuestion, CrsText, Refusal, RefusalCode};
use mutirao_core::ellipsoid::Ellipsoid;
use mutirao_core::grid::Grid;

use crate::OnProgress;
use crate::srs;
use crate::staged::Staged;
use crate::transformation::Transformation;

/// Below this relative change from one division of the sides to the next, extrapolation is far better than 1e-6.
const SMOOTH: f64 = 1e-5;
/// Cells that are not smooth (at a pole, or very large ones) are divided until the change is below this.
const SETTLED: f64 = 1e-8;
/// Parts of a side at most.
const FINEST: u32 = 4096;

/// Writes the area factors of a grid.
pub fn answer(question: &AreasQuestion, progress: OnProgress<'_>) -> Result<AreasFacts, Refusal> {
    let lattice = Lattice::new(&question.grid, question.cell)?;
    let staged = Staged::beside(&question.out)?;
    let mut file = BufWriter::new(staged.create()?);
    let mut facts =
        AreasFacts { cells_across: lattice.across, cells_down: lattice.down, missing: 0, min: None, max: None };
    for row in 0..lattice.down {
        if row % 64 == 0 {
            progress(f64::from(row) / f64::from(lattice.down), "measuring areas");
        }
        for factor in lattice.row_factors(row) {
            file.write_all(&factor.to_le_bytes()).map_err(|e| staged.failed(e))?;
            if factor.is_nan() {
                facts.missing += 1;
            } else {
                facts.min = Some(facts.min.map_or(factor, |min| min.min(factor)));
                facts.max = Some(facts.max.map_or(factor, |max| max.max(factor)));
            }
        }
    }
    file.into_inner().map_err(|e| staged.failed(e.error()))?;
    staged.commit()?;
    Ok(facts)
}

/// Cells of `cell` x `cell` pixels from the grid's upper left corner, the last ones cut to the grid.
struct Lattice<'a> {
    grid: &'a Grid,
    cell: u32,
    across: u32,
    down: u32,
    ellipsoid: Ellipsoid,
    to_geographic: Transformation,
    /// Degrees in a unit of the geographic CRS.
    unit: f64,
}

impl<'a> Lattice<'a> {
    fn new(grid: &'a Grid, cell: u32) -> Result<Self, Refusal> {
        crate::control::check_grid(grid)?;
        if cell == 0 {
            return Err(Refusal::new(RefusalCode::GridInvalid, "a cell of 0 pixels has no area", "ask for 64"));
        }
        let srs = srs::parse(&CrsText::Text(grid.crs.clone()))?;
        if !srs.is_projected() {
            let message = format!("{} is geographic: its areas follow from the latitude of a row", srs::name(&srs));
            return Err(Refusal::new(RefusalCode::CrsNotProjected, message, "no door is needed for these areas"));
        }
        let geographic = srs.geog_cs().map_err(|_| {
            let message = format!("{} has no geographic CRS beneath it", srs::name(&srs));
            Refusal::new(RefusalCode::CrsUnsupported, message, "use a projected CRS with a datum")
        })?;
        let geographic = srs::plane(geographic)?;
        Ok(Lattice {
            grid,
            cell,
            across: grid.width().div_ceil(cell),
            down: grid.height().div_ceil(cell),
            ellipsoid: srs::ellipsoid(&srs)?,
            unit: geographic.angular_units().to_degrees(),
            to_geographic: Transformation::between(&srs, &geographic, None, false)?,
        })
    }

    /// Square metres a pixel for each cell of a row of cells.
    fn row_factors(&self, row: u32) -> Vec<f64> {
        let (top, bottom) = edges(row, self.cell, self.grid.height());
        let middle = 0.5 * (top + bottom);
        let whole: Vec<f64> = (0..=self.across).map(|c| f64::from((c * self.cell).min(self.grid.width()))).collect();
        let halves: Vec<f64> = whole.windows(2).flat_map(|pair| [pair[0], 0.5 * (pair[0] + pair[1])]).collect();
        let halves: Vec<f64> = halves.into_iter().chain(whole.last().copied()).collect();
        let upper = self.lon_lats(halves.iter().map(|&col| [col, top]));
        let lower = self.lon_lats(halves.iter().map(|&col| [col, bottom]));
        let sides = self.lon_lats(whole.iter().map(|&col| [col, middle]));
        (0..self.across)
            .map(|col| {
                let (at, i) = (col as usize, 2 * col as usize);
                let coarse = self.ellipsoid.quad_area(&[upper[i], upper[i + 2], lower[i + 2], lower[i]]);
                let fine = self.ellipsoid.ring_area(&[
                    upper[i],
                    upper[i + 1],
                    upper[i + 2],
                    sides[at + 1],
                    lower[i + 2],
                    lower[i + 1],
                    lower[i],
                    sides[at],
                ]);
                let smooth = (fine - coarse).abs() <= SMOOTH * fine || fine.is_nan();
                let area = if smooth { extrapolated(coarse, fine) } else { self.divided(col, row) };
                let (left, right) = edges(col, self.cell, self.grid.width());
                area / ((right - left) * (bottom - top))
            })
            .collect()
    }

    /// The area of one cell, its sides divided until the area settles.
    fn divided(&self, col: u32, row: u32) -> f64 {
        let ((left, right), (top, bottom)) =
            (edges(col, self.cell, self.grid.width()), edges(row, self.cell, self.grid.height()));
        let corners = [[left, top], [right, top], [right, bottom], [left, bottom]];
        let (mut parts, mut last) = (4, f64::NAN);
        loop {
            let share = move |part: u32| f64::from(part) / f64::from(parts);
            let ring = (0..4_usize).flat_map(|side| {
                let (a, b) = (corners[side], corners[(side + 1) % 4]);
                (0..parts).map(move |p| [a[0] + (b[0] - a[0]) * share(p), a[1] + (b[1] - a[1]) * share(p)])
            });
            let area = self.ellipsoid.ring_area(&self.lon_lats(ring));
            if area.is_nan() || parts >= FINEST || (area - last).abs() <= SETTLED * area {
                return if last.is_nan() { area } else { extrapolated(last, area) };
            }
            last = area;
            parts *= 2;
        }
    }

    /// Longitudes and latitudes, in degrees, of places in pixels.
    fn lon_lats(&self, pixels: impl Iterator<Item = [f64; 2]>) -> Vec<[f64; 2]> {
        let transform = self.grid.transform();
        let mut points: Vec<[f64; 2]> = pixels.map(|[col, row]| transform.to_map(col, row)).collect();
        self.to_geographic.apply(&mut points);
        points.iter().map(|[lon, lat]| [lon * self.unit, lat * self.unit]).collect()
    }
}

/// First and last edge, in pixels, of a cell along one axis.
fn edges(index: u32, cell: u32, size: u32) -> (f64, f64) {
    (f64::from(index * cell), f64::from((index * cell).saturating_add(cell).min(size)))
}

/// Richardson's extrapolation: straight pieces for curved sides err with the square of their length.
fn extrapolated(coarse: f64, fine: f64) -> f64 {
    fine + (fine - coarse) / 3.0
}
