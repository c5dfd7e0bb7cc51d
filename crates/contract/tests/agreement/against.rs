//! Contracts against the pipeline that names them.

use std::path::PathBuf;

use mutirao_contract::against::{Contracts, read_all};
use mutirao_core::finding::{Severity, Where};
use tempfile::TempDir;

use crate::support::{GOOD, all, check_findings};

const PIPELINE: &str = r#"mutirao: 1
id: amapa
version: 2026.1
license: CC-BY-4.0
grid: { crs: EPSG:31976, origin: [600000, 210000], resolution: 30, size: [32, 32] }
legend: legend.csv
periods: [2019, 2020]
partners:
  anm: { license: CC-BY-4.0 }
layers:
  mining: { partner: anm, contract: contracts/mining.odcs.yaml, source: "mining_{period}.tif", classes: [30], nodata: 0 }
coverage: { method: first }
"#;

struct Network(TempDir);

impl Network {
    fn new(pipeline: &str, contract: &str) -> Network {
        let network = Network(tempfile::tempdir().unwrap());
        std::fs::create_dir(network.path("contracts")).unwrap();
        std::fs::create_dir(network.path("data")).unwrap();
        let legend = "id,parent,name,color\n3,,Forest,#1f8d49\n30,,Mining,#9c0027\n";
        let crosswalk = "from,to,note\n1,30,a mine\n";
        for (name, text) in [
            ("pipeline.yaml", pipeline),
            ("legend.csv", legend),
            ("mining.csv", crosswalk),
            ("mining_2019.tif", ""),
            ("mining_2020.tif", ""),
            ("data/state.gpkg", ""),
            ("contracts/mining.odcs.yaml", contract),
        ] {
            std::fs::write(network.path(name), text).unwrap();
        }
        network
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    #[track_caller]
    fn read(&self) -> Contracts {
        let contracts = read_all(&mutirao_pipeline::read(&self.path("pipeline.yaml")));
        check_findings(&contracts.findings);
        contracts
    }
}

fn contract() -> String {
    GOOD.replace("status: active\n", "status: active\ntenant: Amapa-Network\n")
        .replace("  - { property: license", "  - { property: partner, value: anm }\n  - { property: license")
}

/// Expects one finding at the contract, after a change of the contract or of the pipeline.
#[track_caller]
fn expect(pipeline: (&str, &str), of_contract: (&str, &str), code: &str, words: &str) {
    assert!(PIPELINE.contains(pipeline.0) && contract().contains(of_contract.0), "{pipeline:?} {of_contract:?}");
    let contract = contract().replacen(of_contract.0, of_contract.1, 1);
    let network = Network::new(&PIPELINE.replacen(pipeline.0, pipeline.1, 1), &contract);
    let found = network.read().findings;
    assert_eq!(found.len(), 1, "{}", all(&found));
    assert_eq!(found[0].code, code, "{}", all(&found));
    assert!(all(&found).contains(words), "{}", all(&found));
    assert_eq!(found[0].layer.as_deref(), Some("mining"));
    let Some(Where::File(place)) = &found[0].place else { panic!("{found:?}") };
    assert!(place.file.ends_with("mining.odcs.yaml"));
}

const SAME: (&str, &str) = ("", "");

#[test]
fn a_contract_that_agrees_says_nothing() {
    let network = Network::new(PIPELINE, &contract());
    let read = network.read();
    assert_eq!(read.findings, [], "{}", all(&read.findings));
    assert_eq!((read.contracts.len(), read.sources.len()), (1, 1));
    // A URN is the same CRS; a definition in full may be.
    for crs in ["urn:ogc:def:crs:EPSG::31976", "epsg:31976", "+proj=utm +zone=22 +south"] {
        let network = Network::new(PIPELINE, &contract().replace("\"EPSG:31976\"", &format!("\"{crs}\"")));
        assert_eq!(network.read().findings, [], "{crs}");
    }
    let warped = Network::new(
        &PIPELINE.replace("nodata: 0", "nodata: 0, resample: nearest"),
        &contract().replace("EPSG:31976\", resolution: 30", "EPSG:4326\", resolution: 0.0003"),
    );
    assert_eq!(warped.read().findings, [], "what is warped may lie on any grid");
}

#[test]
fn what_both_say_differently_is_told() {
    expect(SAME, ("id: mining", "id: urban"), "contract-other-layer", "names it for `mining`");
    expect(SAME, ("tenant: Amapa", "tenant: Bahia"), "contract-other-network", "tenant: amapa");
    expect(SAME, ("value: anm", "value: ibama"), "contract-other-partner", "binds ibama, and anm delivers");
    expect(SAME, ("EPSG:31976", "EPSG:31975"), "contract-grid", "in EPSG:31976");
    expect(SAME, ("resolution: 30", "resolution: 10"), "contract-grid", "10 x 10");
    expect(("resolution: 30,", "resolution: [30, 20],"), SAME, "contract-grid", "30 x 20");
    expect(("nodata: 0", "nodata: 255"), SAME, "contract-nodata", "nodata 255");
    expect(("nodata: 0", "nodata: none"), SAME, "contract-nodata", "nodata none");
    expect(SAME, ("allowed: [30]", "allowed: [3, 30]"), "contract-classes", "allows 3");
    expect(("classes: [30]", "classes: [3, 30]"), SAME, "contract-classes", "takes 3");
    expect(SAME, ("allowed: [30]", "allowed: [30], crosswalk: mining.csv"), "contract-crosswalk", "is none");
    expect(SAME, ("value: [2019, 2020]", "value: [..2019]"), "contract-periods", "takes 2020");
    expect(SAME, ("license, value: CC-BY-4.0", "license, value: CC0-1.0"), "contract-licence", "under CC-BY-4.0");
}

#[test]
fn the_network_is_pointed_at_where_it_stands() {
    let network = Network::new(PIPELINE, &contract().replace("tenant: Amapa", "tenant: Bahia"));
    let found = network.read().findings;
    let Some(Where::File(place)) = &found[0].place else { panic!("{found:?}") };
    let line = contract().lines().position(|line| line.starts_with("tenant:")).unwrap() as u32 + 1;
    assert_eq!((place.line, place.column), (line, 9), "{}", all(&found));
}

#[test]
fn grids_are_compared_by_their_nodes() {
    let origin = |at: &str| format!("resolution: 30, origin: {at} }}");
    let grid = "resolution: 30 }";
    expect(SAME, (grid, &origin("[600015, 210000]")), "contract-grid", "0.5 pixels east and 0 north");
    expect(SAME, (grid, &origin("[600000, 209991]")), "contract-grid", "0 pixels east and -0.3 north");
    for same in ["[600000, 210000]", "[0, 0]", "[-30, 60]", "[600000.2, 210029.8]", "[500011, 200010]"] {
        let network = Network::new(PIPELINE, &contract().replace(grid, &origin(same)));
        let found = network.read().findings;
        assert_eq!(found.is_empty(), same != "[500011, 200010]", "{same}: {}", all(&found));
    }
    let warped = PIPELINE.replace("nodata: 0", "nodata: 0, resample: nearest");
    let network = Network::new(&warped, &contract().replace(grid, &origin("[600015, 210000]")));
    assert_eq!(network.read().findings, [], "what is warped may lie on any grid");
}

#[test]
fn a_line_of_the_agreed_nodata_is_told() {
    let pipeline = PIPELINE.replace("classes: [30], nodata: 0", "crosswalk: mining.csv");
    let text = contract().replace("allowed: [30]", "allowed: [30], crosswalk: mining.csv");
    let network = Network::new(&pipeline, &text);
    std::fs::write(network.path("mining.csv"), "from,to,note\n1,30,\n0,30,\n").unwrap();
    let found = network.read().findings;
    assert_eq!(found.len(), 1, "{}", all(&found));
    assert_eq!(found[0].code, "crosswalk-nodata");
    assert!(found[0].message.contains("of 0, which the contract declares"), "{}", all(&found));
    std::fs::write(network.path("mining.csv"), "from,to,note\n1,30,\n0,,\n").unwrap();
    assert_eq!(network.read().findings, []);
}

#[test]
fn members_have_contracts_of_their_own_or_share_one() {
    let members = |one: &str, other: &str| {
        let member = |name: &str, contract: &str, region: u8| {
            format!(
                "      {name}: {{ source: \"mining_{{period}}.tif\", contract: {contract}, area: {{ biomes: {region} }}, classes: [30] }}\n"
            )
        };
        let layers = format!(
            "layers:\n  mining:\n    partner: anm\n    members:\n{}{}  biomes: {{ source: mining_2019.tif, role: region, classes: [1, 2] }}\n",
            member("north", one, 1),
            member("south", other, 2)
        );
        let from = PIPELINE.find("layers:").unwrap();
        let to = PIPELINE.find("coverage:").unwrap();
        format!("{}{layers}{}", &PIPELINE[..from], &PIPELINE[to..])
    };
    let network = Network::new(&members("contracts/mining.odcs.yaml", "contracts/south.odcs.yaml"), &contract());
    let south = contract().replace("id: mining", "id: mining-south").replace("mining.first", "mining-south.first");
    std::fs::write(network.path("contracts/south.odcs.yaml"), &south).unwrap();
    let read = network.read();
    assert_eq!(read.findings, [], "{}", all(&read.findings));
    let names: Vec<_> = read.contracts.iter().map(|(named, one)| (named.member.as_deref(), one.id.as_str())).collect();
    assert_eq!(names, [(Some("north"), "mining"), (Some("south"), "mining-south")]);
    std::fs::write(network.path("contracts/south.odcs.yaml"), south.replace("mining-south", "mining-north")).unwrap();
    let found = network.read().findings;
    assert_eq!(
        found.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(),
        ["contract-other-layer"],
        "{}",
        all(&found)
    );
}

#[test]
fn contracts_of_a_broken_pipeline_are_read_too() {
    let network = Network::new(
        &PIPELINE.replace("version: 2026.1\n", ""),
        &contract().replace("allowed: [30]", "allowed: [30+]"),
    );
    assert_eq!(network.read().findings, [], "the legend is there");
    let network =
        Network::new(&PIPELINE.replace("version: 2026.1\n", ""), &contract().replace("check: grid", "check: gird"));
    let found = network.read().findings;
    assert_eq!((found.len(), found[0].severity), (1, Severity::Error), "{}", all(&found));
}

#[test]
fn files_that_a_contract_names_must_be_there() {
    expect(SAME, ("data/state.gpkg", "data/stat.gpkg"), "missing-file", "did you mean \"state.gpkg\"?");
    let grid = "check: grid }";
    let points = |more: &str| format!("check: acceptance-points, points: acceptance/mines.csv{more} }}");
    expect(SAME, (grid, &points("")), "missing-file", "`acceptance/mines.csv` is not there");
    expect(SAME, (grid, "check: accuracy, samples: samples.csv, min: 0.8 }"), "missing-file", "`samples.csv`");
    for there in [points(", withheld: true"), points("").replace("acceptance/mines", "mining")] {
        let network = Network::new(PIPELINE, &contract().replace(grid, &there));
        assert_eq!(network.read().findings, [], "{there}");
    }
}

#[test]
fn a_file_that_all_objects_name_is_told_once() {
    let text = contract().replace(
        "  - { property: license",
        "  - { property: area, value: { source: gone.gpkg } }\n  - { property: license",
    );
    let own = "      - { property: area, value: { source: data/state.gpkg, buffer_m: 300 } }\n";
    let found = Network::new(PIPELINE, &text.replace(own, "")).read().findings;
    assert_eq!((found.len(), found[0].code.as_str()), (1, "missing-file"), "{}", all(&found));
}

#[test]
fn a_broken_contract_is_held_against_the_pipeline_all_the_same() {
    let codes = |from: &str, to: &str| -> Vec<String> {
        let text = contract().replace("check: grid", "check: gird");
        assert!(text.contains(from), "{from}");
        let read = Network::new(PIPELINE, &text.replacen(from, to, 1)).read();
        assert!(read.contracts.is_empty(), "it is broken");
        read.findings.into_iter().map(|finding| finding.code).collect()
    };
    assert_eq!(codes("EPSG:31976", "EPSG:31975"), ["contract-unknown-check", "contract-grid"]);
    assert_eq!(codes("data/state", "data/gone"), ["contract-unknown-check", "missing-file"]);
    // What follows from the mistake itself is not told.
    assert_eq!(codes("id: mining\n", ""), ["missing-key", "contract-unknown-check"]);
    let broken_list = "value: [2019, [2020]]";
    assert_eq!(codes("value: [2019, 2020]", broken_list), ["wrong-type", "contract-unknown-check"]);
}
