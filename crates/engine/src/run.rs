//! Running a plan on this machine: every core takes tiles in turn, each input block is decoded once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use mutirao_core::{
    grid::Window,
    pipeline::{Pipeline, ResampleMethod},
    raster::RasterSource,
    sink::{Event, Observer, TileEncoder},
};
use mutirao_mosaic::{overview::Reduce, slot::SlotMeaning};
use tracing::debug_span;

use crate::{
    areas::AreaFactors,
    contents::Contents,
    count::Tally,
    error::{EngineError, Result},
    faults,
    file::OpenFile,
    fill::Inputs,
    judge::judges,
    plan::{Plan, tally_share, waiting_share},
    product::{Band, bands},
    pyramid::Pyramid,
    retile::retile,
    sheet::{Sheet, Tile, sheets, superblock, tiles},
    shelf::Shelf,
    slots::{LayerSlots, assign},
    spool::Spool,
    territories::{Kind, KindFrom, KindZones},
    worker::{AtWork, Faults, Shared, Worker},
};

/// What a run needs beside its plan.
pub struct Setting<'a> {
    /// The pipeline that the plan was made from.
    pub pipeline: &'a Pipeline,
    /// The plan.
    pub plan: &'a Plan,
    /// The pixels that are made: all of the grid, or some of it, from a corner of tiles on.
    pub window: Window,
    /// The opened rasters, by their place in the plan.
    pub sources: &'a [Arc<dyn RasterSource>],
    /// The kinds of territories, in the pipeline's order.
    pub kinds: &'a [Kind],
    /// Encodes tiles.
    pub encoder: &'a dyn TileEncoder,
    /// Is told how it goes.
    pub observer: &'a dyn Observer,
    /// How many threads.
    pub threads: usize,
    /// How many bytes of memory it may use.
    pub memory: u64,
    /// A folder for the spools.
    pub staging: &'a Path,
}

/// What came of a run: encoded tiles and counts.
pub struct Outcomes {
    /// The bands that were written.
    pub bands: Vec<Band>,
    /// The sheets.
    pub sheets: Vec<SheetDone>,
    /// What was counted.
    pub tally: Tally,
    /// The true areas by which it was weighed.
    pub factors: AreaFactors,
}

/// A sheet whose tiles are all encoded.
pub struct SheetDone {
    /// The sheet.
    pub sheet: Sheet,
    /// Its tiles.
    pub spool: Spool,
    /// What it holds, by period.
    pub contents: Vec<Contents>,
}

/// Runs a plan.
///
/// # Errors
/// What stopped it: an input that cannot be read, data that are refused, a full disk, somebody's wish.
pub fn run(setting: &Setting<'_>) -> Result<Outcomes> {
    let slots = assign(setting.plan);
    // Slots have 16 bits only where some layer needs more than 256 of them.
    if slots.iter().all(|layer| layer.meanings.len() <= 256) {
        run_with::<u8>(setting, &slots)
    } else {
        run_with::<u16>(setting, &slots)
    }
}

fn run_with<S: mutirao_mosaic::slot::Slot>(setting: &Setting<'_>, slots: &[LayerSlots]) -> Result<Outcomes> {
    let Setting { pipeline, plan, kinds, .. } = *setting;
    let side = pipeline.outputs.tile;
    let superblock = superblock(plan, side);
    let work: Vec<(Sheet, Vec<Tile>)> = sheets(&setting.window, pipeline.outputs.sheet)
        .into_iter()
        .map(|sheet| (sheet, tiles(&sheet, side, superblock)))
        .collect();
    let windows: Vec<Window> = work.iter().flat_map(|(_, tiles)| tiles.iter().map(|tile| tile.window)).collect();
    let files = open(setting, &windows)?;
    let meanings: Vec<Vec<SlotMeaning>> = slots.iter().map(|layer| layer.meanings.clone()).collect();
    let judges = judges(pipeline, &plan.table, &meanings);
    let bands = bands(pipeline, plan);
    let factors = AreaFactors::of(plan)?;
    let zones: Vec<Option<KindZones>> = kinds
        .iter()
        .map(|kind| (kind.from == KindFrom::Polygons).then(|| KindZones::new(&plan.grid, side, kind)))
        .collect();
    let (found, faulty) = (Mutex::new(Faults::default()), AtomicBool::new(false));
    let shared = Shared {
        inputs: Inputs { plan, files: &files, slots },
        meanings: &meanings,
        judges: &judges,
        bands: &bands,
        transitions: pipeline.outputs.transitions,
        factors: &factors,
        kinds,
        zones: &zones,
        faults: &found,
        faulty: &faulty,
    };
    setting.observer.event(Event::Begin { what: "merging", units: Some(windows.len() as u64) });
    let shelf = Arc::new(Shelf::create(&setting.staging.join(".counts"))?);
    // One part for each worker, one for what is merged.
    let part = tally_share(setting.memory) / (setting.threads as u64 + 1);
    let new_tally = || Tally::new(&shelf, part);
    let mut tally = new_tally();
    let mut done = Vec::with_capacity(work.len());
    for (sheet, tiles) in &work {
        let (sheet, counted) = run_sheet::<S>(setting, &shared, sheet, tiles, &new_tally)?;
        tally.merge(counted)?;
        done.push(sheet);
    }
    setting.observer.event(Event::End);
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let findings = faults::findings(plan, found);
    if !findings.is_empty() {
        return Err(EngineError::Findings(findings));
    }
    Ok(Outcomes { bands, sheets: done, tally, factors })
}

fn open(setting: &Setting<'_>, windows: &[Window]) -> Result<Vec<OpenFile>> {
    let spooled = setting.plan.files.iter().filter(|file| file.spool).count() as u64;
    if spooled > 0 {
        setting.observer.event(Event::Begin { what: "re-tiling", units: Some(spooled) });
    }
    let files = setting.plan.files.iter().zip(setting.sources).enumerate();
    let opened = files.map(|(index, (planned, source))| {
        let source = match planned.spool {
            true => spool(setting, index, source)?,
            false => Arc::clone(source),
        };
        OpenFile::new(planned, source, windows)
    });
    let opened = opened.collect();
    if spooled > 0 {
        setting.observer.event(Event::End);
    }
    opened
}

fn spool(setting: &Setting<'_>, index: usize, source: &Arc<dyn RasterSource>) -> Result<Arc<dyn RasterSource>> {
    if setting.observer.is_cancelled() {
        return Err(EngineError::Cancelled);
    }
    let parts = setting.plan.layers.iter().flat_map(|layer| layer.input_sets.iter().flatten());
    let mut bands: Vec<u16> = parts.filter(|part| part.file == index).map(|part| part.band).collect();
    bands.sort_unstable();
    bands.dedup();
    let _retiling = debug_span!("retile").entered();
    let path = setting.staging.join(format!(".spool-{index}"));
    let spooled = retile(source, &setting.plan.files[index].path, &bands, &path)?;
    setting.observer.event(Event::Advance(1));
    Ok(spooled)
}

fn run_sheet<S: mutirao_mosaic::slot::Slot>(
    setting: &Setting<'_>,
    shared: &Shared<'_>,
    sheet: &Sheet,
    tiles: &[Tile],
    new_tally: &(dyn Fn() -> Tally + Sync),
) -> Result<(SheetDone, Tally)> {
    let Setting { pipeline, encoder, observer, .. } = *setting;
    let side = pipeline.outputs.tile;
    let overviews = match pipeline.outputs.overviews {
        ResampleMethod::Mode => Reduce::Mode,
        ResampleMethod::Nearest => Reduce::Nearest,
    };
    let spool = Spool::create(&setting.staging.join(format!(".tiles-{}-{}", sheet.col, sheet.row)))?;
    let size = [sheet.window.width, sheet.window.height];
    let share = waiting_share(setting.memory) as usize;
    let pyramid = Pyramid::new(size, side, shared.bands, overviews, share, encoder, &spool);
    let tiles_across = sheet.window.width.div_ceil(side);
    let at_work = AtWork { pyramid: &pyramid, tiles_across, side };

    let next = AtomicUsize::new(0);
    let failed: Mutex<Option<(usize, EngineError)>> = Mutex::new(None);
    let fail = |at: usize, error: EngineError| {
        // Of several failures the one of the earliest tile is told, so that the message is the same each time.
        let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.as_ref().is_none_or(|(known, _)| at < *known) {
            *failed = Some((at, error));
        }
        next.store(tiles.len(), Ordering::Relaxed);
    };
    let take_tiles = || {
        let mut worker = Worker::<S>::new(shared, new_tally());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(tile) = tiles.get(at) else { return worker.tally };
            let result =
                if observer.is_cancelled() { Err(EngineError::Cancelled) } else { worker.tile(tile, &at_work) };
            if let Err(error) = result {
                fail(at, error);
                return worker.tally;
            }
            observer.event(Event::Advance(1));
        }
    };
    let counted: Vec<Tally> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..setting.threads.max(1)).map(|_| scope.spawn(take_tiles)).collect();
        let join = |worker: std::thread::ScopedJoinHandle<'_, Tally>| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        workers.into_iter().map(join).collect()
    });
    if let Some((_, error)) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    drop(pyramid);
    let mut tally = new_tally();
    counted.into_iter().try_for_each(|counted| tally.merge(counted))?;
    let contents = Contents::by_period(&tally.whole, pipeline.periods.len());
    Ok((SheetDone { sheet: *sheet, spool, contents }, tally))
}
