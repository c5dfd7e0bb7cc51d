//! Where a tile lies: its territories and its true areas, by which runs are weighed.

use std::collections::HashMap;

use mutirao_core::{grid::Window, rule::LayerId};
use mutirao_mosaic::{
    runs::Runs,
    zones::{ZoneRows, ZoneRun},
};

use super::key::TerritoryId;
use crate::areas::{Amount, AreaFactors};

/// Where territories lie in a tile.
#[derive(Clone, Copy)]
pub enum ZonesHere<'a> {
    /// In polygons.
    Polygons(&'a ZoneRows),
    /// Where a region layer holds their value.
    Layer(LayerId),
}

/// Where the territories of one kind lie in a tile.
#[derive(Clone, Copy)]
pub enum KindHere<'a> {
    /// Its own.
    Own(ZonesHere<'a>),
    /// Where those of two other kinds meet.
    Crossing([ZonesHere<'a>; 2]),
}

/// Where a tile lies.
pub struct Ground<'a> {
    /// The tile, in pixels of the grid.
    pub tile: Window,
    /// True areas.
    pub factors: &'a AreaFactors,
    /// The kinds of territories, from 1.
    pub kinds: &'a [KindHere<'a>],
}

/// The zones of the polygons of a kind: one, or two of a crossing of polygons, of which the rest stays 0.
type Zones = [u32; 2];

/// How a tile lies to the zones of a kind.
enum Lying {
    /// All of it within these.
    Within(Zones),
    /// In several: what is in each.
    Several(HashMap<Zones, Vec<Amount>>),
}

impl Lying {
    /// The whole of `pixels` pixels as the sum of its zones, unless some overlap: each pixel is in one at least, if only in that of what
    /// no territory covers.
    fn sum(&self, indices: usize, pixels: u64) -> Option<Vec<Amount>> {
        let Lying::Several(by_zones) = self else { return None };
        let mut whole = vec![Amount::default(); indices];
        for amounts in by_zones.values() {
            whole.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += *amount);
        }
        (whole.iter().map(|amount| amount.pixels).sum::<u64>() == pixels).then_some(whole)
    }
}

impl<'a> KindHere<'a> {
    fn parts(&self) -> &[ZonesHere<'a>] {
        match self {
            KindHere::Own(zones) => std::slice::from_ref(zones),
            KindHere::Crossing(both) => both,
        }
    }

    fn polygons(&self) -> Vec<&'a ZoneRows> {
        let rows = |zones: &ZonesHere<'a>| match *zones {
            ZonesHere::Polygons(rows) => Some(rows),
            ZonesHere::Layer(_) => None,
        };
        self.parts().iter().filter_map(rows).collect()
    }

    /// The territory, from the zones of its polygons and the values of its region layers.
    fn territory(&self, zones: Zones, value: impl Fn(LayerId) -> TerritoryId) -> TerritoryId {
        let mut zones = zones.into_iter();
        let mut part = |part: &ZonesHere<'_>| match part {
            ZonesHere::Layer(layer) => value(*layer),
            // Of the polygons as many zones are known as there are of them.
            ZonesHere::Polygons(_) => {
                zones.next().map_or(TerritoryId::NONE, |zone| TerritoryId::of(zone.cast_signed()))
            }
        };
        match self {
            KindHere::Own(own) => part(own),
            KindHere::Crossing([first, second]) => TerritoryId::crossing(part(first), part(second)),
        }
    }
}

impl Ground<'_> {
    /// Weighs runs by what they are of (indices below `indices`), by kind and by territory: calls `add(kind, territory, index, amount)`
    /// for each that is there. `value` says which value of a region layer stands under an index.
    pub fn weigh(
        &self,
        runs: &Runs,
        indices: usize,
        value: impl Fn(LayerId, usize) -> TerritoryId,
        mut add: impl FnMut(u16, TerritoryId, usize, Amount),
    ) {
        let kinds: Vec<Lying> = self.kinds.iter().map(|kind| self.lying(kind, runs, indices)).collect();
        let whole = kinds.iter().find_map(|lying| lying.sum(indices, runs.pixels()));
        let whole = whole.unwrap_or_else(|| self.of_whole(runs, indices));
        for (index, amount) in there(&whole) {
            add(0, TerritoryId::NONE, index, amount);
        }
        for ((of, lying), kind) in self.kinds.iter().zip(&kinds).zip(1u16..) {
            let mut add_all = |zones: Zones, amounts: &[Amount]| {
                there(amounts).for_each(|(index, amount)| {
                    add(kind, of.territory(zones, |layer| value(layer, index)), index, amount);
                });
            };
            match lying {
                Lying::Within(zones) => add_all(*zones, &whole),
                Lying::Several(by_zones) => {
                    by_zones.iter().for_each(|(zones, amounts)| add_all(*zones, amounts));
                }
            }
        }
    }

    fn lying(&self, kind: &KindHere<'_>, runs: &Runs, indices: usize) -> Lying {
        let polygons = kind.polygons();
        match self.only_zones(&polygons) {
            Some(zones) => Lying::Within(zones),
            None => Lying::Several(self.by_zones(runs, indices, &polygons)),
        }
    }

    fn of_whole(&self, runs: &Runs, indices: usize) -> Vec<Amount> {
        let mut amounts = vec![Amount::default(); indices];
        for row in 0..runs.height() {
            for run in runs.row(row) {
                amounts[run.of as usize] += self.stretch(runs, row, run.start as usize, run.len as usize);
            }
        }
        amounts
    }

    /// Weighs a stretch of a row; `start` counts row by row from the tile's upper left.
    fn stretch(&self, runs: &Runs, row: usize, start: usize, len: usize) -> Amount {
        let col = self.tile.col + (start - row * runs.width()) as u32;
        self.factors.weigh(self.tile.row + row as u32, col, col + len as u32)
    }

    /// The zones that all of the tile lies in, if it lies in one of each.
    fn only_zones(&self, polygons: &[&ZoneRows]) -> Option<Zones> {
        let mut only = Zones::default();
        for (zone, rows) in only.iter_mut().zip(polygons) {
            *zone = self.only_zone(rows)?;
        }
        Some(only)
    }

    fn only_zone(&self, rows: &ZoneRows) -> Option<u32> {
        let mut only = None;
        for row in self.tile.row..self.tile.row_end() {
            let mut here = self.here(rows, row);
            let run = here.next()?;
            let covers = run.start <= self.tile.col && run.end >= self.tile.col_end();
            if !covers || here.next().is_some() || only.is_some_and(|zone| zone != run.zone) {
                return None;
            }
            only = Some(run.zone);
        }
        only
    }

    /// The runs of zones of a row of the grid that meet the tile.
    fn here<'a>(&self, rows: &'a ZoneRows, row: u32) -> impl Iterator<Item = &'a ZoneRun> + use<'a> {
        let [start, end] = [self.tile.col, self.tile.col_end()];
        rows.row(row).iter().filter(move |run| run.start < end && run.end > start)
    }

    /// The zones of a row of the grid within the tile, overlaid where there are two sets of polygons: first column, end, zones.
    fn zones(&self, polygons: &[&ZoneRows], row: u32) -> Vec<(u32, u32, Zones)> {
        let mut zones = vec![(self.tile.col, self.tile.col_end(), Zones::default())];
        for (at, rows) in polygons.iter().enumerate() {
            let meet = |&(start, end, known): &(u32, u32, Zones)| {
                self.here(rows, row).filter_map(move |run| {
                    let mut zones = known;
                    zones[at] = run.zone;
                    let [start, end] = [run.start.max(start), run.end.min(end)];
                    (start < end).then_some((start, end, zones))
                })
            };
            zones = zones.iter().flat_map(meet).collect();
        }
        zones
    }

    fn by_zones(&self, runs: &Runs, indices: usize, polygons: &[&ZoneRows]) -> HashMap<Zones, Vec<Amount>> {
        let mut by_zones: HashMap<Zones, Vec<Amount>> = HashMap::new();
        for row in 0..runs.height() {
            let first = row * runs.width();
            let line = runs.row(row);
            for (from, to, zones) in self.zones(polygons, self.tile.row + row as u32) {
                let amounts = by_zones.entry(zones).or_insert_with(|| vec![Amount::default(); indices]);
                let [from, to] = [from, to].map(|col| first + (col - self.tile.col) as usize);
                let begin = line.partition_point(|run| run.start as usize + run.len as usize <= from);
                for run in line[begin..].iter().take_while(|run| (run.start as usize) < to) {
                    let start = (run.start as usize).max(from);
                    let end = (run.start as usize + run.len as usize).min(to);
                    amounts[run.of as usize] += self.stretch(runs, row, start, end - start);
                }
            }
        }
        by_zones
    }
}

/// What is there at all, by index.
fn there(amounts: &[Amount]) -> impl Iterator<Item = (usize, Amount)> + '_ {
    amounts.iter().copied().enumerate().filter(|(_, amount)| amount.pixels > 0)
}
