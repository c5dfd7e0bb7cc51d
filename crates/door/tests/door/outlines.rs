use std::path::Path;

use mutirao_core::door::{
    Answer, NamedFeature, OutlinesFacts, OutlinesQuestion, Question, Refusal, RefusalCode, VectorQuestion,
};
use mutirao_core::outline::{Outline, OutlineKind};
use mutirao_parquet::read_outlines;

use super::{ask, text};

type Told = (OutlinesFacts, Vec<Outline>);

/// Everything, as it is.
fn question(path: &Path) -> OutlinesQuestion {
    let (named, out) = (Vec::new(), path.with_extension("out"));
    OutlinesQuestion { path: path.to_owned(), layer: None, window: None, tolerance: 0.0, most: 1_000_000, named, out }
}

fn told(question: OutlinesQuestion) -> Result<Told, Refusal> {
    let out = question.out.clone();
    match ask(Question::Outlines(question))? {
        Answer::Outlines(facts) => Ok((facts, read_outlines(&out).expect("it reads back"))),
        other => panic!("{other:?}"),
    }
}

/// A layer of these geometries, as GeoJSON has them.
fn layer(folder: &Path, geometries: &[&str]) -> std::path::PathBuf {
    let feature = |geometry: &&str| format!(r#"{{"type":"Feature","properties":{{}},"geometry":{geometry}}}"#);
    let features: Vec<String> = geometries.iter().map(feature).collect();
    let path = folder.join("in.geojson");
    let all = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    std::fs::write(&path, all).expect("written");
    path
}

fn square(x: f64, y: f64, side: f64) -> String {
    let (right, top) = (x + side, y + side);
    format!(r#"{{"type":"Polygon","coordinates":[[[{x},{y}],[{right},{y}],[{right},{top}],[{x},{top}],[{x},{y}]]]}}"#)
}

const BOW_TIE: &str = r#"{"type":"Polygon","coordinates":[[[0,0],[4,4],[4,0],[0,4],[0,0]]]}"#;

#[test]
fn all_kinds_come_as_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let all = [
        BOW_TIE,
        "null",
        r#"{"type":"MultiPoint","coordinates":[[1,2],[3,4,5]]}"#,
        r#"{"type":"LineString","coordinates":[[0,0],[1,1],[2,0]]}"#,
        r#"{"type":"MultiPolygon","coordinates":[]}"#,
    ];
    let (facts, outlines) = told(question(&layer(folder.path(), &all))).expect("an answer");
    assert_eq!((facts.layer.as_str(), facts.features, facts.drawn), ("in", 3, 3));
    let found: Vec<_> =
        outlines.iter().map(|outline| (outline.feature, outline.kind, outline.vertices.len())).collect();
    use OutlineKind::{Line, Point, Ring};
    assert_eq!(found, [(1, Ring, 5), (3, Point, 1), (3, Point, 1), (4, Line, 3)]);
    assert_eq!(outlines[0].vertices, [[0.0, 0.0], [4.0, 4.0], [4.0, 0.0], [0.0, 4.0], [0.0, 0.0]]);
    assert_eq!(outlines[2].vertices, [[3.0, 4.0]]);
}

#[test]
fn only_what_touches_the_window_comes_and_what_is_named_is_told_of() {
    let folder = tempfile::tempdir().expect("a folder");
    let squares: Vec<String> = (0..100).map(|at| square(f64::from(at % 10), f64::from(at / 10), 1.0)).collect();
    let path = layer(folder.path(), &squares.iter().map(String::as_str).collect::<Vec<_>>());
    let named =
        [(1, [0.5, 0.5]), (56, [5.0, 5.0]), (900, [0.0, 0.0])].map(|(feature, at)| NamedFeature { feature, at });
    let window = Some([4.5, 4.5, 5.5, 5.5]);
    let asked = OutlinesQuestion { window, named: named.to_vec(), ..question(&path) };
    let (facts, outlines) = told(asked.clone()).expect("an answer");
    let numbers: Vec<u64> = outlines.iter().map(|outline| outline.feature).collect();
    assert_eq!(numbers, [45, 46, 55, 56]);
    assert_eq!((facts.features, facts.drawn), (4, 4));
    assert_eq!((facts.named[0].bounds, facts.named[0].reach), (Some([0.0, 0.0, 1.0, 1.0]), Some(0.5)));
    assert_eq!((facts.named[1].bounds, facts.named[1].reach), (Some([5.0, 5.0, 6.0, 6.0]), Some(1.0)));
    assert_eq!(facts.named[2], Default::default());
    // Beyond the number of vertices only what is named is given; the others are counted.
    let (facts, outlines) = told(OutlinesQuestion { most: 3, ..asked }).expect("an answer");
    assert_eq!((facts.features, facts.drawn), (4, 2));
    assert_eq!(outlines.iter().map(|outline| outline.feature).collect::<Vec<_>>(), [45, 56]);
}

#[test]
fn what_shrinks_to_a_dot_stands_once_for_each_square() {
    let folder = tempfile::tempdir().expect("a folder");
    let squares: Vec<String> = (0..900).map(|at| square(f64::from(at % 30), f64::from(at / 30), 0.5)).collect();
    let path = layer(folder.path(), &squares.iter().map(String::as_str).collect::<Vec<_>>());
    let named = vec![NamedFeature { feature: 2, at: [1.0, 0.0] }];
    let asked = OutlinesQuestion { tolerance: 10.0, named, ..question(&path) };
    let (facts, outlines) = told(asked).expect("an answer");
    assert_eq!((facts.features, facts.drawn, outlines.len()), (900, 900, 10));
    assert!(outlines.iter().all(|outline| outline.vertices.len() == 1));
    assert_eq!(outlines[1].feature, 2);
}

#[test]
fn geoparquet_gives_what_its_source_gave() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = layer(folder.path(), &[&square(1.0, 2.0, 3.0), "null", &square(7.0, 8.0, 0.25)]);
    let out = folder.path().join("in.parquet");
    let (layer, crs_override, target_crs) = (None, None, text("EPSG:4326"));
    let into =
        VectorQuestion { path: path.clone(), layer, crs_override, target_crs, allow_ballpark: false, out: out.clone() };
    ask(Question::Vector(into)).expect("translated");
    let (facts, outlines) = told(question(&path)).expect("an answer");
    assert_eq!(told(question(&out)).expect("an answer"), (facts, outlines));
}

#[test]
fn odd_questions_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = layer(folder.path(), &[BOW_TIE]);
    let code = |question| told(question).expect_err("a refusal").code;
    assert_eq!(code(OutlinesQuestion { tolerance: -1.0, ..question(&path) }), RefusalCode::GridInvalid);
    assert_eq!(code(OutlinesQuestion { layer: Some("none".into()), ..question(&path) }), RefusalCode::LayerUnknown);
    assert_eq!(code(question(&folder.path().join("none.gpkg"))), RefusalCode::FileMissing);
}
