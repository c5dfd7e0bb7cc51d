//! A delivery, read once: every block is decoded once, on all threads, and all that checks want to know is counted from it.

mod area;
mod block;
mod hand;
mod overlap;
mod patches;
mod places;
mod series;
mod units;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use mutirao_core::{
    grid::{Grid, Window},
    raster::RasterSource,
    sink::{Event, Observer},
};
use mutirao_mosaic::{measure::patches::Sieved, tally::BandTally};

pub use self::{
    area::Reach,
    overlap::{Overlaps, Pair},
    patches::PatchesWanted,
    series::{SeriesTally, Wanted as SeriesWanted},
};
use self::{
    hand::{Hand, Job},
    patches::Joins,
    units::units,
};
use crate::{
    cache::BlockCache,
    crew::share_out,
    error::{EngineError, Result},
};

/// What values of a file mean, by their bits: 256 of 8 bits, 65,536 of 16.
#[derive(Debug, Clone)]
pub struct Values {
    /// The class, [`NOTHING`](mutirao_mosaic::measure::NOTHING), or [`UNKNOWN`](mutirao_mosaic::measure::UNKNOWN).
    pub classes: Vec<u32>,
    /// Whether places of the value are looked for.
    pub odd: Vec<bool>,
    /// The classes as patches see them: with [`EMPTIED`](mutirao_mosaic::measure::EMPTIED) for what is nothing on purpose; none where no
    /// value is.
    pub of_patches: Option<Vec<u32>>,
}

/// A band of a file, and the period that it speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodBand {
    /// The band, from 0.
    pub band: u16,
    /// The period's place.
    pub period: usize,
}

/// A file of a delivery.
pub struct DeliveredFile {
    /// Where it is.
    pub path: PathBuf,
    /// Reads it.
    pub source: Arc<dyn RasterSource>,
    /// Its pixels of the frame.
    pub window: Window,
    /// The bands that are read.
    pub bands: Vec<PeriodBand>,
    /// What its values mean.
    pub values: Arc<Values>,
}

/// Files that are read together: those of a delivery, and those of the one before it where they are compared.
pub struct Delivery {
    /// The grid that all of them lie on, pixel on pixel.
    pub frame: Grid,
    /// The files. Of several that speak for one pixel and period the first counts.
    pub files: Vec<DeliveredFile>,
    /// How many planes: the periods of the delivery, and behind them those of the one before.
    pub planes: usize,
}

/// What is wanted of a delivery besides the counts of values.
#[derive(Default)]
pub struct Wanted<'a> {
    /// Where the partner is responsible; everywhere, if not given.
    pub reach: Option<&'a Reach>,
    /// Whether the first holes in the area are looked for.
    pub holes: bool,
    /// Pixels of the frame, column and row, of which the class in each plane is wanted.
    pub points: &'a [[u32; 2]],
    /// What needs several periods, or pixels beside one another.
    pub series: SeriesWanted<'a>,
}

/// What was seen.
#[derive(Debug, Default)]
pub struct Inspected {
    /// By file, and by its bands in their order. Places are in pixels of the frame.
    pub bands: Vec<Vec<BandTally>>,
    /// Where files of one period differ.
    pub overlaps: Overlaps,
    /// By plane: what the points hold, in the order of the points.
    pub points: Vec<Vec<u32>>,
    /// What came of planes.
    pub series: SeriesTally,
    /// By rule and period: patches that are too small.
    pub patches: Vec<Vec<Sieved>>,
}

/// Reads a delivery.
///
/// # Errors
/// Where a block cannot be read, or somebody asked to stop.
pub fn inspect(delivery: &Delivery, wanted: &Wanted<'_>, threads: usize, observer: &dyn Observer) -> Result<Inspected> {
    let units = units(delivery, wanted.series.planes());
    let cache = |file: &DeliveredFile| {
        BlockCache::new(Arc::clone(&file.source), units.all().filter_map(|unit| file.under(&unit)))
    };
    let caches: Vec<BlockCache> = delivery.files.iter().map(cache).collect();
    let mut points: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, point) in wanted.points.iter().enumerate() {
        points.entry(units.holding(*point)).or_default().push(at);
    }
    let sieves = patches::sieves(&wanted.series, delivery.frame.size);
    let joins = Joins::new(&sieves, wanted.series.own);
    let job = Job { delivery, wanted, caches: &caches, units: &units, points, joins: &joins };
    observer.event(Event::Begin { what: "checking", units: Some(units.len() as u64) });
    let work = |hand: &mut Hand, at: usize| {
        if observer.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        hand.unit(&job, at)?;
        observer.event(Event::Advance(1));
        Ok(())
    };
    let hands = share_out(threads, units.len(), || Hand::new(&job), work);
    observer.event(Event::End);
    let mut all = Hand::new(&job);
    hands?.into_iter().for_each(|hand| all.merge(hand));
    all.seen.patches = joins.finish();
    Ok(all.seen)
}

impl Values {
    /// The classes as patches see them.
    fn patches(&self) -> &[u32] {
        self.of_patches.as_deref().unwrap_or(&self.classes)
    }
}

impl Delivery {
    /// Whether patches see other planes than the rest.
    fn has_emptied(&self) -> bool {
        self.files.iter().any(|file| file.values.of_patches.is_some())
    }
}

impl DeliveredFile {
    /// The pixels of the file that lie in a window of the frame.
    fn under(&self, window: &Window) -> Option<Window> {
        let shared = self.window.intersection(window)?;
        Some(Window { col: shared.col - self.window.col, row: shared.row - self.window.row, ..shared })
    }
}
