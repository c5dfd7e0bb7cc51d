//! What stopped a check, as a judgement: programs that read its files must not take those of another day for today's.

use std::path::Path;

use mutirao_check::{CheckFinding, Report, Verdict, Where};
use mutirao_contract::checks::Element;
use mutirao_core::finding::{Finding, Severity, Where as FoundWhere};

use crate::command::{Failure, Stopped};

/// The report of a delivery that could not be judged for what stopped the command: its findings, or else one of its own.
pub fn refusal(contract: &Path, stopped: &Stopped) -> Report {
    let mut findings: Vec<CheckFinding> = stopped.findings.iter().map(told).collect();
    if findings.iter().all(|finding| finding.severity < Severity::Error) {
        let Failure { error, help, .. } = &stopped.failure;
        let finding = CheckFinding::new("contract-refused", Element::Usability, Severity::Error, error.as_str());
        let finding = finding.at(Where::file(contract.display().to_string()));
        findings.push(match help {
            Some(help) => finding.with_mend(help),
            None => finding,
        });
    }
    let name = contract.file_name().unwrap_or_default().to_string_lossy();
    let layer = name.split('.').next().unwrap_or_default();
    let mut report = Report::new(layer, "unknown", findings, Vec::new());
    report.verdict = Verdict::Refused;
    report
}

fn told(finding: &Finding) -> CheckFinding {
    let mut told = CheckFinding::new(&finding.code, Element::Usability, finding.severity, finding.message.as_str());
    if let Some(FoundWhere::File(place)) = &finding.place {
        told = told.at(Where::text(place));
    }
    told.mend.clone_from(&finding.mend);
    told
}
