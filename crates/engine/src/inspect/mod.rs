//! A delivery, read once: every block is decoded once, on all threads, and all that checks want to know is counted from it.

mod area;
mod block;
mod series;
mod units;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use mutirao_core::{
    grid::{Grid, Window},
    raster::RasterSource,
    sink::{Event, Observer},
};
use mutirao_mosaic::tally::{BandTally, Counts};

pub use area::Reach;

use self::{
    block::View,
    series::{Planes, SeriesTally},
    units::{Units, units},
};
use crate::{
    areas::AreaFactors,
    cache::{BlockCache, blocks_of},
    crew::share_out,
    error::{EngineError, Result},
};

/// What values of a file mean.
#[derive(Debug, Clone)]
pub struct Values {
    /// By the bits of a value: its class, [`NOTHING`](mutirao_mosaic::patches::NOTHING), or [`UNKNOWN`](mutirao_mosaic::measure::UNKNOWN).
    pub classes: Vec<u32>,
    /// By the bits of a value: whether its places are looked for.
    pub odd: Vec<bool>,
}

/// A band of a file, and the period that it speaks for.
#[derive(Debug, Clone, Copy)]
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
    /// The grid that all of them lie on.
    pub frame: Grid,
    /// The files.
    pub files: Vec<DeliveredFile>,
    /// How many periods.
    pub periods: usize,
}

/// What is wanted of a delivery besides the counts of values.
#[derive(Default)]
pub struct Wanted<'a> {
    /// Where the partner is responsible; everywhere, if not given.
    pub reach: Option<&'a Reach>,
    /// Whether the first holes in the area are looked for.
    pub holes: bool,
    /// Weighs classes by their true areas.
    pub factors: Option<&'a AreaFactors>,
    /// Pixels of the frame, column and row, of which the class in each period is wanted.
    pub points: &'a [[u32; 2]],
    /// What needs several periods, or pixels beside one another.
    pub series: series::Wanted<'a>,
}

pub use series::{PatchesWanted, Wanted as SeriesWanted};

/// What was seen.
#[derive(Debug, Default)]
pub struct Inspected {
    /// By file, and by its bands in their order.
    pub bands: Vec<Vec<BandTally>>,
    /// By period: what the points hold, in the order of the points.
    pub points: Vec<Vec<u32>>,
    /// What came of planes.
    pub series: SeriesTally,
}

/// Reads a delivery.
///
/// # Errors
/// Where a block cannot be read, or somebody asked to stop.
pub fn inspect(
    delivery: &Delivery,
    wanted: &Wanted<'_>,
    threads: usize,
    observer: &dyn Observer,
) -> Result<Inspected> {
    let units = units(delivery, wanted.series.planes());
    let caches: Vec<BlockCache> = delivery
        .files
        .iter()
        .map(|file| BlockCache::new(Arc::clone(&file.source), units.all().filter_map(|unit| own_window(file, &unit))))
        .collect();
    let job = Job { delivery, wanted, caches: &caches, units: &units, points: by_unit(wanted.points, &units) };
    observer.event(Event::Begin { what: "checking", units: Some(units.len() as u64) });
    let hands = share_out(
        threads,
        units.len(),
        || Hand::new(delivery, wanted),
        |hand, at| {
            if observer.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            job.unit(hand, at)?;
            observer.event(Event::Advance(1));
            Ok(())
        },
    );
    observer.event(Event::End);
    let mut all = Inspected { points: vec![vec![mutirao_mosaic::patches::NOTHING; wanted.points.len()]; delivery.periods], ..Inspected::default() };
    for hand in hands? {
        all.merge(hand);
    }
    all.series.finish(delivery, wanted);
    Ok(all)
}
