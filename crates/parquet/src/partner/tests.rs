use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int64Array, LargeStringArray,
    NullArray, TimestampMicrosecondArray, TimestampMillisecondArray,
};
use arrow_schema::Field;
use mutirao_core::geometry::{MultiPolygon, Polygon};
use serde_json::json;

use super::*;
use crate::geometry;
use crate::table::optional_text_field;
use crate::writer::Writer;

/// Every value of every column as text: how many there are.
fn read_all(path: &Path) -> crate::Result<usize> {
    guarded(path, || {
        let source = Source::open(path)?;
        let mut budget = Budget::new(source.bytes);
        let mut batches = Batches::new(source)?;
        let mut values = 0;
        let mut texts = |batch: &Batch<'_>| {
            let mut features = vec![WkbFeature { attributes: Vec::new(), wkb: None }; batch.len()];
            let mut columns = batch.columns.columns().iter();
            columns.try_for_each(|column| add_attribute(&mut features, column, &mut budget))?;
            Ok(features.iter().map(|feature| feature.attributes.len()).sum::<usize>())
        };
        while let Some((more, _)) = batches.next(&mut texts)? {
            values += more;
        }
        Ok(values)
    })
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "parquet")).collect()
}

#[test]
fn all_values_of_damaged_files_are_read_or_refused() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if !corpus.is_dir() {
        println!("skipped: ../shared is not here");
        return;
    }
    let (mut read, mut refused, mut panicked) = (0, 0, 0);
    for folder in ["parquet-bad", "parquet-odd", "parquet-arrow-ossfuzz", "parquet-geo-valid"] {
        for file in files(&corpus.join(folder)) {
            match read_all(&file).map_err(|error| error.what) {
                Ok(_) => read += 1,
                Err(Problem::Panicked { .. }) => panicked += 1,
                Err(_) => refused += 1,
            }
        }
    }
    println!("{read} read, {refused} refused, {panicked} panics caught");
    assert!(refused > 50, "{read} read, {refused} refused, {panicked} panics caught");
    for odd in ["datapage_v1-corrupt-checksum.parquet", "rle-dict-uncompressed-corrupt-checksum.parquet"] {
        let error = read_all(&corpus.join("parquet-odd").join(odd)).unwrap_err();
        assert!(error.to_string().contains("CRC"), "{error}");
    }
}

fn square() -> MultiPolygon {
    let ring = vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]];
    MultiPolygon { polygons: vec![Polygon { rings: vec![ring] }] }
}

/// A file of two rows, a square and nothing, with further columns and other metadata.
fn file(path: &Path, columns: &[(&str, ArrayRef)], geo: &str) {
    let mut fields: Vec<_> =
        columns.iter().map(|(name, column)| Field::new(*name, column.data_type().clone(), true)).collect();
    fields.extend(geometry::fields("geometry", "box"));
    let mut writer = Writer::create(path, fields, None).unwrap();
    writer.note(geo::KEY, geo.to_string());
    let square = square();
    let shapes = geometry::columns([(0, Some(&square)), (1, None)].into_iter()).unwrap();
    writer.push(columns.iter().map(|(_, column)| column.clone()).chain(shapes).collect()).unwrap();
    writer.finish().unwrap();
}

#[test]
fn attributes_of_any_type_become_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.parquet");
    let decimal = Decimal128Array::from(vec![Some(12_345), None]).with_precision_and_scale(9, 2).unwrap();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("code", Arc::new(Int64Array::from(vec![Some(1_600_105), None]))),
        ("share", Arc::new(Float64Array::from(vec![Some(0.1), None]))),
        ("tiny", Arc::new(Float64Array::from(vec![Some(1e-7), None]))),
        ("whole", Arc::new(Float32Array::from(vec![Some(2.0), None]))),
        ("valid", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ("day", Arc::new(Date32Array::from(vec![Some(18_475), None]))),
        ("at", Arc::new(TimestampMillisecondArray::from(vec![Some(1_596_240_000_000), None]))),
        (
            "utc",
            Arc::new(TimestampMicrosecondArray::from(vec![Some(1_596_240_000_500_000), None]).with_timezone("UTC")),
        ),
        ("price", Arc::new(decimal)),
        ("name", Arc::new(LargeStringArray::from(vec![Some(" São\t"), None]))),
        ("nothing", Arc::new(NullArray::new(2))),
        ("centre", Arc::new(LargeStringArray::from(vec!["another geometry", "in another column"]))),
    ];
    let column = json!({ "encoding": "WKB", "covering": { "bbox": { "xmin": ["box", "xmin"] } } });
    let geo =
        json!({ "version": "1.1.0", "primary_column": "geometry", "columns": { "geometry": column, "centre": {} } });
    file(&path, &columns, &geo.to_string());
    let table = read_features(&path).unwrap();
    assert_eq!(
        table.fields,
        ["code", "share", "tiny", "whole", "valid", "day", "at", "utc", "price", "name", "nothing"]
    );
    let texts = [
        "1600105",
        "0.1",
        "0.0000001",
        "2",
        "true",
        "2020-08-01",
        "2020-08-01T00:00:00",
        "2020-08-01T00:00:00.500+00:00",
        "123.45",
        " São\t",
    ];
    let expected: Vec<_> = texts.iter().map(|text| Some(text.to_string())).chain([None]).collect();
    assert_eq!(table.features[0], Feature { attributes: expected, geometry: Some(square()) });
    assert_eq!(table.features[1], Feature { attributes: vec![None; 11], geometry: None });
    assert_eq!(table.crs["id"], json!({ "authority": "OGC", "code": "CRS84" }), "no crs means OGC:CRS84");
}

#[test]
fn a_geometry_column_must_be_there_and_hold_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.parquet");
    let text: ArrayRef = Arc::new(LargeStringArray::from(vec!["POINT (1 2)", ""]));
    for (primary, expected) in [("absent", "there is no column absent"), ("text", "column text holds Utf8, not bytes")]
    {
        file(&path, &[("text", text.clone())], &geo::metadata(primary, "box", &Value::Null, None));
        let error = read_features(&path).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_text_repeated_beyond_measure_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.parquet");
    let mut fields = vec![optional_text_field("text")];
    fields.extend(geometry::fields("geometry", "bbox"));
    let mut writer = Writer::create(&path, fields, Some("geometry")).unwrap();
    writer.note(geo::KEY, geo::metadata("geometry", "bbox", &Value::Null, None));
    let text: ArrayRef = Arc::new(LargeStringArray::from(vec![Some("x".repeat(100_000)); 512]));
    for _ in 0..8 {
        let mut columns = vec![text.clone()];
        columns.extend(geometry::columns((0..512).map(|row| (row, None))).unwrap());
        writer.push(columns).unwrap();
    }
    let bytes = writer.finish().unwrap();
    assert!(bytes < 50_000, "{bytes} bytes for 400 MB of text");
    let error = read_features(&path).unwrap_err();
    assert!(matches!(error.what, Problem::AbsurdSize { .. }), "{error}");
}

#[test]
fn rows_beyond_measure_are_refused_before_any_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.parquet");
    let mut writer = Writer::create(&path, vec![optional_text_field("text")], None).unwrap();
    let nothing: ArrayRef = Arc::new(LargeStringArray::new_null(100_000));
    (0..60).for_each(|_| writer.push(vec![nothing.clone()]).unwrap());
    writer.finish().unwrap();
    let error = read_features(&path).unwrap_err();
    assert!(matches!(error.what, Problem::AbsurdRows { rows: 6_000_000, .. }), "{error}");
}
