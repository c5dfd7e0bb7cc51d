//! Licences of layers against that of the product, each finding at its place.

use mutirao_core::finding::Severity;

use crate::support::{Folder, GOOD, shown};

/// A product under one licence made of a layer of a partner under another, and one that states its own.
fn said(product: &str, partner: &str, own: &str) -> Vec<String> {
    let pipeline = GOOD
        .replace("license: CC-BY-4.0", &format!("license: {partner}"))
        .replace("id: test\n", &format!("id: test\nlicense: {product}\n"))
        .replace("classes: [1, 2]", &format!("classes: [1, 2], license: {own}"));
    let folder = Folder::with(&pipeline);
    let reading = folder.read_all();
    assert!(reading.pipeline.is_some(), "an old release can still be read");
    reading.findings.iter().map(|finding| folder.shown(std::slice::from_ref(finding))).collect()
}

#[test]
fn what_nobody_states_is_told() {
    let folder = Folder::with(GOOD);
    let found = folder.shown(&folder.read_all().findings);
    assert_eq!(
        found,
        "pipeline.yaml:2:1 warning licence-missing: the product has no licence\n    \
         add `license:` with an SPDX id, such as CC-BY-4.0: without one nobody may use what is published\n\
         pipeline.yaml:11:3 warning licence-missing: `mining` has no licence\n    \
         ask who made it, and write its `license:` at the layer"
    );
}

#[test]
fn licences_that_fit_are_not_told() {
    assert!(said("CC-BY-4.0", "CC-BY-4.0", "CC0-1.0").is_empty());
    assert!(said("ODbL-1.0", "ODbL-1.0 OR CC-BY-NC-4.0", "CC-BY-4.0").is_empty());
}

#[test]
fn a_conflict_stands_where_the_licence_is_written() {
    let ask = "ask its partner for a licence that fits and write it at the layer as `license:`";
    assert_eq!(
        said("CC-BY-4.0", "CC-BY-NC-4.0", "ODbL-1.0"),
        [
            format!(
                "pipeline.yaml:9:34 error licence-conflict: `base` of lab is under CC-BY-NC-4.0, which forbids commercial \
                 use; CC-BY-4.0, the product's licence, allows it\n    take a licence with NC for the product, or {ask}"
            ),
            format!(
                "pipeline.yaml:12:78 error licence-conflict: `mining` is under ODbL-1.0, which asks that all made of it \
                 has the same licence; the product's is CC-BY-4.0\n    take ODbL-1.0 for the product, or {ask}"
            ),
        ]
    );
    let found = said("CC-BY-4.0", "CC-BY-ND-4.0", "LicenseRef-mine");
    assert!(found[0].contains("error licence-conflict: `base` of lab is under CC-BY-ND-4.0, which forbids to publish"));
    assert!(found[1].contains("warning licence-conflict: whether `mining` may go into the product is not known"));
    let found = said("CC0-1.0", "CC-BY-4.0", "CC0-1.0");
    assert!(found[0].contains("warning licence-conflict: `base` of lab is under CC-BY-4.0, which asks to be named"));
}

#[test]
fn regions_and_values_need_no_licence_and_stop_nothing() {
    let regions = "biomes: { source: data/biomes.tif, role: region, license: ODbL-1.0";
    let pipeline = GOOD
        .replace("id: test\n", "id: test\nlicense: CC-BY-4.0\n")
        .replace("biomes: { source: data/biomes.tif, role: region", regions)
        .replace("classes: [1, 2]", "classes: [1, 2], license: CC0-1.0");
    let reading = Folder::with(&pipeline).read_all();
    let [only] = &reading.findings[..] else { panic!("{:?}", reading.findings) };
    assert_eq!((only.severity, only.code.as_str()), (Severity::Warning, "licence-conflict"), "{}", shown(only));
}

#[test]
fn members_are_told_apart() {
    let members = "  mining:\n    static: true\n    classes: [1, 2]\n    members:\n      \
                   one: { source: data/mining.tif, license: CC0-1.0, area: { biomes: 1 } }\n      \
                   two: { partner: nobody, source: data/mining.tif, area: { biomes: 2 } }\n";
    let pipeline = GOOD
        .replace("id: test\n", "id: test\nlicense: CC-BY-4.0\n")
        .replace("  mining: { source: data/mining.tif, static: true, classes: [1, 2] }\n", members);
    let reading = Folder::with(&pipeline).read_all();
    let [only] = &reading.findings[..] else { panic!("{:?}", reading.findings) };
    assert!(shown(only).contains("`mining / two` of nobody has no licence"), "{}", shown(only));
}
