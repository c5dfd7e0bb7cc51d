//! `mutirao contract new`: what comes out is read back, and the very layer passes it.

use proptest::prelude::*;

use crate::support::{Net, Tif};

/// Takes the example rules out of their comments.
fn with_examples(text: &str) -> String {
    let mut examples = false;
    let line = |line: &str| {
        let Some(rest) = line.strip_prefix("      # ") else {
            examples = false;
            return line.to_owned();
        };
        examples |= rest.starts_with("- type: custom");
        if examples && !rest.starts_with("Shares") && !rest.starts_with("measured") {
            format!("      {rest}")
        } else {
            line.to_owned()
        }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn passes(net: &Net, files: &[&str], contract: &str) {
    let said = net.mutirao(&[&["check", "--json"], files, &["--contract", contract]].concat());
    assert_eq!(said.code, Some(0), "{said}\n{}", std::fs::read_to_string(net.path(contract)).unwrap());
    assert_eq!(said.json()["verdict"], "pass");
}

#[test]
fn a_series_is_drafted_with_what_was_measured() {
    let net = Net::new([4, 4]);
    let of = |samples: &[i32; 16]| Tif { nodata: Some(255), ..Tif::of(4, samples) };
    net.tif("mining_2019", &of(&[3, 3, 3, 3, 3, 30, 30, 3, 3, 30, 30, 3, 3, 3, 3, 255]));
    net.tif("mining_2020", &of(&[3, 3, 3, 3, 3, 30, 15, 3, 3, 30, 30, 3, 3, 3, 3, 255]));
    net.tif("mining_2021", &of(&[3, 3, 3, 3, 3, 30, 30, 3, 3, 30, 30, 3, 3, 3, 3, 255]));
    let files = ["mining_2019.tif", "mining_2020.tif", "mining_2021.tif"];
    let said = net.mutirao(&[&["contract", "new"][..], &files].concat());
    said.ok();
    insta::assert_snapshot!("draft_series", said.out);
    net.write("mining.odcs.yaml", &said.out);
    passes(&net, &files, "mining.odcs.yaml");
    net.write("examples.odcs.yaml", with_examples(&said.out));
    assert!(with_examples(&said.out).contains("\n      - type: custom\n        name: as much of each class as before"));
    passes(&net, &files, "examples.odcs.yaml");
}

#[test]
fn a_network_gives_its_id_its_legend_and_the_layers_crosswalk() {
    let net = Net::new([2, 1]);
    net.tif("mines", &Tif::of(2, &[7, 0])).write("codes.csv", "from,to\n7,30\n");
    net.pipeline(
        "partners:\n  geo: { name: Geo, license: CC-BY-4.0 }\nlicense: CC-BY-4.0\n\
         layers:\n  mines: { partner: geo, source: mines.tif, static: true, crosswalk: codes.csv }\n\
         coverage: { rules: [ { take: { mines: 30 } } ] }\n",
    );
    let out = ["--network", ".", "--out", "contracts/mines.odcs.yaml"];
    std::fs::create_dir(net.path("contracts")).unwrap();
    net.mutirao(&[&["contract", "new", "mines.tif"][..], &out].concat()).ok();
    let text = std::fs::read_to_string(net.path("contracts/mines.odcs.yaml")).unwrap();
    for line in ["tenant: net", "30 Mining (100.0 %)", "allowed: [30]", "crosswalk: codes.csv", "value: geo"] {
        assert!(text.contains(line), "{line} is missing:\n{text}");
    }
    passes(&net, &["mines.tif"], "contracts/mines.odcs.yaml");
    let again = net.mutirao(&[&["contract", "new", "mines.tif"][..], &out].concat());
    again.fails(4, &["is there already", "--overwrite"]);
    let kept = std::fs::read_to_string(net.path("contracts/mines.odcs.yaml")).unwrap();
    assert_eq!(kept, text);
    net.mutirao(&[&["contract", "new", "mines.tif", "--overwrite"][..], &out].concat()).ok();
}

#[test]
fn bands_names_and_numbers_of_all_kinds_pass_their_own_draft() {
    let net = Net::new([2, 1]);
    let of = |samples: &[i32]| Tif::of(2, samples);
    net.tif("stack", &of(&[3, 4]).described("lc_2001").band("lc_2002", &[4, 3]));
    net.tif("stack_2002", &of(&[3, 4]).described("lc_2001").band("lc_2002", &[4, 3]));
    net.tif("bare", &of(&[3, 4]).described("a").band("b", &[4, 3]));
    net.tif("silent", &Tif { nodata: None, ..of(&[0, 4]) });
    net.tif("empty", &of(&[0, 0]));
    net.tif("nowhere", &Tif { epsg: None, ..of(&[3, 4]) });
    net.tif("signed", &Tif { dtype: mutirao_core::raster::DType::Int16, nodata: None, ..of(&[-5, 4]) });
    for name in ["stack", "stack_2002", "bare", "silent", "empty", "nowhere", "signed"] {
        let (file, contract) = (format!("{name}.tif"), format!("{name}.odcs.yaml"));
        net.mutirao(&["contract", "new", &file, "--out", &contract]).ok();
        passes(&net, &[&file], &contract);
    }
    let text = std::fs::read_to_string(net.path("stack.odcs.yaml")).unwrap();
    assert!(text.contains("physicalName: \"lc_{period}\"") && text.contains("value: [\"2001\", \"2002\"]"), "{text}");
    let text = std::fs::read_to_string(net.path("silent.odcs.yaml")).unwrap();
    assert!(text.contains("No file declares a nodata value. Values present: 0, 4."), "{text}");
}

#[test]
fn what_is_no_raster_is_refused_in_words() {
    let net = Net::new([2, 1]);
    net.write("towns.gpkg", "").write("broken.tif", "II*\0");
    net.mutirao(&["contract", "new", "towns.gpkg"]).fails(1, &["towns.gpkg"]);
    net.mutirao(&["contract", "new", "broken.tif"]).fails(1, &["broken.tif"]);
    let said = net.mutirao(&["contract", "new", "--json", "absent.tif"]);
    assert_eq!((said.code, &said.json()["verdict"]), (Some(1), &"failed".into()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn every_layer_passes_its_own_draft(
        periods in prop::collection::vec(prop::collection::vec(0i32..9, 48), 1..4),
        nodata in prop::option::of(0i32..12),
        wide in any::<bool>(),
        stack in any::<bool>(),
    ) {
        let net = Net::new([8, 6]);
        let tif = |samples: &[i32]| {
            let tif = Tif { nodata, ..Tif::of(8, samples) };
            if wide { tif.wide() } else { tif }
        };
        let mut files = Vec::new();
        if stack {
            let mut all = tif(&periods[0]).described("class 1990");
            for (year, samples) in (1991..).zip(&periods[1..]) {
                all = all.band(&format!("class {year}"), samples);
            }
            net.tif("all", &all);
            files.push("all.tif".to_owned());
        } else {
            for (year, samples) in (1990..).zip(&periods) {
                net.tif(&format!("map.{year}"), &tif(samples));
                files.push(format!("map.{year}.tif"));
            }
        }
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let said = net.mutirao(&[&["contract", "new"][..], &files].concat());
        said.ok();
        net.write("a.odcs.yaml", &said.out);
        passes(&net, &files, "a.odcs.yaml");
        net.write("b.odcs.yaml", with_examples(&said.out));
        passes(&net, &files, "b.odcs.yaml");
    }
}
