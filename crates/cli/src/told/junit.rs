//! JUnit XML: a suite for the layer, a case for every rule of the contract and for every finding that no rule asks for. Times are
//! left out, since nobody measured them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mutirao_check::{CheckFinding, Outcome, Report, RuleOutcome};
use mutirao_core::finding::Severity;
use mutirao_geotiff::escape_xml;

use crate::show::checks::words;

/// A case.
struct Case<'a> {
    name: String,
    file: Option<&'a str>,
    line: Option<u32>,
    /// Why it was skipped.
    skipped: Option<String>,
    findings: Vec<&'a CheckFinding>,
}

impl Case<'_> {
    fn is_failure(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// The whole file.
pub fn text(report: &Report) -> String {
    let cases = cases(report);
    let failures = cases.iter().filter(|case| case.is_failure()).count();
    let skipped = cases.iter().filter(|case| case.skipped.is_some()).count();
    let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"", cases.len());
    let layer = attribute(&report.layer);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mutirao check\" {counts}>\n  \
         <testsuite name=\"{layer}\" {counts}>\n    <properties>\n"
    );
    let partner = report.partner.as_deref();
    let properties =
        [("contract", Some(&*report.contract)), ("partner", partner), ("verdict", Some(report.verdict.word()))];
    for (name, value) in properties.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        let _ = writeln!(text, "      <property name=\"{name}\" value=\"{}\"/>", attribute(value));
    }
    text.push_str("    </properties>\n");
    cases.iter().for_each(|case| write_case(&mut text, case, &layer));
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

fn cases(report: &Report) -> Vec<Case<'_>> {
    let belongs = |finding: &CheckFinding, rule: &RuleOutcome| {
        finding.rule.is_some() && finding.rule == rule.rule && finding.code == rule.check
    };
    let mut cases: Vec<Case<'_>> = Vec::new();
    for rule in &report.rules {
        let findings: Vec<&CheckFinding> = report.findings.iter().filter(|finding| belongs(finding, rule)).collect();
        let is_failure = findings.iter().any(|finding| finding.severity == Severity::Error);
        let place = rule.rule.as_ref().map(|rule| &rule.place);
        let name = rule.rule.as_ref().and_then(|rule| rule.name.clone());
        cases.push(Case {
            name: name.map_or_else(|| rule.check.clone(), |name| format!("{name} ({})", rule.check)),
            file: place.map(|place| &*place.file),
            line: place.map(|place| place.line),
            // A case is skipped or fails, never both.
            skipped: skipped(rule).filter(|_| !is_failure),
            findings,
        });
    }
    let alone = report.findings.iter().filter(|finding| !report.rules.iter().any(|rule| belongs(finding, rule)));
    cases.extend(alone.map(|finding| {
        let place = finding.place.as_ref();
        let file = place.and_then(|place| place.file.as_deref());
        let name = file.map_or_else(|| finding.code.clone(), |file| format!("{} ({file})", finding.code));
        Case { name, file, line: place.and_then(|place| place.line), skipped: None, findings: vec![finding] }
    }));
    told_apart(&mut cases);
    cases
}

/// Readers of JUnit know a case by its name: equal ones are numbered.
fn told_apart(cases: &mut [Case<'_>]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases {
        let times = seen.entry(case.name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            case.name = format!("{} #{times}", case.name);
        }
    }
}

fn skipped(rule: &RuleOutcome) -> Option<String> {
    let what = match rule.outcome {
        Outcome::Kept | Outcome::Broken => return None,
        Outcome::Pending => "not run here",
        Outcome::Undefined => "cannot be told",
        Outcome::Unjudged => "not judged",
    };
    Some(rule.because.as_ref().map_or_else(|| what.to_owned(), |because| format!("{what}: {because}")))
}

fn write_case(text: &mut String, case: &Case<'_>, layer: &str) {
    let _ = write!(text, "    <testcase name=\"{}\" classname=\"{layer}\"", attribute(&case.name));
    if let Some(file) = case.file {
        let _ = write!(text, " file=\"{}\"", attribute(file));
    }
    if let Some(line) = case.line {
        let _ = write!(text, " line=\"{line}\"");
    }
    let mut inner = String::new();
    if let Some(because) = &case.skipped {
        let _ = writeln!(inner, "      <skipped message=\"{}\"/>", attribute(because));
    }
    let (errors, others): (Vec<&CheckFinding>, Vec<&CheckFinding>) =
        case.findings.iter().partition(|finding| finding.severity == Severity::Error);
    if let [first, ..] = &errors[..] {
        let (message, code) = (attribute(&first.message), attribute(&first.code));
        let body = escape_xml(&told(&errors));
        let _ = writeln!(inner, "      <failure message=\"{message}\" type=\"{code}\">{body}</failure>");
    }
    if !others.is_empty() {
        let _ = writeln!(inner, "      <system-out>{}</system-out>", escape_xml(&told(&others)));
    }
    match inner.is_empty() {
        true => text.push_str("/>\n"),
        false => _ = write!(text, ">\n{inner}    </testcase>\n"),
    }
}

/// Findings in lines: what, where, how to mend it.
fn told(findings: &[&CheckFinding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let word = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        };
        let _ = writeln!(text, "{word}: {}", finding.message);
        let places = if finding.first.is_empty() { finding.place.as_slice() } else { &finding.first };
        for place in places.iter().filter(|place| place.line.is_none()) {
            let _ = writeln!(text, "  at {}", words(place));
        }
        if let Some(mend) = &finding.mend {
            let _ = writeln!(text, "  help: {mend}");
        }
    }
    text
}

/// Within an attribute a line break would become a space.
fn attribute(text: &str) -> String {
    escape_xml(text).replace('\n', "&#10;").replace('\r', "&#13;").replace('\t', "&#9;")
}

#[cfg(test)]
mod tests {
    use mutirao_check::{RulePlace, Where};
    use mutirao_contract::checks::Element;
    use mutirao_core::finding::Place;

    use super::*;

    fn rule(check: &str, line: u32, outcome: Outcome) -> RuleOutcome {
        let place = Place { file: "c.yaml".into(), line, column: 1 };
        let rule = Some(RulePlace { name: None, place });
        RuleOutcome { check: check.into(), outcome, severity: Severity::Error, measured: None, because: None, rule }
    }

    #[test]
    fn every_rule_and_every_lonely_finding_is_a_case() {
        let mut broken = CheckFinding::new("flicker", Element::Domain, Severity::Error, "a \"b\" <c>\n\u{1}&");
        broken.rule = rule("flicker", 3, Outcome::Broken).rule;
        let mut warned = CheckFinding::new("dtype", Element::Format, Severity::Warning, "wide");
        warned.rule = rule("dtype", 4, Outcome::Broken).rule;
        let lonely =
            CheckFinding::new("unreadable", Element::Format, Severity::Error, "no file").at(Where::file("x&y.tif"));
        let rules = vec![
            rule("flicker", 3, Outcome::Broken),
            rule("flicker", 9, Outcome::Kept),
            rule("dtype", 4, Outcome::Broken),
            rule("accuracy", 5, Outcome::Pending),
        ];
        let text = text(&Report::new("mines", "1", vec![broken, warned, lonely], rules));
        assert!(text.contains("tests=\"5\" failures=\"2\" errors=\"0\" skipped=\"1\""), "{text}");
        assert!(text.contains("message=\"a &quot;b&quot; &lt;c&gt;&#10; &amp;\" type=\"flicker\""), "{text}");
        assert!(text.contains("name=\"flicker #2\" classname=\"mines\" file=\"c.yaml\" line=\"9\"/>"), "{text}");
        assert!(text.contains("<system-out>warning: wide"), "{text}");
        assert!(text.contains("name=\"unreadable (x&amp;y.tif)\""), "{text}");
        assert!(text.contains("<skipped message=\"not run here\"/>"), "{text}");
    }
}
