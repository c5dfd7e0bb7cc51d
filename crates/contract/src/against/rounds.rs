//! The contracts of a network against one another: a release has one freeze.

use std::collections::BTreeMap;

use mutirao_core::finding::{Finding, Severity};
use mutirao_pipeline::NamedContract;

use crate::{Contract, timeline::ReleaseMilestone};

/// Milestones of the release that a contract dates otherwise than the first one of the network that has them.
pub fn apart(contracts: &[(NamedContract, Contract)]) -> Vec<Finding> {
    let mut first: BTreeMap<&str, &ReleaseMilestone> = BTreeMap::new();
    let mut findings = Vec::new();
    for (named, contract) in contracts {
        for milestone in &contract.timeline.release {
            let known = *first.entry(&milestone.name).or_insert(milestone);
            if known.at != milestone.at {
                let of = |one: &ReleaseMilestone| format!("{} (until {})", one.date, one.at);
                let (name, own, other, file) = (&milestone.name, of(milestone), of(known), &known.place.file);
                let message = format!("the {name} of the release is {own} here, and {other} in {file}");
                let finding = Finding::new("contract-milestones-apart", Severity::Warning, message);
                let mend = "write the same date, and the same timezone, in all contracts of the network";
                findings.push(finding.with_layer(&named.layer).at(milestone.place.clone()).with_mend(mend));
            }
        }
    }
    findings
}
