//! `mutirao check --record`: which deliveries are written down, under which period and version.

use std::fs;

use crate::{
    gate::{CHECK, contract, network, raster, run},
    support::{Net, Said, hash_of_bytes},
};

/// A network whose first version of mines is delivered.
fn delivering() -> Net {
    let net = network();
    net.write("contracts/mines.odcs.yaml", contract("mines", "watch", "[30]", "mines_v1_{period}.tif"));
    net
}

fn record(net: &Net, more: &[&str]) -> Said {
    record_at(net, "2026-06-15T21:00:00Z", more)
}

fn record_at(net: &Net, received: &str, more: &[&str]) -> Said {
    net.mutirao(&[&CHECK[..], &["--record", "--received", received], more].concat())
}

/// Of the list's lines: period, version, hash, verdict.
fn lines(net: &Net) -> Vec<[String; 4]> {
    let Ok(text) = fs::read_to_string(net.path("deliveries.csv")) else { return Vec::new() };
    let fields = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let of = |line: Vec<String>| [1, 3, 5, 6].map(|at| line[at].clone());
    text.lines().skip(1).map(|line| of(fields(line))).collect()
}

fn hash(net: &Net, file: &str) -> String {
    hash_of_bytes(&fs::read(net.path(file)).unwrap())
}

#[test]
fn a_period_that_the_contract_has_not_is_refused_and_never_recorded() {
    let net = delivering();
    let args = ["check", "mines_v1_2020.tif", "--contract", "contracts/mines.odcs.yaml"];
    for (period, says) in [
        ("2030", "the contract has no period \"2030\""),
        ("202O", "did you mean \"2020\"?"),
        ("2019..2020", "the contract has no period \"2019..2020\""),
        ("02020", "the contract has no period \"02020\""),
        ("", "--period names no period"),
    ] {
        let args = [&args[..], &["--period", period]].concat();
        net.mutirao(&args).fails(1, &[says, "the contract's periods are 2019, 2020"]);
        let recorded = net.mutirao(&[&args[..], &["--record", "--received", "2026-06-15T21:00:00Z"]].concat());
        recorded.fails(1, &[says]);
        let json = net.mutirao(&[&args[..], &["--json"]].concat());
        assert_eq!((json.code, json.json()["verdict"].as_str()), (Some(1), Some("refused")), "{json}");
    }
    assert!(!net.path("deliveries.csv").exists());
    net.mutirao(&[&args[..], &["--period", "2020"]].concat()).ok();
}

#[test]
fn a_file_that_says_another_period_is_told() {
    let net = delivering();
    let args = ["check", "mines_v1_2019.tif", "--contract", "contracts/mines.odcs.yaml", "--period", "2020", "--json"];
    let codes = |said: &Said| -> Vec<String> {
        let body = said.json();
        body["findings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
    };
    let said = net.mutirao(&args);
    assert_eq!(codes(&said), ["period-differs"], "{said}");
    let finding = &said.ok().json()["findings"][0];
    assert_eq!([&finding["severity"], &finding["expected"], &finding["measured"]], ["warning", "2020", "2019"]);
    assert_eq!(finding["message"], "--period says 2020, and the name of mines_v1_2019.tif says 2019");
    // The description of its only band; what agrees is not told.
    net.tif("mines", &raster(0, Some((2, 3, 5, 30))).described("mines_2019"));
    let of = |period: &str| {
        let args = ["check", "mines.tif", "--contract", "contracts/mines.odcs.yaml", "--period", period, "--json"];
        net.mutirao(&args)
    };
    let said = of("2020");
    assert_eq!(codes(&said), ["period-differs"], "{said}");
    assert_eq!(said.json()["findings"][0]["where"]["band"], 1);
    assert_eq!(codes(&of("2019")), [""; 0]);
}

#[test]
fn a_pack_and_a_rehearsal_record_nothing() {
    let net = delivering();
    net.mutirao(&["contract", "pack", "mines", "--network", ".", "--out", "mines.zip"]).ok();
    let args = ["check", "nowhere.tif", "--contract", "mines.zip", "--record", "--received", "2026-06-15T21:00:00Z"];
    net.mutirao(&args).fails(2, &["cannot be recorded with a pack", "in the network's folder"]);
    record(&net, &["--network", "."]).fails(2, &["--network", "cannot be used with"]);
    assert!(!net.path("deliveries.csv").exists());
}

#[test]
fn what_is_not_there_was_not_delivered() {
    let net = delivering();
    fs::remove_file(net.path("mines_v1_2020.tif")).unwrap();
    record(&net, &[]).fails(1, &["there is no file mines_v1_2020.tif", "nothing recorded"]);
    assert!(!net.path("deliveries.csv").exists());
}

#[test]
fn what_cannot_be_written_down_is_judged_and_told_all_the_same() {
    let net = delivering();
    fs::create_dir(net.path(".deliveries.csv.lock")).unwrap();
    let said = record(&net, &[]);
    said.fails(4, &["pass: mines is as agreed", "error[unrecorded]", ".deliveries.csv.lock", "can be written"]);
    let said = record(&net, &["--json"]);
    let body = said.json();
    assert_eq!((said.code, &body["verdict"]), (Some(4), &"pass".into()), "{said}");
    assert_eq!(body["record_findings"][0]["code"], "unrecorded", "{said}");
    assert!(body["rules"].as_array().is_some_and(|rules| !rules.is_empty()), "{said}");
    // A list that is not in order is the network's to mend.
    fs::remove_dir(net.path(".deliveries.csv.lock")).unwrap();
    net.write("deliveries.csv", "layer,period\n");
    record(&net, &[]).fails(1, &["pass: mines is as agreed", "error[deliveries-", "deliveries.csv is not in order"]);
    assert_eq!(fs::read_to_string(net.path("deliveries.csv")).unwrap(), "layer,period\n");
}

#[test]
fn the_very_same_bytes_are_recorded_once() {
    let net = delivering();
    record(&net, &[]).fails(0, &["recorded: mines 2019, version 1: pass"]);
    let first = fs::read_to_string(net.path("deliveries.csv")).unwrap();
    let again = record_at(&net, "2026-06-20T21:00:00Z", &[]);
    again.fails(0, &["recorded already: mines 2019, version 1: pass", "recorded already: mines 2020, version 1: pass"]);
    assert_eq!(fs::read_to_string(net.path("deliveries.csv")).unwrap(), first);
    record_at(&net, "2026-06-20T21:00:00Z", &["--delivery", "2"]).fails(0, &["recorded: mines 2020, version 2: pass"]);
    // Judged by another contract: the same version, with what is said of it now.
    let stricter = contract("mines", "watch", "[3]", "mines_v1_{period}.tif");
    net.write("contracts/mines.odcs.yaml", &stricter);
    record_at(&net, "2026-06-21T21:00:00Z", &[]).fails(1, &["recorded: mines 2019, version 2: fail"]);
    assert_eq!(lines(&net).iter().map(|line| &*line[1]).collect::<Vec<_>>(), ["1", "1", "2", "2", "2", "2"]);
    // One of the files is another: a version is of all of them.
    net.write("contracts/mines.odcs.yaml", contract("mines", "watch", "[30]", "mines_v1_{period}.tif"));
    net.tif("mines_v1_2020", &raster(0, Some((2, 3, 6, 30))));
    record_at(&net, "2026-06-22T21:00:00Z", &[]).fails(0, &["recorded: mines 2019, version 3: pass"]);
    // What was taken back can come again.
    let hash = hash(&net, "mines_v1_2020.tif");
    let text = fs::read_to_string(net.path("deliveries.csv")).unwrap();
    net.write("deliveries.csv", format!("{text}mines,2020,watch,3,2026-06-23T21:00:00Z,{hash},pass,withdrawn\n"));
    record_at(&net, "2026-06-24T21:00:00Z", &[]).fails(0, &["recorded: mines 2020, version 4: pass"]);
}

#[test]
fn a_file_that_cannot_be_read_is_recorded_with_its_delivery() {
    let net = delivering();
    let whole = fs::read(net.path("mines_v1_2020.tif")).unwrap();
    // Cut off within the header, and within the pixels.
    for (length, verdict) in [(60, "fail"), (whole.len() - 40, "refused")] {
        let _ = fs::remove_file(net.path("deliveries.csv"));
        net.write("mines_v1_2020.tif", &whole[..length]);
        let said = record(&net, &[]);
        said.fails(1, &["error[unreadable]"]);
        let due = ["2019", "2020"].map(|period| {
            let hash = hash(&net, &format!("mines_v1_{period}.tif"));
            [period.to_owned(), "1".to_owned(), hash, lines(&net)[0][3].clone()]
        });
        assert_eq!(lines(&net), due, "{length}: {said}");
        assert!([verdict, "fail"].contains(&&*lines(&net)[0][3]), "{length}: {said}");
    }
    // By --period, where the name says nothing.
    let _ = fs::remove_file(net.path("deliveries.csv"));
    net.write("mines.tif", "no raster");
    let args = ["check", "mines.tif", "--contract", "contracts/mines.odcs.yaml", "--period", "2019"];
    net.mutirao(&[&args[..], &["--record", "--received", "2026-06-15T21:00:00Z"]].concat()).fails(1, &["refused"]);
    assert_eq!(lines(&net).iter().map(|line| [&*line[0], &*line[3]]).collect::<Vec<_>>(), [["2019", "refused"]]);
}

#[test]
fn deliveries_recorded_at_once_have_versions_of_their_own() {
    let net = delivering();
    let contract = "contracts/mines.odcs.yaml";
    let started: Vec<_> = (0..6)
        .map(|at: u32| {
            let name = format!("new_{at}_2020");
            net.tif(&name, &raster(0, Some((at, 3, 5, 30))));
            let args = ["check", &format!("{name}.tif"), "--contract", contract, "--period", "2020", "--threads", "1"];
            let more = ["--record", "--received", "2026-06-15T21:00:00Z"];
            net.command(&[&args[..], &more[..]].concat()).stdout(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    started.into_iter().for_each(|mut child| assert!(child.wait().unwrap().success()));
    let versions: Vec<String> = lines(&net).into_iter().map(|[_, version, ..]| version).collect();
    assert_eq!(versions, ["1", "2", "3", "4", "5", "6"]);
}

#[test]
fn a_delivery_of_another_day_than_today_is_warned_of() {
    let net = delivering();
    let warning = "which is still to come";
    record_at(&net, "2999-06-15T21:00:00Z", &[]).fails(0, &["warning: by --received", warning]);
    let _ = fs::remove_file(net.path("deliveries.csv"));
    let said = record(&net, &[]);
    assert!(!said.ok().err.contains(warning), "{said}");
}

#[test]
fn a_delivery_recorded_often_counts_once() {
    let net = delivering();
    record(&net, &[]).ok();
    record(&net, &["--delivery", "1"]).ok();
    record(&net, &["--delivery", "1"]).ok();
    net.write("contracts/mines.odcs.yaml", contract("mines", "watch", "[30]", "mines_v{version}_{period}.tif"));
    run(&net, &["--without", "mines"]).ok();
    assert_eq!(crate::gate::quality(&net, "mines")["card"]["deliveries"], serde_json::json!({ "pass": 2 }));
}
