//! Short ways to write tables down.

use mutirao_core::rule::{Condition, Exception, Give, Role, Rule, RuleLayer, RuleTable};
use mutirao_core::values::ValueSet;

pub(super) fn set(values: &[i32]) -> ValueSet {
    ValueSet::from_values(values.iter().copied())
}

pub(super) fn layer(name: &str, role: Role, declared: &[i32]) -> RuleLayer {
    RuleLayer { name: name.to_owned(), role, declared: Some(set(declared)) }
}

pub(super) fn rule(layer: usize, take: ValueSet, conditions: &[(usize, ValueSet)]) -> Rule {
    Rule { layer, take, conditions: all(conditions), give: None, unless: Vec::new(), periods: None }
}

pub(super) fn unless(mut rule: Rule, when: &[(usize, ValueSet)], give: Give) -> Rule {
    rule.unless.push(Exception { when: all(when), give });
    rule
}

fn all(conditions: &[(usize, ValueSet)]) -> Vec<Condition> {
    conditions.iter().map(|(layer, values)| Condition { layer: *layer, values: values.clone() }).collect()
}

pub(super) fn table(layers: Vec<RuleLayer>, rules: Vec<Rule>) -> RuleTable {
    RuleTable { layers, rules, within: None, unclaimed: None, periods: vec!["2020".to_owned()] }
}
