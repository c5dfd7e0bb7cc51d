//! Tables at the bound of the search and at the sizes that people may reach.

use mutirao_core::finding::{Finding, Severity};
use mutirao_core::rule::{Give, Role, Rule, RuleLayer, RuleTable};
use mutirao_core::values::ValueSet;

use super::tables::{layer, rule, set, table, unless};
use crate::lint::{lint, lint_bounded};

/// Pigeons in one hole fewer: every two in the same hole are a rule, so that together the rules take everything, but to see it
/// every seating has to be tried, more or less.
fn pigeons(holes: usize) -> RuleTable {
    let seats: Vec<i32> = (1..=holes as i32).collect();
    let mut layers: Vec<RuleLayer> =
        (0..=holes).map(|pigeon| layer(&format!("pigeon{pigeon}"), Role::Region, &seats)).collect();
    layers.push(layer("base", Role::Class, &[1]));
    let base = layers.len() - 1;
    let mut rules = Vec::new();
    for pigeon in 0..=holes {
        rules.push(rule(base, ValueSet::of(1), &[(pigeon, ValueSet::nothing())]));
        for other in 0..pigeon {
            for &seat in &seats {
                rules.push(rule(base, ValueSet::of(1), &[(pigeon, ValueSet::of(seat)), (other, ValueSet::of(seat))]));
            }
        }
    }
    rules.push(unless(rule(base, ValueSet::of(1), &[]), &[(0, ValueSet::of(1))], Give::Class(2)));
    table(layers, rules)
}

fn last(findings: &[Finding], rules: usize) -> Vec<&Finding> {
    findings.iter().filter(|finding| finding.rule.map(usize::from) == Some(rules)).collect()
}

#[test]
fn past_the_bound_a_verdict_is_undecided() {
    let table = pigeons(4);
    let findings = lint_bounded(&table, &[], &[], 20);
    let last_rule = last(&findings, table.rules.len());
    assert_eq!(last_rule.len(), 1);
    assert_eq!((last_rule[0].code.as_str(), last_rule[0].severity), ("undecided", Severity::Info));
    assert_eq!(last_rule[0].part.as_deref(), Some("rule"));
    assert!(last_rule[0].because.is_empty() && last_rule[0].message.contains("20 boxes"), "{}", last_rule[0].message);
}

#[test]
fn within_the_bound_the_same_verdict_is_exact() {
    let table = pigeons(4);
    let findings = lint(&table, &[], &[]);
    let last_rule = last(&findings, table.rules.len());
    assert_eq!(last_rule.len(), 1);
    assert_eq!(last_rule[0].code, "never-wins");
    // None of the 5 * 4 / 2 * 4 + 5 can be spared.
    assert_eq!(last_rule[0].because, (1..=45).collect::<Vec<u16>>());
}

#[test]
fn an_exception_past_the_bound_is_undecided_though_its_rule_is_not() {
    let mut table = pigeons(4);
    let last_rule = table.rules.len() - 1;
    let base = table.rules[last_rule].layer;
    // The rule wins where base is 2; its exception asks for the hard half.
    table.layers[base].declared = Some(set(&[1, 2]));
    table.rules[last_rule] = unless(rule(base, ValueSet::any(), &[]), &[(base, ValueSet::of(1))], Give::Class(3));
    let findings = lint_bounded(&table, &[], &[], 20);
    let parts: Vec<_> =
        last(&findings, last_rule + 1).iter().map(|one| (one.code.clone(), one.part.clone().unwrap())).collect();
    assert!(parts.contains(&("undecided".to_owned(), "unless:1".to_owned())), "{parts:?}");
    let exact = lint(&table, &[], &[]);
    assert!(last(&exact, last_rule + 1).iter().any(|one| one.code == "exception-never-applies"), "{exact:?}");
}

/// 64 layers, 256 rules that take a class here and there in some periods, and one at the end that all of them together leave
/// nothing.
fn large() -> RuleTable {
    let classes: Vec<i32> = (1..=64).collect();
    let mut layers: Vec<RuleLayer> = (0..60).map(|at| layer(&format!("theme{at}"), Role::Class, &classes)).collect();
    layers.extend((0..4).map(|at| layer(&format!("region{at}"), Role::Region, &classes)));
    let spread = |at: usize, by: usize| (at * by % 61 + 1) as i32;
    let mut rules: Vec<Rule> = Vec::new();
    for at in 0..191 {
        let conditions: Vec<(usize, ValueSet)> = vec![
            (60 + at % 4, ValueSet::range(spread(at, 7), spread(at, 7) + 20)),
            ((at + 7) % 60, set(&[spread(at, 3), spread(at, 5), spread(at, 11)]).complement()),
        ];
        let mut one = rule(at % 60, ValueSet::range(spread(at, 13), spread(at, 13) + 9), &conditions);
        one.periods = (at % 3 == 0).then(|| (at % 40..64).collect());
        rules.push(unless(one, &[((at + 1) % 60, set(&[spread(at, 17), spread(at, 19)]))], Give::Layer((at + 1) % 60)));
    }
    for class in 1..=64 {
        let (even, odd): (Vec<usize>, Vec<usize>) = ((0..64).step_by(2).collect(), (1..64).step_by(2).collect());
        let mut one = rule(59, ValueSet::of(class), &[]);
        // The last class is taken in even periods by one rule, in odd ones by another.
        one.periods = (class == 64).then(|| even.clone());
        rules.push(one);
        if class == 64 {
            rules.push(Rule { periods: Some(odd), ..rule(59, ValueSet::of(class), &[]) });
        }
    }
    rules.push(rule(59, ValueSet::any(), &[]));
    RuleTable {
        layers,
        rules,
        within: Some(60),
        unclaimed: None,
        periods: (0..64).map(|period| (1960 + period).to_string()).collect(),
    }
}

#[test]
fn a_table_as_large_as_they_come_is_decided() {
    let table = large();
    assert_eq!((table.layers.len(), table.rules.len()), (64, 257));
    let findings = lint(&table, &[], &[]);
    assert!(findings.iter().all(|finding| finding.code != "undecided"));
    let last_rule = last(&findings, table.rules.len());
    assert_eq!(last_rule.len(), 1);
    assert_eq!((last_rule[0].code.as_str(), last_rule[0].because.len()), ("never-wins", 65));
}

/// Rules where two region layers are 1 or not 1, in the combinations given; the fifth layer is the one taken.
fn corners(layers: (usize, usize), combinations: &[(bool, bool)]) -> Vec<Rule> {
    let one = |is: bool| if is { ValueSet::of(1) } else { ValueSet::of(1).complement() };
    let corner = |&(a, b): &(bool, bool)| rule(4, ValueSet::of(1), &[(layers.0, one(a)), (layers.1, one(b))]);
    combinations.iter().map(corner).collect()
}

#[test]
fn rules_that_share_no_layer_are_judged_apart() {
    let (all, two) = ([(true, true), (true, false), (false, true), (false, false)], [(true, true), (false, false)]);
    let because = |rules: Vec<Rule>| {
        let mut layers: Vec<RuleLayer> =
            (0..4).map(|at| layer(&format!("region{at}"), Role::Region, &[1, 2])).collect();
        layers.push(layer("base", Role::Class, &[1]));
        let rules: Vec<Rule> = rules.into_iter().chain([rule(4, ValueSet::any(), &[])]).collect();
        let count = rules.len();
        let findings = lint(&table(layers, rules), &[], &[]);
        last(&findings, count).iter().map(|one| (one.code.clone(), one.because.clone())).collect::<Vec<_>>()
    };
    assert_eq!(
        because([corners((0, 1), &two), corners((2, 3), &all)].concat()),
        [("never-wins".to_owned(), vec![3, 4, 5, 6])]
    );
    assert_eq!(
        because([corners((0, 1), &all), corners((2, 3), &two)].concat()),
        [("never-wins".to_owned(), vec![1, 2, 3, 4])]
    );
    assert!(because([corners((0, 1), &two), corners((2, 3), &two)].concat()).is_empty());
}
