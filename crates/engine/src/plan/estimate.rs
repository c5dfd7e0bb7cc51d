//! About how much a run reads, writes and takes.

use mutirao_core::{grid::Window, pipeline::Pipeline, raster::Interleave};
use serde::Serialize;

use super::{Placement, Plan, PlannedFile};
use crate::{
    product::bands,
    pyramid::levels,
    retile::{TILE_HEIGHT, retained},
    sheet::{sheets, superblock},
    window::footprint,
};

/// What a run will cost, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Estimate {
    /// Blocks of the inputs that are read.
    pub blocks_read: u64,
    /// Blocks of the inputs that lie outside the grid and are skipped.
    pub blocks_skipped: u64,
    /// Bytes of the inputs' files.
    pub bytes_read: u64,
    /// Tiles written, overviews included.
    pub tiles_written: u64,
    /// Bytes written, if the result compresses ten times.
    pub bytes_written: u64,
    /// Peak memory.
    pub memory: u64,
    /// Seconds of CPU at about 40 million pixels of input and output a second.
    pub cpu_seconds: u64,
}

/// Pixels decoded, composed or encoded in a second by one core, as seen on land-cover maps at DEFLATE 5.
const PIXELS_A_SECOND: u64 = 40_000_000;

/// Estimates a plan.
pub fn estimate(pipeline: &Pipeline, plan: &Plan, threads: usize, memory: u64) -> Estimate {
    let whole = plan.grid.window();
    let mut estimate = Estimate {
        blocks_read: 0,
        blocks_skipped: 0,
        bytes_read: 0,
        tiles_written: 0,
        bytes_written: 0,
        memory: 0,
        cpu_seconds: 0,
    };
    let mut pixels = 0;
    for (index, file) in plan.files.iter().enumerate() {
        let facts = &file.facts;
        let planes = match facts.interleave {
            Interleave::Chunky => 1,
            Interleave::Planar => bands_used(plan, index),
        };
        let blocks = u64::from(facts.blocks_across()) * u64::from(facts.blocks_down());
        let under = match &file.placement {
            Placement::OnGrid(offset) => footprint(offset, facts, &whole).map(|footprint| footprint.source),
            Placement::Warped { .. } => Some(Window { col: 0, row: 0, width: facts.width, height: facts.height }),
        };
        let read = under.map_or(0, |window| crate::cache::blocks_of(facts, &window).count() as u64);
        estimate.blocks_read += read * planes;
        estimate.blocks_skipped += (blocks - read) * planes;
        estimate.bytes_read += facts.file_bytes;
        let samples = u64::from(facts.block_width) * u64::from(facts.block_height) * planes;
        pixels += read * samples;
        estimate.memory += retained_by(file, step(pipeline, plan));
    }
    let bands = bands(pipeline, plan);
    let tile = pipeline.outputs.tile;
    let side = u64::from(tile);
    for sheet in sheets(&plan.grid, pipeline.outputs.sheet) {
        for level in levels(sheet.window.width, sheet.window.height, tile) {
            estimate.tiles_written += u64::from(level.width.div_ceil(tile)) * u64::from(level.height.div_ceil(tile));
        }
    }
    estimate.tiles_written *= (bands.len() * plan.periods.len()) as u64;
    let bytes_a_pixel: u64 = bands.iter().map(|band| if band.wide { 2 } else { 1 }).sum();
    let written = plan.grid.pixels() * 4 / 3 * plan.periods.len() as u64;
    estimate.bytes_written = written * bytes_a_pixel / 10;
    let in_flight = (plan.layers.len() as u64 * 2 + bytes_a_pixel + 24) * side * side;
    // Quarters of overviews wait in about one row of tiles, and are packed beyond their share of the budget.
    let waiting = u64::from(plan.grid.width()) * side * bytes_a_pixel / 2 * plan.periods.len() as u64;
    let share = waiting_share(memory);
    estimate.memory += in_flight * threads as u64 + waiting.min(share) + waiting.saturating_sub(share) / 8;
    estimate.cpu_seconds = (pixels + written * bands.len() as u64) / PIXELS_A_SECOND + 1;
    estimate
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
