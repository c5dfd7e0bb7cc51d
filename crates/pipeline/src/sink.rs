//! Where findings gather while the readers go on.

use mutirao_core::finding::{Finding, Place, Severity};

use crate::yaml::Spot;

/// More findings than this in one file are not told: whoever has so many mends some and asks again.
const MAX_FINDINGS: usize = 500;

/// What a finding is about, besides its place.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The layer.
    pub layer: Option<String>,
    /// The rule, from 1.
    pub rule: Option<u16>,
    /// `rule`, or `unless:<n>`.
    pub part: Option<String>,
}

/// Findings of one file, in the order in which they were met.
#[derive(Debug)]
pub struct Sink {
    /// The file, as it was named.
    pub file: String,
    /// What the next findings are about.
    pub scope: Scope,
    /// What was found so far.
    pub findings: Vec<Finding>,
}

impl Sink {
    /// No findings yet in a file of this name.
    pub fn new(file: impl Into<String>) -> Self {
        Sink { file: file.into(), scope: Scope::default(), findings: Vec::new() }
    }

    /// A place in this file.
    pub fn place(&self, at: Spot) -> Place {
        Place { file: self.file.clone(), line: at.line, column: at.column }
    }

    /// Adds an error: a code, where, what is wrong, and how to mend it.
    pub fn error(&mut self, code: &str, at: Spot, message: impl Into<String>, mend: impl Into<String>) {
        self.add(Severity::Error, code, at, message.into(), mend.into());
    }

    /// Adds a warning.
    pub fn warning(&mut self, code: &str, at: Spot, message: impl Into<String>, mend: impl Into<String>) {
        self.add(Severity::Warning, code, at, message.into(), mend.into());
    }

    fn add(&mut self, severity: Severity, code: &str, at: Spot, message: String, mend: String) {
        let mut finding = Finding::new(code, severity, message).at(self.place(at)).with_mend(mend);
        finding.layer = self.scope.layer.clone();
        finding.rule = self.scope.rule;
        finding.part = self.scope.part.clone();
        match self.findings.len() {
            count if count < MAX_FINDINGS => self.findings.push(finding),
            MAX_FINDINGS => {
                let message = format!("more than {MAX_FINDINGS} findings in this file; the others are left out");
                let last = Finding::error("too-many", message).at(self.place(at));
                self.findings.push(last.with_mend("mend these first, then ask again"));
            }
            _ => {}
        }
    }

    /// Whether an error was met so far.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

impl Sink {
    /// Says which classes the finding just added is about.
    pub fn about_classes(&mut self, classes: impl IntoIterator<Item = i32>) {
        if let Some(last) = self.findings.last_mut() {
            last.class = classes.into_iter().collect();
        }
    }
}
