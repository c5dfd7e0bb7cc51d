//! How much of what a coverage holds in which territories.

use std::collections::HashMap;

use mutirao_core::{grid::Window, sink::Event};
use mutirao_mosaic::{
    patches::NOTHING,
    zones::{ZoneRows, ZoneRun, Zones},
};

use super::{
    Area, Finished, FinishedPeriod, Means,
    held::{Held, Numbers, Run, runs_end},
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
    /// The source; none is nothing.
    pub source: Option<u16>,
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
    let work = |at: usize, give: &dyn Fn(Counted) -> bool| {
        if means.observer.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        count(finished, factors, zones, unit(at), give)?;
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

/// What was counted, in no order.
type Counted = Vec<(FinishedKey, Amount)>;

/// Amounts that a thread keeps at most before it hands them on, by zone and number: 32 MB.
const MOST: usize = 1 << 20;

fn count(
    finished: &Finished<'_>,
    factors: &AreaFactors,
    zones: &Zones,
    unit: Unit,
    give: &dyn Fn(Counted) -> bool,
) -> Result<()> {
    let of = &finished.periods[unit.period];
    let zone_rows = zones.rows(unit.rows.row, unit.rows.row_end());
    let mut counter = Counter {
        factors,
        zones: &zone_rows,
        numbers: Numbers::default(),
        whole: Vec::new(),
        by_zone: HashMap::new(),
        ends: Vec::new(),
        runs: Vec::new(),
    };
    // A few blocks at a time, so that memory does not grow with the width of the grid, and pixels stay near the processor.
    let mut row = unit.rows.row;
    while row < unit.rows.row_end() {
        let end = of.class.stop_after(row, unit.rows.row_end());
        let mut col = unit.rows.col;
        while col < unit.rows.col_end() {
            let stop = of.class.stop_beside([col, row], unit.rows.col_end());
            counter.window(of, &Window { col, row, width: stop - col, height: end - row })?;
            if counter.by_zone.len() * counter.numbers.len() > MOST {
                give(counter.take(unit.period));
            }
            col = stop;
        }
        row = end;
    }
    give(counter.take(unit.period));
    Ok(())
}

/// Counts densely: everything that pixels hold is a small number, and so is a place in the amounts of every zone.
struct Counter<'a> {
    factors: &'a AreaFactors,
    zones: &'a ZoneRows,
    numbers: Numbers,
    /// Of the whole coverage, by number.
    whole: Vec<Amount>,
    /// By zone and number.
    by_zone: HashMap<u32, Vec<Amount>>,
    /// Of the row at hand: where runs end, and those within the area.
    ends: Vec<u32>,
    runs: Vec<Run>,
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

    /// Finds the runs of a row that begins in a column of the grid, and what they hold.
    fn hold(&mut self, bands: [Option<&[u32]>; 4], col: u32, is_inside: impl Fn(&Held) -> bool) {
        runs_end(bands, &mut self.ends);
        self.runs.clear();
        let mut start = 0;
        for end in &self.ends {
            let held = bands.map(|band| band.map_or(NOTHING, |band| band[start as usize]));
            if is_inside(&held) {
                self.runs.push(Run { start: col + start, end: col + end, of: self.numbers.of(held) });
            }
            start = *end;
        }
    }

    fn add(&mut self, row: u32, window: &Window) {
        let Counter { factors, zones, numbers, whole, by_zone, runs, .. } = self;
        whole.resize(numbers.len(), Amount::default());
        let zones = zones.row(row);
        // Zones cover the row together. Where they are as long as it is none overlap, and what is in them is the whole.
        let none_overlap = covered(zones, window) == u64::from(window.width);
        if !none_overlap {
            runs.iter().for_each(|run| whole[run.of] += factors.weigh(row, run.start, run.end));
        }
        let mut begin = 0;
        for zone in zones.iter().take_while(|zone| zone.start < window.col_end()) {
            let [from, to] = [zone.start.max(window.col), zone.end.min(window.col_end())];
            if from >= to {
                continue;
            }
            let amounts = by_zone.entry(zone.zone).or_default();
            if amounts.len() < numbers.len() {
                amounts.resize(numbers.len(), Amount::default());
            }
            // Zones are sorted by their first columns, so what ends before this one is of no use to later ones either.
            begin += runs[begin..].iter().take_while(|run| run.end <= from).count();
            for run in runs[begin..].iter().take_while(|run| run.start < to) {
                let amount = factors.weigh(row, from.max(run.start), to.min(run.end));
                amounts[run.of] += amount;
                if none_overlap {
                    whole[run.of] += amount;
                }
            }
        }
    }

    /// What was counted since this was last asked.
    fn take(&mut self, period: usize) -> Counted {
        let numbers = std::mem::take(&mut self.numbers);
        let (by_zone, whole) = (std::mem::take(&mut self.by_zone), std::mem::take(&mut self.whole));
        let number = |value: u32| (value != NOTHING).then_some(value as u16);
        let key = |zone: Option<u32>, [class, source, rule, _]: Held| FinishedKey {
            period,
            zone,
            class: number(class),
            source: number(source),
            rule: number(rule).unwrap_or(0),
        };
        let all = by_zone.into_iter().map(|(zone, amounts)| (Some(zone), amounts)).chain([(None, whole)]);
        let there = all.flat_map(|(zone, amounts)| {
            let counted = amounts.into_iter().zip(numbers.all()).filter(|(amount, _)| amount.pixels > 0);
            counted.map(move |(amount, held)| (key(zone, *held), amount))
        });
        there.collect()
    }
}

/// The pixels of a row within a window that lie in zones, each as often as zones hold it.
fn covered(zones: &[ZoneRun], window: &Window) -> u64 {
    let within = |zone: &ZoneRun| zone.end.min(window.col_end()).saturating_sub(zone.start.max(window.col));
    zones.iter().map(|zone| u64::from(within(zone))).sum()
}
