//! What needs planes: pixels in several periods, or beside one another.

use std::collections::BTreeMap;

use mutirao_core::grid::Window;
use mutirao_mosaic::{
    changes::changes,
    measure::{
        NOTHING,
        classes::Classes,
        compare::{Compared, compare},
        flicker::{Flicker, flicker},
        transition::{TransitionTally, Transitions},
    },
    tally::Places,
};

use super::patches::PatchesWanted;
use crate::areas::{Amount, AreaFactors};

/// What is wanted, each a rule of the contract.
#[derive(Default)]
pub struct Wanted<'a> {
    /// Transitions that do not happen.
    pub transitions: Vec<Transitions>,
    /// Classes that pixels do not leave and return to, and for how many periods at most.
    pub flicker: Vec<(Option<Classes>, usize)>,
    /// Classes in which deliveries are compared; all, if none are given.
    pub changes: Vec<Option<Classes>>,
    /// Patches that are too small; they need `factors` too.
    pub patches: Vec<PatchesWanted>,
    /// By own period: the plane of the delivery before.
    pub earlier: Vec<Option<usize>>,
    /// How many of the planes are of this delivery: the first.
    pub own: usize,
    /// True areas of pixels.
    pub factors: Option<&'a AreaFactors>,
    /// Whether classes are weighed by them.
    pub weighed: bool,
}

impl Wanted<'_> {
    /// Whether anything needs planes.
    pub(super) fn planes(&self) -> bool {
        let rules = self.transitions.len() + self.flicker.len() + self.changes.len() + self.patches.len();
        rules > 0 || self.weighed
    }
}

/// What was found.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct SeriesTally {
    /// By rule, and by period but the first: what became of the period before; and the first places, by pair.
    pub transitions: Vec<Vec<(TransitionTally, Vec<Places>)>>,
    /// By rule; and the first places, by the own period that says something else.
    pub flicker: Vec<(Flicker, Vec<Places>)>,
    /// By rule and period; none where there is no delivery before.
    pub changes: Vec<Vec<Option<(Compared, Places)>>>,
    /// By period and class: pixels and their true area.
    pub areas: Vec<BTreeMap<u32, Amount>>,
}

impl SeriesTally {
    pub(super) fn new(wanted: &Wanted<'_>) -> SeriesTally {
        let of_pairs = |rule: &Transitions| {
            let tally = rule.tally();
            let places = vec![Places::default(); tally.pairs.len()];
            vec![(tally, places); wanted.own.saturating_sub(1)]
        };
        let compared = || {
            (0..wanted.own).map(|at| wanted.earlier.get(at).copied().flatten().map(|_| Default::default())).collect()
        };
        SeriesTally {
            transitions: wanted.transitions.iter().map(of_pairs).collect(),
            flicker: vec![(Flicker::default(), vec![Places::default(); wanted.own]); wanted.flicker.len()],
            changes: wanted.changes.iter().map(|_| compared()).collect(),
            areas: vec![BTreeMap::new(); if wanted.weighed { wanted.own } else { 0 }],
        }
    }

    /// Counts the planes of a unit, one a period.
    pub(super) fn count(&mut self, wanted: &Wanted<'_>, window: &Window, planes: &[Vec<u32>]) {
        let place = |pixel: usize| {
            let [col, row] = [pixel as u32 % window.width, pixel as u32 / window.width];
            [window.col + col, window.row + row]
        };
        let own: Vec<&[u32]> = planes[..wanted.own].iter().map(|plane| &plane[..]).collect();
        for (rule, periods) in wanted.transitions.iter().zip(&mut self.transitions) {
            for (pair, (tally, places)) in own.windows(2).zip(periods) {
                rule.count(pair[0], pair[1], tally, |which, pixel| places[which].add(place(pixel)));
            }
        }
        for ((classes, away), (found, places)) in wanted.flicker.iter().zip(&mut self.flicker) {
            let chosen = |class: u32| classes.as_ref().is_none_or(|classes| classes.hold(class));
            *found += flicker(&own, chosen, *away, |pixel, period| places[period].add(place(pixel)));
        }
        for (classes, periods) in wanted.changes.iter().zip(&mut self.changes) {
            for ((plane, earlier), found) in own.iter().zip(&wanted.earlier).zip(periods) {
                if let (Some(earlier), Some((found, places))) = (earlier, found) {
                    let before = &planes[*earlier];
                    *found += compare(before, plane, classes.as_ref(), |pixel| places.add(place(pixel)));
                }
            }
        }
        if let Some(factors) = wanted.factors.filter(|_| wanted.weighed) {
            for (plane, areas) in own.iter().zip(&mut self.areas) {
                weigh(plane, window, factors, areas);
            }
        }
    }

    pub(super) fn merge(&mut self, other: SeriesTally) {
        for (own, other) in self.transitions.iter_mut().flatten().zip(other.transitions.into_iter().flatten()) {
            own.0.merge(&other.0);
            own.1.iter_mut().zip(&other.1).for_each(|(own, other)| own.merge(other));
        }
        for (own, other) in self.flicker.iter_mut().zip(other.flicker) {
            own.0 += other.0;
            own.1.iter_mut().zip(&other.1).for_each(|(own, other)| own.merge(other));
        }
        for (own, other) in self.changes.iter_mut().flatten().zip(other.changes.into_iter().flatten()) {
            if let (Some(own), Some(other)) = (own, other) {
                own.0 += other.0;
                own.1.merge(&other.1);
            }
        }
        for (own, other) in self.areas.iter_mut().zip(other.areas) {
            for (class, amount) in other {
                *own.entry(class).or_default() += amount;
            }
        }
    }
}

/// Weighs the runs of a plane.
fn weigh(plane: &[u32], window: &Window, factors: &AreaFactors, areas: &mut BTreeMap<u32, Amount>) {
    let mut ends = Vec::new();
    for (row, line) in (window.row..).zip(plane.chunks_exact(window.width as usize)) {
        ends.clear();
        changes(line, &mut ends);
        let mut start = 0;
        for end in ends.iter().copied() {
            let class = line[start as usize];
            if class != NOTHING {
                *areas.entry(class).or_default() += factors.weigh(row, window.col + start, window.col + end);
            }
            start = end;
        }
    }
}
