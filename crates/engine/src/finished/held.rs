//! What pixels hold in several bands at a time, as runs, and numbers for all that they hold.

use std::collections::HashMap;

use mutirao_mosaic::changes::changes;

/// What a pixel holds: class, source, rule and whether it lies in the area, each [`NOTHING`](mutirao_mosaic::patches::NOTHING) where there is none.
pub(super) type Held = [u32; 4];

/// Pixels of a row that hold the same: columns from `start` to before `end`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) start: u32,
    pub(super) end: u32,
    /// What they hold, as [`Numbers`] knows it.
    pub(super) of: usize,
}

/// Where the runs of a row end: before each column in which any band changes, and at the row's end. Replaces what `ends` holds.
pub(super) fn runs_end(bands: [Option<&[u32]>; 4], ends: &mut Vec<u32>) {
    ends.clear();
    let mut bands = bands.into_iter().flatten();
    if let Some(first) = bands.next() {
        changes(first, ends);
    }
    for band in bands {
        changes(band, ends);
        // Both are sorted, so this sort is but a merge.
        ends.sort();
        ends.dedup();
    }
}

/// Places among which what was just met is looked for first.
const RECENT: usize = 1 << 8;

/// All that pixels were met to hold, numbered from 0.
#[derive(Debug)]
pub(super) struct Numbers {
    all: Vec<Held>,
    known: HashMap<Held, usize>,
    /// Of what was met last in each place, its number. It spares most look-ups in `known`.
    recent: [usize; RECENT],
}

impl Default for Numbers {
    fn default() -> Self {
        Numbers { all: Vec::new(), known: HashMap::new(), recent: [0; RECENT] }
    }
}

impl Numbers {
    /// The number of what a pixel holds.
    pub(super) fn of(&mut self, held: Held) -> usize {
        // Odd factors, so that small numbers of classes, sources and rules get places of their own.
        let [class, source, rule, area] = held;
        let mixed = class.wrapping_add(source.wrapping_mul(29)).wrapping_add(rule.wrapping_mul(101)) ^ area;
        let recent = &mut self.recent[mixed as usize % RECENT];
        if self.all.get(*recent) != Some(&held) {
            *recent = *self.known.entry(held).or_insert_with(|| {
                self.all.push(held);
                self.all.len() - 1
            });
        }
        *recent
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// All of them, by number.
    pub(super) fn all(&self) -> &[Held] {
        &self.all
    }
}

#[cfg(test)]
mod tests {
    use mutirao_mosaic::patches::NOTHING;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn runs_are_as_long_as_can_be(
            width in 0usize..80,
            runs in prop::collection::vec(prop::collection::vec((0u32..3, 1usize..40), 1..9), 4),
            there in prop::array::uniform4(any::<bool>()),
        ) {
            let bands: Vec<Vec<u32>> = runs
                .iter()
                .map(|runs| {
                    let pixels = runs.iter().flat_map(|(value, times)| std::iter::repeat_n(*value, *times));
                    pixels.chain(std::iter::repeat(NOTHING)).take(width).collect()
                })
                .collect();
            let bands = std::array::from_fn(|at| (there[at] || at == 0).then(|| &bands[at][..]));
            let pixel = |x: usize| bands.map(|band| band.map_or(NOTHING, |band| band[x]));
            let mut ends = Vec::new();
            runs_end(bands, &mut ends);
            let expected = (1..=width).filter(|end| *end == width || pixel(*end - 1) != pixel(*end));
            prop_assert_eq!(ends, expected.map(|end| end as u32).collect::<Vec<_>>());
        }

        #[test]
        fn equal_things_have_one_number(held in prop::collection::vec(prop::array::uniform4(0u32..40), 1..600)) {
            let mut numbers = Numbers::default();
            let given: Vec<usize> = held.iter().map(|held| numbers.of(*held)).collect();
            let again: Vec<Held> = given.iter().map(|number| numbers.all()[*number]).collect();
            prop_assert_eq!(again, held.clone());
            let distinct: std::collections::HashSet<Held> = held.into_iter().collect();
            prop_assert_eq!(numbers.len(), distinct.len());
        }
    }
}
