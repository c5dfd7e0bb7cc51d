//! `mutirao run` holds every layer with a contract against it before the merge: what is refused, and how a maintainer goes on.

use std::fs;

use serde_json::Value;

use crate::support::{Merged, Net, Tif, hash_of_bytes, samples};

const WIDTH: u32 = 20;
const AT: [&str; 2] = ["--at", "2026-07-01T12:00:00Z"];

/// The contract of a layer; the rule that mines be of a hectare breaks where a pixel stands alone.
pub(crate) fn contract(id: &str, partner: &str, classes: &str, name: &str) -> String {
    format!(
        "apiVersion: v3.1.0
kind: DataContract
id: {id}
version: 1.2.0
status: active
schema:
  - name: {id}
    physicalName: \"{name}\"
    physicalType: raster
    properties:
      - {{ name: class, physicalType: uint8 }}
    customProperties:
      - {{ property: grid, value: {{ crs: \"EPSG:31976\", resolution: 30, tolerance: 0.01 }} }}
      - {{ property: nodata, value: {{ value: 0, declared: true }} }}
      - {{ property: classes, value: {{ allowed: {classes} }} }}
      - {{ property: periods, value: [\"2019\", \"2020\"] }}
    quality:
      - {{ type: custom, name: no class but those agreed on, engine: mutirao, implementation: {{ check: classes }} }}
      - type: custom
        name: nothing below one hectare
        engine: mutirao
        implementation: {{ check: minimum-mapping-unit, min_ha: 1.0, connectivity: 8, at_edges: true }}
slaProperties:
  - {{ property: dueDate, value: \"2026-06-15\", element: {id}.first-version }}
  - {{ property: dueDate, value: \"2026-07-10\", element: {id}.revised }}
  - {{ property: grace, value: 3, unit: d, element: {id} }}
customProperties:
  - {{ property: license, value: CC0-1.0 }}
  - {{ property: partner, value: {partner} }}
  - {{ property: timezone, value: America/Belem }}
"
    )
}

/// The layers, with `{mines}` and `{west}` to be filled in.
const LAYERS: &str = "license: CC0-1.0
partners:
  lab: { name: Map Lab, license: CC0-1.0 }
  watch: { name: Mine Watch, license: CC0-1.0 }
layers:
  zones: { source: zones.tif, role: region, classes: [1, 2], license: CC0-1.0, static: true }
  base:
    members:
      west: { partner: lab, contract: contracts/west.odcs.yaml, source: \"west_{period}.tif\", classes: [3, 15], area: { zones: [1] } }
      east: { partner: lab, source: \"east_{period}.tif\", classes: [3, 15], area: { zones: [2] } }
  mines: { partner: watch, version: \"2\", contract: contracts/mines.odcs.yaml, source: \"mines_v{version}_{period}.tif\", classes: [30] }
coverage:
  rules:
    - { take: { mines: 30 } }
    - { take: { base: [3, 15] } }
";

/// A raster of 20 by 20 pixels of one class, in which a square of another has its corner at a place.
pub(crate) fn raster(ground: i32, square: Option<(u32, u32, u32, i32)>) -> Tif {
    let mut samples = vec![ground; (WIDTH * WIDTH) as usize];
    if let Some((col, row, side, value)) = square {
        for (x, y) in (0..side).flat_map(|y| (0..side).map(move |x| (x, y))) {
            samples[((row + y) * WIDTH + col + x) as usize] = value;
        }
    }
    Tif::of(WIDTH, &samples)
}

/// A network whose newest mines of 2020 have a patch that is too small, and whose version 1 has none.
pub(crate) fn network() -> Net {
    let net = Net::of_periods([WIDTH, WIDTH], "[2019, 2020]");
    net.pipeline(LAYERS);
    net.write("contracts/west.odcs.yaml", contract("base-west", "lab", "[3, 15]", "west_{period}.tif"));
    net.write("contracts/mines.odcs.yaml", contract("mines", "watch", "[30]", "mines_v{version}_{period}.tif"));
    let halves: Vec<i32> = (0..WIDTH * WIDTH).map(|at| if at % WIDTH < 10 { 1 } else { 2 }).collect();
    net.tif("zones", &Tif::of(WIDTH, &halves));
    for period in ["2019", "2020"] {
        net.tif(&format!("west_{period}"), &raster(3, None));
        net.tif(&format!("east_{period}"), &raster(15, None));
        net.tif(&format!("mines_v1_{period}"), &raster(0, Some((2, 3, 5, 30))));
        net.tif(&format!("mines_v2_{period}"), &raster(0, Some((8, 9, 6, 30))));
    }
    let mut odd = raster(0, Some((8, 9, 6, 30)));
    odd.bands[0][18 * 20 + 4] = 30;
    net.tif("mines_v2_2020", &odd);
    net
}

/// A line of the list of deliveries, with the hash of the file that stands there now.
pub(crate) fn line(net: &Net, version: &str, period: &str, came: &str, verdict: &str, state: &str) -> String {
    let bytes = fs::read(net.path(&format!("mines_v{version}_{period}.tif"))).unwrap();
    format!("mines,{period},watch,{version},{came},{},{verdict},{state}\n", hash_of_bytes(&bytes))
}

pub(crate) const DELIVERIES: &str = "layer,period,partner,version,delivered_at,sha256,verdict,state\n";

/// Version 1 came and passed, version 2 came and failed.
pub(crate) fn delivered(net: &Net) -> String {
    let lines = [("1", "2026-06-10T09:00:00-03:00", "pass"), ("2", "2026-06-20T09:00:00-03:00", "fail")];
    let lines = lines.map(|(version, came, verdict)| {
        ["2019", "2020"].map(|period| line(net, version, period, came, verdict, "")).concat()
    });
    format!("{DELIVERIES}{}", lines.concat())
}

fn manifest(net: &Net) -> Value {
    serde_json::from_slice(&fs::read(net.release().join("manifest.json")).unwrap()).unwrap()
}

pub(crate) fn readme(net: &Net) -> String {
    fs::read_to_string(net.release().join("README.md")).unwrap()
}

/// What the manifest says of a layer.
pub(crate) fn quality(net: &Net, layer: &str) -> Value {
    let manifest = manifest(net);
    let of = |list: &Value| list.as_array().unwrap().iter().find(|one| one["layer"] == layer).cloned();
    of(&manifest["quality"]).unwrap_or_else(|| panic!("{layer} is not in {}", manifest["quality"]))
}

pub(crate) fn run(net: &Net, more: &[&str]) -> crate::support::Said {
    net.run(&[&["--overwrite"], &AT[..], more].concat())
}

#[test]
fn a_layer_that_breaks_its_contract_stops_the_run() {
    let net = network();
    let said = run(&net, &[]);
    said.fails(1, &["refused: mines of Mine Watch", "minimum-mapping-unit", "period 2020", "--without mines"]);
    assert_eq!(net.left(), [""; 0], "nothing is published");
    let json = run(&net, &["--json"]);
    assert_eq!((json.code, &*json.err), (Some(1), ""));
    let json = json.json();
    assert_eq!(json["verdict"], "refused");
    let [check] = &json["checks"].as_array().unwrap()[..] else { panic!("{json}") };
    assert_eq!([&check["layer"], &check["partner"], &check["verdict"]], ["mines", "watch", "fail"]);
    assert!(check["findings"].as_array().unwrap().iter().any(|one| one["code"] == "minimum-mapping-unit"), "{check}");
}

#[test]
fn a_draft_is_not_judged() {
    let net = network();
    run(&net, &["--draft"]).ok();
    assert_eq!(net.left(), ["draft"]);
}

/// The pixels of a run of the same network with other rules and members.
fn by_hand(edit: impl Fn(&str) -> String) -> Vec<Vec<Vec<i32>>> {
    let net = network();
    net.pipeline(&edit(LAYERS));
    run(&net, &[]).ok();
    classes(&net)
}

fn classes(net: &Net) -> Vec<Vec<Vec<i32>>> {
    ["2019", "2020"].map(|period| samples(&net.release().join(format!("coverage/{period}.tif")))).into()
}

#[test]
fn without_a_layer_the_map_is_that_of_rules_without_it() {
    let net = network();
    // What is left out need not be there at all.
    fs::remove_file(net.path("mines_v2_2019.tif")).unwrap();
    fs::remove_file(net.path("mines_v2_2020.tif")).unwrap();
    run(&net, &["--without", "mines"]).ok();
    let without = |text: &str| -> String {
        text.lines().filter(|line| !line.contains("mines")).map(|line| format!("{line}\n")).collect()
    };
    assert_eq!(classes(&net), by_hand(without));
    let told = quality(&net, "mines");
    assert_eq!([&told["treatment"], &told["verdict"]], [&Value::from("left-out"), &Value::Null]);
    assert!(readme(&net).contains("| mines | Mine Watch | left out | none | 0 of 0 |"), "{}", readme(&net));
}

#[test]
fn without_a_member_its_region_is_nothing() {
    let net = network();
    run(&net, &["--without", "base/west", "--without", "mines"]).ok();
    let own = Merged { release: net.release() }.bands("2020").class;
    let due: Vec<i32> = (0..WIDTH * WIDTH).map(|at| if at % WIDTH < 10 { 0 } else { 15 }).collect();
    assert_eq!(own, due);
    assert_eq!(quality(&net, "base/west")["treatment"], "left-out");
}

#[test]
fn names_that_are_none_are_mistakes_of_usage() {
    let net = network();
    run(&net, &["--without", "mine"]).fails(2, &["no layer mine", "base/west", "mines"]);
    run(&net, &["--without", "zones"]).fails(2, &["no layer zones that it can do without"]);
    run(&net, &["--last-passing", "mine"]).fails(2, &["no layer mine with a contract", "base/west, mines"]);
    run(&net, &["--last-passing", "base/east"]).fails(2, &["no layer base/east with a contract"]);
    assert_eq!(net.left(), [""; 0]);
}

#[test]
fn the_last_delivery_that_passed_is_taken_byte_for_byte() {
    let net = network();
    net.write("deliveries.csv", delivered(&net));
    run(&net, &["--last-passing", "mines"]).ok();
    let version = |text: &str| text.replace("version: \"2\"", "version: \"1\"");
    assert_eq!(classes(&net), by_hand(version));
    let told = quality(&net, "mines");
    assert_eq!(told["treatment"], serde_json::json!({ "last-passing": "1" }));
    assert!(readme(&net).contains("| pass; the earlier version 1 is taken |"), "{}", readme(&net));

    let release = fs::read(net.release().join("manifest.json")).unwrap();
    net.tif("mines_v1_2019", &raster(0, Some((1, 3, 5, 30))));
    let said = run(&net, &["--last-passing", "mines"]);
    said.fails(1, &["mines 2019", "mines_v1_2019.tif", "is not what was recorded as version 1"]);
    assert_eq!(fs::read(net.release().join("manifest.json")).unwrap(), release, "the release is as it was");
}

#[test]
fn a_delivery_that_was_taken_back_or_failed_is_not_taken() {
    let net = network();
    let said = run(&net, &["--last-passing", "mines"]);
    said.fails(1, &["no delivery of mines that passed stands in", "deliveries.csv", "--without it"]);
    let back = line(&net, "1", "2019", "2026-06-12T09:00:00-03:00", "pass", "withdrawn");
    net.write("deliveries.csv", delivered(&net) + &back);
    run(&net, &["--last-passing", "mines"]).fails(1, &["no delivery of mines that passed stands in"]);
    // Before it was taken back it stood; before it came there was none.
    net.run(&["--overwrite", "--at", "2026-06-11T12:00:00Z", "--last-passing", "mines"]).ok();
    net.run(&["--overwrite", "--at", "2026-06-09T12:00:00Z", "--last-passing", "mines"]).fails(1, &["no delivery of"]);
    // The same version again, after it failed: what came last counts.
    let lines = ["fail", "pass"].map(|verdict| {
        ["2019", "2020"].map(|period| line(&net, "1", period, "2026-06-10T09:00:00-03:00", verdict, "")).concat()
    });
    net.write("deliveries.csv", format!("{DELIVERIES}{}{}", lines[0], lines[1]));
    run(&net, &["--last-passing", "mines"]).ok();
    net.write("deliveries.csv", format!("{DELIVERIES}{}{}", lines[1], lines[0]));
    run(&net, &["--last-passing", "mines"]).fails(1, &["no delivery of mines that passed"]);
    net.write("deliveries.csv", "layer,period\n");
    run(&net, &["--last-passing", "mines"]).fails(1, &["mend the list of deliveries"]);
}

pub(crate) const WAIVERS: &str = "layer,code,period,allowed_by,why,until\n";

/// Writes one waiver for mines.
pub(crate) fn waive(net: &Net, code: &str, period: &str, until: &str) {
    net.write("waivers.csv", format!("{WAIVERS}mines,{code},{period},Ana Prado,a shaft the size of a yard,{until}\n"));
}

#[test]
fn a_waiver_lets_pass_what_it_names_and_leaves_traces() {
    let net = network();
    waive(&net, "minimum-mapping-unit", "", "2026-12-31");
    let said = run(&net, &[]);
    said.fails(0, &["warning[waived]", "Ana Prado", "a shaft the size of a yard", "2026-12-31"]);
    let told = quality(&net, "mines");
    assert_eq!(
        [&told["treatment"], &told["verdict"], &told["waived"]],
        [&"merged".into(), &"fail".into(), &Value::from(1)]
    );
    let waiver = "Ana Prado allowed it until 2026-12-31: a shaft the size of a yard";
    assert_eq!(told["findings"][0]["waiver"], waiver);
    assert!(readme(&net).contains(&format!("Waived: {waiver}.")), "{}", readme(&net));
    assert!(readme(&net).contains("| passes by a waiver |"));
    let page = fs::read_to_string(net.release().join("report/index.html")).unwrap();
    assert!(page.contains(&format!("<strong>Waived:</strong> {waiver}")));
    let picture = told["findings"][0]["picture"].as_str().unwrap();
    assert!(net.release().join(picture).is_file() && page.contains(&format!("../{picture}")), "{picture}");
    // The same waiver from elsewhere.
    fs::rename(net.path("waivers.csv"), net.path("other.csv")).unwrap();
    run(&net, &[]).fails(1, &["refused: mines"]);
    run(&net, &["--waivers", "other.csv"]).ok();
}

#[test]
fn a_waiver_is_for_its_time_its_period_and_its_finding() {
    let net = network();
    for (code, period, until, says) in [
        ("minimum-mapping-unit", "", "2026-06-30", "ended on 2026-06-30"),
        ("minimum-mapping-unit", "2019", "2026-12-31", "was not needed"),
        ("classes", "", "2026-12-31", "the waiver for classes of mines was not needed"),
    ] {
        waive(&net, code, period, until);
        run(&net, &[]).fails(1, &["refused: mines", says]);
    }
    waive(&net, "minimum-mapping-unit", "2020", "2026-07-01T12:00:00Z");
    run(&net, &[]).ok();
    waive(&net, "minimum-mapping-unit", "2020", "2026-07-01T11:59:59Z");
    run(&net, &[]).fails(1, &["ended on 2026-07-01T11:59:59Z"]);
    for wrong in ["mines,minimum-mapping-unit,,Ana,why,\n", "mines,minimum-mapping-unit,,,why,2026-12-31\n", "mines\n"]
    {
        net.write("waivers.csv", format!("{WAIVERS}{wrong}"));
        run(&net, &[]).fails(1, &["waivers.csv is not in order", "nothing was run"]);
    }
    run(&net, &["--waivers", "nowhere.csv"]).fails(1, &["nowhere.csv", "nothing was run"]);
}

#[test]
fn no_waiver_makes_a_merge_of_what_nobody_declared_or_can_read() {
    let net = network();
    net.write(
        "waivers.csv",
        format!(
            "{WAIVERS}{}",
            ["classes", "unreadable"].map(|code| format!("mines,{code},,Ana,try,2026-12-31\n")).concat()
        ),
    );
    let undeclared = raster(0, Some((8, 9, 6, 33)));
    net.tif("mines_v2_2020", &undeclared);
    run(&net, &[]).fails(1, &["error[unknown-class]", "33"]);
    assert_eq!(net.left(), [""; 0]);
    // A header that opens, without the pixels.
    let bytes = raster(0, None).bytes();
    net.write("mines_v2_2020.tif", &bytes[..bytes.len() - 40]);
    let said = run(&net, &[]);
    assert_eq!(said.code, Some(1), "{said}");
    assert_eq!(net.left(), [""; 0]);
}

#[test]
fn the_scorecard_counts_what_came_and_what_was_due() {
    let net = network();
    waive(&net, "minimum-mapping-unit", "", "2026-12-31");
    let mut text = delivered(&net);
    // 2019 came in time and was taken back; what replaced it came in grace: 18 June is three days after, in Belém.
    text += &line(&net, "1", "2019", "2026-06-11T09:00:00-03:00", "pass", "withdrawn");
    text += &line(&net, "2", "2019", "2026-06-18T23:59:59-03:00", "pass", "");
    net.write("deliveries.csv", &text);
    let card = |at: &str, layer: &str| {
        net.run(&["--overwrite", "--at", at]).ok();
        quality(&net, layer)["card"].clone()
    };
    // Before anything was due: what came is counted, no due date is.
    let own = card("2026-06-11T00:00:00Z", "mines");
    assert_eq!([&own["deliveries"], &own["due"]], [&serde_json::json!({ "pass": 2 }), &serde_json::json!({})]);
    // One second before the day ends in Belém, and one after it.
    assert_eq!(card("2026-06-16T02:59:59Z", "mines")["due"], serde_json::json!({}));
    assert_eq!(card("2026-06-16T03:00:00Z", "mines")["due"], serde_json::json!({ "in-grace": 1, "on-time": 1 }));
    let own = card("2026-07-01T00:00:00Z", "mines");
    // 2019 of version 2 failed and was judged again: one delivery, and what was said last.
    assert_eq!(own["deliveries"], serde_json::json!({ "pass": 2, "fail": 1 }), "the one taken back does not count");
    assert_eq!(own["due"], serde_json::json!({ "in-grace": 1, "on-time": 1 }));
    assert!(readme(&net).contains("| 7 of 8 | 2 of 3 | 1 of 2 |"), "{}", readme(&net));
    // A partner of whom nothing is written down is missing, by the same rule.
    assert_eq!(card("2026-07-01T00:00:00Z", "base/west")["due"], serde_json::json!({ "missing": 2 }));
    // The second milestone: nothing new came, 2020 stands in time by nothing.
    let own = card("2026-07-20T00:00:00Z", "mines");
    assert_eq!(own["due"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum::<u64>(), 4, "{own}");
    // Layers that are left out keep their due dates.
    net.run(&["--overwrite", "--at", "2026-07-01T00:00:00Z", "--without", "mines"]).ok();
    assert_eq!(quality(&net, "mines")["card"]["due"], serde_json::json!({ "in-grace": 1, "on-time": 1 }));
    // Where no list is kept nobody knows.
    fs::remove_file(net.path("deliveries.csv")).unwrap();
    assert_eq!(card("2026-07-01T00:00:00Z", "mines")["due"], serde_json::json!({}));
    assert!(readme(&net).contains("| none recorded | - |"));
}

/// The network, with a contract for the other member of `lab` too, whose raster of 2020 has a patch that is too small.
fn of_two_layers() -> Net {
    let net = network();
    net.pipeline(
        &LAYERS.replace("{ partner: lab, source", "{ partner: lab, contract: contracts/east.odcs.yaml, source"),
    );
    net.write("contracts/east.odcs.yaml", contract("base-east", "lab", "[3, 15]", "east_{period}.tif"));
    let mut odd = raster(15, None);
    odd.bands[0][18 * 20 + 4] = 3;
    net.tif("east_2020", &odd);
    let waiver = |layer: &str| format!("{layer},minimum-mapping-unit,,Ana Prado,too small,2026-12-31\n");
    net.write("waivers.csv", format!("{WAIVERS}{}{}", waiver("mines"), waiver("base-east")));
    net
}

#[test]
fn the_scorecard_of_a_partner_adds_all_its_layers() {
    let net = of_two_layers();
    let came = |layer: &str, period: &str, version: &str, time: &str, verdict: &str| {
        format!("{layer},{period},lab,{version},{time},{},{verdict},\n", "0".repeat(64))
    };
    let lines = [
        came("base-west", "2019", "1", "2026-06-10T09:00:00-03:00", "pass"),
        came("base-west", "2020", "1", "2026-06-15T23:59:59-03:00", "pass"),
        came("base-east", "2019", "1", "2026-06-10T09:00:00-03:00", "fail"),
        came("base-east", "2019", "2", "2026-06-17T09:00:00-03:00", "pass"),
    ];
    net.write("deliveries.csv", delivered(&net) + &lines.concat());
    run(&net, &[]).ok();
    let cards = manifest(&net)["scorecard"].clone();
    // By hand: 8 rules a layer, besides the layout of files, which binds nobody. West: 2 of 2 passed, both in time. East: 1 of 2 passed, 2019 came in grace, 2020 never.
    let due = serde_json::json!([
        {
            "partner": "lab", "partner_name": "Map Lab", "layers": ["base/west", "base/east"], "judged": 16, "kept": 15,
            "deliveries": { "pass": 3, "fail": 1 }, "due": { "on-time": 2, "in-grace": 1, "missing": 1 },
            "findings": { "logical consistency: topological": 1 },
        },
        {
            "partner": "watch", "partner_name": "Mine Watch", "layers": ["mines"], "judged": 8, "kept": 7,
            "deliveries": { "pass": 2, "fail": 2 }, "due": { "on-time": 2 },
            "findings": { "logical consistency: topological": 1 },
        },
    ]);
    assert_eq!(cards, due);
    let row = "| Map Lab | base/west, base/east | logical consistency: topological 1 | 15 of 16 | 3 of 4 | 2 of 4 |";
    assert!(readme(&net).contains(row), "{}", readme(&net));
    let page = fs::read_to_string(net.release().join("report/index.html")).unwrap();
    assert!(page.contains("Scorecard of partners, all their layers added"), "{page}");
    assert!(page.contains("<td class=\"number\">15 of 16</td><td class=\"number\">3 of 4</td>"), "{page}");
    // What a partner tries counts for nothing.
    let tried = ["check", "east_2019.tif", "east_2020.tif", "--contract", "contracts/east.odcs.yaml"];
    net.mutirao(&tried).fails(1, &[]);
    net.mutirao(&[&tried[..], &["--network", "."]].concat()).fails(1, &["rehearsal"]);
    run(&net, &[]).ok();
    assert_eq!(manifest(&net)["scorecard"], due);
    // A layer that is left out keeps what is written down of it.
    run(&net, &["--without", "base/east"]).ok();
    let own = manifest(&net)["scorecard"][0].clone();
    assert_eq!([&own["judged"], &own["kept"], &own["findings"]], [&8.into(), &8.into(), &serde_json::json!({})]);
    assert_eq!([&own["deliveries"], &own["due"]], [&due[0]["deliveries"], &due[0]["due"]]);
}

#[test]
fn partners_of_one_layer_are_told_once() {
    let net = network();
    run(&net, &["--without", "mines"]).ok();
    assert_eq!(manifest(&net)["scorecard"].as_array().map(Vec::len), Some(2));
    let page = fs::read_to_string(net.release().join("report/index.html")).unwrap();
    assert!(!readme(&net).contains("all their layers added") && !page.contains("all their layers added"));
}

pub(crate) const CHECK: [&str; 5] =
    ["check", "mines_v1_2019.tif", "mines_v1_2020.tif", "--contract", "contracts/mines.odcs.yaml"];

#[test]
fn deliveries_are_written_down_with_what_the_check_said() {
    let net = network();
    net.write("contracts/mines.odcs.yaml", contract("mines", "watch", "[30]", "mines_v1_{period}.tif"));
    net.mutirao(&CHECK).ok();
    net.mutirao(&[&CHECK[..], &["--at", "2026-06-16T12:00:00Z"]].concat())
        .fails(0, &["due 2026-06-15: first-version of 2019 (in-grace)", "due 2026-07-10: revised of 2020 (expected)"]);
    assert!(!net.path("deliveries.csv").exists(), "nothing is written down by trying");
    net.mutirao(&[&CHECK[..], &["--record"]].concat()).fails(2, &["--received"]);
    let record = |received: &str, more: &[&str]| {
        net.mutirao(&[&CHECK[..], &["--record", "--received", received], more].concat())
    };
    record("2026-06-15T23:00:00", &[]).fails(2, &["--received", "has no offset from UTC"]);
    record("2026-06-15", &[]).fails(2, &["has no offset from UTC"]);
    assert!(!net.path("deliveries.csv").exists());
    record("2026-06-15T23:00:00-03:00", &[]).fails(0, &["recorded: mines 2019, version 1: pass on-time"]);
    record("2026-06-20T08:00:00-03:00", &["--delivery", "2"]).fails(0, &["recorded: mines 2020, version 2: pass"]);
    let mut odd = raster(0, None);
    odd.bands[0][45] = 30;
    net.tif("mines_v1_2020", &odd);
    record("2026-06-21T08:00:00Z", &["--delivery", "3b"]).fails(1, &["recorded: mines 2020, version 3b: fail"]);
    let text = fs::read_to_string(net.path("deliveries.csv")).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let told: Vec<[&str; 6]> = rows.iter().map(|row| [row[0], row[1], row[2], row[3], row[4], row[6]]).collect();
    let due: Vec<[&str; 6]> = [
        ("1", "2026-06-15T23:00:00-03:00", "pass"),
        ("2", "2026-06-20T08:00:00-03:00", "pass"),
        ("3b", "2026-06-21T08:00:00Z", "fail"),
    ]
    .into_iter()
    .flat_map(|(version, came, verdict)| {
        ["2019", "2020"].map(|period| ["mines", period, "watch", version, came, verdict])
    })
    .collect();
    assert_eq!(told, due);
    assert_eq!(rows[5][5], hash_of_bytes(&odd.bytes()));
    // The first was in time; the second is for what is due next, the third passes nothing.
    assert_eq!([rows[0][7], rows[2][7], rows[4][7]], ["on-time", "on-time", ""]);
    net.mutirao(&[&CHECK[..], &["--at", "2026-06-22T12:00:00Z"]].concat()).fails(1, &[]);
    assert_eq!(fs::read_to_string(net.path("deliveries.csv")).unwrap(), text, "a try leaves no trace");
}

#[test]
fn several_files_of_a_period_have_one_digest() {
    let net = network();
    net.write("contracts/mines.odcs.yaml", contract("mines", "watch", "[30]", "mines_v1_{period}_{tile}.tif"));
    let tiles = [("b", 0.0), ("a", 600.0)].map(|(name, east)| {
        let mut tif = raster(0, Some((4, 4, 5, 30)));
        tif.origin[0] += east;
        net.tif(&format!("mines_v1_2020_{name}"), &tif);
        format!("{}  mines_v1_2020_{name}.tif\n", hash_of_bytes(&tif.bytes()))
    });
    let mut lines = tiles.to_vec();
    lines.sort();
    let args = ["check", "mines_v1_2020_b.tif", "mines_v1_2020_a.tif", "--contract", "contracts/mines.odcs.yaml"];
    let said = net
        .mutirao(&[&args[..], &["--period", "2020", "--record", "--received", "2026-06-15T23:00:00-03:00"]].concat());
    let text = fs::read_to_string(net.path("deliveries.csv")).unwrap_or_else(|_| panic!("{said}"));
    let rows: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(rows.len(), 1, "{text}");
    assert!(rows[0].contains(&format!(",{},", hash_of_bytes(lines.concat().as_bytes()))), "{text}");
}

#[test]
fn what_cannot_be_read_is_written_down_as_refused_with_its_hash() {
    let net = network();
    net.write("contracts/mines.odcs.yaml", contract("mines", "watch", "[30]", "mines_v1_{period}.tif"));
    net.write("mines_v1_2019.tif", "no raster").write("mines_v1_2020.tif", "neither");
    let args = [&CHECK[..], &["--record", "--received", "2026-06-15T23:00:00Z"]].concat();
    net.mutirao(&args).fails(1, &["refused"]);
    let text = fs::read_to_string(net.path("deliveries.csv")).unwrap();
    for (period, bytes) in [("2019", "no raster"), ("2020", "neither")] {
        let line =
            format!("mines,{period},watch,1,2026-06-15T23:00:00Z,{},refused,\n", hash_of_bytes(bytes.as_bytes()));
        assert!(text.contains(&line), "{line}\n{text}");
    }
}

#[test]
fn threads_and_time_change_nothing_of_what_is_told() {
    let net = network();
    waive(&net, "minimum-mapping-unit", "", "2026-12-31");
    net.write("deliveries.csv", delivered(&net));
    let told = |threads: &str| {
        run(&net, &["--threads", threads, "--fresh"]).ok();
        ["qa.parquet", "README.md"].map(|name| fs::read(net.release().join(name)).unwrap())
    };
    let first = told("1");
    assert!(first == told("3") && first == told("1"));
}
