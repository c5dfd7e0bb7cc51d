//! The methods without rules: first, last, majority, most-recent, min, max.

use std::cmp::Reverse;

use mutirao_core::rule::{LayerId, Role, RuleLayer};

use crate::{
    outcome::Outcome,
    slot::{Held, SlotMeaning},
    table::Tops,
};

/// Which layer's class stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// That of the first layer in order that speaks. `last` and `most-recent` are this with the order turned or sorted.
    First,
    /// The class that most layers say; ties go to the layer earlier in order.
    Majority,
    /// The class with the smallest id that any layer says; of those that say it, the earliest in order is the source.
    Min,
    /// The class with the largest id, likewise.
    Max,
}

/// A method without rules, ready to judge combinations of slots.
#[derive(Debug)]
pub struct Vote<'a> {
    /// How the class is chosen.
    pub choice: Choice,
    /// The class layers, in the order that counts.
    pub order: Vec<LayerId>,
    /// All layers of the pipeline.
    pub layers: &'a [RuleLayer],
    /// By layer and slot, what the slots stand for.
    pub meanings: &'a [Vec<SlotMeaning>],
    /// Outside of this region layer the coverage is nothing.
    pub within: Option<LayerId>,
    /// The class where no layer speaks.
    pub unclaimed: Option<u16>,
    /// The top class of every class.
    pub tops: Tops,
}

impl Vote<'_> {
    /// Judges one combination: `slots[layer]` is the slot of each layer.
    pub fn judge(&self, slots: &[usize]) -> Outcome {
        let meaning = |layer: LayerId| self.meanings[layer][slots[layer]];
        if self.within.is_some_and(|layer| meaning(layer).held == Held::Nothing) {
            return Outcome::OUTSIDE;
        }
        let mut outcome = Outcome { inside: true, class: self.unclaimed, ..Outcome::OUTSIDE };
        if let Some(winner) = self.winner(slots) {
            outcome.class = meaning(winner).held.value().map(|class| class as u16);
            outcome.source = meaning(winner).source;
        }
        let class = outcome.class.map(i32::from);
        for (layer, facts) in self.layers.iter().enumerate() {
            let SlotMeaning { held, source } = meaning(layer);
            if facts.role == Role::Class && held.value().is_some() {
                outcome.agreement.count(held.value(), class, source == outcome.source, &self.tops);
            }
        }
        outcome
    }

    fn winner(&self, slots: &[usize]) -> Option<LayerId> {
        let class = |layer: LayerId| self.meanings[layer][slots[layer]].held.value();
        let mut speaking = self.order.iter().copied().filter(|layer| class(*layer).is_some());
        match self.choice {
            Choice::First => speaking.next(),
            Choice::Majority => {
                let speaking: Vec<LayerId> = speaking.collect();
                let votes = |layer: LayerId| speaking.iter().filter(|other| class(**other) == class(layer)).count();
                // Of equals `max_by_key` keeps the last, so the order is turned: the earliest wins a tie.
                speaking.iter().rev().copied().max_by_key(|layer| votes(*layer))
            }
            // Of equals `min_by_key` keeps the first.
            Choice::Min => speaking.min_by_key(|layer| class(*layer)),
            Choice::Max => speaking.min_by_key(|layer| Reverse(class(*layer))),
        }
    }
}
