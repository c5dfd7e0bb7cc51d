//! `deliveries.csv`: what came when, one line for each layer, period and version. Lines are only ever added; a delivery is taken
//! back by a further line of the same version whose state is `withdrawn`.

mod append;
mod standing;

use std::path::Path;

use jiff::{Timestamp, tz::TimeZone};
use mutirao_core::finding::Finding;
use mutirao_pipeline::text::{Csv, Field, Sink, Spot, did_you_mean, listed, read_csv, read_text};
use serde::{Deserialize, Serialize};

pub use append::{AppendError, append, append_by};
pub use standing::{Standing, is_withdrawal};

use crate::timeline::{Moment, State};

/// The columns, in their order.
pub const COLUMNS: [&str; 8] = ["layer", "period", "partner", "version", "delivered_at", "sha256", "verdict", "state"];

/// Something that a partner delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The layer: its contract's id.
    pub layer: String,
    /// The period; empty for a static layer.
    pub period: String,
    /// The partner's id.
    pub partner: String,
    /// The delivery's version, text as written.
    pub version: String,
    /// When it came.
    pub delivered_at: Timestamp,
    /// The same as it is written, with its offset or zone.
    pub written_at: String,
    /// SHA-256 of what came, 64 hexadecimal digits, lower case.
    pub sha256: String,
    /// What the check said.
    pub verdict: Verdict,
    /// What it was when it was written down; none where nobody judged. Only `withdrawn` changes what is judged later.
    pub state: Option<State>,
}

/// What comes of holding a delivery against its contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing is broken that stops a merge.
    Pass,
    /// An error stands among the findings.
    Fail,
    /// Nothing is broken, but checks are left that only the network can run.
    Pending,
    /// It could not be judged: the contract or a file cannot be read.
    Refused,
}

impl Verdict {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Pending => "pending",
            Verdict::Refused => "refused",
        }
    }

    /// Whether it says how a delivery is; else it could not be judged, and what was said of it before stands.
    pub fn is_judgement(self) -> bool {
        matches!(self, Verdict::Pass | Verdict::Fail)
    }

    fn of(word: &str) -> Option<Verdict> {
        [Verdict::Pass, Verdict::Fail, Verdict::Pending, Verdict::Refused].into_iter().find(|one| one.word() == word)
    }
}

/// What came of reading deliveries.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The lines that could be read, in the file's order.
    pub deliveries: Vec<Delivery>,
    /// Where each of them stands.
    pub spots: Vec<Spot>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// The text read; none where no list is kept, or where it cannot be read.
    pub text: Option<String>,
}

/// Reads a file. One that is not there has no deliveries; one that cannot be read is a finding.
pub fn read(path: &Path) -> Reading {
    let name = path.display().to_string();
    if !path.exists() {
        return Reading { deliveries: Vec::new(), spots: Vec::new(), findings: Vec::new(), text: None };
    }
    match read_text(path) {
        Ok(text) => read_lines(&name, &text),
        Err(message) => {
            let mut sink = Sink::new(name);
            let start = Spot { line: 1, column: 1 };
            let message = format!("the deliveries cannot be read: {message}");
            sink.error("missing-file", start, message, "give a readable text file in UTF-8");
            Reading { deliveries: Vec::new(), spots: Vec::new(), findings: sink.findings, text: None }
        }
    }
}

/// Reads the text of a file that findings call `name`.
pub fn read_lines(name: &str, text: &str) -> Reading {
    let mut sink = Sink::new(name);
    let csv = read_csv(text, "deliveries", &COLUMNS, &mut sink);
    let (deliveries, spots) = csv.map(|csv| rows(&csv, &mut sink)).unwrap_or_default();
    Reading { deliveries, spots, findings: sink.findings, text: Some(text.to_owned()) }
}

fn rows(csv: &Csv, sink: &mut Sink) -> (Vec<Delivery>, Vec<Spot>) {
    let columns = COLUMNS.map(|name| csv.column(name).unwrap_or_default());
    let row = |row: &Vec<Field>| Some((delivery(columns.map(|at| &row[at]), sink)?, row[columns[0]].spot));
    csv.rows.iter().filter_map(row).unzip()
}

fn delivery(fields: [&Field; 8], sink: &mut Sink) -> Option<Delivery> {
    let [layer, period, partner, version, delivered_at, sha256, verdict, state] = fields;
    for (field, name) in [(layer, "layer"), (partner, "partner"), (version, "version")] {
        if field.text.is_empty() {
            sink.error(
                "deliveries-value",
                field.spot,
                format!("a delivery has no {name}"),
                format!("write its {name}"),
            );
        }
    }
    let is_hash =
        sha256.text.len() == 64 && sha256.text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if !is_hash {
        let message = format!("\"{}\" is no SHA-256", sha256.text.escape_debug());
        sink.error("deliveries-value", sha256.spot, message, "write its 64 digits, 0 to 9 and a to f");
    }
    let at = instant(&delivered_at.text);
    if let Err(message) = &at {
        sink.error(
            "deliveries-value",
            delivered_at.spot,
            message,
            "write an instant with its offset, such as 2026-06-15T21:04:00-03:00",
        );
    }
    let verdict = word(verdict, "verdict", Verdict::of, &["pass", "fail", "pending", "refused"], sink);
    const STATES: [&str; 6] = ["early", "on-time", "in-grace", "late", "superseding", "withdrawn"];
    let known = |text: &str| State::of(text).filter(|state| STATES.contains(&state.word()));
    let state = match state.text.is_empty() {
        true => Some(None),
        false => word(state, "state", known, &STATES, sink).map(Some),
    };
    let named = [layer, partner, version].iter().all(|field| !field.text.is_empty());
    (is_hash && named).then_some(())?;
    Some(Delivery {
        layer: layer.text.clone(),
        period: period.text.clone(),
        partner: partner.text.clone(),
        version: version.text.clone(),
        delivered_at: at.ok()?,
        written_at: delivered_at.text.clone(),
        sha256: sha256.text.clone(),
        verdict: verdict?,
        state: state?,
    })
}

/// Reads an instant with its offset or zone: without one nobody knows when it was.
///
/// # Errors
/// What is wrong with it, in words.
pub fn instant(text: &str) -> Result<Timestamp, String> {
    match Moment::read(text, &TimeZone::UTC) {
        Ok(Moment::At(at)) if has_offset(text) => Ok(at.timestamp()),
        Ok(_) => Err(no_offset(text)),
        Err(error) => Err(error.to_string()),
    }
}

/// Whether an instant says where: midnight and noon of no zone are told apart by whether the text has an offset at all.
pub(crate) fn has_offset(text: &str) -> bool {
    jiff::fmt::temporal::Pieces::parse(text)
        .is_ok_and(|pieces| pieces.offset().is_some() || pieces.time_zone_annotation().is_some())
}

/// That an instant does not.
pub(crate) fn no_offset(text: &str) -> String {
    format!("\"{}\" has no offset from UTC", text.escape_debug())
}

fn word<T>(field: &Field, what: &str, of: impl Fn(&str) -> Option<T>, known: &[&str], sink: &mut Sink) -> Option<T> {
    let read = of(&field.text);
    if read.is_none() {
        let hint = did_you_mean(&field.text, known.iter().copied());
        let message = format!("\"{}\" is no {what}{hint}", field.text.escape_debug());
        sink.error("deliveries-value", field.spot, message, format!("write one of {}", listed(known)));
    }
    read
}
