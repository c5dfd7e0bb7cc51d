//! Where runs of equal samples end.

use wide::{u8x16, u16x16};

/// So many samples are held against one another at once: a bit of a word for each.
pub const CHUNK: usize = 64;

/// Samples that processors compare many at a time.
pub trait Sample: Copy + Into<u16> {
    /// A bit for each sample that differs from the next one, and the last bit: where runs of equal samples end.
    fn ends(chunk: &[Self; CHUNK]) -> u64;
}

/// First samples of parts of a chunk that reach it all, and their neighbours.
const PARTS: [usize; 4] = [0, 16, 32, 47];

impl Sample for u8 {
    #[inline]
    fn ends(chunk: &[u8; CHUNK]) -> u64 {
        ends(|at| u8x16::new(part(chunk, at)).simd_eq(u8x16::new(part(chunk, at + 1))).to_bitmask())
    }
}

impl Sample for u16 {
    #[inline]
    fn ends(chunk: &[u16; CHUNK]) -> u64 {
        ends(|at| u16x16::new(part(chunk, at)).simd_eq(u16x16::new(part(chunk, at + 1))).to_bitmask())
    }
}

#[inline]
fn ends(alike: impl Fn(usize) -> u32) -> u64 {
    let alike = PARTS.into_iter().fold(0, |all, at| all | u64::from(alike(at) as u16) << at);
    !alike | 1 << (CHUNK - 1)
}

#[inline]
fn part<T: Copy>(chunk: &[T; CHUNK], at: usize) -> [T; 16] {
    chunk[at..].as_chunks().0[0]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_run_ends_before_another_value_and_with_the_chunk(samples in prop::collection::vec(any::<u16>(), CHUNK), few in 0u16..4) {
            let words: [u16; CHUNK] = std::array::from_fn(|at| samples[at] >> (4 * few));
            let bytes = words.map(|word| word as u8);
            let expected = |differs: &dyn Fn(usize) -> bool| {
                (0..CHUNK).filter(|at| *at == CHUNK - 1 || differs(*at)).fold(0u64, |ends, at| ends | 1 << at)
            };
            prop_assert_eq!(u16::ends(&words), expected(&|at| words[at] != words[at + 1]));
            prop_assert_eq!(u8::ends(&bytes), expected(&|at| bytes[at] != bytes[at + 1]));
        }
    }
}
