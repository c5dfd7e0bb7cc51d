//! `waivers.csv`: findings that a network lets pass all the same: who allowed what, why, and until when.

use std::path::Path;

use jiff::{Timestamp, tz::TimeZone};
use mutirao_core::finding::{Finding, Place};
use mutirao_pipeline::text::{Csv, Field, Sink, Spot, read_csv, read_text};
use serde::Serialize;

use crate::{
    deliveries::{has_offset, no_offset},
    timeline::Moment,
};

/// The columns, in their order.
pub const COLUMNS: [&str; 6] = ["layer", "code", "period", "allowed_by", "why", "until"];

/// A finding that may pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiver {
    /// The layer: its contract's id.
    pub layer: String,
    /// The code of the findings.
    pub code: String,
    /// The period; empty for all.
    pub period: String,
    /// Who allowed it.
    pub allowed_by: String,
    /// Why.
    pub why: String,
    /// Until when, as it is written: a day, which counts to its end in UTC, or an instant.
    pub until: String,
    /// The last instant at which it counts.
    #[serde(skip)]
    pub until_at: Timestamp,
    /// Where it stands.
    #[serde(skip)]
    pub place: Place,
}

impl Waiver {
    /// Whether it lets a finding pass, if it still counts.
    pub fn is_of(&self, layer: &str, code: &str, period: Option<&str>) -> bool {
        self.layer == layer && self.code == code && (self.period.is_empty() || Some(self.period.as_str()) == period)
    }

    /// Whether it counts at an instant.
    pub fn counts_at(&self, at: Timestamp) -> bool {
        at <= self.until_at
    }
}

/// What came of reading waivers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The lines that could be read, in the file's order.
    pub waivers: Vec<Waiver>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// The text read.
    pub text: String,
}

/// Reads a file; what cannot be read is a finding.
pub fn read(path: &Path) -> Reading {
    let name = path.display().to_string();
    match read_text(path) {
        Ok(text) => read_lines(&name, &text),
        Err(message) => {
            let mut sink = Sink::new(name);
            let message = format!("the waivers cannot be read: {message}");
            sink.error("missing-file", Spot { line: 1, column: 1 }, message, "give a readable text file in UTF-8");
            Reading { findings: sink.findings, ..Reading::default() }
        }
    }
}

/// Reads the text of a file that findings call `name`.
pub fn read_lines(name: &str, text: &str) -> Reading {
    let mut sink = Sink::new(name);
    let csv = read_csv(text, "waivers", &COLUMNS, &mut sink);
    let waivers = csv.map(|csv| rows(&csv, &mut sink)).unwrap_or_default();
    Reading { waivers, findings: sink.findings, text: text.to_owned() }
}

fn rows(csv: &Csv, sink: &mut Sink) -> Vec<Waiver> {
    let columns = COLUMNS.map(|name| csv.column(name).unwrap_or_default());
    csv.rows.iter().filter_map(|row| waiver(columns.map(|at| &row[at]), sink)).collect()
}

fn waiver(fields: [&Field; 6], sink: &mut Sink) -> Option<Waiver> {
    let [layer, code, period, allowed_by, why, until] = fields;
    let mut whole = true;
    for (field, name) in [(layer, "layer"), (code, "code"), (allowed_by, "allowed_by"), (why, "why")] {
        if field.text.is_empty() {
            let message = format!("a waiver does not say its `{name}`");
            sink.error("waivers-value", field.spot, message, "say who allowed what, why, and until when");
            whole = false;
        }
    }
    let until_at = match end(&until.text) {
        Ok(at) => at,
        Err(message) => {
            let mend = "write a day such as 2026-12-31, or an instant with its offset; a waiver has an end";
            sink.error("waivers-value", until.spot, message, mend);
            return None;
        }
    };
    whole.then(|| Waiver {
        layer: layer.text.clone(),
        code: code.text.clone(),
        period: period.text.clone(),
        allowed_by: allowed_by.text.clone(),
        why: why.text.clone(),
        until: until.text.clone(),
        until_at,
        place: sink.place(layer.spot),
    })
}

/// The last instant of an end: a day's in UTC, or the instant itself, which has its offset.
fn end(text: &str) -> Result<Timestamp, String> {
    match Moment::read(text, &TimeZone::UTC).map_err(|error| error.to_string())? {
        Moment::At(_) if !has_offset(text) => Err(no_offset(text)),
        moment => moment.last_instant(&TimeZone::UTC).map_err(|error| error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "layer,code,period,allowed_by,why,until\n";

    #[test]
    fn a_waiver_is_for_its_layer_code_and_period_until_its_end() {
        let read = read_lines("waivers.csv", &format!("{HEADER}mining,flicker,2019,Ana,known,2026-12-31\n"));
        let [waiver] = &read.waivers[..] else { panic!("{:?}", read.findings) };
        assert!(waiver.is_of("mining", "flicker", Some("2019")));
        assert!(!waiver.is_of("mining", "flicker", Some("2020")) && !waiver.is_of("mining", "classes", Some("2019")));
        assert!(!waiver.is_of("mining", "flicker", None), "what is said of all periods is more than one");
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(waiver.counts_at(at("2026-12-31T23:59:59Z")) && !waiver.counts_at(at("2027-01-01T00:00:00Z")));
    }

    #[test]
    fn an_instant_of_no_place_is_no_end() {
        let ends = |until: &str| {
            let read = read_lines("waivers.csv", &format!("{HEADER}mining,flicker,,Ana,known,{until}\n"));
            read.findings.first().map(|finding| finding.message.clone())
        };
        for until in ["2026-07-01T00:00:00", "2026-07-01T00:00", "2026-07-01T12:00:00"] {
            assert_eq!(ends(until), Some(format!("\"{until}\" has no offset from UTC")));
        }
        for until in ["2026-07-01", "2026-07-01T00:00:00Z", "2026-07-01T00:00:00-03:00"] {
            assert_eq!(ends(until), None, "{until}");
        }
    }

    #[test]
    fn nobody_allows_for_ever_or_without_a_reason() {
        for line in
            ["mining,flicker,,Ana,known,\n", "mining,flicker,,Ana,,2026-12-31\n", ",flicker,,Ana,known,2026-12-31\n"]
        {
            let read = read_lines("waivers.csv", &format!("{HEADER}{line}"));
            assert!(read.waivers.is_empty(), "{line}");
            assert_eq!(read.findings[0].code, "waivers-value", "{line}");
        }
    }
}
