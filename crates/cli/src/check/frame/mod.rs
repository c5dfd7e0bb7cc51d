//! Files on one frame, with what their values mean.

mod lattice;
mod meanings;

use std::collections::BTreeMap;
use std::sync::Arc;

use mutirao_check::raster::{CrsHeld, Match, Overlap, match_periods};
use mutirao_contract::checks::Check;
use mutirao_core::{
    grid::{Grid, Window},
    statement::Statement,
};
use mutirao_engine::{
    EngineError,
    inspect::{DeliveredFile, Delivery, Inspected, Pair, PeriodBand, Values, Wanted, inspect},
};
use mutirao_mosaic::tally::{BandTally, Places};

pub use self::lattice::{Span, bounds, span_of};
use self::{
    lattice::{Lying, frame, is_on, lattice, near, offsets},
    meanings::Meanings,
};
use super::{crs, files::RasterFile, job::Job};

/// How far nodes of the delivery before may lie from those of this one, in pixels, where the contract does not say it.
const TOLERANCE: f64 = 0.01;

/// A delivery on its frame.
pub struct Laid {
    /// What is read together.
    pub delivery: Delivery,
    /// How files and bands were given to periods.
    pub matched: Match,
    /// By file: its CRS held against the agreed one.
    pub crs: Vec<CrsHeld>,
    /// By file: its pixels of the frame.
    pub windows: Vec<Option<Window>>,
    /// By own period: the plane of the delivery before.
    pub earlier: Vec<Option<usize>>,
    /// Whether this delivery can be compared with the one before.
    pub before: Before,
    lattice: Option<Grid>,
    /// Column and row of the lattice at which the frame begins.
    first: [i64; 2],
    spans: Vec<Option<Span>>,
    own: usize,
    /// By file: its place among the delivery's files, if it is among them.
    places: Vec<Option<usize>>,
    /// Files that do not lie on the frame, with their place.
    apart: Vec<(usize, DeliveredFile)>,
}

/// What is known of the delivery before, as far as it has periods of this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// Its pixels lie on those of this one.
    Comparable,
    /// Some of its files lie on other nodes, or in another CRS.
    Elsewhere,
    /// It is not there, or cannot be read.
    Missing,
}

impl Before {
    /// By file: whether it lies on the nodes of this delivery, and whether it can be read.
    fn of(files: impl Iterator<Item = (bool, bool)>) -> Before {
        let mut before = Before::Missing;
        for (lies_on_nodes, is_read) in files {
            match (lies_on_nodes, is_read) {
                (_, false) => return Before::Missing,
                (false, true) => before = Before::Elsewhere,
                (true, true) if before == Before::Missing => before = Before::Comparable,
                (true, true) => {}
            }
        }
        before
    }
}

/// How far nodes may lie off, in pixels: as the contract has it for the delivery.
fn tolerance(job: &Job<'_>) -> f64 {
    let by_rule = job.rules.iter().find_map(|asked| match asked.check() {
        Some(Check::Grid(wanted)) => Some(wanted.tolerance),
        _ => None,
    });
    by_rule.or(job.object.terms.grid.as_ref().map(|term| term.tolerance)).unwrap_or(TOLERANCE)
}

fn named(files: &[RasterFile]) -> Vec<(String, &Statement)> {
    files.iter().map(|file| (file.path.display().to_string(), &file.statement)).collect()
}

/// Lays files on a frame.
pub fn lay(job: &Job<'_>, files: &[RasterFile], previous: &[RasterFile]) -> Laid {
    let term = job.object.terms.grid.as_ref();
    let by_rule = job.rules.iter().find_map(|asked| match asked.check() {
        Some(Check::Crs(wanted)) => Some(wanted.crs.as_str()),
        _ => None,
    });
    let wanted = by_rule.or(term.map(|term| term.crs.as_str()));
    let door = &job.setting.tools.door;
    let matched = match &job.delivered.assigned {
        Some(assigned) if files.len() == assigned.len() => Match::of(assigned),
        _ => match_periods(job.object, &named(files), job.delivered.period.as_deref()),
    };
    let before = match_periods(job.object, &named(previous), job.delivered.period.as_deref());
    // Where none is agreed, that of the first file that states one: two files of different CRSs do not lie on one grid.
    let frame_crs =
        wanted.map(str::to_owned).or_else(|| files.iter().find_map(|file| crs::text(&file.statement, door)));
    let held = |file: &RasterFile| crs::hold(&file.statement, frame_crs.as_deref(), door);
    let crs: Vec<CrsHeld> = files.iter().map(held).collect();
    let place = |file: &RasterFile| file.statement.transform.map(|transform| (transform, file.statement.size));
    // A file of another CRS lies elsewhere, whatever its numbers say.
    let lying = |(file, held): (&RasterFile, &CrsHeld)| place(file).filter(|_| !matches!(held, CrsHeld::Other(_)));
    let mut places: Vec<Lying> = files.iter().zip(&crs).map(lying).collect();
    // The delivery before is not held against the contract: that its pixels lie on the nodes of this one is enough to compare them.
    let lies_before = |file: &RasterFile| {
        lying((file, &held(file))).filter(|(transform, size)| is_on(&places, transform, *size, tolerance(job)))
    };
    let places_before: Vec<Lying> = previous.iter().map(lies_before).collect();
    places.extend(places_before);
    let lattice = lattice(term, frame_crs.as_deref().unwrap_or_default(), &places);
    let spans = lattice.as_ref().map_or_else(|| vec![None; places.len()], |lattice| near(offsets(lattice, &places)));
    let own = files.len();
    let is_compared =
        |bands: &[(u16, usize)]| bands.iter().any(|(_, period)| matched.periods.contains(&before.periods[*period]));
    let of_before = before.bands.iter().zip(&spans[own..]).zip(previous).filter(|((bands, _), _)| is_compared(bands));
    let compared = Before::of(of_before.map(|((_, span), file)| (span.is_some(), file.source.is_some())));
    let periods = matched.periods.len();
    let planes_before = before.periods.iter().enumerate().map(|(at, label)| (label.clone(), periods + at));
    let planes_before: BTreeMap<String, usize> = planes_before.collect();
    let values = Meanings::of(job);
    let delivered = files.iter().zip(&matched.bands).chain(previous.iter().zip(&before.bands)).enumerate();
    let mut all = Vec::new();
    for (at, (file, bands)) in delivered {
        let Some(source) = &file.source else { continue };
        let shift = if at < own { 0 } else { periods };
        let bands = bands.iter().map(|(band, period)| PeriodBand { band: *band, period: period + shift }).collect();
        let window = Window { col: 0, row: 0, width: file.statement.size[0], height: file.statement.size[1] };
        let nodata = source.facts().nodata;
        let values = values.of_file(source.facts().dtype, nodata);
        all.push((at, DeliveredFile { path: file.path.clone(), source: Arc::clone(source), window, bands, values }));
    }
    let (on, apart): (Vec<_>, Vec<_>) = all.into_iter().partition(|(at, _)| spans[*at].is_some());
    let mut by_file = vec![None; places.len()];
    on.iter().enumerate().for_each(|(place, (at, _))| by_file[*at] = Some(place));
    let earlier = matched.periods.iter().map(|label| planes_before.get(label).copied()).collect();
    let delivery = Delivery {
        frame: Grid { crs: String::new(), origin: [0.0; 2], resolution: [1.0; 2], size: [0, 0] },
        files: on.into_iter().map(|(_, file)| file).collect(),
        planes: periods + before.periods.len(),
    };
    let apart = apart.into_iter().filter(|(at, _)| *at < own).collect();
    Laid {
        delivery,
        matched,
        crs,
        windows: vec![None; own],
        earlier,
        before: compared,
        lattice,
        first: [0; 2],
        spans,
        own,
        places: by_file,
        apart,
    }
}

impl Laid {
    /// Fixes the frame: around the files, and the columns and rows of the lattice that the responsible area meets.
    pub fn around(mut self, area: Option<Span>) -> Laid {
        let Some(lattice) = &self.lattice else { return self };
        let Some((grid, first, windows)) = frame(lattice, &self.spans, area) else { return self };
        self.first = first;
        for (at, window) in windows.iter().enumerate() {
            if let (Some(place), Some(window)) = (self.places[at], window) {
                self.delivery.files[place].window = *window;
            }
        }
        self.windows = windows[..self.own].to_vec();
        self.delivery.frame = grid;
        self
    }

    /// The lattice that the files lie on, if it is known: a grid without an extent.
    pub fn lattice(&self) -> Option<&Grid> {
        self.lattice.as_ref()
    }

    /// Column and row of the lattice at which the frame begins.
    pub fn first(&self) -> [i64; 2] {
        self.first
    }

    /// Whether all files with pixels lie on the frame, those of the delivery before aside.
    pub fn is_whole(&self) -> bool {
        self.apart.is_empty()
    }

    /// The CRS of the frame, empty where nobody knows it.
    pub fn crs_name(&self) -> &str {
        self.lattice.as_ref().map_or("", |lattice| &lattice.crs)
    }

    /// The frame, if any file lies on it.
    pub fn grid(&self) -> Option<&Grid> {
        Some(&self.delivery.frame).filter(|frame| frame.size[0] > 0)
    }

    /// Where files of this delivery differ; those of the one before are no matter of it.
    pub fn overlaps(&self, seen: &Inspected) -> Vec<Overlap> {
        let mut given: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, place) in self.places[..self.own].iter().enumerate() {
            given.extend(place.map(|place| (place, at)));
        }
        let ours = seen.overlaps.iter().filter(|(pair, _)| pair.period < self.matched.periods.len());
        let overlap = |(pair, (count, places)): (&Pair, &(u64, Places))| {
            let files = [*given.get(&pair.first)?, *given.get(&pair.second)?];
            Some(Overlap { period: pair.period, files, count: *count, places: places.clone() })
        };
        ours.filter_map(overlap).collect()
    }

    /// What the values of a file mean, if its pixels can be read.
    pub fn values(&self, file: usize) -> Option<&Values> {
        let together = self.places[file].map(|place| &self.delivery.files[place]);
        let apart = || self.apart.iter().find(|(at, _)| *at == file).map(|(_, file)| file);
        together.or_else(apart).map(|file| &*file.values)
    }

    /// By file, in the order in which they were given: what was counted in each band of those on the frame.
    pub fn together(&self, seen: &Inspected) -> Vec<Vec<BandTally>> {
        let counted = |place: &Option<usize>| place.map_or_else(Vec::new, |at| seen.bands[at].clone());
        self.places[..self.own].iter().map(counted).collect()
    }

    /// By file, in the order in which they were given: what was counted in each of its bands. Files that do not lie on the frame are
    /// read here, each by itself.
    ///
    /// # Errors
    /// Where a block cannot be read, or somebody asked to stop.
    pub fn tallies(&self, job: &Job<'_>, seen: &Inspected) -> Result<Vec<Vec<BandTally>>, EngineError> {
        let mut tallies = self.together(seen);
        for (at, file) in &self.apart {
            tallies[*at] = self.alone(job, file)?;
        }
        Ok(tallies)
    }

    /// Counts a file by itself.
    fn alone(&self, job: &Job<'_>, file: &DeliveredFile) -> Result<Vec<BandTally>, EngineError> {
        let DeliveredFile { path, source, window, bands, values } = file;
        let own = DeliveredFile {
            path: path.clone(),
            source: Arc::clone(source),
            window: *window,
            bands: bands.clone(),
            values: Arc::clone(values),
        };
        let frame =
            Grid { crs: String::new(), origin: [0.0; 2], resolution: [1.0; 2], size: [window.width, window.height] };
        let delivery = Delivery { frame, files: vec![own], planes: self.delivery.planes };
        let observer = &*job.setting.tools.progress;
        let mut found = inspect(&delivery, &Wanted::default(), job.setting.threads, observer)?;
        Ok(found.bands.swap_remove(0))
    }
}
