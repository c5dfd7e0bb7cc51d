//! Checks of geometries.

use std::collections::{BTreeMap, HashSet};

use mutirao_contract::checks::{
    DuplicatesCheck, DuplicatesOf, FeatureLimit, GeometryType, GeometryTypeCheck, TinyGeometryCheck,
};
use mutirao_core::features::{FeatureShape, ShapeKind};

use super::{
    File,
    layer::{Layer, Rows, at_most, of_all},
    together::{is_of_one_table, own_values},
};
use crate::{
    report::CheckFinding,
    rules::{Heading, Judged},
};

/// `geometry-type`.
pub fn kinds(layer: &Layer<'_>, check: &GeometryTypeCheck, heading: &Heading) -> Judged {
    let found = words(layer.features.shapes.iter().filter(|shape| !shape.is_nowhere()).map(kind_word));
    let mut findings = tables(layer, check, heading);
    if !layer.features.facts.spatial && layer.len() > 0 {
        return Judged::of(findings, "none");
    }
    let rows = rows(layer, |shape| !shape.is_nowhere() && !is_allowed(shape, check));
    if rows.count > 0 {
        let message = format!("{} of another kind; there are {found}", of_all(rows.count, layer.len(), "is", "are"));
        let mend = match check.multi {
            true => "take them out, or deliver them as a layer of their own",
            false => {
                "split parts into features of their own (QGIS: Multipart to singleparts; ogr2ogr -explodecollections)"
            }
        };
        findings.push(layer.finding_at(heading, &rows, message).but(wanted(check), found.as_str()).with_mend(mend));
    }
    Judged::of(findings, found)
}

/// Files that are but tables.
fn tables(layer: &Layer<'_>, check: &GeometryTypeCheck, heading: &Heading) -> Vec<CheckFinding> {
    let of_file = |file: &File<'_>| {
        let finding = heading.finding(format!("{} has no geometries", file.name)).at(layer.at(file));
        finding.but(wanted(check), "none").with_mend("deliver the layer with its geometries, not the table alone")
    };
    let is_table = |file: &&File<'_>| !file.features.facts.spatial && !file.features.shapes.is_empty();
    layer.files.iter().filter(is_table).map(of_file).collect()
}

fn is_allowed(shape: &FeatureShape, check: &GeometryTypeCheck) -> bool {
    let kind = match shape.kind {
        ShapeKind::Point => GeometryType::Point,
        ShapeKind::Line => GeometryType::Line,
        ShapeKind::Polygon => GeometryType::Polygon,
        ShapeKind::Missing | ShapeKind::Collection | ShapeKind::Other => return false,
    };
    check.allowed.contains(&kind) && (check.multi || shape.parts <= 1)
}

fn kind_word(shape: &FeatureShape) -> String {
    let several = if shape.parts > 1 && shape.kind != ShapeKind::Collection { "multi" } else { "" };
    format!("{several}{}", shape.kind.word())
}

fn wanted(check: &GeometryTypeCheck) -> String {
    let word = |kind: &GeometryType| match kind {
        GeometryType::Point => "point",
        GeometryType::Line => "line",
        GeometryType::Polygon => "polygon",
    };
    let words: Vec<&str> = check.allowed.iter().map(word).collect();
    format!("{}{}", words.join(" or "), if check.multi { "" } else { ", each of one part" })
}

/// `validity`.
pub fn validity(layer: &Layer<'_>, limit: &FeatureLimit, heading: &Heading) -> Judged {
    if !layer.features.facts.spatial {
        return without_geometries();
    }
    let rows = rows(layer, |shape| shape.defect.is_some());
    let kinds = layer.features.shapes.iter().filter_map(|shape| Some(shape.defect.as_ref()?.kind.clone()));
    let message = format!("{} invalid: {}", of_all(rows.count, layer.len(), "is", "are"), words(kinds));
    let mend =
        "mend them (QGIS: Fix geometries; ogr2ogr -makevalid), and look at each: what was meant nobody else can know";
    let mut judged = limited(layer, heading, limit.max_features, &rows, message, mend);
    if let Judged::Broken(findings, _) = &mut judged {
        findings.iter_mut().for_each(|finding| at_defects(layer, &rows, finding));
    }
    judged
}

/// Puts a finding where the geometries are invalid, as far as that is known.
fn at_defects(layer: &Layer<'_>, rows: &Rows, finding: &mut CheckFinding) {
    let places = finding.place.iter_mut().chain(&mut finding.first);
    // The place of the finding is that of the first feature.
    for (row, place) in rows.first.first().into_iter().chain(&rows.first).zip(places) {
        let defect = layer.features.shapes[*row].defect.as_ref();
        place.xy = defect.and_then(|defect| defect.at).or(place.xy);
    }
}

/// `empty-geometry`.
pub fn empty(layer: &Layer<'_>, limit: &FeatureLimit, heading: &Heading) -> Judged {
    let rows = rows(layer, FeatureShape::is_nowhere);
    let message = format!("{} no geometry, or an empty one", of_all(rows.count, layer.len(), "has", "have"));
    let mend = "draw their geometries, or take them out (QGIS: Remove null geometries, empty ones too)";
    limited(layer, heading, limit.max_features, &rows, message, mend)
}

/// `tiny-geometry`.
pub fn tiny(layer: &Layer<'_>, check: &TinyGeometryCheck, heading: &Heading) -> Judged {
    let polygons = || layer.features.shapes.iter().filter(|shape| shape.kind == ShapeKind::Polygon && !shape.empty);
    if polygons().next().is_none() {
        return Judged::Undefined("there are no polygons".to_owned());
    }
    if polygons().all(|shape| shape.area_m2.is_none()) {
        return Judged::Unjudged("without a CRS of a map there are no true areas".to_owned());
    }
    let rows = rows(layer, |shape| shape.area_m2.is_some_and(|area| area < check.min_m2));
    let least = polygons().filter_map(|shape| shape.area_m2).fold(f64::INFINITY, f64::min);
    let message = format!(
        "{} smaller than {} m2 on the ground; the smallest has {least:.3} m2",
        of_all(rows.count, layer.len(), "is", "are"),
        check.min_m2
    );
    let mend = "join them to their neighbours (QGIS: Eliminate selected polygons), or take them out";
    limited(layer, heading, check.max_features, &rows, message, mend)
}

/// `duplicates`.
pub fn duplicates(layer: &Layer<'_>, check: &DuplicatesCheck, heading: &Heading) -> Judged {
    let (whole, what) = match check.of {
        DuplicatesOf::Everything => (true, "in geometry and all attributes"),
        DuplicatesOf::Geometry if !layer.features.facts.spatial => return without_geometries(),
        DuplicatesOf::Geometry => (false, "in geometry"),
    };
    let rows = if whole && !is_of_one_table(layer) {
        // The digest of a feature is of its attributes in the order of its own file.
        let mut seen = HashSet::new();
        let shapes = layer.features.shapes.iter().enumerate();
        shapes
            .filter(|(row, shape)| !seen.insert((shape.geometry, own_values(layer, *row))))
            .map(|(row, _)| row)
            .collect()
    } else {
        let mut seen = HashSet::with_capacity(layer.features.shapes.len());
        rows(layer, |shape| match whole {
            true => !seen.insert(shape.everything),
            false => !shape.is_nowhere() && !seen.insert(shape.geometry),
        })
    };
    let message = format!("{} an earlier one {what}", of_all(rows.count, layer.len(), "equals", "equal"));
    let mend = "take them out (QGIS: Delete duplicate geometries), once you know which of them is right";
    limited(layer, heading, check.max_features, &rows, message, mend)
}

fn rows(layer: &Layer<'_>, mut holds: impl FnMut(&FeatureShape) -> bool) -> Rows {
    let shapes = layer.features.shapes.iter().enumerate();
    shapes.filter(|(_, shape)| holds(shape)).map(|(row, _)| row).collect()
}

fn limited(layer: &Layer<'_>, heading: &Heading, limit: u64, rows: &Rows, message: String, mend: &str) -> Judged {
    let finding =
        || -> CheckFinding { layer.finding_at(heading, rows, message).but(at_most(limit), rows.count).with_mend(mend) };
    Judged::of((rows.count > limit).then(finding).into_iter().collect(), rows.count)
}

fn without_geometries() -> Judged {
    Judged::Undefined("the file has no geometries".to_owned())
}

/// Words with how often they stand, most frequent first: `polygon 90, line 10`.
fn words(all: impl Iterator<Item = String>) -> String {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    all.for_each(|word| *counts.entry(word).or_default() += 1);
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.iter().map(|(word, count)| format!("{word} {count}")).collect::<Vec<_>>().join(", ")
}
