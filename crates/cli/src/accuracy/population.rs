//! How large the map's classes and the strata are.

use std::collections::BTreeMap;
use std::path::Path;

use mutirao_core::finding::Finding;
use mutirao_engine::{
    areas::{Amount, AreaFactors},
    finished::{Area, Finished, FinishedKey, FinishedPeriod, Layer, Means, areas as count},
};
use mutirao_mosaic::zones::Zones;
use mutirao_parquet::AreaReader;
use mutirao_pipeline::{Cell, read_table};
use serde::Serialize;

use super::{Stopped, samples};
use crate::{
    command::Failure,
    coverage::{Coverage, Rasters},
    exit::Exit,
    finished::MEMORY,
    network::Tools,
    verify::factors,
};

/// Rows of the grid that are counted at once.
const BAND: u32 = 512;

/// Pixels and their true area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Extent {
    /// Pixels.
    pub pixels: u64,
    /// Hectares.
    pub area_ha: f64,
}

impl Extent {
    /// Adds another.
    pub fn add(&mut self, other: Extent) {
        self.pixels += other.pixels;
        self.area_ha += other.area_ha;
    }

    /// All of them together.
    pub fn sum<'a>(all: impl IntoIterator<Item = &'a Extent>) -> Extent {
        let mut whole = Extent::default();
        all.into_iter().for_each(|one| whole.add(*one));
        whole
    }
}

/// By period: the classes of the map.
pub type Mapped = BTreeMap<String, BTreeMap<u16, Extent>>;

/// What counts pixels.
pub struct Counting<'a> {
    /// The coverage.
    pub coverage: &'a Coverage,
    /// Where it was given.
    pub path: &'a Path,
    /// Threads.
    pub threads: usize,
    /// The door, and progress.
    pub tools: &'a Tools,
}

impl Counting<'_> {
    /// The classes of all periods: out of a release's own table, or counted.
    pub fn mapped(&self) -> Result<Mapped, Stopped> {
        let table = self.path.join("areas.parquet");
        if matches!(self.coverage, Coverage::Release(_)) && table.exists() {
            return from_table(&table, self.coverage.nodata());
        }
        let finished = self.coverage.finished();
        let mut mapped = Mapped::new();
        for (key, extent) in self.count(&finished)? {
            let Some(class) = key.class else { continue };
            let classes = mapped.entry(finished.periods[key.period].label.clone()).or_default();
            classes.entry(class).or_default().add(extent);
        }
        Ok(mapped)
    }

    /// The strata of a raster in one period, as far as the map has a class there.
    pub fn strata(&self, raster: &Rasters, period: usize) -> Result<BTreeMap<u16, Extent>, Stopped> {
        let coverage = self.coverage.finished();
        let grid = coverage.grid.clone();
        let crossed = FinishedPeriod {
            label: String::new(),
            class: class_of(raster.finished(), 0),
            source: None,
            rule: None,
            area: Area::Where(class_of(coverage, period)),
        };
        let mut found: BTreeMap<u16, Extent> = BTreeMap::new();
        for (key, extent) in self.count(&Finished { grid, periods: vec![crossed] })? {
            if let Some(stratum) = key.class {
                found.entry(stratum).or_default().add(extent);
            }
        }
        Ok(found)
    }

    fn count(&self, finished: &Finished<'_>) -> Result<Vec<(FinishedKey, Extent)>, Stopped> {
        let factors: AreaFactors = factors::of(&finished.grid, &self.tools.door).map_err(|error| Failure {
            error,
            help: None,
            exit: Exit::Findings,
        })?;
        let zones = Zones::new(&finished.grid, BAND, []);
        let means = Means { threads: self.threads, memory: MEMORY, observer: &*self.tools.progress };
        let counted = count(finished, &factors, &zones, BAND, means)?;
        let whole = counted.into_iter().filter(|(key, _)| key.zone.is_none());
        let extent = |(key, amount): (FinishedKey, Amount)| {
            (key, Extent { pixels: amount.pixels, area_ha: factors.hectares(amount.area) })
        };
        let mut all: Vec<(FinishedKey, Extent)> = whole.map(extent).collect();
        all.sort_by_key(|(key, _)| *key);
        Ok(all)
    }
}

/// The classes of a period.
pub fn class_of<'a>(mut finished: Finished<'a>, period: usize) -> Layer<'a> {
    finished.periods.swap_remove(period).class
}

fn from_table(path: &Path, nodata: u16) -> Result<Mapped, Stopped> {
    let unreadable = |error: mutirao_parquet::Error| {
        Stopped::data(error.to_string(), "see what `mutirao verify` says of the release")
    };
    let mut mapped = Mapped::new();
    for rows in AreaReader::open(path).map_err(unreadable)? {
        for row in rows.map_err(unreadable)? {
            if row.territory_kind != "coverage" || row.class == nodata {
                continue;
            }
            let extent = Extent { pixels: row.pixels.unsigned_abs(), area_ha: row.area_ha };
            mapped.entry(row.period).or_default().entry(row.class).or_default().add(extent);
        }
    }
    Ok(mapped)
}

/// A stratum of a table: its name, pixels, and hectares if the table has them.
pub type Stated = (String, u64, Option<f64>);

/// Reads a table of strata: `stratum`, `pixels`, and `area_ha` if it is known.
pub fn strata_table(path: &Path) -> Result<Vec<Stated>, Stopped> {
    let table = read_table(path, &["stratum", "pixels"]);
    let table = table.map_err(|(findings, text)| Stopped::found(path, findings, text))?;
    let place = |name: &str| table.header.iter().position(|own| own == name);
    let [name, pixels] = ["stratum", "pixels"].map(|column| place(column).unwrap_or_default());
    let area = place("area_ha");
    let mut reading = Reading { path, findings: Vec::new() };
    let mut strata: Vec<Stated> = Vec::new();
    for row in &table.rows {
        if row[name].text.is_empty() || strata.iter().any(|(known, _, _)| *known == row[name].text) {
            let what = format!("the stratum \"{}\" has no name of its own", row[name].text);
            reading.wrong(&row[name], what, "let every stratum stand on one line");
        }
        let size = reading.pixels(&row[pixels]);
        let hectares = area.map(|area| reading.hectares(&row[area]));
        strata.push((row[name].text.clone(), size, hectares));
    }
    match reading.findings {
        none if none.is_empty() => Ok(strata),
        findings => Err(Stopped::found(path, findings, Some(table.text))),
    }
}

/// What is wrong with a table, while it is read.
struct Reading<'a> {
    path: &'a Path,
    findings: Vec<Finding>,
}

impl Reading<'_> {
    fn wrong(&mut self, cell: &Cell, what: String, mend: &str) {
        self.findings.push(samples::wrong(self.path, &samples::At::Line(cell.place.clone()), what, mend));
    }

    fn pixels(&mut self, cell: &Cell) -> u64 {
        cell.text.parse().unwrap_or_else(|_| {
            let what = format!("\"{}\" is no number of pixels", cell.text.escape_debug());
            self.wrong(cell, what, "write a whole number");
            0
        })
    }

    fn hectares(&mut self, cell: &Cell) -> f64 {
        let hectares = cell.text.parse().ok().filter(|area: &f64| area.is_finite() && *area >= 0.0);
        hectares.unwrap_or_else(|| {
            let what = format!("\"{}\" is no area in hectares", cell.text.escape_debug());
            self.wrong(cell, what, "write a number, or leave the column out");
            0.0
        })
    }
}
