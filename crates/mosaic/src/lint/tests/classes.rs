//! Classes that nobody takes or gives, layers that nobody uses, and what the messages say.

use mutirao_core::finding::{ClassRegions, Finding, Severity, Where};
use mutirao_core::rule::{Give, Role, RuleLayer, RuleTable};
use mutirao_core::values::ValueSet;

use super::tables::{layer, rule, set, table, unless};
use crate::lint::lint;

fn codes(findings: &[Finding]) -> Vec<(&str, Option<&str>)> {
    findings.iter().map(|finding| (finding.code.as_str(), finding.layer.as_deref())).collect()
}

fn small() -> RuleTable {
    let layers = vec![
        layer("base", Role::Class, &[3, 4, 9]),
        layer("mining", Role::Class, &[30]),
        RuleLayer { name: "zones".to_owned(), role: Role::Region, declared: None },
    ];
    let rules = vec![rule(0, set(&[3, 4]), &[(2, ValueSet::of(1))]), rule(0, ValueSet::of(4), &[(2, set(&[2, 3]))])];
    table(layers, rules)
}

#[test]
fn unclaimed_classes_and_unused_layers_are_told_apart() {
    let findings = lint(&small(), &[], &[]);
    assert_eq!(codes(&findings), [("class-unclaimed", Some("base")), ("layer-unused", Some("mining"))]);
    assert_eq!((findings[0].class.as_slice(), &findings[0].place), (&[9][..], &None));
    assert_eq!(codes(&lint(&small(), &[], &[1])), [("class-unclaimed", Some("base"))]);
}

#[test]
fn regions_of_an_undeclared_layer_are_those_that_conditions_name() {
    let mut table = small();
    table.within = Some(2);
    table.unclaimed = Some(27);
    let findings = lint(&table, &[3, 4, 9, 27], &[1]);
    let regions = |class, regions: &[i32]| ClassRegions { class, layer: "zones".to_owned(), regions: regions.to_vec() };
    assert_eq!(findings[0].place, Some(Where::Regions(vec![regions(3, &[2, 3]), regions(9, &[1, 2, 3])])));
    assert_eq!(findings[0].severity, Severity::Info);
    assert_eq!(
        findings[0].message,
        "no rule takes up these classes of `base`: 3 where `zones` is 2 or 3; 9 everywhere"
    );
    assert_eq!((findings[1].code.as_str(), findings[1].class.as_slice()), ("class-never-given", &[9][..]));
}

#[test]
fn messages_name_the_part_the_layers_and_the_causes() {
    let mut table = small();
    let late = rule(0, set(&[3, 4]), &[(2, ValueSet::range(1, 3))]);
    table.rules.push(unless(late, &[(0, set(&[3, 4])), (2, set(&[1, 2]))], Give::Class(4)));
    table.rules.push(rule(0, ValueSet::of(4), &[(2, ValueSet::range(1, 3))]));
    table.rules.push(rule(0, ValueSet::of(7), &[]));
    let findings = lint(&table, &[], &[1]);
    let told: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "in rule 3 (`base` 3 or 4 where `zones` is 1..3), `base` 4 never applies: rules 1 and 2 together match first \
             wherever it would",
            "in rule 3 (`base` 3 or 4 where `zones` is 1..3), `zones` 1 never applies: rule 1 matches first wherever it \
             would",
            "in exception 1 of rule 3 (when `base` is 3 or 4 and `zones` is 1 or 2), `base` 4 never applies: rules 1 and 2 \
             together match first wherever it would",
            "in exception 1 of rule 3 (when `base` is 3 or 4 and `zones` is 1 or 2), `zones` 1 never applies: rule 1 matches \
             first wherever it would",
            "rule 4 (`base` 4 where `zones` is 1..3) never wins: rule 3 matches first wherever it would",
            "rule 5 (`base` 7) never wins: `base` holds no value that it takes",
            "no rule takes up these classes of `base`: 9 everywhere",
        ]
    );
}

#[test]
fn a_rule_in_force_in_no_period_never_wins() {
    let mut table = small();
    table.rules[0].periods = Some(Vec::new());
    let findings = lint(&table, &[], &[1]);
    assert_eq!((findings[0].code.as_str(), findings[0].because.len()), ("never-wins", 0));
    assert!(findings[0].message.ends_with("it is in force in no period of the pipeline"), "{}", findings[0].message);
}
