//! Where a tile lies: its territories and its true areas, by which runs are weighed.

use std::collections::HashMap;

use mutirao_core::{grid::Window, rule::LayerId};
use mutirao_mosaic::{runs::Runs, zones::ZoneRows};

use super::key::NO_TERRITORY;
use crate::{
    areas::{Amount, AreaFactors},
    error::Result,
};

/// Where the territories of one kind lie in a tile.
pub enum ZonesHere<'a> {
    /// Polygons.
    Polygons(&'a ZoneRows),
    /// The values of a region layer.
    Layer(LayerId),
}

/// Where a tile lies.
pub struct Ground<'a> {
    /// The tile, in pixels of the grid.
    pub tile: Window,
    /// True areas.
    pub factors: &'a AreaFactors,
    /// The kinds of territories, from 1.
    pub kinds: &'a [ZonesHere<'a>],
}

impl Ground<'_> {
    /// Weighs runs by what they are of (indices below `indices`), by kind and by territory: calls `add(kind, territory, index, amount)`
    /// for each that is there. `value` says which value of a region layer stands under an index.
    ///
    /// # Errors
    /// Those of `add`.
    pub fn weigh(
        &self,
        runs: &Runs,
        indices: usize,
        value: impl Fn(LayerId, usize) -> i32,
        mut add: impl FnMut(u16, i32, usize, Amount) -> Result<()>,
    ) -> Result<()> {
        let whole = self.of_whole(runs, indices);
        let mut add_all = |kind: u16, amounts: &[Amount], territory: &dyn Fn(usize) -> i32| {
            let there = amounts.iter().enumerate().filter(|(_, amount)| amount.pixels > 0);
            there.into_iter().try_for_each(|(index, amount)| add(kind, territory(index), index, *amount))
        };
        add_all(0, &whole, &|_| NO_TERRITORY)?;
        for (zones, kind) in self.kinds.iter().zip(1u16..) {
            match zones {
                ZonesHere::Layer(layer) => add_all(kind, &whole, &|index| value(*layer, index))?,
                ZonesHere::Polygons(rows) => match self.only_zone(rows) {
                    Some(zone) => add_all(kind, &whole, &|_| zone.cast_signed())?,
                    None => {
                        for (zone, amounts) in self.by_zone(runs, indices, rows) {
                            add_all(kind, &amounts, &|_| zone.cast_signed())?;
                        }
                    }
                },
            }
        }
        Ok(())
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

    /// The zone that all of the tile lies in, if there is one.
    fn only_zone(&self, rows: &ZoneRows) -> Option<u32> {
        let mut only = None;
        for row in self.tile.row..self.tile.row_end() {
            let mut here =
                rows.row(row).iter().filter(|run| run.start < self.tile.col_end() && run.end > self.tile.col);
            let run = here.next()?;
            let covers = run.start <= self.tile.col && run.end >= self.tile.col_end();
            if !covers || here.next().is_some() || only.is_some_and(|zone| zone != run.zone) {
                return None;
            }
            only = Some(run.zone);
        }
        only
    }

    fn by_zone(&self, runs: &Runs, indices: usize, zones: &ZoneRows) -> HashMap<u32, Vec<Amount>> {
        let mut by_zone: HashMap<u32, Vec<Amount>> = HashMap::new();
        for row in 0..runs.height() {
            let first = row * runs.width();
            let line = runs.row(row);
            for zone in zones.row(self.tile.row + row as u32) {
                let from = zone.start.max(self.tile.col);
                let to = zone.end.min(self.tile.col_end());
                if from >= to {
                    continue;
                }
                let amounts = by_zone.entry(zone.zone).or_insert_with(|| vec![Amount::default(); indices]);
                let [from, to] = [from, to].map(|col| first + (col - self.tile.col) as usize);
                let begin = line.partition_point(|run| run.start as usize + run.len as usize <= from);
                for run in line[begin..].iter().take_while(|run| (run.start as usize) < to) {
                    let start = (run.start as usize).max(from);
                    let end = (run.start as usize + run.len as usize).min(to);
                    amounts[run.of as usize] += self.stretch(runs, row, start, end - start);
                }
            }
        }
        by_zone
    }
}
