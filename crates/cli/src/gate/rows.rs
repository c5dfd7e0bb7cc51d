//! `qa.parquet`: what was judged, as rows.

use mutirao_check::{CheckFinding, Outcome, RuleOutcome, Sure, Value};
use mutirao_contract::waivers::Waiver;
use mutirao_core::finding::{Place, Severity};
use mutirao_parquet::QaRow;

use super::{Gate, Judged, Treatment};

/// A row for every finding, and one for every rule that has none; one for a layer that was left out.
pub fn rows(gate: &Gate, folder: &std::path::Path) -> Vec<QaRow> {
    gate.layers.iter().flat_map(|layer| of_layer(layer, folder)).collect()
}

fn of_layer(layer: &Judged, folder: &std::path::Path) -> Vec<QaRow> {
    let Some(report) = &layer.report else {
        return vec![QaRow { check: "layer-left-out".to_owned(), severity: "warning".to_owned(), ..empty(layer) }];
    };
    let findings = report.findings.iter().zip(&layer.waived);
    let mut rows: Vec<QaRow> =
        findings.map(|(finding, waiver)| of_finding(layer, finding, waiver.as_ref(), folder)).collect();
    let without = report.rules.iter().filter(|rule| rule.outcome != Outcome::Broken);
    rows.extend(without.map(|rule| of_rule(layer, rule, folder)));
    rows
}

fn empty(layer: &Judged) -> QaRow {
    let treatment = match &layer.treatment {
        Treatment::Merged => "merged",
        Treatment::LeftOut => "left-out",
        Treatment::LastPassing(_) => "last-passing",
    };
    QaRow {
        layer: layer.layer.clone(),
        partner: layer.partner.clone(),
        contract: layer.contract.clone(),
        contract_version: layer.report.as_ref().map(|report| report.contract.clone()).unwrap_or_default(),
        treatment: treatment.to_owned(),
        verdict: layer.report.as_ref().map(|report| report.verdict.word().to_owned()),
        check: String::new(),
        element: None,
        severity: String::new(),
        outcome: "unjudged".to_owned(),
        period: None,
        message: None,
        expected: None,
        measured: None,
        count: 0,
        sure: None,
        places: None,
        rule: None,
        waived_by: None,
        waived_why: None,
        waived_until: None,
    }
}

fn of_finding(layer: &Judged, finding: &CheckFinding, waiver: Option<&Waiver>, folder: &std::path::Path) -> QaRow {
    let told = if finding.first.is_empty() { finding.place.as_slice() } else { &finding.first[..] };
    let mut places = told.to_vec();
    for file in places.iter_mut().filter_map(|place| place.file.as_mut()) {
        *file = within(file, folder);
    }
    let sure = match finding.sure {
        Sure::Certain => "certain",
        Sure::Estimated => "estimated",
        Sure::Likely => "likely",
    };
    QaRow {
        check: finding.code.clone(),
        element: Some(finding.element.clone()),
        severity: severity(finding.severity).to_owned(),
        outcome: if waiver.is_some() { "waived" } else { "broken" }.to_owned(),
        period: finding.place.as_ref().and_then(|place| place.period.clone()),
        message: Some(finding.message.clone()),
        expected: finding.expected.as_ref().map(Value::to_string),
        measured: finding.measured.as_ref().map(Value::to_string),
        count: finding.count.and_then(|count| i64::try_from(count).ok()).unwrap_or(0),
        sure: Some(sure.to_owned()),
        places: (!places.is_empty()).then(|| serde_json::to_string(&places).unwrap_or_default()),
        rule: finding.rule.as_ref().map(|rule| line(&rule.place, folder)),
        waived_by: waiver.map(|waiver| waiver.allowed_by.clone()),
        waived_why: waiver.map(|waiver| waiver.why.clone()),
        waived_until: waiver.map(|waiver| waiver.until.clone()),
        ..empty(layer)
    }
}

fn of_rule(layer: &Judged, rule: &RuleOutcome, folder: &std::path::Path) -> QaRow {
    let outcome = match rule.outcome {
        Outcome::Kept => "kept",
        Outcome::Broken => "broken",
        Outcome::Pending => "pending",
        Outcome::Undefined => "undefined",
        Outcome::Unjudged => "unjudged",
    };
    QaRow {
        check: rule.check.clone(),
        severity: severity(rule.severity).to_owned(),
        outcome: outcome.to_owned(),
        message: rule.because.clone(),
        measured: rule.measured.as_ref().map(Value::to_string),
        rule: rule.rule.as_ref().map(|rule| line(&rule.place, folder)),
        ..empty(layer)
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// A line of the contract, by its path in the network's folder.
fn line(place: &Place, folder: &std::path::Path) -> String {
    format!("{}:{}", within(&place.file, folder), place.line)
}

/// A path as the pipeline would write it: where the network's folder lies on this machine concerns nobody.
fn within(file: &str, folder: &std::path::Path) -> String {
    let path = std::path::Path::new(file);
    path.strip_prefix(folder).unwrap_or(path).display().to_string()
}
