//! A warp as a plain value: where in a source raster each pixel of a target grid lies.
//!
//! The door computes it once, with a bound on its error; tiles only look positions up. Nodes stand every `step` target
//! pixels at the *centres* of pixels; between them positions are interpolated bilinearly. Cells in which that would pass
//! the bound (at the antimeridian, a pole, the edge of a projection's domain) hold the exact position of every pixel.
//!
//! # Bytes
//! Little-endian f64 pairs, [column, row] of the source in pixels (fractions; whole numbers are upper left corners):
//! first the nodes, row by row, `nodes_across * nodes_down` of them; then, for each exact cell in the order of
//! [`ControlGridFacts::exact_cells`], `step * step` pixels, row by row. A pair of NaN: no source there.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::grid::Window;

/// What is known of a control grid beside its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlGridFacts {
    /// The part of the target grid that is covered, in target pixels.
    pub window: Window,
    /// Target pixels from node to node.
    pub step: u32,
    /// Nodes across: one more than cells across, `ceil(width / step)`.
    pub nodes_across: u32,
    /// Nodes down.
    pub nodes_down: u32,
    /// [column, row] of the cells that hold exact positions, in the order in which they are stored.
    pub exact_cells: Vec<[u32; 2]>,
    /// The largest error that was measured in an interpolated cell, in source pixels.
    pub max_error: f64,
}

/// Why bytes are not the control grid that the facts describe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ControlGridError {
    /// The facts contradict each other.
    #[error("a control grid of {nodes_across} x {nodes_down} nodes with a step of {step} does not fit its window")]
    Shape {
        /// Nodes across, as stated.
        nodes_across: u32,
        /// Nodes down, as stated.
        nodes_down: u32,
        /// Step, as stated.
        step: u32,
    },
    /// The file is shorter or longer than it should be.
    #[error("a control grid should have {expected} bytes, it has {found}")]
    Length {
        /// Bytes by the facts.
        expected: u64,
        /// Bytes there.
        found: u64,
    },
}

/// A control grid that can be asked for positions.
#[derive(Debug, Clone)]
pub struct ControlGrid {
    facts: ControlGridFacts,
    nodes: Vec<[f64; 2]>,
    exact: Vec<[f64; 2]>,
    exact_index: HashMap<[u32; 2], usize>,
}

impl ControlGrid {
    /// Reads a control grid from the bytes of its file.
    ///
    /// # Errors
    /// [`ControlGridError`] where facts and bytes do not belong together.
    pub fn from_bytes(facts: ControlGridFacts, bytes: &[u8]) -> Result<ControlGrid, ControlGridError> {
        let f = &facts;
        let fits = |nodes: u32, size: u32| f.step > 0 && u64::from(nodes) == u64::from(size.div_ceil(f.step)) + 1;
        if !fits(f.nodes_across, f.window.width) || !fits(f.nodes_down, f.window.height) {
            return Err(ControlGridError::Shape {
                nodes_across: f.nodes_across,
                nodes_down: f.nodes_down,
                step: f.step,
            });
        }
        let nodes = u64::from(f.nodes_across) * u64::from(f.nodes_down);
        let exact = f.exact_cells.len() as u64 * u64::from(f.step).pow(2);
        let (expected, found) = ((nodes + exact).saturating_mul(16), bytes.len() as u64);
        if expected != found {
            return Err(ControlGridError::Length { expected, found });
        }
        let mut pairs = pairs(bytes);
        let nodes = pairs.by_ref().take(nodes as usize).collect();
        let exact = pairs.collect();
        let exact_index = facts.exact_cells.iter().enumerate().map(|(index, cell)| (*cell, index)).collect();
        Ok(ControlGrid { facts, nodes, exact, exact_index })
    }

    /// What is known of it.
    pub fn facts(&self) -> &ControlGridFacts {
        &self.facts
    }

    /// The source position [column, row] of the centre of a target pixel (in pixels of the whole target grid); none
    /// outside the window and where there is no source. The position may lie outside the source raster.
    pub fn position(&self, col: u32, row: u32) -> Option<[f64; 2]> {
        let Window { col: left, row: top, width, height } = self.facts.window;
        let (x, y) = (col.checked_sub(left)?, row.checked_sub(top)?);
        if x >= width || y >= height {
            return None;
        }
        let step = self.facts.step;
        let cell = self.cell([x / step, y / step]);
        let at = cell.at(x % step, y % step, step);
        at[0].is_finite().then_some(at)
    }

    /// The positions of `out.len()` pixels of a target row, from `col` on; NaN pairs where [`position`](Self::position)
    /// is none. The same numbers, bit by bit.
    pub fn row_positions(&self, col: u32, row: u32, out: &mut [[f64; 2]]) {
        out.fill([f64::NAN; 2]);
        for part in self.cells(Window { col, row, width: out.len() as u32, height: 1 }) {
            let first = (part.window.col - col) as usize;
            part.row_positions(row, &mut out[first..][..part.window.width as usize]);
        }
    }

    /// The cells that meet a window of the target grid, row by row, each cut to it.
    pub fn cells(&self, window: Window) -> impl Iterator<Item = CellPart<'_>> {
        let step = self.facts.step;
        let whole = self.facts.window;
        let met = whole.intersection(&window);
        let span = move |first: u32, end: u32, from: u32| ((first - from) / step, (end - from).div_ceil(step));
        let cells = met.into_iter().flat_map(move |met| {
            let (top, bottom) = span(met.row, met.row_end(), whole.row);
            let (left, right) = span(met.col, met.col_end(), whole.col);
            (top..bottom).flat_map(move |row| (left..right).map(move |col| (met, [col, row])))
        });
        cells.filter_map(move |(met, cell)| {
            let [col, row] = [whole.col + cell[0] * step, whole.row + cell[1] * step];
            let own = Window { col, row, width: step, height: step };
            Some(CellPart { window: own.intersection(&met)?, cell: self.cell(cell), first: [col, row], step })
        })
    }

    fn cell(&self, [col, row]: [u32; 2]) -> Cell<'_> {
        let step = self.facts.step as usize;
        if let Some(index) = self.exact_index.get(&[col, row]) {
            return Cell::Exact(&self.exact[index * step * step..(index + 1) * step * step]);
        }
        let across = self.facts.nodes_across as usize;
        let first = row as usize * across + col as usize;
        let n = &self.nodes;
        Cell::Corners([n[first], n[first + 1], n[first + across], n[first + across + 1]])
    }
}

/// A part of a cell: target pixels between whose corners positions are interpolated.
#[derive(Debug, Clone, Copy)]
pub struct CellPart<'a> {
    /// The target pixels.
    pub window: Window,
    cell: Cell<'a>,
    /// The upper left pixel of the whole cell.
    first: [u32; 2],
    step: u32,
}

impl CellPart<'_> {
    /// The positions of all pixels of a row of the part: `window.width` of them.
    pub fn row_positions(&self, row: u32, out: &mut [[f64; 2]]) {
        self.cell.row(self.window.col - self.first[0], row - self.first[1], self.step, out);
    }

    /// The least and greatest column and row of all positions: `[[left, right], [top, bottom]]`. None where a position is missing, and in
    /// cells of exact positions, where nothing is known but one by one.
    pub fn bounds(&self) -> Option<[[f64; 2]; 2]> {
        let Cell::Corners(_) = self.cell else { return None };
        let [col, row] = [self.window.col - self.first[0], self.window.row - self.first[1]];
        let [cols, rows] = [[col, col + self.window.width - 1], [row, row + self.window.height - 1]];
        // Bilinear: the extremes stand in the corners.
        let corners = rows.iter().flat_map(|row| cols.iter().map(|col| self.cell.at(*col, *row, self.step)));
        let mut bounds = [[f64::INFINITY, f64::NEG_INFINITY]; 2];
        for at in corners {
            for (axis, [least, most]) in bounds.iter_mut().enumerate() {
                [*least, *most] = [least.min(at[axis]), most.max(at[axis])];
            }
            if at[0].is_nan() {
                return None;
            }
        }
        Some(bounds)
    }
}

/// How positions within one cell are found.
#[derive(Debug, Clone, Copy)]
enum Cell<'a> {
    /// Upper left, upper right, lower left, lower right.
    Corners([[f64; 2]; 4]),
    Exact(&'a [[f64; 2]]),
}

impl Cell<'_> {
    fn at(&self, x: u32, y: u32, step: u32) -> [f64; 2] {
        let mut place = [[f64::NAN; 2]];
        self.row(x, y, step, &mut place);
        place[0]
    }

    /// Positions along a row of the cell, from its column `x` on.
    fn row(&self, x: u32, y: u32, step: u32, out: &mut [[f64; 2]]) {
        match self {
            Cell::Corners(corners) => {
                let v = f64::from(y) / f64::from(step);
                let Some(across) = Across::new(corners, v) else { return out.fill([f64::NAN; 2]) };
                for (place, x) in out.iter_mut().zip(x..) {
                    *place = across.at(f64::from(x) / f64::from(step));
                }
            }
            Cell::Exact(pixels) => {
                let first = y as usize * step as usize + x as usize;
                out.copy_from_slice(&pixels[first..first + out.len()]);
            }
        }
    }
}

/// A line across a cell at a fraction of its height.
struct Across {
    left: [f64; 2],
    run: [f64; 2],
}

impl Across {
    /// None where a corner has no place.
    fn new(corners: &[[f64; 2]; 4], v: f64) -> Option<Across> {
        if corners.as_flattened().iter().any(|number| !number.is_finite()) {
            return None;
        }
        let down = |upper: [f64; 2], lower: [f64; 2]| [0, 1].map(|axis| upper[axis] + (lower[axis] - upper[axis]) * v);
        let [left, right] = [down(corners[0], corners[2]), down(corners[1], corners[3])];
        Some(Across { left, run: [0, 1].map(|axis| right[axis] - left[axis]) })
    }

    fn at(&self, u: f64) -> [f64; 2] {
        [0, 1].map(|axis| self.left[axis] + self.run[axis] * u)
    }
}

/// Bilinear interpolation between the corners of a cell (upper left, upper right, lower left, lower right) at fractions
/// [0, 1) of its width and height. NaN at any corner makes NaN of both numbers everywhere.
pub fn interpolate(corners: &[[f64; 2]; 4], u: f64, v: f64) -> [f64; 2] {
    Across::new(corners, v).map_or([f64::NAN; 2], |across| across.at(u))
}

fn pairs(bytes: &[u8]) -> impl Iterator<Item = [f64; 2]> + '_ {
    let number = |b: &[u8]| {
        let mut eight = [0_u8; 8];
        eight.copy_from_slice(b);
        f64::from_le_bytes(eight)
    };
    bytes.chunks_exact(16).map(move |pair| [number(&pair[..8]), number(&pair[8..])])
}

#[cfg(test)]
mod tests;
