//! What a run counts: areas by territory, class, source and rule, and what every layer holds. All in integers, so that parts merge in
//! any order.

use std::collections::HashMap;

use mutirao_core::{grid::Window, rule::LayerId};
use mutirao_mosaic::{
    compose::Composed,
    slot::{Held, SlotMeaning},
    zones::{NO_ZONE, ZoneRows},
};

use crate::areas::{Amount, AreaFactors};

/// What an area is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AreaKey {
    /// The period's place.
    pub period: u16,
    /// The kind of territory: 0 the whole coverage, then the pipeline's kinds from 1.
    pub kind: u16,
    /// The territory: its place in the kind, the value of a region layer (as its bits), or [`NO_ZONE`].
    pub zone: u32,
    /// The class; none is nothing.
    pub class: Option<u16>,
    /// The source, 0 for none.
    pub source: u16,
    /// The rule, 0 for none.
    pub rule: u16,
}

/// What a layer holds: by layer, period, source and value (none is nothing).
pub type HistogramKey = (LayerId, u16, u16, Option<i32>);

/// The counts of some tiles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Areas.
    pub areas: HashMap<AreaKey, Amount>,
    /// Pixels.
    pub histograms: HashMap<HistogramKey, u64>,
}

impl Tally {
    /// Adds what other tiles counted.
    pub fn merge(&mut self, other: Tally) {
        for (key, amount) in other.areas {
            *self.areas.entry(key).or_default() += amount;
        }
        for (key, pixels) in other.histograms {
            *self.histograms.entry(key).or_default() += pixels;
        }
    }
}

/// Where the territories of one kind lie in a tile.
pub enum ZonesHere<'a> {
    /// Polygons.
    Polygons(&'a ZoneRows),
    /// The values of a region layer.
    Layer(LayerId),
}

/// A composed tile to be counted.
pub struct Count<'a> {
    /// The tile, in pixels of the grid.
    pub tile: Window,
    /// The period's place.
    pub period: u16,
    /// What its pixels hold.
    pub composed: &'a Composed,
    /// By layer and slot.
    pub meanings: &'a [Vec<SlotMeaning>],
    /// True areas.
    pub factors: &'a AreaFactors,
    /// The kinds of territories, from 1.
    pub kinds: &'a [ZonesHere<'a>],
}

impl Count<'_> {
    /// Counts areas.
    pub fn areas(&self, tally: &mut Tally) {
        let amounts = self.by_combination();
        self.add(tally, 0, &amounts, |_| 0);
        for (index, zones) in self.kinds.iter().enumerate() {
            let kind = index as u16 + 1;
            match zones {
                ZonesHere::Layer(layer) => self.add(tally, kind, &amounts, |combination| {
                    let slot = self.composed.slots(combination)[*layer];
                    self.meanings[*layer][slot].held.value().map_or(NO_ZONE, |value| value as u32)
                }),
                ZonesHere::Polygons(rows) => match self.only_zone(rows) {
                    Some(zone) => self.add(tally, kind, &amounts, |_| zone),
                    None => self.add_polygons(tally, kind, rows),
                },
            }
        }
    }

    /// Counts what every layer holds, in its own period. Layers that are the same in several periods are counted in each.
    pub fn histograms(&self, tally: &mut Tally) {
        let layers = self.meanings.len();
        let mut by_slot: Vec<HashMap<usize, u64>> = vec![HashMap::new(); layers];
        for combination in 0..self.composed.outcomes().len() {
            let pixels = self.composed.pixels(combination);
            for (counts, slot) in by_slot.iter_mut().zip(self.composed.slots(combination)) {
                *counts.entry(*slot).or_default() += pixels;
            }
        }
        for (layer, counts) in by_slot.into_iter().enumerate() {
            for (slot, pixels) in counts {
                let meaning = self.meanings[layer][slot];
                let value = match meaning.held {
                    Held::Nothing => None,
                    Held::Value(value) | Held::Unknown(value) => Some(value),
                };
                *tally.histograms.entry((layer, self.period, meaning.source, value)).or_default() += pixels;
            }
        }
    }

    fn by_combination(&self) -> Vec<Amount> {
        let mut amounts = vec![Amount::default(); self.composed.outcomes().len()];
        for row in 0..self.composed.height() {
            for run in self.composed.row(row) {
                amounts[run.combination as usize] += self.weigh(row, run.start as usize, run.len as usize);
            }
        }
        amounts
    }

    /// Weighs a stretch of a row of the tile; `start` counts row by row from the tile's upper left.
    fn weigh(&self, row: usize, start: usize, len: usize) -> Amount {
        let col = self.tile.col + (start - row * self.composed.width()) as u32;
        self.factors.weigh(self.tile.row + row as u32, col, col + len as u32)
    }

    fn key(&self, kind: u16, zone: u32, combination: usize) -> Option<AreaKey> {
        let outcome = &self.composed.outcomes()[combination];
        outcome.inside.then_some(AreaKey {
            period: self.period,
            kind,
            zone,
            class: outcome.class,
            source: outcome.source,
            rule: outcome.rule,
        })
    }

    fn add(&self, tally: &mut Tally, kind: u16, amounts: &[Amount], zone: impl Fn(usize) -> u32) {
        for (combination, amount) in amounts.iter().enumerate().filter(|(_, amount)| amount.pixels > 0) {
            if let Some(key) = self.key(kind, zone(combination), combination) {
                *tally.areas.entry(key).or_default() += *amount;
            }
        }
    }

    /// The zone that all of the tile lies in, if there is one.
    fn only_zone(&self, rows: &ZoneRows) -> Option<u32> {
        let mut only = None;
        for row in self.tile.row..self.tile.row_end() {
            let mut here =
                rows.row(row).iter().filter(|run| run.start < self.tile.col_end() && run.end > self.tile.col);
            let run = here.next()?;
            let covers = run.start <= self.tile.col && run.end >= self.tile.col_end();
            if !covers || here.next().is_some() || only.is_some_and(|zone| zone != run.zone) {
                return None;
            }
            only = Some(run.zone);
        }
        only
    }

    fn add_polygons(&self, tally: &mut Tally, kind: u16, rows: &ZoneRows) {
        let combinations = self.composed.outcomes().len();
        let mut by_zone: HashMap<u32, Vec<Amount>> = HashMap::new();
        for row in 0..self.composed.height() {
            let first = row * self.composed.width();
            let runs = self.composed.row(row);
            for zone in rows.row(self.tile.row + row as u32) {
                let from = zone.start.max(self.tile.col);
                let to = zone.end.min(self.tile.col_end());
                if from >= to {
                    continue;
                }
                let amounts = by_zone.entry(zone.zone).or_insert_with(|| vec![Amount::default(); combinations]);
                let [from, to] = [from, to].map(|col| first + (col - self.tile.col) as usize);
                let begin = runs.partition_point(|run| run.start as usize + run.len as usize <= from);
                for run in runs[begin..].iter().take_while(|run| (run.start as usize) < to) {
                    let start = (run.start as usize).max(from);
                    let end = (run.start as usize + run.len as usize).min(to);
                    amounts[run.combination as usize] += self.weigh(row, start, end - start);
                }
            }
        }
        for (zone, amounts) in by_zone {
            self.add(tally, kind, &amounts, |_| zone);
        }
    }
}
