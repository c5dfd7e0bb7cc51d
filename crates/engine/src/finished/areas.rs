//! How much of what a coverage holds in which territories.

use std::collections::HashMap;

use mutirao_core::{grid::Window, sink::Event};
use mutirao_mosaic::{
    patches::NOTHING,
    zones::{ZoneRows, ZoneRun, Zones},
};

use super::{
    Area, Finished, FinishedPeriod, Means,
    held::{Held, Kinds, Stretch, stretches},
    layer::Layer,
    order::in_order,
};
use crate::{
    areas::{Amount, AreaFactors},
    error::{EngineError, Result},
};

/// What an area is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FinishedKey {
    /// The period's place.
    pub period: usize,
    /// The zone: none is the whole coverage.
    pub zone: Option<u32>,
    /// The class; none is nothing.
    pub class: Option<u16>,
    /// The source, 0 for none.
    pub source: u16,
    /// The rule, 0 for none.
    pub rule: u16,
}

/// What one thread counts at a time: all columns of `rows` rows of a period.
#[derive(Clone, Copy)]
struct Unit {
    period: usize,
    rows: Window,
}

/// Counts the areas of a coverage, whole and by zone; [`mutirao_mosaic::zones::NO_ZONE`] is what lies in none. `band` is the number of rows for which
/// `zones` were made.
///
/// # Errors
/// Where pixels cannot be read, or somebody asked to stop.
pub fn areas(
    finished: &Finished<'_>,
    factors: &AreaFactors,
    zones: &Zones,
    band: u32,
    means: Means<'_>,
) -> Result<HashMap<FinishedKey, Amount>> {
    let whole = finished.grid.window();
    let down = whole.height.div_ceil(band) as usize;
    let unit = |at: usize| {
        let row = (at % down) as u32 * band;
        Unit { period: at / down, rows: Window { row, height: band.min(whole.height - row), ..whole } }
    };
    let units = down * finished.periods.len();
    means.observer.event(Event::Begin { what: "counting areas", units: Some(units as u64) });
    let mut all: HashMap<FinishedKey, Amount> = HashMap::new();
    let work = |at: usize, give: &dyn Fn(Vec<(FinishedKey, Amount)>) -> bool| {
        if means.observer.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        give(count(finished, factors, zones, unit(at))?);
        means.observer.event(Event::Advance(1));
        Ok(())
    };
    let done = in_order(means.threads, units, work, |_, counts| {
        for (key, amount) in counts {
            *all.entry(key).or_default() += amount;
        }
        Ok(())
    });
    means.observer.event(Event::End);
    done.map(|()| all)
}

fn count(
    finished: &Finished<'_>,
    factors: &AreaFactors,
    zones: &Zones,
    unit: Unit,
) -> Result<Vec<(FinishedKey, Amount)>> {
    let of = &finished.periods[unit.period];
    let zone_rows = zones.rows(unit.rows.row, unit.rows.row_end());
    let mut counter = Counter {
        factors,
        zones: &zone_rows,
        kinds: Kinds::default(),
        whole: Vec::new(),
        by_zone: HashMap::new(),
        ends: Vec::new(),
        stretches: Vec::new(),
    };
    // A few blocks at a time, so that memory does not grow with the width of the grid, and pixels stay near the processor.
    let mut row = unit.rows.row;
    while row < unit.rows.row_end() {
        let end = of.class.stop_after(row, unit.rows.row_end());
        let mut col = unit.rows.col;
        while col < unit.rows.col_end() {
            let stop = of.class.stop_beside([col, row], unit.rows.col_end());
            counter.window(of, &Window { col, row, width: stop - col, height: end - row })?;
            col = stop;
        }
        row = end;
    }
    Ok(counter.counts(unit.period))
}

/// Counts densely: everything that pixels hold is a small number, and so is a place in the amounts of every zone.
struct Counter<'a> {
    factors: &'a AreaFactors,
    zones: &'a ZoneRows,
    kinds: Kinds,
    /// Of the whole coverage, by kind.
    whole: Vec<Amount>,
    /// By zone and kind.
    by_zone: HashMap<u32, Vec<Amount>>,
    /// Of the row at hand: where stretches end, and those within the area.
    ends: Vec<u32>,
    stretches: Vec<Stretch>,
}

impl Counter<'_> {
    fn window(&mut self, of: &FinishedPeriod<'_>, window: &Window) -> Result<()> {
        let read = |layer: Option<&Layer<'_>>| -> Result<Option<Vec<u32>>> {
            let Some(layer) = layer else { return Ok(None) };
            let mut values = vec![NOTHING; window.pixels()];
            layer.read(window, &mut values).map(|()| Some(values))
        };
        let inside = if let Area::Where(layer) = &of.area { Some(layer) } else { None };
        let mut bands = [read(Some(&of.class))?, read(of.source.as_ref())?, read(of.rule.as_ref())?, read(inside)?];
        // How many layers speak does not matter, but whether the area is there.
        bands[3].iter_mut().flatten().filter(|value| **value != NOTHING).for_each(|value| *value = 0);
        let is_inside = |held: &Held| match of.area {
            Area::Whole => true,
            Area::Where(_) => held[3] != NOTHING,
            Area::Classes => held[0] != NOTHING,
        };
        let width = window.width as usize;
        for row in 0..window.height {
            let first = row as usize * width;
            let line = bands.each_ref().map(|band| band.as_ref().map(|band| &band[first..first + width]));
            self.hold(line, window.col, is_inside);
            self.add(window.row + row, window);
        }
        Ok(())
    }

    /// Finds the stretches of a row that begins in a column of the grid, and what they hold.
    fn hold(&mut self, bands: [Option<&[u32]>; 4], col: u32, is_inside: impl Fn(&Held) -> bool) {
        stretches(bands, &mut self.ends);
        self.stretches.clear();
        let mut start = 0;
        for end in &self.ends {
            let held = bands.map(|band| band.map_or(NOTHING, |band| band[start as usize]));
            if is_inside(&held) {
                self.stretches.push(Stretch { start: col + start, end: col + end, kind: self.kinds.of(held) });
            }
            start = *end;
        }
    }

    fn add(&mut self, row: u32, window: &Window) {
        let Counter { factors, zones, kinds, whole, by_zone, stretches, .. } = self;
        whole.resize(kinds.len(), Amount::default());
        let zones = zones.row(row);
        // Zones cover the row together. Where they are as long as it is none overlap, and what is in them is the whole.
        let share_out = covered(zones, window) == window.width;
        if !share_out {
            stretches.iter().for_each(|of| whole[of.kind] += factors.weigh(row, of.start, of.end));
        }
        let mut begin = 0;
        for zone in zones.iter().take_while(|zone| zone.start < window.col_end()) {
            let [from, to] = [zone.start.max(window.col), zone.end.min(window.col_end())];
            if from >= to {
                continue;
            }
            let amounts = by_zone.entry(zone.zone).or_default();
            if amounts.len() < kinds.len() {
                amounts.resize(kinds.len(), Amount::default());
            }
            // Zones are sorted by their first columns, so what ends before this one is of no use to later ones either.
            begin += stretches[begin..].iter().take_while(|of| of.end <= from).count();
            for of in stretches[begin..].iter().take_while(|of| of.start < to) {
                let amount = factors.weigh(row, from.max(of.start), to.min(of.end));
                amounts[of.kind] += amount;
                if share_out {
                    whole[of.kind] += amount;
                }
            }
        }
    }

    fn counts(self, period: usize) -> Vec<(FinishedKey, Amount)> {
        let Counter { kinds, whole, by_zone, .. } = self;
        let number = |value: u32| if value == NOTHING { 0 } else { value as u16 };
        let key = |zone: Option<u32>, [class, source, rule, _]: Held| FinishedKey {
            period,
            zone,
            class: (class != NOTHING).then_some(class as u16),
            source: number(source),
            rule: number(rule),
        };
        let all = by_zone.into_iter().map(|(zone, amounts)| (Some(zone), amounts)).chain([(None, whole)]);
        let there = all.flat_map(|(zone, amounts)| {
            let counted = amounts.into_iter().zip(kinds.all()).filter(|(amount, _)| amount.pixels > 0);
            counted.map(move |(amount, held)| (key(zone, *held), amount))
        });
        there.collect()
    }
}

/// The pixels of a row within a window that lie in zones, each as often as zones hold it.
fn covered(zones: &[ZoneRun], window: &Window) -> u32 {
    let within = |zone: &ZoneRun| zone.end.min(window.col_end()).saturating_sub(zone.start.max(window.col));
    zones.iter().map(within).sum()
}
