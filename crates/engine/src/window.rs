//! Which part of a file a tile needs, and reading it.

use std::sync::Arc;

use mutirao_core::{
    control_grid::ControlGrid,
    grid::{Offset, Window},
    raster::{Block, BlockContent, BlockIndex, DType, Interleave, RasterFacts, ReadError, Samples},
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
    /// One value, which was known without looking at pixels; that of sparse blocks is the nodata value. No pixel is masked.
    Constant(i32),
    /// Pixels.
    Pixels(Pixels),
}

/// Reads a window of one band.
///
/// # Errors
/// The reader's.
pub fn read(cache: &BlockCache, band: u16, window: &Window, fill: i32) -> Result<Read, Arc<ReadError>> {
    let blocks = Blocks::of(cache, band, window)?;
    if let Some(value) = blocks.constant(fill) {
        return Ok(Read::Constant(value));
    }
    let samples = match cache.facts().dtype {
        DType::Uint8 => Samples::Uint8(blocks.lay(fill, |samples| match samples {
            Samples::Uint8(samples) => Some(samples),
            _ => None,
        })),
        DType::Uint16 => Samples::Uint16(blocks.lay(fill, |samples| match samples {
            Samples::Uint16(samples) => Some(samples),
            _ => None,
        })),
        DType::Int16 => Samples::Int16(blocks.lay(fill, |samples| match samples {
            Samples::Int16(samples) => Some(samples),
            _ => None,
        })),
    };
    // A sparse block may have a mask all the same.
    let has_mask = blocks.blocks.iter().any(|(_, block)| block.valid.is_some());
    Ok(Read::Pixels(Pixels { window: *window, samples, valid: has_mask.then(|| blocks.valid()) }))
}

/// What one plane of a block holds.
enum Plane<'b, T> {
    Constant(T),
    Samples(&'b Vec<T>),
}

/// The type of a sample.
trait Element: Copy {
    /// A value that the type can hold.
    fn of(value: i32) -> Self;
}

impl Element for u8 {
    fn of(value: i32) -> Self {
        value as u8
    }
}

impl Element for u16 {
    fn of(value: i32) -> Self {
        value as u16
    }
}

impl Element for i16 {
    fn of(value: i32) -> Self {
        value as i16
    }
}

/// The blocks under a window.
struct Blocks {
    window: Window,
    /// Row by row of blocks: where each lies, and the block.
    blocks: Vec<(Window, Arc<Block>)>,
    /// How many of them stand side by side.
    across: usize,
    per_pixel: usize,
    /// Which sample of a pixel is wanted.
    sample: usize,
}

impl Blocks {
    fn of(cache: &BlockCache, band: u16, window: &Window) -> Result<Blocks, Arc<ReadError>> {
        let facts = cache.facts();
        let planar = facts.interleave == Interleave::Planar;
        let [width, height] = [facts.block_width, facts.block_height];
        let read = |(col, row)| -> Result<(Window, Arc<Block>), Arc<ReadError>> {
            let block = cache.block(BlockIndex { band: if planar { band } else { 0 }, col, row })?;
            let held = Window { col: col * width, row: row * height, width: block.width, height: block.height };
            Ok((held, block))
        };
        Ok(Blocks {
            window: *window,
            blocks: blocks_of(facts, window).map(read).collect::<Result<_, _>>()?,
            across: ((window.col_end() - 1) / width - window.col / width + 1) as usize,
            per_pixel: if planar { 1 } else { usize::from(facts.bands) },
            sample: if planar { 0 } else { usize::from(band) },
        })
    }

    /// The value of all blocks, if they are known to have one.
    fn constant(&self, fill: i32) -> Option<i32> {
        let mut values = self.blocks.iter().map(|(_, block)| match block.content {
            _ if block.valid.is_some() => None,
            BlockContent::Empty => Some(fill),
            BlockContent::Constant(value) => Some(value),
            BlockContent::Samples(_) => None,
        });
        let first = values.next()??;
        values.all(|value| value == Some(first)).then_some(first)
    }

    /// The samples of the window, row by row; `fill` where a block is sparse.
    fn lay<'b, T: Element + 'b>(&'b self, fill: i32, samples: impl Fn(&'b Samples) -> Option<&'b Vec<T>>) -> Vec<T> {
        let plane = |block: &'b Block| match &block.content {
            BlockContent::Empty => Plane::Constant(T::of(fill)),
            BlockContent::Constant(value) => Plane::Constant(T::of(*value)),
            // A block's samples have the type of its raster.
            BlockContent::Samples(of) => samples(of).map_or(Plane::Constant(T::of(fill)), Plane::Samples),
        };
        self.lay_rows(self.per_pixel, self.sample, plane)
    }

    /// Which pixels are valid: 1, or 0.
    fn valid(&self) -> Vec<u8> {
        self.lay_rows(1, 0, |block| block.valid.as_ref().map_or(Plane::Constant(1), Plane::Samples))
    }

    fn lay_rows<'b, T: Copy + 'b>(
        &'b self,
        per_pixel: usize,
        sample: usize,
        plane: impl Fn(&'b Block) -> Plane<'b, T>,
    ) -> Vec<T> {
        let mut laid = Vec::with_capacity(self.window.pixels());
        for beside in self.blocks.chunks(self.across) {
            let planes: Vec<(Window, Plane<'_, T>)> =
                beside.iter().map(|(held, block)| (*held, plane(block))).collect();
            let [top, bottom] =
                [beside[0].0.row.max(self.window.row), beside[0].0.row_end().min(self.window.row_end())];
            for row in top..bottom {
                for (held, plane) in &planes {
                    let [left, right] = [held.col.max(self.window.col), held.col_end().min(self.window.col_end())];
                    let len = (right - left) as usize;
                    let first = (row - held.row) as usize * held.width as usize + (left - held.col) as usize;
                    match plane {
                        Plane::Constant(value) => laid.resize(laid.len() + len, *value),
                        Plane::Samples(plane) if per_pixel == 1 => laid.extend_from_slice(&plane[first..first + len]),
                        Plane::Samples(plane) => {
                            laid.extend(plane[first * per_pixel + sample..].iter().step_by(per_pixel).take(len));
                        }
                    }
                }
            }
        }
        laid
    }
}
