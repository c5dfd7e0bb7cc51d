//! `mutirao check` as a partner meets it: the terminal, JSON, JUnit, SARIF, pictures.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::support::{Net, Tif};

pub(crate) const CONTRACT: &str = "apiVersion: v3.1.0
kind: DataContract
id: mines
version: 1.2.0
status: active
schema:
  - name: mines
    physicalName: \"mines_{period}.tif\"
    physicalType: raster
    properties:
      - { name: class, physicalType: uint8 }
    customProperties:
      - { property: grid, value: { crs: \"EPSG:31976\", resolution: 30, tolerance: 0.01 } }
      - { property: nodata, value: { value: 0, declared: true } }
      - { property: classes, value: { allowed: [3, 15, 30] } }
      - { property: periods, value: [\"2018\", \"2019\", \"2020\"] }
    quality:
      - type: custom
        name: no mine below one hectare
        engine: mutirao
        implementation: { check: minimum-mapping-unit, min_ha: 1.0, connectivity: 8, classes: [30] }
      - { type: custom, engine: mutirao, name: mines stay, severity: warning, implementation: { check: impossible-transitions, max_share: 0, transitions: [ { from: 30, to: 3 } ] } }
      - { type: custom, engine: mutirao, name: known mines are there, implementation: { check: acceptance-points, points: mines.csv, withheld: true } }
";

const FILES: [&str; 3] = ["mines_2018.tif", "mines_2019.tif", "mines_2020.tif"];

/// A raster of 40 by 30 pixels of forest in which some pixels hold something else: column, row, value.
pub(crate) fn raster(odd: &[(usize, usize, i32)]) -> Tif {
    let mut samples = vec![3; 40 * 30];
    odd.iter().for_each(|(col, row, value)| samples[row * 40 + col] = *value);
    Tif::of(40, &samples)
}

/// Three years with mines that are too small, of which some become forest again, and a class that nobody agreed on.
pub(crate) fn delivery() -> Net {
    let net = Net::new([40, 30]);
    net.write("contracts/mines.odcs.yaml", CONTRACT);
    net.tif("mines_2018", &raster(&[(5, 5, 30)]));
    net.tif("mines_2019", &raster(&[(5, 5, 30), (9, 20, 30), (30, 11, 30)]));
    net.tif("mines_2020", &raster(&[(5, 5, 30), (33, 17, 99), (35, 17, 15)]));
    net
}

pub(crate) fn arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["check"], &FILES[..], &["--contract", "contracts/mines.odcs.yaml"], more].concat()
}

#[test]
fn findings_read_like_a_compilers() {
    let net = delivery();
    let said = net.mutirao(&arguments(&[]));
    assert_eq!(said.code, Some(1));
    insta::assert_snapshot!("check", said);
    let json = net.mutirao(&arguments(&["--json"]));
    assert_eq!((json.code, &*json.err), (Some(1), ""));
    let mut json = json.json();
    json["facts"] = serde_json::Value::Null;
    insta::assert_json_snapshot!("check_json", json);
}

#[test]
fn a_delivery_as_agreed_says_so_in_a_line() {
    let net = delivery();
    let mine: Vec<(usize, usize, i32)> = (4..8).flat_map(|col| (4..8).map(move |row| (col, row, 30))).collect();
    for name in FILES {
        net.tif(name.trim_end_matches(".tif"), &raster(&mine));
    }
    net.write(
        "contracts/mines.odcs.yaml",
        CONTRACT.lines().filter(|line| !line.contains("withheld")).collect::<Vec<_>>().join("\n"),
    );
    let said = net.mutirao(&arguments(&["--preview", "pictures"]));
    said.ok();
    insta::assert_snapshot!("check_pass", said);
    assert_eq!(std::fs::read_dir(net.path("pictures")).unwrap().count(), 0, "made, and nothing to draw");
}

#[test]
fn junit_and_sarif_are_replaced_and_never_mixed() {
    let net = delivery();
    net.write("check.xml", "old").write("check.sarif", "old");
    net.mutirao(&arguments(&["--junit", "check.xml", "--sarif", "check.sarif"]))
        .fails(1, &["fail: mines is not as agreed"]);
    let read = |name: &str| std::fs::read_to_string(net.path(name)).unwrap();
    insta::assert_snapshot!("check_junit", read("check.xml"));
    let sarif: serde_json::Value = serde_json::from_str(&read("check.sarif")).unwrap();
    insta::assert_json_snapshot!("check_sarif_results", sarif["runs"][0]["results"]);
    let alone = net.mutirao(&arguments(&["--sarif", "-"]));
    assert_eq!(alone.json(), sarif, "standard output holds the same, and nothing else");
    net.mutirao(&arguments(&["--sarif", "-", "--junit", "-"])).fails(2, &["only one of --json, --junit and --sarif"]);
    net.mutirao(&arguments(&["--sarif", "-", "--json"])).fails(2, &["only one of --json, --junit and --sarif"]);
    net.mutirao(&arguments(&["--junit", "nowhere/check.xml"]))
        .fails(4, &["nowhere/check.xml", "give --junit another path"]);
    net.write("contracts/mines.odcs.yaml", "id: mines\n");
    net.mutirao(&arguments(&["--junit", "check.xml"])).fails(1, &["nothing was checked"]);
    assert!(read("check.xml").contains("name=\"verdict\" value=\"refused\""), "{}", read("check.xml"));
}

/// A picture: columns, and the colours row by row.
struct Picture {
    width: usize,
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    fn open(path: &Path) -> Picture {
        let mut reader = png::Decoder::new(BufReader::new(File::open(path).unwrap())).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        let pixels = bytes.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        Picture { width: info.width as usize, pixels }
    }

    fn at(&self, x: f64, y: f64) -> [u8; 3] {
        self.pixels[y as usize * self.width + x as usize]
    }

    /// Where a colour stands from one column to another, without the legend below.
    fn places(&self, colour: [u8; 3], columns: std::ops::Range<usize>) -> Vec<(f64, f64)> {
        let place = |at: usize| (at % self.width, at / self.width);
        let all = (0..self.pixels.len()).filter(|at| self.pixels[*at] == colour).map(place);
        all.filter(|(x, y)| columns.contains(x) && *y < 620).map(|(x, y)| (x as f64 + 0.5, y as f64 + 0.5)).collect()
    }
}

fn middle(places: &[(f64, f64)]) -> (f64, f64) {
    let count = places.len() as f64;
    (places.iter().map(|place| place.0).sum::<f64>() / count, places.iter().map(|place| place.1).sum::<f64>() / count)
}

#[test]
fn pictures_mark_the_pixel_itself() {
    const MARK: [u8; 3] = [255, 0, 200];
    let net = delivery();
    net.write("pictures/old.txt", "stays");
    let said = net.mutirao(&arguments(&["--preview", "pictures", "--json"]));
    let json = said.json();
    let names: BTreeSet<String> = std::fs::read_dir(net.path("pictures"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let told: BTreeSet<String> = json["previews"]
        .as_array()
        .unwrap()
        .iter()
        .map(|preview| preview["path"].as_str().unwrap().trim_start_matches("pictures/").to_owned())
        .chain(["old.txt".to_owned()])
        .collect();
    assert_eq!(names, told);
    let findings = json["findings"].as_array().unwrap();
    let at = findings.iter().position(|finding| finding["code"] == "classes").unwrap();
    let picture = Picture::open(&net.path(&format!("pictures/{:02}-classes-2020.png", at + 1)));
    // The detail: 12 pixels of the picture for each of the 40 columns. Class 15, which the legend knows, stands two columns on
    // the right of 99, beyond the ring.
    let ring = middle(&picture.places(MARK, 560..1100));
    let odd = picture.at(ring.0, ring.1);
    let (forest, pasture) = ([0x00, 0x64, 0x00], [0xed, 0xde, 0x8e]);
    assert!(![forest, pasture, MARK, [255; 3]].contains(&odd), "{odd:?}");
    let block = picture.places(odd, 560..1100);
    assert_eq!(block.len(), 12 * 12, "one pixel of the file, and nothing else");
    assert_eq!(middle(&block), ring);
    assert_eq!(picture.at(ring.0 + 24.0, ring.1), pasture);
    assert_eq!([picture.at(ring.0 - 30.0, ring.1), picture.at(ring.0, ring.1 + 40.0)], [forest; 2]);
    let left = picture.places(forest, 560..1100).iter().map(|place| place.0).fold(f64::MAX, f64::min) - 0.5;
    assert_eq!((ring.0 - left) / 12.0, 33.5, "the centre of column 33");
    // The whole file: the same place.
    let ring = middle(&picture.places(MARK, 0..550));
    assert_eq!(picture.at(ring.0, ring.1), odd);
}

#[test]
fn a_file_that_cannot_be_read_is_a_case_of_its_own_and_has_no_picture() {
    let net = delivery();
    net.write("mines_2019.tif", "no raster");
    let said = net.mutirao(&arguments(&["--junit", "-", "--preview", "pictures"]));
    assert_eq!(said.code, Some(1), "{said}");
    assert!(said.out.contains("name=\"unreadable (mines_2019.tif)\" classname=\"mines\""), "{said}");
}
