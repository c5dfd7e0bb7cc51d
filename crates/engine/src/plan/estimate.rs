//! About how much a run reads, writes and takes.

use mutirao_core::{grid::Window, pipeline::Pipeline, raster::Interleave};
use serde::Serialize;

use super::{Placement, Plan, PlannedFile};
use crate::{
    cache::blocks_of,
    product::bands,
    pyramid::levels,
    retile::{TILE_HEIGHT, retained},
    sheet::{sheets, superblock},
    window::footprint,
};

/// What a run will cost, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Estimate {
    /// Blocks of the inputs that are read.
    pub blocks_read: u64,
    /// Blocks of the inputs that lie outside the grid and are skipped.
    pub blocks_skipped: u64,
    /// Bytes of the inputs' files.
    pub bytes_read: u64,
    /// Tiles written, overviews included.
    pub tiles_written: u64,
    /// Bytes written, if the result is as compressible as the inputs.
    pub bytes_written: u64,
    /// Peak memory.
    pub memory: u64,
    /// Seconds of CPU.
    pub cpu_seconds: u64,
}

/// Nanoseconds of CPU for each sample that is decoded and composed, as seen on merges of twelve layers.
const NANOSECONDS_A_SAMPLE_READ: f64 = 2.0;

/// Nanoseconds for each sample that is painted, reduced to overviews and looked at before it is encoded.
const NANOSECONDS_A_SAMPLE_WRITTEN: f64 = 0.7;

/// Nanoseconds for each byte that comes out of DEFLATE 6, as seen on tiles of classes: what does not compress costs most.
const NANOSECONDS_A_BYTE_WRITTEN: f64 = 40.0;

/// Bytes of a tile of one value.
const BYTES_A_CONSTANT_TILE: u64 = 300;

/// Estimates a plan.
pub fn estimate(pipeline: &Pipeline, plan: &Plan, threads: usize, memory: u64) -> Estimate {
    let mut estimate = Estimate::default();
    let samples_read = add_inputs(&mut estimate, pipeline, plan);
    let samples_written = add_outputs(&mut estimate, pipeline, plan);
    estimate.memory += in_flight(pipeline, plan, threads, memory);
    let nanoseconds = samples_read as f64 * NANOSECONDS_A_SAMPLE_READ
        + samples_written as f64 * NANOSECONDS_A_SAMPLE_WRITTEN
        + estimate.bytes_written as f64 * NANOSECONDS_A_BYTE_WRITTEN;
    estimate.cpu_seconds = (nanoseconds / 1e9).ceil() as u64;
    estimate
}

/// Blocks, bytes and what waits of them; returns the samples that are decoded.
fn add_inputs(estimate: &mut Estimate, pipeline: &Pipeline, plan: &Plan) -> u64 {
    let whole = plan.grid.window();
    let step = step(pipeline, plan);
    let mut samples = 0;
    for (index, file) in plan.files.iter().enumerate() {
        let facts = &file.facts;
        let (planes, samples_a_pixel) = match facts.interleave {
            Interleave::Chunky => (1, u64::from(facts.bands)),
            Interleave::Planar => (bands_used(plan, index), 1),
        };
        let blocks = u64::from(facts.blocks_across()) * u64::from(facts.blocks_down());
        let under = match &file.placement {
            Placement::OnGrid(offset) => footprint(offset, facts, &whole).map(|footprint| footprint.source),
            Placement::Warped { .. } => Some(Window { col: 0, row: 0, width: facts.width, height: facts.height }),
        };
        let read = under.map_or(0, |window| blocks_of(facts, &window).count() as u64);
        estimate.blocks_read += read * planes;
        estimate.blocks_skipped += (blocks - read) * planes;
        estimate.bytes_read += facts.file_bytes;
        estimate.memory += retained_by(file, step);
        samples += read * planes * samples_a_pixel * u64::from(facts.block_width) * u64::from(facts.block_height);
    }
    samples
}

/// Tiles and bytes; returns the samples that are painted, overviews included.
fn add_outputs(estimate: &mut Estimate, pipeline: &Pipeline, plan: &Plan) -> u64 {
    let bands = bands(pipeline, plan).len() as u64;
    let tile = pipeline.outputs.tile;
    for sheet in sheets(&plan.grid.window(), pipeline.outputs.sheet) {
        for level in levels(sheet.window.width, sheet.window.height, tile) {
            let tiles = u64::from(level.width.div_ceil(tile)) * u64::from(level.height.div_ceil(tile));
            estimate.tiles_written += tiles * bands * plan.periods.len() as u64;
        }
    }
    // Source, rule and agreement change where classes do, so each band costs about as much as the class.
    estimate.bytes_written = estimate.bytes_read * bands / 2 + estimate.tiles_written * BYTES_A_CONSTANT_TILE;
    plan.grid.pixels() * 4 / 3 * bands * plan.periods.len() as u64
}

/// Bytes of tiles at work, and of quarters of overviews that wait in about one row of tiles, packed beyond their share of the budget.
fn in_flight(pipeline: &Pipeline, plan: &Plan, threads: usize, memory: u64) -> u64 {
    let side = u64::from(pipeline.outputs.tile);
    let bytes_a_pixel: u64 = bands(pipeline, plan).iter().map(|band| if band.wide { 2 } else { 1 }).sum();
    let at_work = (plan.layers.len() as u64 * 2 + bytes_a_pixel + 24) * side * side;
    let waiting = u64::from(plan.grid.width()) * side * bytes_a_pixel / 2 * plan.periods.len() as u64;
    let share = waiting_share(memory);
    at_work * threads as u64 + waiting.min(share) + waiting.saturating_sub(share) / 8
}

fn bands_used(plan: &Plan, file: usize) -> u64 {
    let parts = plan.layers.iter().flat_map(|layer| layer.input_sets.iter().flatten());
    let bands: std::collections::BTreeSet<u16> = parts.filter(|part| part.file == file).map(|part| part.band).collect();
    bands.len() as u64
}

/// Rows of the grid that are done before the next begin.
fn step(pipeline: &Pipeline, plan: &Plan) -> u32 {
    pipeline.outputs.tile * superblock(plan, pipeline.outputs.tile)
}

fn retained_by(file: &PlannedFile, step: u32) -> u64 {
    let first_row = match &file.placement {
        Placement::OnGrid(offset) => offset.row,
        // Rows of a warped file lie anyhow.
        Placement::Warped { .. } => 1,
    };
    match file.spool {
        true => u64::from(file.facts.width) * u64::from(TILE_HEIGHT) * file.facts.dtype.bytes() as u64,
        false => retained(&file.facts, first_row, step),
    }
}

/// Marks the files that are re-tiled into a spool first, so that what waits between rows of tiles takes no more than half of the budget:
/// those that would keep most, as many as it takes.
pub fn fit(pipeline: &Pipeline, plan: &mut Plan, memory: u64) {
    let step = step(pipeline, plan);
    let mut order: Vec<usize> = (0..plan.files.len()).collect();
    order.sort_by_key(|file| std::cmp::Reverse(retained_by(&plan.files[*file], step)));
    for file in order {
        let waiting: u64 = plan.files.iter().map(|file| retained_by(file, step)).sum();
        if waiting <= memory / 2 {
            return;
        }
        let mut spooled = plan.files[file].clone();
        spooled.spool = true;
        // A spool that keeps as much as the file itself helps nothing.
        if retained_by(&spooled, step) < retained_by(&plan.files[file], step) {
            plan.files[file] = spooled;
        }
    }
}

/// How many bytes of finished overviews may wait unpacked for their neighbours.
pub fn waiting_share(memory: u64) -> u64 {
    memory / 8
}

/// How many bytes the counts of all workers may take; more lie on disk.
pub fn tally_share(memory: u64) -> u64 {
    memory / 8
}
