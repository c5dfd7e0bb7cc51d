//! About how much a run reads, writes and takes.

use mutirao_core::{grid::Window, pipeline::Pipeline, raster::Interleave};
use serde::Serialize;

use super::{Placement, Plan};
use crate::{product::bands, pyramid::levels, sheet::sheets, window::footprint};

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
pub fn estimate(pipeline: &Pipeline, plan: &Plan, threads: usize) -> Estimate {
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
        estimate.memory += retained(file, &whole);
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
    // Quarters of overviews wait in about one row of tiles.
    let waiting = u64::from(plan.grid.width()) * side * bytes_a_pixel / 2 * plan.periods.len() as u64;
    estimate.memory += in_flight * threads as u64 + waiting;
    estimate.cpu_seconds = (pixels + written * bands.len() as u64) / PIXELS_A_SECOND + 1;
    estimate
}

fn bands_used(plan: &Plan, file: usize) -> u64 {
    let parts = plan.layers.iter().flat_map(|layer| layer.input_sets.iter().flatten());
    let bands: std::collections::BTreeSet<u16> = parts.filter(|part| part.file == file).map(|part| part.band).collect();
    bands.len() as u64
}

/// Bytes of decoded blocks of a file that wait for the next row of tiles: a row of strips, or of tiles that lie across tiles of the grid.
pub(crate) fn retained(file: &super::PlannedFile, grid: &Window) -> u64 {
    let facts = &file.facts;
    let bands = if facts.interleave == Interleave::Chunky { u64::from(facts.bands) } else { 1 };
    let across = u64::from(facts.width.min(grid.width));
    let rows = u64::from(facts.block_height.max(512));
    across * rows * bands * facts.dtype.bytes() as u64
}
