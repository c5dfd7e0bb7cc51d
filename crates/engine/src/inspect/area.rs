//! Where a partner is responsible, as runs of pixels by row.

use mutirao_core::{
    geometry::MultiPolygon,
    grid::{Grid, Window},
};
use mutirao_mosaic::{
    measure::strip::Strip,
    tally::Zone,
    zones::{NO_ZONE, Zones},
};

/// Runs of a row: first column, and the first after it; ascending, none touching another.
type Runs = Vec<(u32, u32)>;

/// The responsible area and the strip around it, by row of the frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    inside: Vec<Runs>,
    /// Area and strip together.
    within: Vec<Runs>,
}

impl Reach {
    /// Of polygons in the frame's CRS: pixels whose centre they hold, and those whose centre lies in the strip around them, if there is one.
    pub fn of_polygons(frame: &Grid, polygons: &[MultiPolygon], strip: Option<&Strip<'_>>) -> Reach {
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
        let within = strip.map_or_else(|| inside.clone(), |strip| strip.around_polygons(polygons, &inside));
        Reach { inside, within }
    }

    /// Of runs by row, all rows of the frame, and those around their pixels' squares, if there is a strip.
    pub fn of_rows(inside: Vec<Vec<(u32, u32)>>, strip: Option<&Strip<'_>>) -> Reach {
        let within = strip.map_or_else(|| inside.clone(), |strip| strip.around_pixels(&inside));
        Reach { inside, within }
    }

    /// How many pixels the area has in the frame.
    pub fn pixels(&self) -> u64 {
        self.inside.iter().flatten().map(|(start, end)| u64::from(end - start)).sum()
    }

    /// The parts of a stretch of a row that lie outside the area: (from, to).
    pub(super) fn outside(&self, row: u32, from: u32, to: u32, mut tell: impl FnMut(u32, u32)) {
        let mut at = from;
        for (start, end) in clipped(&self.inside[row as usize], from, to) {
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
    pub(super) fn segments(&self, row: u32, from: u32, to: u32, mut tell: impl FnMut(u32, u32, Zone)) {
        let mut at = from;
        let mut go = |to: u32, zone: Zone| {
            if at < to {
                tell(at, to, zone);
                at = to;
            }
        };
        let inside = clipped(&self.inside[row as usize], from, to);
        let mut inside = inside.peekable();
        for (start, end) in clipped(&self.within[row as usize], from, to) {
            go(start, Zone::Beyond);
            while let Some((first, last)) = inside.next_if(|(first, _)| *first < end) {
                go(first, Zone::Strip);
                go(last, Zone::Inside);
            }
            go(end, Zone::Strip);
        }
        go(to, Zone::Beyond);
    }
}

/// The parts of runs between two columns.
fn clipped(runs: &[(u32, u32)], from: u32, to: u32) -> impl Iterator<Item = (u32, u32)> {
    let first = runs.partition_point(|(_, end)| *end <= from);
    let within = runs[first..].iter().take_while(move |(start, _)| *start < to);
    within.map(move |(start, end)| ((*start).max(from), (*end).min(to)))
}

/// Shares a row of a part of the frame out among the zones; columns count from the part's first.
pub(super) fn segments(reach: Option<&Reach>, part: &Window, row: u32, mut tell: impl FnMut(usize, usize, Zone)) {
    match reach {
        None => tell(0, part.width as usize, Zone::Inside),
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
            pixels in prop::collection::vec(0u8..3, 1..60),
            cut in (0u32..60, 0u32..60),
        ) {
            // 0 beyond, 1 strip, 2 inside.
            let runs = |least: u8| -> Vec<(u32, u32)> {
                let mut runs: Vec<(u32, u32)> = Vec::new();
                for (at, _) in pixels.iter().enumerate().filter(|(_, zone)| **zone >= least) {
                    match runs.last_mut() {
                        Some((_, end)) if *end == at as u32 => *end += 1,
                        _ => runs.push((at as u32, at as u32 + 1)),
                    }
                }
                runs
            };
            let reach = Reach { inside: vec![runs(2)], within: vec![runs(1)] };
            let len = pixels.len() as u32;
            let (from, to) = (cut.0.min(cut.1).min(len), cut.0.max(cut.1).min(len));
            let mut zones = Vec::new();
            reach.segments(0, from, to, |start, end, zone| {
                assert_eq!(start as usize, from as usize + zones.len());
                zones.extend((start..end).map(|_| zone));
            });
            let expected = pixels[from as usize..to as usize].iter().map(|zone| match zone {
                0 => Zone::Beyond,
                1 => Zone::Strip,
                _ => Zone::Inside,
            });
            prop_assert_eq!(zones, expected.collect::<Vec<_>>());
        }
    }
}
