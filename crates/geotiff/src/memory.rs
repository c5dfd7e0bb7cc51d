//! What is kept in mind from block to block: by thread, buffers to be used again; by file, the bytes of blocks that hold one value only.

use std::cell::RefCell;
use std::sync::{PoisonError, RwLock};
use std::thread::LocalKey;

use mutirao_core::raster::Samples;

/// The memory of one file, shared between threads.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// The value of blocks of one value, by their stored bytes and the size of what they decode to. Maps are full of them, and their bytes
    /// are the same again and again.
    constants: RwLock<Vec<Constant>>,
}

/// A block of one value.
#[derive(Debug)]
struct Constant {
    /// Its stored bytes.
    raw: Box<[u8]>,
    /// How many bytes they decode to.
    due: usize,
    value: i32,
}

/// A thread keeps no more bytes of buffers of a kind than this.
const MOST_SPARE: usize = 4 << 20;
/// No more blocks of one value are kept in mind.
const MOST_CONSTANTS: usize = 64;
/// Blocks of one value are stored in no more bytes than this.
const LONGEST: usize = 2048;

thread_local! {
    static BYTES: Spare<u8> = const { RefCell::new(Vec::new()) };
    static WORDS: Spare<u16> = const { RefCell::new(Vec::new()) };
}

/// Buffers of blocks that nobody needs any more: fresh memory would be zeroed first, for nothing.
type Spare<T> = RefCell<Vec<Vec<T>>>;

/// Samples of which every thread keeps spare buffers.
pub(crate) trait Spared: Sized + 'static {
    /// Those of this thread.
    const SPARE: &'static LocalKey<Spare<Self>>;
}

impl Spared for u8 {
    const SPARE: &'static LocalKey<Spare<u8>> = &BYTES;
}

impl Spared for u16 {
    const SPARE: &'static LocalKey<Spare<u16>> = &WORDS;
}

/// A buffer with room for `len` samples, used before where there is one; whatever stands in it is to be written over.
pub(crate) fn spare<T: Spared>(len: usize) -> Vec<T> {
    T::SPARE.with_borrow_mut(|kept| {
        let fitting = kept.iter().position(|buffer| buffer.capacity() >= len && buffer.capacity() <= 2 * len);
        fitting.map_or_else(|| Vec::with_capacity(len), |place| kept.swap_remove(place))
    })
}

/// Keeps a buffer, while there is room for it.
pub(crate) fn keep<T: Spared>(buffer: Vec<T>) {
    T::SPARE.with_borrow_mut(|kept| {
        let samples = kept.iter().map(Vec::capacity).sum::<usize>() + buffer.capacity();
        if samples * size_of::<T>() <= MOST_SPARE {
            kept.push(buffer);
        }
    });
}

impl Memory {
    /// The one value of a block that is stored as these bytes and decodes to `due` bytes, if that is known.
    pub(crate) fn constant(&self, raw: &[u8], due: usize) -> Option<i32> {
        if raw.len() > LONGEST {
            return None;
        }
        let constants = self.constants.read().unwrap_or_else(PoisonError::into_inner);
        constants.iter().find(|known| known.due == due && *known.raw == *raw).map(|known| known.value)
    }

    /// Keeps in mind what a block decoded to, if that is one value.
    pub(crate) fn learn(&self, raw: &[u8], due: usize, samples: &Samples) {
        if raw.len() > LONGEST {
            return;
        }
        let Some(value) = samples.constant() else { return };
        let mut constants = self.constants.write().unwrap_or_else(PoisonError::into_inner);
        if constants.len() < MOST_CONSTANTS {
            constants.push(Constant { raw: raw.into(), due, value });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_blocks_of_one_value_are_known_and_only_by_all_of_their_bytes() {
        let memory = Memory::default();
        memory.learn(&[1, 2, 3], 4, &Samples::Uint8(vec![7; 4]));
        memory.learn(&[1, 2, 4], 4, &Samples::Uint8(vec![7, 7, 7, 8]));
        memory.learn(&[0; LONGEST + 1], 4, &Samples::Uint8(vec![7; 4]));
        assert_eq!(memory.constant(&[1, 2, 3], 4), Some(7));
        assert_eq!(memory.constant(&[1, 2, 3], 3), None, "a shorter strip");
        assert_eq!(memory.constant(&[1, 2, 4], 4), None);
        assert_eq!(memory.constant(&[0; LONGEST + 1], 4), None);
    }

    #[test]
    fn a_file_of_many_values_does_not_fill_the_memory() {
        let memory = Memory::default();
        for value in 0..200 {
            memory.learn(&[value], 4, &Samples::Uint8(vec![value; 4]));
        }
        assert_eq!(memory.constants.read().unwrap().len(), MOST_CONSTANTS);
    }
}
