//! `deliveries.csv`: read, and added to.

use std::sync::Arc;

use mutirao_contract::{
    deliveries::{AppendError, COLUMNS, Delivery, Verdict, append, append_by, read, read_lines},
    timeline::State,
};
use mutirao_core::finding::Where;
use proptest::prelude::*;

use crate::support::{all, check_findings};

const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn line(of: &str) -> String {
    format!("{}\n{}\n", COLUMNS.join(","), of.replace("HASH", HASH))
}

const GOOD: &str = "mining,2020,anm,7,2026-06-15T21:04:00-03:00,HASH,pass,on-time";

fn made() -> Delivery {
    read_lines("d.csv", &line(GOOD)).deliveries.remove(0)
}

#[test]
fn lines_are_read_as_they_are_meant() {
    let read = read_lines("d.csv", &line(GOOD));
    assert_eq!(read.findings, []);
    let one = &read.deliveries[0];
    assert_eq!((one.layer.as_str(), one.period.as_str(), one.version.as_str()), ("mining", "2020", "7"));
    assert_eq!(one.delivered_at.to_string(), "2026-06-16T00:04:00Z");
    assert_eq!((one.verdict, one.state), (Verdict::Pass, Some(State::OnTime)));
    for more in [
        "mining,,anm,7,2026-06-15T21:04:00Z,HASH,fail,",
        "mining,2020,anm,7.10,2026-03-29T03:30:00+02:00[Europe/Berlin],HASH,pending,",
    ] {
        let read = read_lines("d.csv", &line(more));
        assert_eq!((read.findings.len(), read.deliveries.len()), (0, 1), "{}", all(&read.findings));
    }
}

#[test]
fn mistakes_are_told_with_line_and_column() {
    for (from, to, column, words) in [
        ("mining", "", 1, "no layer"),
        ("anm", "", 13, "no partner"),
        ("2026-06-15T21:04:00-03:00", "2026-06-15", 19, "no offset"),
        ("2026-06-15T21:04:00-03:00", "2026-06-15T21:04:00", 19, "no offset"),
        ("2026-06-15T21:04:00-03:00", "yesterday", 19, "neither a day nor an instant"),
        ("2026-06-15T21:04:00-03:00", "2026-06-31T21:04:00-03:00", 19, "offset, such as"),
        ("HASH", "E3B0", 45, "64 digits"),
        ("pass", "passed", 110, "did you mean \"pass\"?"),
        ("on-time", "missing", 115, "no state"),
    ] {
        let read = read_lines("d.csv", &line(&GOOD.replace(from, to)));
        check_findings(&read.findings);
        assert_eq!((read.findings.len(), read.deliveries.len()), (1, 0), "{to}: {}", all(&read.findings));
        let finding = &read.findings[0];
        assert_eq!(finding.code, "deliveries-value");
        assert!(all(&read.findings).contains(words), "{}", all(&read.findings));
        let Some(Where::File(place)) = &finding.place else { panic!("{finding:?}") };
        assert_eq!((place.line, place.column), (2, column), "{to}");
    }
    let codes =
        |text: &str| -> Vec<String> { read_lines("d.csv", text).findings.into_iter().map(|one| one.code).collect() };
    assert_eq!(codes(&line("mining,2020")), ["deliveries-syntax"]);
    assert_eq!(codes(""), ["deliveries-syntax"]);
    assert!(codes("layer;period\n").contains(&"deliveries-header".to_owned()));
    assert_eq!(codes(&format!("{}\n", COLUMNS.join(","))), Vec::<String>::new(), "no deliveries yet");
}

#[test]
fn lines_are_added_and_the_old_ones_stay_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deliveries.csv");
    assert_eq!(read(&path).deliveries, [], "no file, no deliveries");
    append(&path, &[made()]).unwrap();
    let mut second = made();
    second.version = "a, \"b\"".to_owned();
    second.state = None;
    append(&path, &[second.clone(), made()]).unwrap();
    let back = read(&path);
    assert_eq!((back.findings, back.deliveries), (vec![], vec![made(), second, made()]));
    // A column of somebody else's, another order, and no line's end.
    let own = "note,sha256,layer,period,partner,version,delivered_at,verdict,state\nx,HASH,mining,2020,anm,7,2026-06-15T21:04:00-03:00,pass,on-time";
    std::fs::write(&path, own.replace("HASH", HASH)).unwrap();
    append(&path, &[made()]).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with(&own.replace("HASH", HASH)));
    assert!(text.ends_with(&format!("\n,{HASH},mining,2020,anm,7,2026-06-15T21:04:00-03:00,pass,on-time\n")), "{text}");
    assert_eq!(read(&path).deliveries, [made(), made()]);
}

#[cfg(unix)]
#[test]
fn a_list_that_is_a_link_is_written_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (own, link) = (folder.path().join("shared.csv"), folder.path().join("deliveries.csv"));
    append(&own, &[made()]).unwrap();
    std::os::unix::fs::symlink(&own, &link).unwrap();
    append(&link, &[made()]).unwrap();
    assert!(link.is_symlink());
    assert_eq!(read(&own).deliveries.len(), 2);
}

#[test]
fn what_is_broken_stays_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deliveries.csv");
    let broken = line(&GOOD.replace("pass", "passed"));
    std::fs::write(&path, &broken).unwrap();
    assert!(matches!(append(&path, &[made()]), Err(AppendError::Broken { .. })));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), broken);
    std::fs::remove_file(&path).unwrap();
    let mut odd = made();
    odd.version = " 7".to_owned();
    assert!(matches!(append(&path, &[odd]), Err(AppendError::Unwritable { .. })));
    let mut lying = made();
    lying.written_at = "2020-01-01T00:00:00Z".to_owned();
    assert!(matches!(append(&path, &[lying]), Err(AppendError::Unwritable { .. })));
    let nowhere = folder.path().join("no/deliveries.csv");
    assert!(matches!(append(&nowhere, &[made()]), Err(AppendError::Io { .. })));
}

#[test]
fn no_writer_loses_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = Arc::new(folder.path().join("deliveries.csv"));
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let path = path.clone();
            std::thread::spawn(move || {
                for number in 0..5 {
                    let mut one = made();
                    one.version = format!("{writer}.{number}");
                    append(&path, &[one]).unwrap();
                }
            })
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let mut versions: Vec<String> = read(&path).deliveries.into_iter().map(|one| one.version).collect();
    versions.sort();
    versions.dedup();
    assert_eq!(versions.len(), 40);
}

#[test]
fn what_is_chosen_by_the_lines_that_are_there_is_chosen_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = Arc::new(folder.path().join("deliveries.csv"));
    let next = |known: &[Delivery]| vec![Delivery { version: (known.len() + 1).to_string(), ..made() }];
    let writers: Vec<_> = (0..6)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || (0..5).for_each(|_| drop(append_by(&path, next).unwrap())))
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let versions: Vec<String> = read(&path).deliveries.into_iter().map(|one| one.version).collect();
    assert_eq!(versions, (1..=30).map(|number| number.to_string()).collect::<Vec<_>>());
    let text = std::fs::read(&*path).unwrap();
    assert_eq!(append_by(&path, |_| Vec::new()).unwrap(), []);
    assert_eq!(std::fs::read(&*path).unwrap(), text, "nothing to add, nothing written");
}

proptest! {
    #[test]
    fn whatever_is_added_is_read_back(layer in "[a-zé,\" ]{1,8}", period in "[ -~]{0,6}", version in "[ -~\n]{1,6}") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deliveries.csv");
        let one = Delivery { layer, period, version, ..made() };
        match append(&path, std::slice::from_ref(&one)) {
            Ok(()) => prop_assert_eq!(read(&path).deliveries, [one]),
            Err(error) => {
                prop_assert!(matches!(error, AppendError::Unwritable { .. }), "{}", error);
                prop_assert!(!path.exists());
            }
        }
    }
}

#[test]
fn an_hour_that_clocks_pass_twice_needs_its_offset() {
    let instant = mutirao_contract::deliveries::instant;
    assert!(instant("2026-10-25T02:30:00[Europe/Berlin]").unwrap_err().contains("twice"));
    assert!(instant("2026-03-29T02:30:00[Europe/Berlin]").is_err(), "and one that they skip is none");
    let first = instant("2026-10-25T02:30:00+02:00[Europe/Berlin]").unwrap();
    assert_eq!(first.to_string(), "2026-10-25T00:30:00Z");
    assert_eq!(instant("2026-10-25T03:30:00[Europe/Berlin]").unwrap().to_string(), "2026-10-25T02:30:00Z");
}
