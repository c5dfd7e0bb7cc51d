//! Attributes that the contract speaks of and the file does not have: one finding for each, whatever is asked of it.

use std::collections::BTreeMap;

use mutirao_contract::checks::{Check, Element};
use mutirao_contract::metric::Counts;
use mutirao_contract::{Property, Quality, Rule};
use mutirao_core::finding::Severity;

use super::layer::{Asked, Judgement, Layer, quoted, with_rest};
use crate::{CheckFinding, Outcome, RulePlace};

/// The code of these findings.
const CODE: &str = "missing-attribute";

/// What is asked of an attribute that is not there.
struct Wanted {
    severity: Severity,
    checks: Vec<String>,
    place: Option<RulePlace>,
}

/// A finding for every attribute that is missing.
pub fn findings(layer: &Layer<'_>, rules: &[(Option<&Property>, &Rule)]) -> Vec<CheckFinding> {
    let mut wanted: BTreeMap<String, Wanted> = BTreeMap::new();
    for property in &layer.object.properties {
        let bound = property.required || property.primary_key;
        let severity = if bound { Severity::Error } else { Severity::Warning };
        want(&mut wanted, layer, layer.file_name(property), severity, None);
    }
    for &(property, rule) in rules {
        for name in attributes_of(layer, property, rule) {
            want(&mut wanted, layer, name, rule.severity, Some(rule));
        }
    }
    wanted.into_iter().map(|(name, wanted)| finding(layer, &name, wanted)).collect()
}

/// A rule about an attribute that is not there is broken.
pub fn of_rule(layer: &Layer<'_>, property: Option<&Property>, rule: &Rule) -> Option<Judgement> {
    let missing = attributes_of(layer, property, rule).into_iter().find(|name| layer.field(name).is_none())?;
    Some(Judgement::none(Outcome::Broken, format!("there is no attribute {}", quoted(&missing))))
}

fn want(
    wanted: &mut BTreeMap<String, Wanted>,
    layer: &Layer<'_>,
    name: String,
    severity: Severity,
    rule: Option<&Rule>,
) {
    if layer.field(&name).is_some() {
        return;
    }
    let known = wanted.entry(name).or_insert(Wanted { severity, checks: Vec::new(), place: None });
    known.severity = known.severity.max(severity);
    if let Some(rule) = rule {
        let asked = super::asked(rule);
        known.checks.push(asked.code);
        known.place = known.place.take().or(asked.place);
    }
}

fn finding(layer: &Layer<'_>, name: &str, wanted: Wanted) -> CheckFinding {
    let asked =
        Asked { code: CODE.to_owned(), element: Element::Conceptual, severity: wanted.severity, place: wanted.place };
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
    layer.finding(&asked, message).but(name, there).with_mend(mend)
}

/// The attributes that a rule is about, as the file calls them.
fn attributes_of(layer: &Layer<'_>, property: Option<&Property>, rule: &Rule) -> Vec<String> {
    let named = |name: &String| vec![layer.with_period(name)];
    match &rule.quality {
        Quality::Check(Check::Key(check)) => named(&check.attribute),
        Quality::Check(Check::AttributeType(check)) => named(&check.attribute),
        Quality::Check(Check::Range(check)) => named(&check.attribute),
        Quality::Check(Check::Enumeration(check)) => named(&check.attribute),
        Quality::Check(Check::ForeignKey(check)) => named(&check.attribute),
        Quality::Metric(metric) => match &metric.counts {
            Counts::RowCount => Vec::new(),
            Counts::DuplicateValues(names) if !names.is_empty() => {
                names.iter().map(|name| of_property(layer, name)).collect()
            }
            _ => property.map(|property| layer.file_name(property)).into_iter().collect(),
        },
        Quality::Check(_) | Quality::Other { .. } => Vec::new(),
    }
}

/// The attribute of a property by the contract's name for it; a name of no property is the file's own.
pub fn of_property(layer: &Layer<'_>, name: &str) -> String {
    let known = layer.object.properties.iter().find(|property| property.name == name);
    known.map_or_else(|| layer.with_period(name), |property| layer.file_name(property))
}
