//! Every code of a contract's findings, once at least, at the right line.

use mutirao_contract::read_text;
use mutirao_core::finding::{Severity, Where};

use crate::support::{GOOD, all, changed, check_findings, expect, good, reading, with_check};

#[test]
fn the_good_contract_is_good() {
    good(GOOD);
}

#[test]
fn broken_yaml_and_wrong_keys_are_told() {
    expect("id: mining\n", "id: [mining\n  x: }\n", "yaml-syntax", "no YAML");
    expect("id: mining\n", "id: mining\nqualty: []\n", "unknown-key", "known here: apiVersion");
    expect("id: mining\n", "id: mining\nslaPropertys: []\n", "unknown-key", "did you mean \"slaProperties\"?");
    expect("id: mining\n", "id: mining\nid: other\n", "duplicate-key", "line 3");
    let found = reading(&changed("version: 1.0.0\n", "")).findings;
    assert_eq!((found.len(), found[0].code.as_str()), (1, "missing-key"), "{}", all(&found));
    expect("kind: DataContract\n", "kind: DataProduct\n", "invalid-value", "DataContract");
    expect("resolution: 30 }", "resolution: 30, toleranc: 0.1 }", "unknown-key", "did you mean \"tolerance\"?");
    expect("resolution: 30 }", "resolution: wide }", "wrong-type", "number above 0");
    expect("crs: \"EPSG:31976\", ", "", "missing-key", "crs");
    expect("value: { value: 0 }", "value: [0]", "wrong-type", "none");
    expect("value: CC-BY-4.0", "value: CC BY 4.0", "invalid-value", "SPDX");
    expect("periods, value: [2019, 2020]", "periods, value: [2020..2019]", "invalid-value", "wrong way round");
    for empty in ["", "# nothing\n", "---\n"] {
        let reading = reading(empty);
        assert_eq!(reading.findings.len(), 1);
        assert!(reading.findings[0].mend.as_ref().unwrap().contains("apiVersion: v3.1.0"));
    }
    assert_eq!(reading("just a text").findings[0].code, "wrong-type");
    let missing = mutirao_contract::read(std::path::Path::new("no/such.odcs.yaml"), None);
    check_findings(&missing.findings);
    assert_eq!(missing.findings[0].code, "missing-file");
}

#[test]
fn a_contract_that_is_no_utf8_is_told_at_its_first_such_letter() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("latin1.odcs.yaml");
    for mark in ["", "\u{feff}"] {
        std::fs::write(&path, [mark.as_bytes(), "id: maré\nname: São Jo".as_bytes(), b"\xe3o\n"].concat()).unwrap();
        let found = mutirao_contract::read(&path, None).findings;
        check_findings(&found);
        assert_eq!((found.len(), found[0].code.as_str()), (1, "yaml-syntax"));
        let Some(Where::File(place)) = &found[0].place else { panic!("{found:?}") };
        assert_eq!((place.line, place.column), (2, 13));
        assert_eq!(found[0].message, "the contract cannot be read: line 2 is not UTF-8");
    }
}

#[test]
fn operators_are_hinted_by_what_they_mean() {
    let grid = "implementation: { check: grid } }\n";
    let metric = format!("{grid}      - {{ metric: rowCount, mustBeNotBetween: [0, 1], mustBe: 1 }}\n");
    expect(grid, &metric, "unknown-key", "write `mustNotBeBetween`");
}

#[test]
fn values_that_can_hardly_be_meant_are_told() {
    let code = "contract-doubtful-value";
    expect("{ value: 0 }", "{ value: 256 }", code, "256, which no pixel of uint8 can hold");
    expect("{ value: 0 }", "{ value: -1 }", code, "-1, which no pixel of uint8");
    good(&changed("{ value: 0 }", "{ value: 255 }"));
    good(&changed("{ value: 0 }", "{ value: none }"));
    let typed = |types: &str| with_check(&format!("{{ check: dtype, allowed: {types} }}"));
    let wide = |types: &str| reading(&typed(types).replace("{ value: 0 }", "{ value: 256 }")).findings.len();
    assert_eq!((wide("uint8"), wide("[uint8, uint16]"), wide("int16"), wide("float32")), (1, 0, 0, 0));
    expect("allowed: [30]", "allowed: [-4, 30]", code, "`allowed` has -4, which no class can be");
    expect("allowed: [30]", "allowed: [30, 65535..65536]", code, "has 65536");
    good(&changed("allowed: [30]", "allowed: { not: [0] }"));
    good(&changed("allowed: [30]", "allowed: 0.."));
    expect("[2019, 2020]", "[2019-2022]", code, "write 2019..2022");
    expect("[2019, 2020]", "[2019\u{2013}2022]", code, "write 2019..2022");
    expect("[2019, 2020]", "[2019..2O22]", code, "taken as one label");
    good(&changed("[2019, 2020]", "[2019..2022, 2024.., wet-2019, v2-2019]"));
}

#[test]
fn milestones_that_look_like_others_are_told() {
    let code = "contract-unknown-milestone";
    let declared =
        GOOD.replace("{ freeze: \"2026-08-01\" }", "{ first-version: \"2026-06-15\", freeze: \"2026-08-01\" }");
    let with = |element: &str| declared.replace("mining.first-version", element);
    good(&declared);
    for wrong in ["mining.frist-version", "frist-version", "mining.First-version"] {
        let found = reading(&with(wrong)).findings;
        assert_eq!(found.len(), 1, "{wrong}: {}", all(&found));
        assert_eq!((found[0].code.as_str(), found[0].severity), (code, Severity::Warning));
        assert!(all(&found).contains("did you mean \"first-version\"?"), "{}", all(&found));
    }
    good(&with("mining.final"));
    good(&declared.replace("first-version", "version-1").replace("mining.version-1", "mining.version-2"));
    let due = "element: mining.first-version }\n";
    let grace = |element: &str| format!("{due}  - {{ property: grace, value: 5, unit: d, element: {element} }}\n");
    expect(due, &grace("mining.frist-version"), code, "did you mean \"first-version\"?");
    expect(due, &grace("mining.revised"), code, "by which nothing is due");
    good(&changed(due, &grace("mining.first-version")));
    good(&changed(due, &grace("mining")));
}

#[test]
fn rules_of_3_0_that_odcs_does_not_define_are_told_and_left() {
    for rule in ["nullCheck", "countCheck", "minCheck"] {
        let entry = format!("{{ type: library, rule: {rule} }}");
        let text = GOOD.replace("{ type: custom, engine: mutirao, implementation: { check: grid } }", &entry);
        let reading = reading(&text.replace("v3.1.0", "v3.0.1"));
        let [found] = &reading.findings[..] else { panic!("{}", all(&reading.findings)) };
        assert_eq!((found.code.as_str(), found.severity), ("contract-unknown-metric", Severity::Warning));
        assert!(reading.contract.is_some(), "{rule}");
    }
    // With a limit, somebody meant one that is there.
    let misspelled = "{ type: library, rule: rowCuont, mustBe: 1 }";
    expect(
        "{ type: custom, engine: mutirao, implementation: { check: grid } }",
        misspelled,
        "contract-unknown-metric",
        "rowCount",
    );
}

#[test]
fn versions_of_odcs_are_known() {
    for version in ["v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0"] {
        let contract = good(&changed("v3.1.0", version));
        assert!(contract.to_yaml().starts_with("apiVersion: v3.1.0\n"), "3.1.0 is written");
    }
    expect("v3.1.0", "v2.2.2", "contract-version", "read are v3.0.0");
    expect("v3.1.0", "v4.0.0", "contract-version", "v3.2.0");
    expect("v3.1.0", "3.1.0", "contract-version", "the v belongs to it");
}

#[test]
fn what_is_of_odcs_is_kept() {
    let text = changed(
        "status: active\n",
        "status: active\nservers: [ { server: x, type: local } ]\nteam: [ { username: a } ]\nprice: { priceAmount: 1 }\n\
         customProperties2: 1\n",
    )
    .replace("customProperties2: 1\n", "tags: [land]\ndescription: { purpose: ~ }\n");
    let contract = good(&text);
    assert_eq!(contract.document["servers"][0]["server"], "x");
    let foreign = "  - { property: license, value: CC-BY-4.0 }\n  - { property: theirs, value: ~, description: no }\n";
    let contract = good(&changed("  - { property: license, value: CC-BY-4.0 }\n", foreign));
    assert_eq!(contract.document["customProperties"][1]["property"], "theirs");
    good(&changed("slaProperties:\n", "slaProperties:\n  - { property: availability, value: ~, description: x }\n"));
    for other in [
        "{ type: text, description: looks right }",
        "{ type: sql, query: SELECT 1, mustBe: true }",
        "{ type: custom, engine: soda, implementation: \"rows > 0\" }",
        "{ metric: rowCount, mustBeBetween: [1, 10] }",
    ] {
        let entry = "{ type: custom, engine: mutirao, implementation: { check: grid } }";
        good(&changed(entry, other));
    }
}

#[test]
fn misspelled_names_of_ours_are_not_taken_for_names_of_others() {
    expect("property: license", "property: licence", "contract-unknown-property", "did you mean \"license\"?");
    expect("property: dueDate", "property: duedate", "contract-unknown-property", "did you mean \"dueDate\"?");
    let engine = with_check("{ check: crs }").replacen("engine: mutirao", "engine: Mutirão", 1);
    let found = reading(&engine).findings;
    assert_eq!((found.len(), found[0].code.as_str()), (1, "contract-unknown-property"), "{}", all(&found));
    assert_eq!(found[0].severity, Severity::Warning);
    expect("check: grid", "check: gird", "contract-unknown-check", "did you mean \"grid\"?");
    expect("check: grid", "check: beauty", "contract-unknown-check", "known checks: crs, grid");
    expect("implementation: { check: grid }", "implementation: grid", "missing-key", "says no check");
    expect("implementation: { check: grid }", "implementation: { tolerance: 0.1 }", "missing-key", "says no check");
    let untyped = "engine: mutirao, implementation: { check: grid }";
    expect(&format!("type: custom, {untyped}"), untyped, "missing-key", "add `type: custom`");
}

#[test]
fn what_a_contract_describes_besides_its_layer_is_told() {
    let more = |objects: &str| changed("slaProperties:\n", &format!("{objects}slaProperties:\n"));
    let rules = "    quality:\n      - { metric: rowCount, mustBe: 3 }\n";
    // A table that is only described is no second layer.
    good(&more("  - { name: licences, physicalType: table }\n"));
    for object in [
        "  - { name: other, physicalType: vector }\n".to_owned(),
        "  - { name: other, physicalType: raster }\n".to_owned(),
        format!("  - name: other\n    physicalType: table\n{rules}"),
    ] {
        let text = more(&object);
        let read = reading(&text);
        let found = &read.findings;
        assert_eq!(found.len(), 1, "{}", all(found));
        assert_eq!((found[0].code.as_str(), found[0].severity), ("contract-several-layers", Severity::Warning));
        assert!(found[0].message.contains("`other` is not checked"), "{}", found[0].message);
        let line = text.lines().position(|line| line.contains("name: other")).unwrap() + 1;
        let Some(mutirao_core::finding::Where::File(place)) = &found[0].place else { panic!("{found:?}") };
        assert_eq!(place.line as usize, line);
        assert_eq!(read.contract.unwrap().delivered(), Some(0));
    }
    // What stands first is judged only if it is a layer.
    let text = changed("schema:\n", &format!("schema:\n  - name: codes\n    physicalType: table\n{rules}"));
    let read = reading(&text);
    assert_eq!(read.findings.len(), 1, "{}", all(&read.findings));
    assert!(read.findings[0].message.contains("`codes` is not checked"));
    assert_eq!(read.contract.unwrap().delivered(), Some(1));
}

#[test]
fn numbers_for_texts_are_told() {
    expect("version: 1.0.0", "version: 1.0", "contract-needs-quotes", "write \"1.0\"");
    good(&changed("version: 1.0.0", "version: \"1.0\""));
}

#[test]
fn metrics_are_known_and_in_their_place() {
    let entry = "{ type: custom, engine: mutirao, implementation: { check: grid } }";
    let object = |entry_to: &str, code: &str, words: &str| expect(entry, entry_to, code, words);
    object("{ metric: rowCounts, mustBe: 1 }", "contract-unknown-metric", "did you mean \"rowCount\"?");
    object("{ type: library, mustBe: 1 }", "missing-key", "without `metric`");
    object("{ metric: rowCount }", "missing-key", "mustBeBetween");
    object("{ metric: rowCount, mustBe: many }", "wrong-type", "a number");
    object("{ metric: rowCount, mustBeBetween: [2, 1] }", "invalid-value", "smaller one first");
    object("{ metric: rowCount, mustBe: 1, unit: parts }", "invalid-value", "rows or percent");
    object("{ metric: nullValues, mustBe: 0 }", "contract-misplaced-check", "`quality` of a property");
    object("{ metric: duplicateValues, mustBe: 0 }", "contract-misplaced-check", "properties");
    let property = "{ name: class, physicalType: uint8 }";
    let at = |rule: &str| format!("{{ name: class, physicalType: uint8, quality: [ {rule} ] }}");
    expect(property, &at("{ metric: rowCount, mustBe: 0 }"), "contract-misplaced-check", "whole");
    expect(property, &at("{ metric: invalidValues, mustBe: 0 }"), "contract-misplaced-check", "validValues");
}

#[test]
fn checks_stand_where_they_can_be_judged() {
    expect("check: grid", "check: validity", "contract-misplaced-check", "a check of vectors");
    let vector = GOOD
        .replace("physicalType: raster", "physicalType: geopackage")
        .replace("check: grid", "check: flicker, max_share: 0");
    let found = reading(&vector).findings;
    assert_eq!(found[0].code, "contract-misplaced-check", "{}", all(&found));
    let license = "      - { property: periods, value: [2019, 2020] }\n";
    let with = |more: &str| format!("{license}      - {more}\n");
    let zone = with("{ property: timezone, value: America/Belem }");
    expect(license, &zone, "contract-misplaced-term", "contract's own customProperties");
    expect(license, &with("{ property: nodata, value: 0 }"), "contract-twice", "stands twice");
    expect("check: grid }", "check: grid }, severity: blocker", "invalid-value", "error, warning or info");
}

#[test]
fn classes_below_others_need_a_legend() {
    let text = changed("allowed: [30]", "allowed: [30+]");
    let found = read_text("x", &text, None).findings;
    assert_eq!(found.len(), 1, "{}", all(&found));
    assert!(found[0].mend.as_ref().unwrap().contains("legend"), "{}", all(&found));
}
