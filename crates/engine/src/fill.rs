//! Filling a tile of one layer: the parts of its members become slots, by area and by file.

use std::collections::BTreeMap;

use mutirao_core::{grid::Window, pipeline::Overlap, rule::Role};
use mutirao_mosaic::slot::{Held, LayerTile, Slot};

use crate::{
    composite::{Area, Joined, MemberTile},
    error::Result,
    file::OpenFile,
    plan::{Part, Plan, PlannedLayer},
    slots::LayerSlots,
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

    pub(crate) fn from_pixels(slots: Vec<S>) -> Self {
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
    /// A member counts where it is responsible. Where a responsible one is nothing, the first of the layer's `fallback` that speaks
    /// counts, whatever its own area. Where two are responsible, by areas of different region layers, the first as listed that speaks.
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
        let mut joined = Joined::new(S::from_index(self.slots[layer].nothing), tile);
        let Some(parts) = set.map(|set| &planned.input_sets[set]) else { return Ok(joined.filled) };
        let areas: Vec<Option<Area<'r, S>>> = planned
            .members
            .iter()
            .map(|member| {
                let area = member.area.as_ref()?;
                Some(Area::new(region(area.layer), &self.slots[area.layer].meanings, area))
            })
            .collect();
        let mut kept: BTreeMap<usize, MemberTile<S>> = BTreeMap::new();
        for parts in parts.chunk_by(|a, b| a.member == b.member) {
            let member = parts[0].member;
            match &areas[member] {
                None => joined.take(self.member_tile(layer, parts, tile)?),
                Some(area) if area.is_nowhere() => {}
                Some(area) => {
                    let own = self.member_tile(layer, parts, tile)?;
                    joined.add(&own, |pixel| area.admits(pixel));
                    if planned.fallback.contains(&member) {
                        kept.insert(member, own);
                    }
                }
            }
        }
        let responsible = |pixel: usize| areas.iter().flatten().any(|area| area.admits(pixel));
        for &member in &planned.fallback {
            if !joined.has_gap(responsible) {
                break;
            }
            let own = match kept.remove(&member) {
                Some(own) => own,
                None => {
                    let parts: Vec<Part> = parts.iter().filter(|part| part.member == member).copied().collect();
                    self.member_tile(layer, &parts, tile)?
                }
            };
            joined.add(&own, responsible);
        }
        Ok(joined.filled)
    }

    /// What the files of one member say, wherever it may count.
    fn member_tile<S: Slot>(&self, layer: usize, parts: &[Part], tile: &Window) -> Result<MemberTile<S>> {
        let slots = &self.slots[layer];
        let nothing = S::from_index(slots.nothing);
        let overlap = parts.first().map_or(Overlap::Error, |part| self.plan.layers[layer].members[part.member].overlap);
        let mut own = MemberTile { overlap, slots: None, nothing, spoken_by: Vec::new(), conflicts: Vec::new() };
        for part in parts {
            if let Some(pixels) = self.files[part.file].read(part, tile)? {
                let translation = slots.translation(part, self.plan.files[part.file].facts.dtype);
                own.add(pixels, part, translation, tile, parts.len() > 1);
            }
        }
        Ok(own)
    }

    /// The pixels of a tile at which a value counts that the layer does not know: by file and value, how many there are and the first of
    /// them. `held` is the layer's filled tile.
    ///
    /// # Errors
    /// Where a block cannot be read.
    pub fn unknown<S: Slot>(
        &self,
        layer: usize,
        set: usize,
        tile: &Window,
        held: &LayerBuffer<S>,
    ) -> Result<Vec<UnknownValue>> {
        let planned: &PlannedLayer = &self.plan.layers[layer];
        let mut found: BTreeMap<(usize, i32), UnknownValue> = BTreeMap::new();
        for part in &planned.input_sets[set] {
            let file = &self.files[part.file];
            let dtype = self.plan.files[part.file].facts.dtype;
            let translation = self.slots[layer].translation(part, dtype);
            let Some(pixels) = file.read(part, tile)? else { continue };
            for index in 0..pixels.window.pixels() {
                let value = pixels.samples.get(index);
                let slot = translation.map_or(value as usize, |table| usize::from(table[usize::from(value as u16)]));
                let masked = pixels.valid.as_ref().is_some_and(|valid| valid[index] == 0);
                if masked || !matches!(self.slots[layer].meanings[slot].held, Held::Unknown(_)) {
                    continue;
                }
                let [x, y] = [index as u32 % pixels.window.width, index as u32 / pixels.window.width];
                let [x, y] = [x + pixels.window.col, y + pixels.window.row];
                let counts = held.get((y * tile.width + x) as usize) == slot;
                if let (true, Some(pixel)) = (counts, file.pixel_of(tile.col + x, tile.row + y)) {
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
