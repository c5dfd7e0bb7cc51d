//! What texts become.

use mutirao_core::{
    pipeline::{Compression, GridSpec, Method, NodataSpec, Pipeline, Provenance, ResampleMethod},
    rule::Give,
    values::ValueSet,
};

use crate::support::{Folder, GOOD, changed};

fn pipeline(text: &str) -> Pipeline {
    let folder = Folder::with(text);
    let reading = folder.read();
    assert!(!reading.has_errors(), "{}", folder.shown(&reading.findings));
    reading.pipeline.unwrap()
}

/// The set of a condition on `base`.
fn set(written: &str) -> ValueSet {
    let to = format!("where: {{ base: {written} }}, give: 30");
    pipeline(&changed("give: 30", &to)).coverage.rules[0].conditions[0].values.clone()
}

#[test]
fn values_are_text_until_asked() {
    let text = changed("version: 2026.10", "version: 2026.10\ntitle: NO");
    let pipeline =
        pipeline(&text.replace("periods: [2019, 2020]", "periods: [2019, 2020.10]").replace("{period}", "2019"));
    assert_eq!((pipeline.version.as_str(), pipeline.title.as_str()), ("2026.10", "NO"));
    assert_eq!(pipeline.periods[1].label, "2020.10");
    assert_eq!(pipeline.periods[1].start, None);
}

#[test]
fn value_sets_have_all_their_forms() {
    let values = |values: &[i32]| ValueSet::from_values(values.iter().copied());
    assert_eq!(set("3"), values(&[3]));
    assert_eq!(set("[3, 14..15, 30]"), values(&[3, 14, 15, 30]));
    assert_eq!(set("..3"), ValueSet::range(i32::MIN, 3));
    assert_eq!(set("14.."), ValueSet::range(14, i32::MAX));
    assert_eq!(set("1+"), values(&[1, 3]));
    assert_eq!(set("natural"), values(&[1, 3, 33]));
    assert_eq!(set("any"), ValueSet::any());
    assert_eq!(set("none"), ValueSet::nothing());
    assert_eq!(set("{ not: [natural, none] }"), values(&[1, 3, 33]).with_nothing(true).complement());
    assert_eq!(set("[[3, none], { not: any }]"), values(&[3]).with_nothing(true));
}

#[test]
fn numbers_that_may_be_nodata_are_left_to_the_plan() {
    let named = |text: &str| pipeline(text).named_values;
    let zero = named(&changed("give: 30", "unless: [{ when: { base: [0, 3] }, give: 3 }], give: 30"));
    assert_eq!(zero.len(), 1);
    assert_eq!((zero[0].layer, zero[0].value, zero[0].rule, zero[0].part.as_str()), (0, 0, 1, "unless:1"));
    assert_eq!((zero[0].place.line, zero[0].place.column), (19, 56));
    let own = changed("classes: [1, 2] }", "classes: [1, 2], nodata: 255 }");
    let own = named(&own.replace("give: 30", "where: { mining: 255 }, give: 30"));
    assert_eq!((own[0].layer, own[0].value, own[0].part.as_str()), (1, 255, "rule"));
    assert!(named(GOOD).is_empty());
    let none = changed("classes: [1, 2] }", "classes: [1, 2], nodata: none }");
    let reading = Folder::with(&none.replace("give: 30", "where: { mining: 0 }, give: 30")).read();
    assert_eq!(reading.findings[0].code, "unknown-class");
}

#[test]
fn members_inherit_what_the_layer_says() {
    let base = "{ partner: lab, source: data/base_{period}.tif }";
    let composite = "{ partner: lab, nodata: 255, crs: EPSG:4674, resample: { method: mode, nodata: ignore }, members: { \
                     a: { source: data/mining.tif, static: true, area: { biomes: [1, 2] } }, \
                     b: { partner: other, nodata: none, source: data/base_{period}.tif, area: { biomes: 3 } } } }";
    let layers = pipeline(&changed(base, composite)).layers;
    let [a, b] = &layers[0].members[..] else { panic!() };
    assert_eq!((a.partner, b.partner), (Some(0), Some(1)));
    assert_eq!((a.nodata, b.nodata), (NodataSpec::Value(255), NodataSpec::None));
    assert_eq!((a.license.as_deref(), b.license.as_deref()), (Some("CC-BY-4.0"), None));
    assert_eq!(b.crs.as_deref(), Some("EPSG:4674"));
    let resample = b.resample.unwrap();
    assert_eq!((resample.method, resample.ignore_nodata, resample.bound), (ResampleMethod::Mode, true, 0.125));
    let once = Folder::with(&changed(base, &composite.replace("nodata: 255,", "classes: 99+,"))).read();
    assert_eq!(once.findings.len(), 1, "what a layer says is reported once, not for each member");
    let wrong = composite.replace("biomes: 3", "biomes: 9");
    assert_eq!(Folder::with(&changed(base, &wrong)).read().findings[0].code, "unknown-region");
    let twice = composite.replace("biomes: 3", "biomes: 3, base: 3");
    assert_eq!(Folder::with(&changed(base, &twice)).read().findings[0].code, "invalid-value");
    let within_itself = composite.replace("biomes: 3", "base: 3");
    assert_eq!(Folder::with(&changed(base, &within_itself)).read().findings[0].code, "unknown-region");
}

#[test]
fn outputs_have_defaults_levels_and_bounds() {
    let outputs = |written: &str| pipeline(&format!("{GOOD}outputs: {written}\n")).outputs;
    assert_eq!(pipeline(GOOD).outputs.compression, Compression::Deflate(5));
    assert_eq!(outputs("{ compression: zstd }").compression, Compression::Zstd(3));
    assert_eq!(outputs("{ compression: { deflate: 12 } }").compression, Compression::Deflate(12));
    assert_eq!(outputs("{ provenance: source, agreement: false }").provenance, Provenance::Source);
    assert_eq!(outputs("{ provenance: false }").provenance, Provenance::None);
    assert_eq!(outputs("{ overviews: nearest, nodata: 255 }").nodata, 255);
    let bad = [
        "{ compression: lzw }",
        "{ compression: { zstd: 20 } }",
        "{ tile: 500 }",
        "{ tile: 48 }",
        "{ sheet: 1000 }",
        "{ nodata: -1 }",
        "{ nodata: 65536 }",
        "{ provenance: all }",
    ];
    for bad in bad {
        let folder = Folder::with(&format!("{GOOD}outputs: {bad}\n"));
        let reading = folder.read();
        assert_eq!(reading.findings.len(), 1, "{bad}: {}", folder.shown(&reading.findings));
        assert!(reading.pipeline.is_none(), "{bad}");
    }
}

#[test]
fn grids_are_given_or_taken_from_a_file() {
    let grid = "grid: { crs: EPSG:4326, origin: [-51, 1], resolution: 0.01, size: [32, 32] }";
    let like = pipeline(&changed(grid, "grid: { like: data/mining.tif, crs: EPSG:4674, tolerance: 0.1 }"));
    assert!(
        matches!(&like.grid, GridSpec::Like { file, crs: Some(_), place } if file.ends_with("mining.tif") && place.line == 4)
    );
    assert_eq!(like.tolerance, 0.1);
    let pair = pipeline(&changed("resolution: 0.01", "resolution: [0.01, 2e-2]"));
    assert!(matches!(pair.grid, GridSpec::Given(grid) if grid.resolution == [0.01, 0.02]));
}

#[test]
fn methods_without_rules_ask_the_class_layers_in_order() {
    let head = &GOOD[..GOOD.find("  rules").unwrap()];
    let with = |more: &str| Folder::with(&format!("{}{more}", head.replace("classes: [1, 2]", "classes: [1, 3]")));
    let coverage = |more: &str| with(more).read().pipeline.unwrap().coverage;
    assert_eq!(coverage("  method: majority\n").order, [0, 1]);
    let last = coverage("  method: last\n  order: [mining, base]\n");
    assert_eq!((last.method, last.order), (Method::Last, vec![1, 0]));
    let dates = with("  method: most-recent\n").read();
    assert_eq!(dates.findings.len(), 2);
    assert!(dates.findings.iter().all(|finding| finding.code == "missing-key"));
    for bad in [
        "  method: first\n  order: [biomes]\n",
        "  method: first\n  order: [base, base]\n",
        "  method: first\n  rules: []\n",
    ] {
        assert_eq!(with(bad).read().findings[0].code, "invalid-value", "{bad}");
    }
}

#[test]
fn rules_give_classes_layers_or_nothing() {
    let give = |to: &str| pipeline(&changed("give: 30", &format!("give: {to}"))).coverage.rules[0].give;
    assert_eq!(give("3"), Some(Give::Class(3)));
    assert_eq!(give("base"), Some(Give::Layer(0)));
    assert_eq!(give("none"), Some(Give::Nothing));
}

#[test]
fn aliases_stand_for_whole_values() {
    let text = changed("take: { mining: 1 }, give: 30", "take: { mining: 1 }, where: &here { biomes: 1 }, give: 30");
    let text = text.replace("base: any }", "base: any }, where: *here");
    let rules = pipeline(&text).coverage.rules;
    assert_eq!(rules[0].conditions, rules[1].conditions);
}

#[test]
fn periods_may_have_bounds() {
    let bounds =
        "periods: { 2019: { start: 2018-08-01, end: 2019-07-31 }, 2020: { start: 2019-08-01, end: 2020-07-31 } }";
    let periods = pipeline(&changed("periods: [2019, 2020]", bounds)).periods;
    assert_eq!((periods[0].label.as_str(), periods[0].start.as_deref()), ("2019", Some("2018-08-01")));
    let turned = bounds.replace("2020-07-31", "2019-07-31");
    assert_eq!(Folder::with(&changed("periods: [2019, 2020]", &turned)).read().findings[0].code, "invalid-value");
    assert_eq!(pipeline(&changed("periods: [2019, 2020]", "periods: 2019..2020")).periods.len(), 2);
    assert_eq!(pipeline(&changed("periods: [2019, 2020]", "periods: 2020")).periods[0].label, "2020");
}
