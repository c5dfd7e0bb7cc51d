//! Layers in one line.

use std::collections::BTreeMap;

use mutirao_check::vector::{File, ForeignKeys, Inputs, judge};
use mutirao_check::{CheckFinding, Outcome, RuleOutcome, rules_of};
use mutirao_core::door::{FeaturesFacts, FieldFacts, FieldKind, SameCrsFacts};
use mutirao_core::features::{Defect, FeatureShape, Features, ShapeKind};

/// Features without attributes, of given shapes; GeoPackage in a CRS that nobody knows.
pub fn layer(shapes: Vec<FeatureShape>) -> Features {
    let facts = FeaturesFacts {
        driver: "GPKG".into(),
        layer: "in".into(),
        layers: vec!["in".into()],
        features: shapes.len() as u64,
        spatial: true,
        crs: None,
        bounds: Some([0.0, 0.0, 10.0, 10.0]),
        fields: Vec::new(),
        notes: Vec::new(),
    };
    Features { facts, shapes, attributes: Vec::new() }
}

/// So many squares, each another one.
pub fn squares(count: usize) -> Features {
    layer((0..count).map(|number| polygon(number as u64)).collect())
}

/// A valid polygon of one part with a digest of its own.
pub fn polygon(number: u64) -> FeatureShape {
    FeatureShape {
        kind: ShapeKind::Polygon,
        parts: 1,
        at: Some([number as f64, 0.0]),
        area_m2: Some(100.0 + number as f64),
        geometry: u128::from(number),
        everything: u128::from(number),
        ..FeatureShape::missing()
    }
}

/// An invalid one.
pub fn bow_tie(number: u64, at: [f64; 2]) -> FeatureShape {
    let defect = Some(Defect { kind: "Self-intersection".into(), at: Some(at) });
    FeatureShape { defect, ..polygon(number) }
}

/// Adds an attribute.
pub fn with(mut features: Features, name: &str, kind: FieldKind, values: &[Option<&str>]) -> Features {
    assert_eq!(values.len(), features.shapes.len());
    features.facts.fields.push(FieldFacts { name: name.into(), kind });
    features.attributes.push(values.iter().copied().collect());
    features
}

/// A contract of a vector with these lines under its object, written as flow mappings: properties, then quality.
pub fn contract(properties: &[&str], quality: &[&str]) -> mutirao_contract::Contract {
    let list = |name: &str, lines: &[&str]| {
        let items: Vec<String> = lines.iter().map(|line| format!("      - {line}\n")).collect();
        if items.is_empty() { String::new() } else { format!("    {name}:\n{}", items.concat()) }
    };
    let text = format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: in\nversion: 1.0.0\nschema:\n  - name: in\n    physicalType: vector\n{}{}",
        list("properties", properties),
        list("quality", quality)
    );
    let reading = mutirao_contract::read_text("in.odcs.yaml", &text, None);
    reading.contract.unwrap_or_else(|| panic!("{text}\n{:?}", reading.findings))
}

/// One of our checks as a line of `quality`.
pub fn check(implementation: &str) -> String {
    format!("{{ type: custom, engine: mutirao, implementation: {{ {implementation} }} }}")
}

/// Keys of other files.
pub type Keys = BTreeMap<(String, String), Result<ForeignKeys, String>>;

/// Judges by a contract.
pub fn judged(features: &Features, properties: &[&str], quality: &[&str]) -> (Vec<CheckFinding>, Vec<RuleOutcome>) {
    judged_with(features, properties, quality, &Keys::new(), None)
}

/// Judges by a contract, with keys of other files and the bounds of the area.
pub fn judged_with(
    features: &Features,
    properties: &[&str],
    quality: &[&str],
    keys: &Keys,
    area: Option<[f64; 4]>,
) -> (Vec<CheckFinding>, Vec<RuleOutcome>) {
    let contract = contract(properties, quality);
    let same_crs = |crs: &str| Ok(SameCrsFacts { same: crs == "EPSG:1", why: format!("it is not {crs}") });
    let inputs = Inputs { period: Some("2024"), area, grid: None, licence: None, crosswalk: None, keys };
    let object = &contract.objects[0];
    let file = File { name: "in.gpkg", features, same_crs: &same_crs };
    judge(&[file], object, &rules_of(object), &inputs)
}

/// Judges several files, `1.gpkg` and so on, as one delivery.
pub fn judged_files(
    files: &[Features],
    properties: &[&str],
    quality: &[&str],
) -> (Vec<CheckFinding>, Vec<RuleOutcome>) {
    let contract = contract(properties, quality);
    let keys = Keys::new();
    let inputs = Inputs { period: None, area: None, grid: None, licence: None, crosswalk: None, keys: &keys };
    let names: Vec<String> = (1..=files.len()).map(|number| format!("{number}.gpkg")).collect();
    let same_crs = |crs: &str| Ok(SameCrsFacts { same: false, why: format!("it is not {crs}") });
    let file = |(name, features)| File { name, features, same_crs: &same_crs };
    let files: Vec<File<'_>> = names.iter().map(String::as_str).zip(files).map(file).collect();
    let object = &contract.objects[0];
    judge(&files, object, &rules_of(object), &inputs)
}

/// Codes with counts.
pub fn counts(findings: &[CheckFinding]) -> Vec<(&str, Option<u64>)> {
    findings.iter().map(|finding| (finding.code.as_str(), finding.count)).collect()
}

/// What came of the rules.
pub fn outcomes(rules: &[RuleOutcome]) -> Vec<Outcome> {
    rules.iter().map(|rule| rule.outcome).collect()
}
