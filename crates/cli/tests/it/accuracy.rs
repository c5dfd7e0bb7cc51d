//! `mutirao accuracy` as people use it: what it says, and what it refuses.

use crate::support::{Net, Tif};

/// A map of 4 x 4 pixels: 3 above, 15 below, with one pixel of nothing.
fn net() -> Net {
    let mut pixels = [[3; 8], [15; 8]].concat();
    pixels[15] = 0;
    let net = Net::new([4, 4]);
    net.tif("map", &Tif::of(4, &pixels).described("2020"));
    net
}

/// The centre of a pixel, as text.
fn xy(col: u32, row: u32) -> String {
    format!("{},{}", 405_015 + 30 * col, 179_985 - 30 * row)
}

fn csv(header: &str, rows: &[(u32, u32, &str)]) -> String {
    let lines = rows.iter().map(|(col, row, more)| format!("{},{more}\n", xy(*col, *row)));
    format!("x,y,{header}\n{}", lines.collect::<String>())
}

#[test]
fn a_map_and_its_samples() {
    let net = net();
    let rows = [(0, 0, "3"), (1, 0, "3"), (2, 0, "15"), (0, 2, "15"), (1, 3, "15"), (3, 3, "15"), (9, 9, "3")];
    net.write("samples.csv", csv("reference", &rows));
    insta::assert_snapshot!("accuracy", net.mutirao(&["accuracy", "map.tif", "samples.csv"]));
    let said = net.mutirao(&["accuracy", "map.tif", "samples.csv", "--json"]);
    let json = said.ok().json();
    assert_eq!(json["schema"], "mutirao.accuracy/1");
    let period = &json["periods"][0];
    assert_eq!(period["left_out"], serde_json::json!({"outside": 1, "nothing": 1, "no_stratum": 0}));
    // Eight pixels of 3 are two thirds right, seven of 15 all.
    let overall = period["overall"]["estimate"].as_f64().unwrap();
    assert!((overall - (8.0 * 2.0 / 3.0 + 7.0) / 15.0).abs() < 1e-3, "true areas of pixels differ a little: {overall}");
}

#[test]
fn one_sample_in_a_stratum_is_said_to_be_undefined() {
    let net = net();
    net.write("samples.csv", csv("reference", &[(0, 0, "3"), (1, 0, "15"), (0, 2, "15")]));
    let said = net.mutirao(&["accuracy", "map.tif", "samples.csv"]);
    said.ok();
    for words in ["stratum 15 has one sample: overall accuracy", "(error undefined)", "undefined, because"] {
        assert!(said.out.contains(words), "{said}");
    }
    let json = net.mutirao(&["accuracy", "map.tif", "samples.csv", "--json"]).json();
    assert_eq!(json["periods"][0]["overall"]["standard_error"], serde_json::Value::Null);
}

#[test]
fn what_is_wrong_with_samples_is_told_with_line_and_column() {
    let net = net();
    net.write("samples.csv", "x,y,reference,weight\n405015,179985,3,1\n405o15,179985,tree,0\n405015,179985,,\n");
    let said = net.mutirao(&["accuracy", "map.tif", "samples.csv"]);
    said.fails(
        1,
        &["samples.csv:3:1", "samples.csv:3:15", "\"tree\" is no class id", "samples.csv:3:20", "samples.csv:4:"],
    );
    said.fails(1, &["no reference class", "nothing was estimated"]);
    net.write("samples.csv", "lon,lat,reference_\n1,2,3\n");
    net.mutirao(&["accuracy", "map.tif", "samples.csv"])
        .fails(1, &["table-header", "no column \"x\"", "\"reference_\""]);
    net.mutirao(&["accuracy", "map.tif", "none.gpkg"]).fails(4, &["there is no none.gpkg"]);
    let json = net.mutirao(&["accuracy", "map.tif", "samples.csv", "--json"]);
    assert_eq!((json.code, json.json()["findings"][0]["code"].as_str()), (Some(1), Some("table-header")));
}

#[test]
fn strata_that_are_not_the_maps_classes_need_their_sizes() {
    let net = net();
    let rows = [(0, 0, "3,a"), (1, 0, "15,a"), (0, 2, "15,b"), (1, 2, "15,b"), (3, 1, "3,b")];
    net.write("samples.csv", csv("reference,stratum", &rows));
    let command = ["accuracy", "map.tif", "samples.csv"];
    net.mutirao(&command).fails(1, &["of stratum a, where the map has class 3", "samples.csv:2:1", "--strata"]);
    net.write("strata.csv", "stratum,pixels\na,8\n");
    let with = [&command[..], &["--strata", "strata.csv"]].concat();
    net.mutirao(&with).fails(1, &["there is no stratum b", "samples.csv:4:1"]);
    net.write("strata.csv", "stratum,pixels\na,8\nb,7\n");
    net.mutirao(&with).ok();
    let said = net.mutirao(&with);
    assert!(
        said.out.contains("2 strata (the table of strata), stehman2014 with finite population correction"),
        "{said}"
    );
    let olofsson = [&with[..], &["--estimator", "olofsson2014"]].concat();
    net.mutirao(&olofsson)
        .fails(1, &["olofsson2014 is for strata that are the map's classes", "help: take --estimator"]);
    net.write("strata.csv", "stratum,pixels\na,2\nb,7.5\nb,7\n");
    net.mutirao(&with).fails(1, &["strata.csv:3:3", "no number of pixels", "strata.csv:4:1"]);
    net.write("strata.csv", "stratum,pixels\na,1\nb,7\n");
    net.mutirao(&with).fails(1, &["stratum a has 2 samples, but 1 pixels only"]);
}

#[test]
fn a_raster_of_strata_is_read_at_the_samples() {
    let net = net();
    let strata: Vec<i32> = (0..16).map(|at| 7 + i32::from(at % 4 > 1)).collect();
    net.tif("strata", &Tif::of(4, &strata));
    net.write("samples.csv", csv("reference", &[(0, 0, "3"), (1, 3, "15"), (2, 0, "15"), (3, 2, "15")]));
    let command = ["accuracy", "map.tif", "samples.csv", "--strata", "strata.tif", "--json"];
    let json = net.mutirao(&command).ok().json();
    let strata = &json["periods"][0]["strata"];
    // The pixel of nothing lies in stratum 8.
    assert_eq!([&strata[0]["pixels"], &strata[1]["pixels"]], [8, 7], "{strata}");
    assert_eq!(json["periods"][0]["estimator"], "stehman2014");
    net.tif("strata", &Tif { origin: [405_030.0, 180_000.0], ..Tif::of(4, &[7; 16]) });
    net.mutirao(&command[..5]).fails(1, &["does not lie pixel on pixel"]);
}

#[test]
fn weights_and_clusters_have_an_estimator_of_their_own() {
    let net = net();
    let rows = [(0, 0, "3,2,a"), (1, 0, "15,2,a"), (0, 2, "15,1,b"), (1, 2, "15,1,b"), (3, 1, "3,4,c")];
    net.write("samples.csv", csv("reference,weight,cluster", &rows));
    let command = ["accuracy", "map.tif", "samples.csv", "--json"];
    let json = net.mutirao(&command).ok().json();
    let period = &json["periods"][0];
    assert_eq!((&period["estimator"], &period["overall"]["estimate"]), (&"weighted".into(), &0.8.into()));
    let stehman = [&command[..3], &["--estimator", "stehman2014"]].concat();
    net.mutirao(&stehman).fails(1, &["takes neither clusters nor weights", "--estimator to auto"]);
    let named = csv("reference,stratum,cluster", &[(0, 0, "3,3,a"), (1, 0, "3,3,a"), (0, 2, "15,15,a")]);
    net.write("samples.csv", named);
    net.mutirao(&command[..3]).fails(1, &["cluster a has samples in the strata 3 and 15"]);
}

#[test]
fn alternates_admissible_pairs_and_the_table_of_numbers() {
    let net = net();
    let rows = [(0, 0, "3,"), (1, 0, "15,3.0"), (2, 0, "4,"), (0, 2, "15,"), (1, 2, "15,")];
    net.write("samples.csv", csv("reference,alternate", &rows));
    net.write("admissible.csv", "map,reference\n3,4\n");
    let mut command = vec!["accuracy", "map.tif", "samples.csv", "--json"];
    let overall = |command: &[&str]| {
        let json = net.mutirao(command).ok().json();
        let period = &json["periods"][0];
        (period["overall"]["estimate"].as_f64().unwrap(), period["classes"][0]["users"]["estimate"].as_f64().unwrap())
    };
    assert!((overall(&command).1 - 1.0 / 3.0).abs() < 1e-9);
    command.push("--alternate");
    assert!((overall(&command).1 - 2.0 / 3.0).abs() < 1e-9);
    command.extend(["--admissible", "admissible.csv", "--out", "numbers.csv"]);
    assert_eq!(overall(&command), (1.0, 1.0));
    let numbers = std::fs::read_to_string(net.path("numbers.csv")).unwrap();
    assert!(
        numbers.starts_with("period,measure,class,reference,estimate,standard_error,low,high,undefined\n"),
        "{numbers}"
    );
    assert!(numbers.contains("2020,matrix_samples,3,4,1.0,,,,\n"), "{numbers}");
    net.mutirao(&command).fails(4, &["numbers.csv is there already"]);
    net.mutirao(&["accuracy", "map.tif", "samples.csv", "--level", "1"]).fails(2, &["--level needs a legend"]);
    net.mutirao(&["accuracy", "map.tif", "samples.csv", "--period", "1999"]).fails(2, &["its periods are 2020"]);
    net.mutirao(&["accuracy", "map.tif", "samples.csv", "--confidence", "95"]).fails(2, &["0.5 to 0.9999"]);
}

#[test]
fn a_raster_speaks_for_the_period_that_is_said() {
    let net = net();
    let mut pixels = [[3; 8], [15; 8]].concat();
    pixels[15] = 0;
    net.tif("m_2020", &Tif::of(4, &pixels));
    net.write("samples.csv", csv("reference", &[(0, 0, "3"), (1, 0, "15"), (0, 2, "15"), (1, 3, "15")]));
    net.write("dated.csv", csv("reference,period", &[(0, 0, "3,2020"), (1, 0, "3,2020"), (0, 2, "15,2019")]));
    let accuracy =
        |map: &str, samples: &str, period: &str| net.mutirao(&["accuracy", map, samples, "--period", period, "--json"]);
    let json = accuracy("m_2020.tif", "samples.csv", "2020").ok().json();
    assert_eq!((&json["periods"][0]["period"], &json["samples"]), (&"2020".into(), &4.into()), "{json:#}");
    let json = accuracy("m_2020.tif", "dated.csv", "2020").ok().json();
    assert_eq!(json["other_periods"], serde_json::json!({"2019": 1}), "{json:#}");
    accuracy("map.tif", "samples.csv", "2020").ok();
    // The band says itself which year it is of.
    accuracy("map.tif", "samples.csv", "2019").fails(2, &["has no period 2019", "2020"]);
}
