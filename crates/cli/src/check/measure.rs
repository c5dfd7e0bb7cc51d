//! What files hold, measured for a contract that is not agreed yet.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mutirao_core::{
    grid::{Grid, align},
    statement::Statement,
};
use mutirao_engine::inspect::{PatchesWanted, SeriesWanted, Wanted, inspect};
use mutirao_mosaic::{
    measure::{NOTHING, UNKNOWN, flicker::Flicker, patches::Connectivity},
    tally::BandTally,
};

use super::{
    agreement::Agreement,
    files::{self, RasterFile},
    frame::{Laid, lay},
    job::{Delivered, Job, Setting},
};
use crate::{
    command::{Failure, Stopped},
    exit::Exit,
    network::Tools,
    verify::factors,
};

/// How far corners of files may lie from nodes of one grid, in pixels, as contracts have it.
const TOLERANCE: f64 = 0.01;

/// What files say and hold.
pub struct Measured {
    /// By file: its path, and what it says of itself.
    pub files: Vec<(PathBuf, Statement)>,
    /// The grid that all files lie on; none where they lie on none, or on several.
    pub grid: Option<Grid>,
    /// By period: what it holds.
    pub periods: Vec<MeasuredPeriod>,
    /// Whether each file and band speaks for a period, or no periods are known.
    pub is_matched: bool,
    /// Of three periods and more: pixels that leave a class and return to it at once.
    pub flicker: Option<Flicker>,
    /// The smallest patch of all periods that does not touch an edge, hectares; none where that is not known.
    pub smallest_ha: Option<f64>,
}

/// What a period holds.
#[derive(Default)]
pub struct MeasuredPeriod {
    /// Its label, empty where there are no periods.
    pub label: String,
    /// Pixels by class, after the crosswalk.
    pub classes: BTreeMap<u32, u64>,
    /// Pixels by number, of numbers that are no classes: on no line of the crosswalk, or below 0.
    pub unknown: BTreeMap<i32, u64>,
    /// Pixels that hold nothing.
    pub nothing: u64,
}

/// Opens files of which all can be read.
fn open(paths: &[PathBuf], tools: &Tools) -> Result<Vec<files::RasterFile>, Failure> {
    let (opened, refused) = files::open(paths, tools);
    match refused.into_iter().next() {
        Some(finding) => Err(Failure { error: finding.message, help: finding.mend, exit: Exit::Findings }),
        None => Ok(opened),
    }
}

/// What rasters say of themselves.
///
/// # Errors
/// Where one of them cannot be read.
pub fn statements(paths: &[PathBuf], tools: &Tools) -> Result<Vec<Statement>, Failure> {
    Ok(open(paths, tools)?.into_iter().map(|file| file.statement).collect())
}

/// Measures files whose periods are told apart as a contract says.
///
/// # Errors
/// Where a file cannot be read.
pub fn measure(agreement: &Agreement, files: &[PathBuf], setting: Setting<'_>) -> Result<Measured, Stopped> {
    let delivered = Delivered { files: files.to_vec(), ..Delivered::default() };
    let job = Job { agreement, object: agreement.object(), rules: &[], delivered: &delivered, setting };
    let opened = open(files, setting.tools)?;
    let laid = lay(&job, &opened, &[]).around(None);
    let factors = laid.grid().and_then(|grid| factors::of(grid, &setting.tools.door).ok());
    let own = laid.matched.periods.len();
    // Bands without periods are no series, whatever their order.
    let has_periods = job.object.terms.periods.is_some();
    let patches =
        PatchesWanted { min_ha: f64::INFINITY, connectivity: Connectivity::Eight, classes: None, at_edges: false };
    let series = SeriesWanted {
        flicker: if own > 2 && has_periods { vec![(None, 1)] } else { Vec::new() },
        patches: if factors.is_some() { vec![patches] } else { Vec::new() },
        earlier: vec![None; own],
        own,
        factors: factors.as_ref(),
        ..SeriesWanted::default()
    };
    let wanted = Wanted { series, ..Wanted::default() };
    let observer = &*setting.tools.progress;
    let seen = inspect(&laid.delivery, &wanted, setting.threads, observer).map_err(|error| Failure::of(&error))?;
    let tallies = laid.tallies(&job, &seen).map_err(|error| Failure::of(&error))?;
    let statements: Vec<(PathBuf, Statement)> =
        opened.iter().map(|file| (file.path.clone(), file.statement.clone())).collect();
    let least = seen.patches.iter().flatten().filter_map(|found| found.least).min();
    let smallest_ha = least.zip(factors.as_ref()).map(|(area, factors)| factors.hectares(area));
    let flicker = seen.series.flicker.first().map(|(found, _)| *found);
    let periods = periods(&laid, &opened, &tallies);
    let is_matched = laid.matched.unmatched.is_empty();
    Ok(Measured { grid: grid_of(&laid, &statements), files: statements, periods, is_matched, flicker, smallest_ha })
}

/// The frame, if it is known where it lies and all files lie on its nodes.
fn grid_of(laid: &Laid, files: &[(PathBuf, Statement)]) -> Option<Grid> {
    let frame = laid.grid().filter(|frame| !frame.crs.is_empty())?;
    let lies = |statement: &Statement| {
        let transform = statement.transform?;
        align(frame, &transform, statement.size, TOLERANCE, None).ok()
    };
    files.iter().all(|(_, statement)| lies(statement).is_some()).then(|| frame.clone())
}

fn periods(laid: &Laid, files: &[RasterFile], tallies: &[Vec<BandTally>]) -> Vec<MeasuredPeriod> {
    let name = |label: &String| MeasuredPeriod { label: label.clone(), ..MeasuredPeriod::default() };
    let mut periods: Vec<MeasuredPeriod> = laid.matched.periods.iter().map(name).collect();
    for (at, (file, tallies)) in files.iter().zip(tallies).enumerate() {
        let Some(values) = laid.values(at) else { continue };
        for ((_, period), tally) in laid.matched.bands[at].iter().zip(tallies) {
            periods[*period].add(tally, &values.classes, file.is_signed());
        }
    }
    periods
}

impl MeasuredPeriod {
    fn add(&mut self, tally: &BandTally, classes: &[u32], is_signed: bool) {
        self.nothing += tally.masked.iter().sum::<u64>();
        for (bits, count) in tally.values.iter().flat_map(|counts| counts.iter()) {
            match classes[usize::from(bits)] {
                NOTHING => self.nothing += count,
                UNKNOWN => {
                    let value = if is_signed { i32::from(bits as i16) } else { i32::from(bits) };
                    *self.unknown.entry(value).or_default() += count;
                }
                class => *self.classes.entry(class).or_default() += count,
            }
        }
    }

    /// Pixels that speak.
    pub fn pixels(&self) -> u64 {
        self.classes.values().chain(self.unknown.values()).sum()
    }
}
