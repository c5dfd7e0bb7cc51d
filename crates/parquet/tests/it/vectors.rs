//! Features written and read.

use mutirao_core::geometry::{MultiPolygon, Polygon};
use mutirao_parquet::{Feature, FeatureTable, Problem, read_features, write_features};
use proptest::prelude::*;
use serde_json::json;

fn geometry() -> impl Strategy<Value = MultiPolygon> {
    let ring = prop::collection::vec([-180.0f64..180.0, -90.0f64..90.0], 3..7).prop_map(|mut ring| {
        ring.push(ring[0]);
        ring
    });
    let polygon = prop::collection::vec(ring, 1..3).prop_map(|rings| Polygon { rings });
    prop::collection::vec(polygon, 0..3).prop_map(|polygons| MultiPolygon { polygons })
}

prop_compose! {
    fn table()(fields in prop::collection::btree_set("[a-zé]{1,8}|geometry|bbox|Geometry_", 0..4))(
        features in prop::collection::vec(
            (prop::collection::vec(prop::option::of(".{0,9}"), fields.len()), prop::option::of(geometry())), 0..30),
        fields in Just(fields),
    ) -> FeatureTable {
        let features = features.into_iter().map(|(attributes, geometry)| Feature { attributes, geometry }).collect();
        FeatureTable { crs: json!({ "type": "GeographicCRS", "name": "x" }), fields: fields.into_iter().collect(), features }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn features_come_back_in_order(table in table()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.parquet");
        prop_assert_eq!(write_features(&path, &table).unwrap(), path.metadata().unwrap().len());
        prop_assert_eq!(read_features(&path).unwrap(), table);
    }
}

#[test]
fn features_that_do_not_fit_the_fields_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.parquet");
    let feature = |count| Feature { attributes: vec![None; count], geometry: None };
    let mut table =
        FeatureTable { crs: json!(null), fields: vec!["a".into(), "b".into()], features: vec![feature(2), feature(1)] };
    let error = write_features(&path, &table).unwrap_err();
    assert!(matches!(error.what, Problem::AttributeCount { row: 1, expected: 2, found: 1 }), "{error}");
    table.features.pop();
    write_features(&path, &table).unwrap();
    assert_eq!(read_features(&path).unwrap(), table, "an unknown CRS stays unknown");
    table.fields[1] = "a".into();
    let error = write_features(&path, &table).unwrap_err();
    assert!(matches!(error.what, Problem::DuplicateColumn { .. }), "{error}");
}
