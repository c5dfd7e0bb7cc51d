//! What ODCS says of values at a property: `logicalType`, `logicalTypeOptions` and `enum`. Features without a value do not count.

use std::collections::BTreeSet;

use mutirao_contract::checks::{AttributeType, Check, Element};
use mutirao_contract::metric::Counts;
use mutirao_contract::{Bound, Constraints, Object, Property, Quality};
use mutirao_core::door::FieldKind;
use mutirao_core::features::Texts;
use mutirao_core::finding::Severity;
use regex::Regex;

use super::attributes::number;
use super::layer::{Layer, Rows, digits, most_frequent, with_rest, with_verb};
use super::promises::{Came, of_column, place};
use super::types::{is_of, reads_as, word};
use crate::report::{CheckFinding, Outcome, RuleOutcome};
use crate::rules::Heading;

/// The code of what is not judged.
const UNJUDGED: &str = "logical-type-options";
/// So many values that may be are told.
const SHOWN: usize = 20;

/// One thing that is said of a property's values.
struct Said<'a> {
    code: &'static str,
    element: Element,
    /// Whether a value is otherwise.
    is_wrong: Box<dyn Fn(&str) -> bool + 'a>,
    /// What values that are wrong are: `that is no integer`.
    wrong: String,
    expected: String,
    mend: &'static str,
}

/// What came of all that is said, unless a check or metric of the contract asks the same.
pub fn judge(layer: &Layer<'_>) -> Vec<Came> {
    let of = |property| said(layer, property).into_iter().map(move |said| came(layer, property, said));
    layer.object.properties.iter().flat_map(of).collect()
}

/// What is said and not judged.
pub fn unjudged(object: &Object) -> Vec<RuleOutcome> {
    let of = |property: &Property, because: &String| RuleOutcome {
        check: UNJUDGED.to_owned(),
        outcome: Outcome::Unjudged,
        severity: Severity::Error,
        measured: None,
        because: Some(because.clone()),
        rule: Some(place(property)),
    };
    let all = object.properties.iter();
    all.flat_map(|property| property.constraints.unjudged.iter().map(move |why| of(property, why))).collect()
}

fn said<'a>(layer: &Layer<'_>, property: &'a Property) -> Vec<Said<'a>> {
    let constraints = &property.constraints;
    let asked = |same: &dyn Fn(&Quality) -> bool| is_asked(layer, property, same);
    let has_kind = constraints.kind.is_some_and(|kind| has_kind(layer, property, kind));
    let mut all = Vec::new();
    if let Some(kind) = constraints.kind
        && !asked(&|quality| matches!(quality, Quality::Check(Check::AttributeType(check)) if check.kind == kind))
    {
        all.push(type_of(kind, has_kind));
    }
    if (constraints.min.is_some() || constraints.max.is_some()) && !asked(&|quality| is_range(quality, constraints)) {
        all.push(range(constraints, has_kind));
    }
    if !constraints.allowed.is_empty() && !asked(&|quality| is_list(quality, constraints)) {
        all.push(list(constraints));
    }
    // A pattern that cannot be read was told when the contract was.
    if let Some(pattern) = constraints.pattern.as_deref().and_then(|pattern| Regex::new(pattern).ok())
        && !asked(&|quality| is_pattern(quality, constraints))
    {
        all.push(shape(pattern));
    }
    if constraints.min_length.is_some() || constraints.max_length.is_some() {
        all.push(length(constraints));
    }
    all
}

/// Whether a rule about the same attribute asks the same.
fn is_asked(layer: &Layer<'_>, property: &Property, same: &dyn Fn(&Quality) -> bool) -> bool {
    let name = layer.file_name(property);
    layer.object.rules().any(|(at, rule)| {
        let attribute = match &rule.quality {
            Quality::Check(Check::AttributeType(check)) => Some(layer.with_period(&check.attribute)),
            Quality::Check(Check::Range(check)) => Some(layer.with_period(&check.attribute)),
            Quality::Check(Check::Enumeration(check)) => Some(layer.with_period(&check.attribute)),
            _ => at.map(|property| layer.file_name(property)),
        };
        attribute.as_ref() == Some(&name) && same(&rule.quality)
    })
}

fn is_range(quality: &Quality, constraints: &Constraints) -> bool {
    let same = |bound: Option<Bound>, asked: Option<f64>| {
        bound.is_none_or(|bound| !bound.exclusive) && bound.map(|bound| bound.value) == asked
    };
    matches!(quality, Quality::Check(Check::Range(check))
        if same(constraints.min, check.min) && same(constraints.max, check.max))
}

fn is_list(quality: &Quality, constraints: &Constraints) -> bool {
    let words = |list: &[String]| list.iter().cloned().collect::<BTreeSet<String>>();
    let asked = match quality {
        Quality::Check(Check::Enumeration(check)) => &check.allowed,
        Quality::Metric(metric) => match &metric.counts {
            Counts::InvalidValues { valid, .. } => valid,
            _ => return false,
        },
        _ => return false,
    };
    words(asked) == words(&constraints.allowed)
}

fn is_pattern(quality: &Quality, constraints: &Constraints) -> bool {
    let Quality::Metric(metric) = quality else { return false };
    matches!(&metric.counts, Counts::InvalidValues { pattern, .. } if *pattern == constraints.pattern)
}

/// Whether the field is of the type, so that every value is. Before ODCS 3.1 instants were dates too.
fn has_kind(layer: &Layer<'_>, property: &Property, kind: AttributeType) -> bool {
    let field = layer.field(&layer.file_name(property));
    let of_field = field.map(|field| layer.features.facts.fields[field].kind);
    of_field.is_some_and(|of| is_of(of, kind) || (kind == AttributeType::Date && of == FieldKind::Timestamp))
}

/// `has_kind`: whether the field is of the type, so that every value is.
fn type_of(kind: AttributeType, has_kind: bool) -> Said<'static> {
    let is_instant = move |value: &str| kind == AttributeType::Date && reads_as(value, AttributeType::Timestamp);
    Said {
        code: "attribute-type",
        element: Element::Conceptual,
        is_wrong: Box::new(move |value| !has_kind && !reads_as(value, kind) && !is_instant(value)),
        wrong: format!("that is no {}", word(kind)),
        expected: word(kind).to_owned(),
        mend: "write the values as the type that was agreed, or correct `logicalType`",
    }
}

/// `has_kind`: whether the field is of the agreed type, so that nothing is said of the type of its values.
fn range(constraints: &Constraints, has_kind: bool) -> Said<'_> {
    let (min, max) = (constraints.min, constraints.max);
    let low =
        min.map(|bound| format!("{} {}", if bound.exclusive { "more than" } else { "at least" }, digits(bound.value)));
    let high =
        max.map(|bound| format!("{} {}", if bound.exclusive { "less than" } else { "at most" }, digits(bound.value)));
    let within = move |value: f64| {
        min.is_none_or(|min| if min.exclusive { value > min.value } else { value >= min.value })
            && max.is_none_or(|max| if max.exclusive { value < max.value } else { value <= max.value })
    };
    // What is no number is told as that, where numbers are agreed; in a field of numbers it is infinity or NaN, and no type is wrong.
    let typed = !has_kind && matches!(constraints.kind, Some(AttributeType::Integer | AttributeType::Number));
    let expected = [low, high].into_iter().flatten().collect::<Vec<String>>().join(" and ");
    Said {
        code: "range",
        element: Element::Domain,
        is_wrong: Box::new(move |value| number(value).map_or(!typed, |value| !within(value))),
        wrong: format!("that is not {expected}"),
        expected,
        mend: "look at the units and at decimal commas; leave unknown values empty instead of writing -9999",
    }
}

fn list(constraints: &Constraints) -> Said<'_> {
    let allowed: BTreeSet<&str> = constraints.allowed.iter().map(String::as_str).collect();
    Said {
        code: "enumeration",
        element: Element::Domain,
        is_wrong: Box::new(move |value| !allowed.contains(value)),
        wrong: "that is not on the list".to_owned(),
        expected: with_rest(constraints.allowed.iter().take(SHOWN).cloned().collect(), constraints.allowed.len()),
        mend: "write one of the agreed values, letter by letter; a new one has to be agreed on first",
    }
}

fn shape(pattern: Regex) -> Said<'static> {
    let expected = pattern.as_str().to_owned();
    Said {
        code: "invalid-values",
        element: Element::Domain,
        is_wrong: Box::new(move |value| !pattern.is_match(value)),
        wrong: format!("that does not match `{}`", expected.escape_debug()),
        expected,
        mend: "write the values as agreed (QGIS: field calculator)",
    }
}

fn length(constraints: &Constraints) -> Said<'_> {
    let (min, max) = (constraints.min_length, constraints.max_length);
    let ends = [min.map(|min| format!("at least {min}")), max.map(|max| format!("at most {max}"))];
    let expected = format!("{} letters", ends.into_iter().flatten().collect::<Vec<String>>().join(" and "));
    Said {
        code: "invalid-values",
        element: Element::Domain,
        is_wrong: Box::new(move |value| {
            let letters = value.chars().count() as u64;
            !(min.unwrap_or(0)..=max.unwrap_or(u64::MAX)).contains(&letters)
        }),
        wrong: format!("that has not {expected}"),
        expected,
        mend: "write the values as agreed (QGIS: field calculator)",
    }
}

fn came(layer: &Layer<'_>, property: &Property, said: Said<'_>) -> Came {
    of_column(layer, property, said.code, said.element, |heading, name, column| {
        finding(layer, heading, name, column, &said)
    })
}

fn finding(layer: &Layer<'_>, heading: &Heading, name: &str, column: &Texts, said: &Said<'_>) -> Option<CheckFinding> {
    let wrong = || {
        let values = column.iter().enumerate();
        values.filter_map(|(row, value)| Some((row, value.filter(|value| (said.is_wrong)(value))?)))
    };
    let rows: Rows = wrong().map(|(row, _)| row).collect();
    if rows.count == 0 {
        return None;
    }
    let values = most_frequent(wrong().map(|(_, value)| value));
    let message = format!("{} a {name} {}: {values}", with_verb(rows.count, "has", "have"), said.wrong);
    let finding = layer.finding_at(heading, &rows, message);
    Some(finding.but(said.expected.as_str(), values).with_mend(said.mend))
}
