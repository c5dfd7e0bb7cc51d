//! Periods: missing, silent, carried forward, with bounds.

use super::*;

#[test]
fn a_missing_period_is_nothing_or_the_one_before() {
    for (missing, middle) in [("nothing", [33, 33, 33]), ("previous", [3, 33, 3])] {
        let net = Net::of_periods([3, 1], "[2018, 2019, 2020]");
        net.tif("a_2018", &Tif::of(3, &[3, 0, 3])).tif("a_2020", &Tif::of(3, &[0, 15, 15]));
        net.tif("b", &Tif::of(3, &[33, 33, 33]));
        net.pipeline(&format!(
            "layers:
  a: {{ source: \"a_{{period}}.tif\", missing: {missing} }}
  b: {{ source: b.tif, static: true }}
coverage: {{ method: first }}
"
        ));
        let merged = net.merged();
        assert_eq!(merged.bands("2018").class, [3, 33, 3]);
        assert_eq!(merged.bands("2019").class, middle, "{missing}");
        assert_eq!(merged.bands("2020").class, [33, 15, 15]);
    }
}

#[test]
fn a_layer_is_nothing_in_periods_that_it_does_not_speak_for() {
    let net = Net::of_periods([2, 1], "[2018, 2019]");
    net.tif("a", &Tif::of(2, &[3, 3])).tif("b", &Tif::of(2, &[33, 33]));
    net.pipeline(
        "layers:
  a: { source: a.tif, periods: [2019] }
  b: { source: b.tif, static: true }
coverage: { method: first }
",
    );
    let merged = net.merged();
    assert_eq!(merged.bands("2018"), voted([[33, 33], [2, 2], [1, 1], [1, 1], [1, 1]]));
    assert_eq!(merged.bands("2019"), voted([[3, 3], [1, 1], [2, 2], [1, 1], [1, 1]]));
}

#[test]
fn periods_up_to_the_limit() {
    let net = |last: u32| {
        let net = Net::of_periods([2, 1], &format!("[1960..{last}]"));
        net.tif("a", &Tif::of(2, &[3, 0]));
        net.pipeline("layers:\n  a: { source: a.tif, static: true }\ncoverage: { method: first }\n");
        net
    };
    let most = net(2023);
    let merged = most.merged();
    assert_eq!(merged.bands("1960").class, [3, 0]);
    assert_eq!(merged.bands("2023").class, [3, 0]);
    net(2024).run(&[]).fails(1, &["at most 64 periods"]);
}

#[test]
fn a_stack_is_read_by_description_never_by_order() {
    let net = Net::of_periods([2, 1], "[2019, 2020]");
    net.tif("stack", &Tif::of(2, &[15, 15]).described("class_2020").band("class_2019", &[3, 0]));
    net.pipeline("layers:\n  a: { source: stack.tif }\ncoverage: { method: first }\n");
    let merged = net.merged();
    assert_eq!(merged.bands("2019").class, [3, 0]);
    assert_eq!(merged.bands("2020").class, [15, 15]);
    net.tif("stack", &Tif::of(2, &[15, 15]).described("one").band("two", &[3, 0]));
    net.run(&["--overwrite"]).fails(
        1,
        &["error[missing-period]", "no band whose description is or ends in \"2019\"", "one, two", "help: say `band:`"],
    );
    net.pipeline("layers:\n  a: { source: stack.tif, bands: { 2019: 2, 2020: 1 } }\ncoverage: { method: first }\n");
    assert_eq!(net.merged().bands("2019").class, [3, 0]);
}

#[test]
fn what_is_missing_comes_from_the_latest_earlier_period() {
    let net = Net::of_periods([2, 1], "[2017..2021]");
    net.tif("biomes", &Tif::of(2, &[1, 2]));
    net.tif("a_2017", &Tif::of(2, &[3, 3])).tif("a_2020", &Tif::of(2, &[4, 4]));
    net.tif("stack", &Tif::of(2, &[15, 15]).described("class_2018").band("class_2020", &[33, 33]));
    net.pipeline(
        "layers:
  biomes: { source: biomes.tif, role: region }
  base:
    missing: previous
    members:
      files: { source: \"a_{period}.tif\", area: { biomes: 1 } }
      stack: { source: stack.tif, periods: [2018, 2019, 2021], area: { biomes: 2 } }
  numbered: { source: stack.tif, bands: { 2018: 1, 2020: 2 }, periods: [2018..], missing: previous }
coverage:
  rules:
    - { take: { base: any } }
    - { take: { numbered: any } }
",
    );
    let merged = net.merged();
    let classes: Vec<Vec<i32>> = (2017..=2021).map(|year| merged.bands(&year.to_string()).class).collect();
    // In 2020 the stack is nothing by declaration, and in 2021 it holds what it held last: 2018.
    assert_eq!(classes, [[3, 0], [3, 15], [3, 15], [4, 33], [4, 15]]);
    let inputs = mutirao_parquet::read_inputs(&net.release().join("inputs.parquet")).unwrap();
    let told: Vec<(u16, &str, &str)> =
        inputs.iter().map(|row| (row.source, row.period.as_str(), row.treatment.as_str())).collect();
    let carried: Vec<_> = told.iter().filter(|(_, _, treatment)| treatment.contains("carried")).collect();
    let from = |source, period, words| (source, period, words);
    assert_eq!(
        carried,
        [
            &from(2, "2018", "as is, carried from 2017"),
            &from(2, "2019", "as is, carried from 2017"),
            &from(3, "2019", "as is, carried from 2018"),
            &from(2, "2021", "as is, carried from 2020"),
            &from(3, "2021", "as is, carried from 2018"),
            &from(4, "2019", "as is, carried from 2018"),
            &from(4, "2021", "as is, carried from 2020"),
        ]
    );
    net.mutirao(&["verify", "out/net/1"]).ok();
    let plan = net.mutirao(&["plan", "."]);
    plan.fails(
        0,
        &[
            "as is, 2018 and 2019 carried from 2017",
            "as is, 2021 carried from 2020",
            "as is, 2019 and 2021 carried from 2018",
        ],
    );
    let at = |x: &str, period: &str| {
        net.mutirao(&["explain", "out/net/1", "--xy", x, "179985", "--period", period]).ok().out.clone()
    };
    assert!(
        at("405015", "2021").contains("    base: 4 Savanna (files), carried from 2020\n"),
        "{}",
        at("405015", "2021")
    );
    assert!(at("405045", "2020").contains("    base: nothing\n"), "{}", at("405045", "2020"));
}

#[test]
fn what_has_nothing_before_it_is_refused() {
    let net = Net::of_periods([2, 1], "[2018, 2019]");
    net.tif("stack", &Tif::of(2, &[3, 3]).described("class_2019").band("class_2020", &[3, 3]));
    net.pipeline("layers:\n  a: { source: stack.tif, missing: previous }\ncoverage: { method: first }\n");
    net.run(&[]).fails(
        1,
        &["error[missing-period]", "no earlier period has one to carry forward", "begin with the first that it has"],
    );
    net.tif("other", &Tif::of(2, &[3, 3]).described("class_2018").band("class_2019", &[0, 0]));
    net.pipeline("layers:\n  a: { source: [stack.tif, other.tif], missing: nothing }\ncoverage: { method: first }\n");
    net.run(&[])
        .fails(1, &["error[missing-period]", "stack.tif has no band for 2018", "other files of the layer have one"]);
}

#[test]
fn bounds_of_periods_stand_in_the_outputs() {
    let net = Net::of_periods(
        [2, 1],
        "{ \"2019\": { start: 2018-08-01, end: 2019-07-31 }, \"2020\": { start: 2019-08-01, end: 2020-07-31 } }",
    );
    net.tif("a", &Tif::of(2, &[3, 3]));
    net.pipeline("layers:\n  a: { source: a.tif, static: true }\ncoverage: { method: first }\n");
    net.mutirao(&["plan", "."])
        .fails(0, &["periods: 2019 (2018-08-01 to 2019-07-31), 2020 (2019-08-01 to 2020-07-31)\n"]);
    net.run(&[]).ok();
    let manifest = std::fs::read_to_string(net.path("out/net/1/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["periods"], serde_json::json!(["2019", "2020"]));
    assert_eq!(manifest["period_bounds"]["2020"], serde_json::json!({ "start": "2019-08-01", "end": "2020-07-31" }));
    for product in ["coverage", "provenance", "agreement"] {
        let bytes = std::fs::read(net.path(&format!("out/net/1/{product}/2020.tif"))).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("<Item name=\"PERIOD_START\">2019-08-01</Item>"), "{product}");
        assert!(text.contains("<Item name=\"PERIOD_END\">2020-07-31</Item>"), "{product}");
    }
}
