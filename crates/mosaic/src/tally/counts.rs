//! How often every value of at most 16 bits occurs.

/// Values of a page: those that share their upper byte.
const PAGE: usize = 256;

/// Samples that are not alike are counted in so many lanes by turns.
const LANES: usize = 4;

/// So many samples are held against one another at once.
const CHUNK: usize = 64;

/// Counts by the bits of a value (an int16 by its two's complement). Pages are made when their first value comes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pages: Vec<Option<Box<[u64; PAGE]>>>,
    /// Of samples of 8 bits, while they are added; what is merged goes to the pages.
    lanes: Option<Box<[[u64; PAGE]; LANES]>>,
}

impl Counts {
    fn page(&mut self, at: usize) -> &mut [u64; PAGE] {
        if self.pages.len() <= at {
            self.pages.resize(at + 1, None);
        }
        self.pages[at].get_or_insert_with(|| Box::new([0; PAGE]))
    }

    /// Adds a value so many times.
    pub fn add(&mut self, bits: u16, times: u64) {
        self.page(usize::from(bits >> 8))[usize::from(bits & 0xff)] += times;
    }

    /// Adds samples of 8 bits.
    pub fn add_bytes(&mut self, samples: &[u8]) {
        let lanes = self.lanes.get_or_insert_with(|| Box::new([[0; PAGE]; LANES]));
        let (chunks, rest) = samples.as_chunks::<CHUNK>();
        for chunk in chunks {
            match of_two(chunk) {
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
            match of_two(chunk) {
                Some([(first, own), (last, others)]) => {
                    self.add(first, own);
                    self.add(last, others);
                }
                None => self.words(chunk),
            }
        }
        self.words(rest);
    }

    /// Adds samples of 16 bits run by run.
    fn words(&mut self, samples: &[u16]) {
        for run in samples.chunk_by(|one, other| one == other) {
            self.add(run[0], run.len() as u64);
        }
    }

    /// All values that occur, by their bits ascending, and how often.
    pub fn iter(&self) -> impl Iterator<Item = (u16, u64)> {
        let lanes = self.lanes.as_ref().map(|lanes| summed(lanes));
        let first = self.pages.first().and_then(Option::as_deref).copied();
        let first = match (lanes, first) {
            (Some(lanes), Some(page)) => Some(std::array::from_fn(|value| lanes[value] + page[value])),
            (lanes, page) => lanes.or(page),
        };
        let others = self.pages.iter().enumerate().skip(1).filter_map(|(at, page)| Some((at, **page.as_ref()?)));
        let page = |(at, counts): (usize, [u64; PAGE])| {
            counts.into_iter().enumerate().map(move |(low, count)| ((at * PAGE + low) as u16, count))
        };
        first.map(|page| (0, page)).into_iter().chain(others).flat_map(page).filter(|(_, count)| *count > 0)
    }

    /// How many pixels in all.
    pub fn total(&self) -> u64 {
        self.iter().map(|(_, count)| count).sum()
    }

    /// Adds what another counted.
    pub fn merge(&mut self, other: &Counts) {
        let mut add = |at: usize, page: &[u64; PAGE]| {
            self.page(at).iter_mut().zip(page).for_each(|(own, other)| *own += other);
        };
        if let Some(lanes) = &other.lanes {
            add(0, &summed(lanes));
        }
        for (at, page) in other.pages.iter().enumerate() {
            if let Some(page) = page {
                add(at, page);
            }
        }
    }

    /// Forgets the counts and keeps the memory.
    pub fn clear(&mut self) {
        self.pages.iter_mut().flatten().for_each(|page| page.fill(0));
        self.lanes.iter_mut().for_each(|lanes| lanes.as_flattened_mut().fill(0));
    }
}

/// How often the first and the last of some samples occur, if no other value does: classes come in patches, and most chunks hold one
/// class or, where two patches meet, two. Samples are held against a value many at a time, which processors do in bytes: `N` is
/// below 256.
fn of_two<T: Copy + PartialEq, const N: usize>(samples: &[T; N]) -> Option<[(T, u64); 2]> {
    let alike = |value: T| samples.iter().fold(0u8, |sum, sample| sum.wrapping_add(u8::from(*sample == value)));
    let (first, last) = (samples[0], samples[N - 1]);
    let own = usize::from(alike(first));
    let others = N - own;
    let is_all = others == 0 || (first != last && usize::from(alike(last)) == others);
    is_all.then_some([(first, own as u64), (last, others as u64)])
}

/// Adds samples in turn to several lanes, so that none waits for the one before it; eight are loaded at once.
fn bytes(lanes: &mut [[u64; PAGE]; LANES], samples: &[u8]) {
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

fn summed(lanes: &[[u64; PAGE]; LANES]) -> [u64; PAGE] {
    std::array::from_fn(|value| lanes.iter().map(|lane| lane[value]).sum())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_sample_is_counted_once(runs in prop::collection::vec((any::<u16>(), 1usize..200), 0..40), cut in 0usize..4000) {
            let words: Vec<u16> = runs.iter().flat_map(|(value, times)| std::iter::repeat_n(*value, *times)).collect();
            let bytes: Vec<u8> = words.iter().map(|word| (*word >> 4) as u8).collect();
            let cut = cut.min(words.len());
            let (mut counts, mut rest) = (Counts::default(), Counts::default());
            counts.add_words(&words[..cut]);
            rest.add_words(&words[cut..]);
            counts.merge(&rest);
            let mut expected = BTreeMap::new();
            words.iter().for_each(|word| *expected.entry(*word).or_insert(0u64) += 1);
            prop_assert_eq!(counts.iter().collect::<BTreeMap<_, _>>(), expected);
            prop_assert_eq!(counts.total(), words.len() as u64);
            let mut of_bytes = Counts::default();
            of_bytes.add_bytes(&bytes);
            for (value, count) in of_bytes.iter() {
                prop_assert_eq!(count, bytes.iter().filter(|byte| u16::from(**byte) == value).count() as u64);
            }
            prop_assert_eq!(of_bytes.total(), bytes.len() as u64);
            of_bytes.add_words(&[3, 300]);
            let mut merged = Counts::default();
            merged.merge(&of_bytes);
            prop_assert_eq!(merged.iter().collect::<Vec<_>>(), of_bytes.iter().collect::<Vec<_>>());
            of_bytes.clear();
            prop_assert_eq!((of_bytes.total(), merged.total()), (0, bytes.len() as u64 + 2));
        }
    }

    #[test]
    fn a_chunk_that_ends_as_it_begins_is_not_half_its_first_value() {
        let samples: Vec<u8> = (0..64).map(|at| if (16..48).contains(&at) { (at % 7 + 1) as u8 } else { 9 }).collect();
        let mut counts = Counts::default();
        counts.add_bytes(&samples);
        for (value, count) in counts.iter() {
            assert_eq!(count, samples.iter().filter(|sample| u16::from(**sample) == value).count() as u64, "{value}");
        }
        assert_eq!(counts.total(), 64);
    }
}
