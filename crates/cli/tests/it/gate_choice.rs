//! How a maintainer goes on: which version is the last that passed, and who made a release from which layers were left out.

use std::fs;

use serde_json::{Value, json};

use crate::{
    gate::{DELIVERIES, line, network, quality, readme, run},
    support::Net,
};

const CAME: [&str; 2] = ["2026-06-10T09:00:00-03:00", "2026-06-12T09:00:00-03:00"];

/// A line of version 1 or 2 that passed.
fn passed(net: &Net, version: &str, period: &str) -> String {
    line(net, version, period, CAME[usize::from(version == "2")], "pass", "")
}

#[test]
fn the_last_delivery_that_passed_did_so_for_all_periods() {
    let net = network();
    let first = ["2019", "2020"].map(|period| passed(&net, "1", period)).concat();
    // Version 2 is newer, and came for one period only; there was a period that the pipeline has no more.
    let gone = passed(&net, "1", "2019").replace(",2019,", ",2018,").replace(",watch,1,", ",watch,0,");
    net.write("deliveries.csv", format!("{DELIVERIES}{gone}{first}{}", passed(&net, "2", "2020")));
    run(&net, &["--last-passing", "mines"]).ok();
    assert_eq!(quality(&net, "mines")["treatment"], json!({ "last-passing": "1" }));

    let lines = [passed(&net, "1", "2019"), passed(&net, "2", "2020")].concat();
    net.write("deliveries.csv", format!("{DELIVERIES}{lines}"));
    let said = run(&net, &["--last-passing", "mines"]);
    said.fails(1, &["no delivery of mines that passed", "for all of its periods: version 2 has none of 2019"]);
}

#[test]
fn what_is_taken_back_is_known_by_its_bytes() {
    let net = network();
    let first = ["2019", "2020"].map(|period| passed(&net, "1", period)).concat();
    let back = line(&net, "1", "2019", CAME[1], "pass", "withdrawn");
    let hash = back.split(',').nth(5).unwrap();
    net.write("deliveries.csv", format!("{DELIVERIES}{first}{}", back.replace(hash, &"0".repeat(64))));
    run(&net, &["--last-passing", "mines"]).ok();
    net.write("deliveries.csv", format!("{DELIVERIES}{first}{back}"));
    run(&net, &["--last-passing", "mines"]).fails(1, &["no delivery of mines that passed"]);
}

#[test]
fn what_could_not_be_judged_again_stays_as_it_was_judged() {
    let net = network();
    let first = ["2019", "2020"].map(|period| passed(&net, "1", period)).concat();
    let card = |verdict: &str| {
        let again = line(&net, "1", "2019", CAME[1], verdict, "");
        net.write("deliveries.csv", format!("{DELIVERIES}{first}{again}"));
        run(&net, &["--last-passing", "mines"])
    };
    // The network lacked a file of its own that day.
    card("refused").ok();
    let card_of = quality(&net, "mines")["card"].clone();
    assert_eq!([&card_of["deliveries"], &card_of["due"]], [&json!({ "pass": 2 }), &json!({ "on-time": 2 })]);
    card("fail").fails(1, &["no delivery of mines that passed"]);
}

#[test]
fn a_layer_is_left_out_or_taken_as_it_was() {
    let net = network();
    run(&net, &["--without", "mines", "--last-passing", "mines"]).fails(2, &["mines", "say one of the two"]);
    run(&net, &["--without", "base", "--last-passing", "base/west"]).fails(2, &["base/west"]);
}

/// The names that a release's collection gives as those of its makers.
fn providers(net: &Net) -> Vec<String> {
    let text = fs::read(net.release().join("stac/collection.json")).unwrap();
    let collection: Value = serde_json::from_slice(&text).unwrap();
    let all = collection["providers"].as_array().unwrap().iter();
    all.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn who_is_left_out_is_no_author() {
    let net = network();
    run(&net, &["--without", "mines", "--without", "base/west"]).ok();
    let citation = fs::read_to_string(net.release().join("CITATION.cff")).unwrap();
    // Of Map Lab another member stays.
    assert!(citation.contains("Map Lab") && !citation.contains("Mine Watch"), "{citation}");
    assert!(!citation.contains("base / west"), "{citation}");
    let readme = readme(&net);
    assert!(readme.contains("> Map Lab\n"), "{readme}");
    assert!(readme.contains("| mines | Mine Watch | left out |"), "{readme}");
    assert!(readme.contains("| base / west | Map Lab | left out |"), "{readme}");
    assert!(readme.contains("| base / east | Map Lab | - |"), "{readme}");
    assert!(!providers(&net).contains(&"Mine Watch".to_owned()));
    let page = fs::read_to_string(net.release().join("report/index.html")).unwrap();
    let work = page.split_once("The map is the work of:").unwrap().1.split_once("</ul>").unwrap().0;
    assert!(work.contains("Map Lab") && !work.contains("Mine Watch"), "{work}");
    assert!(page.contains("<bdi>left out</bdi>"));
    // Pictures of findings keep within the page.
    let style = fs::read_to_string(net.release().join("report/style.css")).unwrap();
    assert!(style.contains("\nimg { max-width: 100%;"));
    net.mutirao(&["verify", net.release().to_str().unwrap()]).ok();
}
