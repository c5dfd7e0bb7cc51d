//! Random tables, small enough to try everything.

use mutirao_core::rule::{Condition, Exception, Give, Role, Rule, RuleLayer, RuleTable};
use mutirao_core::values::ValueSet;
use proptest::prelude::*;

fn values() -> impl Strategy<Value = ValueSet> {
    prop_oneof![
        6 => (prop::collection::vec((0i32..5, 0i32..3), 1..3), prop::bool::weighted(0.2)).prop_map(|(ranges, nothing)| {
            let sets = ranges.iter().map(|&(from, more)| ValueSet::range(from, from + more));
            sets.fold(ValueSet::empty(), |all, one| all.union(&one)).with_nothing(nothing)
        }),
        3 => (0i32..5).prop_map(ValueSet::of),
        2 => (0i32..5).prop_map(|value| ValueSet::of(value).complement()),
        1 => (0i32..5).prop_map(|from| ValueSet::range(from, i32::MAX)),
        1 => Just(ValueSet::any()),
        1 => Just(ValueSet::nothing()),
        1 => Just(ValueSet::nothing().complement()),
    ]
}

fn conditions(layers: usize) -> impl Strategy<Value = Vec<Condition>> {
    let condition = (0..layers, values()).prop_map(|(layer, values)| Condition { layer, values });
    prop::collection::vec(condition, 0..3)
}

fn give(layers: usize) -> impl Strategy<Value = Give> {
    prop_oneof![
        1 => Just(Give::Nothing),
        3 => (0u16..5).prop_map(Give::Class),
        2 => (0..layers).prop_map(Give::Layer),
    ]
}

fn rules(layers: usize) -> impl Strategy<Value = Rule> {
    let exception = (conditions(layers), give(layers)).prop_map(|(when, give)| Exception { when, give });
    let periods = prop::option::weighted(0.2, prop::sample::subsequence(vec![0usize, 1, 2], 0..=3));
    let give = prop::option::weighted(0.3, give(layers));
    (0..layers, values(), conditions(layers), give, prop::collection::vec(exception, 0..4), periods).prop_map(
        |(layer, take, conditions, give, unless, periods)| Rule { layer, take, conditions, give, unless, periods },
    )
}

/// Small tables of 2-4 layers, 1-6 rules and 1-3 periods, with sets, exceptions and outputs of every kind.
pub(super) fn tables() -> impl Strategy<Value = RuleTable> {
    let declared = prop_oneof![
        8 => prop::sample::subsequence(vec![0, 1, 2, 3, 4], 2..=4).prop_map(|values| Some(ValueSet::from_values(values))),
        1 => Just(None),
    ];
    (prop::collection::vec(declared, 2..=4), any::<prop::sample::Index>(), prop::bool::ANY, 1usize..=3).prop_flat_map(
        |(declared, within, bounded, periods)| {
            let within = bounded.then(|| within.index(declared.len()));
            let layers: Vec<RuleLayer> = declared
                .into_iter()
                .enumerate()
                .map(|(at, declared)| {
                    let role = if within == Some(at) { Role::Region } else { Role::Class };
                    RuleLayer { name: format!("layer{at}"), role, declared }
                })
                .collect();
            let periods: Vec<String> = (0..periods).map(|period| (2000 + period).to_string()).collect();
            prop::collection::vec(rules(layers.len()), 1..=6).prop_map(move |rules| RuleTable {
                layers: layers.clone(),
                rules,
                within,
                unclaimed: None,
                periods: periods.clone(),
            })
        },
    )
}
