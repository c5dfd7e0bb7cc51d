//! SARIF 2.1.0 (OASIS): the findings with the line of the contract that each breaks, and their places in the data beside.

mod model;
mod uri;

use std::collections::BTreeMap;

use mutirao_check::{CODES, CheckFinding, Report, Verdict, Where};
use mutirao_contract::checks::{CHECKS, spec};
use mutirao_core::finding::Severity;
use sha2::{Digest, Sha256};

use self::{
    model::{
        ArtifactLocation, Automation, Configuration, Driver, Invocation, Location, Log, Message, PhysicalLocation,
        Region, Result, Rule, Run, Tool,
    },
    uri::uri,
};
use crate::show::checks::words;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The whole file.
pub fn text(report: &Report) -> String {
    let rules = rules(report);
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run(report, rules)] };
    let mut text = serde_json::to_string_pretty(&log).expect("texts and numbers can be written as JSON");
    text.push('\n');
    text
}

fn run(report: &Report, rules: Vec<Rule>) -> Run<'_> {
    let mut seen = BTreeMap::new();
    let results = report.findings.iter().map(|finding| result(report, finding, &rules, &mut seen)).collect();
    let driver = Driver {
        name: "mutirao",
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules,
    };
    Run {
        tool: Tool { driver },
        automation_details: Automation { id: format!("mutirao check/{}/", report.layer) },
        invocations: [Invocation { execution_successful: report.verdict != Verdict::Refused }],
        column_kind: "unicodeCodePoints",
        results,
    }
}

/// The table of checks, the codes besides, and whatever else was found.
fn rules(report: &Report) -> Vec<Rule> {
    let checks = CHECKS.iter().map(|spec| rule(spec.name, spec.table.about, spec.severity));
    let codes = CODES.iter().map(|(code, about)| rule(code, about, Severity::Error));
    let mut rules: Vec<Rule> = checks.chain(codes).collect();
    for finding in &report.findings {
        if !rules.iter().any(|rule| rule.id == finding.code) {
            rules.push(rule(&finding.code, &format!("Of {}.", finding.element), finding.severity));
        }
    }
    rules
}

fn rule(id: &str, about: &str, severity: Severity) -> Rule {
    Rule {
        id: id.to_owned(),
        short_description: Message::of(about),
        default_configuration: Configuration { level: level(severity) },
        properties: spec(id).map(|spec| BTreeMap::from([("element", spec.element.words())])),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result<'a>(
    report: &Report,
    finding: &'a CheckFinding,
    rules: &[Rule],
    seen: &mut BTreeMap<String, usize>,
) -> Result<'a> {
    let mend = finding.mend.iter().map(|mend| format!("\nHelp: {mend}"));
    let message = std::iter::once(finding.message.clone()).chain(mend).collect::<String>();
    let mark = mark(report, finding);
    let times = seen.entry(mark.clone()).or_default();
    *times += 1;
    Result {
        rule_id: &finding.code,
        rule_index: rules.iter().position(|rule| rule.id == finding.code),
        level: level(finding.severity),
        message: Message::of(&message),
        locations: primary(finding).into_iter().collect(),
        related_locations: places(finding).iter().enumerate().filter_map(|(at, place)| related(at, place)).collect(),
        partial_fingerprints: BTreeMap::from([("mutiraoCheck/v1", format!("{mark}:{times}"))]),
        properties: finding,
    }
}

/// The line of the contract; else the file that the finding is about.
fn primary(finding: &CheckFinding) -> Option<Location<'_>> {
    let place = finding.place.as_ref();
    let (file, region) = match &finding.rule {
        Some(rule) => (&rule.place.file, Some([rule.place.line, rule.place.column])),
        None => (place?.file.as_ref()?, place?.line.zip(place?.column).map(|(line, column)| [line, column])),
    };
    Some(Location { id: None, physical_location: physical(file, region), message: None, properties: None })
}

fn places(finding: &CheckFinding) -> &[Where] {
    if finding.first.is_empty() { finding.place.as_slice() } else { &finding.first }
}

/// A place in the data. Its pixel is no region of a text: it stands in words, and in the properties as data.
fn related(at: usize, place: &Where) -> Option<Location<'_>> {
    let file = place.file.as_ref().filter(|_| place.line.is_none())?;
    Some(Location {
        id: Some(at + 1),
        physical_location: physical(file, None),
        message: Some(Message::of(&words(place))),
        properties: Some(place),
    })
}

fn physical(file: &str, region: Option<[u32; 2]>) -> PhysicalLocation {
    let region = region
        .map(|[start_line, start_column]| Region { start_line: start_line.max(1), start_column: start_column.max(1) });
    PhysicalLocation { artifact_location: ArtifactLocation { uri: uri(file) }, region }
}

/// What stays the same of a finding from delivery to delivery, while numbers and lines change.
fn mark(report: &Report, finding: &CheckFinding) -> String {
    let place = finding.place.clone().unwrap_or_default();
    let rule = finding.rule.as_ref().and_then(|rule| rule.name.clone()).unwrap_or_default();
    let file = place.file.unwrap_or_default();
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut hash = Sha256::new();
    for part in [&*report.layer, &finding.code, &rule, place.period.as_deref().unwrap_or_default(), name] {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use mutirao_check::RulePlace;
    use mutirao_contract::checks::Element;
    use mutirao_core::finding::Place;

    use super::*;

    fn finding(line: u32, count: u64) -> CheckFinding {
        let mut finding =
            CheckFinding::new("flicker", Element::Domain, Severity::Warning, format!("{count} pixels flicker"));
        finding.rule = Some(RulePlace { name: None, place: Place { file: "a b/c.yaml".into(), line, column: 7 } });
        let pixel = Where { pixel: Some([3, 4]), ..Where::file("d/m 1.tif").in_period("2019") };
        finding.at_places(count, vec![pixel])
    }

    fn log(findings: Vec<CheckFinding>) -> serde_json::Value {
        serde_json::from_str(&text(&Report::new("mines", "1", findings, Vec::new()))).unwrap()
    }

    #[test]
    fn a_result_points_at_the_contract_and_at_the_data() {
        let run = log(vec![finding(12, 5)])["runs"][0].clone();
        let result = &run["results"][0];
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!((&rule["id"], &result["level"]), (&"flicker".into(), &"warning".into()));
        let physical = &result["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "a%20b/c.yaml");
        assert_eq!(physical["region"], serde_json::json!({ "startLine": 12, "startColumn": 7 }));
        let related = &result["relatedLocations"][0];
        assert_eq!(related["physicalLocation"]["artifactLocation"]["uri"], "d/m%201.tif");
        assert_eq!(related["properties"]["pixel"], serde_json::json!([3, 4]));
    }

    #[test]
    fn fingerprints_outlive_numbers_and_lines_and_tell_equal_findings_apart() {
        let marks = |findings| {
            let log = log(findings);
            let results = log["runs"][0]["results"].as_array().unwrap().clone();
            results.iter().map(|result| result["partialFingerprints"].to_string()).collect::<Vec<_>>()
        };
        assert_eq!(marks(vec![finding(12, 5)]), marks(vec![finding(13, 900)]));
        let two = marks(vec![finding(12, 5), finding(12, 6)]);
        assert_ne!(two[0], two[1]);
    }
}
