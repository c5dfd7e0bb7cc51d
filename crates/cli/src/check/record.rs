//! Writing a delivery down in `deliveries.csv`, and what is due of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mutirao_check::Verdict;
use mutirao_contract::{
    deliveries::{self, Delivery, append, instant},
    timeline::{self, states},
};
use mutirao_engine::fingerprint::sha256_of;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    agreement::Agreement,
    job::{Checked, Delivered},
};
use crate::{
    args::RecordArgs,
    command::{Failure, Stopped},
    exit::Exit,
};

/// Something that is due of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The date, as the contract says it.
    pub date: String,
    /// The period; none where it is no delivery of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The milestone, or what else it is.
    pub event: String,
    /// How it stands.
    pub state: &'static str,
}

/// The list of deliveries of a network's folder.
fn list(agreement: &Agreement) -> PathBuf {
    agreement.folder.join("deliveries.csv")
}

/// What is due of the layer at an instant, by the deliveries that are written down.
pub fn due(agreement: &Agreement, periods: &[String], at: Timestamp) -> Vec<Due> {
    let timeline = &agreement.contract.timeline;
    // A bare year lasts to its last day.
    let last_day =
        |label: &String| label.parse::<i16>().ok().filter(|_| label.len() == 4).map(|year| format!("{year}-12-31"));
    let periods: Vec<(String, Option<String>)> = periods.iter().map(|label| (label.clone(), last_day(label))).collect();
    let partner = agreement.partner().unwrap_or_default();
    let bound = timeline::Agreement { timeline, partner, periods: &periods };
    let known = deliveries::read(&list(agreement)).deliveries;
    // With a pack goes no list of deliveries, so only what is still to come can be told.
    let is_told = |entry: &timeline::Entry| !agreement.is_pack() || entry.at >= at;
    let due = timeline::calendar(&[bound], &known, at).into_iter().filter(is_told).map(|entry| Due {
        date: entry.date,
        period: entry.period,
        event: entry.event.words(),
        state: entry.state.word(),
    });
    due.collect()
}

/// Adds a line for every period of a delivery.
///
/// # Errors
/// Where the time has no offset, the contract names no partner, or the list cannot be written; it is as it was then.
pub fn record(
    agreement: &Agreement,
    delivered: &Delivered,
    checked: &Checked,
    args: &RecordArgs,
) -> Result<Vec<Delivery>, Stopped> {
    let received = args.received.as_deref().unwrap_or_default();
    let delivered_at = instant(received)
        .map_err(|error| failure(error, "write an instant with its offset, such as 2026-06-15T21:04:00-03:00"))?;
    let partner = agreement.partner().ok_or_else(|| {
        let error = format!("{} does not say which partner it binds", agreement.contract.path.display());
        failure(error, "add `partner` to its customProperties")
    })?;
    let path = list(agreement);
    let known = deliveries::read(&path);
    if !known.findings.is_empty() {
        let failure =
            failure(format!("{} is not in order", path.display()), "mend what is told above; nothing was added");
        return Err(Stopped { failure, findings: known.findings, texts: BTreeMap::new() });
    }
    let layer = &agreement.contract.id;
    let own: Vec<Delivery> = known.deliveries.into_iter().filter(|one| one.layer == *layer).collect();
    let version = args.delivery.clone().unwrap_or_else(|| next(&own));
    let verdict = checked.report.verdict;
    let mut lines = Vec::new();
    for (period, files) in by_period(delivered, checked) {
        let mut line = Delivery {
            layer: layer.clone(),
            period: period.clone(),
            partner: partner.to_owned(),
            version: version.clone(),
            delivered_at,
            written_at: received.to_owned(),
            sha256: digest(&files).map_err(|error| Failure::of(&error))?,
            verdict,
            state: None,
        };
        let mut all: Vec<Delivery> = own.iter().filter(|one| one.period == period).cloned().collect();
        all.push(line.clone());
        line.state = states(&agreement.contract.timeline, &all, delivered_at).pop().flatten();
        lines.push(line);
    }
    append(&path, &lines)
        .map_err(|error| failure(error.to_string(), "nothing was added; see that the folder can be written"))?;
    Ok(lines)
}

/// The next whole number after the versions of a layer.
fn next(own: &[Delivery]) -> String {
    let last = own.iter().filter_map(|one| one.version.parse::<u64>().ok()).max();
    (last.unwrap_or(0) + 1).to_string()
}

/// The files of each period; all that were delivered under the period that somebody said, or none, where the files say none, as
/// those that cannot be read.
fn by_period(delivered: &Delivered, checked: &Checked) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let readable = checked.facts.files.iter().filter(|_| checked.report.verdict != Verdict::Refused);
    for file in readable {
        for period in &file.periods {
            found.entry(period.clone()).or_default().push(file.path.clone());
        }
    }
    if found.is_empty() {
        let files = delivered.files.iter().map(|path| path.display().to_string()).collect();
        found.insert(delivered.period.clone().unwrap_or_default(), files);
    }
    found
}

/// The SHA-256 of a file; of several, that of the lines `<sha256>  <name>` of each, sorted.
pub fn digest(files: &[String]) -> mutirao_engine::Result<String> {
    if let [only] = files {
        return sha256_of(Path::new(only));
    }
    let mut lines = Vec::new();
    for file in files {
        let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy().into_owned();
        lines.push(format!("{}  {name}\n", sha256_of(Path::new(file))?));
    }
    lines.sort();
    let mut hash = Sha256::new();
    lines.iter().for_each(|line| hash.update(line));
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn failure(error: String, help: &str) -> Failure {
    Failure { error, help: Some(help.to_owned()), exit: Exit::Findings }
}
