//! A delivery held against its contract: `mutirao check`, and the same judgement before a run.
//!
//! A contract is opened (`agreement`), the delivered files say what they are (`files`), are read once (`raster`, with `reach` for the
//! responsible area and `reference` for points) or asked at the door (vectors), and `mutirao-check` judges what was seen.

mod agreement;
mod crs;
mod facts;
mod files;
mod measure;
mod pack;
mod raster;
mod reach;
mod record;
mod reference;
mod regions;
mod vector;

use std::path::PathBuf;

use mutirao_check::{Asked, CheckFinding, Report, Verdict, Where, rules_of};
use mutirao_contract::{Object, ObjectKind, checks::Element};
use mutirao_core::{finding::Severity, grid::Grid, statement::Statement};

pub use agreement::Agreement;
pub use facts::Facts;
pub use measure::{Measured, MeasuredPeriod, measure, statements};
pub use pack::GRID;
pub use reach::is_raster;
pub use record::{Due, digest, due, record};
pub use vector::features as features_of;

use crate::{command::Failure, network::Tools};

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

/// Holds a delivery against an agreement.
///
/// # Errors
/// Where the machine fails; what is wrong with the delivery is a finding.
pub fn check(agreement: &Agreement, delivered: &Delivered, setting: Setting<'_>) -> Result<Checked, Failure> {
    let object = agreement.object();
    let rules = rules_of(object);
    let job = Job { agreement, object, rules: &rules, delivered, setting };
    let mut checked = match object.kind {
        ObjectKind::Vector | ObjectKind::Table => vector::check(&job)?,
        ObjectKind::Raster | ObjectKind::Unsaid => raster::check(&job)?,
    };
    checked.report.partner = agreement.partner().map(str::to_owned);
    agreement.name(&mut checked.report);
    Ok(checked)
}

/// The CRS of a raster as text, where it states one that has a code or the door knows.
pub fn crs_of(statement: &Statement, tools: &Tools) -> Option<String> {
    crs::text(statement, &tools.door)
}

/// All that a check needs.
#[derive(Clone, Copy)]
struct Job<'a> {
    agreement: &'a Agreement,
    object: &'a Object,
    rules: &'a [Asked],
    delivered: &'a Delivered,
    setting: Setting<'a>,
}

impl Job<'_> {
    /// A delivery that could not be judged.
    fn refused(&self, findings: Vec<CheckFinding>, facts: Facts) -> Checked {
        let contract = &self.agreement.contract;
        let mut report = Report::new(&contract.id, &contract.version, findings, Vec::new());
        report.verdict = Verdict::Refused;
        Checked { report, facts }
    }
}

/// A file that cannot be read.
fn unreadable(path: &str, message: String, mend: &str) -> CheckFinding {
    CheckFinding::new("unreadable", Element::Format, Severity::Error, message).at(Where::file(path)).with_mend(mend)
}
