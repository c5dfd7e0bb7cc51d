//! Transitions that do not happen: classes that became, from one period to the next, what they cannot become.

use mutirao_core::values::ValueSet;

use super::{NOTHING, classes::Masks, stretches::stretches};

/// Pairs of sets: what was, and what it does not become.
///
/// - A pixel **is judged** by a pair if what it holds in the period before, a class or nothing, is in `from`, and it speaks in the one
///   after. Where `to` holds nothing, a pixel that speaks no more is judged as well.
/// - It **breaks** the pair if it is judged, holds one of `to` after (nothing, if `to` holds nothing), and does not hold what it held:
///   what stays the same has not become anything, though both sets may hold it.
///
/// [`super::UNKNOWN`] is never one of either; after a period it speaks, so the pixel is judged.
#[derive(Debug, Clone)]
pub struct Transitions {
    words: Vec<Word>,
    pairs: usize,
}

/// Up to 64 pairs, one a bit.
#[derive(Debug, Clone)]
struct Word {
    from: Masks,
    to: Masks,
}

/// Counts of one pair.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PairTally {
    /// Pixels that were judged.
    pub from: u64,
    /// Those of them that break the pair.
    pub broken: u64,
}

/// Counts by pair. Those of several windows and periods add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransitionTally {
    /// In the order of the pairs.
    pub pairs: Vec<PairTally>,
}

impl TransitionTally {
    /// Adds the counts of another window or period, of the same pairs.
    pub fn merge(&mut self, other: &TransitionTally) {
        for (own, other) in self.pairs.iter_mut().zip(&other.pairs) {
            own.from += other.from;
            own.broken += other.broken;
        }
    }
}

impl Transitions {
    /// Compiles pairs (from, to).
    pub fn new(pairs: &[(&ValueSet, &ValueSet)]) -> Self {
        let word = |pairs: &[(&ValueSet, &ValueSet)]| Word {
            from: Masks::new(pairs.iter().map(|pair| pair.0)),
            to: Masks::new(pairs.iter().map(|pair| pair.1)),
        };
        Transitions { words: pairs.chunks(64).map(word).collect(), pairs: pairs.len() }
    }

    /// Counts of no pixel.
    pub fn tally(&self) -> TransitionTally {
        TransitionTally { pairs: vec![PairTally::default(); self.pairs] }
    }

    /// Counts a window in two periods that follow one another, on top of what `tally` has. `tell` gets each broken pair with its
    /// pixels; those of one pair in their order.
    ///
    /// ```
    /// use mutirao_core::values::ValueSet;
    /// use mutirao_mosaic::measure::transition::{PairTally, Transitions};
    ///
    /// let (city, forest) = (ValueSet::of(24), ValueSet::of(3));
    /// let transitions = Transitions::new(&[(&city, &forest)]);
    /// let mut tally = transitions.tally();
    /// let mut broken = Vec::new();
    /// transitions.count(&[24, 24, 3, 24], &[24, 3, 3, 15], &mut tally, |pair, pixel| broken.push((pair, pixel)));
    /// assert_eq!((tally.pairs[0], broken), (PairTally { from: 3, broken: 1 }, vec![(0, 1)]));
    /// ```
    ///
    /// # Panics
    /// Where the planes have different lengths, or the tally is one of other pairs.
    pub fn count(
        &self,
        before: &[u32],
        after: &[u32],
        tally: &mut TransitionTally,
        mut tell: impl FnMut(usize, usize),
    ) {
        assert_eq!(tally.pairs.len(), self.pairs, "a tally of other pairs");
        for (number, word) in self.words.iter().enumerate() {
            let first = number * 64;
            let tallies = &mut tally.pairs[first..];
            stretches([before, after], |start, end| {
                let (judged, broken) = word.judge(before[start], after[start]);
                for bit in Bits(judged) {
                    tallies[bit].from += (end - start) as u64;
                }
                for bit in Bits(broken) {
                    tallies[bit].broken += (end - start) as u64;
                    (start..end).for_each(|pixel| tell(first + bit, pixel));
                }
            });
        }
    }
}

impl Word {
    /// The pairs that judge a pixel, and those that it breaks.
    fn judge(&self, was: u32, is: u32) -> (u64, u64) {
        let judged = self.from.admitting(was) & if is == NOTHING { self.to.of_nothing() } else { u64::MAX };
        let broken = if was == is || judged == 0 { 0 } else { judged & self.to.admitting(is) };
        (judged, broken)
    }
}

/// The bits of a word that are set, from the lowest.
struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let bit = (self.0 != 0).then(|| self.0.trailing_zeros() as usize)?;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measure::UNKNOWN;

    fn set() -> impl Strategy<Value = ValueSet> {
        (prop::collection::vec(0i32..6, 0..4), any::<bool>(), any::<bool>()).prop_map(|(values, nothing, not)| {
            let set = ValueSet::from_values(values).with_nothing(nothing);
            if not { set.complement() } else { set }
        })
    }

    fn held(pixel: u32) -> Option<i32> {
        (pixel != NOTHING).then_some(pixel as i32)
    }

    proptest! {
        #[test]
        fn it_counts_as_pixel_by_pixel(
            pairs in prop::collection::vec((set(), set()), 0..70),
            pixels in prop::collection::vec((0u32..8, 0u32..8), 0..120),
        ) {
            let pixel = |seed: u32| match seed { 6 => NOTHING, 7 => UNKNOWN, class => class };
            let before: Vec<u32> = pixels.iter().map(|pair| pixel(pair.0)).collect();
            let after: Vec<u32> = pixels.iter().map(|pair| pixel(pair.1)).collect();
            let transitions = Transitions::new(&pairs.iter().map(|(from, to)| (from, to)).collect::<Vec<_>>());
            let half = pixels.len() / 2;
            let [mut tally, mut rest] = [transitions.tally(), transitions.tally()];
            let mut told = Vec::new();
            transitions.count(&before[..half], &after[..half], &mut tally, |pair, at| told.push((pair, at)));
            transitions.count(&before[half..], &after[half..], &mut rest, |pair, at| told.push((pair, half + at)));
            tally.merge(&rest);
            told.sort_unstable();
            let mut expected = transitions.tally();
            let mut broken = Vec::new();
            for (pair, (from, to)) in pairs.iter().enumerate() {
                for (at, (was, is)) in before.iter().copied().zip(after.iter().copied()).enumerate() {
                    let was_from = was != UNKNOWN && from.admits(held(was));
                    let judged = was_from && (is != NOTHING || to.contains_nothing());
                    expected.pairs[pair].from += u64::from(judged);
                    if judged && was != is && is != UNKNOWN && to.admits(held(is)) {
                        expected.pairs[pair].broken += 1;
                        broken.push((pair, at));
                    }
                }
            }
            prop_assert_eq!(tally, expected);
            prop_assert_eq!(told, broken);
        }
    }
}
