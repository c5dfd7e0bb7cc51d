//! A contract drafted from a vector or a table: what its features are, and what its attributes hold.

mod attributes;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use mutirao_core::{
    door::StatedCrs,
    features::{FeatureShape, Features, ShapeKind},
};

use self::attributes::Column;
use super::{
    Stated,
    lines::{Lines, plain, word},
    text::{head_terms, sla, terms},
};
use crate::show::table::thousands;

/// Writes the draft.
pub fn text(stated: &Stated<'_>, features: &Features) -> String {
    let mut lines = Lines::default();
    let columns = attributes::columns(features);
    head_terms(&mut lines, stated, "one file says and holds");
    object(&mut lines, stated, features, &columns);
    lines.add("    quality:");
    if features.facts.spatial {
        crs(&mut lines, features);
        geometries(&mut lines, &features.shapes);
    }
    let mut seen = HashSet::new();
    let twice = features.shapes.iter().filter(|shape| !seen.insert(shape.everything)).count();
    limited(&mut lines, "no feature stands twice", "duplicates", twice, "equal an earlier one in everything");
    attributes::rules(&mut lines, &columns);
    sla(&mut lines, &stated.id);
    terms(&mut lines, stated);
    lines.text()
}

fn object(lines: &mut Lines, stated: &Stated<'_>, features: &Features, columns: &[Column<'_>]) {
    lines.add(format!("schema:\n  - name: {}", word(&stated.id)));
    if let Some(name) = &stated.physical_name {
        lines.add(format!("    physicalName: {}", word(name)));
    }
    let kind = if features.facts.spatial { "vector" } else { "table" };
    let count = features.shapes.len() as u64;
    lines.add(format!("    physicalType: {kind}\n    logicalType: object"));
    lines.add(format!("    # measured: rowCount {}, read by {}.", thousands(count), plain(&features.facts.driver)));
    attributes::properties(lines, columns);
}

/// Adds a check of the object; its parameters are those of a flow mapping.
fn rule(lines: &mut Lines, name: &str, implementation: &str) {
    lines.add(format!("      - type: custom\n        name: {}\n        engine: mutirao", word(name)));
    lines.add(format!("        implementation: {{ {implementation} }}"));
}

fn crs(lines: &mut Lines, features: &Features) {
    let authority = match &features.facts.crs {
        Some(StatedCrs::Plane(facts)) => facts.authority.as_deref(),
        _ => None,
    };
    if let Some(code) = authority {
        return rule(lines, "the CRS agreed on", &format!("check: crs, crs: {}", attributes::quoted(code)));
    }
    let said = match &features.facts.crs {
        None => "The file states no CRS.".to_owned(),
        Some(stated) => format!("The file's CRS has no code: {}.", plain(&stated.shown())),
    };
    lines.add(format!("      # {said} Agree on one, as {{ check: crs, crs: \"EPSG:4326\" }}."));
}

fn geometries(lines: &mut Lines, shapes: &[FeatureShape]) {
    kinds(lines, shapes);
    let invalid = shapes.iter().filter(|shape| shape.defect.is_some()).count();
    limited(lines, "geometries are valid", "validity", invalid, "are invalid");
    let empty = shapes.iter().filter(|shape| shape.is_nowhere()).count();
    limited(lines, "every feature has a geometry", "empty-geometry", empty, "have no geometry, or an empty one");
}

fn kinds(lines: &mut Lines, shapes: &[FeatureShape]) {
    let seen = || shapes.iter().filter(|shape| !shape.is_nowhere());
    let mut counts: BTreeMap<ShapeKind, u64> = BTreeMap::new();
    seen().for_each(|shape| *counts.entry(shape.kind).or_default() += 1);
    let told: Vec<String> =
        counts.iter().map(|(kind, count)| format!("{} {}", kind.word(), thousands(*count))).collect();
    let several = seen().filter(|shape| shape.parts > 1).count() as u64;
    let told = if told.is_empty() { "none".to_owned() } else { told.join(", ") };
    lines.add(format!("      # measured: kinds of geometries: {told}; {} of several parts.", thousands(several)));
    let words: BTreeSet<&str> = counts.keys().map(|kind| kind.word()).collect();
    if words.is_empty() || !words.iter().all(|word| ["point", "line", "polygon"].contains(word)) {
        return lines.add("      # No rule allows just these; agree on { check: geometry-type, allowed: polygon }.");
    }
    let allowed = words.into_iter().collect::<Vec<_>>().join(", ");
    let implementation = format!("check: geometry-type, allowed: [{allowed}], multi: {}", several > 0);
    rule(lines, "geometries of this kind", &implementation);
}

/// A check with the number of features that break it now as its limit.
fn limited(lines: &mut Lines, name: &str, check: &str, count: usize, what: &str) {
    lines.add(format!("      # measured: {} {what}.", thousands(count as u64)));
    if count == 0 {
        return rule(lines, name, &format!("check: {check}"));
    }
    lines.add("      # So many are let pass by `max_features`, no more; agree on fewer.");
    rule(lines, name, &format!("check: {check}, max_features: {count}"));
}
