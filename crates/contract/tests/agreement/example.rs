//! The contract of the design, as it was meant.

use jiff::Timestamp;
use mutirao_contract::{ObjectKind, Quality, checks::*, terms::NodataTerm};
use mutirao_core::{finding::Severity, values::ValueSet};

use crate::support::{EXAMPLE, good};

#[test]
fn it_reads_clean_and_keeps_what_is_not_ours() {
    let contract = good(EXAMPLE);
    assert_eq!((contract.id.as_str(), contract.version.as_str()), ("mining", "2.0.0"));
    assert_eq!(contract.tenant.as_deref(), Some("amapa-network"));
    assert_eq!(contract.terms.licence.as_deref(), Some("CC-BY-4.0"));
    assert_eq!(contract.document["team"]["members"][0]["username"], "maps@anm.example");
    let again = good(&contract.to_yaml());
    assert_eq!(again.document, contract.document, "what is written says the same");
    assert_eq!(again.objects[0].terms.grid, contract.objects[0].terms.grid);
}

#[test]
fn its_terms_and_checks_are_typed() {
    let contract = good(EXAMPLE);
    let [object] = &contract.objects[..] else { panic!("one object") };
    assert_eq!(object.kind, ObjectKind::Raster);
    let grid = object.terms.grid.as_ref().unwrap();
    assert_eq!((grid.crs.as_str(), grid.resolution, grid.tolerance), ("EPSG:31976", [30.0, 30.0], 0.01));
    assert_eq!(object.terms.nodata, Some(NodataTerm { value: Some(0), declared: true }));
    assert_eq!(object.terms.licence.as_deref(), Some("CC-BY-4.0"), "the contract's");
    assert!(object.terms.periods.as_ref().unwrap().contains("1985"));
    let checks: Vec<(Severity, Check)> = object
        .rules()
        .map(|(_, rule)| match &rule.quality {
            Quality::Check(check) => (rule.severity, check.clone()),
            other => panic!("{other:?}"),
        })
        .collect();
    let mines = ValueSet::of(30);
    let expected = [
        (
            Severity::Warning,
            Check::OutsideArea(OutsideAreaCheck { max_pixels: Some(0), max_share: None, buffer_m: 300.0 }),
        ),
        (
            Severity::Error,
            Check::MinimumMappingUnit(MinimumMappingUnitCheck {
                min_ha: 1.0,
                connectivity: Connectivity::Eight,
                classes: None,
                max_patches: 0,
                at_edges: false,
            }),
        ),
        (Severity::Warning, Check::Flicker(FlickerCheck { classes: Some(mines), max_share: 0.002, periods: 1 })),
        (
            Severity::Error,
            Check::AcceptancePoints(AcceptancePointsCheck {
                points: "acceptance/mines.csv".to_owned(),
                class: "class".to_owned(),
                min_share: 1.0,
                within_pixels: 0,
                withheld: false,
            }),
        ),
        (
            Severity::Error,
            Check::Accuracy(AccuracyCheck {
                strata: None,
                samples: "reference/samples.gpkg".to_owned(),
                estimator: Estimator::Stehman2014,
                measure: Measure::Users(30),
                min: None,
                min_lower: Some(0.85),
                confidence: 0.95,
                withheld: true,
            }),
        ),
    ];
    assert_eq!(checks, expected);
}

#[test]
fn its_timeline_is_resolved() {
    let contract = good(EXAMPLE);
    let timeline = &contract.timeline;
    let told: Vec<(&str, String, String, String)> = timeline
        .milestones
        .iter()
        .map(|one| {
            let (due, grace) = (one.window.due_at.to_string(), one.window.grace_until.to_string());
            (one.name.as_str(), one.due.to_string(), due, grace)
        })
        .collect();
    // Half past the day in Belém is early on the 16th in UTC; thirty days before 1 August is 2 July.
    let expected = [
        ("first-version", "2026-06-15T23:59:00-03:00", "2026-06-16T02:59:00Z", "2026-06-21T02:59:00Z"),
        ("revised", "2026-07-02", "2026-07-02T23:59:59.999999999Z", "2026-07-07T23:59:59.999999999Z"),
    ];
    let expected = expected.map(|(name, a, b, c)| (name, a.to_owned(), b.to_owned(), c.to_owned()));
    assert_eq!(told, expected);
    let release: Vec<(&str, String)> =
        timeline.release.iter().map(|one| (one.name.as_str(), one.date.to_string())).collect();
    let days = [("first-version", "2026-06-15"), ("freeze", "2026-08-01"), ("release", "2026-08-31")];
    assert_eq!(release, days.map(|(name, day)| (name, day.to_owned())));
    let delivered: Timestamp = "2026-06-10T12:00:00-03:00".parse().unwrap();
    assert_eq!(timeline.next_after(delivered).unwrap().to_string(), "2027-06-10");
    assert_eq!(timeline.kept_until(delivered).unwrap().to_string(), "2036-06-10");
    assert_eq!(timeline.due_by_latency("2025-12-31").unwrap().to_string(), "2026-06-30");
}

#[test]
fn what_is_written_is_for_people_too() {
    insta::assert_snapshot!(good(EXAMPLE).to_yaml());
}

#[test]
fn a_contract_of_3_0_becomes_one_of_3_1() {
    let old = EXAMPLE
        .replace("apiVersion: v3.1.0", "apiVersion: v3.0.2")
        .replace("    quality:\n", "    quality:\n      - { type: library, rule: rowCount, mustBeGreaterThan: 0 }\n");
    let written = good(&old).to_yaml();
    assert!(written.contains("apiVersion: v3.1.0\n") && written.contains("metric: rowCount"), "{written}");
    assert!(matches!(good(&written).objects[0].quality[0].quality, Quality::Metric(_)));
}
