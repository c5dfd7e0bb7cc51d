//! Why a rule does not match where it does not.

use mutirao_core::rule::{Give, LayerId, RuleTable};

/// The first thing that keeps a rule from matching.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNot {
    /// It is not in force in this period.
    NotInForce,
    /// Its layer holds none of the values that it takes.
    NotTaken(LayerId),
    /// A condition of its `where` does not hold: this layer holds none of the values asked for.
    Condition(LayerId),
    /// The layer whose class it gives holds nothing.
    NothingToGive(LayerId),
}

/// Why a rule (its place in the table) does not match where layers hold this in a period; none where it matches. `held(layer)` is what a
/// layer holds, none for nothing.
pub fn why_not(table: &RuleTable, rule: usize, period: usize, held: impl Fn(LayerId) -> Option<i32>) -> Option<WhyNot> {
    let rule = &table.rules[rule];
    if rule.periods.as_ref().is_some_and(|periods| !periods.contains(&period)) {
        return Some(WhyNot::NotInForce);
    }
    if !held(rule.layer).is_some_and(|value| rule.take.contains(value)) {
        return Some(WhyNot::NotTaken(rule.layer));
    }
    if let Some(failing) = rule.conditions.iter().find(|condition| !condition.values.admits(held(condition.layer))) {
        return Some(WhyNot::Condition(failing.layer));
    }
    match rule.give {
        Some(Give::Layer(copied)) if held(copied).is_none() => Some(WhyNot::NothingToGive(copied)),
        _ => None,
    }
}
