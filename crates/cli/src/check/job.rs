//! What goes into a check, and what comes out of it.

use std::path::PathBuf;

use mutirao_check::{Asked, CheckFinding, Report, Verdict, Where, raster::Answer};
use mutirao_contract::{Object, checks::Element};
use mutirao_core::{finding::Severity, grid::Grid, pipeline::Overlap};

use super::{agreement::Agreement, facts::Facts};
use crate::network::Tools;

/// Files that a partner delivers, and what is known of them besides.
#[derive(Debug, Clone, Default)]
pub struct Delivered {
    /// The files.
    pub files: Vec<PathBuf>,
    /// The one period that they speak for, if somebody said so.
    pub period: Option<String>,
    /// The files of the delivery before.
    pub previous: Vec<PathBuf>,
    /// By file: the bands that speak and their periods, where somebody knows that already.
    pub assigned: Option<Assigned>,
}

/// By file: bands, from 0, and the periods that they speak for.
pub type Assigned = Vec<Vec<(u16, String)>>;

/// What bears on a check besides contract and files.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// Whether the network itself checks: then what is withheld from partners is judged too.
    pub is_network: bool,
    /// The network's grid, where it is at hand.
    pub grid: Option<&'a Grid>,
    /// Threads.
    pub threads: usize,
    /// The door, the cache, progress.
    pub tools: &'a Tools,
}

/// A delivery, judged, with what was seen of it.
pub struct Checked {
    /// The judgement.
    pub report: Report,
    /// What was seen.
    pub facts: Facts,
}

/// All that a check needs.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The agreement.
    pub agreement: &'a Agreement,
    /// What is delivered, by contract.
    pub object: &'a Object,
    /// What is asked of it.
    pub rules: &'a [Asked],
    /// What was delivered.
    pub delivered: &'a Delivered,
    /// What bears on it besides.
    pub setting: Setting<'a>,
}

impl Delivered {
    /// The same with those files first that count first where they differ.
    pub fn in_order(&self, overlap: Option<Overlap>) -> Delivered {
        let mut ordered = self.clone();
        if overlap == Some(Overlap::Last) {
            ordered.files.reverse();
            ordered.assigned.iter_mut().for_each(|assigned| assigned.reverse());
        }
        ordered
    }
}

impl Job<'_> {
    /// A delivery that could not be judged.
    pub fn refused(&self, findings: Vec<CheckFinding>, facts: Facts) -> Checked {
        let contract = &self.agreement.contract;
        let mut report = Report::new(&contract.id, &contract.version, findings, Vec::new());
        report.verdict = Verdict::Refused;
        Checked { report, facts }
    }
}

/// A file that cannot be read.
pub fn unreadable(path: &str, message: String, mend: &str) -> CheckFinding {
    CheckFinding::new("unreadable", Element::Format, Severity::Error, message).at(Where::file(path)).with_mend(mend)
}

/// What a rule comes to that cannot be judged on a machine without GDAL.
pub fn without_door() -> Answer {
    Answer::Pending("it needs GDAL, which is not on this machine; the network's run judges it".to_owned())
}
