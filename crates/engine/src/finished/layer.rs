//! One band of a coverage, from one file or many.

use std::path::PathBuf;

use mutirao_core::{
    finding::Finding,
    grid::Window,
    raster::{Block, BlockContent, BlockIndex, Interleave, RasterSource, Samples},
};
use mutirao_mosaic::patches::NOTHING;

use crate::{
    cache::blocks_of,
    error::{EngineError, Result},
};

/// Rows that are read at once: at least so many where blocks are low, and at most so many where they are high.
const ROWS: (u32, u32) = (64, 2048);

/// The same of columns. A wide block is read several times only where it is wider than anybody's memory should hold.
const COLUMNS: (u32, u32) = (512, 16_384);

/// One band of a file whose pixels lie on the grid's.
pub struct Placed<'a> {
    /// The file, as it is told to people.
    pub path: PathBuf,
    /// Reads it.
    pub source: &'a dyn RasterSource,
    /// The band, from 0.
    pub band: u16,
    /// Its pixels of the grid.
    pub window: Window,
    /// The value that is nothing.
    pub nothing: Option<i32>,
}

/// A band of a coverage. Its files do not overlap; where there is none, there is nothing.
pub struct Layer<'a> {
    /// The files.
    pub files: Vec<Placed<'a>>,
}

impl Layer<'_> {
    /// The values in a window of the grid, row by row; [`NOTHING`] where there is none.
    ///
    /// # Errors
    /// [`EngineError::Input`] where a block cannot be read, [`EngineError::Findings`] for a value that is no number of 16 bits.
    pub fn read(&self, window: &Window, into: &mut [u32]) -> Result<()> {
        if !self.files.iter().any(|file| file.window.intersection(window).as_ref() == Some(window)) {
            into.fill(NOTHING);
        }
        self.files.iter().try_for_each(|file| file.read(window, into))
    }

    /// Where to stop reading after a row of the grid, so that blocks are read as seldom as can be.
    pub(super) fn stop_after(&self, row: u32, end: u32) -> u32 {
        let beside = self.files.iter().find(|file| (file.window.row..file.window.row_end()).contains(&row));
        let Some(file) = beside else { return (row + ROWS.0).min(end) };
        let block = file.source.facts().block_height.clamp(1, ROWS.1);
        let blocks = ROWS.0.div_ceil(block);
        let within = row - file.window.row;
        (file.window.row + (within / block + blocks) * block).min(end)
    }

    /// Where to stop reading after a column of the grid, in the row in which reading begins.
    pub(super) fn stop_beside(&self, [col, row]: [u32; 2], end: u32) -> u32 {
        let holds = |file: &&Placed<'_>| {
            (file.window.col..file.window.col_end()).contains(&col)
                && (file.window.row..file.window.row_end()).contains(&row)
        };
        let Some(file) = self.files.iter().find(holds) else { return (col + COLUMNS.0).min(end) };
        let block = file.source.facts().block_width.clamp(1, COLUMNS.1);
        let blocks = COLUMNS.0.div_ceil(block);
        let within = col - file.window.col;
        (file.window.col + (within / block + blocks) * block).min(end)
    }
}

impl Placed<'_> {
    fn read(&self, window: &Window, into: &mut [u32]) -> Result<()> {
        let Some(shared) = self.window.intersection(window) else { return Ok(()) };
        let facts = self.source.facts();
        let own = Window { col: shared.col - self.window.col, row: shared.row - self.window.row, ..shared };
        let band = if facts.interleave == Interleave::Planar { self.band } else { 0 };
        for (col, row) in blocks_of(facts, &own) {
            let block = self.source.read_block(BlockIndex { band, col, row });
            let block = block.map_err(|source| EngineError::Input { path: self.path.clone(), source })?;
            let held = Window {
                col: self.window.col + col * facts.block_width,
                row: self.window.row + row * facts.block_height,
                width: block.width,
                height: block.height,
            };
            let Some(part) = held.intersection(&shared) else { continue };
            self.copy(&block, &Copy { part, held, window: *window }, into)?;
        }
        Ok(())
    }

    fn copy(&self, block: &Block, copy: &Copy, into: &mut [u32]) -> Result<()> {
        let is_planar = self.source.facts().interleave == Interleave::Planar;
        let (step, first) =
            if is_planar { (1, 0) } else { (usize::from(block.samples_per_pixel), usize::from(self.band)) };
        let nothing = self.nothing.map_or(i64::MIN, i64::from);
        let plain = |value: i64| if value == nothing { NOTHING } else { value as u32 };
        // The same in 32 bits, of which the processor compares several at once. No number of 16 bits is `NOTHING`.
        let nothing_32 = self.nothing.map_or(NOTHING, |nothing| u32::try_from(nothing).unwrap_or(NOTHING));
        let plain_32 = |value: u32| if value == nothing_32 { NOTHING } else { value };
        let mut negative = None;
        let facts = self.source.facts();
        match &block.content {
            BlockContent::Empty => {
                let value = plain(i64::from(facts.nodata.unwrap_or(0)));
                copy.rows(into, |line, _| line.fill(value));
            }
            BlockContent::Constant(value) if *value >= 0 || i64::from(*value) == nothing => {
                let value = plain(i64::from(*value));
                copy.rows(into, |line, _| line.fill(value));
            }
            BlockContent::Constant(value) => negative = Some(*value as i16),
            BlockContent::Samples(Samples::Uint8(from)) => {
                copy.pixels(into, from, step, first, |value| plain_32(u32::from(value)));
            }
            BlockContent::Samples(Samples::Uint16(from)) => {
                copy.pixels(into, from, step, first, |value| plain_32(u32::from(value)));
            }
            BlockContent::Samples(Samples::Int16(from)) => copy.pixels(into, from, step, first, |value| {
                let is_wrong = value < 0 && i64::from(value) != nothing;
                negative = negative.or(is_wrong.then_some(value));
                plain(i64::from(value))
            }),
        }
        if let Some(valid) = &block.valid {
            copy.rows(into, |line, at| {
                let valid = &valid[at..at + line.len()];
                line.iter_mut().zip(valid).filter(|(_, valid)| **valid == 0).for_each(|(value, _)| *value = NOTHING);
            });
        }
        negative.map_or(Ok(()), |value| Err(self.refuse(value)))
    }

    fn refuse(&self, value: i16) -> EngineError {
        let message = format!("{} holds {value}, and classes are numbers from 0 to 65535", self.path.display());
        let mend = "declare it as the file's nodata, or write the classes as uint8 or uint16";
        EngineError::Findings(vec![Finding::error("unknown-class", message).with_mend(mend)])
    }
}

/// Copies what a block and a window share.
struct Copy {
    part: Window,
    held: Window,
    window: Window,
}

impl Copy {
    /// Tells every row: its pixels in the window, and where in the block it begins.
    fn rows(&self, into: &mut [u32], mut tell: impl FnMut(&mut [u32], usize)) {
        let at = |outer: &Window, row: u32| {
            (row - outer.row) as usize * outer.width as usize + (self.part.col - outer.col) as usize
        };
        for row in self.part.row..self.part.row_end() {
            let first = at(&self.window, row);
            tell(&mut into[first..first + self.part.width as usize], at(&self.held, row));
        }
    }

    fn pixels<T: std::marker::Copy>(
        &self,
        into: &mut [u32],
        from: &[T],
        step: usize,
        first: usize,
        mut value: impl FnMut(T) -> u32,
    ) {
        self.rows(into, |line, at| {
            let from = &from[at * step..];
            if step == 1 {
                line.iter_mut().zip(from).for_each(|(to, from)| *to = value(*from));
            } else {
                let own = from[first..].iter().step_by(step);
                line.iter_mut().zip(own).for_each(|(to, from)| *to = value(*from));
            }
        });
    }
}
