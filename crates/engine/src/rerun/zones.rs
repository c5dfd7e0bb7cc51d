//! Where territories lie, as digests: of a whole kind, and of what a tile sees of it.

use std::sync::Arc;

use mutirao_core::grid::Window;
use mutirao_mosaic::zones::{NO_ZONE, ZoneRows, ZoneRun, Zones};

use super::{
    digest::{Digest, Mixer, digest},
    places::Places,
};
use crate::{plan::Plan, territories::Kind};

/// The digest of all polygons of a kind with their keys.
pub fn of_kind(kind: &Kind) -> Digest {
    let mut mixer = Mixer::default();
    for territory in &kind.territories {
        mixer.bytes(territory.key.as_bytes());
        for polygon in territory.geometry.iter().flat_map(|geometry| &geometry.polygons) {
            for ring in &polygon.rings {
                mixer.number(ring.len() as i64);
                for [x, y] in ring {
                    mixer.number(x.to_bits().cast_signed()).number(y.to_bits().cast_signed());
                }
            }
        }
    }
    mixer.finish()
}

/// The digests of the keys of all kinds, by kind and zone.
#[derive(Debug)]
pub struct ZoneKeys(Vec<Vec<Digest>>);

impl ZoneKeys {
    /// Of these kinds.
    pub fn new(kinds: &[Kind]) -> Self {
        ZoneKeys(kinds.iter().map(of_keys).collect())
    }

    /// What a tile sees of every kind; 0 of one without polygons.
    pub fn of_tile(&self, rows: &[Option<Arc<ZoneRows>>], tile: &Window) -> Vec<Digest> {
        let digest = |(rows, keys): (&Option<Arc<ZoneRows>>, &Vec<Digest>)| {
            rows.as_ref().map_or(0, |rows| of_tile(rows, tile, keys))
        };
        rows.iter().zip(&self.0).map(digest).collect()
    }
}

/// The digests of the keys of a kind's territories, by zone.
fn of_keys(kind: &Kind) -> Vec<Digest> {
    kind.territories.iter().map(|territory| digest(territory.key.as_bytes())).collect()
}

/// The digest of the runs of zones within a tile.
fn of_tile(rows: &ZoneRows, tile: &Window, keys: &[Digest]) -> Digest {
    let mut mixer = Mixer::default();
    let clipped = |run: &ZoneRun| {
        let key = if run.zone == NO_ZONE { 0 } else { keys[run.zone as usize] };
        (run.start.max(tile.col), run.end.min(tile.col_end()), key)
    };
    let mut runs: Vec<(u32, u32, Digest)> = Vec::new();
    for row in tile.row..tile.row_end() {
        let here = rows.row(row).iter().filter(|run| run.start < tile.col_end() && run.end > tile.col);
        runs.clear();
        runs.extend(here.map(clipped));
        // Numbers of territories are those of their list; their keys are what counts.
        runs.sort_unstable();
        mixer.number(runs.len() as i64);
        for (start, end, key) in &runs {
            mixer.number(*start).number(*end).digest(*key);
        }
    }
    mixer.finish()
}

/// The digests of all tiles of the grid for one kind of polygons.
pub fn of_tiles(plan: &Plan, kind: &Kind, places: &Places, band_rows: u32) -> Vec<Digest> {
    let polygons = kind.territories.iter().enumerate();
    let polygons = polygons.filter_map(|(zone, territory)| Some((zone as u32, territory.geometry.as_ref()?)));
    let zones = Zones::new(&plan.grid, band_rows, polygons);
    let keys = of_keys(kind);
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|place| places.window(*place).row);
    let mut digests = vec![0; places.len()];
    for band in order.chunk_by(|a, b| places.window(*a).row == places.window(*b).row) {
        let window = places.window(band[0]);
        let rows = zones.rows(window.row, window.row_end());
        for place in band {
            digests[*place] = of_tile(&rows, &places.window(*place), &keys);
        }
    }
    digests
}
