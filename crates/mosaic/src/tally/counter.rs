//! Counting many samples quickly.

use super::runs::{CHUNK, Sample};

/// In a chunk of more runs than this, samples are counted one by one.
const MOST_RUNS: u32 = CHUNK as u32 / 2;

/// Values of 8 bits.
const BYTES: usize = 1 << 8;

/// Samples that are counted one by one go to so many tables by turns, so that none waits for the one before it.
const LANES: usize = 4;

/// Counts samples by their bits; what it counted goes to [`Counts`](super::Counts).
///
/// Classes come in patches: most chunks of samples are a run of equal ones or a few, and a run is counted at once.
#[derive(Debug, Clone)]
pub struct Counter {
    /// By the bits of a value.
    counts: Vec<u64>,
    /// The values of which some were counted, in any order.
    met: Vec<u16>,
    /// Bytes that were counted one by one.
    lanes: Box<[[u64; BYTES]; LANES]>,
    /// Whether there are any.
    has_lanes: bool,
}

impl Default for Counter {
    fn default() -> Self {
        let lanes = Box::new([[0; BYTES]; LANES]);
        Counter { counts: vec![0; 1 << u16::BITS], met: Vec::new(), lanes, has_lanes: false }
    }
}

impl Counter {
    /// Adds a value so many times.
    #[inline]
    pub fn add(&mut self, bits: u16, times: u64) {
        let count = &mut self.counts[usize::from(bits)];
        if *count == 0 {
            self.met.push(bits);
        }
        // Wrapping, here and below, for there is nothing to check: no count of 64 bits comes to its end.
        *count = count.wrapping_add(times);
    }

    /// Adds samples of 8 bits.
    pub fn add_bytes(&mut self, samples: &[u8]) {
        self.add_samples(samples, Counter::bytes);
    }

    /// Adds samples of 16 bits.
    pub fn add_words(&mut self, samples: &[u16]) {
        self.add_samples(samples, |counter, samples| samples.iter().for_each(|sample| counter.add(*sample, 1)));
    }

    fn add_samples<T: Sample>(&mut self, samples: &[T], one_by_one: impl Fn(&mut Counter, &[T])) {
        let (chunks, rest) = samples.as_chunks::<CHUNK>();
        for chunk in chunks {
            let ends = T::ends(chunk);
            if ends.count_ones() > MOST_RUNS { one_by_one(self, chunk) } else { self.runs(chunk, ends) }
        }
        one_by_one(self, rest);
    }

    #[inline]
    fn runs<T: Sample>(&mut self, chunk: &[T; CHUNK], mut ends: u64) {
        let mut first = 0;
        while ends != 0 {
            let last = ends.trailing_zeros();
            self.add(chunk[last as usize % CHUNK].into(), u64::from((last + 1).wrapping_sub(first)));
            first = last + 1;
            ends &= ends.wrapping_sub(1);
        }
    }

    /// Eight are loaded at once.
    fn bytes(&mut self, samples: &[u8]) {
        self.has_lanes = true;
        let (words, rest) = samples.as_chunks::<8>();
        for word in words {
            let word = u64::from_le_bytes(*word);
            for at in 0..8 {
                let count = &mut self.lanes[at % LANES][usize::from((word >> (8 * at)) as u8)];
                *count = count.wrapping_add(1);
            }
        }
        rest.iter().for_each(|sample| self.lanes[0][usize::from(*sample)] += 1);
    }

    /// All values that occur, in any order.
    pub fn values(&mut self) -> &[u16] {
        self.join_lanes();
        &self.met
    }

    /// Hands over how often every value occurs, in any order, and forgets it; the memory stays for the next.
    pub(super) fn drain(&mut self, mut take: impl FnMut(u16, u64)) {
        self.join_lanes();
        for bits in self.met.drain(..) {
            take(bits, std::mem::take(&mut self.counts[usize::from(bits)]));
        }
    }

    fn join_lanes(&mut self) {
        if std::mem::take(&mut self.has_lanes) {
            for bits in 0..BYTES {
                let count = self.lanes.iter_mut().map(|lane| std::mem::take(&mut lane[bits])).sum();
                if count > 0 {
                    self.add(bits as u16, count);
                }
            }
        }
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

    fn taken(counter: &mut Counter) -> Counts {
        let mut counts = Counts::default();
        counts.take(counter);
        counts
    }

    proptest! {
        #[test]
        fn every_sample_is_counted_once(
            runs in prop::collection::vec((any::<u16>(), prop_oneof![1usize..3, 1usize..200]), 0..80),
            few in any::<bool>(),
            cut in 0usize..4000,
        ) {
            let value = |value: u16| if few { value % 4 * if value.is_multiple_of(32) { 300 } else { 1 } + 7000 } else { value };
            let words: Vec<u16> = runs.iter().flat_map(|run| std::iter::repeat_n(value(run.0), run.1)).collect();
            let bytes: Vec<u8> = words.iter().map(|word| (*word >> 4) as u8).collect();
            let (first, second) = words.split_at(cut.min(words.len()));
            let mut counter = Counter::default();
            counter.add_words(first);
            let mut counts = taken(&mut counter);
            prop_assert_eq!(counts.iter().collect::<Table>(), one_by_one(first.iter().copied()));
            prop_assert!(counter.values().is_empty());
            counter.add_words(second);
            counts.merge(&taken(&mut counter));
            prop_assert_eq!(counts.iter().collect::<Table>(), one_by_one(words.iter().copied()));
            prop_assert_eq!(counts.total(), words.len() as u64);
            counter.add_bytes(&bytes);
            counter.add_words(&words);
            let all = one_by_one(bytes.iter().map(|byte| u16::from(*byte)).chain(words.iter().copied()));
            let mut values = counter.values().to_vec();
            values.sort_unstable();
            prop_assert_eq!(values, all.keys().copied().collect::<Vec<_>>());
            prop_assert_eq!(taken(&mut counter).iter().collect::<Table>(), all);
        }

        #[test]
        fn counts_are_equal_whatever_came_first(values in prop::collection::vec(any::<u16>(), 0..20)) {
            let of = |values: &mut dyn Iterator<Item = &u16>| {
                let mut counter = Counter::default();
                values.for_each(|value| counter.add(*value, 1));
                taken(&mut counter)
            };
            prop_assert_eq!(of(&mut values.iter()), of(&mut values.iter().rev()));
        }
    }
}
