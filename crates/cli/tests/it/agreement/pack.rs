//! `mutirao contract pack`: with the pack alone, a partner sees what the network sees.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::Value;
use zip::ZipArchive;

use super::{mutirao, root};
use crate::support::{Net, Said, Tif};

/// Names and contents of a pack.
pub fn listed(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut entry = archive.by_index(at).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

/// What a check says, without the places of the contract, which is elsewhere.
fn judged(folder: &Path, files: &[String], contract: &str) -> (Value, Value, Value) {
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let said = mutirao(folder, &[&["check", "--json"][..], &files, &["--contract", contract]].concat());
    let mut json = said.json();
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.remove("rule");
                map.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    for part in ["findings", "rules"] {
        strip(&mut json[part]);
    }
    (json["verdict"].clone(), json["findings"].clone(), json["rules"].clone())
}

#[test]
fn packs_of_the_demo_judge_as_the_network_does() {
    let (demo, rasters) = (root().join("pipelines/demo"), root().join("fixtures/demo"));
    let elsewhere = tempfile::tempdir().unwrap();
    let layers = [
        ("mining", "mining", vec!["mining_2019", "mining_2020"]),
        ("base/mata", "base-mata", vec!["mata_2019", "mata_2020"]),
        ("base/campo", "base-campo", vec!["campo_2019_2020"]),
        ("base/varzea", "base-varzea", vec!["varzea_2019", "varzea_2020"]),
        ("urban", "urban", vec!["urban_2019", "urban_2020"]),
        ("water", "water", vec!["water"]),
        ("agriculture", "agriculture", vec!["agriculture_2019", "agriculture_2020"]),
        ("pasture", "pasture", vec!["pasture_2019", "pasture_2020"]),
    ];
    for (layer, id, names) in layers {
        mutirao(elsewhere.path(), &["contract", "pack", layer, "--network", demo.to_str().unwrap()]).ok();
        let pack = format!("{id}-pack.zip");
        let files: Vec<String> = names.iter().map(|name| format!("{}/{name}.tif", rasters.display())).collect();
        let contract = format!("{}/contracts/{id}.odcs.yaml", demo.display());
        let by_pack = judged(elsewhere.path(), &files, &pack);
        assert_eq!(by_pack, judged(&root(), &files, &contract), "{layer}");
        assert!(["pass", "pending"].contains(&by_pack.0.as_str().unwrap()), "{by_pack:?}");
        // Another layer's files break it, in the same way.
        let wrong = vec![format!("{}/protected.tif", rasters.display())];
        let by_pack = judged(elsewhere.path(), &wrong, &pack);
        assert_eq!(by_pack, judged(&root(), &wrong, &contract), "{layer}");
        assert_eq!(by_pack.0, "fail");
    }
    // Unpacked, it serves as well.
    let pack = listed(&elsewhere.path().join("urban-pack.zip"));
    for (name, bytes) in &pack {
        let path = elsewhere.path().join("unpacked").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let files = vec![format!("{}/urban_2019.tif", rasters.display())];
    let unpacked = judged(elsewhere.path(), &files, "unpacked/contracts/urban.odcs.yaml");
    assert_eq!(unpacked, judged(elsewhere.path(), &files, "urban-pack.zip"));
}

#[test]
fn withheld_files_stay_at_home_and_the_same_network_gives_the_same_bytes() {
    let demo = root().join("pipelines/demo");
    let elsewhere = tempfile::tempdir().unwrap();
    let pack = |out: &str| {
        mutirao(elsewhere.path(), &["contract", "pack", "mining", "--network", demo.to_str().unwrap(), "--out", out])
    };
    let said = pack("a.zip");
    said.ok();
    assert!(said.err.contains("withheld, not in the pack: acceptance/mines.csv"), "{said}");
    pack("b.zip").ok();
    let bytes = |name: &str| std::fs::read(elsewhere.path().join(name)).unwrap();
    assert_eq!(bytes("a.zip"), bytes("b.zip"));
    pack("a.zip").fails(4, &["is there already"]);
    let files = listed(&elsewhere.path().join("a.zip"));
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let wanted = [
        "README.md",
        "area/biomes.tif",
        "contracts/mining.odcs.yaml",
        "crosswalks/mining.csv",
        "grid.yaml",
        "legend.csv",
    ];
    assert_eq!(names, wanted);
    let secret = std::fs::read(demo.join("acceptance/mines.csv")).unwrap();
    let secret = String::from_utf8(secret).unwrap();
    for line in secret.lines().skip(1).filter(|line| line.len() > 8) {
        let holds = |bytes: &Vec<u8>| bytes.windows(line.len()).any(|window| window == line.as_bytes());
        assert!(!files.values().any(holds), "{line}");
    }
    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    insta::assert_snapshot!("pack_readme", text("README.md"));
    insta::assert_snapshot!("pack_grid", text("grid.yaml"));
    let own = std::fs::read_to_string(demo.join("contracts/mining.odcs.yaml")).unwrap();
    assert_eq!(text("contracts/mining.odcs.yaml"), own.replace("../../fixtures/demo/biomes.tif", "area/biomes.tif"));
}

const AREA: &str = r#"{ "type": "FeatureCollection", "crs": { "type": "name", "properties": { "name": "urn:ogc:def:crs:EPSG::31976" } },
"features": [
 { "type": "Feature", "properties": { "who": 1, "secret": "mine" }, "geometry": { "type": "Polygon",
   "coordinates": [[[405000, 180000], [405060, 180000], [405060, 179940], [405000, 179940], [405000, 180000]]] } },
 { "type": "Feature", "properties": { "who": 2, "secret": "theirs" }, "geometry": { "type": "Polygon",
   "coordinates": [[[405060, 180000], [405120, 180000], [405120, 179940], [405060, 179940], [405060, 180000]]] } } ] }"#;

const CONTRACT: &str = r#"apiVersion: v3.1.0
kind: DataContract
id: mines
version: 1.0.0
schema:
  - name: mines
    physicalType: raster
    properties: [ { name: class, physicalType: uint8 } ]
    customProperties:
      - { property: grid, value: { crs: "EPSG:31976", resolution: 30 } }
      - { property: classes, value: { allowed: [30] } }
      - { property: area, value: { source: regions/who.geojson, attribute: who, values: [1] } }
    quality:
      - { type: custom, engine: mutirao, implementation: { check: outside-area, max_pixels: 0 } }
      - { type: custom, engine: mutirao, implementation: { check: valid-share, min_share: 1 } }
      - { type: custom, engine: mutirao, implementation: { check: extent, covers: grid } }
      - { type: custom, engine: mutirao, implementation: { check: acceptance-points, points: points.csv } }
"#;

fn with_polygons(contract: &str) -> Net {
    let net = Net::new([4, 2]);
    net.tif("mines", &Tif::of(4, &[30, 30, 0, 0, 30, 30, 0, 0]));
    net.write("regions/who.geojson", AREA).write("points.csv", "x,y,class\n405015,179985,30\n");
    net.write("contracts/mines.odcs.yaml", contract);
    net.pipeline(
        "license: CC-BY-4.0\nlayers:\n  mines: { license: CC-BY-4.0, contract: contracts/mines.odcs.yaml, source: mines.tif, static: true, \
         classes: [30] }\ncoverage: { rules: [ { take: { mines: 30 } } ] }\n",
    );
    net
}

#[test]
fn of_polygons_only_the_partners_own_go_along_and_no_door_is_needed_to_check() {
    let net = with_polygons(CONTRACT);
    net.mutirao(&["contract", "pack", "mines", "--network", "."]).ok();
    let files = listed(&net.path("mines-pack.zip"));
    assert!(files.contains_key("area/who.parquet") && files.contains_key("points.csv"), "{:?}", files.keys());
    let polygons = net.path("who.parquet");
    std::fs::write(&polygons, &files["area/who.parquet"]).unwrap();
    let table = mutirao_parquet::read_features(&polygons).unwrap();
    assert_eq!((table.features.len(), table.fields), (1, vec!["who".to_owned()]));
    let check = |file: &str, contract: &str| {
        let mut command = net.command(&["check", "--json", file, "--contract", contract]);
        Said::of(command.env("MUTIRAO_DOOR", "/nowhere/mutirao-door").output().unwrap())
    };
    let said = check("mines.tif", "mines-pack.zip");
    assert_eq!((said.code, &said.json()["verdict"]), (Some(0), &"pass".into()), "{said}");
    net.tif("over", &Tif::of(4, &[30, 30, 30, 0, 30, 0, 0, 0]));
    let said = check("over.tif", "mines-pack.zip");
    assert_eq!(said.code, Some(1), "{said}");
    let codes: Vec<String> = said.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap().to_owned())
        .collect();
    assert!(codes.contains(&"outside-area".to_owned()) && codes.contains(&"valid-share".to_owned()), "{codes:?}");
    let strips = CONTRACT.replace(
        "check: outside-area, max_pixels: 0 }",
        "check: outside-area, max_pixels: 1, buffer_m: 10 } }\n      - { type: custom, engine: mutirao, implementation: { check: outside-area, max_pixels: 0, buffer_m: 15 }",
    );
    net.write("contracts/mines.odcs.yaml", &strips);
    net.mutirao(&["contract", "pack", "mines", "--network", ".", "--out", "strips.zip"]).ok();
    let strips = check("over.tif", "strips.zip").json();
    assert_eq!(
        [&strips["rules"][0]["measured"], &strips["rules"][1]["measured"]],
        [1, 0],
        "a centre 15 m from the area"
    );
    let rule = &said.json()["findings"][0]["rule"]["file"];
    assert_eq!(rule, "mines-pack.zip/contracts/mines.odcs.yaml");
    assert!(!said.out.contains("mutirao-pack-"), "{said}");
    // The grid of the pack: files that are too small for it, and files beside its nodes.
    net.tif("small", &Tif::of(2, &[30, 30, 30, 30]));
    net.tif("beside", &Tif { origin: [405_010.0, 180_000.0], ..Tif::of(4, &[30, 30, 0, 0, 30, 30, 0, 0]) });
    for (file, code) in [("small.tif", "extent"), ("beside.tif", "grid")] {
        let said = check(file, "mines-pack.zip");
        let found = said.json()["findings"].as_array().unwrap().iter().any(|one| one["code"] == code);
        assert!(found, "{file}: {said}");
    }
}

#[test]
fn what_cannot_be_packed_is_told() {
    let net = with_polygons(CONTRACT);
    net.mutirao(&["contract", "pack", "water", "--network", "."]).fails(2, &["there is no layer", "mines"]);
    net.mutirao(&["contract", "pack", "mines", "--network", ".", "--out", "a.tar"]).fails(2, &[".zip"]);
    net.mutirao(&["contract", "pack", "contracts/mines.odcs.yaml", "--network", ".", "--out", "a.zip"]).ok();
    let twice = "      - { type: custom, engine: mutirao, implementation: { check: accuracy, samples: ./points.csv, min: 0.5, withheld: true } }\n";
    let net = with_polygons(&format!("{CONTRACT}{twice}"));
    net.mutirao(&["contract", "pack", "mines", "--network", "."]).fails(1, &["points.csv", "withholds it once"]);
    assert!(!net.path("mines-pack.zip").exists());
    std::fs::remove_file(net.path("points.csv")).unwrap();
    net.mutirao(&["contract", "pack", "mines", "--network", "."]).fails(1, &["points.csv", "is not there"]);
}
