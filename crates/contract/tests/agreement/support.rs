//! Contracts made for a test.

use mutirao_contract::{CODES, Contract, Reading, read_text};
use mutirao_core::finding::{Finding, Where};

/// The contract of the design.
pub const EXAMPLE: &str = include_str!("mining.odcs.yaml");

/// A small contract without a mistake. Its second rule is there to be changed.
pub const GOOD: &str = r#"apiVersion: v3.1.0
kind: DataContract
id: mining
version: 1.0.0
status: active
schema:
  - name: mining
    physicalType: raster
    properties:
      - { name: class, physicalType: uint8 }
    customProperties:
      - { property: grid, value: { crs: "EPSG:31976", resolution: 30 } }
      - { property: nodata, value: { value: 0 } }
      - { property: classes, value: { allowed: [30] } }
      - { property: area, value: { source: data/state.gpkg, buffer_m: 300 } }
      - { property: periods, value: [2019, 2020] }
    quality:
      - { type: custom, engine: mutirao, implementation: { check: crs } }
      - { type: custom, engine: mutirao, implementation: { check: grid } }
slaProperties:
  - { property: dueDate, value: "2026-06-15", element: mining.first-version }
customProperties:
  - { property: license, value: CC-BY-4.0 }
  - { property: milestones, value: { freeze: "2026-08-01" } }
"#;

/// Codes that contracts share with pipelines.
const SHARED: [&str; 11] = [
    "crosswalk-nodata",
    "unknown-key",
    "missing-key",
    "wrong-type",
    "invalid-value",
    "duplicate-key",
    "yaml-syntax",
    "missing-file",
    "too-many",
    "unknown-class",
    "unknown-group",
];

/// A finding as a line or two.
pub fn shown(finding: &Finding) -> String {
    let place = match &finding.place {
        Some(Where::File(place)) => format!("{}:{}:{}", place.file, place.line, place.column),
        _ => "nowhere".to_owned(),
    };
    let severity = format!("{:?}", finding.severity).to_lowercase();
    let mend = finding.mend.as_deref().unwrap_or("NO MEND");
    format!("{place} {severity} {}: {}\n    {mend}", finding.code, finding.message)
}

pub fn all(findings: &[Finding]) -> String {
    findings.iter().map(shown).collect::<Vec<_>>().join("\n")
}

/// Whether every finding has a code that is described, a place and a mend.
pub fn check_findings(findings: &[Finding]) {
    for finding in findings {
        let known = CODES.iter().any(|(code, _)| *code == finding.code) || SHARED.contains(&finding.code.as_str());
        assert!(known && finding.mend.is_some() && finding.place.is_some(), "{finding:?}");
    }
}

pub fn reading(text: &str) -> Reading {
    let reading = read_text("mining.odcs.yaml", text, None);
    check_findings(&reading.findings);
    reading
}

/// A contract without findings.
#[track_caller]
pub fn good(text: &str) -> Contract {
    let reading = reading(text);
    assert_eq!(reading.findings, [], "{}\nof\n{text}", all(&reading.findings));
    reading.contract.unwrap()
}

/// The good contract with one text replaced by another; the text must be there.
pub fn changed(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    GOOD.replacen(from, to, 1)
}

/// The good contract with another second check.
pub fn with_check(implementation: &str) -> String {
    changed("implementation: { check: grid }", &format!("implementation: {implementation}"))
}

/// Expects one finding with this code on a line of what was replaced, and these words in its message or its mend.
#[track_caller]
pub fn expect(from: &str, to: &str, code: &str, words: &str) {
    let text = changed(from, to);
    let reading = reading(&text);
    assert_eq!(reading.findings.len(), 1, "{}\nof\n{text}", all(&reading.findings));
    let finding = &reading.findings[0];
    assert_eq!(finding.code, code, "{}", shown(finding));
    assert!(shown(finding).contains(words), "{}", shown(finding));
    let at = GOOD.find(from).unwrap();
    let first = text[..at].matches('\n').count() as u32 + 1;
    let last = text[..at + to.len()].matches('\n').count() as u32 + 1;
    let Some(Where::File(place)) = &finding.place else { panic!("no place: {finding:?}") };
    assert!((first..=last).contains(&place.line), "not {first}..{last}: {}", shown(finding));
}
