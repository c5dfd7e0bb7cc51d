//! Running a plan on this machine: every core takes tiles in turn, each input block is decoded once.

mod sheet;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

use mutirao_core::{
    grid::Window,
    pipeline::Pipeline,
    raster::RasterSource,
    sink::{Event, Observer, TileEncoder},
};
use mutirao_mosaic::slot::SlotMeaning;
use tracing::debug_span;

use self::sheet::{SheetWork, run_sheet};
use crate::{
    areas::AreaFactors,
    contents::Contents,
    count::Tally,
    error::{EngineError, Result},
    faults,
    file::OpenFile,
    fill::Inputs,
    judge::judges,
    plan::{Plan, tally_share},
    product::{Band, bands},
    rerun::{Recorded, Recorder, Rerun, ZoneKeys},
    retile::retile,
    sheet::{Sheet, sheets, superblock},
    shelf::Shelf,
    slots::{LayerSlots, assign},
    spool::Spool,
    territories::{Kind, KindFrom, KindZones},
    worker::{Faults, Shared},
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
    /// What is taken over from an earlier release and recorded for later ones; none where the window is not all of the grid.
    pub rerun: Option<Rerun<'a>>,
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
    /// What was recorded of the tiles.
    pub recorded: Option<Recorded>,
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
    let sheets = sheets(&setting.window, pipeline.outputs.sheet).into_iter().enumerate();
    let work: Vec<SheetWork> =
        sheets.map(|(index, sheet)| SheetWork::new(index, sheet, side, superblock, setting.rerun)).collect();
    let windows: Vec<Window> = work.iter().flat_map(|work| work.tiles.iter().map(|tile| tile.window)).collect();
    let recorder = setting.rerun.map(|rerun| {
        let path = setting.staging.join(".record");
        Recorder::create(&path, rerun.survey.places.len(), plan.layers.len())
    });
    let recorder = recorder.transpose()?;
    let zone_keys = ZoneKeys::new(kinds);
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
        recorder: recorder.as_ref().map(|recorder| (recorder, &zone_keys)),
        faults: &found,
        faulty: &faulty,
    };
    setting.observer.event(Event::Begin { what: "merging", units: Some(units(&work)) });
    let shelf = Arc::new(Shelf::create(&setting.staging.join(".counts"))?);
    // One part for each worker, one for what is merged.
    let part = tally_share(setting.memory) / (setting.threads as u64 + 1);
    let new_tally = || Tally::new(&shelf, part);
    let mut tally = new_tally();
    let mut done = Vec::with_capacity(work.len());
    for sheet in &work {
        let (sheet, counted) = run_sheet::<S>(setting, &shared, sheet, &new_tally)?;
        tally.merge(counted)?;
        done.push(sheet);
    }
    setting.observer.event(Event::End);
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let findings = faults::findings(plan, found);
    if !findings.is_empty() {
        return Err(EngineError::Findings(findings));
    }
    Ok(Outcomes { bands, sheets: done, tally, factors, recorded: recorder.map(Recorder::finish) })
}

/// Tiles of full resolution, made or taken over.
fn units(work: &[SheetWork]) -> u64 {
    work.iter().map(|work| work.made.len() as u64).sum()
}

fn open(setting: &Setting<'_>, windows: &[Window]) -> Result<Vec<OpenFile>> {
    let spooled = setting.plan.files.iter().filter(|file| file.spool).count() as u64;
    if spooled > 0 {
        setting.observer.event(Event::Begin { what: "re-tiling", units: Some(spooled) });
    }
    let files = setting.plan.files.iter().zip(setting.sources).enumerate();
    let opened = files.map(|(index, (planned, source))| {
        let source = match planned.spool {
            true => spool(setting, index, source, windows)?,
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

fn spool(
    setting: &Setting<'_>,
    index: usize,
    source: &Arc<dyn RasterSource>,
    tiles: &[Window],
) -> Result<Arc<dyn RasterSource>> {
    if setting.observer.is_cancelled() {
        return Err(EngineError::Cancelled);
    }
    let parts = setting.plan.layers.iter().flat_map(|layer| layer.input_sets.iter().flatten());
    let mut bands: Vec<u16> = parts.filter(|part| part.file == index).map(|part| part.band).collect();
    bands.sort_unstable();
    bands.dedup();
    let _retiling = debug_span!("retile").entered();
    let path = setting.staging.join(format!(".spool-{index}"));
    let planned = &setting.plan.files[index];
    let placed = OpenFile::new(planned, Arc::clone(source), &[])?;
    let needed: Vec<Window> = tiles.iter().filter_map(|tile| placed.needs(tile)).collect();
    let spooled = retile(source, &planned.path, &bands, &needed, &path)?;
    setting.observer.event(Event::Advance(1));
    Ok(spooled)
}
