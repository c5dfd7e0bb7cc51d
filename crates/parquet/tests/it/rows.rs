//! Rows in, the same rows out; the same rows, the same bytes.

use std::path::Path;

use mutirao_core::geometry::{MultiPolygon, Polygon};
use mutirao_parquet::{
    AreaReader, AreaRow, AreaWriter, Error, InputRow, Problem, SourceRow, TerritoryRow, read_inputs, read_sources,
    read_territories, write_inputs, write_sources, write_territories,
};
use proptest::prelude::*;
use serde_json::json;

fn text() -> impl Strategy<Value = String> {
    ".{0,12}"
}

fn optional() -> impl Strategy<Value = Option<String>> {
    prop::option::of(text())
}

prop_compose! {
    fn source_row()(source: u16, layer in text(), known in prop::array::uniform7(optional())) -> SourceRow {
        let [member, partner, partner_name, version, contract, licence, attribution] = known;
        SourceRow { source, layer, member, partner, partner_name, version, contract, licence, attribution }
    }
}

prop_compose! {
    fn input_row()(source: u16, band: u16, bytes: i64, texts in prop::array::uniform5(text())) -> InputRow {
        let [period, path, sha256, grid, treatment] = texts;
        InputRow { source, period, path, band, bytes, sha256, grid, treatment }
    }
}

prop_compose! {
    fn area_row()(
        texts in prop::array::uniform4(text()), class: u16, source: u16, rule: u16, pixels: i64, area_ha in -1e12..1e12,
    ) -> AreaRow {
        let [period, territory_kind, territory, territory_name] = texts;
        AreaRow { period, territory_kind, territory, territory_name, class, source, rule, pixels, area_ha }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn sources_and_inputs_come_back(
        sources in prop::collection::vec(source_row(), 0..40),
        inputs in prop::collection::vec(input_row(), 0..40),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t");
        prop_assert_eq!(write_sources(&path, &sources).unwrap(), path.metadata().unwrap().len());
        prop_assert_eq!(read_sources(&path).unwrap(), sources);
        prop_assert_eq!(write_inputs(&path, &inputs).unwrap(), path.metadata().unwrap().len());
        prop_assert_eq!(read_inputs(&path).unwrap(), inputs);
    }

    #[test]
    fn areas_come_back_however_they_were_pushed(
        rows in prop::collection::vec(area_row(), 0..60), cut in any::<prop::sample::Index>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("areas");
        let cut = cut.index(rows.len() + 1);
        write_areas(&path, &[&rows[..cut], &[], &rows[cut..]]);
        prop_assert_eq!(read_areas(&path), rows);
    }
}

fn write_areas(path: &Path, pieces: &[&[AreaRow]]) {
    let mut writer = AreaWriter::new(path).unwrap();
    pieces.iter().for_each(|piece| writer.push(piece).unwrap());
    assert_eq!(writer.finish().unwrap(), path.metadata().unwrap().len());
}

fn read_areas(path: &Path) -> Vec<AreaRow> {
    AreaReader::open(path).unwrap().collect::<Result<Vec<_>, _>>().unwrap().concat()
}

fn many_areas(count: u32) -> Vec<AreaRow> {
    let row = |i: u32| AreaRow {
        period: (2000 + i / 100_000).to_string(),
        territory_kind: "municipality".into(),
        territory: format!("16{:05}", i / 40 % 2_500),
        territory_name: format!("Município {}", i / 40 % 2_500),
        class: (i % 40) as u16,
        source: (i % 7) as u16,
        rule: (i % 11) as u16,
        pixels: i64::from(i.wrapping_mul(2_654_435_761)),
        area_ha: f64::from(i) * 0.09,
    };
    (0..count).map(row).collect()
}

#[test]
fn many_areas_stream_and_their_bytes_do_not_depend_on_the_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let rows = many_areas(250_000);
    write_areas(&one, &[&rows]);
    write_areas(&two, &rows.chunks(777).collect::<Vec<_>>());
    assert!(std::fs::read(&one).unwrap() == std::fs::read(&two).unwrap(), "same rows, other bytes");
    let chunks: Vec<_> = AreaReader::open(&one).unwrap().map(Result::unwrap).collect();
    assert!(chunks.len() > 20 && chunks.iter().all(|chunk| chunk.len() <= 8_192), "{} chunks", chunks.len());
    assert!(chunks.concat() == rows);
}

fn square(x: f64, y: f64) -> MultiPolygon {
    let ring = vec![[x, y], [x + 1.0, y], [x + 1.0, y + 1.0], [x, y + 1.0], [x, y]];
    MultiPolygon { polygons: vec![Polygon { rings: vec![ring] }] }
}

fn territory(key: &str, geometry: Option<MultiPolygon>) -> TerritoryRow {
    TerritoryRow { kind: "k".into(), key: key.into(), name: format!("name of {key}"), geometry }
}

#[test]
fn territories_come_back_in_the_order_of_the_curve() {
    let folder = tempfile::tempdir().unwrap();
    let (path, again) = (folder.path().join("t"), folder.path().join("u"));
    let crs = json!({ "type": "ProjectedCRS", "name": "some" });
    let mut rows = vec![
        territory("region", None),
        territory("empty", Some(MultiPolygon::default())),
        territory("lower right", Some(square(9.0, 0.0))),
        territory("upper right", Some(square(9.0, 9.0))),
        territory("upper left", Some(square(0.0, 9.0))),
        territory("lower left", Some(square(0.0, 0.0))),
        territory("b, lower left too", Some(square(0.0, 0.0))),
    ];
    let bytes = write_territories(&path, &crs, &rows).unwrap();
    assert_eq!(bytes, path.metadata().unwrap().len());
    let read = read_territories(&path).unwrap();
    assert_eq!(read.crs, crs);
    let keys: Vec<_> = read.rows.iter().map(|row| row.key.as_str()).collect();
    let expected = ["b, lower left too", "lower left", "upper left", "upper right", "lower right", "empty", "region"];
    assert_eq!(keys, expected);
    rows.reverse();
    write_territories(&again, &crs, &rows).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(&again).unwrap(), "the order given does not matter");
    rows.sort_by_key(|row| expected.iter().position(|key| *key == row.key));
    assert_eq!(read.rows, rows);
}

#[test]
fn a_geometry_that_cannot_be_written_is_named_by_its_place_in_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let mut open = square(0.0, 0.0);
    open.polygons[0].rings[0].pop();
    let rows = [territory("a", Some(square(5.0, 5.0))), territory("b", None), territory("c", Some(open))];
    let error = write_territories(&folder.path().join("t"), &json!(null), &rows).unwrap_err();
    assert!(matches!(error.what, Problem::Geometry { row: 2, .. }), "{error}");
}

#[test]
fn tables_of_another_kind_are_refused_by_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sources.parquet");
    write_sources(&path, &[]).unwrap();
    let Error { path: named, what } = read_inputs(&path).unwrap_err();
    assert_eq!(named, path);
    // Without a row nothing can be read wrongly, but the columns are of the table all the same.
    assert!(matches!(&what, Problem::NoColumn { column, .. } if column == "period"), "{what}");
    let error = read_territories(&path).unwrap_err();
    assert!(error.to_string().ends_with("this is no GeoParquet: the metadata have no key \"geo\""), "{error}");
    assert!(matches!(AreaReader::open(&folder.path().join("none")).err().unwrap().what, Problem::Io(_)));
}
