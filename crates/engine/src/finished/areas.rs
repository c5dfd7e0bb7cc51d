//! How much of what a coverage holds in which territories.

use std::collections::HashMap;

use mutirao_core::{grid::Window, sink::Event};
use mutirao_mosaic::{
    patches::NOTHING,
    zones::{ZoneRows, Zones},
};

use super::{Area, Finished, FinishedPeriod, Means, layer::Layer, order::in_order};
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
    let work = |at: usize, give: &dyn Fn(HashMap<FinishedKey, Amount>) -> bool| {
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

/// What a pixel holds: class, source, rule and whether it lies in the area, each [`NOTHING`] where there is none.
type Held = [u32; 4];

fn count(
    finished: &Finished<'_>,
    factors: &AreaFactors,
    zones: &Zones,
    unit: Unit,
) -> Result<HashMap<FinishedKey, Amount>> {
    let of = &finished.periods[unit.period];
    let zone_rows = zones.rows(unit.rows.row, unit.rows.row_end());
    let mut counter = Counter { unit, factors, zones: &zone_rows, counts: HashMap::new(), runs: Vec::new() };
    // A few columns of blocks at a time, so that memory does not grow with the width of the grid.
    const COLUMNS: usize = 4096;
    for col in (unit.rows.col..unit.rows.col_end()).step_by(COLUMNS) {
        let width = (COLUMNS as u32).min(unit.rows.col_end() - col);
        let mut row = unit.rows.row;
        while row < unit.rows.row_end() {
            let end = of.class.stop_after(row, unit.rows.row_end());
            let window = Window { col, row, width, height: end - row };
            counter.window(of, &window)?;
            row = end;
        }
    }
    Ok(counter.counts)
}

struct Counter<'a> {
    unit: Unit,
    factors: &'a AreaFactors,
    zones: &'a ZoneRows,
    counts: HashMap<FinishedKey, Amount>,
    /// Of the row at hand: first column, the one after the last, what its pixels hold.
    runs: Vec<(u32, u32, Held)>,
}

impl Counter<'_> {
    fn window(&mut self, of: &FinishedPeriod<'_>, window: &Window) -> Result<()> {
        let read = |layer: Option<&Layer<'_>>| -> Result<Vec<u32>> {
            let Some(layer) = layer else { return Ok(Vec::new()) };
            let mut values = vec![NOTHING; window.pixels()];
            layer.read(window, &mut values).map(|()| values)
        };
        let inside = if let Area::Where(layer) = &of.area { Some(layer) } else { None };
        let bands = [read(Some(&of.class))?, read(of.source.as_ref())?, read(of.rule.as_ref())?, read(inside)?];
        let is_inside = |held: &Held| match of.area {
            Area::Whole => true,
            Area::Where(_) => held[3] != NOTHING,
            Area::Classes => held[0] != NOTHING,
        };
        for row in 0..window.height {
            let first = (row * window.width) as usize;
            let line = bands.each_ref().map(|band| band.get(first..first + window.width as usize));
            self.runs_of(line, window.col);
            self.runs.retain(|(_, _, held)| is_inside(held));
            self.add(window.row + row, window);
        }
        Ok(())
    }

    fn runs_of(&mut self, line: [Option<&[u32]>; 4], col: u32) {
        let pixel = |x: usize| -> Held {
            let [class, source, rule, area] = line.map(|band| band.map_or(NOTHING, |band| band[x]));
            // How many layers speak does not matter, but whether the area is there.
            [class, source, rule, if area == NOTHING { NOTHING } else { 0 }]
        };
        let width = line[0].map_or(0, <[u32]>::len);
        self.runs.clear();
        let mut start = 0;
        while start < width {
            let held = pixel(start);
            let end = (start + 1..width).find(|x| pixel(*x) != held).unwrap_or(width);
            self.runs.push((col + start as u32, col + end as u32, held));
            start = end;
        }
    }

    fn add(&mut self, row: u32, window: &Window) {
        let Counter { unit, factors, counts, runs, .. } = self;
        let mut add = |zone: Option<u32>, from: u32, to: u32, held: &Held| {
            let number = |value: u32| if value == NOTHING { 0 } else { value as u16 };
            let key = FinishedKey {
                period: unit.period,
                zone,
                class: (held[0] != NOTHING).then_some(held[0] as u16),
                source: number(held[1]),
                rule: number(held[2]),
            };
            *counts.entry(key).or_default() += factors.weigh(row, from, to);
        };
        runs.iter().for_each(|(from, to, held)| add(None, *from, *to, held));
        for zone in self.zones.row(row) {
            let [from, to] = [zone.start.max(window.col), zone.end.min(window.col_end())];
            let begin = runs.partition_point(|run| run.1 <= from);
            for (start, end, held) in runs[begin..].iter().take_while(|run| run.0 < to) {
                add(Some(zone.zone), from.max(*start), to.min(*end), held);
            }
        }
    }
}
