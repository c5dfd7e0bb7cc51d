//! Prevalence by the words of formats, section 2, tried at every combination; shares nothing with the linter's boxes.

use mutirao_core::rule::{Condition, Give, RuleTable};

/// What every layer holds at a pixel, and the period.
pub(super) struct World {
    pub(super) held: Vec<Option<i32>>,
    pub(super) period: usize,
}

/// What stands at a pixel: class (none is nothing) and the layer whose class stands.
pub(super) type Output = (Option<i32>, usize);

/// Every combination of what layers may hold, in every period.
pub(super) fn worlds(table: &RuleTable) -> Vec<World> {
    // Where a layer declares nothing, all numbers that sets of the tests could tell apart.
    let everything = || [i32::MIN, -1, 0, 1, 2, 3, 4, 5, 6, i32::MAX].to_vec();
    let mut combinations: Vec<Vec<Option<i32>>> = vec![Vec::new()];
    for (place, layer) in table.layers.iter().enumerate() {
        let numbers = match &layer.declared {
            Some(declared) => everything().into_iter().filter(|&value| declared.contains(value)).collect(),
            None => everything(),
        };
        let mut values: Vec<Option<i32>> = numbers.into_iter().map(Some).collect();
        if table.within != Some(place) {
            values.push(None);
        }
        combinations = combinations
            .iter()
            .flat_map(|start| values.iter().map(|value| [start.as_slice(), &[*value]].concat()))
            .collect();
    }
    (0..table.periods.len())
        .flat_map(|period| combinations.iter().map(move |held| World { held: held.clone(), period }))
        .collect()
}

pub(super) fn holds(world: &World, conditions: &[Condition]) -> bool {
    conditions.iter().all(|condition| condition.values.admits(world.held[condition.layer]))
}

pub(super) fn matches(table: &RuleTable, rule: usize, world: &World) -> bool {
    let rule = &table.rules[rule];
    let taken = world.held[rule.layer].is_some_and(|value| rule.take.contains(value));
    let copied = !matches!(rule.give, Some(Give::Layer(layer)) if world.held[layer].is_none());
    let in_force = rule.periods.as_ref().is_none_or(|periods| periods.contains(&world.period));
    taken && copied && in_force && holds(world, &rule.conditions)
}

pub(super) fn wins(table: &RuleTable, rule: usize, world: &World) -> bool {
    matches(table, rule, world) && !(0..rule).any(|earlier| matches(table, earlier, world))
}

pub(super) fn exception_holds(table: &RuleTable, rule: usize, nth: usize, world: &World) -> bool {
    let exception = &table.rules[rule].unless[nth];
    let copied = !matches!(exception.give, Give::Layer(layer) if world.held[layer].is_none());
    copied && holds(world, &exception.when)
}

/// The part that gives the output where a rule matches: none is the rule itself. `without` is left out.
pub(super) fn part(table: &RuleTable, rule: usize, world: &World, without: Option<usize>) -> Option<usize> {
    (0..table.rules[rule].unless.len()).find(|&nth| Some(nth) != without && exception_holds(table, rule, nth, world))
}

/// The output where a rule wins.
pub(super) fn output(table: &RuleTable, rule: usize, world: &World, without: Option<usize>) -> Output {
    let rule_entry = &table.rules[rule];
    let give = match part(table, rule, world, without) {
        Some(nth) => Some(rule_entry.unless[nth].give),
        None => rule_entry.give,
    };
    match give {
        Some(Give::Nothing) => (None, rule_entry.layer),
        Some(Give::Class(class)) => (Some(i32::from(class)), rule_entry.layer),
        Some(Give::Layer(layer)) => (world.held[layer], layer),
        None => (world.held[rule_entry.layer], rule_entry.layer),
    }
}
