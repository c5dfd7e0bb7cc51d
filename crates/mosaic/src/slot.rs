//! Slots: the small numbers by which a tile's pixels are held while they are composed.
//!
//! A layer's pixel is a slot, and a [`SlotMeaning`] a slot says what it stands for. So a plain uint8 file needs no translation
//! at all (its bytes are the slots), while files with other types, crosswalks or members are translated to slots as they are
//! decoded.

/// A number that slots are kept in: `u8` where no layer has more than 256 of them, else `u16`.
pub trait Slot: Copy + Eq + Ord + Default + Send + Sync + std::fmt::Debug + 'static {
    /// Bits of a slot.
    const BITS: u32;
    /// The slot as an index.
    fn index(self) -> usize;
    /// The slot of an index that is known to fit.
    fn from_index(index: usize) -> Self;
    /// Bytes as slots; no work where slots are bytes.
    fn from_bytes(bytes: Vec<u8>) -> Vec<Self>;
}

impl Slot for u8 {
    const BITS: u32 = u8::BITS;
    fn index(self) -> usize {
        usize::from(self)
    }
    fn from_index(index: usize) -> Self {
        index as u8
    }
    fn from_bytes(bytes: Vec<u8>) -> Vec<Self> {
        bytes
    }
}

impl Slot for u16 {
    const BITS: u32 = u16::BITS;
    fn index(self) -> usize {
        usize::from(self)
    }
    fn from_index(index: usize) -> Self {
        index as u16
    }
    fn from_bytes(bytes: Vec<u8>) -> Vec<Self> {
        bytes.into_iter().map(u16::from).collect()
    }
}

/// What a layer holds at a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Held {
    /// Nothing: nodata, masked, outside its area, or not there.
    Nothing,
    /// This value, as rules see it.
    Value(i32),
    /// A value of the file that legend, crosswalk and `classes` do not know. It is an error as soon as a pixel holds it.
    Unknown(i32),
}

impl Held {
    /// The value that rules see; nothing for nothing.
    pub fn value(self) -> Option<i32> {
        match self {
            Held::Value(value) => Some(value),
            Held::Nothing | Held::Unknown(_) => None,
        }
    }
}

/// What a slot of a layer stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SlotMeaning {
    /// What the layer holds.
    pub held: Held,
    /// Who says so: the source, from 1 (0 for nothing).
    pub source: u16,
}

impl SlotMeaning {
    /// The meaning of nothing.
    pub const NOTHING: SlotMeaning = SlotMeaning { held: Held::Nothing, source: 0 };
}

/// A layer's pixels in a tile.
#[derive(Debug, Clone)]
pub enum LayerTile<'a, S> {
    /// Every pixel holds this slot.
    Constant(S),
    /// The slots, row by row.
    Pixels(&'a [S]),
}
