//! `mutirao verify`: a release that is what it says passes; whatever is changed in it is found, and named.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use mutirao_core::raster::{BlockIndex, DType, Interleave, RasterSource, Samples};
use mutirao_geotiff::{
    GeoTiff,
    cog::{CogSpec, Compression, TileEncoder, TileSamples, assemble},
};
use mutirao_parquet::{
    AreaReader, AreaRow, AreaWriter, TransitionReader, TransitionRow, TransitionWriter, read_sources, read_territories,
    write_sources, write_territories,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Net, Said, Tif, Tiles, hash_of_bytes};

/// The demo, merged once for all tests.
fn demo() -> &'static Net {
    static DEMO: OnceLock<Net> = OnceLock::new();
    DEMO.get_or_init(|| {
        let net = Net::new([1, 1]);
        let pipeline = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pipelines/demo");
        net.mutirao(&["run", pipeline, "--out", "out"]).ok();
        net
    })
}

/// A copy of a release to do harm to.
struct Copy {
    folder: TempDir,
    net: &'static Net,
}

impl Copy {
    fn of_demo() -> Copy {
        let net = demo();
        let folder = tempfile::tempdir().unwrap();
        copy(&net.path("out/arauna/2026.1"), folder.path());
        Copy { folder, net }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn verify(&self) -> Said {
        self.net.mutirao(&["verify", "--json", self.folder.path().to_str().unwrap()])
    }

    /// The counts of findings, after a failure.
    #[track_caller]
    fn counts(&self) -> BTreeMap<String, u64> {
        let said = self.verify();
        said.fails(1, &["mutirao.verify/1", "\"fail\""]);
        serde_json::from_value(said.json()["counts"].clone()).unwrap()
    }

    /// The message of the only finding of a kind.
    #[track_caller]
    fn message(&self, code: &str) -> String {
        let json = self.verify().json();
        let findings: Vec<&Value> = json["findings"].as_array().unwrap().iter().filter(|f| f["code"] == code).collect();
        assert_eq!(findings.len(), 1, "{json:#}");
        assert!(findings[0]["mend"].is_string());
        findings[0]["message"].as_str().unwrap().to_owned()
    }

    /// Writes areas.parquet anew, and the manifest as if it had been so from the start.
    fn areas(&self, change: impl FnOnce(&mut Vec<AreaRow>)) {
        change_areas(self.folder.path(), change);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &to) } else { _ = fs::copy(entry.path(), to).unwrap() }
    }
}

/// Writes transitions.parquet anew, as [`change_areas`] does.
fn change_transitions(release: &Path, change: impl FnOnce(&mut Vec<TransitionRow>)) {
    let path = release.join("transitions.parquet");
    let mut rows: Vec<TransitionRow> = TransitionReader::open(&path).unwrap().flat_map(Result::unwrap).collect();
    change(&mut rows);
    let mut writer = TransitionWriter::new(&path).unwrap();
    writer.push(&rows).unwrap();
    writer.finish().unwrap();
    patch_manifest(release, "transitions.parquet");
}

/// The table for spreadsheets, which would differ, is taken away.
pub fn change_areas(release: &Path, change: impl FnOnce(&mut Vec<AreaRow>)) {
    change_manifest(release, |files| files.retain(|entry| entry["path"] != "areas.csv"));
    _ = fs::remove_file(release.join("areas.csv"));
    let path = release.join("areas.parquet");
    let mut rows: Vec<AreaRow> = AreaReader::open(&path).unwrap().flat_map(Result::unwrap).collect();
    change(&mut rows);
    let mut writer = AreaWriter::new(&path).unwrap();
    writer.push(&rows).unwrap();
    writer.finish().unwrap();
    patch_manifest(release, "areas.parquet");
}

/// Makes the manifest say what a file is now.
fn patch_manifest(release: &Path, name: &str) {
    let bytes = fs::read(release.join(name)).unwrap();
    change_manifest(release, |files| {
        let entry = files.iter_mut().find(|entry| entry["path"] == name).unwrap();
        entry["bytes"] = bytes.len().into();
        entry["sha256"] = hash_of_bytes(&bytes).into();
    });
}

/// Changes the list of files. That of releases, which would tell, goes.
fn change_manifest(release: &Path, change: impl FnOnce(&mut Vec<Value>)) {
    _ = fs::remove_file(release.join("../releases.json"));
    let path = release.join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(manifest["files"].as_array_mut().unwrap());
    fs::write(path, serde_json::to_vec_pretty(&manifest).unwrap()).unwrap();
}

#[test]
fn areas_for_spreadsheets_are_those_for_programs() {
    let changes: [(&str, &str, &str); 5] = [
        (",1408,", ",1407,", "line 2 (2019,coverage,,0) says 1407 pixels"),
        ("126.77", "126.78", "ha; the rows of areas.parquet 1408 and 126.7"),
        ("2019,coverage,,,0,", "2019,coverage,,,1,", "stands twice, or areas.parquet has no such rows"),
        ("\u{feff}", "", "byte order mark"),
        ("area_ha", "area", "no column area_ha"),
    ];
    for (from, to, words) in changes {
        let copy = Copy::of_demo();
        let text = fs::read_to_string(copy.path("areas.csv")).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(copy.path("areas.csv"), text.replacen(from, to, 1)).unwrap();
        patch_manifest(copy.folder.path(), "areas.csv");
        let message = copy.message("verify-areas-csv");
        assert!(message.contains(words), "{message}");
    }
    let copy = Copy::of_demo();
    let text = fs::read_to_string(copy.path("areas.csv")).unwrap();
    fs::write(copy.path("areas.csv"), text.lines().take(300).collect::<Vec<_>>().join("\n")).unwrap();
    patch_manifest(copy.folder.path(), "areas.csv");
    assert!(copy.message("verify-areas-csv").contains("a line is missing"));
}

/// Writes a COG of bytes anew with one sample changed: band, level, column and row of the level.
fn change_pixel(release: &Path, name: &str, band: u16, level: usize, [col, row]: [u32; 2], value: u8) {
    let path = release.join(name);
    let full = GeoTiff::open(&path).unwrap();
    let facts = full.facts().clone();
    assert_eq!(facts.dtype, DType::Uint8);
    let spec = CogSpec {
        width: facts.width,
        height: facts.height,
        tile: facts.block_width,
        bands: facts.bands,
        dtype: facts.dtype,
        compression: Compression::Deflate { level: 6 },
        nodata: facts.nodata,
        palette: None,
        transform: facts.transform.unwrap(),
        geo_keys: facts.geo_keys.clone().unwrap(),
        band_descriptions: Vec::new(),
        metadata: Vec::new(),
        band_statistics: Vec::new(),
        overview_resampling: "MODE".to_owned(),
    };
    let mut encoder = TileEncoder::new(&spec).unwrap();
    let mut tiles = BTreeMap::new();
    for (at, size) in spec.levels().iter().enumerate() {
        let file = if at == 0 { GeoTiff::open(&path).unwrap() } else { full.level(at - 1).unwrap() };
        let places = (0..size.tiles_down).flat_map(|y| (0..size.tiles_across).map(move |x| (x, y)));
        for (of, (x, y)) in (0..spec.bands).flat_map(|of| places.clone().map(move |place| (of, place))) {
            let planar = file.facts().interleave == Interleave::Planar;
            let index = BlockIndex { band: if planar { of } else { 0 }, col: x, row: y };
            let Samples::Uint8(mut samples) = file.read_block(index).unwrap().samples(file.facts()).into_owned() else {
                panic!("coverage of 16 bits")
            };
            if (of, at, x, y) == (band, level, col / spec.tile, row / spec.tile) {
                let pixel = &mut samples[(row % spec.tile * spec.tile + col % spec.tile) as usize];
                assert_ne!(*pixel, value, "nothing would change");
                *pixel = value;
            }
            tiles.insert((of, at, x, y), encoder.encode(TileSamples::Uint8(&samples)).unwrap());
        }
    }
    let mut bytes = Vec::new();
    assemble(&spec, &Tiles(tiles), &mut bytes).unwrap();
    fs::write(&path, bytes).unwrap();
    patch_manifest(release, name);
}

fn only(code: &str, count: u64) -> BTreeMap<String, u64> {
    BTreeMap::from([(code.to_owned(), count)])
}

#[test]
fn a_release_that_is_what_it_says_passes() {
    let copy = Copy::of_demo();
    let said = copy.verify();
    said.ok();
    let json = said.json();
    assert_eq!(json["verdict"], "pass", "{json:#}");
    assert_eq!(json["notes"], serde_json::json!([]), "everything can be checked");
    assert_eq!(json["checked"]["pixels"], 2 * 1200 * 900);
    let rows = AreaReader::open(&copy.path("areas.parquet")).unwrap().flat_map(Result::unwrap).count();
    let transitions =
        TransitionReader::open(&copy.path("transitions.parquet")).unwrap().flat_map(Result::unwrap).count();
    assert_eq!(json["checked"]["rows"], rows + transitions);
    // Levels of 1200 x 900 with tiles of 512: 600 x 450, 300 x 225.
    assert_eq!(json["checked"]["overview_pixels"], 2 * (600 * 450 + 300 * 225));
    let words = copy.net.mutirao(&["verify", copy.folder.path().to_str().unwrap()]);
    assert!(words.ok().out.contains("all is well"), "{words}");
}

#[test]
fn the_order_of_rows_says_nothing() {
    let copy = Copy::of_demo();
    copy.areas(|rows| rows.reverse());
    let territories = read_territories(&copy.path("territories.parquet")).unwrap();
    let rows: Vec<_> = territories.rows.iter().rev().cloned().collect();
    write_territories(&copy.path("territories.parquet"), &territories.crs, &rows).unwrap();
    patch_manifest(copy.folder.path(), "territories.parquet");
    copy.verify().ok();
}

#[test]
fn a_flipped_bit_is_a_changed_file() {
    let copy = Copy::of_demo();
    let path = copy.path("coverage/2019.tif");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&path, bytes).unwrap();
    assert_eq!(copy.counts()["verify-file-changed"], 1);
    let message = copy.message("verify-file-changed");
    assert!(message.starts_with("coverage/2019.tif: its sha256 is "), "{message}");
}

#[test]
fn files_that_are_missing_or_stray_are_named() {
    let copy = Copy::of_demo();
    fs::remove_file(copy.path("agreement/2020.tif")).unwrap();
    fs::create_dir(copy.path("more")).unwrap();
    fs::write(copy.path("more/notes.txt"), "seen").unwrap();
    let counts = copy.counts();
    assert_eq!((counts["verify-file-missing"], counts["verify-file-unlisted"]), (1, 1), "{counts:?}");
    assert!(copy.message("verify-file-missing").starts_with("agreement/2020.tif: "));
    assert!(copy.message("verify-file-unlisted").starts_with("more/notes.txt: "));
    let notes = copy.verify().json()["notes"].to_string();
    assert!(notes.contains("the rows of 2020 were not checked"), "{notes}");
}

#[test]
fn a_row_that_says_other_pixels_is_named() {
    let copy = Copy::of_demo();
    let mut changed = 0;
    copy.areas(|rows| {
        changed = rows
            .iter()
            .position(|row| row.territory_kind == "municipality" && !row.territory.is_empty() && row.pixels > 100)
            .unwrap();
        rows[changed].pixels += 1;
    });
    assert_eq!(copy.counts(), only("verify-area-row", 1));
    let message = copy.message("verify-area-row");
    assert!(message.starts_with(&format!("areas.parquet, row {}, 2019, municipality ", changed + 1)), "{message}");
}

#[test]
fn areas_are_true_to_a_billionth() {
    let copy = Copy::of_demo();
    copy.areas(|rows| {
        let mut large = rows.iter_mut().filter(|row| row.pixels > 1000);
        large.next().unwrap().area_ha *= 1.0 + 1e-11;
        large.next().unwrap().area_ha *= 1.0 + 1e-8;
    });
    assert_eq!(copy.counts(), only("verify-area-row", 1));
    let message = copy.message("verify-area-row");
    assert!(message.contains(" ha, ") && message.contains("pixels there have"), "{message}");
}

#[test]
fn rows_that_are_missing_superfluous_or_twice_are_found() {
    let change = |change: fn(&mut Vec<AreaRow>)| {
        let copy = Copy::of_demo();
        copy.areas(change);
        assert_eq!(copy.counts(), only("verify-area-row", 1));
        copy.message("verify-area-row")
    };
    let missing = change(|rows| {
        let at = rows.iter().position(|row| row.territory_kind == "biome").unwrap();
        rows.remove(at);
    });
    assert!(missing.contains("2019, biome 1") && missing.contains("the row is missing"), "{missing}");
    let extra = change(|rows| rows.push(AreaRow { source: 9, rule: 77, ..rows[0].clone() }));
    assert!(extra.contains("rule 77") && extra.contains("0 were counted"), "{extra}");
    let empty = change(|rows| rows.push(AreaRow { rule: 9, pixels: 0, area_ha: 0.0, ..rows[0].clone() }));
    assert!(empty.contains("it says 0 pixels"), "{empty}");
    let unknown =
        change(|rows| rows.push(AreaRow { territory_kind: "state".into(), period: "1999".into(), ..rows[0].clone() }));
    assert!(unknown.contains("no such period or kind"), "{unknown}");
    let name = change(|rows| {
        rows.iter_mut().find(|row| !row.territory_name.is_empty()).unwrap().territory_name = "Elsewhere".into()
    });
    assert!(name.contains("\"Elsewhere\""), "{name}");
}

#[test]
fn transitions_are_held_against_the_pixels() {
    let change = |change: fn(&mut Vec<TransitionRow>)| {
        let copy = Copy::of_demo();
        change_transitions(copy.folder.path(), change);
        assert_eq!(copy.counts(), only("verify-transition-row", 1));
        copy.message("verify-transition-row")
    };
    let missing = change(|rows| _ = rows.remove(0));
    assert!(missing.contains("2019 to 2020, coverage") && missing.contains("is missing"), "{missing}");
    let more = change(|rows| {
        let of_municipality =
            rows.iter_mut().find(|row| row.territory_kind == "municipality" && row.class_from != row.class_to);
        of_municipality.unwrap().pixels += 1;
    });
    assert!(more.contains("municipality") && more.contains("were counted"), "{more}");
    let area = change(|rows| rows.iter_mut().find(|row| row.territory_kind == "biome").unwrap().area_ha *= 1.0 + 1e-8);
    assert!(area.contains("biome") && area.contains(" ha, its pixels have"), "{area}");
    let twice = change(|rows| rows.push(rows[3].clone()));
    assert!(twice.contains("it stands twice"), "{twice}");
    let unknown = change(|rows| rows.push(TransitionRow { period_to: "2019".into(), ..rows[0].clone() }));
    assert!(unknown.contains("no such pair of periods"), "{unknown}");
}

#[test]
fn many_of_a_kind_are_counted_and_ten_are_told() {
    let copy = Copy::of_demo();
    copy.areas(|rows| rows.iter_mut().filter(|row| row.pixels > 0).take(40).for_each(|row| row.pixels += 1));
    assert_eq!(copy.counts(), only("verify-area-row", 40));
    assert_eq!(copy.verify().json()["findings"].as_array().unwrap().len(), 10);
}

#[test]
fn one_pixel_of_an_overview_is_found_in_every_product() {
    for (name, band, level) in [("coverage", 0, 1), ("coverage", 0, 2), ("provenance", 1, 1), ("agreement", 2, 1)] {
        let copy = Copy::of_demo();
        let name = format!("{name}/2020.tif");
        change_pixel(copy.folder.path(), &name, band, level, [133, 57], 99);
        // A pixel of the first overview is also one of the four below the second.
        let above = u64::from(copy.counts()["verify-overview"] == 2);
        assert_eq!(copy.counts(), only("verify-overview", 1 + above), "{name}");
        let told = copy.verify().json()["findings"][0].clone();
        let message = told["message"].as_str().unwrap();
        let place = format!(
            "{name}, overview {level}, band {}: 1 pixels are not what the level below makes of them; the first, column 133, row 57 of the overview, holds 99",
            band + 1
        );
        assert!(message.starts_with(&place), "{message}");
        assert_eq!(told["where"]["pixels"], serde_json::json!([[133, 57]]));
    }
}

#[test]
fn codes_that_nobody_declared_are_found() {
    let copy = Copy::of_demo();
    change_pixel(copy.folder.path(), "coverage/2019.tif", 0, 0, [601, 402], 200);
    let counts = copy.counts();
    assert_eq!(counts["verify-class"], 1);
    assert!(
        counts["verify-area-row"] >= 4,
        "one pixel changed its class in the whole, a municipality and a biome: {counts:?}"
    );
    let message = copy.message("verify-class");
    assert!(message.contains("class 200 is not in legend.csv") && message.contains("column 601, row 402"), "{message}");

    let copy = Copy::of_demo();
    change_pixel(copy.folder.path(), "provenance/2019.tif", 1, 0, [601, 402], 10);
    assert_eq!(copy.counts()["verify-rule"], 1);
    assert!(copy.message("verify-rule").contains("rule 10 is none of the pipeline's 9"));

    let copy = Copy::of_demo();
    change_pixel(copy.folder.path(), "provenance/2019.tif", 2, 0, [601, 402], 7);
    assert_eq!(copy.counts()["verify-rule"], 1);
    assert!(copy.message("verify-rule").contains("part 7 of rule"));
}

#[test]
fn a_source_that_is_in_no_table_is_found() {
    let copy = Copy::of_demo();
    let path = copy.path("sources.parquet");
    let mut rows = read_sources(&path).unwrap();
    let mining = rows.iter().position(|row| row.layer == "mining").unwrap();
    let gone = rows.remove(mining).source;
    write_sources(&path, &rows).unwrap();
    patch_manifest(copy.folder.path(), "sources.parquet");
    let counts = copy.counts();
    assert_eq!(counts.keys().collect::<Vec<_>>(), ["verify-source"]);
    let json = copy.verify().json();
    let message = json["findings"][0]["message"].as_str().unwrap();
    assert!(
        message.starts_with(&format!("provenance/2019: source {gone} is not in sources.parquet; in ")),
        "{message}"
    );
}

#[test]
fn what_is_no_release_is_said_so() {
    let net = demo();
    net.mutirao(&["verify", "nowhere"]).fails(1, &["verify-manifest"]);
    let copy = Copy::of_demo();
    fs::write(copy.path("manifest.json"), "{ \"schema\": \"mutirao.release/9\" }").unwrap();
    assert_eq!(copy.counts(), only("verify-manifest", 1));
    let copy = Copy::of_demo();
    let text = fs::read_to_string(copy.path("manifest.json")).unwrap();
    fs::write(copy.path("manifest.json"), text.replacen("\"coverage.vrt\"", "\"../coverage.vrt\"", 1)).unwrap();
    let counts = copy.counts();
    assert_eq!((counts["verify-manifest"], counts["verify-file-unlisted"]), (1, 1));
}

/// A network of 150 x 130 pixels whose area is a slanted band, and whose layer has holes.
pub fn slanted(outputs: &str) -> Net {
    let size = [150u32, 130];
    let net = Net::new(size).head("tile: 64", outputs);
    let pixels = || (0..size[1]).flat_map(|y| (0..size[0]).map(move |x| (x, y)));
    // Nothing in the right third; regions 1 and 2 in the rest, under the diagonal.
    let region = |(x, y): (u32, u32)| if x > 100 || y > x + 60 { 0 } else { 1 + i32::from(y > 40) };
    let class = |(x, y): (u32, u32)| if y < 64 && x >= 64 { 0 } else { [3, 4, 0, 15][((x / 3 + y / 5) % 4) as usize] };
    net.tif("region", &Tif::of(size[0], &pixels().map(region).collect::<Vec<_>>()));
    net.tif("map", &Tif::of(size[0], &pixels().map(class).collect::<Vec<_>>()));
    net.pipeline(
        "layers:\n  map: { source: map.tif }\n  region: { source: region.tif, role: region }\n\
         coverage:\n  within: region\n  method: prevalence\n  rules:\n    - { take: { map: [3, 15] } }\n    - { take: { map: 4 }, give: none }\n\
         territories:\n  zone: { layer: region }\n",
    );
    net.run(&[]).ok();
    net
}

pub fn verdict(net: &Net) -> (Option<i32>, Value) {
    let said = net.mutirao(&["verify", "--json", "out/net/1"]);
    (said.code, said.json())
}

#[test]
fn sheets_and_fewer_outputs_are_verified_as_far_as_they_say() {
    for (outputs, notes) in [
        ("tile: 64", 0),
        ("tile: 64, overviews: nearest", 0),
        ("tile: 64, sheet: 64", 0),
        ("tile: 64, sheet: 64, agreement: false", 1),
        ("tile: 64, provenance: source", 1),
        ("tile: 64, provenance: false", 1),
        ("tile: 64, sheet: 64, provenance: false, agreement: false", 2),
    ] {
        let net = slanted(outputs);
        let (code, json) = verdict(&net);
        assert_eq!((code, json["verdict"].as_str()), (Some(0), Some("pass")), "{outputs}: {json:#}");
        assert_eq!(json["notes"].as_array().unwrap().len(), notes, "{outputs}: {json:#}");
        change_areas(&net.release(), |rows| {
            let row = rows.iter_mut().find(|row| row.territory_kind == "zone" && row.class == 3).unwrap();
            row.pixels -= 1;
        });
        let (code, json) = verdict(&net);
        assert_eq!(
            (code, &json["counts"]),
            (Some(1), &serde_json::json!({ "verify-area-row": 1 })),
            "{outputs}: {json:#}"
        );
    }
}

#[test]
fn gaps_are_bounded_where_nobody_says_where_the_area_ends() {
    let net = slanted("tile: 64, agreement: false");
    let gaps = |by: i64| {
        change_areas(&net.release(), |rows| {
            let row = rows.iter_mut().find(|row| row.territory_kind == "coverage" && row.source == 0).unwrap();
            row.pixels += by;
        });
        verdict(&net).0
    };
    assert_eq!(gaps(5), Some(0), "no one can tell");
    assert_eq!(gaps(150 * 130), Some(1), "more than there is");
}

#[test]
fn a_manifest_is_held_against_the_list_of_releases() {
    let folder = tempfile::tempdir().unwrap();
    copy(&demo().path("out/arauna"), folder.path());
    let verify = |name: &str| demo().mutirao(&["verify", "--json", folder.path().join(name).to_str().unwrap()]);
    verify("2026.1").ok();
    // The manifest was written anew, as if it had been so from the start.
    let manifest = folder.path().join("2026.1/manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, format!("{text}\n")).unwrap();
    let said = verify("2026.1");
    said.fails(1, &["\"fail\""]);
    let body = said.json();
    assert_eq!(body["counts"], serde_json::json!({ "verify-manifest": 1 }), "{said}");
    let message = body["findings"][0]["message"].as_str().unwrap();
    assert!(message.contains(&hash_of_bytes(text.as_bytes())) && message.contains("releases.json"), "{message}");
    // A copy under another name, and a list that is none, say nothing of it.
    fs::write(folder.path().join("releases.json"), "{}").unwrap();
    let said = verify("2026.1");
    assert!(said.ok().json()["notes"][0].as_str().unwrap().contains("list of releases"), "{said}");
}
