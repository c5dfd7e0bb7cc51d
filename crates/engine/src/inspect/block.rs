//! The pixels of one band of one block that lie in a unit, row by row, as the bits that are stored.

use mutirao_core::{
    grid::Window,
    raster::{Block, BlockContent, Interleave, RasterFacts, Samples},
};
use mutirao_mosaic::tally::Counter;

/// A part of a block.
pub(super) struct View<'a> {
    block: &'a Block,
    /// What is held by a sparse block.
    empty: u16,
    /// Samples from one pixel to the next, and which of them is the band's.
    step: usize,
    band: usize,
    /// The block in the frame.
    held: Window,
    /// The part of it that is looked at, in the frame.
    pub(super) part: Window,
}

/// Some pixels of one row.
#[derive(Clone, Copy)]
pub(super) enum Line<'a> {
    /// So many pixels that hold one value.
    Constant(u16, usize),
    /// Samples of 8 bits.
    Bytes(&'a [u8]),
    /// Samples of 16 bits.
    Words(&'a [u16]),
}

impl<'a> View<'a> {
    /// Of a block at a place in the frame, the part in a window of the frame; none if they share nothing.
    pub(super) fn of(block: &'a Block, facts: &RasterFacts, band: u16, held: Window, window: &Window) -> Option<Self> {
        let part = held.intersection(window)?;
        let is_planar = facts.interleave == Interleave::Planar;
        let (step, band) = if is_planar { (1, 0) } else { (usize::from(block.samples_per_pixel), usize::from(band)) };
        Some(View { block, empty: facts.nodata.unwrap_or(0) as u16, step, band, held, part })
    }

    fn first(&self, row: u32) -> usize {
        (row - self.held.row) as usize * self.held.width as usize + (self.part.col - self.held.col) as usize
    }

    /// The pixels of a row of the frame. `scratch` serves where they do not stand side by side.
    pub(super) fn line<'b>(&'b self, row: u32, scratch: &'b mut Vec<u16>) -> Line<'b> {
        self.samples(self.first(row), self.part.width as usize, scratch)
    }

    /// All pixels, as few stretches as they stand in.
    pub(super) fn count(&self, scratch: &mut Vec<u16>, counter: &mut Counter) {
        if self.part.width == self.held.width {
            return self.samples(self.first(self.part.row), self.part.pixels(), scratch).count(counter);
        }
        (self.part.row..self.part.row_end()).for_each(|row| self.line(row, scratch).count(counter));
    }

    fn samples<'b>(&'b self, first: usize, len: usize, scratch: &'b mut Vec<u16>) -> Line<'b> {
        let range = first * self.step..(first + len) * self.step;
        match &self.block.content {
            BlockContent::Empty => Line::Constant(self.empty, len),
            BlockContent::Constant(value) => Line::Constant(*value as u16, len),
            BlockContent::Samples(Samples::Uint8(samples)) if self.step == 1 => Line::Bytes(&samples[range]),
            BlockContent::Samples(Samples::Uint16(samples)) if self.step == 1 => Line::Words(&samples[range]),
            BlockContent::Samples(samples) => {
                scratch.clear();
                match samples {
                    Samples::Uint8(samples) => {
                        scratch.extend(self.own(&samples[range]).map(|sample| u16::from(*sample)))
                    }
                    Samples::Uint16(samples) => scratch.extend(self.own(&samples[range])),
                    Samples::Int16(samples) => scratch.extend(self.own(&samples[range]).map(|sample| *sample as u16)),
                }
                Line::Words(scratch)
            }
        }
    }

    fn own<'s, T>(&self, samples: &'s [T]) -> impl Iterator<Item = &'s T> + use<'s, T> {
        samples.iter().skip(self.band).step_by(self.step)
    }

    /// Whether a mask says which pixels are valid.
    pub(super) fn has_mask(&self) -> bool {
        self.block.valid.is_some()
    }

    /// Of a row of the frame, which pixels are valid (not 0); none where all are.
    pub(super) fn valid(&self, row: u32) -> Option<&[u8]> {
        let (first, len) = (self.first(row), self.part.width as usize);
        self.block.valid.as_ref().map(|valid| &valid[first..first + len])
    }
}

impl Line<'_> {
    /// Pixels from one to before another.
    pub(super) fn part(&self, from: usize, to: usize) -> Self {
        match self {
            Line::Constant(bits, _) => Line::Constant(*bits, to - from),
            Line::Bytes(samples) => Line::Bytes(&samples[from..to]),
            Line::Words(samples) => Line::Words(&samples[from..to]),
        }
    }

    /// The bits of a pixel.
    pub(super) fn get(&self, at: usize) -> u16 {
        match self {
            Line::Constant(bits, _) => *bits,
            Line::Bytes(samples) => u16::from(samples[at]),
            Line::Words(samples) => samples[at],
        }
    }

    /// Counts them all.
    pub(super) fn count(&self, counter: &mut Counter) {
        match self {
            Line::Constant(bits, len) => counter.add(*bits, *len as u64),
            Line::Bytes(samples) => counter.add_bytes(samples),
            Line::Words(samples) => counter.add_words(samples),
        }
    }

    /// Writes their classes.
    pub(super) fn classes(&self, classes: &[u32], into: &mut [u32]) {
        match self {
            Line::Constant(bits, _) => into.fill(classes[usize::from(*bits)]),
            Line::Bytes(samples) => {
                into.iter_mut().zip(*samples).for_each(|(class, sample)| *class = classes[usize::from(*sample)]);
            }
            Line::Words(samples) => {
                into.iter_mut().zip(*samples).for_each(|(class, sample)| *class = classes[usize::from(*sample)]);
            }
        }
    }
}
