//! What a run counts: areas and transitions by territory, and what every layer holds. All in integers, so that parts merge in any order.

mod ground;
mod key;
mod ledger;

use std::collections::HashMap;
use std::sync::Arc;

use mutirao_mosaic::{
    change::{Changes, Classes, changes},
    compose::Composed,
    outcome::Agreement,
    slot::{Held, SlotMeaning},
};

pub use ground::{Ground, KindHere, ZonesHere};
pub use key::{AgreementKey, AreaKey, HistogramKey, TerritoryId, TransitionKey};
pub use ledger::{Key, Ledger, Sorted};

use crate::{areas::Amount, error::Result, shelf::Shelf};

/// The counts of some tiles.
#[derive(Debug)]
pub struct Tally {
    /// Areas of the whole and of all territories.
    pub areas: Ledger<AreaKey>,
    /// Areas of the whole alone, which are few.
    pub whole: HashMap<AreaKey, Amount>,
    /// Areas of the whole by how layers agree, which are few.
    pub agreement: HashMap<AgreementKey, Amount>,
    /// Areas of transitions: between consecutive periods, and from the first to the last.
    pub transitions: Ledger<TransitionKey>,
    /// Pixels.
    pub histograms: HashMap<HistogramKey, u64>,
}

impl Tally {
    /// Nothing counted yet. Of `memory` bytes no more is used, the rest is kept on the shelf.
    pub fn new(shelf: &Arc<Shelf>, memory: u64) -> Self {
        let most = ledger::keys_within(memory / 2);
        Tally {
            areas: Ledger::new(shelf, most),
            whole: HashMap::new(),
            agreement: HashMap::new(),
            transitions: Ledger::new(shelf, most),
            histograms: HashMap::new(),
        }
    }

    /// Adds what was counted in one tile.
    ///
    /// # Errors
    /// Where the shelf cannot be written.
    pub fn add(&mut self, tile: TileCounts) -> Result<()> {
        for (key, amount) in tile.agreement {
            *self.agreement.entry(key).or_default() += amount;
        }
        for (key, pixels) in tile.histograms {
            *self.histograms.entry(key).or_default() += pixels;
        }
        for (key, amount) in tile.areas {
            if key.kind == 0 {
                *self.whole.entry(key).or_default() += amount;
            }
            self.areas.add(key, amount)?;
        }
        tile.transitions.into_iter().try_for_each(|(key, amount)| self.transitions.add(key, amount))
    }

    /// Adds what other tiles counted.
    ///
    /// # Errors
    /// Where the shelf cannot be written.
    pub fn merge(&mut self, other: Tally) -> Result<()> {
        for (key, amount) in other.whole {
            *self.whole.entry(key).or_default() += amount;
        }
        for (key, amount) in other.agreement {
            *self.agreement.entry(key).or_default() += amount;
        }
        for (key, pixels) in other.histograms {
            *self.histograms.entry(key).or_default() += pixels;
        }
        self.areas.merge(other.areas)?;
        self.transitions.merge(other.transitions)
    }

    /// The areas of the whole; the rest, and its shelf, goes.
    pub fn into_whole(self) -> HashMap<AreaKey, Amount> {
        self.whole
    }
}

/// The counts of one tile in all its periods.
#[derive(Debug, Default)]
pub struct TileCounts {
    /// Areas of the whole and of all territories.
    pub areas: HashMap<AreaKey, Amount>,
    /// Areas of the whole by how layers agree.
    pub agreement: HashMap<AgreementKey, Amount>,
    /// Areas of transitions.
    pub transitions: HashMap<TransitionKey, Amount>,
    /// Pixels.
    pub histograms: HashMap<HistogramKey, u64>,
}

/// A composed tile to be counted.
pub struct Count<'a> {
    /// The period's place.
    pub period: u16,
    /// What its pixels hold.
    pub composed: &'a Composed,
    /// By layer and slot.
    pub meanings: &'a [Vec<SlotMeaning>],
}

impl Count<'_> {
    /// Counts areas.
    pub fn areas(&self, ground: &Ground<'_>, counts: &mut TileCounts) {
        let outcomes = self.composed.outcomes();
        let value = |layer, combination| self.value(layer, combination);
        ground.weigh(self.composed.runs(), outcomes.len(), value, |kind, territory, combination, amount| {
            let outcome = &outcomes[combination];
            if !outcome.inside {
                return;
            }
            if kind == 0 {
                let Agreement { speak, same, same_top } = outcome.agreement;
                let key = AgreementKey { period: self.period, speak, same, same_top };
                *counts.agreement.entry(key).or_default() += amount;
            }
            let (class, source, rule) = (outcome.class, outcome.source, outcome.rule);
            let key = AreaKey { period: self.period, kind, territory, class, source, rule };
            *counts.areas.entry(key).or_default() += amount;
        });
    }

    /// Counts what became of the classes of an earlier period; of region layers the values of the later period are the territories.
    pub fn transitions(&self, (period_from, earlier): (u16, &Classes), ground: &Ground<'_>, counts: &mut TileCounts) {
        let Changes { runs, changes } = changes(earlier, self.composed);
        let value = |layer, index: usize| self.value(layer, changes[index].to as usize);
        ground.weigh(&runs, changes.len(), value, |kind, territory, index, amount| {
            let key = TransitionKey {
                period_from,
                period_to: self.period,
                kind,
                territory,
                class_from: changes[index].from,
                class_to: self.composed.outcomes()[changes[index].to as usize].class,
            };
            *counts.transitions.entry(key).or_default() += amount;
        });
    }

    /// Counts what every layer holds, in its own period. Layers that are the same in several periods are counted in each.
    pub fn histograms(&self, tile: &mut TileCounts) {
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
                *tile.histograms.entry((layer, self.period, meaning.source, value)).or_default() += pixels;
            }
        }
    }

    /// The value of a region layer as a territory.
    fn value(&self, layer: usize, combination: usize) -> TerritoryId {
        let slot = self.composed.slots(combination)[layer];
        self.meanings[layer][slot].held.value().map_or(TerritoryId::NONE, TerritoryId::of)
    }
}
