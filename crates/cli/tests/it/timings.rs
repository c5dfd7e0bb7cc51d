//! `run --timings` and `--flame`.

use std::fs;

use crate::support::{Net, Tif};

fn net() -> Net {
    let net = Net::new([4, 2]);
    net.tif("base", &Tif::of(4, &[3, 3, 15, 15, 3, 33, 0, 15]));
    net.pipeline("layers: { base: { source: base.tif } }\ncoverage: { method: first }\n");
    net
}

#[test]
fn stages_are_told_in_words_in_the_manifest_and_as_a_picture() {
    let net = net();
    let picture = net.path("flame.svg");
    let said = net.run(&["--timings", "--flame", &picture.display().to_string()]);
    said.ok();
    assert!(said.err.contains("encode ") && said.err.contains("all "), "{}", said.err);

    let manifest: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(net.release().join("manifest.json")).unwrap()).unwrap();
    let stages = manifest["timings"]["stages"].as_object().unwrap();
    for stage in ["plan", "hash", "read", "fill", "compose", "count", "paint", "encode", "write", "release"] {
        assert!(stages.contains_key(stage), "{stage}: {stages:?}");
    }
    assert!(manifest["timings"]["cpu_s"].is_number(), "{manifest}");

    let svg = fs::read_to_string(picture).unwrap();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
    assert!(svg.contains("<title>tile / fill / read"), "{svg}");
    net.mutirao(&["verify", &net.release().display().to_string()]).ok();
}

#[test]
fn nothing_is_measured_unless_it_is_asked_for() {
    let net = net();
    net.run(&[]).ok();
    let manifest = fs::read_to_string(net.release().join("manifest.json")).unwrap();
    assert!(!manifest.contains("timings"), "{manifest}");
}

#[test]
fn a_picture_that_cannot_be_drawn_leaves_the_release() {
    let net = net();
    net.run(&["--flame", "/nowhere/flame.svg"]).fails(4, &["cannot write the flame graph", "the release is there"]);
    assert!(net.release().join("manifest.json").exists());
}
