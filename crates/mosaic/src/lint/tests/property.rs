//! Random small tables: every verdict equals the one found by trying every combination.

use std::collections::BTreeMap;

use mutirao_core::finding::{Finding, Severity, Where};
use mutirao_core::rule::{Condition, Role, RuleTable};
use proptest::prelude::*;

use super::brute::{World, exception_holds, matches, output, part, wins, worlds};
use super::generate::tables;
use crate::lint::lint;

/// Code, rule and part, and for single values the layer and the value.
type Verdict = (&'static str, usize, Option<usize>, Option<(usize, i32)>);

/// What the verdict says is taken, and by whom: the worlds that the rules in `because` have to match.
fn brute(table: &RuleTable) -> BTreeMap<Verdict, Vec<usize>> {
    let all = worlds(table);
    let pick = |test: &dyn Fn(&World) -> bool| (0..all.len()).filter(|&at| test(&all[at])).collect::<Vec<usize>>();
    let mut verdicts = BTreeMap::new();
    for (rule, entry) in table.rules.iter().enumerate() {
        let matched = pick(&|world| matches(table, rule, world));
        let won = pick(&|world| wins(table, rule, world));
        if won.is_empty() {
            verdicts.insert(("never-wins", rule, None, None), matched);
            continue;
        }
        let take = Condition { layer: entry.layer, values: entry.take.clone() };
        let own: Vec<Condition> = [take].into_iter().chain(entry.conditions.clone()).collect();
        idle_values(&mut verdicts, (rule, None), &all, (&matched, &won), &own);
        for (nth, exception) in entry.unless.iter().enumerate() {
            let turn = pick(&|world| matches(table, rule, world) && part(table, rule, world, None) == Some(nth));
            let applied: Vec<usize> = won.iter().copied().filter(|at| turn.contains(at)).collect();
            if applied.is_empty() {
                verdicts.insert(("exception-never-applies", rule, Some(nth), None), turn);
                continue;
            }
            let escaping = pick(&|world| matches(table, rule, world) && !exception_holds(table, rule, nth, world));
            if won.iter().all(|at| !escaping.contains(at)) {
                verdicts.insert(("exception-always-applies", rule, Some(nth), None), escaping);
            }
            let same = |at: &usize| output(table, rule, &all[*at], None) == output(table, rule, &all[*at], Some(nth));
            if applied.iter().all(same) {
                verdicts.insert(("exception-without-effect", rule, Some(nth), None), Vec::new());
            }
            idle_values(&mut verdicts, (rule, Some(nth)), &all, (&turn, &applied), &exception.when);
        }
    }
    verdicts
}

/// Values named one by one or in closed ranges that occur where it is the part's turn, but never where it comes into effect.
fn idle_values(
    verdicts: &mut BTreeMap<Verdict, Vec<usize>>,
    (rule, nth): (usize, Option<usize>),
    all: &[World],
    (turn, effective): (&[usize], &[usize]),
    conditions: &[Condition],
) {
    for condition in conditions {
        let closed = condition.values.ranges().iter().filter(|range| range.0 != i32::MIN && range.1 != i32::MAX);
        for value in closed.flat_map(|&(from, to)| from..=to) {
            let at_value = |at: &&usize| all[**at].held[condition.layer] == Some(value);
            let turn: Vec<usize> = turn.iter().filter(at_value).copied().collect();
            if !turn.is_empty() && !effective.iter().any(|at| at_value(&at)) {
                verdicts.insert(("value-never-applies", rule, nth, Some((condition.layer, value))), turn);
            }
        }
    }
}

/// The linter's findings in the same form, with their causes.
fn linted(table: &RuleTable, findings: &[Finding]) -> BTreeMap<Verdict, Vec<usize>> {
    let codes = [
        "never-wins",
        "exception-never-applies",
        "exception-always-applies",
        "exception-without-effect",
        "value-never-applies",
    ];
    let mut verdicts = BTreeMap::new();
    for finding in findings {
        let Some(code) = codes.into_iter().find(|code| *code == finding.code) else { continue };
        let rule = usize::from(finding.rule.unwrap()) - 1;
        let nth = finding.part.as_deref().unwrap().strip_prefix("unless:").map(|nth| nth.parse::<usize>().unwrap() - 1);
        let because: Vec<usize> = finding.because.iter().map(|&rule| usize::from(rule) - 1).collect();
        if code == "value-never-applies" {
            let layer = table.layers.iter().position(|layer| Some(&layer.name) == finding.layer.as_ref()).unwrap();
            for &value in &finding.class {
                verdicts.insert((code, rule, nth, Some((layer, value))), because.clone());
            }
        } else {
            verdicts.insert((code, rule, nth, None), because);
        }
    }
    verdicts
}

fn covered(table: &RuleTable, all: &[World], turn: &[usize], because: &[usize]) -> bool {
    turn.iter().all(|&at| because.iter().any(|&rule| matches(table, rule, &all[at])))
}

fn agree(table: &RuleTable) -> Result<(), TestCaseError> {
    let findings = lint(table, &[], &[]);
    prop_assert!(findings.iter().all(|finding| finding.code != "undecided"));
    let (expected, found, all) = (brute(table), linted(table, &findings), worlds(table));
    prop_assert_eq!(expected.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    // Values that one finding lists share their causes.
    let question = |(code, rule, nth, value): Verdict| (code, rule, nth, value.map(|value| value.0));
    let mut questions: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (verdict, turn) in &expected {
        questions.entry(question(*verdict)).or_default().extend(turn);
    }
    for (&(code, rule, nth, value), because) in &found {
        let turn = &questions[&question((code, rule, nth, value))];
        prop_assert!(because.iter().all(|&earlier| earlier < rule) && because.is_sorted(), "{because:?}");
        if code != "exception-without-effect" {
            prop_assert!(covered(table, &all, turn, because), "{code} {rule} {nth:?} {because:?}");
        }
        for spared in because {
            let rest: Vec<usize> = because.iter().copied().filter(|rule| rule != spared).collect();
            prop_assert!(
                !covered(table, &all, turn, &rest),
                "{code} {rule} {nth:?} could spare {spared} of {because:?}"
            );
        }
        if code == "never-wins" && because.len() > 1 {
            prop_assert!((0..rule).all(|one| !covered(table, &all, turn, &[one])), "one rule would do");
        }
    }
    Ok(())
}

/// For every class layer that rules use: the classes unclaimed, each with the declared regions in which it is.
fn unclaimed(table: &RuleTable) -> BTreeMap<(String, i32), Vec<i32>> {
    let all = worlds(table);
    let declared =
        |layer: usize| (0..5).filter(move |&value| table.layers[layer].declared.as_ref().unwrap().contains(value));
    let mut found = BTreeMap::new();
    for (layer, entry) in table.layers.iter().enumerate() {
        if entry.role != Role::Class || entry.declared.is_none() {
            continue;
        }
        for class in declared(layer) {
            let claims = |world: &World| {
                let on_layer = (0..table.rules.len()).filter(|&rule| table.rules[rule].layer == layer);
                world.held[layer] == Some(class) && on_layer.into_iter().any(|rule| matches(table, rule, world))
            };
            let key = (entry.name.clone(), class);
            match table.within {
                Some(within) => {
                    let claimed =
                        |region: i32| all.iter().any(|world| world.held[within] == Some(region) && claims(world));
                    let regions: Vec<i32> = declared(within).filter(|&region| !claimed(region)).collect();
                    (!regions.is_empty()).then(|| found.insert(key, regions));
                }
                None => {
                    (!all.iter().any(claims)).then(|| found.insert(key, Vec::new()));
                }
            }
        }
    }
    found
}

/// The same by the linter.
fn linted_unclaimed(table: &RuleTable) -> BTreeMap<(String, i32), Vec<i32>> {
    let mut found = BTreeMap::new();
    for finding in lint(table, &[], &[]) {
        let layer = finding.layer.clone().unwrap_or_default();
        if finding.code == "class-unclaimed" {
            match &finding.place {
                Some(Where::Regions(list)) => {
                    assert_eq!(list.iter().map(|one| one.class).collect::<Vec<_>>(), finding.class);
                    found.extend(list.iter().map(|one| ((layer.clone(), one.class), one.regions.clone())));
                }
                _ => found.extend(finding.class.iter().map(|&class| ((layer.clone(), class), Vec::new()))),
            }
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_500) })]

    #[test]
    fn every_verdict_is_that_of_trying_everything(table in tables()) {
        agree(&table)?;
    }

    #[test]
    fn a_table_is_judged_the_same_twice_and_no_finding_stops_a_run(table in tables()) {
        let findings = lint(&table, &[1, 2], &[]);
        prop_assert_eq!(&findings, &lint(&table, &[1, 2], &[]));
        prop_assert!(findings.iter().all(|finding| finding.severity != Severity::Error && finding.mend.is_some()));
    }

    #[test]
    fn classes_are_unclaimed_where_no_rule_on_their_layer_matches(table in tables()) {
        if table.within.is_some_and(|layer| table.layers[layer].declared.is_none()) {
            return Ok(());
        }
        let unused: Vec<String> = lint(&table, &[], &[])
            .into_iter()
            .filter(|finding| finding.code == "layer-unused")
            .filter_map(|finding| finding.layer)
            .collect();
        let mut expected = unclaimed(&table);
        expected.retain(|(layer, _), _| !unused.contains(layer));
        prop_assert_eq!(expected, linted_unclaimed(&table));
    }
}
