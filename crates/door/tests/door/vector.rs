use std::path::{Path, PathBuf};

use mutirao_core::door::{Answer, Question, Refusal, RefusalCode, VectorQuestion, VectorTranslated};
use mutirao_parquet::{FeatureTable, read_features};

use super::{ask, shared, text};

pub fn question(path: &Path, out: &Path) -> VectorQuestion {
    VectorQuestion {
        path: path.to_owned(),
        layer: None,
        crs_override: None,
        target_crs: text("EPSG:31976"),
        allow_ballpark: false,
        out: out.to_owned(),
    }
}

pub fn translate(question: VectorQuestion) -> Result<(VectorTranslated, FeatureTable), Refusal> {
    let out = question.out.clone();
    match ask(Question::Vector(question))? {
        Answer::Vector(done) => Ok((done, read_features(&out).expect("it reads back"))),
        other => panic!("{other:?}"),
    }
}

pub const TWO: &str = r#"{"type":"FeatureCollection","features":[
 {"type":"Feature","properties":{"code":1600105,"share":0.1,"whole":2.0,"name":"Amapá","on":true,"day":"2020-07-31","none":null},
  "geometry":{"type":"Polygon","coordinates":[[[-51,1,7],[-50,1,7],[-50,2,7],[-51,2,7],[-51,1,7]]]}},
 {"type":"Feature","properties":{"code":2,"share":null,"whole":3.0,"name":"","on":false,"day":null,"none":null},"geometry":null},
 {"type":"Feature","properties":{"code":3,"share":1e-7,"whole":1.0,"name":"x","on":false,"day":null,"none":null},
  "geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[0,0]},
   {"type":"Polygon","coordinates":[[[-51,0],[-50,1],[-50,0],[-51,1],[-51,0]]]}]}}]}"#;

#[test]
fn attributes_become_text_and_vertices_move() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, out) = (folder.path().join("in.geojson"), folder.path().join("out.parquet"));
    std::fs::write(&path, TWO).expect("written");
    let (done, table) = translate(question(&path, &out)).expect("an answer");
    assert_eq!((done.features, done.invalid, done.empty, done.same_crs), (3, 1, 1, false));
    assert_eq!(done.fields, ["code", "share", "whole", "name", "on", "day", "none"]);
    let transformation = done.transformation.expect("one was needed");
    assert!(!transformation.ballpark && transformation.accuracy_m == Some(1.0));
    assert_eq!(done.notes.len(), 2, "{:?}", done.notes);
    let texts: Vec<Option<&str>> = table.features[0].attributes.iter().map(Option::as_deref).collect();
    let expected = [Some("1600105"), Some("0.1"), Some("2"), Some("Amapá"), Some("true"), Some("2020-07-31"), None];
    assert_eq!(texts, expected);
    assert_eq!(table.features[2].attributes[1].as_deref(), Some("0.0000001"));
    assert!(table.features[1].geometry.is_none());
    // pyproj 3.7.2, EPSG:4326 -> EPSG:31976: (-51, 1) is the zone's central meridian.
    let ring = &table.features[0].geometry.as_ref().expect("a polygon").polygons[0].rings[0];
    assert_eq!(ring.len(), 5);
    assert!((ring[0][0] - 500_000.0).abs() < 1e-6 && (ring[0][1] - 110530.15879873092).abs() < 1e-3, "{:?}", ring[0]);
    assert_eq!(table.crs["id"]["code"], 31976);

    let mut same = question(&path, &out);
    same.target_crs = text("OGC:CRS84");
    let (done, table) = translate(same).expect("an answer");
    assert!(done.same_crs && done.transformation.is_none());
    let ring = &table.features[0].geometry.as_ref().expect("a polygon").polygons[0].rings[0];
    assert_eq!(ring[1], [-50.0, 1.0]);
}

#[test]
fn a_last_feature_without_geometry_is_no_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, out) = (folder.path().join("in.geojson"), folder.path().join("out.parquet"));
    let empty = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":null}]}"#;
    std::fs::write(&path, empty).expect("written");
    let asked = VectorQuestion { crs_override: Some(text("EPSG:4326")), ..question(&path, &out) };
    let (done, table) = translate(asked).expect("an answer");
    assert_eq!((done.empty, table.features.len()), (1, 1));
    assert!(table.features[0].geometry.is_none());
}

#[test]
fn what_cannot_be_translated_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, out) = (folder.path().join("in.geojson"), folder.path().join("out.parquet"));
    let code = |asked: VectorQuestion| {
        let refusal = translate(asked).expect_err("a refusal");
        assert!(!out.exists());
        (refusal.code, refusal.message)
    };
    std::fs::write(&path, TWO).expect("written");
    let named = VectorQuestion { layer: Some("nix".to_owned()), ..question(&path, &out) };
    assert_eq!(code(named).0, RefusalCode::LayerUnknown);
    let point = r#"{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[1,2]}}"#;
    std::fs::write(&path, point).expect("written");
    let (not_polygons, message) = code(question(&path, &out));
    assert!(not_polygons == RefusalCode::NotPolygons && message.contains("feature 0") && message.contains("Point"));
    let table = folder.path().join("table.csv");
    std::fs::write(&table, "a,WKT\n1,\"POLYGON((0 0,1 0,1 1,0 0))\"\n").expect("written");
    assert_eq!(code(question(&table, &out)).0, RefusalCode::CrsMissing);
    std::fs::write(&path, TWO.replace("-51,1,7", "-51,91,7")).expect("written");
    assert_eq!(code(question(&path, &out)).0, RefusalCode::VertexUntransformable);
    // A recipe under another name would read whatever file it names.
    let recipe = format!(
        "<OGRVRTDataSource><OGRVRTLayer name=\"table\"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        table.display()
    );
    std::fs::write(&path, recipe).expect("written");
    assert_eq!(code(question(&path, &out)).0, RefusalCode::NotReadable);
    std::fs::write(&path, "{\"type\":\"FeatureCollection\"").expect("written");
    assert_eq!(code(question(&path, &out)).0, RefusalCode::NotReadable);
    assert_eq!(code(question(Path::new("gone.shp"), &out)).0, RefusalCode::FileMissing);
}

fn vectors(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().expect("a folder").filter_map(Result::ok) {
        let path = entry.path();
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if path.is_dir() {
            vectors(&path, found);
        } else if ["shp", "gpkg", "json", "geojson", "parquet"].contains(&ending.as_str()) {
            found.push(path);
        }
    }
}

#[test]
fn all_shared_vectors_are_translated_or_refused_by_name() {
    let Some(data) = shared(".") else { return };
    let mut found = Vec::new();
    vectors(&data, &mut found);
    let folder = tempfile::tempdir().expect("a folder");
    let (mut done, mut refused) = (0, std::collections::BTreeMap::new());
    for path in &found {
        let asked =
            VectorQuestion { target_crs: text("EPSG:4326"), ..question(path, &folder.path().join("out.parquet")) };
        match translate(asked) {
            Ok((told, table)) => {
                done += 1;
                assert_eq!(told.features as usize, table.features.len(), "{}", path.display());
            }
            Err(refusal) => {
                assert!(!refusal.message.is_empty() && !refusal.mend.is_empty());
                assert_ne!(refusal.code, RefusalCode::DoorPanicked, "{}", path.display());
                *refused.entry(format!("{:?}", refusal.code)).or_insert(0) += 1;
            }
        }
    }
    println!("{} vectors: {done} translated, refused {refused:?}", found.len());
    assert!(done > 0);
}

#[test]
fn a_custom_crs_without_datum_needs_a_word() {
    let Some(path) = shared("amapa-vector/anm_sigmine/AP_mineracao_equalarea.GPKG") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut asked = question(&path, &folder.path().join("out.parquet"));
    assert_eq!(translate(asked.clone()).expect_err("two layers").code, RefusalCode::LayerNotNamed);
    asked.layer = Some("sigmine_AP_2021_poly".to_owned());
    assert_eq!(translate(asked.clone()).expect_err("no datum").code, RefusalCode::BallparkTransformation);
    asked.allow_ballpark = true;
    let (done, table) = translate(asked).expect("an answer");
    // Counted with another version of GDAL when the data were gathered: 1,115 polygons, 2 of them invalid.
    assert_eq!((done.features, done.invalid, table.features.len()), (1115, 2, 1115));
}
