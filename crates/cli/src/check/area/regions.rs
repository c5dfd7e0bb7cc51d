//! A raster of regions as an area: runs of the pixels that are a partner's.

use std::path::Path;

use mutirao_contract::terms::AreaTerm;
use mutirao_core::{
    grid::{Grid, Window, align},
    raster::RasterSource,
};
use mutirao_engine::{
    finished::{Layer, Placed},
    plan::Opener,
};
use mutirao_mosaic::measure::{NOTHING, strip::RowRuns};

use crate::check::frame::Span;
use crate::network::Tools;

/// How far the raster's corners may lie from the nodes of the files' grid, in pixels.
const TOLERANCE: f64 = 0.01;

/// The pixels of a partner.
pub struct Regions {
    /// Column and row of the lattice at which the raster begins.
    first: [i64; 2],
    /// By row of the raster.
    rows: Vec<RowRuns>,
}

impl Regions {
    /// Reads a raster that lies on a lattice.
    ///
    /// # Errors
    /// Why it cannot be used, in words.
    pub fn read(path: &Path, term: &AreaTerm, lattice: &Grid, tools: &Tools) -> Result<Regions, String> {
        let name = path.display();
        let source = tools.files().open(path).map_err(|refused| refused.message)?.source;
        let facts = source.facts();
        let transform = facts.transform.ok_or_else(|| format!("{name} does not say where it lies"))?;
        let offset = align(lattice, &transform, [facts.width, facts.height], TOLERANCE, None)
            .map_err(|misfit| format!("{name} is not on the grid of the files: {misfit}"))?;
        let is_ours = |value: u32| {
            let is_chosen = |values: &mutirao_core::values::ValueSet| {
                i32::try_from(value).is_ok_and(|value| values.contains(value))
            };
            value != NOTHING && term.values.as_ref().is_none_or(is_chosen)
        };
        let rows = rows(path, &*source, is_ours)?;
        if rows.iter().all(|runs| runs.is_empty()) {
            return Err(format!("{name} holds no pixel of this partner"));
        }
        Ok(Regions { first: [offset.col, offset.row], rows })
    }

    /// The columns and rows of the lattice within which the pixels lie.
    pub fn span(&self) -> Span {
        let filled = || self.rows.iter().enumerate().filter(|(_, runs)| !runs.is_empty());
        let runs = || self.rows.iter().flatten();
        let [left, right] =
            [runs().map(|run| run.0).min().unwrap_or(0), runs().map(|run| run.1).max().unwrap_or(0)].map(i64::from);
        let [top, last] = [filled().next(), filled().next_back()].map(|row| row.map_or(0, |(at, _)| at as i64));
        let [col, row] = self.first;
        [col + left, row + top, col + right, row + last + 1]
    }

    /// RowRuns by row of a frame that begins at a column and row of the lattice.
    pub fn on(&self, frame: &Grid, [col, row]: [i64; 2]) -> Vec<RowRuns> {
        let east = self.first[0] - col;
        let clip = |at: u32| (i64::from(at) + east).clamp(0, i64::from(frame.width())) as u32;
        let of = |at: u32| {
            let own = usize::try_from(i64::from(at) + row - self.first[1]).ok();
            let runs = own.and_then(|own| self.rows.get(own)).into_iter().flatten();
            runs.map(|(start, end)| (clip(*start), clip(*end))).filter(|(start, end)| start < end).collect()
        };
        (0..frame.height()).map(of).collect()
    }
}

/// Reads a raster by bands of rows.
fn rows(path: &Path, source: &dyn RasterSource, is_ours: impl Fn(u32) -> bool) -> Result<Vec<RowRuns>, String> {
    let facts = source.facts();
    let window = Window { col: 0, row: 0, width: facts.width, height: facts.height };
    let placed = Placed { path: path.to_owned(), source, band: 0, window, nothing: facts.nodata };
    let layer = Layer { files: vec![placed] };
    let step = facts.block_height.clamp(1, 512);
    let mut rows = Vec::with_capacity(facts.height as usize);
    for row in (0..facts.height).step_by(step as usize) {
        let part = Window { row, height: step.min(facts.height - row), ..window };
        let mut values = vec![NOTHING; part.pixels()];
        layer.read(&part, &mut values).map_err(|error| error.to_string())?;
        rows.extend(values.chunks_exact(part.width as usize).map(|line| runs_of(line, &is_ours)));
    }
    Ok(rows)
}

fn runs_of(line: &[u32], is_ours: impl Fn(u32) -> bool) -> RowRuns {
    let mut runs = RowRuns::new();
    for (col, _) in (0..).zip(line).filter(|(_, value)| is_ours(**value)) {
        match runs.last_mut() {
            Some((_, end)) if *end == col => *end += 1,
            _ => runs.push((col, col + 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_moved_and_cut_to_a_frame() {
        let row = |runs: &[(u32, u32)]| RowRuns::from(runs);
        let rows = vec![row(&[]), row(&[(1, 3), (5, 6)]), row(&[(0, 6)]), row(&[])];
        let regions = Regions { first: [10, 20], rows };
        assert_eq!(regions.span(), [10, 21, 16, 23]);
        let frame = Grid { crs: String::new(), origin: [0.0, 0.0], resolution: [1.0, 1.0], size: [4, 3] };
        assert_eq!(regions.on(&frame, [12, 21]), [row(&[(0, 1), (3, 4)]), row(&[(0, 4)]), row(&[])]);
        assert_eq!(regions.on(&frame, [100, 21]), vec![row(&[]); 3]);
    }

    #[test]
    fn runs_hold_what_is_chosen() {
        assert_eq!(runs_of(&[1, 1, 0, 2, 1, NOTHING], |value| value == 1)[..], [(0, 2), (4, 5)]);
    }
}
