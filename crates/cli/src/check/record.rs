//! Writing a delivery down in `deliveries.csv`, and what is due of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mutirao_check::raster::period_of;
use mutirao_contract::{
    ObjectKind,
    deliveries::{self, AppendError, Delivery, Standing, append_by, instant},
    timeline::{self, states},
};
use mutirao_core::finding::Finding;
use mutirao_engine::fingerprint::sha256_of;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    agreement::Agreement,
    job::{Checked, Delivered},
    pack::Pack,
};
use crate::{
    args::{CheckArgs, RecordArgs},
    command::{Failure, Stopped},
    exit::Exit,
    open::companions::read_with,
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

/// What came of writing a delivery down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The lines that were added.
    pub added: Vec<Delivery>,
    /// Lines that stood there already, of the very same bytes and with the same verdict.
    pub known: Vec<Delivery>,
}

/// Whether a delivery can be written down as it is asked for, before anything of it is read: when it came.
///
/// # Errors
/// Where the contract is a pack, a file is not there, or the time has no offset.
pub fn recordable(args: &CheckArgs) -> Result<Timestamp, Failure> {
    if Pack::is_one(&args.contract) {
        let error = format!("a delivery cannot be recorded with a pack, and {} is one", args.contract.display());
        let help = "record in the network's folder: give --contract the YAML file there";
        return Err(Failure::usage(error, help));
    }
    if let Some(missing) = args.files.iter().find(|path| !path.exists()) {
        let error = format!("there is no file {}", missing.display());
        return Err(failure(error, "see that the path is right; nothing was checked and nothing recorded"));
    }
    instant(args.record.received.as_deref().unwrap_or_default()).map_err(|error| {
        let help = "write an instant with its offset, such as 2026-06-15T21:04:00-03:00";
        Failure::usage(format!("--received: {error}"), help)
    })
}

/// Adds a line for every period of a delivery that came at an instant. The very bytes that were recorded last are recorded already,
/// unless a version is named; where the verdict is another now, a further line of the same version says so.
///
/// # Errors
/// Where the contract names no partner, or the list cannot be written; it is as it was then.
pub fn record(
    agreement: &Agreement,
    delivered: &Delivered,
    checked: &Checked,
    (args, delivered_at): (&RecordArgs, Timestamp),
) -> Result<Recorded, Stopped> {
    let partner = agreement.partner().ok_or_else(|| {
        let error = format!("{} does not say which partner it binds", agreement.contract.path.display());
        failure(error, "add `partner` to its customProperties")
    })?;
    let of_period = |(period, files): (String, Vec<String>)| {
        Ok(Delivery {
            layer: agreement.contract.id.clone(),
            period,
            partner: partner.to_owned(),
            version: args.delivery.clone().unwrap_or_default(),
            delivered_at,
            written_at: args.received.clone().unwrap_or_default(),
            sha256: digest(&files).map_err(|error| Failure::of(&error))?,
            verdict: checked.report.verdict,
            state: None,
        })
    };
    let came: Vec<Delivery> =
        by_period(agreement, delivered, checked).into_iter().map(of_period).collect::<Result<_, Failure>>()?;
    let mut known = Vec::new();
    let added = append_by(&list(agreement), |all| {
        let own: Vec<Delivery> = all.iter().filter(|one| one.layer == agreement.contract.id).cloned().collect();
        let (mut lines, stood) = numbered(came, &own, args.delivery.is_some());
        known = stood;
        for line in &mut lines {
            let mut all: Vec<Delivery> = own.iter().filter(|one| one.period == line.period).cloned().collect();
            all.push(line.clone());
            line.state = states(&agreement.contract.timeline, &all, delivered_at).pop().flatten();
        }
        lines
    });
    Ok(Recorded { added: added.map_err(unwritten)?, known })
}

/// The lines of a delivery with its version, and those that stand there already.
fn numbered(mut came: Vec<Delivery>, own: &[Delivery], is_named: bool) -> (Vec<Delivery>, Vec<Delivery>) {
    if is_named {
        return (came, Vec::new());
    }
    let stood: Option<Vec<Delivery>> = came.iter().map(|line| last(own, line).cloned()).collect();
    let Some(stood) = stood else {
        let version = next(own);
        came.iter_mut().for_each(|line| line.version.clone_from(&version));
        return (came, Vec::new());
    };
    came.iter_mut().zip(&stood).for_each(|(line, known)| line.version.clone_from(&known.version));
    let (same, other): (Vec<_>, Vec<_>) =
        came.into_iter().zip(stood).partition(|(line, known)| line.verdict == known.verdict);
    (other.into_iter().map(|(line, _)| line).collect(), same.into_iter().map(|(_, known)| known).collect())
}

/// The last line of a period, if it stands and is of the same bytes.
fn last<'a>(own: &'a [Delivery], line: &Delivery) -> Option<&'a Delivery> {
    let place = own.iter().rposition(|one| one.period == line.period)?;
    (own[place].sha256 == line.sha256 && !Standing::of(own).is_withdrawn(place, Timestamp::MAX)).then(|| &own[place])
}

/// The next whole number after the versions of a layer.
fn next(own: &[Delivery]) -> String {
    let last = own.iter().filter_map(|one| one.version.parse::<u64>().ok()).max();
    last.unwrap_or(0).saturating_add(1).to_string()
}

/// The files of each period, also of those that cannot be read where something else tells their period; where nothing does of any
/// file, all of them under the period that somebody said, or none.
fn by_period(agreement: &Agreement, delivered: &Delivered, checked: &Checked) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let names = || delivered.files.iter().map(|path| path.display().to_string());
    for name in names() {
        let seen = checked.facts.files.iter().find(|file| file.path == name);
        let periods = seen.map_or_else(|| unseen(agreement, delivered, &name), |file| file.periods.clone());
        periods.into_iter().for_each(|period| found.entry(period).or_default().push(name.clone()));
    }
    if found.is_empty() {
        found.insert(delivered.period.clone().unwrap_or_default(), names().collect());
    }
    found
}

/// The period of a raster of which nothing can be read.
fn unseen(agreement: &Agreement, delivered: &Delivered, name: &str) -> Vec<String> {
    let object = agreement.object();
    if matches!(object.kind, ObjectKind::Vector | ObjectKind::Table) {
        return Vec::new();
    }
    let without = || object.terms.periods.is_none().then(String::new);
    delivered.period.clone().or_else(|| period_of(object, name)).or_else(without).into_iter().collect()
}

fn unwritten(error: AppendError) -> Stopped {
    match error {
        AppendError::Broken { path, findings } => {
            let failure =
                failure(format!("{} is not in order", path.display()), "mend what is told above; nothing was added");
            Stopped { failure, findings, texts: BTreeMap::new() }
        }
        AppendError::Io { .. } => {
            let help = Some("nothing was added; see that the folder can be written".to_owned());
            Failure { error: error.to_string(), help, exit: Exit::Environment }.into()
        }
        AppendError::Unwritable { .. } => failure(error.to_string(), "nothing was added; name another version").into(),
    }
}

/// What is told where a delivery was judged and could not be written down: why, and what is wrong with the list.
pub fn unrecorded(stopped: Stopped) -> (Exit, Vec<Finding>, BTreeMap<String, String>) {
    let Stopped { failure: Failure { error, help, exit }, findings, texts } = stopped;
    let message = format!("the delivery was judged, and not recorded: {error}");
    let own = Finding { mend: help, ..Finding::error("unrecorded", message) };
    (exit, std::iter::once(own).chain(findings).collect(), texts)
}

/// The SHA-256 of a file; of several, that of the lines `<sha256>  <name>` of each, sorted. The parts of a shapefile count, and what stands
/// beside a GeoTIFF where its pixels depend on it: a new mask makes a new delivery.
pub fn digest(files: &[String]) -> mutirao_engine::Result<String> {
    let all: Vec<PathBuf> = files.iter().flat_map(|file| read_with(Path::new(file))).collect();
    if let [only] = &all[..] {
        return sha256_of(only);
    }
    let mut lines = Vec::new();
    for file in all {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        lines.push(format!("{}  {name}\n", sha256_of(&file)?));
    }
    lines.sort();
    let mut hash = Sha256::new();
    lines.iter().for_each(|line| hash.update(line));
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn failure(error: String, help: &str) -> Failure {
    Failure { error, help: Some(help.to_owned()), exit: Exit::Findings }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_a_geotiff_makes_another_delivery_where_pixels_depend_on_it() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let name = folder.path().join("m.tif").display().to_string();
        let now = || digest(std::slice::from_ref(&name)).unwrap();
        put("m.tif", "pixels");
        let alone = now();
        assert_eq!(alone, sha256_of(Path::new(&name)).unwrap());
        put("m.tif.aux.xml", "<PAMDataset><Histograms/></PAMDataset>");
        assert_eq!(now(), alone);
        put("m.tif.msk", "a mask");
        let masked = now();
        put("m.tif.msk", "another");
        assert!(masked != alone && now() != masked && now() != alone);
    }

    #[test]
    fn attributes_of_a_shapefile_make_another_delivery() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let of = |name: &str| digest(&[folder.path().join(name).display().to_string()]).unwrap();
        put("m.shp", "shapes");
        put("m.dbf", "attributes");
        put("m.gpkg", "all");
        let (shapes, package) = (of("m.shp"), of("m.gpkg"));
        put("m.dbf", "others");
        assert!(of("m.shp") != shapes && of("m.gpkg") == package);
    }
}
