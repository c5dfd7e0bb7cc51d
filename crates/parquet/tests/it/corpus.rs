//! Files of others, where they are at hand: each is read, or refused with a name.

use std::path::{Path, PathBuf};

use mutirao_core::geometry::{MultiPolygon, Polygon};
use mutirao_parquet::{AreaReader, GeoError, Problem, read_features, read_inputs, read_sources, read_territories};

/// A folder of the shared files, or `None` (said aloud) where there are none.
pub fn shared(folder: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if !root.is_dir() {
        println!("skipped: ../shared is not here");
        return None;
    }
    Some(root.join(folder))
}

/// All Parquet files below a folder, in order.
pub fn parquet_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(parquet_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "parquet") {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn damaged_files_are_refused_by_every_reader() {
    let Some(corpus) = shared("corpus") else { return };
    for (folder, least) in [("parquet-bad", 8), ("parquet-odd", 8), ("parquet-arrow-ossfuzz", 90), ("handmade", 1)] {
        let files = parquet_files(&corpus.join(folder));
        assert!(files.len() >= least, "{folder}: {} files", files.len());
        for file in files {
            assert!(read_sources(&file).is_err(), "{}", file.display());
            assert!(read_inputs(&file).is_err(), "{}", file.display());
            assert!(read_territories(&file).is_err(), "{}", file.display());
            assert!(read_features(&file).is_err(), "{}", file.display());
            let areas = AreaReader::open(&file).and_then(|reader| reader.collect::<Result<Vec<_>, _>>());
            assert!(areas.is_err(), "{}", file.display());
        }
    }
}

#[test]
fn geoparquet_of_others_is_read_or_refused_by_name() {
    let Some(shared) = shared("") else { return };
    let (mut read, mut refused) = (0, 0);
    let folders = [
        "corpus/geoparquet-valid",
        "corpus/geoparquet-testing",
        "corpus/parquet-geo-valid",
        "data/geoparquet-conformance",
    ];
    for file in folders.iter().flat_map(|folder| parquet_files(&shared.join(folder))) {
        match read_features(&file) {
            Ok(table) => {
                read += 1;
                assert!(table.features.iter().all(|feature| feature.attributes.len() == table.fields.len()));
            }
            Err(error) => {
                refused += 1;
                println!("{error}");
                assert!(!matches!(error.what, Problem::Panicked { .. } | Problem::Io(_)), "{error}");
            }
        }
    }
    println!("{read} read, {refused} refused");
    assert!(read >= 10, "{read} read, {refused} refused");
}

#[test]
fn refusals_of_the_conformance_suite_have_the_right_names() {
    let Some(folder) = shared("corpus/geoparquet-testing/bad_data") else { return };
    let problem = |name: &str| read_features(&folder.join(name)).err().map(|error| error.what);
    let geo = |name: &str| match problem(name) {
        Some(Problem::Geo(error)) => error,
        other => panic!("{name}: {other:?}"),
    };
    assert!(matches!(geo("geo-invalid-json.parquet"), GeoError::Json(_)));
    assert!(matches!(geo("missing-geo-metadata.parquet"), GeoError::Missing));
    assert!(matches!(geo("missing-columns.parquet"), GeoError::Key { key: "columns", .. }));
    assert!(matches!(geo("missing-primary-column.parquet"), GeoError::Key { key: "primary_column", .. }));
    assert!(matches!(geo("missing-version.parquet"), GeoError::Key { key: "version", .. }));
    assert!(matches!(geo("primary-column-not-in-columns.parquet"), GeoError::PrimaryNotDescribed { .. }));
    assert!(matches!(geo("version-unknown.parquet"), GeoError::Version { .. }));
    assert!(matches!(geo("edges-spherical-with-planar-antimeridian-line.parquet"), GeoError::Edges { .. }));
    for name in ["wkb-truncated", "wkb-with-srid-prefix", "wkb-wrong-type-byte", "zm-declared-xy-actual-xyz"] {
        let problem = problem(&format!("{name}.parquet"));
        assert!(matches!(problem, Some(Problem::Geometry { .. })), "{name}: {problem:?}");
    }
}

#[test]
fn geometries_equal_the_wkt_beside_them() {
    for folder in ["corpus/geoparquet-valid", "data/geoparquet-conformance/ogc"] {
        let Some(folder) = shared(folder) else { return };
        for kind in ["polygon", "multipolygon"] {
            let table = read_features(&folder.join(format!("data-{kind}-encoding_wkb.parquet"))).unwrap();
            let text = std::fs::read_to_string(folder.join(format!("data-{kind}-wkt.csv"))).unwrap();
            let expected: Vec<_> = text.lines().skip(1).map(csv_line).collect();
            assert_eq!(table.fields, ["col"]);
            let rows = table
                .features
                .into_iter()
                .map(|feature| (feature.attributes[0].clone().unwrap_or_default(), feature.geometry));
            assert_eq!(rows.collect::<Vec<_>>(), expected, "{kind}");
        }
        for kind in ["point", "linestring", "multipoint", "multilinestring"] {
            let error = read_features(&folder.join(format!("data-{kind}-encoding_wkb.parquet"))).unwrap_err();
            assert!(matches!(error.what, Problem::Geometry { row: 0, .. }), "{error}");
        }
    }
}

/// `0,"POLYGON (...)"`, or `3,` where the geometry is missing.
fn csv_line(line: &str) -> (String, Option<MultiPolygon>) {
    let (col, wkt) = line.split_once(',').unwrap();
    (col.to_string(), (!wkt.is_empty()).then(|| from_wkt(wkt.trim_matches('"'))))
}

/// WKT of polygons and multipolygons, by way of JSON.
fn from_wkt(wkt: &str) -> MultiPolygon {
    let (kind, body) = wkt.split_once(' ').unwrap();
    let polygons: Vec<Vec<Vec<[f64; 2]>>> = match (kind, body) {
        (_, "EMPTY") => Vec::new(),
        ("POLYGON", _) => vec![serde_json::from_str(&bracketed(body)).unwrap()],
        _ => serde_json::from_str(&bracketed(body)).unwrap(),
    };
    MultiPolygon { polygons: polygons.into_iter().map(|rings| Polygon { rings }).collect() }
}

/// `((30 10, 40 40))` as `[[[30,10],[40,40]]]`: every point gets brackets of its own.
fn bracketed(body: &str) -> String {
    let point = |text: &str| {
        let start = text.find(|c: char| c != '(').unwrap();
        let end = text.rfind(|c: char| c != ')').unwrap() + 1;
        format!("{}[{}]{}", &text[..start], text[start..end].replace(' ', ","), &text[end..])
    };
    body.split(", ").map(point).collect::<Vec<_>>().join(",").replace('(', "[").replace(')', "]")
}
