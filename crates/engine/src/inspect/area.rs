//! Where a partner is responsible, as runs of pixels by row.

use mutirao_core::{
    geometry::MultiPolygon,
    grid::{Grid, Window},
};
use mutirao_mosaic::{
    measure::strip::{RowRuns, Strip},
    tally::INSIDE,
    zones::{NO_ZONE, Zones},
};

/// The responsible area and the strips around it, by row of the frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The area; then, from the narrowest on, the area together with each strip.
    within: Vec<Vec<RowRuns>>,
}

impl Reach {
    /// Of polygons in the frame's CRS: pixels whose centre they hold, and those whose centre lies in strips around them, the narrowest
    /// first.
    pub fn of_polygons(frame: &Grid, polygons: &[MultiPolygon], strips: &[Strip<'_>]) -> Reach {
        const BAND: u32 = 256;
        let zones = Zones::new(frame, BAND, polygons.iter().map(|polygon| (0, polygon)));
        let mut inside = Vec::with_capacity(frame.height() as usize);
        for first in (0..frame.height()).step_by(BAND as usize) {
            let end = (first + BAND).min(frame.height());
            let rows = zones.rows(first, end);
            let of =
                |row| rows.row(row).iter().filter(|run| run.zone != NO_ZONE).map(|run| (run.start, run.end)).collect();
            inside.extend((first..end).map(of));
        }
        Reach::around(inside, strips, |strip, inside| strip.around_polygons(polygons, inside))
    }

    /// Of runs by row, all rows of the frame, and those in strips around their pixels' squares, the narrowest first.
    pub fn of_rows(inside: Vec<RowRuns>, strips: &[Strip<'_>]) -> Reach {
        Reach::around(inside, strips, |strip, inside| strip.around_pixels(inside))
    }

    fn around(
        inside: Vec<RowRuns>,
        strips: &[Strip<'_>],
        widened: impl Fn(&Strip<'_>, &[RowRuns]) -> Vec<RowRuns>,
    ) -> Reach {
        let mut within: Vec<Vec<RowRuns>> = strips.iter().map(|strip| widened(strip, &inside)).collect();
        within.insert(INSIDE, inside);
        Reach { within }
    }

    /// How many zones the frame is shared out among.
    pub fn zones(&self) -> usize {
        self.within.len() + 1
    }

    /// How many pixels the area has in the frame.
    pub fn pixels(&self) -> u64 {
        self.within[INSIDE].iter().flatten().map(|(start, end)| u64::from(end - start)).sum()
    }

    /// The zone of a part of the frame, if all of it lies in one.
    pub(super) fn zone_of(&self, part: &Window) -> Option<usize> {
        let (from, to) = (part.col, part.col_end());
        let row = |zone: usize, row: u32| &self.within[zone][row as usize];
        let zone = (0..self.within.len()).find(|zone| is_met(row(*zone, part.row), from, to));
        let zone = zone.unwrap_or(self.within.len());
        let is_all = |at: u32| {
            (zone == self.within.len() || is_held(row(zone, at), from, to))
                && (zone == INSIDE || !is_met(row(zone - 1, at), from, to))
        };
        (part.row..part.row_end()).all(is_all).then_some(zone)
    }

    /// The parts of a stretch of a row that lie outside the area: (from, to).
    pub(super) fn outside(&self, row: u32, from: u32, to: u32, mut tell: impl FnMut(u32, u32)) {
        let mut at = from;
        for (start, end) in clipped(&self.within[INSIDE][row as usize], from, to) {
            if at < start {
                tell(at, start);
            }
            at = end;
        }
        if at < to {
            tell(at, to);
        }
    }

    /// Shares a stretch of a row out among the zones: told as (from, to, zone), one after the other.
    pub(super) fn segments(&self, row: u32, from: u32, to: u32, mut tell: impl FnMut(u32, u32, usize)) {
        self.share(self.within.len(), row as usize, (from, to), &mut tell);
    }

    /// The same of a stretch of which nothing lies farther out than a zone.
    fn share(&self, zone: usize, row: usize, (from, to): (u32, u32), tell: &mut impl FnMut(u32, u32, usize)) {
        if zone == INSIDE {
            return tell(from, to, zone);
        }
        let mut at = from;
        for (start, end) in clipped(&self.within[zone - 1][row], from, to) {
            if at < start {
                tell(at, start, zone);
            }
            self.share(zone - 1, row, (start, end), tell);
            at = end;
        }
        if at < to {
            tell(at, to, zone);
        }
    }
}

/// The first run that reaches a column or one behind it.
fn reaching(runs: &[(u32, u32)], from: u32) -> Option<&(u32, u32)> {
    runs.get(runs.partition_point(|(_, end)| *end <= from))
}

/// Whether a run holds all columns of a stretch.
fn is_held(runs: &[(u32, u32)], from: u32, to: u32) -> bool {
    reaching(runs, from).is_some_and(|(start, end)| *start <= from && to <= *end)
}

/// Whether a run holds any of them.
fn is_met(runs: &[(u32, u32)], from: u32, to: u32) -> bool {
    reaching(runs, from).is_some_and(|(start, _)| *start < to)
}

/// The parts of runs between two columns.
fn clipped(runs: &[(u32, u32)], from: u32, to: u32) -> impl Iterator<Item = (u32, u32)> {
    let first = runs.partition_point(|(_, end)| *end <= from);
    let within = runs[first..].iter().take_while(move |(start, _)| *start < to);
    within.map(move |(start, end)| ((*start).max(from), (*end).min(to)))
}

/// Shares a row of a part of the frame out among the zones; columns count from the part's first.
pub(super) fn segments(reach: Option<&Reach>, part: &Window, row: u32, mut tell: impl FnMut(usize, usize, usize)) {
    match reach {
        None => tell(0, part.width as usize, INSIDE),
        Some(reach) => reach.segments(row, part.col, part.col_end(), |from, to, zone| {
            tell((from - part.col) as usize, (to - part.col) as usize, zone);
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_row_is_shared_out_pixel_by_pixel(
            pixels in prop::collection::vec(0usize..4, 1..60),
            cut in (0u32..60, 0u32..60),
        ) {
            let runs = |most: usize| -> RowRuns {
                let mut runs = RowRuns::new();
                for (at, _) in pixels.iter().enumerate().filter(|(_, zone)| **zone <= most) {
                    match runs.last_mut() {
                        Some((_, end)) if *end == at as u32 => *end += 1,
                        _ => runs.push((at as u32, at as u32 + 1)),
                    }
                }
                runs
            };
            // Area, two strips, and what is beyond.
            let reach = Reach { within: (0..3).map(|zone| vec![runs(zone)]).collect() };
            prop_assert_eq!(reach.zones(), 4);
            let len = pixels.len() as u32;
            let (from, to) = (cut.0.min(cut.1).min(len), cut.0.max(cut.1).min(len));
            let mut zones = Vec::new();
            reach.segments(0, from, to, |start, end, zone| {
                assert_eq!(start as usize, from as usize + zones.len());
                zones.extend((start..end).map(|_| zone));
            });
            prop_assert_eq!(&zones, &pixels[from as usize..to as usize]);
            if from < to {
                zones.dedup();
                let only = (zones.len() == 1).then(|| zones[0]);
                prop_assert_eq!(reach.zone_of(&Window { col: from, row: 0, width: to - from, height: 1 }), only);
            }
        }
    }
}
