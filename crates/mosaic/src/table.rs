//! The rule table, compiled for one period: for every layer and slot, the set of rules that are still possible.
//!
//! The rule that wins at a pixel is the lowest bit of the AND over the layers. One bit a rule, 256 rules at most.

use mutirao_core::{
    legend::Legend,
    rule::{Condition, Give, LayerId, Role, RuleTable},
};

use crate::{
    outcome::{Agreement, Outcome},
    slot::{Held, SlotMeaning},
};

/// The most rules that a table may have.
pub const MAX_RULES: usize = 256;

/// A set of rules, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct RuleSet([u64; MAX_RULES / 64]);

impl RuleSet {
    const NONE: RuleSet = RuleSet([0; MAX_RULES / 64]);

    fn insert(&mut self, rule: usize) {
        self.0[rule / 64] |= 1 << (rule % 64);
    }

    fn and(&self, other: &RuleSet) -> RuleSet {
        RuleSet(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    /// The first rule of the set.
    fn first(&self) -> Option<usize> {
        let word = self.0.iter().position(|word| *word != 0)?;
        Some(word * 64 + self.0[word].trailing_zeros() as usize)
    }
}

/// A rule table, ready to judge combinations of slots in one period.
#[derive(Debug)]
pub struct Prevalence<'a> {
    table: &'a RuleTable,
    meanings: &'a [Vec<SlotMeaning>],
    in_force: RuleSet,
    /// By layer and slot: the rules that this slot leaves possible.
    possible: Vec<Vec<RuleSet>>,
    /// By layer: the rules that take it.
    of_layer: Vec<RuleSet>,
    tops: Tops,
}

/// The top class of every class that may come out.
#[derive(Debug, Clone)]
pub struct Tops(Vec<u16>);

impl Tops {
    /// Of a legend; a code that the legend does not know is its own top.
    pub fn new(legend: &Legend) -> Self {
        let size = legend.ids().last().map_or(0, |id| usize::from(id) + 1);
        Tops((0..size).map(|id| legend.top(id as u16)).collect())
    }

    fn of(&self, class: i32) -> i32 {
        usize::try_from(class).ok().and_then(|id| self.0.get(id)).map_or(class, |top| i32::from(*top))
    }
}

/// What a layer says: a class, or nothing on purpose.
type Said = Option<i32>;

impl<'a> Prevalence<'a> {
    /// Compiles a table for one period (its place in the pipeline's list). `meanings` holds, by layer and slot, what the slots
    /// stand for.
    pub fn new(table: &'a RuleTable, meanings: &'a [Vec<SlotMeaning>], tops: Tops, period: usize) -> Self {
        let mut in_force = RuleSet::NONE;
        let mut of_layer = vec![RuleSet::NONE; table.layers.len()];
        for (number, rule) in table.rules.iter().enumerate() {
            if rule.periods.as_ref().is_none_or(|periods| periods.contains(&period)) {
                in_force.insert(number);
            }
            of_layer[rule.layer].insert(number);
        }
        let possible = meanings
            .iter()
            .enumerate()
            .map(|(layer, slots)| slots.iter().map(|slot| rules_left(table, layer, slot.held)).collect())
            .collect();
        Prevalence { table, meanings, in_force, possible, of_layer, tops }
    }

    /// Judges one combination: `slots[layer]` is the slot of each layer.
    pub fn judge(&self, slots: &[usize]) -> Outcome {
        let held = |layer: LayerId| self.meanings[layer][slots[layer]].held;
        if self.table.within.is_some_and(|layer| held(layer) == Held::Nothing) {
            return Outcome::OUTSIDE;
        }
        let matching =
            slots.iter().enumerate().fold(self.in_force, |set, (layer, slot)| set.and(&self.possible[layer][*slot]));
        let mut outcome = match matching.first() {
            Some(rule) => self.won(rule, slots),
            None => Outcome { inside: true, class: self.table.unclaimed, ..Outcome::OUTSIDE },
        };
        outcome.agreement = self.agreement(slots, &matching, &outcome);
        outcome
    }

    fn won(&self, number: usize, slots: &[usize]) -> Outcome {
        let rule = &self.table.rules[number];
        let holds = |condition: &Condition| condition.values.admits(self.held(condition.layer, slots));
        let exception = rule
            .unless
            .iter()
            .position(|exception| exception.when.iter().all(holds) && self.gives(exception.give, slots));
        let (give, part) = match exception {
            Some(at) => (Some(rule.unless[at].give), at as u16 + 1),
            None => (rule.give, 0),
        };
        let speaker = match give {
            Some(Give::Layer(copied)) => copied,
            _ => rule.layer,
        };
        Outcome {
            inside: true,
            class: self.output(give, rule.layer, slots).map(|class| class as u16),
            source: self.meanings[speaker][slots[speaker]].source,
            rule: number as u16 + 1,
            part,
            agreement: Agreement::default(),
        }
    }

    fn held(&self, layer: LayerId, slots: &[usize]) -> Option<i32> {
        self.meanings[layer][slots[layer]].held.value()
    }

    /// Whether there is something to give: a copied layer must hold a class.
    fn gives(&self, give: Give, slots: &[usize]) -> bool {
        match give {
            Give::Layer(copied) => self.held(copied, slots).is_some(),
            Give::Class(_) | Give::Nothing => true,
        }
    }

    fn output(&self, give: Option<Give>, taken: LayerId, slots: &[usize]) -> Said {
        match give {
            None => self.held(taken, slots),
            Some(Give::Nothing) => None,
            Some(Give::Class(class)) => Some(i32::from(class)),
            Some(Give::Layer(copied)) => self.held(copied, slots),
        }
    }

    /// What a speaking layer says: the output, exceptions aside, of the first rule on that layer that matches, else its class.
    fn says(&self, layer: LayerId, slots: &[usize], matching: &RuleSet) -> Said {
        match matching.and(&self.of_layer[layer]).first() {
            Some(rule) => self.output(self.table.rules[rule].give, layer, slots),
            None => self.held(layer, slots),
        }
    }

    fn agreement(&self, slots: &[usize], matching: &RuleSet, outcome: &Outcome) -> Agreement {
        let class = outcome.class.map(i32::from);
        let mut agreement = Agreement::default();
        for layer in 0..slots.len() {
            let meaning = self.meanings[layer][slots[layer]];
            if self.table.layers[layer].role != Role::Class || meaning.held.value().is_none() {
                continue;
            }
            let said = self.says(layer, slots, matching);
            agreement.count(said, class, meaning.source == outcome.source, &self.tops);
        }
        agreement
    }
}

impl Agreement {
    /// Counts one layer that speaks. The layer that is the pixel's source always agrees.
    pub(crate) fn count(&mut self, said: Said, class: Said, is_source: bool, tops: &Tops) {
        let same = is_source || said == class;
        let same_top = same || matches!((said, class), (Some(said), Some(class)) if tops.of(said) == tops.of(class));
        self.speak += 1;
        self.same += u8::from(same);
        self.same_top += u8::from(same_top);
    }
}

/// The rules that a layer leaves possible where it holds this.
fn rules_left(table: &RuleTable, layer: LayerId, held: Held) -> RuleSet {
    let value = held.value();
    let mut set = RuleSet::NONE;
    for (number, rule) in table.rules.iter().enumerate() {
        let taken = rule.layer != layer || value.is_some_and(|value| rule.take.contains(value));
        let asked = rule.conditions.iter().all(|c| c.layer != layer || c.values.admits(value));
        let copied = rule.give != Some(Give::Layer(layer)) || value.is_some();
        if taken && asked && copied {
            set.insert(number);
        }
    }
    set
}
