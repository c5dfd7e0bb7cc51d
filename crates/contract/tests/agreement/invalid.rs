//! `fixtures/invalid`: a folder for each code, which gives that finding and no other.

use std::path::{Path, PathBuf};

use mutirao_contract::{CODES, against::read_all, deliveries, read, waivers};
use mutirao_core::finding::Finding;

use crate::support::{all, check_findings};

fn findings(folder: &Path) -> Vec<Finding> {
    let (pipeline, lines) = (folder.join("pipeline.yaml"), folder.join("deliveries.csv"));
    let waived = folder.join("waivers.csv");
    if pipeline.exists() {
        read_all(&mutirao_pipeline::read(&pipeline)).findings
    } else if lines.exists() {
        deliveries::read(&lines).findings
    } else if waived.exists() {
        waivers::read(&waived).findings
    } else {
        read(&folder.join("contract.odcs.yaml"), None).findings
    }
}

#[test]
fn every_code_has_a_folder_that_gives_it_alone() {
    for (code, _) in CODES {
        let found = findings(&fixtures().join(code));
        check_findings(&found);
        let codes: Vec<&str> = found.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes, [code], "{}", all(&found));
    }
}

#[test]
fn what_just_keeps_a_rule_gives_no_finding() {
    for (code, _) in CODES.iter().filter(|(code, _)| code.starts_with("crosswalk-")) {
        let found = read_all(&mutirao_pipeline::read(&fixtures().join(code).join("keeps.yaml")));
        assert_eq!(found.findings, [], "{code}: {}", all(&found.findings));
        assert_eq!(found.contracts.len(), 1, "{code}");
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/invalid")
}
