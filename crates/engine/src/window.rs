//! Which part of a file a tile needs, and reading it.

use std::sync::Arc;

use mutirao_core::{
    control_grid::ControlGrid,
    grid::{Offset, Window},
    raster::{BlockContent, BlockIndex, DType, Interleave, RasterFacts, ReadError, Samples},
};

use crate::cache::{BlockCache, blocks_of};

/// The part of a file on the grid that lies under a window of the grid, and where in the window it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footprint {
    /// In pixels of the file.
    pub source: Window,
    /// Column and row of the window at which it begins.
    pub at: [u32; 2],
}

/// What a file on the grid holds under a window of the grid.
pub fn footprint(offset: &Offset, facts: &RasterFacts, window: &Window) -> Option<Footprint> {
    let axis = |first: i64, size: u32, from: u32, len: u32| {
        let begin = i64::from(from).max(first);
        let end = (i64::from(from) + i64::from(len)).min(first + i64::from(size));
        (begin < end).then(|| ((begin - first) as u32, (end - begin) as u32, (begin - i64::from(from)) as u32))
    };
    let (col, width, at_col) = axis(offset.col, facts.width, window.col, window.width)?;
    let (row, height, at_row) = axis(offset.row, facts.height, window.row, window.height)?;
    Some(Footprint { source: Window { col, row, width, height }, at: [at_col, at_row] })
}

/// The part of a warped file that a window of the grid looks up, `margin` pixels more on every side.
pub fn looked_up(control: &ControlGrid, facts: &RasterFacts, window: &Window, margin: f64) -> Option<Window> {
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let mut positions = vec![[0.0; 2]; window.width as usize];
    for row in rows_to_ask(control, window) {
        control.row_positions(window.col, row, &mut positions);
        for [x, y] in positions.iter().filter(|position| position[0].is_finite()) {
            bounds = [bounds[0].min(*x), bounds[1].min(*y), bounds[2].max(*x), bounds[3].max(*y)];
        }
    }
    let low = |value: f64, size: u32| (value - margin).floor().clamp(0.0, f64::from(size)) as u32;
    let high = |value: f64, size: u32| (value + margin + 1.0).floor().clamp(0.0, f64::from(size)) as u32;
    let [col, row] = [low(bounds[0], facts.width), low(bounds[1], facts.height)];
    let [col_end, row_end] = [high(bounds[2], facts.width), high(bounds[3], facts.height)];
    (col < col_end && row < row_end).then(|| Window { col, row, width: col_end - col, height: row_end - row })
}

/// Positions are bilinear between nodes, so the extremes of a column stand at rows of nodes or at the window's own edges; where exact
/// cells are stored every row is asked.
fn rows_to_ask(control: &ControlGrid, window: &Window) -> Vec<u32> {
    let facts = control.facts();
    if !facts.exact_cells.is_empty() {
        return (window.row..window.row_end()).collect();
    }
    let is_edge = |row: u32| {
        let within = row.saturating_sub(facts.window.row) % facts.step;
        within == 0 || within == facts.step - 1 || row == window.row || row + 1 == window.row_end()
    };
    (window.row..window.row_end()).filter(|row| is_edge(*row)).collect()
}

/// Pixels of one band of a file, row by row, in the file's own type.
#[derive(Debug)]
pub struct Pixels {
    /// Which pixels of the file.
    pub window: Window,
    /// Their values.
    pub samples: Samples,
    /// For files with a mask: 0 where a pixel is not valid.
    pub valid: Option<Vec<u8>>,
}

/// What a window of a file holds.
#[derive(Debug)]
pub enum Read {
    /// Only sparse blocks: nothing, wherever the file declares a nodata value.
    Empty,
    /// Pixels.
    Pixels(Pixels),
}

/// Reads a window of one band.
///
/// # Errors
/// The reader's.
pub fn read(cache: &BlockCache, band: u16, window: &Window, fill: i32) -> Result<Read, Arc<ReadError>> {
    let facts = cache.facts();
    let planar = facts.interleave == Interleave::Planar;
    let mut pixels: Option<Pixels> = None;
    for (col, row) in blocks_of(facts, window) {
        let block = cache.block(BlockIndex { band: if planar { band } else { 0 }, col, row })?;
        let samples = match &block.content {
            BlockContent::Samples(samples) => Some(samples),
            _ => None,
        };
        if samples.is_none() && block.valid.is_none() {
            continue;
        }
        let pixels = pixels.get_or_insert_with(|| Pixels {
            window: *window,
            samples: filled(facts.dtype, window.pixels(), fill),
            valid: None,
        });
        let held = Window {
            col: col * facts.block_width,
            row: row * facts.block_height,
            width: block.width,
            height: block.height,
        };
        let Some(part) = held.intersection(window) else { continue };
        let copy = Copy {
            part,
            held,
            window: *window,
            per_pixel: usize::from(block.samples_per_pixel),
            sample: if planar { 0 } else { usize::from(band) },
        };
        if let Some(samples) = samples {
            copy.samples(samples, &mut pixels.samples);
        }
        // A sparse block may have a mask all the same.
        if let Some(valid) = &block.valid {
            let all = pixels.valid.get_or_insert_with(|| vec![1; window.pixels()]);
            Copy { per_pixel: 1, sample: 0, ..copy }.rows(valid, all);
        }
    }
    Ok(pixels.map_or(Read::Empty, Read::Pixels))
}

/// Samples of one value.
pub fn filled(dtype: DType, len: usize, value: i32) -> Samples {
    match dtype {
        DType::Uint8 => Samples::Uint8(vec![value as u8; len]),
        DType::Uint16 => Samples::Uint16(vec![value as u16; len]),
        DType::Int16 => Samples::Int16(vec![value as i16; len]),
    }
}

/// Copies what a block and a window share.
struct Copy {
    part: Window,
    held: Window,
    window: Window,
    per_pixel: usize,
    sample: usize,
}

impl Copy {
    fn samples(&self, from: &Samples, to: &mut Samples) {
        match (from, to) {
            (Samples::Uint8(from), Samples::Uint8(to)) => self.rows(from, to),
            (Samples::Uint16(from), Samples::Uint16(to)) => self.rows(from, to),
            (Samples::Int16(from), Samples::Int16(to)) => self.rows(from, to),
            _ => {}
        }
    }

    fn rows<T: std::marker::Copy>(&self, from: &[T], to: &mut [T]) {
        let len = self.part.width as usize;
        for row in self.part.row..self.part.row_end() {
            let first =
                (row - self.held.row) as usize * self.held.width as usize + (self.part.col - self.held.col) as usize;
            let into = (row - self.window.row) as usize * self.window.width as usize
                + (self.part.col - self.window.col) as usize;
            let target = &mut to[into..into + len];
            if self.per_pixel == 1 {
                target.copy_from_slice(&from[first..first + len]);
            } else {
                let strided = from[first * self.per_pixel + self.sample..].iter().step_by(self.per_pixel);
                target.iter_mut().zip(strided).for_each(|(to, from)| *to = *from);
            }
        }
    }
}
