//! `mutirao check` over `fixtures/invalid`: what breaks one check, and what just keeps it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mutirao_contract::checks::{CHECKS, Subject};
use serde_json::Value;

use crate::support::{Net, Said, Tif};

/// Codes of findings about deliveries that are no checks of the table.
const OTHERS: [&str; 6] = ["unreadable", "area-missing", "overlap-differs", "apart", "no-period", "period-differs"];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/invalid").canonicalize().unwrap()
}

/// The folders that hold a delivery, with the ending of its files.
fn folders() -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(fixtures()).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        for ending in ["tif", "geojson", "csv", "parquet"] {
            if !delivered(&folder, "breaks", ending).is_empty() {
                found.push((name.clone(), ending));
            }
        }
    }
    found.sort();
    found
}

fn delivered(folder: &Path, what: &str, ending: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> =
        names.filter(|name| name.starts_with(what) && name.ends_with(&format!(".{ending}"))).collect();
    names.sort();
    names
}

/// Checks what stands in a folder under a name.
fn check(net: &Net, code: &str, what: &str) -> Said {
    let folder = fixtures().join(code);
    let files = delivered(&folder, what, "tif");
    assert!(!files.is_empty(), "{code} has no {what}*.tif");
    let mut args = vec!["check"];
    args.extend(files.iter().map(String::as_str));
    args.extend(["--contract", "contract.odcs.yaml", "--json"]);
    if folder.join("previous.tif").exists() {
        args.extend(["--previous", "previous.tif"]);
    }
    if code == "period-differs" {
        args.extend(["--period", "2020"]);
    }
    Said::of(net.command(&args).current_dir(folder).output().unwrap())
}

fn findings(body: &Value) -> Vec<&Value> {
    body["findings"].as_array().unwrap().iter().collect()
}

#[test]
fn every_check_of_rasters_has_a_folder() {
    let found: BTreeSet<String> =
        folders().into_iter().filter(|(_, ending)| *ending == "tif").map(|(name, _)| name).collect();
    let checks = CHECKS.iter().filter(|spec| spec.subject != Subject::Vector).map(|spec| spec.name);
    let wanted: BTreeSet<String> = checks.chain(OTHERS).map(str::to_owned).collect();
    assert_eq!(found, wanted);
}

#[test]
fn what_breaks_one_check_breaks_it_alone_and_what_just_keeps_it_passes() {
    let net = Net::new([4, 4]);
    let mut told = String::new();
    for (code, _) in folders().into_iter().filter(|(_, ending)| *ending == "tif") {
        let said = check(&net, &code, "breaks");
        let body = said.json();
        let codes: BTreeSet<&str> = findings(&body).iter().map(|found| found["code"].as_str().unwrap()).collect();
        assert_eq!(codes, BTreeSet::from([code.as_str()]), "{said}");
        let verdict = body["verdict"].as_str().unwrap();
        assert_eq!(said.code, Some(i32::from(["fail", "refused"].contains(&verdict))), "{said}");
        for found in findings(&body) {
            assert!(found["mend"].is_string(), "{found}");
            let words = ["code", "severity", "message"].map(|key| found[key].as_str().unwrap());
            told += &format!("{verdict} {} {}: {}\n", words[0], words[1], words[2]);
        }
        let said = check(&net, &code, "keeps");
        let body = said.ok().json();
        assert_eq!((body["verdict"].as_str(), findings(&body).len()), (Some("pass"), 0), "{said}");
        for rule in body["rules"].as_array().unwrap() {
            assert_eq!(rule["outcome"], "kept", "{said}");
        }
    }
    insta::assert_snapshot!(told);
}

/// A contract of one theme whose crosswalk turns 0 into nothing on purpose; 255 is nodata.
const THEME: &str = r#"apiVersion: v3.1.0
kind: DataContract
id: mining
version: 1.0.0
status: active
schema:
  - name: mining
    physicalType: raster
    customProperties:
      - { property: nodata, value: { value: 255 } }
      - { property: classes, value: { allowed: [30], crosswalk: crosswalk.csv } }
      - { property: periods, value: [2019, 2020] }
    quality:
      - { type: custom, engine: mutirao, implementation: { check: minimum-mapping-unit, min_ha: 1 } }
"#;

/// What came of a rule, and how many findings tell of it.
fn outcome(said: &Said, check: &str) -> (String, usize) {
    let body = said.json();
    let is_it = |rule: &&Value| rule["check"] == check;
    let rule = body["rules"].as_array().unwrap().iter().find(is_it).unwrap_or_else(|| panic!("{body:#}"));
    let told = findings(&body).iter().filter(|finding| finding["code"] == check).count();
    (rule["outcome"].as_str().unwrap().to_owned(), told)
}

#[test]
fn a_patch_ends_where_there_is_nothing_on_purpose_and_not_where_nobody_knows() {
    let net = Net::new([5, 5]);
    net.write("theme.odcs.yaml", THEME).write("crosswalk.csv", "from,to\n0,\n1,30\n");
    let patch = |around: i32| -> Vec<i32> { (0..25).map(|at| if at == 12 { 1 } else { around }).collect() };
    let tif = |samples: &[i32]| Tif { nodata: Some(255), ..Tif::of(5, samples) };
    net.tif("purpose", &tif(&patch(0))).tif("unknown", &tif(&patch(255)));
    let check =
        |file: &str| net.mutirao(&["check", file, "--contract", "theme.odcs.yaml", "--period", "2020", "--json"]);
    assert_eq!(outcome(&check("purpose.tif"), "minimum-mapping-unit"), ("broken".to_owned(), 1));
    assert_eq!(outcome(&check("unknown.tif"), "minimum-mapping-unit"), ("undefined".to_owned(), 0));
}

#[test]
fn a_period_may_be_delivered_alone_if_that_is_said() {
    let net = Net::new([2, 2]);
    net.write("theme.odcs.yaml", THEME).write("crosswalk.csv", "from,to\n0,\n1,30\n");
    net.tif("mining_2020", &Tif::of(2, &[1, 1, 0, 0]));
    let check = |more: &[&str]| {
        let args = [&["check", "mining_2020.tif", "--contract", "theme.odcs.yaml", "--json"], more].concat();
        outcome(&net.mutirao(&args), "periods")
    };
    assert_eq!(check(&[]), ("broken".to_owned(), 1));
    assert_eq!(check(&["--period", "2020"]), ("kept".to_owned(), 0));
}

#[test]
fn every_rule_about_what_lies_outside_has_its_own_strip() {
    let net = Net::new([12, 3]);
    // The area is four columns of twelve; one pixel beyond it is nothing.
    let area: Vec<i32> = (0..36).map(|at| i32::from(at % 12 < 4)).collect();
    let layer: Vec<i32> = (0..36).map(|at| if at == 12 + 7 { 255 } else { 1 }).collect();
    net.tif("area", &Tif { nodata: Some(0), ..Tif::of(12, &area) });
    net.tif("mining_2020", &Tif { nodata: Some(255), ..Tif::of(12, &layer) }).write("crosswalk.csv", "from,to\n1,30\n");
    let check = |rules: &[(u32, u32)]| {
        let rule = |(buffer_m, max_pixels): &(u32, u32)| {
            let rule = format!("check: outside-area, buffer_m: {buffer_m}, max_pixels: {max_pixels}");
            format!("      - {{ type: custom, engine: mutirao, implementation: {{ {rule} }} }}\n")
        };
        let rules: String = rules.iter().map(rule).collect();
        let term = "      - { property: area, value: { source: area.tif } }\n    quality:\n";
        let text = THEME.split_once("    quality:\n").unwrap().0.to_owned() + term + &rules;
        net.write("theme.odcs.yaml", text);
        let args = [
            "check",
            "mining_2020.tif",
            "--contract",
            "theme.odcs.yaml",
            "--period",
            "2020",
            "--threads",
            "2",
            "--json",
        ];
        let body = net.mutirao(&args).json();
        let of = |list: &str, key: &str| -> Vec<Value> {
            let all = body[list].as_array().unwrap().iter();
            all.filter(|one| one[key] == "outside-area").cloned().collect()
        };
        (of("rules", "check"), of("findings", "code"))
    };
    // By hand: centres lie 15 m, 45 m, 75 m and so on from the last square, so 60 m are two columns and 150 m are five.
    let all = [(60, 16), (150, 9), (0, 0)];
    let (rules, found) = check(&all);
    let told: Vec<(&str, u64)> =
        rules.iter().map(|rule| (rule["outcome"].as_str().unwrap(), rule["measured"].as_u64().unwrap())).collect();
    assert_eq!(told, [("broken", 17), ("kept", 9), ("broken", 23)]);
    let first: Vec<&Value> = found.iter().map(|finding| &finding["first"][0]["pixel"]).collect();
    assert_eq!(first, [&serde_json::json!([6, 0]), &serde_json::json!([4, 0])]);
    // Each alone says the same of itself.
    for (at, rule) in all.iter().enumerate() {
        let (alone, _) = check(&[*rule]);
        assert_eq!([&alone[0]["outcome"], &alone[0]["measured"]], [&rules[at]["outcome"], &rules[at]["measured"]]);
    }
}
