//! Change: two periods of one tile as runs of what was and what is.

use std::collections::HashMap;

use crate::{
    compose::Composed,
    runs::{Run, Runs},
};

/// What a tile was: its classes, and where it lay inside the coverage's area.
#[derive(Debug)]
pub struct Classes {
    runs: Runs,
    /// By the runs' index: a class, none for nothing. What lies outside has no run.
    classes: Vec<Option<u16>>,
}

impl Classes {
    /// The classes of a composed tile.
    pub fn of(composed: &Composed) -> Self {
        let mut classes: Vec<Option<u16>> = Vec::new();
        let mut index_of = |class: Option<u16>| {
            let known = classes.iter().position(|other| *other == class);
            known.unwrap_or_else(|| {
                classes.push(class);
                classes.len() - 1
            }) as u32
        };
        let outcomes = composed.outcomes().iter();
        let indices: Vec<Option<u32>> =
            outcomes.map(|outcome| outcome.inside.then(|| index_of(outcome.class))).collect();
        let mut runs = Runs::new(composed.runs().width());
        for row in 0..composed.runs().height() {
            for run in composed.runs().row(row) {
                if let Some(of) = indices[run.of as usize] {
                    runs.push(Run { of, ..*run });
                }
            }
            runs.end_row();
        }
        Classes { runs, classes }
    }
}

/// What became of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Change {
    /// The class that was, none for nothing.
    pub from: Option<u16>,
    /// The combination that is, as an index into [`Composed::outcomes`].
    pub to: u32,
}

/// Two periods of a tile.
#[derive(Debug)]
pub struct Changes {
    /// Where they lie inside the coverage's area in both periods.
    pub runs: Runs,
    /// By the runs' index.
    pub changes: Vec<Change>,
}

/// Lays two periods of a tile over one another.
pub fn changes(earlier: &Classes, later: &Composed) -> Changes {
    let mut known: HashMap<(u32, u32), u32> = HashMap::new();
    let mut changes = Vec::new();
    let mut runs = Runs::new(later.runs().width());
    for row in 0..later.runs().height() {
        overlay(earlier.runs.row(row), later.runs().row(row), |start, end, from, to| {
            if !later.outcomes()[to as usize].inside {
                return;
            }
            let of = *known.entry((from, to)).or_insert_with(|| {
                changes.push(Change { from: earlier.classes[from as usize], to });
                changes.len() as u32 - 1
            });
            runs.push(Run { start, len: end - start, of });
        });
        runs.end_row();
    }
    Changes { runs, changes }
}

/// Where runs of two rows overlap: `(start, end, of the first, of the second)`.
fn overlay(first: &[Run], second: &[Run], mut meet: impl FnMut(u32, u32, u32, u32)) {
    let (mut a, mut b) = (0, 0);
    while let (Some(one), Some(other)) = (first.get(a), second.get(b)) {
        let [one_end, other_end] = [one, other].map(|run| run.start + run.len);
        let start = one.start.max(other.start);
        let end = one_end.min(other_end);
        if start < end {
            meet(start, end, one.of, other.of);
        }
        if one_end <= other_end {
            a += 1;
        }
        if other_end <= one_end {
            b += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        compose::{Scratch, compose},
        outcome::Outcome,
        slot::LayerTile,
    };

    /// Slots 0 and 1 lie outside, slot 2 is nothing, the others are classes, of which 4 and 5 are one.
    fn meaning(slot: u8) -> Option<Option<u16>> {
        match slot {
            0 | 1 => None,
            2 => Some(None),
            4 | 5 => Some(Some(45)),
            other => Some(Some(u16::from(other))),
        }
    }

    fn judge(slots: &[usize]) -> Outcome {
        match meaning(slots[0] as u8) {
            None => Outcome::OUTSIDE,
            Some(class) => Outcome { inside: true, class, ..Outcome::OUTSIDE },
        }
    }

    proptest! {
        #[test]
        fn every_pixel_inside_in_both_periods_has_its_pair(
            width in 1usize..12,
            pixels in prop::collection::vec((0u8..8, 0u8..8), 12..120),
        ) {
            let height = pixels.len() / width;
            let pixels = &pixels[..width * height];
            let [before, after]: [Vec<u8>; 2] =
                [pixels.iter().map(|pair| pair.0).collect(), pixels.iter().map(|pair| pair.1).collect()];
            let composed = |slots: &[u8]| compose(width, height, &[LayerTile::Pixels(slots)], &mut Scratch::default(), judge);
            let later = composed(&after);
            let found = changes(&Classes::of(&composed(&before)), &later);
            let mut seen = vec![None; width * height];
            for row in 0..height {
                for run in found.runs.row(row) {
                    let change = found.changes[run.of as usize];
                    let to = later.outcomes()[change.to as usize].class;
                    seen[run.start as usize..][..run.len as usize].fill(Some((change.from, to)));
                    prop_assert_eq!(run.start as usize / width, row);
                }
            }
            for (pixel, (from, to)) in pixels.iter().enumerate() {
                let expected = meaning(*from).zip(meaning(*to));
                prop_assert_eq!(seen[pixel], expected);
            }
        }
    }
}
