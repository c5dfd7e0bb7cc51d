//! The lists beside a pipeline, `deliveries.csv` and `waivers.csv`: what is broken stops a run, and `lint` tells it.

use std::fs;

use crate::{
    gate::{DELIVERIES, WAIVERS, delivered, network, quality, readme, run, waive},
    support::{Net, Tif},
};

/// A network whose mines are as agreed.
fn agreed() -> Net {
    let net = network();
    fs::copy(net.path("mines_v2_2019.tif"), net.path("mines_v2_2020.tif")).unwrap();
    net
}

#[test]
fn a_broken_list_of_deliveries_stops_the_run() {
    let net = agreed();
    net.mutirao(&["lint", "."]).ok();
    for broken in [delivered(&net).replacen(",pass,", ",passed,", 1), "layer,period\n".to_owned(), String::new()] {
        net.write("deliveries.csv", &broken);
        run(&net, &[]).fails(1, &["error[deliveries-", "deliveries.csv is not in order", "nothing was run"]);
        assert_eq!(net.left(), [""; 0], "nothing is published");
        let json = run(&net, &["--json"]).json();
        assert!(json["findings"][0]["code"].as_str().unwrap().starts_with("deliveries-"), "{json}");
        net.mutirao(&["lint", "."]).fails(1, &["error[deliveries-", "deliveries.csv:"]);
    }
    net.write("deliveries.csv", delivered(&net));
    net.mutirao(&["lint", "."]).ok();
    run(&net, &[]).ok();
}

#[test]
fn a_list_without_lines_is_kept() {
    let net = agreed();
    net.write("deliveries.csv", DELIVERIES);
    net.run(&["--overwrite", "--at", "2026-07-20T00:00:00Z"]).ok();
    assert_eq!(quality(&net, "mines")["card"]["due"], serde_json::json!({ "missing": 4 }));
    assert!(readme(&net).contains("| none recorded | 0 of 4 |"), "{}", readme(&net));
}

#[test]
fn deliveries_that_hardly_mean_what_they_say_are_told() {
    let net = agreed();
    let hash = "0".repeat(64);
    let header = "layer,period,partner,version,delivered_at,sha256,verdict,state\n";
    for (line, says, mend) in [
        ("mine,2020,PARTNER,1,2026-06-10T12:00:00Z", "did you mean \"mines\"?", "write `mines`"),
        ("mines,2020,nobody,1,2026-06-10T12:00:00Z", "\"nobody\" is not who delivers mines", "mines is delivered by"),
    ] {
        net.write("deliveries.csv", format!("{header}{line},{hash},pass,\n{line},{hash},pass,\n"));
        net.mutirao(&["lint", "."])
            .fails(0, &["warning[delivery-doubtful]", says, mend, "(2 lines)", "deliveries.csv:2:1"]);
    }
    // What the network no longer has is history.
    net.write("deliveries.csv", format!("{header}tides,1990,sea,1,2019-06-10T12:00:00Z,{hash},pass,\n"));
    assert!(!net.mutirao(&["lint", "."]).ok().err.contains("delivery-doubtful"));
}

#[test]
fn a_waiver_of_what_there_is_not_is_told() {
    let net = agreed();
    for (line, says, mend) in [
        (
            "mine,classes,,Ana,why",
            "\"mine\" is no layer; did you mean \"mines\"?",
            "known layers with a contract: base-west, mines",
        ),
        (
            "mines,flickers,,Ana,why",
            "\"flickers\" is no code of a finding; did you mean \"flicker\"?",
            "write `flicker`",
        ),
        ("mines,classes,2025,Ana,why", "\"2025\" is no period", "2019, 2020"),
    ] {
        net.write("waivers.csv", format!("{WAIVERS}{line},2026-12-31\n"));
        run(&net, &[]).fails(0, &["warning[waiver-unknown]", says, mend]);
        net.mutirao(&["lint", "."]).fails(0, &["warning[waiver-unknown]", says, mend]);
    }
    waive(&net, "overlap-differs", "2020", "2026-12-31");
    run(&net, &[]).fails(0, &["waiver-unused"]);
    let said = net.mutirao(&["lint", "."]);
    assert!(!said.ok().err.contains("waiver"), "{said}");
    waive(&net, "classes", "", "2026-07-01T00:00:00");
    for said in [run(&net, &[]), net.mutirao(&["lint", "."])] {
        said.fails(1, &["error[waivers-value]", "\"2026-07-01T00:00:00\" has no offset from UTC"]);
    }
}

#[test]
fn of_a_refused_layer_it_is_told_which_finding_is_waived() {
    let net = network();
    // Beside the patch that is too small, one of a class that is not agreed, of the legend's.
    let mut samples = vec![0; 400];
    (8..14).flat_map(|row| (9..15).map(move |col| row * 20 + col)).for_each(|at| samples[at] = 30);
    samples[0] = 15;
    net.tif("mines_v2_2020", &Tif::of(20, &samples));
    waive(&net, "minimum-mapping-unit", "", "2026-12-31");
    let said = run(&net, &[]);
    said.fails(
        1,
        &[
            "waived[minimum-mapping-unit]",
            "waived: Ana Prado allowed it until 2026-12-31: a shaft the size of a yard",
            "error[classes]",
            "(1 waived)",
        ],
    );
    assert!(!said.err.contains("error[minimum-mapping-unit]"), "{said}");
}
