//! Counting many samples quickly.

use super::pages::{PAGE, Pages, told};

/// Samples that are not alike are counted in so many lanes by turns, so that none waits for the one before it.
const LANES: usize = 4;

/// So many samples are held against one another at once.
const CHUNK: usize = 64;

/// The counts of a page, in lanes that are summed when they are read.
type Lanes = [[u64; PAGE]; LANES];

/// A page of which nothing was seen yet.
static NONE: Lanes = [[0; PAGE]; LANES];

/// Counts samples by their bits; what it counted goes to [`Counts`](super::Counts).
#[derive(Debug, Clone, Default)]
pub struct Counter {
    pages: Pages<Lanes>,
}

impl Counter {
    #[inline]
    fn page(&mut self, upper: u8) -> &mut Lanes {
        self.pages.page(upper, &NONE)
    }

    /// Adds a value so many times.
    pub fn add(&mut self, bits: u16, times: u64) {
        let [upper, lower] = bits.to_be_bytes();
        self.page(upper)[0][usize::from(lower)] += times;
    }

    /// Adds samples of 8 bits.
    pub fn add_bytes(&mut self, samples: &[u8]) {
        let lanes = self.page(0);
        let (chunks, rest) = samples.as_chunks::<CHUNK>();
        for chunk in chunks {
            match of_two(chunk, |value| alike_bytes(chunk, value)) {
                Some([(first, own), (last, others)]) => {
                    lanes[0][usize::from(first)] += own;
                    lanes[1][usize::from(last)] += others;
                }
                None => bytes(lanes, chunk),
            }
        }
        bytes(lanes, rest);
    }

    /// Adds samples of 16 bits.
    pub fn add_words(&mut self, samples: &[u16]) {
        let (chunks, rest) = samples.as_chunks::<CHUNK>();
        for chunk in chunks {
            match of_two(chunk, |value| alike_words(chunk, value)) {
                Some([(first, own), (last, others)]) => {
                    self.add(first, own);
                    self.add(last, others);
                }
                None if is_of_one_page(chunk) => {
                    bytes(self.page((chunk[0] >> 8) as u8), &chunk.map(|sample| sample as u8));
                }
                None => self.words(chunk),
            }
        }
        self.words(rest);
    }

    fn words(&mut self, samples: &[u16]) {
        for (at, sample) in samples.iter().enumerate() {
            let [upper, lower] = sample.to_be_bytes();
            let count = &mut self.page(upper)[at % LANES][usize::from(lower)];
            *count = count.wrapping_add(1);
        }
    }

    /// All values that occur, by their bits ascending, and how often.
    pub fn iter(&self) -> impl Iterator<Item = (u16, u64)> {
        self.pages.iter().flat_map(|(upper, lanes)| told(upper, summed(lanes)))
    }

    /// Hands over the counts of every page and forgets them; the memory stays for the next.
    pub(super) fn drain(&mut self, mut take: impl FnMut(u8, [u64; PAGE])) {
        for (upper, lanes) in self.pages.iter() {
            take(upper, summed(lanes));
        }
        self.pages.iter_mut().for_each(|lanes| lanes.as_flattened_mut().fill(0));
    }
}

/// How often the first and the last of some samples occur, if no other value does: classes come in patches, and most chunks hold one
/// class or, where two patches meet, two. `alike` counts the samples that are alike a value.
fn of_two<T: Copy + PartialEq>(samples: &[T], alike: impl Fn(T) -> usize) -> Option<[(T, u64); 2]> {
    let (first, last) = (samples[0], samples[samples.len() - 1]);
    let own = alike(first);
    let others = samples.len() - own;
    let is_all = others == 0 || (first != last && alike(last) == others);
    is_all.then_some([(first, own as u64), (last, others as u64)])
}

/// How many samples have a value, summed in their own width, so that processors do many at a time.
fn alike_bytes(samples: &[u8; CHUNK], value: u8) -> usize {
    usize::from(samples.iter().fold(0u8, |sum, sample| sum.wrapping_add(u8::from(*sample == value))))
}

/// The same of 16 bits.
fn alike_words(samples: &[u16; CHUNK], value: u16) -> usize {
    usize::from(samples.iter().fold(0u16, |sum, sample| sum.wrapping_add(u16::from(*sample == value))))
}

/// Whether samples share their upper byte, as the codes of most legends do.
fn is_of_one_page(samples: &[u16; CHUNK]) -> bool {
    samples.iter().fold(0, |differing, sample| differing | (sample ^ samples[0])) < PAGE as u16
}

/// Adds samples one by one; eight are loaded at once.
fn bytes(lanes: &mut Lanes, samples: &[u8]) {
    let (words, rest) = samples.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        for at in 0..8 {
            let count = &mut lanes[at % LANES][usize::from((word >> (8 * at)) as u8)];
            // Wrapping, for there is nothing to check: no count of 64 bits comes to its end.
            *count = count.wrapping_add(1);
        }
    }
    rest.iter().for_each(|sample| lanes[0][usize::from(*sample)] += 1);
}

fn summed(lanes: &Lanes) -> [u64; PAGE] {
    std::array::from_fn(|value| lanes.iter().map(|lane| lane[value]).sum())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{super::Counts, *};

    fn one_by_one(samples: impl Iterator<Item = u16>) -> BTreeMap<u16, u64> {
        let mut counts = BTreeMap::new();
        samples.for_each(|sample| *counts.entry(sample).or_default() += 1);
        counts
    }

    proptest! {
        #[test]
        fn every_sample_is_counted_once(
            runs in prop::collection::vec((any::<u16>(), 1usize..200), 0..40),
            few in any::<bool>(),
            cut in 0usize..4000,
        ) {
            let value = |value: u16| if few { value % 4 * if value.is_multiple_of(32) { 300 } else { 1 } + 7000 } else { value };
            let words: Vec<u16> = runs.iter().flat_map(|run| std::iter::repeat_n(value(run.0), run.1)).collect();
            let bytes: Vec<u8> = words.iter().map(|word| (*word >> 4) as u8).collect();
            let cut = cut.min(words.len());
            let (mut counter, mut counts, mut rest) = (Counter::default(), Counts::default(), Counts::default());
            counter.add_words(&words[..cut]);
            prop_assert_eq!(counter.iter().collect::<BTreeMap<_, _>>(), one_by_one(words[..cut].iter().copied()));
            counts.take(&mut counter);
            prop_assert_eq!(counter.iter().count(), 0);
            counter.add_words(&words[cut..]);
            rest.take(&mut counter);
            counts.merge(&rest);
            prop_assert_eq!(counts.iter().collect::<BTreeMap<_, _>>(), one_by_one(words.iter().copied()));
            prop_assert_eq!(counts.total(), words.len() as u64);
            counter.add_bytes(&bytes);
            counter.add_words(&words);
            let all = bytes.iter().map(|byte| u16::from(*byte)).chain(words.iter().copied());
            prop_assert_eq!(counter.iter().collect::<BTreeMap<_, _>>(), one_by_one(all));
        }

        #[test]
        fn counts_are_equal_whatever_came_first(values in prop::collection::vec(any::<u16>(), 0..20)) {
            let of = |values: &mut dyn Iterator<Item = &u16>| {
                let (mut counts, mut counter) = (Counts::default(), Counter::default());
                values.for_each(|value| counter.add(*value, 1));
                counts.take(&mut counter);
                counts
            };
            prop_assert_eq!(of(&mut values.iter()), of(&mut values.iter().rev()));
        }
    }

    #[test]
    fn a_chunk_that_ends_as_it_begins_is_not_half_its_first_value() {
        let samples: Vec<u8> = (0..64).map(|at| if (16..48).contains(&at) { (at % 7 + 1) as u8 } else { 9 }).collect();
        let mut counter = Counter::default();
        counter.add_bytes(&samples);
        let expected = one_by_one(samples.iter().map(|sample| u16::from(*sample)));
        assert_eq!(counter.iter().collect::<BTreeMap<_, _>>(), expected);
    }
}
