//! Counting many samples quickly.

use super::runs::{CHUNK, Sample};

/// Values of 16 bits.
const VALUES: usize = 1 << u16::BITS;

/// Values of a page: as many pages as a word has bits.
const PAGE: usize = VALUES / u64::BITS as usize;

/// Of so many chunks the ends of runs are found before any are counted: how many a chunk has, no processor foresees, and what it has done
/// ahead by then would be lost.
const TOGETHER: usize = 4;

/// Counts samples by their bits; what it counted goes to [`Counts`](super::Counts), which are smaller.
///
/// Classes come in patches: most chunks of samples are a run of equal ones or a few, and a run is counted at once.
#[derive(Debug)]
pub struct Counter {
    /// By the bits of a value.
    counts: Box<[u64; VALUES]>,
    /// A bit for each page of values of which some were counted.
    pages: u64,
}

impl Default for Counter {
    fn default() -> Self {
        // Memory that is all zeros is only taken where it is written to.
        let counts = vec![0; VALUES].into_boxed_slice().try_into().expect("as many as were made");
        Counter { counts, pages: 0 }
    }
}

impl Counter {
    /// Adds a value so many times.
    pub fn add(&mut self, bits: u16, times: u64) {
        self.counts[usize::from(bits)] += times;
        self.pages |= 1 << (usize::from(bits) / PAGE);
    }

    /// Adds samples of 8 bits.
    pub fn add_bytes(&mut self, samples: &[u8]) {
        self.add_samples(samples);
    }

    /// Adds samples of 16 bits.
    pub fn add_words(&mut self, samples: &[u16]) {
        self.add_samples(samples);
    }

    #[inline]
    fn add_samples<T: Sample>(&mut self, samples: &[T]) {
        let Counter { counts, pages } = self;
        // In a register, not in memory.
        let mut met = *pages;
        let mut add = |sample: T, times: u32| {
            let bits = usize::from(sample.into());
            // Wrapping, for there is nothing to check: no count of 64 bits comes to its end.
            counts[bits] = counts[bits].wrapping_add(u64::from(times));
            met |= 1 << (bits / PAGE);
        };
        for stretch in samples.chunks(TOGETHER * CHUNK) {
            let (chunks, rest) = stretch.as_chunks::<CHUNK>();
            let mut ends = [0; TOGETHER];
            for (ends, chunk) in ends.iter_mut().zip(chunks) {
                *ends = T::ends(chunk);
            }
            for (chunk, ends) in chunks.iter().zip(ends) {
                if is_noise(ends) {
                    chunk.iter().for_each(|sample| add(*sample, 1));
                } else {
                    runs(chunk, ends, &mut add);
                }
            }
            rest.iter().for_each(|sample| add(*sample, 1));
        }
        *pages = met;
    }

    /// Tells all values that occur, by their bits ascending, and how often, and forgets them; the memory stays for the next.
    pub fn drain(&mut self) -> Vec<(u16, u64)> {
        let mut told = Vec::new();
        for page in (0..VALUES / PAGE).filter(|page| self.pages >> page & 1 != 0) {
            let (parts, _) = self.counts[page * PAGE..][..PAGE].as_chunks_mut::<8>();
            for (at, counts) in parts.iter_mut().enumerate() {
                // Most are not met: eight are soon seen to be none.
                if counts.iter().fold(0, |any, count| any | *count) != 0 {
                    let value = |(place, count)| ((page * PAGE + at * counts.len() + place) as u16, count);
                    told.extend(counts.iter().copied().enumerate().map(value).filter(|(_, count)| *count > 0));
                    counts.fill(0);
                }
            }
        }
        self.pages = 0;
        told
    }
}

/// Whether a chunk has so many runs that its samples are counted sooner one by one: by every eighth of them, which is soon seen.
#[inline]
fn is_noise(ends: u64) -> bool {
    const EIGHTH: u64 = 0x0101_0101_0101_0101;
    (ends & EIGHTH).wrapping_mul(EIGHTH) >> 56 > 6
}

/// Tells the value and the length of every run of a chunk.
#[inline]
fn runs<T: Sample>(chunk: &[T; CHUNK], mut ends: u64, add: &mut impl FnMut(T, u32)) {
    let mut first = 0;
    while ends != 0 {
        let last = ends.trailing_zeros();
        add(chunk[last as usize % CHUNK], (last + 1).wrapping_sub(first));
        first = last + 1;
        ends &= ends.wrapping_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{super::Counts, *};

    type Table = BTreeMap<u16, u64>;

    fn one_by_one(samples: impl Iterator<Item = u16>) -> Table {
        let mut counts = Table::new();
        samples.for_each(|sample| *counts.entry(sample).or_default() += 1);
        counts
    }

    fn drained(counter: &mut Counter) -> Counts {
        let mut counts = Counts::default();
        counter.drain().into_iter().for_each(|(bits, count)| counts.add(bits, count));
        counts
    }

    proptest! {
        #[test]
        fn every_sample_is_counted_once(
            runs in prop::collection::vec((any::<u16>(), prop_oneof![1usize..3, 1usize..200, 500usize..2000]), 0..80),
            few in any::<bool>(),
            cut in 0usize..4000,
        ) {
            let value = |value: u16| if few { value % 4 * if value.is_multiple_of(32) { 300 } else { 1 } + 7000 } else { value };
            let words: Vec<u16> = runs.iter().flat_map(|run| std::iter::repeat_n(value(run.0), run.1)).collect();
            let bytes: Vec<u8> = words.iter().map(|word| (*word >> 4) as u8).collect();
            let (first, second) = words.split_at(cut.min(words.len()));
            let mut counter = Counter::default();
            counter.add_words(first);
            let mut counts = drained(&mut counter);
            prop_assert_eq!(counts.iter().collect::<Table>(), one_by_one(first.iter().copied()));
            prop_assert!(counter.drain().is_empty());
            counter.add_words(second);
            counts.merge(&drained(&mut counter));
            prop_assert_eq!(counts.iter().collect::<Table>(), one_by_one(words.iter().copied()));
            prop_assert_eq!(counts.total(), words.len() as u64);
            counter.add_bytes(&bytes);
            counter.add_words(&words);
            let all = one_by_one(bytes.iter().map(|byte| u16::from(*byte)).chain(words.iter().copied()));
            let told = counter.drain();
            prop_assert!(told.is_sorted_by(|one, next| one.0 < next.0));
            prop_assert_eq!(told.into_iter().collect::<Table>(), all);
        }

        #[test]
        fn counts_are_equal_whatever_came_first(values in prop::collection::vec(any::<u16>(), 0..20)) {
            let of = |values: &mut dyn Iterator<Item = &u16>| {
                let mut counter = Counter::default();
                values.for_each(|value| counter.add(*value, 1));
                drained(&mut counter)
            };
            prop_assert_eq!(of(&mut values.iter()), of(&mut values.iter().rev()));
        }
    }
}
