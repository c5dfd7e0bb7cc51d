//! Patches: rows in, the same rows out, whatever the pieces in which they came.

use mutirao_core::geometry::Polygon;
use mutirao_parquet::{PatchReader, PatchRow, PatchWriter, read_features};
use proptest::prelude::*;
use serde_json::json;

fn square(x: f64, y: f64, side: f64) -> Vec<[f64; 2]> {
    vec![[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
}

prop_compose! {
    fn patch_row()(
        patch: i64, part in 0i64..100, period in ".{0,6}", class: u16, source: u16, pixels: i64,
        areas in prop::array::uniform2(0.0..1e9f64), x in -1e6..1e6f64, holes in 0usize..3,
    ) -> PatchRow {
        let mut rings = vec![square(x, 0.0, 30.0)];
        rings.extend((0..holes).map(|at| square(x + 2.0 * at as f64, 5.0, 1.0)));
        let [area_ha, patch_area_ha] = areas;
        PatchRow { patch, part, period, class, source, pixels, area_ha, patch_area_ha, geometry: Polygon { rings } }
    }
}

fn write(path: &std::path::Path, rows: &[PatchRow], piece: usize) -> u64 {
    let mut writer = PatchWriter::new(path, &json!({ "type": "ProjectedCRS" })).unwrap();
    rows.chunks(piece).for_each(|rows| writer.push(rows.to_vec()).unwrap());
    writer.finish().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn patches_come_back(rows in prop::collection::vec(patch_row(), 0..60), piece in 1usize..20) {
        let folder = tempfile::tempdir().unwrap();
        let [path, again] = ["a", "b"].map(|name| folder.path().join(name));
        prop_assert_eq!(write(&path, &rows, piece), path.metadata().unwrap().len());
        let reader = PatchReader::open(&path).unwrap();
        prop_assert_eq!(reader.crs(), &json!({ "type": "ProjectedCRS" }));
        prop_assert_eq!(reader.collect::<Result<Vec<_>, _>>().unwrap().concat(), rows.clone());
        write(&again, &rows, 1000);
        prop_assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(&again).unwrap());
        prop_assert_eq!(read_features(&path).unwrap().features.len(), rows.len());
    }
}

#[test]
fn many_rows_are_several_groups() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many");
    let row = |at: i64| PatchRow {
        patch: at,
        part: 0,
        period: "2020".into(),
        class: 3,
        source: 1,
        pixels: 1,
        area_ha: 0.09,
        patch_area_ha: 0.09,
        geometry: Polygon { rings: vec![square(at as f64, 0.0, 1.0)] },
    };
    let mut writer = PatchWriter::new(&path, &serde_json::Value::Null).unwrap();
    writer.push((0..120_000).map(row)).unwrap();
    writer.finish().unwrap();
    let mut next = 0;
    for rows in PatchReader::open(&path).unwrap() {
        for found in rows.unwrap() {
            assert_eq!(found, row(next));
            next += 1;
        }
    }
    assert_eq!(next, 120_000);
}
