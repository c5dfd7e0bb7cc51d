use std::path::Path;

use mutirao_core::door::{Answer, Question, Refusal, RefusalCode, VectorTranslated};
use mutirao_parquet::{PointFeature, PointTable, read_points, write_points};

use super::{ask, text, vector::question};

fn translate(path: &Path, out: &Path) -> Result<(VectorTranslated, PointTable), Refusal> {
    match ask(Question::Points(question(path, out)))? {
        Answer::Points(done) => Ok((done, read_points(out).expect("it reads back"))),
        other => panic!("{other:?}"),
    }
}

fn features(geometry: &str) -> String {
    format!(
        r#"{{"type":"FeatureCollection","features":[
{{"type":"Feature","properties":{{"reference":3}},"geometry":{{"type":"Point","coordinates":[-51,1,7]}}}},
{{"type":"Feature","properties":{{"reference":4}},"geometry":null}},
{{"type":"Feature","properties":{{"reference":5}},"geometry":{geometry}}}]}}"#
    )
}

#[test]
fn points_move_and_keep_their_attributes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, out) = (folder.path().join("in.geojson"), folder.path().join("out.parquet"));
    std::fs::write(&path, features(r#"{"type":"MultiPoint","coordinates":[[-51,1]]}"#)).expect("written");
    let (done, table) = translate(&path, &out).expect("an answer");
    assert_eq!((done.features, done.empty, done.fields), (3, 1, vec!["reference".to_owned()]));
    let of = |at: usize| (table.features[at].attributes[0].as_deref(), table.features[at].point);
    assert_eq!(of(1), (Some("4"), None));
    // pyproj 3.7.2, EPSG:4326 -> EPSG:31976: (-51, 1) is the zone's central meridian.
    for (at, reference) in [(0, "3"), (2, "5")] {
        let (attribute, point) = of(at);
        let [x, y] = point.expect("a place");
        assert_eq!(attribute, Some(reference));
        assert!((x - 500_000.0).abs() < 1e-6 && (y - 110530.15879873092).abs() < 1e-3, "{x} {y}");
    }
}

#[test]
fn geoparquet_of_an_unknown_crs_takes_that_of_the_question() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, out) = (folder.path().join("in.parquet"), folder.path().join("out.parquet"));
    let feature = PointFeature { attributes: vec![Some("1".to_owned())], point: Some([-51.0, 1.0]) };
    let table = PointTable { crs: serde_json::Value::Null, fields: vec!["n".to_owned()], features: vec![feature] };
    write_points(&path, &table).expect("written");
    assert_eq!(translate(&path, &out).expect_err("no CRS").code, RefusalCode::CrsMissing);
    let mut named = question(&path, &out);
    named.crs_override = Some(text("EPSG:4674"));
    assert!(matches!(ask(Question::Points(named)), Ok(Answer::Points(done)) if done.transformation.is_some()));
    let [x, _] = read_points(&out).expect("it reads back").features[0].point.expect("a place");
    assert!((x - 500_000.0).abs() < 1e-6, "{x}");
}

#[test]
fn what_is_no_single_point_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, out) = (folder.path().join("in.geojson"), folder.path().join("out.parquet"));
    let wrong = [
        (r#"{"type":"MultiPoint","coordinates":[[-51,1],[-51,2]]}"#, "MultiPoint of 2"),
        (r#"{"type":"LineString","coordinates":[[-51,1],[-51,2]]}"#, "Line String"),
    ];
    for (geometry, name) in wrong {
        std::fs::write(&path, features(geometry)).expect("written");
        let refusal = translate(&path, &out).expect_err("a refusal");
        assert_eq!(refusal.code, RefusalCode::NotPoints);
        assert!(refusal.message.contains("feature 2") && refusal.message.contains(name), "{}", refusal.message);
        assert!(!out.exists());
    }
}
