//! What tiles held, judged again: rules that changed matter only where an outcome differs.

use std::collections::HashMap;

use mutirao_mosaic::slot::{Held, SlotMeaning};

use super::{
    Subject,
    digest::{Digest, Mixer},
    tile::TileRecord,
};
use crate::{judge::Judge, slots::LayerSlots};

/// The digest of all that decides what becomes of a combination.
pub fn of_judging(subject: &Subject<'_>) -> Digest {
    let Subject { pipeline, plan, .. } = *subject;
    let mut mixer = Mixer::default();
    mixer.value(&plan.table).value(&pipeline.coverage.method).value(&pipeline.coverage.order);
    for layer in &pipeline.layers {
        mixer.value(&layer.date);
    }
    for class in pipeline.legend.classes() {
        mixer.number(class.id).value(&class.parent);
    }
    for layer in &plan.layers {
        mixer.value(&(&layer.name, layer.role));
        for member in &layer.members {
            mixer.number(member.source).value(&member.declared);
        }
    }
    mixer.finish()
}

/// Judges recorded tiles.
pub struct Rejudge<'a> {
    judges: &'a [Judge<'a>],
    /// By layer: the slot of what is held.
    slots: Vec<HashMap<SlotMeaning, usize>>,
}

impl<'a> Rejudge<'a> {
    /// By the judges of the periods; the slots are theirs.
    pub fn new(judges: &'a [Judge<'a>], slots: &[LayerSlots]) -> Self {
        let known = |layer: &LayerSlots| {
            let mut known = HashMap::from([(SlotMeaning::NOTHING, layer.nothing)]);
            for (slot, meaning) in layer.meanings.iter().enumerate() {
                if matches!(meaning.held, Held::Value(_)) {
                    known.entry(*meaning).or_insert(slot);
                }
            }
            known
        };
        Rejudge { judges, slots: slots.iter().map(known).collect() }
    }

    /// Whether everything that a tile held in any period is still known and becomes what it became. Layers and sources are the new ones.
    pub fn is_same(&self, tile: &TileRecord) -> bool {
        let mut slots = vec![0; self.slots.len()];
        tile.periods.len() == self.judges.len()
            && tile.periods.iter().zip(self.judges).all(|(period, judge)| {
                period.outcomes.iter().enumerate().all(|(combination, outcome)| {
                    let held = period.held(combination).iter().zip(&self.slots);
                    let known = slots
                        .iter_mut()
                        .zip(held)
                        .all(|(slot, (meaning, slots))| slots.get(meaning).map(|found| *slot = *found).is_some());
                    known && judge.judge(&slots) == *outcome
                })
            })
    }
}
