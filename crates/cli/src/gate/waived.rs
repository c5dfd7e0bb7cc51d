//! Waivers, and which findings they let pass.

use std::path::Path;

use mutirao_check::Report;
use mutirao_contract::waivers::{Waiver, read};
use mutirao_core::finding::{Finding, Severity};

use super::Chosen;
use crate::{
    command::{Failure, Stopped},
    exit::Exit,
};

/// The waivers of a network, and which of them served.
pub struct Waivers {
    waivers: Vec<Waiver>,
    served: Vec<bool>,
    at: jiff::Timestamp,
}

impl Waivers {
    /// Reads the waivers that were chosen.
    ///
    /// # Errors
    /// All that is wrong with them: a waiver that is misread could let anything pass.
    pub fn read(chosen: &Chosen) -> Result<Waivers, Stopped> {
        let Some(path) = &chosen.waivers else {
            return Ok(Waivers { waivers: Vec::new(), served: Vec::new(), at: chosen.at });
        };
        let read = read(path);
        if !read.findings.is_empty() {
            return Err(broken(path, read.findings, read.text));
        }
        Ok(Waivers { served: vec![false; read.waivers.len()], waivers: read.waivers, at: chosen.at })
    }

    /// By finding of a layer's report: the waiver that lets it pass, and counts.
    pub fn of(&mut self, layer: &str, report: &Report) -> Vec<Option<Waiver>> {
        let mut waived = Vec::new();
        for finding in &report.findings {
            let period = finding.place.as_ref().and_then(|place| place.period.as_deref());
            let is_it = |waiver: &Waiver| waiver.is_of(layer, &finding.code, period) && waiver.counts_at(self.at);
            let found = self.waivers.iter().position(is_it).filter(|_| finding.severity == Severity::Error);
            if let Some(found) = found {
                self.served[found] = true;
            }
            waived.push(found.map(|found| self.waivers[found].clone()));
        }
        waived
    }

    /// What people should know of the waivers: each that let something pass, and each that has ended or was not needed.
    pub fn findings(&self) -> Vec<Finding> {
        let of = |(waiver, served): (&Waiver, &bool)| {
            let Waiver { layer, code, allowed_by, why, until, place, .. } = waiver;
            let finding = |name: &str, severity, message: String, mend: &str| {
                Finding::new(name, severity, message).with_layer(layer).at(place.clone()).with_mend(mend)
            };
            if *served {
                let message = format!("{code} of {layer} passes by a waiver of {allowed_by} until {until}: {why}");
                finding(
                    "waived",
                    Severity::Warning,
                    message,
                    "a waiver is for the time until the partner delivers again",
                )
            } else if waiver.counts_at(self.at) {
                let message = format!("the waiver for {code} of {layer} was not needed");
                finding("waiver-unused", Severity::Info, message, "take it away")
            } else {
                let message = format!("the waiver for {code} of {layer} ended on {until}");
                finding("waiver-ended", Severity::Warning, message, "renew it, or take it away")
            }
        };
        self.waivers.iter().zip(&self.served).map(of).collect()
    }
}

fn broken(path: &Path, findings: Vec<Finding>, text: String) -> Stopped {
    let failure = Failure {
        error: format!("{} is not in order", path.display()),
        help: Some("mend what is told above; nothing was run".to_owned()),
        exit: Exit::Findings,
    };
    Stopped { failure, findings, texts: [(path.display().to_string(), text)].into() }
}
