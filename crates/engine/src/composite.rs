//! Composites: which member's slot stands at a pixel, and what the files of one member say.

use mutirao_core::{grid::Window, pipeline::Overlap, raster::Samples, rule::Condition};
use mutirao_mosaic::slot::{Slot, SlotMeaning};

use crate::{
    fill::{Conflict, Filled, LayerBuffer},
    plan::Part,
    window::Pixels,
};

/// Where a member is responsible.
pub(crate) struct Area<'r, S> {
    region: &'r LayerBuffer<S>,
    /// By slot of the region layer.
    admitted: Vec<bool>,
}

impl<'r, S: Slot> Area<'r, S> {
    pub fn new(region: &'r LayerBuffer<S>, meanings: &[SlotMeaning], area: &Condition) -> Self {
        let admits = |meaning: &SlotMeaning| area.values.admits(meaning.held.value());
        Area { region, admitted: meanings.iter().map(admits).collect() }
    }

    pub fn is_nowhere(&self) -> bool {
        match self.region {
            LayerBuffer::Constant(slot) => !self.admitted[slot.index()],
            LayerBuffer::Pixels(_) => false,
        }
    }

    pub fn admits(&self, pixel: usize) -> bool {
        self.admitted[self.region.get(pixel)]
    }
}

/// A layer's tile while members are put into it.
pub(crate) struct Joined<'t, S> {
    pub filled: Filled<S>,
    nothing: S,
    tile: &'t Window,
}

impl<'t, S: Slot> Joined<'t, S> {
    /// Nothing everywhere.
    pub fn new(nothing: S, tile: &'t Window) -> Self {
        let filled = Filled { buffer: LayerBuffer::Constant(nothing), conflicts: Vec::new() };
        Joined { filled, nothing, tile }
    }

    /// Takes the only member of a simple layer as it is.
    pub fn take(&mut self, own: MemberTile<S>) {
        own.conflicts.iter().for_each(|(pixel, files)| self.conflict(*pixel, *files));
        if let Some(slots) = own.slots {
            self.filled.buffer = LayerBuffer::from_pixels(slots);
        }
    }

    /// Puts a member in where it is asked and nothing stands yet.
    pub fn add(&mut self, own: &MemberTile<S>, asked: impl Fn(usize) -> bool) {
        let Some(own_slots) = &own.slots else { return };
        for (pixel, files) in &own.conflicts {
            if self.is_nothing(*pixel) && asked(*pixel) {
                self.conflict(*pixel, *files);
            }
        }
        let buffer = std::mem::replace(&mut self.filled.buffer, LayerBuffer::Constant(self.nothing));
        let mut slots = match buffer {
            LayerBuffer::Constant(slot) => vec![slot; self.tile.pixels()],
            LayerBuffer::Pixels(slots) => slots,
        };
        for (at, slot) in own_slots.iter().enumerate() {
            if slots[at] == self.nothing && *slot != self.nothing && asked(at) {
                slots[at] = *slot;
            }
        }
        self.filled.buffer = LayerBuffer::from_pixels(slots);
    }

    /// Whether nothing stands at some pixel where somebody is responsible.
    pub fn has_gap(&self, responsible: impl Fn(usize) -> bool) -> bool {
        (0..self.tile.pixels()).any(|pixel| self.is_nothing(pixel) && responsible(pixel))
    }

    fn is_nothing(&self, pixel: usize) -> bool {
        self.filled.buffer.get(pixel) == self.nothing.index()
    }

    /// Only where the member counts may its files not differ: so what is told does not depend on the tiles.
    fn conflict(&mut self, pixel: usize, files: [usize; 2]) {
        match self.filled.conflicts.iter_mut().find(|conflict| conflict.files == files) {
            Some(conflict) => conflict.count += 1,
            None => {
                let [x, y] = [pixel as u32 % self.tile.width, pixel as u32 / self.tile.width];
                let first = [self.tile.col + x, self.tile.row + y];
                self.filled.conflicts.push(Conflict { files, count: 1, first });
            }
        }
    }
}

/// One member's tile while its files are put into it.
pub(crate) struct MemberTile<S> {
    pub overlap: Overlap,
    /// None where no file of it lies.
    pub slots: Option<Vec<S>>,
    pub nothing: S,
    /// By pixel, the file that spoke; only where several files may.
    pub spoken_by: Vec<u16>,
    /// Pixels of the tile, and the two files that differ there.
    pub conflicts: Vec<(usize, [usize; 2])>,
}

impl<S: Slot> MemberTile<S> {
    pub fn add(&mut self, pixels: Pixels, part: &Part, translation: Option<&[u16]>, tile: &Window, several: bool) {
        let covers = pixels.window.pixels() == tile.pixels();
        if self.slots.is_none() && covers && !several && pixels.valid.is_none() {
            self.slots = Some(to_slots(pixels.samples, translation));
            return;
        }
        if several && self.spoken_by.is_empty() {
            self.spoken_by = vec![0; tile.pixels()];
        }
        let Pixels { window, samples, valid } = pixels;
        let own: Vec<S> = to_slots(samples, translation);
        let nothing = self.nothing;
        let mut slots = self.slots.take().unwrap_or_else(|| vec![nothing; tile.pixels()]);
        for (index, slot) in own.into_iter().enumerate() {
            let masked = valid.as_ref().is_some_and(|valid| valid[index] == 0);
            if slot == nothing || masked {
                continue;
            }
            let [x, y] = [index as u32 % window.width + window.col, index as u32 / window.width + window.row];
            let at = (y * tile.width + x) as usize;
            if slots[at] == nothing || self.overlap == Overlap::Last {
                slots[at] = slot;
                if several {
                    self.spoken_by[at] = part.file as u16;
                }
            } else if slots[at] != slot && self.overlap == Overlap::Error {
                let earlier = usize::from(self.spoken_by[at]);
                self.conflicts.push((at, [earlier, part.file]));
            }
        }
        self.slots = Some(slots);
    }
}

/// Samples as slots: through the table, or as the bytes they are.
fn to_slots<S: Slot>(samples: Samples, translation: Option<&[u16]>) -> Vec<S> {
    match (samples, translation) {
        (Samples::Uint8(bytes), None) => S::from_bytes(bytes),
        (Samples::Uint8(values), Some(table)) => translate(&values, |value| table[usize::from(*value)]),
        (Samples::Uint16(values), Some(table)) => translate(&values, |value| table[usize::from(*value)]),
        (Samples::Int16(values), Some(table)) => translate(&values, |value| table[usize::from(*value as u16)]),
        (Samples::Uint16(values), None) => translate(&values, |value| *value),
        (Samples::Int16(values), None) => translate(&values, |value| *value as u16),
    }
}

fn translate<T, S: Slot>(values: &[T], slot: impl Fn(&T) -> u16) -> Vec<S> {
    values.iter().map(|value| S::from_index(usize::from(slot(value)))).collect()
}
