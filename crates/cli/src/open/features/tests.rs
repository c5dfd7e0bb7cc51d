//! Fixtures and real deliveries, read through the door and judged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use mutirao_check::vector::{ForeignKeys, Inputs, judge};
use mutirao_check::{CheckFinding, Outcome, RuleOutcome, rules_of};
use mutirao_contract::{Contract, Quality, checks::Check};
use mutirao_core::door::{Answer, CrsText, Question, SameCrsFacts, StatedCrs};
use mutirao_core::features::Features;
use mutirao_core::sink::Unobserved;
use mutirao_engine::plan::{Oracle, Refused};
use tempfile::TempDir;

use super::super::Files;
use crate::door::Door;

struct Bench {
    door: Door,
    cache: TempDir,
    no_cache: OnceLock<Refused>,
}

impl Bench {
    /// None, said aloud, where the door is not built.
    fn new() -> Option<Bench> {
        let own = std::env::current_exe().expect("a path");
        let program = own.ancestors().nth(2).expect("target/debug").join("mutirao-door");
        if !program.exists() {
            println!("skipped: {} is not built", program.display());
            return None;
        }
        let door = Door::of_program(program, Arc::new(Unobserved)).expect("a folder");
        Some(Bench { door, cache: tempfile::tempdir().expect("a folder"), no_cache: OnceLock::new() })
    }

    fn files(&self) -> Files<'_> {
        Files { door: &self.door, cache: self.cache.path().to_owned(), no_cache: &self.no_cache }
    }

    fn same_crs(&self, features: &Features, wanted: &str) -> Result<SameCrsFacts, String> {
        let Some(StatedCrs::Plane(stated)) = &features.facts.crs else { return Err("no CRS".to_owned()) };
        let (a, b) = (CrsText::Text(stated.wkt.clone()), CrsText::Text(wanted.to_owned()));
        match self.door.ask(Question::SameCrs { a, b }) {
            Ok(Answer::SameCrs(facts)) => Ok(facts),
            other => Err(format!("{:?}", other.map_err(|refused| refused.message))),
        }
    }

    fn judge(&self, file: &Path, contract: &Path) -> (Vec<CheckFinding>, Vec<RuleOutcome>) {
        let contract = read(contract);
        let features = self.files().features(file, None).unwrap_or_else(|refused| panic!("{}", refused.message));
        let keys = self.keys(&contract);
        let same_crs = |wanted: &str| self.same_crs(&features, wanted);
        let name = file.file_name().expect("a name").to_string_lossy();
        let inputs = Inputs { period: None, area: None, grid: None, licence: None, crosswalk: None, keys: &keys };
        let object = &contract.objects[0];
        let file = mutirao_check::vector::File { name: &name, features: &features, same_crs: &same_crs };
        judge(&[file], object, &rules_of(object), &inputs)
    }

    fn keys(&self, contract: &Contract) -> BTreeMap<(String, String), Result<ForeignKeys, String>> {
        let folder = contract.path.parent().expect("a folder");
        let asked = contract.objects[0].rules().filter_map(|(_, rule)| match &rule.quality {
            Quality::Check(Check::ForeignKey(check)) => Some((check.source.clone(), check.key.clone())),
            _ => None,
        });
        let read = |(source, key): (String, String)| {
            let keys = self.files().foreign_keys(&folder.join(&source), &key).map_err(|refused| refused.message);
            ((source, key), keys)
        };
        asked.map(read).collect()
    }
}

fn read(path: &Path) -> Contract {
    let reading = mutirao_contract::read(path, None);
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    reading.contract.expect("no errors")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn shared(path: &str) -> Option<PathBuf> {
    let data = root().join("../shared/data").join(path);
    if !data.exists() {
        println!("skipped: ../shared is not here ({path})");
    }
    data.exists().then_some(data)
}

/// Where this machine keeps the project does not belong into snapshots.
fn told(findings: &mut [CheckFinding]) -> String {
    for place in findings.iter_mut().filter_map(|finding| Some(&mut finding.rule.as_mut()?.place)) {
        place.file = Path::new(&place.file).file_name().expect("a name").to_string_lossy().into_owned();
    }
    serde_json::to_string_pretty(findings).expect("plain values")
}

#[test]
fn every_check_of_vectors_has_a_fixture_that_breaks_it_alone_and_one_that_keeps_it() {
    let Some(bench) = Bench::new() else { return };
    let invalid = root().join("fixtures/invalid");
    let cases = [
        ("geometry-type", "geometry-type", "geojson"),
        ("validity", "validity", "geojson"),
        ("key", "key", "geojson"),
        ("attribute-type", "attribute-type", "geojson"),
        ("range", "range", "geojson"),
        ("enumeration", "enumeration", "geojson"),
        ("foreign-key", "foreign-key", "geojson"),
        ("duplicates", "duplicates", "geojson"),
        ("empty-geometry", "empty-geometry", "geojson"),
        ("tiny-geometry", "tiny-geometry", "geojson"),
        ("vector-crs", "crs", "geojson"),
        ("vector-extent", "extent", "geojson"),
        ("null-values", "null-values", "geojson"),
        ("missing-values", "missing-values", "geojson"),
        ("invalid-values", "invalid-values", "geojson"),
        ("duplicate-values", "duplicate-values", "geojson"),
        ("row-count", "row-count", "csv"),
        ("encoding", "encoding", "csv"),
        ("missing-attribute", "missing-attribute", "geojson"),
    ];
    let mut all = Vec::new();
    for (folder, code, ending) in cases {
        let folder = invalid.join(folder);
        let contract = folder.join("contract.odcs.yaml");
        let (mut broken, rules) = bench.judge(&folder.join(format!("breaks.{ending}")), &contract);
        let codes: Vec<String> = broken.iter().map(|finding| finding.code.clone()).collect();
        assert_eq!(codes, [code], "{}", told(&mut broken));
        // Behind the rules comes what properties say, which they may keep.
        let asked = rules_of(&read(&contract).objects[0]).len();
        assert!(rules.iter().take(asked).all(|rule| rule.outcome == Outcome::Broken), "{rules:?}");
        let (mut kept, rules) = bench.judge(&folder.join(format!("keeps.{ending}")), &contract);
        assert!(kept.is_empty(), "{code}: {}", told(&mut kept));
        assert!(rules.iter().all(|rule| rule.outcome == Outcome::Kept), "{code}: {rules:?}");
        all.append(&mut broken);
    }
    insta::assert_snapshot!("findings", told(&mut all));
}

#[test]
fn districts_of_india_have_the_keys_and_defects_that_are_known() {
    let Some(folder) = shared("india-districts-2019") else { return };
    let Some(bench) = Bench::new() else { return };
    let contract = root().join("tests/python/contracts/districts-of-india.odcs.yaml");
    let (found, _) = bench.judge(&folder.join("india-districts-2019-734.json"), &contract);
    let codes: Vec<&str> = found.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["crs", "validity", "key"]);
    assert_eq!(
        (found[0].message.as_str(), found[1].count, found[2].count),
        ("the file states no CRS", Some(40), Some(22))
    );
    assert!(found[1].first.iter().all(|place| place.xy.is_some() && place.feature.is_some()));
    let expected =
        "22 of 734 features have the key of another: 10 values of dt_code stand more than once: \"0\" (4), \"261\" (2)";
    assert!(found[2].message.starts_with(expected), "{}", found[2].message);
    let (found, _) = bench.judge(&folder.join("india-districts-727.json"), &contract);
    let counts: Vec<(&str, Option<u64>)> = found.iter().map(|finding| (finding.code.as_str(), finding.count)).collect();
    assert_eq!(counts, [("validity", Some(35))]);
}

#[test]
fn parcels_of_eight_partners_come_into_one_schema() {
    let Some(folder) = shared("parcels-partners") else { return };
    let Some(bench) = Bench::new() else { return };
    let contracts = root().join("tests/python/contracts/parcels");
    let cases = [
        ("at", "at/inspire_schlaege_2025-1_polygon.gpkg.zip"),
        ("bg", "bg/bg_arable_land_2024.zip"),
        ("cz", "cz/bd51ec4dea8697946b9a570a6b7c9fe587e2f8334cee74778d2339da43178d38"),
        ("dk", "dk/Marker_2026.zip"),
        ("fi", "fi/LandUse.ExistingLandUse.GSAAAgriculturalParcel.gpkg"),
        ("jecam", "jecam/BD_JECAM_CIRAD_2023_feb.shp"),
        ("nl", "nl/brpgewaspercelen_definitief_2023.gpkg"),
        ("us_ca_scm", "us_ca_scm/i15_crop_mapping_2023_provisional_20241127.gdb.zip"),
    ];
    let mut told = String::new();
    for (partner, file) in cases {
        let (found, rules) = bench.judge(&folder.join(file), &contracts.join(format!("{partner}.odcs.yaml")));
        let kept = rules.iter().filter(|rule| rule.outcome == Outcome::Kept).count();
        told += &format!("{partner}: {kept} of {} rules are kept\n", rules.len());
        for finding in found {
            told += &format!("  {:?} {}: {}\n", finding.severity, finding.code, finding.message);
        }
    }
    insta::assert_snapshot!("parcels", told);
}
