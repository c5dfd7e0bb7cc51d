//! What stands between deliveries and a run: every layer with a contract is held against it, and one that breaks it is refused,
//! unless the maintainer goes on without it, with an earlier delivery, or with a waiver. What was decided stands in the release.

mod card;
mod choice;
mod idle;
mod judge;
mod partner;
mod pictures;
mod rows;
mod waived;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use mutirao_check::{CheckFinding, Report, Verdict};
use mutirao_contract::waivers::Waiver;
use mutirao_core::finding::{Finding, Severity};
use serde::{Deserialize, Serialize};

use crate::check::Agreement;

pub use card::{Card, Punctuality};
pub use choice::{Chosen, is_of};
pub use judge::{judge, periods_of};
pub use partner::PartnerCard;
pub use pictures::{name as picture_folder, pictures};
pub use rows::rows;
pub use waived::lint_lists;

/// What a run does with a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Treatment {
    /// It is merged as it was delivered.
    Merged,
    /// It is left out, as the maintainer said.
    LeftOut,
    /// The last delivery that passed is taken: its version.
    LastPassing(String),
}

/// A layer with a contract, judged.
pub struct Judged {
    /// The layer, or `layer/member`.
    pub layer: String,
    /// The partner's id.
    pub partner: String,
    /// Its name.
    pub partner_name: String,
    /// The contract's id, under which deliveries stand.
    pub contract: String,
    /// What is done with it.
    pub treatment: Treatment,
    /// What it was held against; none of a layer that is left out.
    pub agreement: Option<Agreement>,
    /// What the checks said; none of a layer that is left out.
    pub report: Option<Report>,
    /// By finding of the report: the waiver that lets it pass.
    pub waived: Vec<Option<Waiver>>,
    /// Pictures of findings, by their places in the report.
    pub pictures: BTreeMap<usize, PathBuf>,
    /// Whether it came in time.
    pub punctuality: Vec<Punctuality>,
}

impl Judged {
    /// The findings that stop a merge.
    pub fn stopping(&self) -> impl Iterator<Item = &CheckFinding> {
        let findings = self.report.iter().flat_map(|report| &report.findings).zip(&self.waived);
        findings
            .filter(|(finding, waived)| finding.severity == Severity::Error && waived.is_none())
            .map(|(finding, _)| finding)
    }

    /// Whether it may be merged, or is not.
    pub fn may_pass(&self) -> bool {
        let refused = self.report.as_ref().is_some_and(|report| report.verdict == Verdict::Refused);
        !refused && self.stopping().next().is_none()
    }
}

/// All layers with a contract, judged.
#[derive(Default)]
pub struct Gate {
    /// The layers, in the pipeline's order.
    pub layers: Vec<Judged>,
    /// What is odd about the waivers and deliveries.
    pub findings: Vec<Finding>,
    /// When it was judged, UTC, by RFC 3339.
    pub at: String,
    /// The scorecard of every layer.
    pub cards: Vec<Card>,
    /// Layers, and members as `layer/member`, that the maintainer left out, with a contract or without one.
    pub without: BTreeSet<String>,
}

impl Gate {
    /// The scorecard of every partner: all its layers, added.
    pub fn partners(&self) -> Vec<PartnerCard> {
        PartnerCard::all(&self.layers, &self.cards)
    }

    /// Whether a layer, or a member of it, is left out.
    pub fn leaves_out(&self, layer: &str, member: Option<&str>) -> bool {
        let own = || member.is_some_and(|member| self.without.contains(&format!("{layer}/{member}")));
        self.without.contains(layer) || own()
    }

    /// The layers that must not be merged.
    pub fn refused(&self) -> impl Iterator<Item = &Judged> {
        self.layers.iter().filter(|layer| !layer.may_pass())
    }
}
