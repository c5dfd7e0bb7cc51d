//! What people read first in a release: README, citation, tables, styles, pictures, and the list of releases.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Net, Tif};

/// Names that mean something to Markdown, YAML, CSV, XML or a spreadsheet.
const LEGEND: &str = "id,parent,name,color,name_pt,description\n\
    1,,Forest & <b>co</b>,#1f8d49,Floresta,\"all | of it\"\n\
    3,1,\"Dense, \"\"old\"\" forest\",#006400,Densa,\"two\nlines\"\n\
    15,,=Pasture,#edde8e,Pastagem,\n\
    30,,*Mining*,#9c0027,Mineração,\n\
    33,,Água,#2532e4,Água,\n";

/// A network whose people call things as they like, with a gap in one period and a layer that speaks in one only.
fn odd() -> Net {
    let net = Net::of_periods([4, 2], "[2019, 2020]")
        .head("id: net\n", "id: net\ntitle: \"Land # cover: `<all>` \\\"*\\\"\"\n");
    net.write("legend.csv", LEGEND);
    net.tif("base_2019", &Tif::of(4, &[3, 3, 15, 15, 3, 33, 0, 15]));
    net.tif("base_2020", &Tif::of(4, &[3, 15, 15, 15, 3, 33, 3, 15]));
    net.tif("mines", &Tif::of(4, &[0, 30, 30, 0, 0, 30, 0, 0]));
    net.write(
        "cities.geojson",
        r#"{"type": "FeatureCollection", "features": [{"type": "Feature",
            "properties": {"code": "007", "name": "=HYPERLINK(\"x\"), <b>\nnew|line"},
            "geometry": {"type": "Polygon", "coordinates": [[[405000, 179940], [405060, 179940], [405060, 180000],
            [405000, 180000], [405000, 179940]]]}}]}"#,
    );
    net.pipeline(
        "license: CC-BY-4.0
citation: \"Net: \\\"Land cover\\\",\\n<i>1</i> | #2\"
doi: https://doi.org/10.5281/zenodo.1234
contact: \"ask@net.example\"
partners:
  lab: { name: \"Lab, \\\"the\\\" [first]\", url: \"https://lab.example/a_b\", license: CC-BY-4.0, attribution: \"© Lab | <Lab>\" }
  watch: { name: \"Mining\\nWatch\", url: \"javascript:alert(1)\", license: LicenseRef-watch }
layers:
  mines: { partner: watch, source: mines.tif, periods: [2020], version: \"a|b\" }
  base: { partner: lab, source: \"base_{period}.tif\" }
territories:
  city: { source: cities.geojson, key: code, name: name, crs: EPSG:31976 }
coverage:
  rules:
    - { take: { mines: 30 }, unless: [ { when: { base: 33 }, give: base } ] }
    - { take: { base: any } }
",
    );
    net
}

/// A text of a release, without what changes from day to day.
fn text(folder: &Path, name: &str) -> String {
    let text = fs::read_to_string(folder.join(name)).unwrap();
    let manifest: Value = serde_json::from_str(&fs::read_to_string(folder.join("manifest.json")).unwrap()).unwrap();
    let day = &manifest["started"].as_str().unwrap()[..10];
    let engine = format!("Mutirão {}", manifest["engine"].as_str().unwrap());
    text.replace(day, "[day]").replace(&engine, "Mutirão [version]")
}

#[test]
fn odd_names_do_no_harm_in_any_text() {
    let net = odd();
    net.run(&[]).ok();
    let folder = net.release();
    insta::assert_snapshot!("odd_readme", text(&folder, "README.md"));
    insta::assert_snapshot!("odd_citation", text(&folder, "CITATION.cff"));
    insta::assert_snapshot!("odd_areas", text(&folder, "areas.csv"));
    insta::assert_snapshot!("odd_legend", text(&folder, "legend.csv"));
    insta::assert_snapshot!("odd_qml", text(&folder, "coverage/2020.qml"));
    insta::assert_snapshot!("odd_sld", text(&folder, "coverage/2020.sld"));
    net.mutirao(&["verify", "out/net/1"]).ok();
}

#[test]
fn the_demo_reads_well() {
    let net = Net::new([1, 1]);
    net.mutirao(&["run", concat!(env!("CARGO_MANIFEST_DIR"), "/../../pipelines/demo"), "--out", "out"]).ok();
    let folder = net.path("out/arauna/2026.1");
    insta::assert_snapshot!("demo_readme", text(&folder, "README.md"));
    insta::assert_snapshot!("demo_citation", text(&folder, "CITATION.cff"));
    insta::assert_snapshot!("demo_legend", text(&folder, "legend.csv"));
    let areas = text(&folder, "areas.csv");
    let first: Vec<&str> = areas.lines().take(14).collect();
    insta::assert_snapshot!("demo_areas", first.join("\n"));
}

#[test]
fn texts_do_not_depend_on_threads() {
    let net = odd();
    net.run(&["--threads", "1"]).ok();
    let names = ["README.md", "CITATION.cff", "areas.csv", "legend.csv", "coverage/2019.qml", "coverage/2019.sld"];
    let read = || names.map(|name| text(&net.release(), name));
    let pictures =
        || ["2019", "2020"].map(|period| fs::read(net.release().join(format!("preview/{period}.png"))).unwrap());
    let (texts, drawn) = (read(), pictures());
    net.run(&["--threads", "5", "--overwrite"]).ok();
    assert_eq!((texts, drawn), (read(), pictures()));
}

#[test]
fn a_release_may_have_no_class_at_all() {
    let net = Net::new([4, 2]);
    net.tif("base", &Tif::of(4, &[0; 8]));
    net.pipeline("layers:\n  base: { source: base.tif }\ncoverage: { method: first }\n");
    net.run(&[]).ok();
    let readme = text(&net.release(), "README.md");
    assert!(readme.contains("| (nothing) |"), "{readme}");
    assert!(readme.contains("No licence is stated"), "{readme}");
    let areas = text(&net.release(), "areas.csv");
    assert_eq!(
        areas.lines().nth(1).map(|line| line.starts_with("2020,coverage,,,0,(nothing),")),
        Some(true),
        "{areas}"
    );
    assert!(areas.trim_end().ends_with(",100.000000"), "{areas}");
    net.mutirao(&["verify", "out/net/1"]).ok();
}

#[test]
fn forty_periods_and_two_hundred_classes_fit() {
    let net = Net::of_periods([20, 10], "[1981..2020]");
    let classes: String = (1..=200).map(|id| format!("{id},,Class {id},#{:06x}\n", id * 80_000)).collect();
    net.write("legend.csv", format!("id,parent,name,color\n{classes}"));
    net.tif("base", &Tif::of(20, &(1..=200).collect::<Vec<i32>>()));
    net.pipeline("layers:\n  base: { source: base.tif, static: true }\ncoverage: { method: first }\n");
    net.run(&[]).ok();
    let readme = text(&net.release(), "README.md");
    assert!(readme.contains("| class | name | within | 1981 ha | share | 2020 ha | share |"), "{readme}");
    assert!(readme.contains("Class 200"), "{readme}");
    assert_eq!(fs::read_dir(net.release().join("preview")).unwrap().count(), 40);
    assert_eq!(text(&net.release(), "areas.csv").lines().count(), 1 + 40 * 200);
}

#[test]
fn sheets_have_their_style_beside_the_vrt() {
    let net = Net::new([150, 70]).head("tile: 64", "tile: 64, sheet: 64");
    let samples: Vec<i32> = (0..150 * 70).map(|at| if at % 150 < 64 { 0 } else { 3 }).collect();
    net.tif("base", &Tif::of(150, &samples));
    net.pipeline("layers:\n  base: { source: base.tif }\ncoverage: { method: first }\n");
    net.run(&[]).ok();
    for name in ["2020.vrt", "2020.qml", "2020.sld", "2020/1_0.tif"] {
        assert!(net.release().join("coverage").join(name).exists(), "{name}");
    }
    assert!(!net.release().join("coverage/2020/0_0.tif").exists(), "it holds nothing");
    assert!(net.release().join("preview/2020.png").exists());
    assert!(text(&net.release(), "README.md").contains("cut into sheets"));
}

fn listed(net: &Net) -> Vec<(String, String)> {
    let list: Value = serde_json::from_str(&fs::read_to_string(net.path("out/net/releases.json")).unwrap()).unwrap();
    let words = |value: &Value| value.as_str().unwrap().to_owned();
    let releases = list["releases"].as_array().unwrap().iter();
    releases.map(|release| (words(&release["version"]), words(&release["status"]))).collect()
}

#[test]
fn releases_are_listed_in_the_order_of_their_publication() {
    let net = odd();
    net.run(&[]).ok();
    let pipeline = fs::read_to_string(net.path("pipeline.yaml")).unwrap();
    net.write("pipeline.yaml", pipeline.replace("version: \"1\"", "version: \"0.9\""));
    net.run(&[]).ok();
    let pair = |version: &str, status: &str| (version.to_owned(), status.to_owned());
    assert_eq!(listed(&net), [pair("1", "superseded"), pair("0.9", "published")]);
    // A list that is lost is made anew from the releases.
    fs::remove_file(net.path("out/net/releases.json")).unwrap();
    net.run(&["--overwrite"]).ok();
    assert_eq!(listed(&net), [pair("1", "superseded"), pair("0.9", "published")]);
    let list: Value = serde_json::from_str(&fs::read_to_string(net.path("out/net/releases.json")).unwrap()).unwrap();
    let manifest = fs::read(net.path("out/net/0.9/manifest.json")).unwrap();
    assert_eq!(list["releases"][1]["manifest"], crate::support::hash_of_bytes(&manifest));
}

#[test]
fn a_damaged_list_is_told_before_the_run() {
    let net = odd();
    net.write("out/net/releases.json", "{ \"schema\": ");
    let said = net.run(&[]);
    said.fails(4, &["releases.json: the list of releases is damaged: EOF", "help: mend it, or move it away"]);
    assert!(net.left().is_empty(), "nothing was begun");
    assert_eq!(fs::read_to_string(net.path("out/net/releases.json")).unwrap(), "{ \"schema\": ");
}

#[test]
fn licences_are_told_to_the_line() {
    let net = odd();
    let said = net.mutirao(&["lint", "."]);
    insta::assert_snapshot!("licences", said);
    let pipeline = fs::read_to_string(net.path("pipeline.yaml")).unwrap();
    net.write("pipeline.yaml", pipeline.replace("LicenseRef-watch", "CC-BY-NC-4.0"));
    let line = "error[licence-conflict]: `mines` of watch is under CC-BY-NC-4.0, which forbids commercial use; CC-BY-4.0, the product's licence, allows it\n  --> ./pipeline.yaml:15:72\n";
    for command in ["lint", "plan", "run"] {
        net.mutirao(&[command, "."]).fails(1, &[line]);
    }
    net.write("pipeline.yaml", pipeline.replace(", license: LicenseRef-watch", ""));
    net.mutirao(&["lint", "."])
        .fails(0, &["warning[licence-missing]: `mines` of watch has no licence\n  --> ./pipeline.yaml:17:3\n"]);
}
