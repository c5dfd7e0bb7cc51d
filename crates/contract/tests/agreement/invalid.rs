//! `fixtures/invalid`: a folder for each code, which gives that finding and no other.

use std::path::Path;

use mutirao_contract::{CODES, against::read_all, deliveries, read};
use mutirao_core::finding::Finding;

use crate::support::{all, check_findings};

fn findings(folder: &Path) -> Vec<Finding> {
    let (pipeline, lines) = (folder.join("pipeline.yaml"), folder.join("deliveries.csv"));
    if pipeline.exists() {
        read_all(&mutirao_pipeline::read(&pipeline)).findings
    } else if lines.exists() {
        deliveries::read(&lines).findings
    } else {
        read(&folder.join("contract.odcs.yaml"), None).findings
    }
}

#[test]
fn every_code_has_a_folder_that_gives_it_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/invalid");
    for (code, _) in CODES {
        let found = findings(&root.join(code));
        check_findings(&found);
        let codes: Vec<&str> = found.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes, [code], "{}", all(&found));
    }
}
