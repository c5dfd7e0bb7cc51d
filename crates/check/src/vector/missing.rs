//! Attributes that the contract speaks of and the file does not have: one finding for each, whatever is asked of it.

use std::collections::BTreeMap;

use mutirao_contract::checks::{Check, Element};
use mutirao_contract::metric::Counts;
use mutirao_contract::{Property, Quality};
use mutirao_core::finding::Severity;

use super::{
    File, classes,
    layer::{Layer, quoted, with_rest},
};
use crate::{
    report::{CheckFinding, RulePlace},
    rules::{Asked, Heading, Judged},
};

/// The code of these findings.
const CODE: &str = "missing-attribute";

/// What is asked of an attribute that is not there.
struct Wanted {
    severity: Severity,
    checks: Vec<String>,
    place: Option<RulePlace>,
}

/// A finding for every attribute that is missing.
pub fn findings(layer: &Layer<'_>, rules: &[Asked]) -> Vec<CheckFinding> {
    let mut wanted: BTreeMap<String, Wanted> = BTreeMap::new();
    for property in &layer.object.properties {
        want(&mut wanted, layer, layer.file_name(property), severity(property), None);
    }
    for asked in rules {
        for name in attributes_of(layer, asked) {
            want(&mut wanted, layer, name, asked.rule.severity, Some(asked));
        }
    }
    wanted.into_iter().map(|(name, wanted)| finding(layer, &name, wanted)).collect()
}

/// How bad it is that a property is not there: worth a warning, if it is only described.
pub fn severity(property: &Property) -> Severity {
    if property.required || property.primary_key { Severity::Error } else { Severity::Warning }
}

/// A rule about an attribute that is not there is broken.
pub fn of_rule(layer: &Layer<'_>, asked: &Asked) -> Option<Judged> {
    let missing = attributes_of(layer, asked).into_iter().find(|name| layer.field(name).is_none())?;
    let lacks = |file: &&File<'_>| file.features.facts.fields.iter().all(|field| field.name != missing);
    let within = match layer.files {
        [_] => String::new(),
        files => files.iter().find(lacks).map(|file| format!(" in {}", file.name)).unwrap_or_default(),
    };
    Some(Judged::Told(format!("there is no attribute {}{within}", quoted(&missing))))
}

/// Whether the contract speaks of an attribute.
pub fn is_named(layer: &Layer<'_>, rules: &[Asked], name: &str) -> bool {
    let mut by_property = layer.object.properties.iter().map(|property| layer.file_name(property));
    by_property.any(|own| own == name)
        || rules.iter().any(|asked| attributes_of(layer, asked).iter().any(|own| own == name))
}

fn want(
    wanted: &mut BTreeMap<String, Wanted>,
    layer: &Layer<'_>,
    name: String,
    severity: Severity,
    asked: Option<&Asked>,
) {
    if layer.field(&name).is_some() {
        return;
    }
    let known = wanted.entry(name).or_insert(Wanted { severity, checks: Vec::new(), place: None });
    known.severity = known.severity.max(severity);
    if let Some(asked) = asked {
        known.checks.push(asked.code().to_owned());
        known.place = known.place.take().or(Some(asked.place()));
    }
}

fn finding(layer: &Layer<'_>, name: &str, wanted: Wanted) -> CheckFinding {
    let heading =
        Heading { code: CODE.to_owned(), element: Element::Conceptual, severity: wanted.severity, rule: wanted.place };
    let fields = &layer.features.facts.fields;
    let names: Vec<String> = fields.iter().take(20).map(|field| field.name.clone()).collect();
    let there = with_rest(names, fields.len());
    let asks = if wanted.checks.is_empty() {
        String::new()
    } else {
        format!(", which is asked for by {}", wanted.checks.join(", "))
    };
    let near = fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
    let mend = match near {
        Some(near) => format!("rename {} to {name}: capital and small letters differ", near.name),
        None => format!("deliver the attribute {name}, or write what it is called in the file as `physicalName`"),
    };
    let message = format!("there is no attribute {}{asks}", quoted(name));
    layer.finding(&heading, message).but(name, there).with_mend(mend)
}

/// The attributes that a rule is about, as the file calls them.
fn attributes_of(layer: &Layer<'_>, asked: &Asked) -> Vec<String> {
    let named = |name: &String| vec![layer.with_period(name)];
    match &asked.rule.quality {
        Quality::Check(Check::Key(check)) => named(&check.attribute),
        Quality::Check(Check::AttributeType(check)) => named(&check.attribute),
        Quality::Check(Check::Range(check)) => named(&check.attribute),
        Quality::Check(Check::Enumeration(check)) => named(&check.attribute),
        Quality::Check(Check::ForeignKey(check)) => named(&check.attribute),
        Quality::Check(Check::Classes(_)) => classes::attribute(layer).into_iter().collect(),
        Quality::Metric(metric) => match &metric.counts {
            Counts::RowCount => Vec::new(),
            Counts::DuplicateValues(names) if !names.is_empty() => {
                names.iter().map(|name| of_property(layer, name)).collect()
            }
            _ => asked.property.iter().map(|property| layer.file_name(property)).collect(),
        },
        Quality::Check(_) | Quality::Other { .. } => Vec::new(),
    }
}

/// The attribute of a property by the contract's name for it; a name of no property is the file's own.
pub fn of_property(layer: &Layer<'_>, name: &str) -> String {
    let known = layer.object.properties.iter().find(|property| property.name == name);
    known.map_or_else(|| layer.with_period(name), |property| layer.file_name(property))
}
