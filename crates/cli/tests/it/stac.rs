//! `stac/` of a release as a whole, as catalogues read it.

use std::fs;

use crate::support::{Net, Tif};

/// Two periods of a theme upon a base, each of a partner.
fn network() -> Net {
    let net = Net::of_periods([4, 2], "[2019, 2020]");
    for year in ["2019", "2020"] {
        net.tif(&format!("base_{year}"), &Tif::of(4, &[3, 3, 15, 15, 3, 33, 0, 15]));
    }
    net.tif("mines", &Tif::of(4, &[0, 30, 30, 0, 0, 30, 0, 0]));
    net.pipeline(
        "title: A small map
license: CC-BY-4.0
citation: \"The Net: A small map\"
doi: 10.5281/zenodo.1
contact: net@example.org
partners:
  lab: { name: Mapping Lab, license: CC-BY-4.0, url: \"https://lab.example\", attribution: \"Lab, 2020\" }
  watch: { name: Mining Watch, license: CC0-1.0 }
layers:
  mines: { partner: watch, version: \"7\", source: mines.tif, static: true, classes: [30] }
  base: { partner: lab, source: \"base_{period}.tif\" }
coverage:
  rules:
    - { take: { mines: 30 } }
    - { take: { base: any } }
",
    );
    net.merged();
    net
}

/// What differs from machine to machine and from run to run.
fn settled(net: &Net, name: &str) -> String {
    let text = fs::read_to_string(net.release().join(name)).unwrap();
    let folder = net.dir.path().canonicalize().unwrap();
    let mut document: serde_json::Value =
        serde_json::from_str(&text.replace(folder.to_str().unwrap(), "[folder]")).unwrap();
    settle(&mut document);
    serde_json::to_string_pretty(&document).unwrap()
}

fn settle(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(entries) => {
            for (key, entry) in entries {
                match (key.as_str(), &*entry) {
                    ("created" | "file:checksum" | "file:size" | "mutirao", _) => *entry = format!("[{key}]").into(),
                    ("title", serde_json::Value::String(title)) if title.contains("sha256 ") => {
                        *entry = format!("{}sha256 [sha256]", title.split("sha256 ").next().unwrap()).into();
                    }
                    ("coordinates", _) => *entry = "[ring]".into(),
                    _ => settle(entry),
                }
            }
        }
        serde_json::Value::Array(entries) => entries.iter_mut().for_each(settle),
        _ => {}
    }
}

#[test]
fn the_catalogue_as_a_whole() {
    let net = network();
    insta::assert_snapshot!("stac_collection", settled(&net, "stac/collection.json"));
    insta::assert_snapshot!("stac_item", settled(&net, "stac/2020/item.json"));
}

#[test]
fn the_same_files_say_the_same_whenever_they_were_run() {
    let net = network();
    let first = ["stac/collection.json", "stac/2019/item.json"].map(|name| settled(&net, name));
    net.run(&["--overwrite", "--threads", "3"]).ok();
    assert_eq!(first, ["stac/collection.json", "stac/2019/item.json"].map(|name| settled(&net, name)));
}
