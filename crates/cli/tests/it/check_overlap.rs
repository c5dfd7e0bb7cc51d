//! Tiles of a period that lie upon one another and differ: which of them counts is the pipeline's to say, and a check in its folder knows it.

use serde_json::Value;

use crate::{
    check::CONTRACT,
    support::{Net, Said, Tif},
};

/// A network with two tiles of 2020, of forest and of grass, that lie upon one another in 2 of their 10 columns.
fn network(contract: &str, overlap: &str) -> Net {
    let net = Net::new([18, 30]);
    let tile = |class: i32, left: f64| Tif { origin: [405_000.0 + left, 180_000.0], ..Tif::of(10, &[class; 300]) };
    net.tif("west", &tile(3, 0.0))
        .tif("east", &tile(15, 8.0 * 30.0))
        .write("mines.csv", "from,to\n3,3\n15,15\n30,30\n");
    net.write("contracts/mines.odcs.yaml", CONTRACT.split_once("    quality:\n").unwrap().0);
    let layer = format!("source: [west.tif, east.tif], crosswalk: mines.csv{contract}{overlap}");
    net.pipeline(&format!("layers:\n  mines: {{ {layer} }}\ncoverage: {{ method: first }}\n"));
    net
}

const NAMED: &str = ", contract: contracts/mines.odcs.yaml";

fn check(net: &Net, contract: &str, more: &[&str]) -> Said {
    let args = ["check", "west.tif", "east.tif", "--contract", contract, "--period", "2020", "--json"];
    net.mutirao(&[&args[..], more].concat())
}

/// The verdict, and what was found with how much it counts.
fn judged(said: &Said) -> (String, Vec<String>) {
    let body = said.json();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let found = body["findings"].as_array().unwrap().iter();
    (word(&body["verdict"]), found.map(|one| word(&one["severity"]) + " " + &word(&one["code"])).collect())
}

fn passes() -> (String, Vec<String>) {
    ("pass".to_owned(), vec!["info overlap-differs".to_owned()])
}

fn fails() -> (String, Vec<String>) {
    ("fail".to_owned(), vec!["error overlap-differs".to_owned()])
}

#[test]
fn a_check_in_the_networks_folder_knows_which_tile_counts() {
    for (overlap, forest, expected) in
        [(", overlap: first", 300, passes()), (", overlap: last", 240, passes()), ("", 300, fails())]
    {
        // By the file that the layer names, and by the layer's name.
        for contract in [NAMED, ""] {
            let said = check(&network(contract, overlap), "contracts/mines.odcs.yaml", &[]);
            assert_eq!(judged(&said), expected, "{contract}{overlap}: {said}");
            let classes = &said.json()["facts"]["periods"][0]["classes"];
            let counted = |class: u32| classes[class.to_string()].as_u64();
            assert_eq!((counted(3), counted(15)), (Some(forest), Some(540 - forest)), "{contract}{overlap}: {said}");
        }
    }
    let net = network(NAMED, "");
    net.write("pipeline.yaml", "layers: [");
    assert_eq!(judged(&check(&net, "contracts/mines.odcs.yaml", &[])), fails(), "a pipeline that says nothing");
}

#[test]
fn a_pack_says_which_tile_counts() {
    for (overlap, expected) in [(", overlap: first", passes()), (", overlap: last", passes()), ("", fails())] {
        let net = network(NAMED, overlap);
        net.mutirao(&["contract", "pack", "mines", "--network", "."]).ok();
        let said = check(&net, "mines-pack.zip", &[]);
        assert_eq!(judged(&said), expected, "{overlap}: {said}");
        let other = network("", "");
        let named = check(&net, "mines-pack.zip", &["--network", other.dir.path().to_str().unwrap()]);
        assert_eq!(judged(&named), fails(), "{overlap}: {named}");
    }
}

#[test]
fn a_network_that_is_named_counts_before_that_of_the_contracts_folder() {
    let net = network(NAMED, ", overlap: first");
    let own = std::fs::read_to_string(net.path("pipeline.yaml")).unwrap();
    let named = network("", "");
    let other = named.dir.path().to_str().unwrap();
    let with = |network: &str| check(&net, "contracts/mines.odcs.yaml", &["--network", network]);
    assert_eq!(judged(&with(other)), fails());
    named
        .write("pipeline.yaml", own.replace("first", "last"))
        .write("contracts/mines.odcs.yaml", std::fs::read_to_string(net.path("contracts/mines.odcs.yaml")).unwrap());
    let said = with(other);
    assert_eq!(judged(&said), passes());
    assert_eq!(said.json()["facts"]["periods"][0]["classes"]["15"], Value::from(300));
    // Its own, by folder and by file: the delivery is rehearsed too.
    for network in [".", "pipeline.yaml"] {
        let said = with(network);
        assert_eq!((judged(&said), said.json()["facts"]["rehearsal"]["layer"].as_str()), (passes(), Some("mines")));
    }
}
