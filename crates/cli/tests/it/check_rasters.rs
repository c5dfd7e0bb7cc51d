//! `mutirao check` of rasters: what is compared with what, and where it says that something is.

use serde_json::Value;

use crate::support::{Net, Said, Tif};

/// A contract of layers by year, with these rules of the engine's own.
fn contract(terms: &str, rules: &[&str]) -> String {
    let rules: String = rules
        .iter()
        .map(|rule| format!("      - {{ type: custom, engine: mutirao, implementation: {{ {rule} }} }}\n"))
        .collect();
    format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: layer\nversion: 1.0.0\nstatus: active\nschema:\n  - name: layer\n    \
         physicalName: \"m_{{period}}.tif\"\n    physicalType: raster\n    properties:\n      - {{ name: class, physicalType: uint8 }}\n    \
         customProperties:\n      - {{ property: classes, value: {{ allowed: [3, 15] }} }}\n{terms}    quality:\n{rules}"
    )
}

fn rule(said: &Said, check: &str) -> Value {
    let body = said.json();
    let rules = body["rules"].as_array().unwrap_or_else(|| panic!("{said}"));
    rules.iter().find(|rule| rule["check"] == check).unwrap_or_else(|| panic!("{body:#}")).clone()
}

#[test]
fn a_delivery_before_on_another_grid_is_not_compared() {
    let net = Net::new([20, 20]);
    let terms = "      - { property: grid, value: { crs: \"EPSG:31976\", resolution: 30 } }\n";
    net.write("strict.yaml", contract(terms, &["check: change, max_share: 0"]));
    let loose = terms.replace("resolution: 30", "resolution: 30, tolerance: 0.4");
    net.write("loose.yaml", contract(&loose, &["check: change, max_share: 0"]));
    net.write("silent.yaml", contract("", &["check: change, max_share: 0"]));
    let own = Tif::of(20, &[3; 400]);
    net.tif("m_2018", &own);
    let shifted = |by: f64| Tif { origin: [own.origin[0] + by, own.origin[1]], ..own.clone() };
    let cases = [
        (shifted(0.0), ["kept"; 3]),
        (shifted(0.2), ["kept"; 3]),
        (shifted(30.0), ["broken"; 3]),
        (shifted(10.0), ["unjudged", "kept", "unjudged"]),
        (shifted(14.0), ["unjudged"; 3]),
        (Tif { epsg: Some(5070), ..own.clone() }, ["unjudged"; 3]),
        (Tif { resolution: 10.0, ..own.clone() }, ["unjudged"; 3]),
    ];
    for (at, (previous, expected)) in cases.into_iter().enumerate() {
        net.write("before/m_2018.tif", previous.bytes());
        for (contract, expected) in ["strict.yaml", "loose.yaml", "silent.yaml"].into_iter().zip(expected) {
            let args = ["check", "m_2018.tif", "--contract", contract, "--previous", "before/m_2018.tif", "--json"];
            let said = net.mutirao(&args);
            let found = rule(&said, "change");
            assert_eq!(found["outcome"], expected, "case {at}, {contract}: {found:#}");
            if expected == "unjudged" {
                assert!(found.to_string().contains("lies on another grid"), "{found:#}");
            }
        }
    }
}

#[test]
fn places_of_flicker_are_in_the_period_that_says_something_else() {
    let net = Net::new([20, 20]);
    let terms = "      - { property: nodata, value: 0 }\n      - { property: periods, value: [\"2018..2022\"] }\n";
    net.write("c.yaml", contract(terms, &["check: flicker, max_share: 0, periods: 2"]));
    // By place: what the five years hold.
    let series = [([2, 1], [3, 3, 15, 3, 3]), ([9, 1], [3, 3, 0, 15, 3]), ([5, 5], [3, 15, 3, 15, 3])];
    for (at, year) in (2018..=2022).enumerate() {
        let mut samples = vec![3; 400];
        series.iter().for_each(|([col, row], held)| samples[row * 20 + col] = held[at]);
        net.tif(&format!("m_{year}"), &Tif::of(20, &samples));
    }
    let files: Vec<String> = (2018..=2022).map(|year| format!("m_{year}.tif")).collect();
    let args: Vec<&str> = ["check"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let said = net.mutirao(&[&args[..], &["--contract", "c.yaml", "--json"]].concat());
    let body = said.json();
    let findings = body["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["code"] == "flicker").unwrap_or_else(|| panic!("{body:#}"));
    let place = |place: &Value| (place["pixel"].clone(), place["period"].clone(), place["file"].clone());
    let expected = |pixel: [u32; 2], year: u32| {
        (serde_json::json!(pixel), serde_json::json!(year.to_string()), serde_json::json!(format!("m_{year}.tif")))
    };
    let found: Vec<_> = finding["first"].as_array().unwrap().iter().map(place).collect();
    assert_eq!(found, [expected([2, 1], 2020), expected([9, 1], 2021), expected([5, 5], 2019)], "{finding:#}");
    assert_eq!(place(&finding["where"]), found[0]);
}

/// The first file, as it says itself.
fn file(said: &Said) -> Value {
    said.json()["facts"]["files"][0].clone()
}

#[test]
fn a_type_is_that_of_the_file_and_not_of_its_translation() {
    let net = Net::new([3, 2]);
    net.write("c.yaml", contract("      - { property: nodata, value: -9999 }\n", &["check: dtype, allowed: uint8"]));
    let head = "ncols 3\nnrows 2\nxllcorner 405000\nyllcorner 179940\ncellsize 30\nNODATA_value -9999\n";
    net.write("m_2018.asc", format!("{head}3 3 -9999\n15 3 3\n"));
    let said = net.mutirao(&["check", "m_2018.asc", "--contract", "c.yaml", "--json"]);
    assert_eq!(rule(&said, "dtype")["outcome"], "broken", "{said}");
    assert_eq!(rule(&said, "nodata")["outcome"], "kept", "{said}");
    assert_eq!([&file(&said)["dtype"], &file(&said)["nodata"]], ["int32", "-9999"], "{said}");
    let text = net.mutirao(&["check", "m_2018.asc", "--contract", "c.yaml"]);
    text.fails(1, &["m_2018.asc holds int32, and uint8 is agreed"]);
}

#[test]
fn what_stands_beside_a_geotiff_is_read_where_pixels_depend_on_it() {
    let net = Net::new([20, 1]);
    net.write("c.yaml", contract("", &["check: nodata, value: 9"]));
    let samples: Vec<i32> = (0..20).map(|at| if at < 7 { 9 } else { 3 }).collect();
    net.tif("m_2018", &Tif { nodata: None, ..Tif::of(20, &samples) });
    let aux = |band: &str| {
        let text = format!("<PAMDataset><PAMRasterBand band=\"1\">{band}</PAMRasterBand></PAMDataset>");
        net.write("m_2018.tif.aux.xml", text);
        net.mutirao(&["check", "m_2018.tif", "--contract", "c.yaml", "--json"])
    };
    let translations = || {
        let Ok(entries) = std::fs::read_dir(net.path("cache")) else { return 0 };
        entries.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "tif")).count()
    };
    let said = aux("<Metadata><MDI key=\"STATISTICS_MEAN\">5.1</MDI></Metadata><CategoryNames/>");
    assert_eq!((rule(&said, "classes")["outcome"].as_str(), translations()), (Some("broken"), 0), "{said}");
    let said = aux("<NoDataValue>9</NoDataValue>");
    assert_eq!((rule(&said, "classes")["outcome"].as_str(), translations()), (Some("kept"), 1), "{said}");
    let file = file(&said);
    assert_eq!(
        [&file["format"], &file["nodata"], &file["dtype"], &file["compression"]],
        ["GeoTIFF", "9", "uint8", "deflate"]
    );
}
