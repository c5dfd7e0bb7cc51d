//! What `mutirao check` says where nothing could be judged, or nothing written.

use crate::{
    check::{arguments, delivery},
    support::{Net, Tif},
};

#[test]
fn a_contract_in_error_refuses_the_delivery_in_every_telling() {
    let net = delivery();
    let args = arguments(&["--junit", "check.xml", "--sarif", "check.sarif"]);
    let read = |name: &str| std::fs::read_to_string(net.path(name)).unwrap();
    for (contract, code) in [
        ("id: mines\n", "missing-key"),
        ("apiVersion: [", "-syntax"),
        ("apiVersion: v3.1.0\nkind: DataContract\nid: mines\nversion: 1.2.0\nstatus: active\n", "contract-refused"),
    ] {
        net.write("check.xml", "old").write("check.sarif", "old").write("contracts/mines.odcs.yaml", contract);
        let said = net.mutirao(&[&args[..], &["--json"]].concat());
        assert_eq!((said.code, said.json()["verdict"].as_str()), (Some(1), Some("refused")), "{said}");
        let junit = read("check.xml");
        assert!(junit.contains("value=\"refused\"") && junit.contains("<failure ") && junit.contains(code), "{junit}");
        let sarif: serde_json::Value = serde_json::from_str(&read("check.sarif")).unwrap();
        let run = &sarif["runs"][0];
        assert_eq!(run["invocations"][0]["executionSuccessful"], false);
        assert!(run["results"][0]["ruleId"].as_str().unwrap().contains(code), "{sarif}");
        let uri = &run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(uri, "contracts/mines.odcs.yaml");
    }
    // A contract that is not there at all.
    std::fs::remove_file(net.path("contracts/mines.odcs.yaml")).unwrap();
    net.write("check.xml", "old");
    net.mutirao(&args).fails(1, &["mines.odcs.yaml"]);
    assert!(read("check.xml").contains("<failure "));
}

#[test]
fn an_output_that_cannot_be_written_names_its_option() {
    let net = delivery();
    net.write("file", "no folder");
    for option in ["--junit", "--sarif", "--preview"] {
        let said = net.mutirao(&arguments(&[option, "file/check"]));
        said.fails(4, &["file/check", &format!("give {option} another path")]);
        assert!(!said.err.contains("--out"), "{said}");
    }
}

/// A raster that is no TIFF: it is translated.
const TRANSLATED: &str =
    "ncols 2\nnrows 2\nxllcorner 405000\nyllcorner 179940\ncellsize 30\nNODATA_value 0\n3 3\n3 3\n";

#[test]
fn a_cache_that_cannot_be_written_is_no_matter_of_the_delivery() {
    let net = Net::new([40, 30]);
    let delivered = delivery();
    net.write("contracts/mines.odcs.yaml", crate::check::CONTRACT).write("file", "no folder");
    net.write("mines_2018.asc", TRANSLATED);
    let args = ["check", "mines_2018.asc", "--contract", "contracts/mines.odcs.yaml", "--period", "2018", "--cache"];
    for cache in ["file/cache", "/proc/mutirao"] {
        let said = net.mutirao(&[&args[..], &[cache, "--json"]].concat());
        let body = said.json();
        assert_eq!((said.code, body["verdict"].as_str()), (Some(4), Some("failed")), "{said}");
        assert_eq!(body["findings"].as_array().unwrap().iter().map(|one| &one["code"]).collect::<Vec<_>>(), ["cache"]);
        assert!(body["help"].as_str().unwrap().contains("--cache"), "{said}");
    }
    // Where nothing is translated, none is needed.
    let said = delivered.mutirao(&arguments(&["--cache", "contracts/mines.odcs.yaml/cache"]));
    said.fails(1, &["fail: mines is not as agreed"]);
}

#[test]
fn a_cache_that_cannot_be_written_ends_every_command_alike() {
    let net = Net::new([2, 2]);
    net.write("mines.asc", TRANSLATED).write("file", "no folder");
    net.pipeline("layers:\n  mines: { source: mines.asc, crs: EPSG:31976 }\ncoverage: { method: first }\n");
    let commands: [(&[&str], Option<&str>); 4] = [
        (&["run", ".", "--out", "out"], Some("nothing was run")),
        (&["contract", "new", "mines.asc", "--out", "mines.odcs.yaml"], Some("nothing was drafted")),
        (&["plan", "."], None),
        (&["lint", "."], None),
    ];
    for (args, so) in commands {
        let bad = ["--cache", "file/cache", "--json"];
        let said = net.mutirao(&[args, &bad].concat());
        let body = said.json();
        let found = body["findings"].as_array().unwrap();
        assert_eq!((said.code, found.iter().any(|one| one["code"] == "cache")), (Some(4), true), "{said}");
        if let Some(so) = so {
            assert_eq!(body["verdict"], "failed", "{said}");
            assert!(body["error"].as_str().unwrap().contains(so), "{said}");
            assert!(body["help"].as_str().unwrap().contains("--cache"), "{said}");
        }
        let said = net.mutirao(&[args, &bad[..2]].concat());
        said.fails(4, &["error[cache]: ", "file/cache"]);
        assert_eq!(said.err.matches("error[cache]").count(), 1, "{said}");
    }
    let parts = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":1},
        "geometry":{"type":"Polygon","coordinates":[[[-51,0],[-51,1],[-50,1],[-51,0]]]}}]}"#;
    net.write("parts.geojson", parts).tif("map", &Tif::of(2, &[1, 1, 2, 2]));
    let said =
        net.mutirao(&["areas", "map.tif", "--territories", "parts.geojson", "--key", "code", "--cache", "file/cache"]);
    said.fails(4, &["file/cache", "--cache"]);
    assert!(!net.path("out").exists() && !net.path("mines.odcs.yaml").exists());
    // With a place for it all is well.
    net.run(&[]).ok();
    net.mutirao(commands[1].0).ok();
}

#[test]
fn bands_of_one_file_that_differ_are_named() {
    let net = delivery();
    let plane = |value: i32| vec![value; 40 * 30];
    let tif = Tif::of(40, &plane(3)).described("mines_2020").band("also 2020", &plane(15));
    net.tif("dupband", &tif);
    let said = net.mutirao(&["check", "dupband.tif", "--contract", "contracts/mines.odcs.yaml", "--period", "2020"]);
    said.fails(1, &["bands 1 and 2 of dupband.tif differ in 1,200 pixels of 2020; nobody says which of them counts"]);
}
