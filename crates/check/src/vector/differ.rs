//! Files of one delivery that are not of one kind, where no rule of the contract tells it.

use mutirao_contract::checks::{Check, Element};
use mutirao_core::{
    door::{FieldFacts, StatedCrs},
    finding::Severity,
};

use super::{
    File,
    layer::{Layer, quoted},
    missing::is_named,
    together::is_in_another_crs,
};
use crate::{
    report::CheckFinding,
    rules::{Asked, Heading},
};

/// A warning for every file that is not as the first.
pub fn findings(layer: &Layer<'_>, rules: &[Asked]) -> Vec<CheckFinding> {
    let Some((first, others)) = layer.files.split_first() else { return Vec::new() };
    others.iter().filter_map(|other| finding(layer, rules, first, other)).collect()
}

fn finding(layer: &Layer<'_>, rules: &[Asked], first: &File<'_>, other: &File<'_>) -> Option<CheckFinding> {
    let mut said: Vec<String> = Vec::new();
    let both = first.features.facts.spatial && other.features.facts.spatial;
    let has_rule = rules.iter().any(|asked| matches!(asked.check(), Some(Check::Crs(_))));
    if both && !has_rule && is_in_another_crs(first, other) {
        said.push(format!("its CRS is {}, not {}", crs(other), crs(first)));
    }
    let (a, b) = (&first.features.facts.fields, &other.features.facts.fields);
    let absent = |from: &[FieldFacts], field: &&FieldFacts| from.iter().all(|own| own.name != field.name);
    let untold = |field: &&FieldFacts| !is_named(layer, rules, &field.name);
    let names =
        |fields: Vec<&FieldFacts>| fields.iter().map(|field| quoted(&field.name)).collect::<Vec<_>>().join(", ");
    let lacks: Vec<&FieldFacts> = a.iter().filter(|field| absent(b, field)).filter(untold).collect();
    let besides: Vec<&FieldFacts> = b.iter().filter(|field| absent(a, field)).filter(untold).collect();
    for (what, fields) in [("it lacks", lacks), ("it has besides", besides)] {
        if !fields.is_empty() {
            said.push(format!("{what} {}", names(fields)));
        }
    }
    said.extend(kinds(rules, a, b));
    if said.is_empty() {
        return None;
    }
    let heading = Heading {
        code: "files-differ".to_owned(),
        element: Element::Conceptual,
        severity: Severity::Warning,
        rule: None,
    };
    let message = format!("{} is not as {}: {}", other.name, first.name, said.join("; "));
    let mend = "deliver all files of a layer with the same attributes, in one CRS";
    Some(heading.finding(message).at(layer.at(other)).with_mend(mend))
}

/// Attributes of another type, of which no rule says the type.
fn kinds(rules: &[Asked], a: &[FieldFacts], b: &[FieldFacts]) -> Vec<String> {
    let has_rule = |name: &str| {
        rules.iter().any(|asked| matches!(asked.check(), Some(Check::AttributeType(check)) if check.attribute == name))
    };
    let other = |field: &FieldFacts| {
        let own = b.iter().find(|own| own.name == field.name && own.kind != field.kind)?;
        Some(format!("{} is {}, not {}", quoted(&own.name), own.kind.word(), field.kind.word()))
    };
    a.iter().filter(|field| !has_rule(&field.name)).filter_map(other).collect()
}

fn crs(file: &File<'_>) -> String {
    file.features.facts.crs.as_ref().map_or_else(|| "not stated".to_owned(), StatedCrs::shown)
}
