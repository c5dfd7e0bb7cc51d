//! A region layer whose values are territories, read again from the recorded inputs.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use mutirao_core::{
    finding::Severity,
    grid::Window,
    pipeline::{Overlap, Pipeline, ResampleMethod},
    raster::{BlockContent, BlockIndex, Interleave, RasterSource, ReadError},
    rule::LayerId,
};
use mutirao_engine::{
    fingerprint::sha256_of,
    plan::{Part, Placement, Plan, build},
    slots::{LayerSlots, assign},
};
use mutirao_mosaic::zones::{NO_ZONE, ZoneRun};

use super::Release;
use crate::network::Tools;

/// A region layer, with a plan of its own.
pub struct RegionLayer {
    plan: Plan,
    sources: Vec<Arc<dyn RasterSource>>,
    slots: LayerSlots,
}

impl RegionLayer {
    /// Opens a layer of the pipeline, if all of its inputs are still what the release was made of.
    ///
    /// # Errors
    /// Why it cannot be read as it was.
    pub fn open(release: &Release<'_>, pipeline: &Pipeline, layer: LayerId, tools: &Tools) -> Result<Self, String> {
        let name = &pipeline.layers[layer].name;
        let members = &pipeline.layers[layer].members;
        if members.iter().any(|member| member.area.is_some()) {
            return Err(format!("{name} is put together by another region layer"));
        }
        let is_mode = |method: ResampleMethod| method == ResampleMethod::Mode;
        if members.iter().filter_map(|member| member.resample).any(|resample| is_mode(resample.method)) {
            return Err(format!("{name} is resampled by mode"));
        }
        let built = build(&alone(pipeline, layer), &tools.files(), &tools.door);
        let Some(plan) = built.plan else {
            let first = built.findings.into_iter().find(|finding| finding.severity == Severity::Error);
            return Err(format!("{name}: {}", first.map_or_else(String::new, |finding| finding.message)));
        };
        if plan.grid.size != release.grid().size
            || plan.grid.origin != release.grid().origin
            || plan.grid.crs != release.grid().crs
        {
            return Err(format!("the grid of the pipeline is no longer that of the release, but {}", plan.grid));
        }
        for path in plan.files.iter().map(|file| &file.path).collect::<BTreeSet<_>>() {
            unchanged(release, path)?;
        }
        if plan.files.iter().any(|file| matches!(file.placement, Placement::Warped { .. })) {
            return Err(format!("{name} is resampled"));
        }
        let slots = assign(&plan).pop().ok_or_else(|| format!("{name} has no values"))?;
        Ok(RegionLayer { plan, sources: built.sources, slots })
    }

    /// The runs of each row of a window; columns count from the grid's first.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn runs(&self, period: usize, window: &Window) -> Result<Vec<Vec<ZoneRun>>, String> {
        let slots = self.slots_in(period, window)?;
        let zone = |slot: u16| {
            let value = self.slots.meanings[usize::from(slot)].held.value();
            value.map_or(NO_ZONE, |value| value.cast_unsigned())
        };
        let line = |line: &[u16]| {
            let mut at = window.col;
            let run = |run: &[u16]| {
                let start = at;
                at += run.len() as u32;
                ZoneRun { start, end: at, zone: zone(run[0]) }
            };
            line.chunk_by(|a, b| a == b).map(run).collect()
        };
        Ok(slots.chunks_exact(window.width as usize).map(line).collect())
    }

    fn slots_in(&self, period: usize, window: &Window) -> Result<Vec<u16>, String> {
        let layer = &self.plan.layers[0];
        let mut slots = vec![self.slots.nothing as u16; window.pixels()];
        let Some(set) = layer.by_period[period] else { return Ok(slots) };
        let parts = &layer.input_sets[set];
        for (at, member) in layer.members.iter().enumerate() {
            for part in parts.iter().filter(|part| part.member == at) {
                self.add(part, member.overlap == Overlap::Last, window, &mut slots)?;
            }
        }
        Ok(slots)
    }

    /// Puts one file into the window, where nothing stands yet or the last file rules.
    fn add(&self, part: &Part, last_rules: bool, window: &Window, slots: &mut [u16]) -> Result<(), String> {
        let file = &self.plan.files[part.file];
        let Placement::OnGrid(offset) = &file.placement else { return Ok(()) };
        let source = &*self.sources[part.file];
        let facts = source.facts();
        let across = blocks_under(window.col, window.width, offset.col, facts.width, facts.block_width);
        let down = blocks_under(window.row, window.height, offset.row, facts.height, facts.block_height);
        let translation = self.slots.translation(part, facts.dtype);
        let nothing = self.slots.nothing as u16;
        for (col, row) in down.flat_map(|row| across.clone().map(move |col| (col, row))) {
            let failed = |error: ReadError| format!("{}: {error}", file.path.display());
            each_pixel(source, part.band, [col, row], |[col, row], value| {
                let x = i64::from(col) + offset.col - i64::from(window.col);
                let y = i64::from(row) + offset.row - i64::from(window.row);
                if !(0..i64::from(window.width)).contains(&x) || !(0..i64::from(window.height)).contains(&y) {
                    return;
                }
                let slot = translation.map_or(value as u16, |table| table[usize::from(value as u16)]);
                let at = &mut slots[y as usize * window.width as usize + x as usize];
                if slot != nothing && (*at == nothing || last_rules) {
                    *at = slot;
                }
            })
            .map_err(failed)?;
        }
        Ok(())
    }
}

/// The blocks of a file, along one axis, that lie under a stretch of the grid; `offset` is where the file begins on the grid.
fn blocks_under(from: u32, len: u32, offset: i64, size: u32, block: u32) -> Range<u32> {
    let begin = (i64::from(from) - offset).max(0);
    let end = (i64::from(from) + i64::from(len) - offset).min(i64::from(size));
    if begin < end { begin as u32 / block..(end as u32).div_ceil(block) } else { 0..0 }
}

/// Tells every valid pixel of a block, [column, row] of the file, and its value.
fn each_pixel(
    source: &dyn RasterSource,
    band: u16,
    [col, row]: [u32; 2],
    mut tell: impl FnMut([u32; 2], i32),
) -> Result<(), ReadError> {
    let facts = source.facts();
    let is_planar = facts.interleave == Interleave::Planar;
    let block = source.read_block(BlockIndex { band: if is_planar { band } else { 0 }, col, row })?;
    let (step, first) = if is_planar { (1, 0) } else { (usize::from(block.samples_per_pixel), usize::from(band)) };
    let [left, top] = [col * facts.block_width, row * facts.block_height];
    let [width, height] = [block.width.min(facts.width - left), block.height.min(facts.height - top)];
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
        let at = (y * block.width + x) as usize;
        if block.valid.as_ref().is_some_and(|valid| valid[at] == 0) {
            continue;
        }
        let value = match &block.content {
            BlockContent::Empty => facts.nodata.unwrap_or(0),
            BlockContent::Samples(samples) => samples.get(at * step + first),
        };
        tell([left + x, top + y], value);
    }
    Ok(())
}

/// A pipeline of this layer and nothing else.
fn alone(pipeline: &Pipeline, layer: LayerId) -> Pipeline {
    let mut alone = pipeline.clone();
    alone.layers = vec![pipeline.layers[layer].clone()];
    alone.coverage.within = None;
    alone.coverage.order.clear();
    alone.coverage.rules.clear();
    alone.coverage.rule_places.clear();
    alone.territories.clear();
    alone.named_values.clear();
    alone
}

/// Whether a file is still the input that the manifest recorded.
fn unchanged(release: &Release<'_>, path: &Path) -> Result<(), String> {
    let shown = path.display();
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let Some(found) = real(path) else { return Err(format!("{shown} is not there any more")) };
    let recorded = release.manifest.inputs.iter().find(|input| real(&input.path).as_ref() == Some(&found));
    let Some(recorded) = recorded else { return Err(format!("{shown} is not among the inputs of the manifest")) };
    match sha256_of(path) {
        Ok(sha256) if sha256 == recorded.sha256 => Ok(()),
        Ok(_) => Err(format!("{shown} is no longer what the release was made of")),
        Err(error) => Err(error.to_string()),
    }
}
