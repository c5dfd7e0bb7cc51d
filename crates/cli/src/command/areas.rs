//! `mutirao areas`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};

use mutirao_engine::{
    EngineError,
    areas::{Amount, AreaFactors},
    finished::{Finished, FinishedKey, Means, areas as count},
    plan::Polygons,
    territories::{Kind, NO_ZONE, from_vector},
};
use mutirao_mosaic::zones::Zones;
use mutirao_parquet::{AreaRow, AreaWriter};
use serde::Serialize;

use crate::{
    args::AreasArgs,
    command::{Failure, print_json, print_line},
    coverage::{Coverage, Target, failure},
    exit::Exit,
    finished::{MEMORY, failed},
    network::Tools,
    show::table::thousands,
    verify::factors,
};

/// Rows of the grid that are counted at once.
const BAND: u32 = 512;

#[derive(Serialize)]
struct Body<'a> {
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<PathBuf>,
    territories: usize,
    /// What was done to their polygons.
    treatment: &'a str,
    rows: usize,
    notes: &'a [String],
    /// The rows, where they go into no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    areas: Option<&'a [AreaRow]>,
}

/// Counts the areas of a finished coverage by territories.
pub fn areas(args: &AreasArgs, threads: usize, tools: &Tools, json: bool) -> Exit {
    match write(args, threads, tools, json) {
        Ok(()) => Exit::Ok,
        Err(failure) => failure.tell_alone("areas", json),
    }
}

fn write(args: &AreasArgs, threads: usize, tools: &Tools, json: bool) -> Result<(), Failure> {
    let target = args.out.as_ref().map(|out| Target::begin(out, args.overwrite)).transpose()?;
    let coverage = Coverage::open(&args.coverage, None, tools)?;
    let finished = coverage.finished();
    // Before the polygons: the door's child that says this translates them too, and then it ends.
    let factors = factors::of(&finished.grid, &tools.door).map_err(|error| Failure {
        error,
        help: None,
        exit: Exit::Findings,
    })?;
    let kind = kind(args, &finished, tools)?;
    let polygons =
        kind.territories.iter().zip(0..).filter_map(|(territory, zone)| Some((zone, territory.geometry.as_ref()?)));
    let zones = Zones::new(&finished.grid, BAND, polygons);
    let means = Means { threads, memory: MEMORY, observer: &*tools.progress };
    let counted = count(&finished, &factors, &zones, BAND, means).map_err(|error| Failure::of(&error))?;
    let rows = Table { finished: &finished, kind: &kind, factors: &factors, nodata: coverage.nodata() }.rows(&counted);
    let out = target.map(|target| put(&rows, target)).transpose()?;
    if json {
        let Kind { territories, treatment, .. } = &kind;
        let areas = out.is_none().then_some(&rows[..]);
        let [territories, length] = [territories.len(), rows.len()];
        let body =
            Body { verdict: "counted", out, territories, treatment, rows: length, notes: coverage.notes(), areas };
        print_json("areas", body);
        return Ok(());
    }
    coverage.notes().iter().for_each(|note| anstream::eprintln!("note: {note}"));
    match out {
        Some(out) => print_line(&format!(
            "{}: {} rows, {} territories ({})",
            out.display(),
            thousands(rows.len() as u64),
            thousands(kind.territories.len() as u64),
            kind.treatment
        )),
        // A reader that went away is no error.
        None => drop(csv_into(&rows, std::io::stdout().lock())),
    }
    Ok(())
}

fn kind(args: &AreasArgs, finished: &Finished<'_>, tools: &Tools) -> Result<Kind, Failure> {
    let path = &args.territories;
    if !path.exists() {
        let help = Some("see that the path is right".to_owned());
        return Err(Failure { error: format!("there is no {}", path.display()), help, exit: Exit::Environment });
    }
    let stem = || path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = args.kind.clone().unwrap_or_else(stem);
    if name == "coverage" {
        return Err(Failure::usage("the kind `coverage` is the whole map and always there", "give another --kind"));
    }
    let wanted = Polygons {
        path,
        layer: None,
        crs: None,
        allow_ballpark: args.allow_ballpark,
        target: &finished.grid.crs,
        attributes: &[&args.key, args.name.as_ref().unwrap_or(&args.key)],
    };
    from_vector(&name, &wanted, &tools.files()).map_err(|refused| failure(&refused))
}

/// From counts to rows.
struct Table<'a> {
    finished: &'a Finished<'a>,
    kind: &'a Kind,
    factors: &'a AreaFactors,
    nodata: u16,
}

impl Table<'_> {
    /// All rows, in the order of `areas.parquet`; every territory has one, if only with 0 pixels.
    fn rows(&self, counted: &HashMap<FinishedKey, Amount>) -> Vec<AreaRow> {
        // In tables, source 0 is nothing.
        let mut by_key: BTreeMap<FinishedKey, Amount> = BTreeMap::new();
        for (key, amount) in counted {
            *by_key.entry(FinishedKey { source: key.source.filter(|source| *source != 0), ..*key }).or_default() +=
                *amount;
        }
        let mut keyed: Vec<(FinishedKey, Amount)> = by_key.into_iter().collect();
        let seen: BTreeSet<(usize, u32)> = keyed.iter().filter_map(|(key, _)| Some((key.period, key.zone?))).collect();
        let all = (0..self.finished.periods.len())
            .flat_map(|period| (0..self.kind.territories.len() as u32).map(move |zone| (period, zone)));
        let empty = all.filter(|place| !seen.contains(place));
        keyed.extend(empty.map(|(period, zone)| {
            (FinishedKey { period, zone: Some(zone), class: None, source: None, rule: 0 }, Amount::default())
        }));
        keyed.sort_by_key(|(key, _)| {
            (key.period, place(key.zone), key.class.unwrap_or(self.nodata), key.source, key.rule)
        });
        keyed.iter().map(|(key, amount)| self.row(key, amount)).collect()
    }

    fn row(&self, key: &FinishedKey, amount: &Amount) -> AreaRow {
        let territory = key.zone.filter(|zone| *zone != NO_ZONE).map(|zone| &self.kind.territories[zone as usize]);
        AreaRow {
            period: self.finished.periods[key.period].label.clone(),
            territory_kind: if key.zone.is_none() { "coverage".to_owned() } else { self.kind.name.clone() },
            territory: territory.map(|territory| territory.key.clone()).unwrap_or_default(),
            territory_name: territory.map(|territory| territory.name.clone()).unwrap_or_default(),
            class: key.class.unwrap_or(self.nodata),
            source: key.source.unwrap_or(0),
            rule: key.rule,
            pixels: amount.pixels as i64,
            area_ha: self.factors.hectares(amount.area),
        }
    }
}

/// The order of territories: the whole, what lies in none, then by key, as they are numbered.
fn place(zone: Option<u32>) -> u32 {
    match zone {
        None => 0,
        Some(NO_ZONE) => 1,
        Some(zone) => zone + 2,
    }
}

fn put(rows: &[AreaRow], target: Target) -> Result<PathBuf, Failure> {
    let path = target.file().to_owned();
    let written = if target.is_csv() { csv_file(rows, &path) } else { parquet_file(rows, &path) };
    written.map_err(|error| Failure::of(&error))?;
    target.finish()
}

fn parquet_file(rows: &[AreaRow], path: &Path) -> Result<(), EngineError> {
    let write = || {
        let mut writer = AreaWriter::new(path)?;
        writer.push(rows)?;
        writer.finish()
    };
    write().map(|_| ()).map_err(|error| failed(path, error))
}

fn csv_file(rows: &[AreaRow], path: &Path) -> Result<(), EngineError> {
    let file = std::fs::File::create(path).map_err(EngineError::io("write", path))?;
    csv_into(rows, file).map_err(EngineError::io("write", path))
}

fn csv_into(rows: &[AreaRow], out: impl Write) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    rows.iter().try_for_each(|row| writer.serialize(row).map_err(std::io::Error::other))?;
    writer.flush()
}
