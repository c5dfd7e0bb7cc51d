//! What ODCS promises by a word at a property: `required`, `unique`, `primaryKey`.

use std::collections::{BTreeSet, HashSet};

use mutirao_contract::checks::{Check, Element};
use mutirao_contract::metric::Counts;
use mutirao_contract::{Property, Quality};
use mutirao_core::finding::Severity;

use super::layer::{Layer, Rows, features, most_frequent, of_all};
use crate::{
    report::{CheckFinding, RulePlace},
    rules::Heading,
};

/// What is promised and not kept, unless a check or metric of the contract asks the same.
pub fn findings(layer: &Layer<'_>) -> Vec<CheckFinding> {
    let keys: Vec<&Property> = layer.object.properties.iter().filter(|property| property.primary_key).collect();
    let mut findings = Vec::new();
    for property in &layer.object.properties {
        // Of a key of several properties each alone may repeat.
        let unique = property.unique || (property.primary_key && keys.len() == 1);
        if (property.required || property.primary_key) && !is_asked(layer, property, Element::Omission) {
            findings.extend(absent(layer, property));
        }
        if unique && !is_asked(layer, property, Element::Commission) {
            findings.extend(repeated(layer, property));
        }
    }
    if keys.len() > 1 && !is_asked_together(layer, &keys) {
        findings.extend(repeated_together(layer, &keys));
    }
    findings
}

/// Whether a metric asks that the values of these properties together stand once.
fn is_asked_together(layer: &Layer<'_>, keys: &[&Property]) -> bool {
    let wanted: BTreeSet<&str> = keys.iter().map(|property| property.name.as_str()).collect();
    layer.object.rules().any(|(_, rule)| match &rule.quality {
        Quality::Metric(metric) => matches!(&metric.counts, Counts::DuplicateValues(names)
            if names.iter().map(String::as_str).collect::<BTreeSet<_>>() == wanted),
        _ => false,
    })
}

/// A key of several properties: their values together stand once. What lacks one of them is told as that.
fn repeated_together(layer: &Layer<'_>, keys: &[&Property]) -> Option<CheckFinding> {
    let names: Vec<String> = keys.iter().map(|property| layer.file_name(property)).collect();
    let columns: Vec<_> = names.iter().map(|name| layer.column(name)).collect::<Option<_>>()?;
    let key = |row: usize| columns.iter().map(|column| column.get(row)).collect::<Option<Vec<&str>>>();
    let mut seen = HashSet::new();
    let again = (0..layer.features.shapes.len()).filter_map(|row| Some((row, key(row)?)));
    let again: Vec<(usize, Vec<&str>)> = again.filter(|(_, values)| !seen.insert(values.clone())).collect();
    let rows: Rows = again.iter().map(|(row, _)| *row).collect();
    let values: Vec<String> = again.iter().map(|(_, values)| values.join(", ")).collect();
    let (names, values) = (names.join(" and "), most_frequent(values.iter().map(String::as_str)));
    let message = format!("{names} together are the key, and stood before in {}: {values}", features(rows.count));
    let heading = heading(layer, keys.first()?, "duplicate-values", Element::Commission);
    let mend = "give each feature a key of its own, or take out what stands twice";
    (rows.count > 0)
        .then(|| layer.finding_at(&heading, &rows, message).but("every key once", rows.count).with_mend(mend))
}

/// Whether a rule asks the same: for values where there are none, or for values that stand once.
fn is_asked(layer: &Layer<'_>, property: &Property, what: Element) -> bool {
    let name = layer.file_name(property);
    layer.object.rules().any(|(at, rule)| match &rule.quality {
        Quality::Check(Check::Key(check)) => {
            layer.with_period(&check.attribute) == name && (what == Element::Omission || check.unique)
        }
        Quality::Check(Check::AttributeType(check)) => {
            layer.with_period(&check.attribute) == name && what == Element::Omission && check.required
        }
        Quality::Metric(metric) => {
            at.is_some_and(|at| at.name == property.name)
                && match &metric.counts {
                    Counts::NullValues => what == Element::Omission,
                    Counts::DuplicateValues(others) => what == Element::Commission && others.is_empty(),
                    _ => false,
                }
        }
        _ => false,
    })
}

fn absent(layer: &Layer<'_>, property: &Property) -> Option<CheckFinding> {
    let name = layer.file_name(property);
    let column = layer.column(&name)?;
    let rows: Rows = column.iter().enumerate().filter(|(_, value)| value.is_none()).map(|(row, _)| row).collect();
    let message = format!("{} no {name}, which is required", of_all(rows.count, layer.len(), "has", "have"));
    let finding = || layer.finding_at(&heading(layer, property, "null-values", Element::Omission), &rows, message);
    (rows.count > 0)
        .then(|| finding().but("a value for every feature", rows.count).with_mend(format!("fill in {name}")))
}

fn repeated(layer: &Layer<'_>, property: &Property) -> Option<CheckFinding> {
    let name = layer.file_name(property);
    let column = layer.column(&name)?;
    let mut seen = HashSet::new();
    let again = column.iter().enumerate().filter_map(|(row, value)| Some((row, value.filter(|v| !seen.insert(*v))?)));
    let (rows, values): (Vec<usize>, Vec<&str>) = again.unzip();
    let (rows, values): (Rows, _) = (rows.into_iter().collect(), most_frequent(values.into_iter()));
    let message = format!("{name} is to be unique, and stood before in {}: {values}", features(rows.count));
    let finding =
        || layer.finding_at(&heading(layer, property, "duplicate-values", Element::Commission), &rows, message);
    let mend = "give each feature a value of its own, or take out what stands twice";
    (rows.count > 0).then(|| finding().but("every value once", rows.count).with_mend(mend))
}

/// The heading of what a property promises.
pub fn heading(layer: &Layer<'_>, property: &Property, code: &str, element: Element) -> Heading {
    let place = RulePlace { name: Some(property.name.clone()), place: layer.object.place.clone() };
    Heading { code: code.to_owned(), element, severity: Severity::Error, rule: Some(place) }
}
