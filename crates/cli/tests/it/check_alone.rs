//! Checks on a partner's own machine: without GDAL, in folders called otherwise, with few samples.

use serde_json::Value;

use crate::support::{Net, Said, Tif};

/// A contract for `mines`, with its rules.
fn contract(periods: &str, rules: &[&str]) -> String {
    let rules =
        rules.iter().map(|rule| format!("      - {{ type: custom, engine: mutirao, implementation: {{ {rule} }} }}\n"));
    format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: mines\nversion: 1.0.0\nschema:\n  - name: mines\n    physicalName: \"{{period}}.tif\"\n    \
         physicalType: raster\n    properties: [ {{ name: class, physicalType: uint8 }} ]\n    customProperties:\n      \
         - {{ property: grid, value: {{ crs: \"EPSG:31976\", resolution: 30 }} }}\n      - {{ property: nodata, value: 0 }}\n      \
         - {{ property: periods, value: [{periods}] }}\n    quality:\n{}",
        rules.collect::<String>()
    )
}

fn without_gdal(net: &Net, args: &[&str]) -> Said {
    Said::of(net.command(args).env("MUTIRAO_DOOR", "/nowhere/mutirao-door").output().unwrap())
}

fn outcomes(said: &Said) -> Vec<String> {
    let rules = said.json()["rules"].as_array().unwrap().clone();
    let word = |rule: &Value, key: &str| rule[key].as_str().unwrap_or_default().to_owned();
    rules.iter().map(|rule| word(rule, "check") + " " + &word(rule, "outcome")).collect()
}

#[test]
fn what_needs_gdal_is_pending_where_it_is_not_and_nothing_passes_for_it() {
    let net = Net::new([4, 2]);
    net.tif("2020", &Tif::of(4, &[30, 30, 0, 0, 30, 30, 0, 3]));
    let area = r#"{ "type": "Polygon", "coordinates": [[[-51,0],[-50,0],[-50,1],[-51,1],[-51,0]]] }"#;
    net.write("area.geojson", area).write("points.csv", "x,y,class\n405015,179985,30\n");
    let rules = [
        "check: minimum-mapping-unit, min_ha: 0.2",
        "check: class-share, limits: { 30: { max_ha: 0.1 } }",
        "check: outside-area, max_pixels: 0, buffer_m: 30",
        "check: acceptance-points, points: points.csv",
        "check: acceptance-points, points: points.gpkg",
    ];
    let area = "      - { property: area, value: { source: area.geojson } }\n    quality:";
    net.write("c.yaml", contract("2020", &rules).replace("    quality:", area)).write("points.gpkg", "no matter");
    let said = without_gdal(&net, &["check", "2020.tif", "--contract", "c.yaml", "--json"]);
    assert_eq!((said.code, &said.json()["verdict"]), (Some(0), &"pending".into()), "{said}");
    let found = outcomes(&said);
    let pending =
        ["minimum-mapping-unit", "class-share", "outside-area", "acceptance-points"].map(|of| format!("{of} pending"));
    assert!(
        pending.iter().all(|one| found.contains(one)) && found.contains(&"acceptance-points kept".to_owned()),
        "{found:?}"
    );
    assert!(said.json()["findings"].as_array().unwrap().iter().all(|one| one["severity"] != "error"), "{said}");
}

#[test]
fn paths_of_a_contract_count_from_the_pipeline_that_names_it_however_folders_are_called() {
    let net = Net::new([4, 2]);
    net.tif("2020", &Tif::of(4, &[1, 1, 2, 2, 1, 1, 2, 2])).write("mines.csv", "from,to\n1,3\n2,30\n");
    let crosswalk = "      - { property: classes, value: { allowed: [3, 30], crosswalk: mines.csv } }\n    quality:";
    let text = contract("2020", &["check: classes"]).replace("    quality:", crosswalk);
    net.write("acordos/2026/mines.odcs.yaml", text);
    net.pipeline(
        "license: CC-BY-4.0\nlayers:\n  mines: { contract: acordos/2026/mines.odcs.yaml, source: 2020.tif, static: true, crosswalk: mines.csv }\n\
         coverage: { method: first }\n",
    );
    let check = ["check", "2020.tif", "--period", "2020", "--contract", "acordos/2026/mines.odcs.yaml"];
    net.mutirao(&check).ok();
    // From within, too.
    let mut command = net.command(&["check", "../../2020.tif", "--period", "2020", "--contract", "mines.odcs.yaml"]);
    Said::of(command.current_dir(net.path("acordos/2026")).output().unwrap()).ok();
}

#[test]
fn a_period_that_cannot_be_told_does_not_undo_what_another_breaks() {
    let net = Net::new([4, 2]);
    for period in ["2020", "2021"] {
        net.tif(period, &Tif::of(4, &[30, 30, 3, 3, 30, 30, 3, 3]));
    }
    let sample = |col: u32, row: u32, period: u32, class: u32| {
        format!("{},{},{period},{class}\n", 405_015 + 30 * col, 179_985 - 30 * row)
    };
    let wrong: String = (0..8).map(|at| sample(at % 4, at / 4, 2020, if at == 0 { 30 } else { 3 })).collect();
    net.write("samples.csv", format!("x,y,period,reference\n{wrong}{}", sample(0, 0, 2021, 30)));
    net.write("c.yaml", contract("2020, 2021", &["check: accuracy, samples: samples.csv, min: 0.99"]));
    let said = net.mutirao(&["check", "2020.tif", "2021.tif", "--contract", "c.yaml", "--json"]);
    let found = said.json()["findings"].clone();
    let found: Vec<_> = found.as_array().unwrap().iter().filter(|one| one["code"] == "accuracy").collect();
    assert_eq!((said.code, found.len()), (Some(1), 2), "{said}");
    assert_eq!([&found[0]["severity"], &found[0]["where"]["period"]], ["error", "2020"], "{said}");
    assert_eq!([&found[1]["severity"], &found[1]["where"]["period"]], ["info", "2021"], "{said}");
    let only = net.mutirao(&["check", "2021.tif", "--contract", "c.yaml", "--json"]);
    assert!(outcomes(&only).contains(&"accuracy undefined".to_owned()), "{only}");
}

#[test]
fn the_calendar_of_the_demo_misses_nothing_that_its_list_holds() {
    let network = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pipelines/demo");
    let args = ["contract", "calendar", "--network", network, "--at", "2026-08-10T12:00:00Z", "--json"];
    let said = Net::new([1, 1]).mutirao(&args);
    let due = said.json()["due"].as_array().unwrap().clone();
    let missing: Vec<_> = due.iter().filter(|due| due["layer"] == "water" && due["state"] == "missing").collect();
    assert!(missing.is_empty() && !due.is_empty(), "{said}");
}

#[test]
fn the_calendar_tells_of_contracts_that_it_leaves_out() {
    let net = crate::gate::network();
    let args = ["contract", "calendar", "--network", ".", "--at", "2026-06-01T12:00:00Z", "--json"];
    let layers = |said: &Said| -> std::collections::BTreeSet<String> {
        let due = said.json()["due"].as_array().unwrap().clone();
        due.iter().map(|due| due["layer"].as_str().unwrap().to_owned()).collect()
    };
    let whole = net.mutirao(&args);
    assert_eq!((layers(whole.ok()).len(), &whole.json()["findings"]), (2, &serde_json::json!([])), "{whole}");
    let text = std::fs::read_to_string(net.path("contracts/mines.odcs.yaml")).unwrap();
    let ring = "timezone, value: America/Belem }\n  - { property: milestones, value: { a: { before: b, by: 3 }, b: { after: a, by: 3 } } }";
    for (from, to, code) in [
        ("timezone, value: America/Belem }", ring, "contract-milestone-ring"),
        ("check: classes", "check: klass", "contract-unknown-check"),
    ] {
        net.write("contracts/mines.odcs.yaml", text.replace(from, to));
        let said = net.mutirao(&args);
        assert_eq!((said.code, layers(&said)), (Some(1), ["base-west".to_owned()].into()), "{said}");
        assert!(said.json()["findings"].as_array().unwrap().iter().any(|one| one["code"] == code), "{said}");
        let said = net.mutirao(&args[..6]);
        said.fails(1, &[&format!("error[{code}]"), "mines.odcs.yaml"]);
        assert!(said.out.contains("base-west"), "{said}");
    }
}

#[test]
fn what_odcs_says_of_the_values_of_a_rasters_property_is_told_as_not_judged() {
    let net = Net::new([4, 2]);
    net.tif("2020", &Tif::of(4, &[30; 8]));
    let check = |property: &str| {
        let text = contract("2020", &["check: dtype, allowed: uint8"]);
        net.write("c.yaml", text.replace("physicalType: uint8 }", property));
        outcomes(&net.mutirao(&["check", "2020.tif", "--contract", "c.yaml", "--json"]))
    };
    let told = "logical-type-options unjudged".to_owned();
    assert!(!check("physicalType: uint8, logicalType: integer }").contains(&told));
    assert!(check("physicalType: uint8, logicalType: integer, logicalTypeOptions: { maximum: 9 } }").contains(&told));
}
