//! From what a contract says to instants. All dates were worked out by hand, on the calendar and the zones' published rules.

use mutirao_contract::timeline::{Moment, zone};
use mutirao_core::finding::Severity;

use crate::support::{all, changed, expect, good, reading};

/// The good contract with other lines of the timeline and other milestones.
fn timed(sla: &[&str], milestones: &str, zone: Option<&str>) -> String {
    let lines: String = sla.iter().map(|line| format!("  - {{ {line} }}\n")).collect();
    let zone = zone.map(|zone| format!("  - {{ property: timezone, value: {zone} }}\n")).unwrap_or_default();
    changed("  - { property: dueDate, value: \"2026-06-15\", element: mining.first-version }\n", &lines).replace(
        "  - { property: milestones, value: { freeze: \"2026-08-01\" } }\n",
        &format!("{zone}  - {{ property: milestones, value: {milestones} }}\n"),
    )
}

/// Due dates and ends of grace, by milestone.
#[track_caller]
fn due(text: &str) -> Vec<(String, String, String, String)> {
    let milestones = good(text).timeline.milestones;
    let told = milestones
        .into_iter()
        .map(|one| (one.name, one.due.to_string(), one.window.due_at.to_string(), one.window.grace_until.to_string()));
    told.collect()
}

/// One due date, `element` x, that counts `value` `unit` from `anchor`.
#[track_caller]
fn counted(value: i32, unit: &str, anchor: &str, zone: Option<&str>) -> (String, String) {
    let word = if value < 0 { "before" } else { "after" };
    let line = format!("property: dueDate, value: {value}, unit: {unit}, element: mining.x");
    let text = timed(&[&line], &format!("{{ from: \"{anchor}\", mining.x: {{ {word}: from }} }}"), zone);
    let due = due(&text).remove(0);
    (due.1, due.2)
}

#[test]
fn counting_is_on_the_calendar() {
    for (value, unit, anchor, expected) in [
        (-30, "d", "2026-08-01", "2026-07-02"),
        (-1, "d", "2024-03-01", "2024-02-29"),
        (-1, "d", "2023-03-01", "2023-02-28"),
        (-1, "d", "2100-03-01", "2100-02-28"), // a hundredth year is no leap year,
        (-1, "d", "2000-03-01", "2000-02-29"), // but a four hundredth
        (1, "y", "2024-02-29", "2025-02-28"),
        (4, "y", "2024-02-29", "2028-02-29"),
        (1, "mo", "2026-01-31", "2026-02-28"),
        (1, "mo", "2024-01-31", "2024-02-29"),
        (-1, "month", "2026-03-31", "2026-02-28"),
        (2, "w", "2025-12-24", "2026-01-07"), // over the end of a year
        (-1, "d", "2026-01-01", "2025-12-31"),
        (-6, "mo", "2026-03-31", "2025-09-30"),
        (0, "d", "2026-08-01", "2026-08-01"),
    ] {
        assert_eq!(counted(value, unit, anchor, None).0, expected, "{value} {unit} from {anchor}");
    }
}

#[test]
fn a_day_ends_where_the_contract_is() {
    for (zone, expected) in [
        (None, "2026-06-15T23:59:59.999999999Z"),
        (Some("UTC"), "2026-06-15T23:59:59.999999999Z"),
        (Some("America/Belem"), "2026-06-16T02:59:59.999999999Z"), // three hours behind
        (Some("Asia/Kathmandu"), "2026-06-15T18:14:59.999999999Z"), // 5:45 ahead
        (Some("Pacific/Kiritimati"), "2026-06-15T09:59:59.999999999Z"), // 14 ahead
    ] {
        assert_eq!(counted(0, "d", "2026-06-15", zone).1, expected, "{zone:?}");
    }
}

#[test]
fn days_may_be_short_or_long_or_begin_at_one() {
    for (day, zone, expected) in [
        // 29 March 2026 has 23 hours in Berlin, and ends in summer time.
        ("2026-03-29", "Europe/Berlin", "2026-03-29T21:59:59.999999999Z"),
        ("2026-03-28", "Europe/Berlin", "2026-03-28T22:59:59.999999999Z"),
        // 25 October 2026 has 25 hours there.
        ("2026-10-25", "Europe/Berlin", "2026-10-25T22:59:59.999999999Z"),
        // In São Paulo, 4 November 2018 began at one o'clock: midnight did not happen, so the 3rd ended at 03:00 UTC.
        ("2018-11-03", "America/Sao_Paulo", "2018-11-04T02:59:59.999999999Z"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-05T01:59:59.999999999Z"),
        // On 17 February 2018 the hour before midnight passed twice there; the day ends after the second.
        ("2018-02-17", "America/Sao_Paulo", "2018-02-18T02:59:59.999999999Z"),
        // Samoa went over the date line: 30 December 2011 did not happen, and the 29th ended at 10:00 UTC.
        ("2011-12-29", "Pacific/Apia", "2011-12-30T09:59:59.999999999Z"),
    ] {
        assert_eq!(counted(0, "d", day, Some(zone)).1, expected, "{day} {zone}");
    }
}

#[test]
fn from_an_instant_the_time_of_day_stays() {
    for (value, unit, anchor, zone, expected) in [
        // At its own offset a day has 24 hours.
        (1, "d", "2026-03-28T12:00:00+01:00", None, "2026-03-29T11:00:00Z"),
        // In Berlin noon stays noon, though the day has 23 hours.
        (1, "d", "2026-03-28T12:00:00+01:00", Some("Europe/Berlin"), "2026-03-29T10:00:00Z"),
        (24, "h", "2026-03-28T12:00:00+01:00", Some("Europe/Berlin"), "2026-03-29T11:00:00Z"),
        // 02:30 is skipped on the 29th: it is 03:30 in summer time.
        (1, "d", "2026-03-28T02:30:00+01:00", Some("Europe/Berlin"), "2026-03-29T01:30:00Z"),
        // 02:30 passes twice on 25 October: the first, in summer time.
        (1, "d", "2026-10-24T02:30:00+02:00", Some("Europe/Berlin"), "2026-10-25T00:30:00Z"),
        (-1, "mo", "2026-03-31T23:59:00-03:00", None, "2026-03-01T02:59:00Z"),
        (1, "y", "2024-02-29T23:59:00-03:00", None, "2025-03-01T02:59:00Z"),
        // An instant may name its zone itself.
        (1, "d", "2026-03-28T12:00:00+01:00[Europe/Berlin]", None, "2026-03-29T10:00:00Z"),
    ] {
        assert_eq!(counted(value, unit, anchor, zone).1, expected, "{value} {unit} from {anchor} in {zone:?}");
    }
}

#[test]
fn milestones_count_from_milestones_that_count_from_others() {
    let sla = [
        "property: dueDate, value: -10, unit: d, element: mining.second",
        "property: dueDate, value: -2, unit: mo, element: mining.first",
        "property: dueDate, value: 1, unit: w, element: mining.third",
        "property: grace, value: 3, unit: d",
        "property: grace, value: 0, unit: d, element: mining.third",
    ];
    let milestones = "{ release: \"2026-08-31\", freeze: { before: release, by: 1, unit: mo }, \
                      mining.second: { before: freeze }, mining.first: { before: mining.second }, third: { after: freeze } }";
    let end = |day: &str| format!("{day}T23:59:59.999999999Z");
    // A month before 31 August is 31 July; ten days before that the 21st; two months before 21 May.
    let expected = [
        ("first", "2026-05-21", end("2026-05-21"), end("2026-05-24")),
        ("second", "2026-07-21", end("2026-07-21"), end("2026-07-24")),
        ("third", "2026-08-07", end("2026-08-07"), end("2026-08-07")),
    ];
    let text = timed(&sla, milestones, None);
    // The third is due after the freeze, which is told.
    let found = reading(&text).findings;
    assert_eq!(
        found.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(),
        ["contract-due-order"],
        "{}",
        all(&found)
    );
    let timeline = reading(&text).contract.unwrap().timeline;
    let told: Vec<_> = timeline
        .milestones
        .iter()
        .map(|one| {
            (one.name.as_str(), one.due.to_string(), one.window.due_at.to_string(), one.window.grace_until.to_string())
        })
        .collect();
    assert_eq!(told, expected.map(|(name, due, at, grace)| (name, due.to_owned(), at, grace)));
    assert_eq!(timeline.milestones[0].window.opens_at, None);
    assert_eq!(timeline.milestones[1].window.opens_at, Some(timeline.milestones[0].window.due_at), "the one before");
    let release: Vec<String> = timeline.release.iter().map(|one| format!("{} {}", one.name, one.date)).collect();
    assert_eq!(release, ["freeze 2026-07-31", "release 2026-08-31"]);
}

#[test]
fn windows_and_spans_are_read() {
    let sla = [
        "property: dueDate, value: \"2026-06-15\", element: first-version",
        "property: window, value: 2, unit: weeks, element: mining",
        "property: frequency, value: 1, unit: yr",
        "property: latency, value: 6, unit: mo, element: mining",
        "property: retention, value: 10, unit: years, element: mining",
    ];
    let timeline = good(&timed(&sla, "{ freeze: \"2026-08-01\" }", None)).timeline;
    let opens = timeline.milestones[0].window.opens_at.unwrap();
    assert_eq!(opens.to_string(), "2026-06-01T23:59:59.999999999Z");
    let leap = "2024-02-29T10:00:00Z".parse().unwrap();
    assert_eq!(timeline.next_after(leap).unwrap().to_string(), "2025-02-28");
    assert_eq!(timeline.kept_until(leap).unwrap().to_string(), "2034-02-28");
    assert_eq!(timeline.due_by_latency("2023-08-31").unwrap().to_string(), "2024-02-29");
    assert_eq!(timeline.due_by_latency("2023-02-30"), None);
}

#[test]
fn rings_are_told() {
    let line = "property: dueDate, value: -1, unit: d, element: mining.x";
    for milestones in [
        "{ mining.x: { before: mining.x } }",
        "{ mining.x: { before: a }, a: { before: b, by: 1 }, b: { before: mining.x, by: 1 } }",
        "{ freeze: \"2026-08-01\", mining.x: { before: freeze }, a: { before: b, by: 1 }, b: { after: a, by: 2 } }",
    ] {
        let found = reading(&timed(&[line], milestones, None)).findings;
        assert_eq!(found.len(), 1, "{milestones}: {}", all(&found));
        assert_eq!(found[0].code, "contract-milestone-ring", "{}", all(&found));
    }
    let chain: String = (0..200).map(|at| format!("m{at}: {{ before: m{}, by: 1 }}, ", at + 1)).collect();
    let long = timed(&[line], &format!("{{ {chain}m200: \"2026-08-01\", mining.x: {{ before: m0 }} }}"), None);
    // 200 days before 1 August are 13 January, and one more is 12 January.
    assert_eq!(due(&long)[0].1, "2026-01-12");
}

#[test]
fn what_cannot_be_meant_is_told() {
    let due = "property: dueDate, value: -30, unit: d, element: mining.x";
    let freeze = "{ freeze: \"2026-08-01\", mining.x: { before: freeze } }";
    let cases: [(&[&str], &str, &str, &str); 16] = [
        (&[due], "{ freeze: \"2026-08-01\" }", "contract-milestone", "counts from nothing"),
        (&[due], "{ frees: \"2026-08-01\", mining.x: { before: freeze } }", "contract-milestone", "write `frees`"),
        (&[&due.replace("-30", "30")], freeze, "contract-milestone", "below 0 for before"),
        (&[due], &freeze.replace("before", "after"), "contract-milestone", "above 0 for after"),
        (&[due], &freeze.replace("freeze }", "freeze, by: 3 }"), "contract-milestone", "keep one of them"),
        (&[due], &freeze.replace("freeze }", "freeze, after: freeze }"), "contract-milestone", "both before and after"),
        (
            &[due],
            "{ freeze: { before: release }, release: \"2026-08-31\", mining.x: { before: freeze } }",
            "contract-milestone",
            "how long before",
        ),
        (&["property: latency, value: 6, unit: mo"], freeze, "contract-milestone", "nothing is due by"),
        (&["property: dueDate, value: \"2026-06-15\", element: mining.x"], freeze, "contract-milestone", "has a date"),
        (&[due, due], freeze, "contract-twice", "stands twice"),
        (
            &["property: dueDate, value: \"2026-06-15\""],
            "{ freeze: \"2026-08-01\" }",
            "missing-key",
            "names no milestone",
        ),
        (
            &["property: dueDate, value: \"2026-06-15\", element: urban.x"],
            "{ freeze: \"2026-08-01\" }",
            "contract-other-layer",
            "mining.MILESTONE",
        ),
        (&["property: grace, value: -5, unit: d"], "{ freeze: \"2026-08-01\" }", "invalid-value", "from 0"),
        (&["property: grace, value: 5"], "{ freeze: \"2026-08-01\" }", "invalid-value", "has no `unit`"),
        (&["property: grace, value: 5, unit: m"], "{ freeze: \"2026-08-01\" }", "invalid-value", "min, h, d"),
        (
            &["property: dueDate, value: \"2026-09-15\", element: mining.x"],
            "{ freeze: \"2026-08-01\" }",
            "contract-due-order",
            "after the release's `freeze`",
        ),
    ];
    for (sla, milestones, code, words) in cases {
        let found = reading(&timed(sla, milestones, None)).findings;
        assert_eq!(found.len(), 1, "{sla:?} {milestones}: {}", all(&found));
        assert_eq!(found[0].code, code, "{}", all(&found));
        assert!(all(&found).contains(words), "{words}: {}", all(&found));
        assert_eq!(found[0].severity == Severity::Warning, code == "contract-due-order");
    }
}

#[test]
fn times_must_be_there_once() {
    let first = "value: \"2026-06-15\"";
    let to = |text: &str| format!("value: \"{text}\"");
    expect(first, &to("15/06/2026"), "contract-time", "neither a day nor an instant");
    expect(first, &to("2026-02-29"), "contract-time", "neither a day");
    expect(first, &to("2026-06-15T12:00[Mars/Olympus]"), "contract-time", "no time zone");
    expect(first, &to("2026-06-15T12:00:00-05:00[Europe/Berlin]"), "contract-time", "another offset");
    let in_berlin = |text: &str| {
        let with = changed(first, &to(text));
        with.replace(
            "  - { property: license",
            "  - { property: timezone, value: Europe/Berlin }\n  - { property: license",
        )
    };
    let message = |text: &str| all(&reading(&in_berlin(text)).findings);
    assert!(message("2026-03-29T02:30:00").contains("clocks in Europe/Berlin skip 2026-03-29T02:30:00"));
    assert!(message("2025-10-26T02:30:00").contains("pass 2025-10-26T02:30:00 twice"));
    assert_eq!(due(&in_berlin("2026-03-29T03:30:00"))[0].2, "2026-03-29T01:30:00Z");
    assert_eq!(due(&in_berlin("2025-10-26T02:30:00+01:00"))[0].2, "2025-10-26T01:30:00Z", "the second");
    expect(
        "  - { property: license",
        "  - { property: timezone, value: Brazil/Amapa }\n  - { property: license",
        "contract-time",
        "IANA",
    );
}

#[test]
fn zones_are_built_in_and_moments_are_told_as_written() {
    // Whatever the machine has, these are known.
    for name in ["America/Belem", "Europe/Berlin", "Asia/Kathmandu", "UTC"] {
        assert!(zone(name).is_ok(), "{name}");
    }
    for text in ["2026-06-15", "2026-06-15T23:59:00-03:00", "2026-06-15T12:00:00+02:00[Europe/Berlin]"] {
        assert_eq!(Moment::read(text, &zone("UTC").unwrap()).unwrap().to_string(), text);
    }
}
