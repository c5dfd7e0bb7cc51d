//! A layer's tile in hand.

use mutirao_mosaic::slot::{LayerTile, Slot};

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

/// A layer's tile, and what is wrong with it.
#[derive(Debug)]
pub struct Filled<S> {
    /// The slots.
    pub buffer: LayerBuffer<S>,
    /// Where files differ that must not.
    pub conflicts: Vec<Conflict>,
}
