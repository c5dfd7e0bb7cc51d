use std::path::{Path, PathBuf};

use mutirao_core::door::{Answer, Question, Refusal, RefusalCode, VectorQuestion, VectorTranslated};
use mutirao_parquet::{FeatureTable, write_features};
use serde_json::{Value, json};

use super::vector::{TWO, question, translate};
use super::{ask, shared, text};

/// The polygons of the test beside, as GeoParquet with a CRS of its own; its texts are the door's.
fn parquet_of_two(folder: &Path, crs: &Value) -> PathBuf {
    let (json, path) = (folder.join("in.geojson"), folder.join("in.parquet"));
    std::fs::write(&json, TWO).expect("written");
    let asked = VectorQuestion { target_crs: text("OGC:CRS84"), ..question(&json, &path) };
    let (_, table) = translate(asked).expect("an answer");
    write_features(&path, &FeatureTable { crs: crs.clone(), ..table }).expect("written");
    path
}

fn of_two(change: impl FnOnce(VectorQuestion) -> VectorQuestion, crs: &Value) -> Result<VectorTranslated, Refusal> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = parquet_of_two(folder.path(), crs);
    translate(change(question(&path, &folder.path().join("out.parquet")))).map(|(done, _)| done)
}

fn crs84() -> Value {
    match ask(Question::Crs { crs: text("OGC:CRS84") }).expect("an answer") {
        Answer::Crs(facts) => facts.projjson,
        other => panic!("{other:?}"),
    }
}

#[test]
fn geoparquet_goes_the_way_of_all_vectors() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = parquet_of_two(folder.path(), &crs84());
    let (json, out) = (folder.path().join("in.geojson"), folder.path().join("out.parquet"));
    let (told, wanted) = translate(question(&json, &out)).expect("an answer");
    let (done, found) = translate(question(&path, &out)).expect("an answer");
    assert_eq!(found, wanted);
    let counts = |done: &VectorTranslated| (done.features, done.invalid, done.empty, done.same_crs);
    assert_eq!((counts(&done), &done.fields), (counts(&told), &told.fields));
    assert_eq!(counts(&done), (3, 1, 1, false));
    // Axes are named in another order in OGC:CRS84 than in the GeoJSON's EPSG:4326.
    let name = |done: &VectorTranslated| done.transformation.as_ref().expect("one was needed").name.clone();
    assert!(name(&done).ends_with(&name(&told)), "{} beside {}", name(&done), name(&told));
    assert_eq!((done.layer.as_str(), done.notes.len()), ("in", 0), "{:?}", done.notes);

    let asked = VectorQuestion { target_crs: text("EPSG:4326"), ..question(&path, &out) };
    let (done, table) = translate(asked).expect("an answer");
    assert!(done.same_crs && done.transformation.is_none());
    let ring = &table.features[0].geometry.as_ref().expect("a polygon").polygons[0].rings[0];
    assert_eq!(ring[1], [-50.0, 1.0], "x first, whatever the CRS's order of axes");
}

#[test]
fn the_crs_is_that_of_the_question_or_of_the_file_or_missing() {
    let code = |crs: &Value| of_two(|asked| asked, crs).expect_err("a refusal").code;
    assert_eq!(code(&Value::Null), RefusalCode::CrsMissing);
    assert_eq!(code(&json!({ "type": "no such CRS" })), RefusalCode::CrsNotUnderstood);
    let given = |asked, crs: &str| VectorQuestion { crs_override: Some(text(crs)), ..asked };
    for stated in [Value::Null, json!({ "type": "no such CRS" })] {
        let done = of_two(|asked| given(asked, "EPSG:4674"), &stated).expect("an answer");
        assert_eq!((done.crs.as_str(), done.same_crs), ("SIRGAS 2000", false));
    }
    let without_datum = of_two(|asked| given(asked, "+proj=longlat +ellps=aust_SA +type=crs"), &Value::Null);
    assert_eq!(without_datum.expect_err("a refusal").code, RefusalCode::BallparkTransformation);
}

#[test]
fn its_one_layer_bears_its_name() {
    let named = |name: &str| {
        let name = name.to_owned();
        of_two(|asked| VectorQuestion { layer: Some(name), ..asked }, &crs84())
    };
    assert_eq!(named("in").expect("an answer").layer, "in");
    assert_eq!(named("out").expect_err("a refusal").code, RefusalCode::LayerUnknown);
}

#[test]
fn what_is_no_geoparquet_is_refused_whatever_it_is_called() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out.parquet");
    for (name, bytes) in [("a.parquet", b"junk".as_slice()), ("a.geoparquet", b""), ("a.json", b"PAR1PAR1")] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        let refusal = translate(question(&path, &out)).expect_err(name);
        assert_eq!(refusal.code, RefusalCode::NotReadable, "{name}");
        assert!(refusal.message.contains(name), "{refusal}");
    }
}

fn parquets(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().expect("a folder").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            parquets(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "parquet") {
            found.push(path);
        }
    }
}

#[test]
fn hostile_geoparquet_is_translated_or_refused_by_name() {
    let Some(corpus) = shared("../corpus") else { return };
    let mut found = Vec::new();
    parquets(&corpus, &mut found);
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out.parquet");
    let mut codes = std::collections::BTreeMap::new();
    for path in &found {
        let asked = VectorQuestion { target_crs: text("EPSG:4326"), ..question(path, &out) };
        let code = match translate(asked) {
            Ok(_) => {
                std::fs::remove_file(&out).expect("it was written");
                "translated".to_owned()
            }
            Err(refusal) => {
                assert!(!refusal.message.is_empty() && !refusal.mend.is_empty());
                assert_ne!(refusal.code, RefusalCode::DoorPanicked, "{}", path.display());
                assert!(!out.exists(), "{}", path.display());
                format!("{:?}", refusal.code)
            }
        };
        *codes.entry(code).or_insert(0) += 1;
    }
    println!("{} files: {codes:?}", found.len());
    assert!(codes["translated"] > 5 && codes["NotPolygons"] > 5 && codes["NotReadable"] > 50, "{codes:?}");
}

#[test]
fn the_conformance_suite_is_refused_by_the_right_names() {
    let Some(folder) = shared("../corpus/geoparquet-testing") else { return };
    let out = tempfile::tempdir().expect("a folder");
    let ask = |name: &str| {
        let asked = question(&folder.join(name), &out.path().join("out.parquet"));
        translate(VectorQuestion { target_crs: text("EPSG:4326"), ..asked })
    };
    let code = |name: &str| ask(name).expect_err(name).code;
    for (name, wanted) in [
        ("bad_data/crs-invalid-projjson.parquet", RefusalCode::CrsNotUnderstood),
        ("bad_data/missing-geo-metadata.parquet", RefusalCode::NotReadable),
        ("bad_data/wkb-truncated.parquet", RefusalCode::Corrupt),
        ("bad_data/wkb-with-srid-prefix.parquet", RefusalCode::Corrupt),
        ("bad_data/wkb-wrong-type-byte.parquet", RefusalCode::NotPolygons),
        ("data/edges/edges-spherical.parquet", RefusalCode::NotReadable),
    ] {
        assert_eq!(code(name), wanted, "{name}");
    }
    for name in ["data/orientation/polygon-ccw.parquet", "data/orientation/polygon-cw.parquet"] {
        assert!(ask(name).expect(name).0.features > 0);
    }
}
