//! Files that the network gives for its checks: where one cannot be used, nobody's delivery is at fault.

use std::fs;

use serde_json::Value;

use crate::{
    gate::{contract, network, raster, run},
    support::{Net, Said},
};

const RULES: [&str; 2] = [
    "check: accuracy, samples: samples.csv, estimator: stehman2014, strata: strata.csv, min: 0.5, withheld: true",
    "check: acceptance-points, points: points.csv, withheld: true",
];

/// A network whose mines are as agreed, with a rule that needs a file.
fn asking(rule: &str) -> Net {
    let net = network();
    net.tif("mines_v2_2020", &raster(0, Some((8, 9, 6, 30))));
    let rule = format!("      - {{ type: custom, engine: mutirao, implementation: {{ {rule} }} }}\nslaProperties:");
    let text = contract("mines", "watch", "[30]", "mines_v{version}_{period}.tif");
    net.write("contracts/mines.odcs.yaml", text.replace("slaProperties:", &rule));
    // Two mines in the patch, and one place that is none of the layer's.
    let samples = [(9, 10), (10, 11), (0, 0)]
        .map(|(col, row)| format!("{},{},2019,mine,30\n", 405_015 + 30 * col, 179_985 - 30 * row));
    net.write("samples.csv", format!("x,y,period,stratum,reference\n{}", samples.concat()));
    net.write("strata.csv", "stratum,pixels,area_ha\nmine,36,3.24\n");
    net.write("points.csv", format!("x,y,period,class\n{},{},2019,30\n", 405_015 + 30 * 9, 179_985 - 30 * 10));
    net
}

fn check(net: &Net, more: &[&str]) -> Said {
    let args = ["check", "mines_v2_2019.tif", "mines_v2_2020.tif", "--contract", "contracts/mines.odcs.yaml"];
    net.mutirao(&[&args[..], &["--record", "--received", "2026-06-15T21:00:00Z"], more].concat())
}

fn verdicts(net: &Net) -> Vec<String> {
    let text = fs::read_to_string(net.path("deliveries.csv")).unwrap();
    let verdicts = text.lines().skip(1).map(|line| line.split(',').nth(6).unwrap().to_owned()).collect();
    fs::remove_file(net.path("deliveries.csv")).unwrap();
    verdicts
}

fn error(said: &Said, code: &str) -> Value {
    let body = said.json();
    let found = body["findings"].as_array().unwrap().iter().find(|one| one["code"] == code).cloned();
    found.unwrap_or_else(|| panic!("{body:#}"))
}

#[test]
fn a_delivery_is_refused_and_not_failed_for_a_file_of_the_network() {
    for (rule, code, file) in [
        (RULES[0], "accuracy", "samples.csv"),
        (RULES[0], "accuracy", "strata.csv"),
        (RULES[1], "acceptance-points", "points.csv"),
    ] {
        let net = asking(rule);
        check(&net, &[]).ok();
        assert_eq!(verdicts(&net), ["pass", "pass"]);
        for unreadable in [true, false] {
            if unreadable {
                net.write(file, "x;y\n");
            } else {
                fs::remove_file(net.path(file)).unwrap();
            }
            let said = check(&net, &["--json", "--junit", "check.xml"]);
            assert_eq!((said.code, &said.json()["verdict"]), (Some(1), &Value::from("refused")), "{said}");
            assert_eq!(verdicts(&net), ["refused", "refused"], "{said}");
            let found = error(&said, code);
            assert_eq!(found["network"], true, "{said}");
            assert!(found["where"]["file"].as_str().unwrap().ends_with(file) && found["mend"].is_string(), "{said}");
            let junit = fs::read_to_string(net.path("check.xml")).unwrap();
            assert!(junit.contains("failures=\"1\" errors=\"0\" skipped=\"0\""), "{junit}");
            let said = run(&net, &[]);
            said.fails(
                1,
                &[file, "refused: mines of Mine Watch cannot be judged", "--without mines", "nothing was run"],
            );
            assert!(!said.err.contains("breaks its contract"), "{said}");
            // No waiver is for what nobody judged.
            crate::gate::waive(&net, code, "", "2026-12-31");
            run(&net, &[]).fails(1, &["cannot be judged"]);
            fs::remove_file(net.path("waivers.csv")).unwrap();
        }
        // What the delivery itself breaks is told and counted as ever.
        let mut odd = raster(0, Some((8, 9, 6, 30)));
        odd.bands[0][18 * 20 + 4] = 30;
        net.tif("mines_v2_2020", &odd);
        check(&net, &[]).fails(1, &["error[minimum-mapping-unit]", file]);
        assert_eq!(verdicts(&net), ["fail", "fail"]);
        run(&net, &[]).fails(1, &["breaks its contract", file]);
    }
}

#[test]
fn an_area_that_is_not_there_fails_no_delivery() {
    let net = asking("check: valid-share, min_share: 0.01");
    let text = fs::read_to_string(net.path("contracts/mines.odcs.yaml")).unwrap();
    let area = "    customProperties:\n      - { property: area, value: { source: area.tif } }\n";
    net.write("contracts/mines.odcs.yaml", text.replacen("    customProperties:\n", area, 1));
    net.tif("area", &raster(1, None));
    check(&net, &[]).ok();
    assert_eq!(verdicts(&net), ["pass", "pass"]);
    fs::remove_file(net.path("area.tif")).unwrap();
    check(&net, &[]).fails(1, &["error[area-missing]", "refused"]);
    assert_eq!(verdicts(&net), ["refused", "refused"]);
}

#[test]
fn lint_misses_every_file_that_is_not_withheld() {
    let net = asking(RULES[0]);
    for file in ["samples.csv", "strata.csv"] {
        fs::remove_file(net.path(file)).unwrap();
    }
    // Partners have none of these.
    net.mutirao(&["lint", "."]).ok();
    let text = fs::read_to_string(net.path("contracts/mines.odcs.yaml")).unwrap();
    net.write("contracts/mines.odcs.yaml", text.replace(", withheld: true", ""));
    net.mutirao(&["lint", "."]).fails(1, &["error[missing-file]", "samples.csv", "strata.csv"]);
}

#[test]
fn lint_tells_of_files_that_are_withheld_here_and_given_there() {
    let net = asking(RULES[1]);
    let open = RULES[1].replace(", withheld: true", "").replace("points.csv", "./points.csv");
    let rule = format!("      - {{ type: custom, engine: mutirao, implementation: {{ {open} }} }}\nslaProperties:");
    net.mutirao(&["lint", "."]).ok();
    let with = |name: &str| {
        let path = format!("contracts/{name}.odcs.yaml");
        let text = fs::read_to_string(net.path(&path)).unwrap();
        net.write(&path, text.replace("slaProperties:", &rule));
        text
    };
    // In one contract, as `contract pack` says it.
    let text = with("mines");
    let words = ["error[contract-withheld]", "the contract names ./points.csv twice, and withholds it once"];
    net.mutirao(&["lint", "."]).fails(1, &words);
    net.mutirao(&["contract", "pack", "mines", "--network", ".", "--out", "mines.zip"]).fails(1, &words[1..]);
    net.write("contracts/mines.odcs.yaml", text);
    // In another partner's.
    with("west");
    let says = "the contract names ./points.csv, which ./contracts/mines.odcs.yaml withholds";
    net.mutirao(&["lint", "."]).fails(1, &["error[contract-withheld]", says, "west.odcs.yaml:"]);
}
