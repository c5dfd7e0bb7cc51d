//! What ODCS promises by a word at a property: `required`, `unique`, `primaryKey`.

use std::collections::{BTreeSet, HashSet};

use mutirao_contract::checks::{Check, Element};
use mutirao_contract::metric::Counts;
use mutirao_contract::{Property, Quality};
use mutirao_core::features::Texts;
use mutirao_core::finding::Severity;

use super::layer::{Layer, Rows, features, most_frequent, of_all};
use super::missing;
use crate::{
    report::{CheckFinding, RuleOutcome, RulePlace},
    rules::{Heading, Judged},
};

/// The code of values that stood before.
const REPEATED: &str = "duplicate-values";

/// What came of a promise.
pub type Came = (Vec<CheckFinding>, RuleOutcome);

/// What came of all that is promised, unless a check or metric of the contract asks the same.
pub fn judge(layer: &Layer<'_>) -> Vec<Came> {
    let keys: Vec<&Property> = layer.object.properties.iter().filter(|property| property.primary_key).collect();
    let mut came = Vec::new();
    for property in &layer.object.properties {
        // Of a key of several properties each alone may repeat.
        let unique = property.unique || (property.primary_key && keys.len() == 1);
        if (property.required || property.primary_key) && !is_asked(layer, property, Element::Omission) {
            came.push(of_column(layer, property, "null-values", Element::Omission, |heading, name, column| {
                absent(layer, heading, name, column)
            }));
        }
        if unique && !is_asked(layer, property, Element::Commission) {
            came.push(of_column(layer, property, REPEATED, Element::Commission, |heading, name, column| {
                repeated(layer, heading, name, column)
            }));
        }
    }
    if keys.len() > 1 && !is_asked_together(layer, &keys) {
        came.extend(repeated_together(layer, &keys));
    }
    came
}

/// What came of what a property says of its values, by a finding of those that are otherwise. Where there is no such attribute, a
/// finding of its own tells it.
pub fn of_column(
    layer: &Layer<'_>,
    property: &Property,
    code: &str,
    element: Element,
    broken: impl FnOnce(&Heading, &str, &Texts) -> Option<CheckFinding>,
) -> Came {
    let heading = heading(property, code, element);
    let name = layer.file_name(property);
    match layer.column(&name) {
        Some(column) => came(broken(&heading, &name, column), heading),
        None => untold(property, heading),
    }
}

fn came(finding: Option<CheckFinding>, heading: Heading) -> Came {
    let count = finding.as_ref().and_then(|finding| finding.count).unwrap_or_default();
    heading.outcome(Judged::of(finding.into_iter().collect(), count))
}

fn untold(missing: &Property, heading: Heading) -> Came {
    let heading = Heading { severity: missing::severity(missing), ..heading };
    heading.outcome(Judged::Told("the attribute is missing".to_owned()))
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
fn repeated_together(layer: &Layer<'_>, keys: &[&Property]) -> Option<Came> {
    let heading = heading(keys.first()?, REPEATED, Element::Commission);
    if let Some(missing) = keys.iter().find(|property| layer.column(&layer.file_name(property)).is_none()) {
        return Some(untold(missing, heading));
    }
    let names: Vec<String> = keys.iter().map(|property| layer.file_name(property)).collect();
    let columns: Vec<_> = names.iter().filter_map(|name| layer.column(name)).collect();
    let key = |row: usize| columns.iter().map(|column| column.get(row)).collect::<Option<Vec<&str>>>();
    let mut seen = HashSet::new();
    let again = (0..layer.features.shapes.len()).filter_map(|row| Some((row, key(row)?)));
    let again: Vec<(usize, Vec<&str>)> = again.filter(|(_, values)| !seen.insert(values.clone())).collect();
    let rows: Rows = again.iter().map(|(row, _)| *row).collect();
    let values: Vec<String> = again.iter().map(|(_, values)| values.join(", ")).collect();
    let (names, values) = (names.join(" and "), most_frequent(values.iter().map(String::as_str)));
    let message = format!("{names} together are the key, and stood before in {}: {values}", features(rows.count));
    let mend = "give each feature a key of its own, or take out what stands twice";
    let finding = || layer.finding_at(&heading, &rows, message).but("every key once", rows.count).with_mend(mend);
    let finding = (rows.count > 0).then(finding);
    Some(came(finding, heading))
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

fn absent(layer: &Layer<'_>, heading: &Heading, name: &str, column: &Texts) -> Option<CheckFinding> {
    let rows: Rows = column.iter().enumerate().filter(|(_, value)| value.is_none()).map(|(row, _)| row).collect();
    let message = format!("{} no {name}, which is required", of_all(rows.count, layer.len(), "has", "have"));
    let finding = || layer.finding_at(heading, &rows, message).but("a value for every feature", rows.count);
    (rows.count > 0).then(|| finding().with_mend(format!("fill in {name}")))
}

fn repeated(layer: &Layer<'_>, heading: &Heading, name: &str, column: &Texts) -> Option<CheckFinding> {
    let mut seen = HashSet::new();
    let again = column.iter().enumerate().filter_map(|(row, value)| Some((row, value.filter(|v| !seen.insert(*v))?)));
    let (rows, values): (Vec<usize>, Vec<&str>) = again.unzip();
    let (rows, values): (Rows, _) = (rows.into_iter().collect(), most_frequent(values.into_iter()));
    let message = format!("{name} is to be unique, and stood before in {}: {values}", features(rows.count));
    let mend = "give each feature a value of its own, or take out what stands twice";
    let finding = || layer.finding_at(heading, &rows, message).but("every value once", rows.count).with_mend(mend);
    (rows.count > 0).then(finding)
}

/// The heading of what a property promises.
fn heading(property: &Property, code: &str, element: Element) -> Heading {
    Heading { code: code.to_owned(), element, severity: Severity::Error, rule: Some(place(property)) }
}

/// Where a property stands.
pub fn place(property: &Property) -> RulePlace {
    RulePlace { name: Some(property.name.clone()), place: property.place.clone() }
}
