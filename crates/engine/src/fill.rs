//! Filling a tile of one layer: the parts of its members become slots, by area and by file.

use std::collections::BTreeMap;

use mutirao_core::{grid::Window, pipeline::Overlap, raster::Samples, rule::Role};
use mutirao_mosaic::slot::{Held, LayerTile, Slot};

use crate::{
    error::Result,
    file::OpenFile,
    plan::{Part, Plan, PlannedLayer},
    slots::LayerSlots,
    window::Pixels,
};

/// A layer's slots in a tile, owned.
#[derive(Debug, Clone)]
pub enum LayerBuffer<S> {
    /// All pixels hold this slot.
    Constant(S),
    /// Row by row.
    Pixels(Vec<S>),
}

impl<S: Slot> LayerBuffer<S> {
    /// The buffer as composing takes it.
    pub fn view(&self) -> LayerTile<'_, S> {
        match self {
            LayerBuffer::Constant(slot) => LayerTile::Constant(*slot),
            LayerBuffer::Pixels(slots) => LayerTile::Pixels(slots),
        }
    }

    /// The slot at a pixel.
    pub fn get(&self, pixel: usize) -> usize {
        match self {
            LayerBuffer::Constant(slot) => slot.index(),
            LayerBuffer::Pixels(slots) => slots[pixel].index(),
        }
    }

    fn from_pixels(slots: Vec<S>) -> Self {
        match slots.first() {
            Some(first) if slots.iter().all(|slot| slot == first) => LayerBuffer::Constant(*first),
            _ => LayerBuffer::Pixels(slots),
        }
    }
}

/// Pixels at which files of one member say different things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The two files, as places in the plan.
    pub files: [usize; 2],
    /// How many pixels of the tile.
    pub count: u64,
    /// The first of them, [column, row] of the grid.
    pub first: [u32; 2],
}

/// What reading layers needs.
pub struct Inputs<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Its files, opened.
    pub files: &'a [OpenFile],
    /// By layer.
    pub slots: &'a [LayerSlots],
}

/// The layers in the order in which they are filled: what areas of members name comes before the members. Those are region layers
/// without areas of their own, wherever the pipeline lists them.
pub fn order(plan: &Plan) -> Vec<usize> {
    let mut order: Vec<usize> = (0..plan.layers.len()).collect();
    let has_area = |layer: &PlannedLayer| layer.members.iter().any(|member| member.area.is_some());
    order.sort_by_key(|layer| (plan.layers[*layer].role == Role::Class, has_area(&plan.layers[*layer])));
    order
}

/// A layer's tile, and what is wrong with it.
#[derive(Debug)]
pub struct Filled<S> {
    /// The slots.
    pub buffer: LayerBuffer<S>,
    /// Where files differ that must not.
    pub conflicts: Vec<Conflict>,
}

impl Inputs<'_> {
    /// Fills a tile of a layer from a set of its parts. `region(layer)` is the tile of a region layer that areas name, in the same period.
    ///
    /// # Errors
    /// Where a block cannot be read.
    pub fn fill<'r, S: Slot>(
        &self,
        layer: usize,
        set: Option<usize>,
        tile: &Window,
        region: impl Fn(usize) -> &'r LayerBuffer<S>,
    ) -> Result<Filled<S>> {
        let planned = &self.plan.layers[layer];
        let slots = &self.slots[layer];
        let nothing = S::from_index(slots.nothing);
        let mut filled = Filled { buffer: LayerBuffer::Constant(nothing), conflicts: Vec::new() };
        let Some(parts) = set.map(|set| &planned.input_sets[set]) else { return Ok(filled) };
        for (member, parts) in by_member(parts) {
            let admitted = planned.members[member].area.as_ref().map(|area| {
                let meanings = &self.slots[area.layer].meanings;
                let admits = meanings.iter().map(|meaning| area.values.admits(meaning.held.value())).collect();
                Admitted { region: region(area.layer), admits }
            });
            if admitted.as_ref().is_some_and(Admitted::is_nowhere) {
                continue;
            }
            let overlap = planned.members[member].overlap;
            let mut own = MemberTile { overlap, slots: None, nothing, spoken_by: Vec::new(), conflicts: Vec::new() };
            for part in &parts {
                if let Some(pixels) = self.files[part.file].read(part, tile)? {
                    own.add(
                        pixels,
                        part,
                        slots.translation(part, self.plan.files[part.file].facts.dtype),
                        tile,
                        parts.len() > 1,
                    );
                }
            }
            filled.conflicts.append(&mut own.conflicts);
            if let Some(own) = own.slots {
                filled.buffer = merge(filled.buffer, own, admitted.as_ref(), nothing, tile);
            }
        }
        Ok(filled)
    }

    /// The pixels of a tile that hold a value which the layer does not know: by file and value, how many there are and the first of them.
    ///
    /// # Errors
    /// Where a block cannot be read.
    pub fn unknown<'r, S: Slot>(
        &self,
        layer: usize,
        set: usize,
        tile: &Window,
        region: impl Fn(usize) -> &'r LayerBuffer<S>,
    ) -> Result<Vec<UnknownValue>> {
        let planned: &PlannedLayer = &self.plan.layers[layer];
        let mut found: BTreeMap<(usize, i32), UnknownValue> = BTreeMap::new();
        for part in &planned.input_sets[set] {
            let file = &self.files[part.file];
            let dtype = self.plan.files[part.file].facts.dtype;
            let translation = self.slots[layer].translation(part, dtype);
            let Some(pixels) = file.read(part, tile)? else { continue };
            let area = planned.members[part.member].area.as_ref();
            for index in 0..pixels.window.pixels() {
                let value = pixels.samples.get(index);
                let slot = translation.map_or(value as usize, |table| usize::from(table[usize::from(value as u16)]));
                let masked = pixels.valid.as_ref().is_some_and(|valid| valid[index] == 0);
                if masked || !matches!(self.slots[layer].meanings[slot].held, Held::Unknown(_)) {
                    continue;
                }
                let [x, y] = [index as u32 % pixels.window.width, index as u32 / pixels.window.width];
                let [x, y] = [x + pixels.window.col, y + pixels.window.row];
                let admits = area.is_none_or(|area| {
                    let slot = region(area.layer).get((y * tile.width + x) as usize);
                    area.values.admits(self.slots[area.layer].meanings[slot].held.value())
                });
                if let (true, Some(pixel)) = (admits, file.pixel_of(tile.col + x, tile.row + y)) {
                    let known = found.entry((part.file, value)).or_insert_with(|| UnknownValue {
                        file: part.file,
                        value,
                        count: 0,
                        first: Vec::new(),
                    });
                    known.count += 1;
                    known.note(pixel);
                }
            }
        }
        Ok(found.into_values().collect())
    }
}

/// A value of a file that the layer does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownValue {
    /// The file, as a place in the plan.
    pub file: usize,
    /// The value.
    pub value: i32,
    /// Pixels that hold it.
    pub count: u64,
    /// The first of them, [column, row] of the file, in row order.
    pub first: Vec<[u32; 2]>,
}

/// How many places of a kind are kept for the message.
const PLACES_KEPT: usize = 10;

impl UnknownValue {
    fn note(&mut self, pixel: [u32; 2]) {
        self.first.push(pixel);
        self.first.sort_unstable_by_key(|[col, row]| (*row, *col));
        self.first.truncate(PLACES_KEPT);
    }

    /// Joins what another tile found of the same value.
    pub fn merge(&mut self, other: &UnknownValue) {
        self.count += other.count;
        other.first.iter().for_each(|pixel| self.note(*pixel));
    }
}

/// Where a member is responsible.
struct Admitted<'r, S> {
    region: &'r LayerBuffer<S>,
    admits: Vec<bool>,
}

impl<S: Slot> Admitted<'_, S> {
    fn is_nowhere(&self) -> bool {
        match self.region {
            LayerBuffer::Constant(slot) => !self.admits[slot.index()],
            LayerBuffer::Pixels(_) => false,
        }
    }

    fn at(&self, pixel: usize) -> bool {
        self.admits[self.region.get(pixel)]
    }
}

fn by_member(parts: &[Part]) -> Vec<(usize, Vec<Part>)> {
    parts.chunk_by(|a, b| a.member == b.member).map(|parts| (parts[0].member, parts.to_vec())).collect()
}

/// One member's tile while its files are put into it.
struct MemberTile<S> {
    overlap: Overlap,
    slots: Option<Vec<S>>,
    nothing: S,
    /// By pixel, the file that spoke; only where several files may.
    spoken_by: Vec<u16>,
    conflicts: Vec<Conflict>,
}

impl<S: Slot> MemberTile<S> {
    fn add(&mut self, pixels: Pixels, part: &Part, translation: Option<&[u16]>, tile: &Window, several: bool) {
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
                self.conflict([earlier, part.file], [tile.col + x, tile.row + y]);
            }
        }
        self.slots = Some(slots);
    }

    fn conflict(&mut self, files: [usize; 2], pixel: [u32; 2]) {
        match self.conflicts.iter_mut().find(|conflict| conflict.files == files) {
            Some(conflict) => conflict.count += 1,
            None => self.conflicts.push(Conflict { files, count: 1, first: pixel }),
        }
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

/// Puts a member's tile into the layer's: where the member is responsible and no member listed before it speaks.
fn merge<S: Slot>(
    layer: LayerBuffer<S>,
    own: Vec<S>,
    admitted: Option<&Admitted<'_, S>>,
    nothing: S,
    tile: &Window,
) -> LayerBuffer<S> {
    let Some(admitted) = admitted else { return LayerBuffer::from_pixels(own) };
    let mut slots = match layer {
        LayerBuffer::Constant(slot) => vec![slot; tile.pixels()],
        LayerBuffer::Pixels(slots) => slots,
    };
    for (at, slot) in own.into_iter().enumerate() {
        if slots[at] == nothing && slot != nothing && admitted.at(at) {
            slots[at] = slot;
        }
    }
    LayerBuffer::from_pixels(slots)
}
