//! What is due next, and for whom.

use jiff::Timestamp;
use mutirao_contract::{
    deliveries::{Delivery, read_lines},
    timeline::{Agreement, Entry, calendar},
};

use crate::support::{EXAMPLE, good};

fn told(entries: &[Entry]) -> Vec<String> {
    entries
        .iter()
        .map(|one| {
            let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
            format!(
                "{} {} {} {} {:?} {}",
                one.date,
                text(&one.partner),
                text(&one.layer),
                text(&one.period),
                one.event,
                one.state.word()
            )
        })
        .collect()
}

fn deliveries(lines: &str) -> Vec<Delivery> {
    let header = "layer,period,partner,version,delivered_at,sha256,verdict,state\n";
    let hash = "0".repeat(64);
    let read = read_lines("deliveries.csv", &format!("{header}{}", lines.replace("HASH", &hash)));
    assert_eq!(read.findings, []);
    read.deliveries
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn what_is_outstanding_comes_in_its_order_and_each_once() {
    let mining = good(EXAMPLE).timeline;
    let urban = good(&EXAMPLE.replace("mining", "urban")).timeline;
    let periods = [("2025".to_owned(), Some("2025-12-31".to_owned()))];
    let agreements = [
        Agreement { timeline: &urban, partner: "cidades", periods: &periods },
        Agreement { timeline: &mining, partner: "anm", periods: &periods },
    ];
    let came = deliveries("mining,2025,anm,1,2026-06-14T10:00:00-03:00,HASH,pass,on-time\n");
    let expected = [
        // Urban has not come: its first version is in grace, which ends on the 20th where the date was written.
        "2026-06-15T23:59:00-03:00 cidades urban 2025 Milestone(\"first-version\") in-grace",
        "2026-06-30 cidades urban 2025 Latency expected",
        "2026-07-02 cidades urban 2025 Milestone(\"revised\") expected",
        "2026-08-01 - - - Release(\"freeze\") expected",
        "2026-08-31 - - - Release(\"release\") expected",
        "2027-06-14 anm mining - Frequency expected",
    ];
    assert_eq!(told(&calendar(&agreements, &came, at("2026-06-18T00:00:00Z"))), expected);
    let later = told(&calendar(&agreements, &came, at("2026-06-22T00:00:00Z")));
    assert!(later[0].ends_with("missing"), "{later:#?}");
    let before = told(&calendar(&agreements, &came, at("2026-01-01T00:00:00Z")));
    assert_eq!(before.len(), 9, "{before:#?}");
}

#[test]
fn what_was_taken_back_is_due_again() {
    let timeline = good(EXAMPLE).timeline;
    let periods = [("2025".to_owned(), None)];
    let agreements = [Agreement { timeline: &timeline, partner: "anm", periods: &periods }];
    let came = deliveries(
        "mining,2025,anm,1,2026-06-14T10:00:00-03:00,HASH,pass,on-time\n\
         mining,2025,anm,1,2026-06-20T10:00:00-03:00,HASH,pass,withdrawn\n",
    );
    let first = &told(&calendar(&agreements, &came, at("2026-06-25T00:00:00Z")))[0];
    assert_eq!(first, "2026-06-15T23:59:00-03:00 anm mining 2025 Milestone(\"first-version\") withdrawn");
}
