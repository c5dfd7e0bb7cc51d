//! What was found before the run and did not stop it.

use std::path::Path;

use mutirao_core::finding::{Finding, Severity, Where};

/// A warning.
pub struct Warning {
    /// Its code.
    pub code: String,
    /// What is the matter.
    pub message: String,
    /// How to mend it; empty where nobody says.
    pub mend: String,
    /// File and line; empty where there is none.
    pub place: String,
}

/// The warnings among findings.
pub fn warnings(findings: &[Finding]) -> Vec<Warning> {
    of(findings, Severity::Warning)
}

/// The remarks among findings.
pub fn remarks(findings: &[Finding]) -> Vec<Warning> {
    of(findings, Severity::Info)
}

fn of(findings: &[Finding], severity: Severity) -> Vec<Warning> {
    let chosen = findings.iter().filter(|finding| finding.severity == severity);
    let warning = |finding: &Finding| Warning {
        code: finding.code.clone(),
        message: finding.message.clone(),
        mend: finding.mend.clone().unwrap_or_default(),
        place: finding.place.as_ref().map(place).unwrap_or_default(),
    };
    chosen.map(warning).collect()
}

fn place(at: &Where) -> String {
    match at {
        Where::File(place) => {
            let name = Path::new(&place.file).file_name().unwrap_or_default().to_string_lossy();
            format!("{name}, line {}", place.line)
        }
        Where::Regions(_) | Where::Pixels(_) => String::new(),
    }
}
