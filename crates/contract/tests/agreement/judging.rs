//! Whether deliveries came in time, at a given instant.

use jiff::Timestamp;
use mutirao_contract::{
    deliveries::{Delivery, Standing, Verdict},
    timeline::{State, Timeline, judge, states},
};
use proptest::prelude::*;

use crate::support::{changed, good};

/// Due on 15 June (five days of grace) and on 2 July 2026, in UTC.
fn timeline() -> Timeline {
    let sla = "  - { property: dueDate, value: \"2026-06-15\", element: mining.first-version }\n";
    let more = format!(
        "{sla}  - {{ property: dueDate, value: -30, unit: d, element: mining.revised }}\n  \
         - {{ property: grace, value: 5, unit: d, element: mining.first-version }}\n"
    );
    let text = changed(sla, &more)
        .replace("freeze: \"2026-08-01\"", "freeze: \"2026-08-01\", mining.revised: { before: freeze }");
    good(&text).timeline
}

fn at(text: &str) -> Timestamp {
    let text = if text.contains('T') { text.to_owned() } else { format!("2026-{text}T12:00:00Z") };
    text.parse().unwrap()
}

fn delivery(version: &str, day: &str, verdict: Verdict, state: Option<State>) -> Delivery {
    let delivered_at = at(day);
    Delivery {
        layer: "mining".to_owned(),
        period: "2025".to_owned(),
        partner: "anm".to_owned(),
        version: version.to_owned(),
        delivered_at,
        written_at: delivered_at.to_string(),
        sha256: "0".repeat(64),
        verdict,
        state,
    }
}

fn passing(version: &str, day: &str) -> Delivery {
    delivery(version, day, Verdict::Pass, None)
}

fn withdrawn(version: &str, day: &str) -> Delivery {
    delivery(version, day, Verdict::Pass, Some(State::Withdrawn))
}

/// States of both milestones, as words.
fn judged(deliveries: &[Delivery], day: &str) -> [String; 2] {
    let judged = judge(&timeline(), deliveries, at(day));
    let word = |of: usize| {
        format!("{}{}", judged[of].state.word(), judged[of].delivery.map_or(String::new(), |at| format!(" {at}")))
    };
    [word(0), word(1)]
}

#[test]
fn milestones_are_judged_by_the_first_delivery_that_passes() {
    use Verdict::{Fail, Pending, Refused};
    let failing = |day: &str| delivery("0", day, Fail, None);
    let cases: Vec<(Vec<Delivery>, &str, [&str; 2])> = vec![
        (vec![], "06-01", ["expected", "expected"]),
        (vec![], "2026-06-15T23:59:59.999999999Z", ["expected", "expected"]),
        (vec![], "2026-06-16T00:00:00Z", ["in-grace", "expected"]),
        (vec![], "2026-06-20T23:59:59.999999999Z", ["in-grace", "expected"]),
        (vec![], "2026-06-21T00:00:00Z", ["missing", "expected"]),
        (vec![], "07-03", ["missing", "missing"]),
        (vec![passing("1", "06-10")], "06-11", ["on-time 0", "early 0"]),
        (vec![passing("1", "2026-06-15T23:59:59.999999999Z")], "06-17", ["on-time 0", "early 0"]),
        (vec![passing("1", "2026-06-16T00:00:00Z")], "06-17", ["in-grace 0", "on-time 0"]),
        (vec![passing("1", "2026-06-21T00:00:00Z")], "06-22", ["late 0", "on-time 0"]),
        (vec![passing("1", "07-10")], "07-11", ["late 0", "late 0"]),
        (vec![passing("1", "07-10")], "07-09", ["missing", "missing"]),
        // What fails, waits or was refused decides nothing.
        (vec![failing("06-01"), passing("1", "06-17")], "06-18", ["in-grace 1", "on-time 1"]),
        (
            vec![delivery("0", "06-01", Pending, None), delivery("0", "06-02", Refused, None)],
            "06-16",
            ["in-grace", "expected"],
        ),
        // The first that passes decides, whatever comes later; lines may stand in any order.
        (vec![passing("2", "06-30"), passing("1", "06-10")], "07-11", ["on-time 1", "on-time 0"]),
        (vec![passing("1", "06-10"), passing("2", "07-20")], "07-21", ["on-time 0", "early 0"]),
        // Taken back: the next one that passed decides; before it was taken back it stood.
        (vec![passing("1", "06-10"), withdrawn("1", "06-12")], "06-11", ["on-time 0", "early 0"]),
        (vec![passing("1", "06-10"), withdrawn("1", "06-12")], "06-13", ["expected", "expected"]),
        (vec![passing("1", "06-10"), withdrawn("1", "06-12")], "06-22", ["withdrawn 0", "expected"]),
        (
            vec![passing("1", "06-10"), withdrawn("1", "06-12"), passing("2", "06-18")],
            "06-22",
            ["in-grace 2", "on-time 2"],
        ),
        // Judged again, the last line counts; a further one that passes counts from its own time.
        (vec![passing("1", "06-10"), delivery("1", "06-14", Fail, None)], "06-13", ["on-time 0", "early 0"]),
        (vec![passing("1", "06-10"), delivery("1", "06-14", Fail, None)], "06-15", ["expected", "expected"]),
        (vec![passing("1", "06-10"), delivery("1", "06-14", Fail, None)], "06-22", ["missing", "expected"]),
        (
            vec![passing("1", "06-10"), delivery("1", "06-14", Fail, None), passing("1", "06-18")],
            "06-22",
            ["in-grace 2", "on-time 2"],
        ),
        (vec![passing("1", "06-10"), delivery("2", "06-14", Fail, None)], "06-15", ["on-time 0", "early 0"]),
        // That nobody could judge it again says nothing of it.
        (vec![passing("1", "06-10"), delivery("1", "06-14", Refused, None)], "06-15", ["on-time 0", "early 0"]),
        // Of several before the window, the first.
        (vec![passing("2", "06-11"), passing("1", "06-10")], "06-12", ["on-time 1", "early 1"]),
        // Another version's withdrawal is not its own.
        (vec![passing("1", "06-10"), withdrawn("2", "06-12")], "06-13", ["on-time 0", "early 0"]),
    ];
    for (deliveries, day, expected) in cases {
        assert_eq!(judged(&deliveries, day), expected, "at {day}: {deliveries:#?}");
    }
}

#[test]
fn deliveries_know_what_they_were() {
    let deliveries = [
        delivery("0", "06-01", Verdict::Fail, None),
        passing("1", "06-10"),
        passing("2", "06-11"),
        passing("3", "06-20"),
        passing("4", "07-20"),
        passing("5", "07-21"),
        withdrawn("5", "07-22"),
    ];
    let words = |day: &str| -> Vec<&str> {
        states(&timeline(), &deliveries, at(day)).into_iter().map(|state| state.map_or("", State::word)).collect()
    };
    assert_eq!(words("07-30"), ["", "on-time", "superseding", "on-time", "superseding", "withdrawn", "withdrawn"]);
    assert_eq!(words("06-11"), ["", "on-time", "superseding", "", "", "", ""]);
    assert_eq!(words("06-10"), ["", "on-time", "", "", "", "", ""]);
    assert_eq!(words("07-21"), ["", "on-time", "superseding", "on-time", "superseding", "superseding", ""]);
}

proptest! {
    /// Against the definitions, line by line.
    #[test]
    fn what_stands_is_what_no_line_takes_back_or_overrules(
        lines in prop::collection::vec((0u8..3, 0i64..6, 0u8..3, 0u8..2), 0..12),
        day in 0i64..7,
    ) {
        let hours = |day: i64| at("06-01") + jiff::SignedDuration::from_hours(24 * day);
        let line = |(version, day, what, bytes): &(u8, i64, u8, u8)| {
            let verdict = if *what == 1 { Verdict::Fail } else { Verdict::Pass };
            let mut one = delivery(&version.to_string(), "06-01", verdict, (*what == 2).then_some(State::Withdrawn));
            (one.delivered_at, one.sha256) = (hours(*day), bytes.to_string().repeat(64));
            one
        };
        let all: Vec<Delivery> = lines.iter().map(line).collect();
        let standing = Standing::of(&all);
        let day = hours(day);
        let is_back = |one: &Delivery| one.state == Some(State::Withdrawn);
        for (place, one) in all.iter().enumerate() {
            let same = |other: &Delivery| other.version == one.version;
            let back = all.iter().any(|other| {
                is_back(other) && same(other) && other.sha256 == one.sha256 && (one.delivered_at..=day).contains(&other.delivered_at)
            });
            prop_assert_eq!(standing.is_withdrawn(place, day), back);
            let again = all[place + 1..].iter().any(|other| {
                other.delivered_at <= day && same(other) && !is_back(other) && other.verdict == Verdict::Fail
            });
            let passes = one.verdict == Verdict::Pass && !is_back(one) && one.delivered_at <= day && !again;
            prop_assert_eq!(standing.passes(place, day), passes);
            let has_own = all.iter().any(|other| {
                !is_back(other) && same(other) && other.sha256 == one.sha256 && other.delivered_at <= one.delivered_at
            });
            prop_assert_eq!(standing.idle_withdrawals().contains(&place), is_back(one) && !has_own);
        }
    }

    /// The order of lines changes nothing, and what is decided at the due date stays decided.
    #[test]
    fn judging_is_steady(days in prop::collection::vec((0i64..80, any::<bool>()), 0..8), later in 0i64..60) {
        let start = at("06-01");
        let hours = |day: i64| start + jiff::SignedDuration::from_hours(24 * day);
        let mut deliveries: Vec<Delivery> = days
            .iter()
            .enumerate()
            .map(|(version, (day, passes))| {
                let verdict = if *passes { Verdict::Pass } else { Verdict::Fail };
                let mut one = delivery(&version.to_string(), "06-01", verdict, None);
                one.delivered_at = hours(*day);
                one
            })
            .collect();
        let timeline = timeline();
        let closed = timeline.milestones[1].window.grace_until;
        let told = |deliveries: &[Delivery], at: Timestamp| -> Vec<State> {
            judge(&timeline, deliveries, at).into_iter().map(|judged| judged.state).collect()
        };
        let before = told(&deliveries, closed);
        let after = told(&deliveries, closed + jiff::SignedDuration::from_hours(24 * later));
        for (before, after) in before.iter().zip(&after) {
            let open = matches!(before, State::Missing | State::Expected);
            prop_assert!(before == after || (open && *after == State::Late) || (open && *after == State::Missing));
        }
        deliveries.reverse();
        prop_assert_eq!(told(&deliveries, closed), before);
    }
}
