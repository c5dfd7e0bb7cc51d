use gdal::Dataset;
use mutirao_core::axis_unit::AxisUnit;
use mutirao_core::door::{Answer, CrsFacts, CrsText, Question, RefusalCode, SameCrsFacts};
use mutirao_core::raster::GeoKeys;

use super::{ask, shared, text};

fn facts(crs: CrsText) -> CrsFacts {
    match ask(Question::Crs { crs }) {
        Ok(Answer::Crs(facts)) => *facts,
        other => panic!("{other:?}"),
    }
}

fn same(a: CrsText, b: CrsText) -> SameCrsFacts {
    match ask(Question::SameCrs { a, b }) {
        Ok(Answer::SameCrs(same)) => same,
        other => panic!("{other:?}"),
    }
}

fn refused(crs: &str) -> RefusalCode {
    ask(Question::Crs { crs: text(crs) }).expect_err("a refusal").code
}

#[test]
fn a_projected_and_a_geographic_crs() {
    let utm = facts(text("EPSG:31976"));
    assert_eq!((utm.name.as_str(), utm.authority.as_deref()), ("SIRGAS 2000 / UTM zone 22N", Some("EPSG:31976")));
    assert!(!utm.geographic && utm.unit_name == "metre" && utm.unit_to_metre_or_degree == 1.0);
    assert_eq!((utm.ellipsoid.semi_major_m, utm.ellipsoid.inverse_flattening), (6_378_137.0, 298.257222101));
    assert!(utm.wkt.starts_with("PROJCRS[") && utm.wkt1_gdal.is_some_and(|wkt| wkt.starts_with("PROJCS[")));
    assert_eq!((utm.projjson["type"].as_str(), utm.geo_keys.epsg()), (Some("ProjectedCRS"), Some(31976)));
    assert_eq!(&utm.geo_keys.directory[..3], &[1, 1, 1], "GeoTIFF 1.1");

    let wgs = facts(text("EPSG:4326"));
    assert!(wgs.geographic && wgs.unit_name == "degree" && wgs.unit_to_metre_or_degree == 1.0);
    assert_eq!(wgs.geo_keys.epsg(), Some(4326));
    assert_eq!(facts(text("EPSG:2263")).unit_to_metre_or_degree, 0.304_800_609_601_219_24, "US survey foot");
    let paris = facts(text("EPSG:4807"));
    assert!((paris.unit_to_metre_or_degree - 0.9).abs() < 1e-12, "a grad is 0.9 degrees");
    assert!((paris.prime_meridian_deg - 2.337_229_17).abs() < 1e-8);
}

#[test]
fn projjson_says_the_unit_of_the_axes_as_gdal_does() {
    let sphere = "+proj=longlat +R=6371000 +no_defs";
    let minor = "+proj=longlat +a=6378000 +b=6356000 +no_defs";
    let all = [
        "EPSG:31976",
        "EPSG:2263",
        "EPSG:27700",
        "EPSG:3031",
        "ESRI:102033",
        "EPSG:4326",
        "EPSG:4674",
        "EPSG:4807",
        sphere,
        minor,
    ];
    for crs in all {
        let facts = facts(text(crs));
        let known = AxisUnit::of_facts(&facts);
        let read = AxisUnit::of_projjson(&facts.projjson).unwrap_or_else(|| panic!("{crs}: {}", facts.projjson));
        for y in [-33.0, 0.0, 48.5] {
            for (read, known) in read.metres_at(y).into_iter().zip(known.metres_at(y)) {
                assert!((read / known - 1.0).abs() < 1e-13, "{crs} at {y}: {read}, {known}");
            }
        }
    }
}

#[test]
fn geo_keys_lead_there_and_back() {
    let custom =
        "+proj=aea +lat_0=-12 +lon_0=-54 +lat_1=-2 +lat_2=-22 +x_0=5000000 +y_0=10000000 +ellps=GRS80 +units=m";
    for crs in ["EPSG:5070", "EPSG:31976", "EPSG:4674", "EPSG:3857", "EPSG:3031", "EPSG:2263", "ESRI:102033", custom] {
        let known = facts(text(crs));
        let read = CrsText::GeoKeys(known.geo_keys.clone());
        let told = same(read.clone(), text(crs));
        assert!(told.same, "{crs}: {}", told.why);
        assert_eq!(facts(read).unit_to_metre_or_degree, known.unit_to_metre_or_degree, "{crs}");
        // As some writers leave it: room behind the keys.
        let mut roomy = known.geo_keys.clone();
        roomy.directory.extend([0; 4]);
        assert!(same(CrsText::GeoKeys(roomy), text(crs)).same, "{crs}");
    }
}

#[test]
fn what_is_no_crs_of_a_map_is_refused() {
    for crs in ["EPSG:4979", "EPSG:4978", "EPSG:5773", "EPSG:4326+5773", "LOCAL_CS[\"here\",UNIT[\"metre\",1]]"] {
        assert_eq!(refused(crs), RefusalCode::CrsUnsupported, "{crs}");
    }
    for crs in
        ["", "EPSG:999999", "http://example.org/crs", "/etc/hostname", "PROJCS[\"x\"]", "31976", "+proj=nonsense"]
    {
        assert_eq!(refused(crs), RefusalCode::CrsNotUnderstood, "{crs}");
    }
    let lengths = GeoKeys { directory: vec![1, 1, 0, 9, 1024, 0, 1, 1], ..GeoKeys::default() };
    let bad = ask(Question::Crs { crs: CrsText::GeoKeys(lengths) });
    assert_eq!(bad.expect_err("a refusal").code, RefusalCode::CrsNotUnderstood);
}

#[test]
fn same_by_definition_not_by_name() {
    let cases = [
        ("EPSG:5070", "ESRI:102039", true),
        ("EPSG:4326", "OGC:CRS84", true),
        ("urn:ogc:def:crs:EPSG::31976", "EPSG:31976", true),
        ("EPSG:31976", "EPSG:31975", false),
        ("EPSG:4326", "EPSG:4674", false),
        ("EPSG:32622", "EPSG:31976", false),
        ("EPSG:4326", "EPSG:3857", false),
        ("EPSG:26918", "EPSG:2263", false),
    ];
    for (a, b, expected) in cases {
        let told = same(text(a), text(b));
        assert_eq!(told.same, expected, "{}", told.why);
        assert!(told.why.len() > 20, "{}", told.why);
        assert_eq!(same(text(b), text(a)).same, expected);
    }
    assert!(same(text("EPSG:31975"), text("EPSG:31976")).why.contains("Longitude of natural origin"));
    // A northing-easting CRS and its twin with the axes the other way round.
    let mut twin = facts(text("EPSG:3035")).projjson;
    let axes = twin["coordinate_system"]["axis"].as_array_mut().expect("two axes");
    axes.swap(0, 1);
    assert!(same(text("EPSG:3035"), text(&twin.to_string())).same);
}

#[test]
fn real_files_are_what_they_say() {
    let files = [
        ("usda-cdl-kansas/unsplit", "EPSG:5070"),
        ("usda-cdl-kansas/tiles", "EPSG:5070"),
        ("landfire-storm-lake/storml_evt.tif", "EPSG:26912"),
        ("nlcd-zion/nlcd.tif", "EPSG:26912"),
    ];
    for (file, crs) in files {
        let Some(mut path) = shared(file) else { return };
        if path.is_dir() {
            let first = path.read_dir().expect("a folder").filter_map(|entry| Some(entry.ok()?.path()));
            path = first.filter(|p| p.extension().is_some_and(|e| e == "tif")).min().expect("a file");
        }
        let srs = Dataset::open(&path).and_then(|file| file.spatial_ref()).expect("a CRS");
        let wkt = srs.to_wkt().expect("WKT");
        let told = same(text(&wkt), text(crs));
        println!("{}: {} {}", path.display(), told.same, told.why);
        assert!(told.same, "{}: {}\n{wkt}", path.display(), told.why);
    }
}
