//! Our own good files with a byte changed or an end cut off: an answer always, and never the end of the process.

use std::path::Path;

use mutirao_parquet::{AreaReader, AreaRow, AreaWriter, Feature, FeatureTable, Problem, read_features, write_features};
use serde_json::json;

fn good(folder: &Path) -> Vec<u8> {
    let path = folder.join("good.parquet");
    let feature = |i: u32| Feature { attributes: vec![Some(format!("{i:04}")), None], geometry: None };
    let features = (0..300).map(feature).collect();
    let table = FeatureTable { crs: json!(null), fields: vec!["key".into(), "note".into()], features };
    write_features(&path, &table).unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn every_byte_changed_gives_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = good(folder.path());
    let path = folder.path().join("bad.parquet");
    let mut panics = 0;
    for at in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[at] ^= [0x01, 0x80, 0xff][at % 3];
        std::fs::write(&path, bad).unwrap();
        let outcome = read_features(&path);
        panics += usize::from(matches!(outcome.map_err(|e| e.what), Err(Problem::Panicked { .. })));
    }
    println!("{} files, {panics} panics caught", bytes.len());
}

#[test]
fn every_cut_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = good(folder.path());
    let path = folder.path().join("cut.parquet");
    for length in (0..bytes.len()).step_by(7) {
        std::fs::write(&path, &bytes[..length]).unwrap();
        assert!(read_features(&path).is_err(), "cut to {length}");
    }
}

#[test]
fn a_reader_of_areas_ends_after_its_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("areas.parquet");
    let row = AreaRow {
        period: "2020".into(),
        territory_kind: "coverage".into(),
        territory: String::new(),
        territory_name: String::new(),
        class: 3,
        source: 1,
        rule: 1,
        pixels: 7,
        area_ha: 0.63,
    };
    let mut writer = AreaWriter::new(&path).unwrap();
    writer.push(&vec![row; 20_000]).unwrap();
    writer.finish().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4..200].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let outcomes: Vec<_> = AreaReader::open(&path).unwrap().take(9).collect();
    assert!(outcomes.len() == 1 && outcomes[0].is_err(), "{} outcomes", outcomes.len());
}
