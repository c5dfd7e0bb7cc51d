//! A worker: takes tiles, each with all its periods, from input blocks to encoded tiles and counts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use mutirao_core::{grid::Window, rule::Role};
use mutirao_mosaic::{
    change::Classes,
    compose::{Composed, Scratch, compose},
    plane::{Plane, paint},
    slot::{Held, LayerTile, Slot, SlotMeaning},
    zones::ZoneRows,
};
use tracing::debug_span;

use crate::{
    areas::AreaFactors,
    buffer::{Conflict, LayerBuffer},
    count::{Count, Ground, KindHere, Tally, TileCounts, ZonesHere},
    error::Result,
    fill::{Inputs, UnknownValue, order},
    judge::Judge,
    product::Band,
    pyramid::Pyramid,
    rerun::{HeldSoFar, Recorder, TileRecord, ZoneKeys},
    sheet::Tile,
    territories::{Kind, KindFrom, KindZones},
};

/// What all workers of a run share.
pub struct Shared<'a> {
    /// Layers to read.
    pub inputs: Inputs<'a>,
    /// By layer and slot.
    pub meanings: &'a [Vec<SlotMeaning>],
    /// By period.
    pub judges: &'a [Judge<'a>],
    /// What is written.
    pub bands: &'a [Band],
    /// Whether transitions are counted.
    pub transitions: bool,
    /// True areas.
    pub factors: &'a AreaFactors,
    /// The kinds of territories.
    pub kinds: &'a [Kind],
    /// By kind: its polygons, none for those of region layers.
    pub zones: &'a [Option<KindZones>],
    /// Where tiles are recorded for later runs, and the keys of their territories.
    pub recorder: Option<(&'a Recorder, &'a ZoneKeys)>,
    /// What is wrong with the data: found everywhere before the run is refused.
    pub faults: &'a Mutex<Faults>,
    /// Whether anything was wrong, so that nothing need be written any more.
    pub faulty: &'a AtomicBool,
}

/// What is wrong with the data.
#[derive(Debug, Default)]
pub struct Faults {
    /// Values that layers do not know: (layer, period, what).
    pub unknown: Vec<(usize, usize, UnknownValue)>,
    /// Files of a member that differ where they overlap: (layer, period, what).
    pub conflicts: Vec<(usize, usize, Conflict)>,
}

/// The sheet at work.
pub struct AtWork<'a> {
    /// Where finished tiles go.
    pub pyramid: &'a Pyramid<'a>,
    /// By row of tiles: how many of it are made.
    pub made_across: &'a [u32],
    /// By tile of the sheet, row by row: its place among all tiles.
    pub first_place: usize,
    /// Tiles across.
    pub tiles_across: u32,
    /// Pixels on a side of a tile.
    pub side: u32,
}

/// One worker, with what it keeps from tile to tile.
pub struct Worker<'a, S> {
    shared: &'a Shared<'a>,
    layers: Vec<InHand<S>>,
    scratch: Scratch,
    /// The finished tile, by band.
    planes: Vec<Plane>,
    /// What it has counted.
    pub tally: Tally,
    /// What it counts in the tile at hand.
    counts: TileCounts,
    /// What the tile at hand held, by period.
    held: HeldSoFar,
    earlier: Earlier,
}

/// What the tile at hand was in earlier periods.
#[derive(Default)]
struct Earlier {
    /// In the period before.
    before: Option<(u16, Classes)>,
    /// In the first period, once that is not the one before any more.
    first: Option<(u16, Classes)>,
}

/// A layer's tile in hand, and the set of inputs that it was made of.
type InHand<S> = Option<(Option<usize>, LayerBuffer<S>)>;

impl<'a, S: Slot> Worker<'a, S> {
    /// A worker that goes on counting in `tally`.
    pub fn new(shared: &'a Shared<'a>, tally: Tally) -> Self {
        Worker {
            shared,
            layers: Vec::new(),
            scratch: Scratch::default(),
            planes: shared.bands.iter().map(|band| Plane::filled(band.wide, 0, 0)).collect(),
            tally,
            counts: TileCounts::default(),
            held: HeldSoFar::default(),
            earlier: Earlier::default(),
        }
    }

    /// Does a tile in all periods.
    ///
    /// # Errors
    /// Where an input cannot be read or an output not be stored. What is wrong with the data goes to the faults instead.
    pub fn tile(&mut self, tile: &Tile, at_work: &AtWork<'_>) -> Result<()> {
        let _tile = debug_span!("tile").entered();
        let plan = self.shared.inputs.plan;
        self.layers.clear();
        self.layers.resize_with(plan.layers.len(), || None);
        self.earlier = Earlier::default();
        let zoning = debug_span!("count").entered();
        let zone_rows: Vec<Option<Arc<ZoneRows>>> = self
            .shared
            .zones
            .iter()
            .map(|zones| {
                zones.as_ref().map(|zones| zones.band(tile.window.row, at_work.made_across[tile.row as usize]))
            })
            .collect();
        drop(zoning);
        for period in 0..plan.periods.len() {
            self.period(tile, period, &zone_rows, at_work)?;
        }
        for file in self.shared.inputs.files {
            file.release(&tile.window);
        }
        self.record(tile, &zone_rows, at_work)?;
        self.tally.add(std::mem::take(&mut self.counts))
    }

    /// Records the tile at hand for later runs.
    fn record(&mut self, tile: &Tile, zone_rows: &[Option<Arc<ZoneRows>>], at_work: &AtWork<'_>) -> Result<()> {
        let held = std::mem::take(&mut self.held);
        let Some((recorder, keys)) = self.shared.recorder else { return Ok(()) };
        if self.shared.faulty.load(Ordering::Relaxed) {
            return Ok(());
        }
        let place = at_work.first_place + (tile.row * at_work.tiles_across + tile.col) as usize;
        let zones = keys.of_tile(zone_rows, &tile.window);
        match held.into_periods() {
            Some(periods) => recorder.note(place, &TileRecord::of(periods, &self.counts), zones),
            None => recorder.note_packed(place, &[], zones),
        }
    }

    fn period(
        &mut self,
        tile: &Tile,
        period: usize,
        zone_rows: &[Option<Arc<ZoneRows>>],
        at_work: &AtWork<'_>,
    ) -> Result<()> {
        debug_span!("fill").in_scope(|| self.fill(&tile.window, period))?;
        let views: Vec<LayerTile<'_, S>> = self.layers.iter().flatten().map(|(_, buffer)| buffer.view()).collect();
        let [width, height] = [tile.window.width as usize, tile.window.height as usize];
        let judge = &self.shared.judges[period];
        let composed = debug_span!("compose")
            .in_scope(|| compose(width, height, &views, &mut self.scratch, |slots| judge.judge(slots)));
        self.look_for_unknown(&composed, &tile.window, period)?;
        if self.shared.recorder.is_some() {
            self.held.push(&composed, self.shared.meanings);
        }

        let count = Count { period: period as u16, composed: &composed, meanings: self.shared.meanings };
        debug_span!("count").in_scope(|| self.count(&count, &tile.window, zone_rows));
        if self.shared.faulty.load(Ordering::Relaxed) {
            return Ok(());
        }
        debug_span!("paint").in_scope(|| self.paint(&composed, at_work.side));
        at_work.pyramid.add(period as u16, tile.col, tile.row, &self.planes)
    }

    fn count(&mut self, count: &Count<'_>, tile: &Window, zone_rows: &[Option<Arc<ZoneRows>>]) {
        let kinds = self.kinds_here(zone_rows);
        let ground = Ground { tile: *tile, factors: self.shared.factors, kinds: &kinds };
        count.areas(&ground, &mut self.counts);
        count.histograms(&mut self.counts);
        if self.shared.transitions {
            self.transitions(count, &ground);
        }
    }

    /// Where the territories of all kinds lie in the tile at hand.
    fn kinds_here<'z>(&self, zone_rows: &'z [Option<Arc<ZoneRows>>]) -> Vec<KindHere<'z>> {
        let own = |at: usize| match (&self.shared.kinds[at].from, &zone_rows[at]) {
            (KindFrom::Layer(layer), _) => Some(ZonesHere::Layer(*layer)),
            (_, rows) => rows.as_deref().map(ZonesHere::Polygons),
        };
        let kind = |(at, kind): (usize, &Kind)| match kind.from {
            KindFrom::Crossing([first, second]) => Some(KindHere::Crossing([own(first)?, own(second)?])),
            KindFrom::Polygons | KindFrom::Layer(_) => Some(KindHere::Own(own(at)?)),
        };
        // Rows are there for all that is polygons, and nobody crosses a crossing: none is left out.
        self.shared.kinds.iter().enumerate().filter_map(kind).collect()
    }

    /// Counts what changed since the period before, and at the last period what changed since the first.
    fn transitions(&mut self, count: &Count<'_>, ground: &Ground<'_>) {
        let is_last = usize::from(count.period) + 1 == self.shared.inputs.plan.periods.len();
        let first = self.earlier.first.as_ref().filter(|_| is_last);
        for (period, classes) in self.earlier.before.iter().chain(first) {
            count.transitions((*period, classes), ground, &mut self.counts);
        }
        if !is_last {
            let before = self.earlier.before.replace((count.period, Classes::of(count.composed)));
            self.earlier.first = self.earlier.first.take().or(before);
        }
    }

    fn paint(&mut self, composed: &Composed, side: u32) {
        for (band, plane) in self.shared.bands.iter().zip(&mut self.planes) {
            paint(composed, side as usize, band.nodata, |outcome| band.value(outcome), plane);
        }
    }

    /// Fills every layer's tile: regions and values first, since areas of members ask for them. What is the same as in the period before
    /// stays.
    fn fill(&mut self, tile: &Window, period: usize) -> Result<()> {
        let plan = self.shared.inputs.plan;
        let mut regions_changed = false;
        for layer in order(plan) {
            let set = plan.layers[layer].by_period[period];
            let has_area = plan.layers[layer].members.iter().any(|member| member.area.is_some());
            let stays = self.layers[layer].as_ref().is_some_and(|(known, _)| *known == set);
            if stays && !(has_area && regions_changed) {
                continue;
            }
            let layers = &self.layers;
            // The plan lets areas name region layers only, which are filled by now.
            let nothing = LayerBuffer::Constant(S::from_index(0));
            let region = |layer: usize| layers[layer].as_ref().map_or(&nothing, |(_, buffer)| buffer);
            let filled = self.shared.inputs.fill(layer, set, tile, region)?;
            if !filled.conflicts.is_empty() {
                self.shared.faulty.store(true, Ordering::Relaxed);
                let mut faults = self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner);
                faults.conflicts.extend(filled.conflicts.into_iter().map(|conflict| (layer, period, conflict)));
            }
            self.layers[layer] = Some((set, filled.buffer));
            regions_changed |= plan.layers[layer].role != Role::Class;
        }
        Ok(())
    }

    /// Values that no layer may hold are found wherever they are, so that the message can place them all.
    fn look_for_unknown(&self, composed: &Composed, tile: &Window, period: usize) -> Result<()> {
        let plan = self.shared.inputs.plan;
        for layer in 0..plan.layers.len() {
            let is_unknown = |combination: usize| {
                matches!(self.shared.meanings[layer][composed.slots(combination)[layer]].held, Held::Unknown(_))
            };
            let Some(set) = plan.layers[layer].by_period[period] else { continue };
            // A set that speaks for several periods is reported in the first of them.
            let first = plan.layers[layer].by_period.iter().position(|other| *other == Some(set));
            if first != Some(period) || !(0..composed.outcomes().len()).any(is_unknown) {
                continue;
            }
            self.shared.faulty.store(true, Ordering::Relaxed);
            let Some((_, held)) = &self.layers[layer] else { continue };
            let found = self.shared.inputs.unknown(layer, set, tile, held)?;
            let mut faults = self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner);
            faults.unknown.extend(found.into_iter().map(|unknown| (layer, period, unknown)));
        }
        Ok(())
    }
}
