//! What one thread does: it takes units, and counts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use mutirao_core::{
    grid::Window,
    raster::{Block, BlockIndex, Interleave},
};
use mutirao_mosaic::{
    measure::{EMPTIED, NOTHING},
    tally::{BandTally, Counter, INSIDE},
};

use super::{
    DeliveredFile, Delivery, Inspected, PeriodBand, Reach, SeriesTally, Wanted,
    area::segments,
    block::View,
    overlap::{self, Claims},
    patches::Joins,
    places::note_places,
    units::Units,
};
use crate::{
    cache::{BlockCache, blocks_of},
    error::{EngineError, Result},
};

/// What is to be done.
pub(super) struct Job<'a, 'j> {
    pub(super) delivery: &'a Delivery,
    pub(super) wanted: &'a Wanted<'a>,
    /// By file.
    pub(super) caches: &'a [BlockCache],
    pub(super) units: &'a Units,
    /// By unit: the places of the points in it among all points.
    pub(super) points: HashMap<usize, Vec<usize>>,
    /// Where the patches of all units come together.
    pub(super) joins: &'a Joins<'j>,
}

/// A thread's own counts.
pub(super) struct Hand {
    pub(super) seen: Inspected,
    /// Of the unit at hand: pixels by value and zone.
    local: Vec<Counter>,
    scratch: Vec<u16>,
    planes: Vec<Vec<u32>>,
    /// The planes as patches see them, where they are not the same.
    of_patches: Vec<Vec<u32>>,
}

/// A block at its place in the frame.
type Held = (Arc<Block>, Window);

impl Hand {
    pub(super) fn new(job: &Job<'_, '_>) -> Hand {
        let Delivery { files, planes, .. } = job.delivery;
        let zones = job.wanted.reach.map_or(1, Reach::zones);
        let seen = Inspected {
            bands: files.iter().map(|file| vec![BandTally::new(zones); file.bands.len()]).collect(),
            overlaps: BTreeMap::new(),
            points: vec![vec![NOTHING; job.wanted.points.len()]; *planes],
            series: SeriesTally::new(&job.wanted.series),
            patches: Vec::new(),
        };
        let wants_planes = job.wanted.series.planes();
        let planes = vec![Vec::new(); if wants_planes { *planes } else { 0 }];
        let apart = !job.wanted.series.patches.is_empty() && job.delivery.has_emptied();
        let of_patches = vec![Vec::new(); if apart { job.wanted.series.own } else { 0 }];
        let local = (0..zones).map(|_| Counter::default()).collect();
        Hand { seen, local, scratch: Vec::new(), planes, of_patches }
    }

    /// Adds what another thread saw.
    pub(super) fn merge(&mut self, other: Hand) {
        for (own, other) in self.seen.bands.iter_mut().flatten().zip(other.seen.bands.into_iter().flatten()) {
            own.merge(other);
        }
        for (own, other) in self.seen.points.iter_mut().flatten().zip(other.seen.points.into_iter().flatten()) {
            if other != NOTHING {
                *own = other;
            }
        }
        self.seen.series.merge(other.seen.series);
        overlap::merge(&mut self.seen.overlaps, other.seen.overlaps);
    }

    /// Reads and counts a unit.
    pub(super) fn unit(&mut self, job: &Job<'_, '_>, at: usize) -> Result<()> {
        let window = job.units.window(at);
        let files = job.delivery.files.iter().zip(job.caches).enumerate();
        let files: Vec<_> =
            files.filter_map(|(n, (file, cache))| Some((n, file, cache, file.under(&window)?))).collect();
        // Between far files lies much of nothing; only patches want to know of it.
        if files.is_empty() && job.wanted.series.patches.is_empty() {
            return Ok(());
        }
        for plane in self.planes.iter_mut().chain(&mut self.of_patches) {
            plane.clear();
            plane.resize(window.pixels(), NOTHING);
        }
        let mut claims = Claims::of(job.delivery, &window);
        for (number, file, cache, own) in files {
            for (place, band) in file.bands.iter().enumerate() {
                let held = blocks(file, cache, *band, &own)?;
                let views: Vec<View> = held.iter().filter_map(|held| view(file, band.band, held, &window)).collect();
                let shared = claims.iter_mut().find(|claims| claims.is_of(band.period));
                self.band(job, at, &views, [number, place], shared);
            }
            cache.release(&own);
        }
        if !self.planes.is_empty() {
            self.seen.series.count(&job.wanted.series, &window, &self.planes);
            let planes = if self.of_patches.is_empty() { &self.planes } else { &self.of_patches };
            job.joins.add(job.wanted, &window, planes);
        }
        Ok(())
    }

    /// Counts what a band has in a unit, `[file, place among its bands]`.
    fn band(
        &mut self,
        job: &Job<'_, '_>,
        unit: usize,
        views: &[View<'_>],
        [number, place]: [usize; 2],
        mut shared: Option<&mut Claims>,
    ) {
        let (file, window) = (&job.delivery.files[number], job.units.window(unit));
        let band = file.bands[place];
        for view in views {
            match &mut shared {
                None => self.count(job.wanted, view),
                Some(claims) => self.count_shared(job, view, number, &window, claims),
            }
        }
        self.settle(job.wanted, file, views, [number, place]);
        if let Some(points) = job.points.get(&unit) {
            let points = points.iter().map(|point| (*point, job.wanted.points[*point]));
            views.iter().for_each(|view| self.look_up(file, band, view, points.clone()));
        }
        let keep = shared.is_some();
        if let Some(plane) = self.planes.get_mut(band.period) {
            views.iter().for_each(|view| fill(&file.values.classes, view, &window, &mut self.scratch, plane, keep));
        }
        if let Some(plane) = self.of_patches.get_mut(band.period) {
            views.iter().for_each(|view| fill(file.values.patches(), view, &window, &mut self.scratch, plane, keep));
        }
    }

    /// Counts the valid pixels of a view by value and zone.
    fn count(&mut self, wanted: &Wanted<'_>, view: &View<'_>) {
        let Hand { local, scratch, .. } = self;
        let zone = wanted.reach.map_or(Some(INSIDE), |reach| reach.zone_of(&view.part));
        if let Some(zone) = zone.filter(|_| !view.has_mask()) {
            return view.count(scratch, &mut local[zone]);
        }
        for row in view.part.row..view.part.row_end() {
            let line = view.line(row, scratch);
            let valid = view.valid(row);
            segments(wanted.reach, &view.part, row, |from, to, zone| {
                let counts = &mut local[zone];
                match valid {
                    None => line.part(from, to).count(counts),
                    Some(valid) => {
                        (from..to).filter(|at| valid[*at] != 0).for_each(|at| counts.add(line.get(at), 1));
                    }
                }
            });
        }
    }

    /// The same where another file of the period lies: a pixel counts where it is the first to speak.
    fn count_shared(
        &mut self,
        job: &Job<'_, '_>,
        view: &View<'_>,
        number: usize,
        window: &Window,
        claims: &mut Claims,
    ) {
        let classes = &job.delivery.files[number].values.classes;
        let Hand { local, scratch, seen, .. } = self;
        for row in view.part.row..view.part.row_end() {
            let line = view.line(row, scratch);
            let valid = view.valid(row);
            segments(job.wanted.reach, &view.part, row, |from, to, zone| {
                for at in (from..to).filter(|at| valid.is_none_or(|valid| valid[*at] != 0)) {
                    let (bits, col) = (line.get(at), view.part.col + at as u32);
                    let class = classes[usize::from(bits)];
                    let pixel = (row - window.row) as usize * window.width as usize + (col - window.col) as usize;
                    if class == NOTHING || claims.claim(pixel, class, number, [col, row], &mut seen.overlaps) {
                        local[zone].add(bits, 1);
                    }
                }
            });
        }
    }

    /// Takes the counts of a unit over into those of the band, `[file, place among its bands]`, with the places that are wanted.
    fn settle(&mut self, wanted: &Wanted<'_>, file: &DeliveredFile, views: &[View<'_>], [number, place]: [usize; 2]) {
        let tally = &mut self.seen.bands[number][place];
        let found: Vec<_> = self.local.iter_mut().map(Counter::drain).collect();
        note_places(wanted, file, &found, views, tally);
        for (counts, found) in tally.values.iter_mut().zip(found) {
            found.into_iter().for_each(|(bits, count)| counts.add(bits, count));
        }
        views.iter().for_each(|view| tally_masked(wanted, view, &mut tally.masked));
    }

    fn look_up(
        &mut self,
        file: &DeliveredFile,
        band: PeriodBand,
        view: &View<'_>,
        points: impl Iterator<Item = (usize, [u32; 2])>,
    ) {
        let Window { col, row, .. } = view.part;
        let is_in =
            |[x, y]: [u32; 2]| (col..view.part.col_end()).contains(&x) && (row..view.part.row_end()).contains(&y);
        for (at, [x, y]) in points.filter(|(_, point)| is_in(*point)) {
            let within = (x - col) as usize;
            let class = file.values.classes[usize::from(view.line(y, &mut self.scratch).get(within))];
            let held = &mut self.seen.points[band.period][at];
            if view.valid(y).is_none_or(|valid| valid[within] != 0) && *held == NOTHING {
                *held = class;
            }
        }
    }
}

/// The blocks of a band that a window of the file needs.
fn blocks(file: &DeliveredFile, cache: &BlockCache, band: PeriodBand, own: &Window) -> Result<Vec<Held>> {
    let facts = cache.facts();
    let stored = if facts.interleave == Interleave::Planar { band.band } else { 0 };
    let read = |(col, row): (u32, u32)| {
        let block = cache.block(BlockIndex { band: stored, col, row });
        let block = block.map_err(|error| EngineError::Input { path: file.path.clone(), source: error.duplicate() })?;
        // What lies behind the raster's own edge is no pixel.
        let [x, y] = [col * facts.block_width, row * facts.block_height];
        let held =
            Window { col: file.window.col + x, row: file.window.row + y, width: block.width, height: block.height };
        Ok((block, held))
    };
    blocks_of(facts, own).map(read).collect()
}

fn view<'a>(file: &DeliveredFile, band: u16, (block, held): &'a Held, window: &Window) -> Option<View<'a>> {
    let seen = file.window.intersection(window)?;
    View::of(block, file.source.facts(), band, *held, &seen)
}

fn tally_masked(wanted: &Wanted<'_>, view: &View<'_>, masked: &mut [u64]) {
    for row in view.part.row..view.part.row_end() {
        let Some(valid) = view.valid(row) else { return };
        segments(wanted.reach, &view.part, row, |from, to, zone| {
            masked[zone] += valid[from..to].iter().filter(|valid| **valid == 0).count() as u64;
        });
    }
}

/// Writes the classes that a view holds into the plane of a unit; `keep` leaves what is there already.
fn fill(classes: &[u32], view: &View<'_>, window: &Window, scratch: &mut Vec<u16>, plane: &mut [u32], keep: bool) {
    let mut own = vec![NOTHING; if keep { view.part.width as usize } else { 0 }];
    for row in view.part.row..view.part.row_end() {
        let first = (row - window.row) as usize * window.width as usize + (view.part.col - window.col) as usize;
        let line = &mut plane[first..first + view.part.width as usize];
        let into = if keep { &mut own[..] } else { &mut line[..] };
        view.line(row, scratch).classes(classes, into);
        if let Some(valid) = view.valid(row) {
            into.iter_mut().zip(valid).filter(|(_, valid)| **valid == 0).for_each(|(class, _)| *class = NOTHING);
        }
        if keep {
            line.iter_mut()
                .zip(&own)
                .filter(|(held, _)| matches!(**held, NOTHING | EMPTIED))
                .for_each(|(held, own)| *held = *own);
        }
    }
}
