//! `fixtures/invalid`: folders of findings that take more than a raster and its contract, each with what breaks just that and what keeps it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Net, Said};

/// Folders that the tests here read: their code, and what is said of what breaks it and of what keeps it.
const CASES: [(&str, [&[&str]; 2]); 4] = [
    (
        "contract-refused",
        [
            &["check", "plots.csv", "--contract", "contract.odcs.yaml", "--sarif", "-"],
            &["check", "plots.csv", "--contract", "keeps.odcs.yaml", "--sarif", "-"],
        ],
    ),
    (
        "files-differ",
        [
            &["check", "breaks_north.geojson", "breaks_south.geojson", "--contract", "contract.odcs.yaml", "--json"],
            &["check", "keeps_north.geojson", "keeps_south.geojson", "--contract", "contract.odcs.yaml", "--json"],
        ],
    ),
    (
        "rehearsal-undone",
        [
            &["check", "cover.tif", "--contract", "contract.odcs.yaml", "--network", "pipeline.yaml", "--json"],
            &["check", "cover.tif", "--contract", "contract.odcs.yaml", "--network", "keeps.yaml", "--json"],
        ],
    ),
    (
        "table-lines",
        [
            &["check", "breaks.csv", "--contract", "contract.odcs.yaml", "--json"],
            &["check", "keeps.csv", "--contract", "contract.odcs.yaml", "--json"],
        ],
    ),
];

fn fixture(code: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/invalid").join(code).canonicalize().unwrap()
}

/// All findings of an answer: code, how much it counts, and its words. Those of SARIF too, which calls them otherwise.
fn findings(said: &Said) -> Vec<(String, String)> {
    let body = said.json();
    let lists = ["/findings", "/contract_findings", "/rehearsal_findings", "/record_findings", "/runs/0/results"];
    let all = lists.into_iter().filter_map(|list| body.pointer(list)?.as_array()).flatten();
    let word = |one: &Value, keys: [&str; 2]| {
        keys.into_iter().find_map(|key| one.pointer(key)?.as_str()).unwrap_or_else(|| panic!("{said}")).to_owned()
    };
    let told = |one: &Value| {
        let severity = word(one, ["/severity", "/level"]);
        (word(one, ["/code", "/ruleId"]), format!("{severity}: {}", word(one, ["/message", "/message/text"])))
    };
    all.map(told).collect()
}

/// Asserts that the first answer tells a code alone, and the second one nothing; the words of the first.
fn one_alone(code: &str, [breaks, keeps]: [&Said; 2]) -> String {
    let found = findings(breaks);
    assert_eq!(found.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), [code], "{breaks}");
    assert_eq!(findings(keeps.ok()), [], "{code}: {keeps}");
    format!("{code} (exit code {}) {}\n", breaks.code.unwrap(), found[0].1)
}

#[test]
fn every_code_has_a_folder() {
    let others = ["waiver-unknown", "delivery-doubtful", "rehearsal-undone"];
    for code in mutirao_check::CODES.iter().map(|(code, _)| *code).chain(others) {
        assert!(fixture(code).join("contract.odcs.yaml").exists(), "{code}");
    }
}

#[test]
fn what_breaks_one_thing_breaks_it_alone_and_what_just_keeps_it_passes() {
    let net = Net::new([4, 4]);
    let mut told = String::new();
    for (code, commands) in CASES {
        let said = commands.map(|args| Said::of(net.command(args).current_dir(fixture(code)).output().unwrap()));
        told += &one_alone(code, said.each_ref());
    }
    // A list has one name, so what keeps it takes its place in a copy.
    for (code, list) in [("waiver-unknown", "waivers.csv"), ("delivery-doubtful", "deliveries.csv")] {
        let net = Net::new([4, 4]);
        for file in std::fs::read_dir(fixture(code)).unwrap() {
            let file = file.unwrap();
            net.write(file.file_name().to_str().unwrap(), std::fs::read(file.path()).unwrap());
        }
        let breaks = net.mutirao(&["lint", ".", "--json"]);
        net.write(list, std::fs::read(net.path("keeps.csv")).unwrap());
        told += &one_alone(code, [&breaks, &net.mutirao(&["lint", ".", "--json"])]);
    }
    insta::assert_snapshot!(told);
}
