use std::path::Path;

use mutirao_core::door::{
    Answer, FeaturesFacts, FeaturesQuestion, FieldKind, Question, Refusal, RefusalCode, StatedCrs,
};
use mutirao_core::features::{FeatureShape, ShapeKind, Texts};
use mutirao_parquet::read_measured;

use super::vector::TWO;
use super::{ask, shared};

type Measured = (FeaturesFacts, Vec<FeatureShape>, Vec<Texts>);

fn measure(path: &Path, layer: Option<&str>) -> Result<Measured, Refusal> {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out.parquet");
    let question = FeaturesQuestion { path: path.to_owned(), layer: layer.map(str::to_owned), out: out.clone() };
    let facts = match ask(Question::Features(question))? {
        Answer::Features(facts) => facts,
        other => panic!("{other:?}"),
    };
    let (shapes, columns) = read_measured(&out, facts.fields.len()).expect("it reads back");
    assert_eq!(shapes.len() as u64, facts.features);
    assert!(columns.iter().all(|column| column.len() == shapes.len()));
    Ok((facts, shapes, columns))
}

fn measure_text(name: &str, text: &[u8]) -> Result<Measured, Refusal> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("written");
    measure(&path, None)
}

fn count(shapes: &[FeatureShape], holds: impl Fn(&FeatureShape) -> bool) -> usize {
    shapes.iter().filter(|shape| holds(shape)).count()
}

fn authority(facts: &FeaturesFacts) -> Option<&str> {
    match facts.crs.as_ref()? {
        StatedCrs::Plane(crs) => crs.authority.as_deref(),
        StatedCrs::Other { .. } => None,
    }
}

#[test]
fn a_layer_is_measured_feature_by_feature() {
    let (facts, shapes, columns) = measure_text("in.geojson", TWO.as_bytes()).expect("an answer");
    assert_eq!((facts.driver.as_str(), facts.layer.as_str(), facts.layers.len()), ("GeoJSON", "in", 1));
    assert_eq!(
        (authority(&facts), facts.spatial, facts.bounds),
        (Some("EPSG:4326"), true, Some([-51.0, 0.0, 0.0, 2.0]))
    );
    let fields: Vec<(&str, FieldKind)> = facts.fields.iter().map(|field| (field.name.as_str(), field.kind)).collect();
    use FieldKind::{Boolean, Date, Integer, Number, Text};
    let expected = [
        ("code", Integer),
        ("share", Number),
        ("whole", Number),
        ("name", Text),
        ("on", Boolean),
        ("day", Date),
        ("none", Text),
    ];
    assert_eq!(fields, expected);
    let rows: Vec<Vec<Option<&str>>> = columns.iter().map(|column| column.iter().collect()).collect();
    assert_eq!(rows[0], [Some("1600105"), Some("2"), Some("3")]);
    assert_eq!(rows[1], [Some("0.1"), None, Some("0.0000001")]);
    assert_eq!((rows[4][0], rows[5][0], rows[6][0]), (Some("true"), Some("2020-07-31"), None));
    assert_eq!(shapes.iter().map(|shape| shape.kind).collect::<Vec<_>>(), {
        [ShapeKind::Polygon, ShapeKind::Missing, ShapeKind::Collection]
    });
    assert_eq!((shapes[2].parts, shapes[2].multi, shapes[0].at), (2, true, Some([-51.0, 1.0])));
    let defect = shapes[2].defect.as_ref().expect("a bow tie");
    assert_eq!((defect.kind.as_str(), defect.at), ("Self-intersection", Some([-50.5, 0.5])));
    // pyproj 3.7.2, Geod(ellps="WGS84"), sides along parallels densified: 12,304,715,136 m2 between 1 and 2 degrees.
    let square = shapes[0].area_m2.expect("an area");
    assert!((square / 12_304_715_136.0 - 1.0).abs() < 1e-4, "{square}");
}

#[test]
fn tables_have_no_geometries_and_empty_cells_nothing() {
    let text = "2020,name\n1,a\n,\"b, c\"\n3,\n";
    let (facts, shapes, columns) = measure_text("t.csv", text.as_bytes()).expect("an answer");
    assert_eq!((facts.driver.as_str(), facts.spatial, facts.crs.is_none()), ("CSV", false, true));
    assert_eq!(facts.fields[0].name, "2020");
    assert_eq!(columns[0].iter().collect::<Vec<_>>(), [Some("1"), None, Some("3")]);
    assert_eq!(columns[1].iter().collect::<Vec<_>>(), [Some("a"), Some("b, c"), None]);
    assert_eq!(count(&shapes, FeatureShape::is_nowhere), 3);
}

#[test]
fn letters_that_are_no_utf8_are_seen() {
    let (facts, _, columns) = measure_text("t.csv", b"name,\xe7\nCal\xe7oene,1\n").expect("an answer");
    assert_eq!((facts.fields[1].name.as_str(), columns[0].get(0)), ("\u{fffd}", Some("Cal\u{fffd}oene")));
}

#[test]
fn the_same_feature_has_the_same_digests() {
    let feature = |ring: &str, name: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{"n":{name}}},"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}"#
        )
    };
    let rings = ["[0,0],[1,0],[1,1],[0,0]", "[1,1],[1,0],[0,0],[1,1]", "[0,0],[2,0],[1,1],[0,0]"];
    let all = [feature(rings[0], "1"), feature(rings[1], "1"), feature(rings[0], "2"), feature(rings[2], "1")];
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, all.join(","));
    let (_, shapes, _) = measure_text("in.geojson", text.as_bytes()).expect("an answer");
    let same =
        |a: usize, b: usize| (shapes[a].geometry == shapes[b].geometry, shapes[a].everything == shapes[b].everything);
    assert_eq!((same(0, 1), same(0, 2), same(0, 3)), ((true, true), (true, false), (false, false)));
}

#[test]
fn districts_of_india() {
    let Some(folder) = shared("india-districts-2019") else { return };
    // Counts of the data's own README.
    let (facts, shapes, _) = measure(&folder.join("india-districts-2019-734.json"), None).expect("an answer");
    assert_eq!((facts.driver.as_str(), facts.crs.is_none(), facts.features), ("TopoJSON", true, 734));
    assert_eq!(count(&shapes, |shape| shape.defect.is_some()), 40);
    assert_eq!(count(&shapes, |shape| shape.defect.as_ref().is_some_and(|defect| defect.at.is_none())), 0);
    assert_eq!(count(&shapes, |shape| shape.area_m2.is_some()), 0, "no areas without a CRS");
    let (facts, shapes, _) = measure(&folder.join("india-districts-727.json"), None).expect("an answer");
    assert_eq!((authority(&facts), facts.features), (Some("OGC:CRS84"), 727));
    assert_eq!(count(&shapes, |shape| shape.defect.is_some()), 35);
}

#[test]
fn parcels_of_all_partners_whatever_they_are_packed_in() {
    let Some(folder) = shared("parcels-partners") else { return };
    let cases = [
        ("at/inspire_schlaege_2025-1_polygon.gpkg.zip", "GPKG", Some("EPSG:31287"), 16),
        ("bg/bg_arable_land_2024.zip", "ESRI Shapefile", Some("EPSG:32635"), 6),
        (
            "cz/bd51ec4dea8697946b9a570a6b7c9fe587e2f8334cee74778d2339da43178d38",
            "ESRI Shapefile",
            Some("EPSG:4258"),
            30,
        ),
        ("dk/Marker_2026.zip", "ESRI Shapefile", Some("EPSG:25832"), 17),
        ("fi/LandUse.ExistingLandUse.GSAAAgriculturalParcel.gpkg", "GPKG", Some("EPSG:3067"), 10),
        ("ie/GSAA_2024.zip", "GML", Some("EPSG:4258"), 9),
        ("jecam/BD_JECAM_CIRAD_2023_feb.shp", "ESRI Shapefile", Some("EPSG:4326"), 16),
        ("jp/jp_field_polygons_2024.parquet", "Parquet", Some("EPSG:6668"), 14),
        ("nl/brpgewaspercelen_definitief_2023.gpkg", "GPKG", Some("EPSG:28992"), 5),
        ("us_ca_scm/i15_crop_mapping_2023_provisional_20241127.gdb.zip", "OpenFileGDB", Some("EPSG:4269"), 56),
    ];
    for (path, driver, crs, fields) in cases {
        let (facts, shapes, _) =
            measure(&folder.join(path), None).unwrap_or_else(|refusal| panic!("{path}: {refusal}"));
        assert_eq!((facts.driver.as_str(), authority(&facts), facts.fields.len()), (driver, crs, fields), "{path}");
        assert_eq!((facts.features, count(&shapes, |shape| shape.defect.is_some())), (100, 0), "{path}");
        assert_eq!(count(&shapes, |shape| shape.area_m2.is_some_and(|area| area > 1.0)), 100, "{path}");
    }
}

#[test]
fn what_cannot_be_measured_is_refused_by_name() {
    let refused = |name: &str, text: &[u8]| measure_text(name, text).expect_err(name).code;
    assert_eq!(refused("in.geojson", b"no json"), RefusalCode::NotReadable);
    assert_eq!(refused("in.zip", b"PK\x03\x04 and nothing more"), RefusalCode::NotReadable);
    assert_eq!(
        measure(Path::new("/vsicurl/http://x/y.gpkg"), None).expect_err("a URL").code,
        RefusalCode::NotALocalFile
    );
    let Some(gpkg) = shared("amapa-vector/anm_sigmine/AP_mineracao_equalarea.GPKG") else { return };
    let several = measure(&gpkg, None).expect_err("two layers");
    assert_eq!(several.code, RefusalCode::LayerNotNamed);
    assert!(several.message.contains("sigmine_AP_2021_centroids, sigmine_AP_2021_poly"), "{several}");
    assert_eq!(measure(&gpkg, Some("claims")).expect_err("no such").code, RefusalCode::LayerUnknown);
    let (_, shapes, _) = measure(&gpkg, Some("sigmine_AP_2021_poly")).expect("an answer");
    assert_eq!(count(&shapes, |shape| shape.defect.is_some()), 2);
    let (_, points, _) = measure(&gpkg, Some("sigmine_AP_2021_centroids")).expect("an answer");
    assert_eq!(count(&points, |shape| shape.kind == ShapeKind::Point), 1115);
}

/// Views of GeoPackages that yield features without end, or none at all.
#[test]
fn views_without_end_are_refused() {
    for name in ["gpkg_infinite_view", "gpkg_cross_join_view"] {
        let Some(corpus) = shared(&format!("../corpus/handmade/{name}.gpkg")) else { return };
        let endless = measure(&corpus, None).expect_err(name);
        assert_eq!(endless.code, RefusalCode::NotReadable, "{endless}");
        assert!(endless.mend.contains("view"), "{endless}");
    }
}
