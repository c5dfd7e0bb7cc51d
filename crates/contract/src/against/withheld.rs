//! Files that one rule withholds from partners and another names openly: the open one would tell them what is withheld.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use mutirao_core::finding::Finding;
use mutirao_pipeline::{NamedContract, text::Sink};

use super::files;
use crate::Contract;

/// Files of all contracts of a network that are withheld in one place and not in another, at the latter; those of each contract.
pub fn told_openly(folder: &Path, all: &[(&NamedContract, &Contract)]) -> Vec<Finding> {
    let real = |text: &str| {
        let path = folder.join(text);
        path.canonicalize().unwrap_or(path)
    };
    let withheld = |contract: &Contract| -> BTreeSet<PathBuf> { files::withheld(contract).map(real).collect() };
    let by_contract: Vec<BTreeSet<PathBuf>> = all.iter().map(|(_, contract)| withheld(contract)).collect();
    let mut findings = Vec::new();
    for ((named, contract), own) in all.iter().zip(&by_contract) {
        let mut sink = Sink::new(named.path.display().to_string());
        sink.scope.layer = Some(named.layer.clone());
        let mut told = BTreeSet::new();
        for (text, at) in files::of_contract(contract) {
            let path = real(text);
            let message = if own.contains(&path) {
                format!("the contract names {text} twice, and withholds it once")
            } else if let Some(other) = by_contract.iter().position(|files| files.contains(&path)) {
                let (other, _) = all[other];
                format!("the contract names {text}, which {} withholds", other.path.display())
            } else {
                continue;
            };
            // Objects have the terms of the whole contract too.
            if told.insert((text, at.line, at.column)) {
                sink.error("contract-withheld", at, message, "withhold it everywhere, or nowhere");
            }
        }
        findings.append(&mut sink.findings);
    }
    findings
}
