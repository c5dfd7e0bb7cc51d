use mutirao_core::door::FieldKind::Text;
use mutirao_core::features::FeatureShape;
use proptest::prelude::*;

use super::support::{check, judged, layer, polygon, with};

/// How many findings of a code count, all together.
fn total(findings: &[mutirao_check::CheckFinding], code: &str) -> u64 {
    findings.iter().filter(|finding| finding.code == code).filter_map(|finding| finding.count).sum()
}

fn values() -> impl Strategy<Value = Vec<Option<String>>> {
    proptest::collection::vec(proptest::option::weighted(0.8, "[ab1-3.]{0,2}"), 0..40)
}

proptest! {
    #[test]
    fn counts_are_those_of_comparing_each_with_each(values in values(), others in proptest::collection::vec(0..4_u64, 40)) {
        let texts: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
        let shapes = (0..texts.len()).map(|row| FeatureShape { everything: 7, ..polygon(others[row]) }).collect();
        let second: Vec<String> = others.iter().map(u64::to_string).collect();
        let second: Vec<Option<&str>> = second[..texts.len()].iter().map(|text| Some(text.as_str())).collect();
        let features = with(with(layer(shapes), "v", Text, &texts), "w", Text, &second);
        let before = |row: usize, same: &dyn Fn(usize, usize) -> bool| (0..row).any(|other| same(other, row));
        let rows = || 0..texts.len();
        let number = |row: usize| texts[row].and_then(|text| text.trim().parse::<f64>().ok());

        let metric = |metric: &str| format!("{{ name: v, quality: [ {{ {metric}, mustBeLessThan: 0 }} ] }}");
        let of = |metric_line: &str, code: &str| total(&judged(&features, &[&metric(metric_line)], &[]).0, code);
        let nulls = rows().filter(|row| texts[*row].is_none()).count() as u64;
        prop_assert_eq!(of("metric: nullValues", "null-values"), nulls);
        let repeated = rows().filter(|row| texts[*row].is_some() && before(*row, &|a, b| texts[a] == texts[b])).count() as u64;
        prop_assert_eq!(of("metric: duplicateValues", "duplicate-values"), repeated);
        let invalid = rows().filter(|row| texts[*row].is_some_and(|text| text.chars().any(|c| c == 'b'))).count() as u64;
        prop_assert_eq!(of("metric: invalidValues, arguments: { pattern: \"^[^b]*$\" }", "invalid-values"), invalid);
        let pairs = "{ metric: duplicateValues, arguments: { properties: [v, w] }, mustBeLessThan: 0 }";
        let both = rows().filter(|row| before(*row, &|a, b| texts[a] == texts[b] && others[a] == others[b])).count() as u64;
        prop_assert_eq!(total(&judged(&features, &[], &[pairs]).0, "duplicate-values"), both);

        let by = |implementation: &str, code: &str| total(&judged(&features, &[], &[&check(implementation)]).0, code);
        let outside = rows().filter(|row| texts[*row].is_some() && !number(*row).is_some_and(|n| (1.0..=2.0).contains(&n)));
        prop_assert_eq!(by("check: range, attribute: v, min: 1, max: 2", "range"), outside.count() as u64);
        let unlisted = rows().filter(|row| texts[*row].is_some_and(|text| !["a", "1"].contains(&text)));
        prop_assert_eq!(by("check: enumeration, attribute: v, allowed: [a, \"1\"]", "enumeration"), unlisted.count() as u64);
        let has = |row: usize| texts[row].is_some_and(|text| !text.trim().is_empty());
        let shared = rows().filter(|row| has(*row) && rows().any(|other| other != *row && texts[other] == texts[*row]));
        let keyless = rows().filter(|row| !has(*row)).count() as u64;
        prop_assert_eq!(by("check: key, attribute: v", "key"), keyless + shared.count() as u64);
        prop_assert_eq!(by("check: key, attribute: v, unique: false", "key"), keyless);
        let twice = rows().filter(|row| before(*row, &|a, b| others[a] == others[b])).count() as u64;
        prop_assert_eq!(by("check: duplicates, of: geometry", "duplicates"), twice);
        prop_assert_eq!(by("check: duplicates", "duplicates"), (texts.len() as u64).saturating_sub(1));
        let tiny = rows().filter(|row| others[*row] < 2).count() as u64;
        prop_assert_eq!(by("check: tiny-geometry, min_m2: 102", "tiny-geometry"), tiny);
    }
}
