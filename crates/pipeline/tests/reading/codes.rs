//! Every code of a finding, once at least, at the right line.

use mutirao_core::finding::Severity;

use crate::support::{Folder, GOOD, changed, expect, only, shown};

#[test]
fn the_good_pipeline_is_good() {
    let folder = Folder::with(GOOD);
    let reading = folder.read();
    assert_eq!(reading.findings, [], "{}", folder.shown(&reading.findings));
    assert!(reading.pipeline.is_some());
}

#[test]
fn broken_yaml_is_told_with_its_place() {
    expect("id: test\n", "id: [test\n  x: }\n", "yaml-syntax", "no YAML");
    expect("id: test\n", "<<: { a: b }\nid: test\n", "yaml-syntax", "merge keys");
    expect("id: test\n", "id: !mine test\n", "yaml-syntax", "tag");
    expect("id: test\n", "? [a]\n: b\nid: test\n", "yaml-syntax", "a key must be a text");
    let (finding, _) = only("mutirao: 1\n---\nmutirao: 1\n");
    assert_eq!(finding.code, "yaml-syntax");
}

#[test]
fn keys_are_known_there_and_once() {
    expect("partner: lab, source", "partner: lab, sorce: x, source", "unknown-key", "did you mean \"source\"?");
    expect("id: test\n", "id: test\nzzz: 1\n", "unknown-key", "known here: mutirao, id");
    expect("version: 2026.10\n", "version: 1\nversion: 2\n", "duplicate-key", "line 3");
    for key in ["mutirao: 1\n", "id: test\n", "version: 2026.10\n"] {
        assert_eq!(only(&changed(key, "")).0.code, "missing-key", "{key}");
    }
    expect("{ take: { mining: 1 }, give: 30 }", "{ give: 30 }", "missing-key", "take");
    expect("{ partner: lab, source: data/base_{period}.tif }", "{ partner: lab }", "missing-key", "source, or members");
    expect("crs: EPSG:4326, ", "", "missing-key", "crs");
}

#[test]
fn types_and_values_are_strict() {
    expect("mutirao: 1\n", "mutirao: 2\n", "invalid-value", "from 1 to 1");
    expect("static: true", "static: yes", "wrong-type", "true or false");
    expect("size: [32, 32]", "size: [32]", "invalid-value", "list of two");
    expect("size: [32, 32]", "size: [32, 1.5]", "wrong-type", "whole number");
    expect("size: [32, 32]", "size: [32, 0]", "invalid-value", "from 1");
    expect("resolution: 0.01", "resolution: -1", "invalid-value", "above 0");
    expect("resolution: 0.01", "resolution: nan", "wrong-type", "above 0");
    expect("id: test\n", "id: test\noutputs: { patches: { min_ha: -1 } }\n", "invalid-value", "min_ha");
    expect("role: region", "role: regoin", "invalid-value", "did you mean \"region\"?");
    expect("id: test\n", "id: a/b\n", "invalid-value", "folder");
    expect("id: test\n", "id: test\nlicense: CC BY 4.0\n", "invalid-value", "SPDX");
    expect("id: test\n", "id: [test]\n", "wrong-type", "a text");
    expect("id: test\n", "id:\n", "wrong-type", "empty");
    expect(
        "biomes: { source",
        "12: { source: data/mining.tif, static: true }\n  biomes: { source",
        "invalid-value",
        "at least one letter",
    );
    expect("within: biomes\n", "within: biomes\n  method: first-come\n", "invalid-value", "most-recent");
    expect(
        "periods: [2019, 2020]",
        "periods: { 2019: { start: 2019-02-30, end: 2019-12-31 }, 2020: { start: 2020-01-01, end: 2020-12-31 } }",
        "invalid-value",
        "a day",
    );
    expect("periods: [2019, 2020]", "periods: [2020, 2019]", "period-order", "2019 begins before 2020");
    expect(
        "periods: [2019, 2020]",
        "periods: { 2019: { start: 2019-01-01, end: 2020-03-31 }, 2020: { start: 2020-03-31, end: 2020-12-31 } }",
        "period-overlap",
        "share days, 2020-03-31 to 2020-03-31",
    );
    expect("give: 30 }", "give: 30 }\n    - { take: { base: none } }", "invalid-value", "nothing is never taken");
    expect("give: 30 }", "give: 30 }\n    - { take: { base: 1, mining: 2 }, give: 1 }", "invalid-value", "takes one");
    expect("give: 30 }", "give: 30 }\n    - { take: { biomes: 1 }, give: 1 }", "invalid-value", "no class layer");
    expect("give: 30 }", "give: 30 }\n    - { take: { base: 9..3 } }", "invalid-value", "3..9");
    expect("give: 30 }", "give: 30 }\n    - { take: { base: 1.5 } }", "invalid-value", "no set of values");
}

#[test]
fn crossings_are_of_two_kinds_that_are_there() {
    let end = "    - { take: { base: any } }\n";
    let with =
        |cross: &str| format!("{end}territories:\n  biome: {{ layer: biomes }}\n  both: {{ cross: [{cross}] }}\n");
    expect(end, &with("biome, biom"), "unknown-territory", "did you mean \"biome\"");
    expect(end, &with("biome, biome"), "invalid-value", "crossed with itself");
    expect(end, &with("both, biome"), "invalid-value", "a crossing itself");
    expect(end, &with("biome"), "invalid-value", "a list of two");
}

#[test]
fn what_is_not_built_yet_says_so() {
    expect("id: test\n", "id: test\nfilters: [ { sieve: 3 } ]\n", "not-built-yet", "later version");
    for fine in [
        "filters: []\n",
        "outputs: { patches: auto, transitions: true }\n",
        "outputs: { patches: none }\n",
        "outputs: { patches: { min_ha: 1.5, classes: [natural, { not: 33 }] } }\n",
    ] {
        let folder = Folder::with(&format!("{GOOD}{fine}"));
        assert_eq!(folder.read().findings, []);
    }
}

#[test]
fn files_must_be_there() {
    expect("data/mining.tif", "data/minning.tif", "missing-file", "did you mean \"mining.tif\"?");
    expect("data/mining.tif", "\"data/min*.png\"", "missing-file", "nothing matches");
    expect("data/mining.tif", "data", "missing-file", "is a folder");
    expect("data/mining.tif", "https://example.org/x.tif", "missing-file", "addresses are not read");
    expect("data/base_{period}.tif", "data/bose_{period}.tif", "missing-file", "for no period");
    expect("legend: legend.csv", "legend: legends.csv", "missing-file", "did you mean \"legend.csv\"?");
    expect("source: data/mining.tif", "contract: c.yaml, source: data/mining.tif", "missing-file", "c.yaml");
    expect("source: data/mining.tif", "crosswalk: c.csv, source: data/mining.tif", "missing-file", "c.csv");
    expect("data/mining.tif", "\"data/{perod}.tif\"", "invalid-value", "did you mean \"period\"?");
    expect("data/mining.tif", "\"data/{version}.tif\"", "missing-key", "version");
    let (finding, line) = only(&changed("periods: [2019, 2020]", "periods: [2018..2020]"));
    assert_eq!((finding.code.as_str(), line), ("missing-period", 10));
    let finding = only(&changed(
        "grid: { crs: EPSG:4326, origin: [-51, 1], resolution: 0.01, size: [32, 32] }",
        "grid: { like: x.tif }",
    ))
    .0;
    assert_eq!(finding.code, "missing-file");
}

#[test]
fn names_must_be_known() {
    expect("take: { mining", "take: { minning", "unknown-layer", "did you mean \"mining\"?");
    expect("give: 30", "give: bass", "unknown-layer", "did you mean \"base\"?");
    expect("give: 30", "where: { biome: 1 }, give: 30", "unknown-layer", "biomes");
    expect("within: biomes", "within: biome", "unknown-region", "did you mean \"biomes\"?");
    expect("within: biomes", "within: base", "unknown-region", "no region layer");
    expect("give: 30", "where: { biomes: 7 }, give: 30", "unknown-region", "1..6");
    expect("give: 30", "periods: 2021, give: 30", "unknown-period", "2019, 2020");
    expect("give: 30", "periods: 2021.., give: 30", "unknown-period", "2019, 2020");
    expect("partner: lab, source", "partner: lab, periods: [Y2019, 2019], source", "unknown-period", "Y2019");
    expect("give: 30", "where: { base: naturl }, give: 30", "unknown-group", "did you mean \"natural\"?");
    let groups = |more: &str| format!("natural: [1+, 33]\n{more}");
    expect("natural: [1+, 33]\n", &groups("  a: [b, natural]\n  b: { not: a }\n"), "group-ring", "a -> b");
    expect("natural: [1+, 33]\n", &groups("  a: [3, [4, a]]\n"), "group-ring", "names itself");
    let chain = |length: usize| {
        let names: String = (0..length).map(|at| format!("  g{at}: g{}\n", at + 1)).collect();
        groups(&format!("{names}  g{length}: 3\n"))
    };
    expect("natural: [1+, 33]\n", &chain(100), "too-many", "64 deep");
    assert!(Folder::with(&changed("natural: [1+, 33]\n", &chain(40_000))).read().has_errors());
    let many = |more: &str| {
        format!(
            "layers:\n  many: {{ members: {{ one: {{ source: data/mining.tif, static: true, area: {{ biomes: 1 }} }} }}{more} }}\n"
        )
    };
    expect("layers:\n", &many(", fallback: [one, ones]"), "unknown-member", "did you mean \"one\"?");
    expect("layers:\n", &many(", fallback: [one, one]"), "invalid-value", "stands twice");
    expect("layers:\n", &many("").replace("biomes: 1 ", "biomes: none "), "unknown-region", "no member is responsible");
    expect("source: data/mining.tif", "fallback: [a], source: data/mining.tif", "invalid-value", "the layer has none");
    expect("partner: lab,", "partner: lap,", "unknown-partner", "did you mean \"lab\"?");
    let warning = only(&changed("partner: lab,", "partner: lap,")).0;
    assert_eq!(warning.severity, Severity::Warning);
    assert_eq!(Folder::with(&changed("partner: lab,", "partner: university,")).read().findings, []);
    assert_eq!(only(&changed("natural: [1+, 33]", "biomes: [1+, 33]")).0.code, "name-clash");
}

#[test]
fn classes_must_be_held() {
    expect("take: { mining: 1 }", "take: { mining: 5 }", "unknown-class", "cannot hold 5; it holds 1..2");
    expect("give: 30", "give: 31", "unknown-class", "no class of the legend");
    expect("give: 30", "where: { base: 99+ }, give: 30", "unknown-class", "no class 99");
    expect("give: 30", "where: { base: [3, 50..60] }, give: 30", "unknown-class", "50..60");
    expect("give: 30", "where: { base: { not: 16 } }, give: 30", "unknown-class", "closest is 15");
    expect("take: { mining: 1 }, give: 30", "take: { mining: 2 }", "unknown-class", "rule 1 takes 2 of mining");
    expect("give: 30", "give: mining", "unknown-class", "copies");
    expect("within: biomes\n", "within: biomes\n  unclaimed: 99\n", "unknown-class", "99");
    expect("mutirao: 1\n", "mutirao: 1\noutputs: { nodata: 33 }\n", "class-equals-nodata", "Water");
    let patches = "mutirao: 1\noutputs: { patches: { classes: [30, 99] } }\n";
    expect("mutirao: 1\n", patches, "unknown-class", "99 is no class of the legend");
    let finding = only(&changed("take: { mining: 1 }", "take: { mining: 5 }")).0;
    assert_eq!((finding.class, finding.rule, finding.layer.as_deref()), (vec![5], Some(1), Some("mining")));
}

#[test]
fn there_is_an_end_to_periods_layers_and_rules() {
    expect("periods: [2019, 2020]", "periods: [1900..2020]", "too-many", "64");
    let rules = "    - { take: { base: any } }\n".repeat(256);
    let (finding, _) = only(&format!("{GOOD}{rules}"));
    assert_eq!(finding.code, "too-many");
    let layers: String = (0..64).map(|n| format!("  more{n}: {{ source: data/mining.tif, static: true }}\n")).collect();
    let (finding, _) = only(&changed("layers:\n", &format!("layers:\n{layers}")));
    assert_eq!(finding.code, "too-many", "{}", shown(&finding));
}

#[test]
fn empty_pipelines_say_how_to_begin() {
    for empty in ["", "\n# nothing\n", "---\n"] {
        let (finding, _) = only(empty);
        assert_eq!(finding.code, "missing-key");
        assert!(shown(&finding).contains("mutirao init"));
    }
    assert_eq!(only("just a text").0.code, "wrong-type");
    let rules = GOOD.find("  rules").unwrap();
    let (finding, _) = only(&GOOD[..rules]);
    assert!(shown(&finding).contains("- { take: { base: any } }"), "{}", shown(&finding));
    let layers = GOOD.find("layers:").unwrap();
    let finding = only(&format!("{}layers: {{}}\ncoverage: {{ method: first }}\n", &GOOD[..layers])).0;
    assert_eq!(finding.code, "missing-key", "{}", shown(&finding));
}
