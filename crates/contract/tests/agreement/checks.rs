//! Every check: its defaults, and what its parameters refuse.

use mutirao_contract::{Quality, checks::*};
use mutirao_core::{finding::Severity, values::ValueSet};

use crate::support::{GOOD, all, good, reading, with_check};

/// The second check of the good contract, with another implementation.
#[track_caller]
fn check(implementation: &str) -> (Severity, Check) {
    taken(&with_check(implementation))
}

#[track_caller]
fn taken(text: &str) -> (Severity, Check) {
    let contract = good(text);
    let rule = contract.objects[0].quality[1].clone();
    let Quality::Check(check) = rule.quality else { panic!("{rule:?}") };
    (rule.severity, check)
}

/// A vector with a property.
fn vector(implementation: &str) -> String {
    with_check(implementation).replace("physicalType: raster", "physicalType: vector")
}

#[test]
fn what_is_left_out_has_its_default() {
    use Severity::{Error, Info, Warning};
    let area = ValueSet::of(30);
    let rasters = [
        ("{ check: crs }", Error, Check::Crs(CrsCheck { crs: "EPSG:31976".to_owned() })),
        ("{ check: grid }", Error, Check::Grid(GridCheck { tolerance: 0.01, resolution: [30.0, 30.0] })),
        ("{ check: extent }", Error, Check::Extent(ExtentCheck { covers: Extent::Area })),
        ("{ check: dtype }", Error, Check::Dtype(DtypeCheck { allowed: vec![Dtype::Uint8] })),
        ("{ check: nodata }", Error, Check::Nodata(NodataCheck { value: Some(0), declared: false })),
        (
            "{ check: file-layout }",
            Info,
            Check::FileLayout(FileLayoutCheck { layout: Layout::Cog, compression: vec![], overviews: false }),
        ),
        (
            "{ check: licence }",
            Warning,
            Check::Licence(LicenceCheck { allowed: vec!["CC-BY-4.0".to_owned()], declared: false }),
        ),
        (
            "{ check: classes }",
            Error,
            Check::Classes(ClassesCheck { allowed: area.clone(), required: ValueSet::empty(), known: true }),
        ),
        ("{ check: valid-share, min_share: 0.99 }", Error, Check::ValidShare(ValidShareCheck { min_share: 0.99 })),
        (
            "{ check: outside-area }",
            Warning,
            Check::OutsideArea(OutsideAreaCheck { max_pixels: Some(0), max_share: None, buffer_m: 300.0 }),
        ),
        (
            "{ check: outside-area, max_share: 0.01, buffer_m: 0 }",
            Warning,
            Check::OutsideArea(OutsideAreaCheck { max_pixels: None, max_share: Some(0.01), buffer_m: 0.0 }),
        ),
        ("{ check: change, max_share: 0.05 }", Warning, Check::Change(ChangeCheck { max_share: 0.05, classes: None })),
        (
            "{ check: class-share, limits: { 30: { max_share: 0.1 }, 3..5: { min_ha: 10, max_ha: 20 } } }",
            Warning,
            Check::ClassShare(ClassShareCheck {
                limits: vec![
                    ClassLimits {
                        classes: area.clone(),
                        min_share: None,
                        max_share: Some(0.1),
                        min_ha: None,
                        max_ha: None,
                    },
                    ClassLimits {
                        classes: ValueSet::range(3, 5),
                        min_share: None,
                        max_share: None,
                        min_ha: Some(10.0),
                        max_ha: Some(20.0),
                    },
                ],
            }),
        ),
        (
            "{ check: impossible-transitions, transitions: [ { from: 24, to: [3, 4] } ] }",
            Warning,
            Check::ImpossibleTransitions(ImpossibleTransitionsCheck {
                transitions: vec![Transition { from: ValueSet::of(24), to: ValueSet::from_values([3, 4]) }],
                max_share: 0.0,
            }),
        ),
        (
            "{ check: minimum-mapping-unit, min_ha: 0.5, connectivity: 4, classes: 30 }",
            Error,
            Check::MinimumMappingUnit(MinimumMappingUnitCheck {
                min_ha: 0.5,
                connectivity: Connectivity::Four,
                classes: Some(area),
                max_patches: 0,
                at_edges: false,
            }),
        ),
        (
            "{ check: accuracy, samples: s.csv, min: 0.9 }",
            Error,
            Check::Accuracy(AccuracyCheck {
                strata: None,
                samples: "s.csv".to_owned(),
                estimator: Estimator::Olofsson2014,
                measure: Measure::Overall,
                min: Some(0.9),
                min_lower: None,
                confidence: 0.95,
                withheld: false,
            }),
        ),
    ];
    for (implementation, severity, expected) in rasters {
        assert_eq!(check(implementation), (severity, expected), "{implementation}");
    }
    let Check::Periods(periods) = check("{ check: periods }").1 else { panic!("periods") };
    assert!(periods.further && periods.periods.contains("2019") && !periods.periods.contains("2021"));
}

#[test]
fn checks_of_vectors_have_defaults_too() {
    let none = FeatureLimit { max_features: 0 };
    let cases = [
        ("{ check: validity }", Check::Validity(none.clone())),
        ("{ check: empty-geometry, max_features: 2 }", Check::EmptyGeometry(FeatureLimit { max_features: 2 })),
        (
            "{ check: tiny-geometry, min_m2: 900 }",
            Check::TinyGeometry(TinyGeometryCheck { min_m2: 900.0, max_features: 0 }),
        ),
        (
            "{ check: geometry-type, allowed: polygon }",
            Check::GeometryType(GeometryTypeCheck { allowed: vec![GeometryType::Polygon], multi: true }),
        ),
        ("{ check: duplicates }", Check::Duplicates(DuplicatesCheck { of: DuplicatesOf::Everything, max_features: 0 })),
        (
            "{ check: key, attribute: code, format: \"#######\" }",
            Check::Key(KeyCheck { attribute: "code".to_owned(), unique: true, format: Some("#######".to_owned()) }),
        ),
        (
            "{ check: attribute-type, attribute: code, type: text }",
            Check::AttributeType(AttributeTypeCheck {
                attribute: "code".to_owned(),
                kind: AttributeType::Text,
                required: false,
            }),
        ),
        (
            "{ check: range, attribute: area, min: 0 }",
            Check::Range(RangeCheck { attribute: "area".to_owned(), min: Some(0.0), max: None }),
        ),
        (
            "{ check: enumeration, attribute: kind, allowed: [a, 01] }",
            Check::Enumeration(EnumerationCheck {
                attribute: "kind".to_owned(),
                allowed: vec!["a".to_owned(), "01".to_owned()],
            }),
        ),
        (
            "{ check: foreign-key, attribute: state, source: states.csv, key: code }",
            Check::ForeignKey(ForeignKeyCheck {
                attribute: "state".to_owned(),
                source: "states.csv".to_owned(),
                key: "code".to_owned(),
            }),
        ),
    ];
    for (implementation, expected) in cases {
        assert_eq!(taken(&vector(implementation)).1, expected, "{implementation}");
    }
}

#[test]
fn a_check_at_a_property_is_of_that_property() {
    let rule = "{ type: custom, engine: mutirao, implementation: { check: key } }";
    let property =
        format!("{{ name: code, physicalName: CD_MUN, quality: [ {rule}, {{ metric: nullValues, mustBe: 0 }} ] }}");
    let text = vector("{ check: validity }").replace("{ name: class, physicalType: uint8 }", &property);
    let contract = good(&text);
    let [key, nulls] = &contract.objects[0].properties[0].quality[..] else { panic!("two rules") };
    assert!(matches!(&key.quality, Quality::Check(Check::Key(check)) if check.attribute == "CD_MUN"));
    assert!(matches!(nulls.quality, Quality::Metric(_)));
    assert_eq!(contract.objects[0].rules().count(), 4);
}

#[test]
fn what_cannot_be_judged_is_refused() {
    let lines = [
        ("{ check: valid-share }", "min_share"),
        ("{ check: valid-share, min_share: 1.5 }", "from 0 to 1"),
        ("{ check: minimum-mapping-unit, min_ha: 0 }", "above 0"),
        ("{ check: minimum-mapping-unit, min_ha: 1, connectivity: 6 }", "4 or 8"),
        ("{ check: minimum-mapping-unit, min_ha: 1, max_patch: 3 }", "did you mean \"max_patches\"?"),
        ("{ check: class-share, limits: { 30: {} } }", "no limit"),
        ("{ check: class-share, limits: { 30: { min_share: 0.5, max_share: 0.1 } } }", "above the most"),
        ("{ check: class-share, limits: { mines: { min_share: 0.5 } } }", "mines"),
        ("{ check: impossible-transitions, transitions: [] }", "empty"),
        ("{ check: impossible-transitions, transitions: [ { from: 3 } ] }", "has no `to`"),
        ("{ check: classes, allowed: [3, 4], required: 5 }", "allow what is required"),
        ("{ check: extent, bounds: [1, 2, 3] }", "west, south, east, north"),
        ("{ check: extent, bounds: [3, 2, 1, 4] }", "west below east"),
        ("{ check: dtype, allowed: uint7 }", "did you mean"),
        ("{ check: accuracy, samples: s.csv }", "none of min, min_lower"),
        ("{ check: accuracy, samples: s.csv, min: 0.9, measure: users }", "needs a `class`"),
        ("{ check: accuracy, samples: s.csv, min: 0.9, class: 3 }", "means nothing"),
        ("{ check: flicker, max_share: 0, withheld: true }", "withheld"),
        ("{ check: crs, severity: info }", "unknown key \"severity\""),
    ];
    for (implementation, words) in lines {
        refused(&with_check(implementation), words);
    }
    for (implementation, words) in [
        ("{ check: key }", "add `attribute`"),
        ("{ check: range, attribute: a }", "none of min, max"),
        ("{ check: range, attribute: a, min: 2, max: 1 }", "nothing lies between"),
        ("{ check: geometry-type, allowed: raster }", "point or line or polygon"),
    ] {
        refused(&vector(implementation), words);
    }
}

#[track_caller]
fn refused(text: &str, words: &str) {
    let reading = reading(text);
    assert_eq!(reading.findings.len(), 1, "{}\nof\n{text}", all(&reading.findings));
    assert!(all(&reading.findings).contains(words), "{}", all(&reading.findings));
    assert!(reading.contract.is_none());
}

#[test]
fn what_the_contract_says_nowhere_is_asked_for() {
    for (check, term, words) in [
        ("crs", "grid", "needs a CRS"),
        ("grid", "grid", "needs a grid"),
        ("nodata", "nodata", "needs a value"),
        ("classes", "classes", "needs classes"),
        ("extent", "area", "needs an area"),
        ("outside-area", "area", "needs an area"),
        ("periods", "periods", "needs periods"),
        ("licence", "license", "needs a licence"),
    ] {
        let without: String = with_check(&format!("{{ check: {check} }}"))
            .lines()
            .filter(|line| {
                !line.contains(&format!("property: {term},")) && !line.contains("check: crs } }") | (check == "crs")
            })
            .map(|line| format!("{line}\n"))
            .collect();
        let found = reading(&without).findings;
        assert!(all(&found).contains(words) && found[0].code == "missing-key", "{check}: {}\n{without}", all(&found));
    }
    let untyped = with_check("{ check: dtype }").replace("name: class, physicalType: uint8", "name: class");
    assert!(all(&reading(&untyped).findings).contains("needs a type"));
    assert!(GOOD.contains("check: crs"));
}
