//! What the pixels of a release hold: which combinations there are, and how much area each territory has of them.

use std::borrow::Cow;
use std::collections::HashMap;

use mutirao_core::grid::Window;
use mutirao_engine::areas::{Amount, AreaFactors};
use mutirao_mosaic::plane::Plane;

use super::kinds::Rows;

/// Whether a pixel lies in the coverage's area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// It does.
    Inside,
    /// It does not.
    Outside,
    /// It holds nothing, and nobody says whether it should.
    Unknown,
}

/// What a pixel holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Combination {
    /// The class.
    pub class: u16,
    /// The source; 0 where provenance does not say.
    pub source: u16,
    /// The rule; 0 where provenance does not say.
    pub rule: u16,
    /// The part of the rule; 0 where provenance does not say.
    pub part: u16,
    /// Where it lies.
    pub side: Side,
}

/// How often a combination occurs in a period, and where first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Pixels.
    pub pixels: u64,
    /// The first of them, [row, column] of the grid.
    pub first: [u32; 2],
}

/// What an area is counted by. The part does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// The period's place.
    pub period: u16,
    /// 0 the whole coverage, then the kinds from 1.
    pub kind: u16,
    /// The zone of the kind.
    pub zone: u32,
    /// Class, source and rule; none for pixels of which nobody says whether they lie inside.
    pub of: Option<[u16; 3]>,
}

/// What was counted.
#[derive(Debug, Default)]
pub struct Census {
    /// By period: which combinations there are.
    pub combinations: HashMap<(u16, Combination), Seen>,
    /// Areas.
    pub areas: HashMap<Key, Amount>,
}

/// What decides where a pixel lies.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// The value of nothing.
    pub nodata: u16,
    /// The value of agreement outside.
    pub outside: u16,
    /// Whether the coverage has no edge but the grid's.
    pub boundless: bool,
}

/// The bands of a tile that are counted; none where the release has no such band.
pub struct TilePlanes<'a> {
    /// Class.
    pub class: &'a Plane,
    /// Source.
    pub source: Option<&'a Plane>,
    /// Rule.
    pub rule: Option<&'a Plane>,
    /// Part.
    pub part: Option<&'a Plane>,
    /// The first band of agreement.
    pub speak: Option<&'a Plane>,
}

/// Where a tile is counted.
pub struct Place<'a> {
    /// The period's place.
    pub period: u16,
    /// Its pixels of the grid.
    pub window: Window,
    /// Columns of a row of its planes.
    pub stride: usize,
    /// The kinds, from 1.
    pub kinds: &'a [Rows],
    /// True areas; none counts pixels alone.
    pub factors: Option<&'a AreaFactors>,
}

impl Census {
    /// Adds what others counted.
    pub fn merge(&mut self, other: Census) {
        for (key, seen) in other.combinations {
            self.see(key, seen);
        }
        for (key, amount) in other.areas {
            *self.areas.entry(key).or_default() += amount;
        }
    }

    fn see(&mut self, key: (u16, Combination), seen: Seen) {
        let known = self.combinations.entry(key).or_insert(Seen { pixels: 0, first: seen.first });
        known.pixels += seen.pixels;
        known.first = known.first.min(seen.first);
    }

    /// Counts a tile.
    pub fn tile(&mut self, planes: &TilePlanes<'_>, reading: Reading, place: &Place<'_>) {
        let mut tile = Tile::new(place);
        let band = |plane: Option<&'_ Plane>| plane.map(samples).map(Cow::into_owned);
        let class = samples(planes.class);
        let beside = [band(planes.source), band(planes.rule), band(planes.part), band(planes.speak)];
        for y in 0..place.window.height {
            let first = y as usize * place.stride;
            let row = first..first + place.window.width as usize;
            let beside = beside.each_ref().map(|band| band.as_ref().map(|band| &band[row.clone()]));
            tile.row(y, &class[row], beside, reading);
        }
        tile.finish(self);
    }

    /// Counts a window for which there is no file: all of it holds nothing.
    pub fn blank(&mut self, place: &Place<'_>, nodata: u16, side: Side) {
        let mut tile = Tile::new(place);
        let all = tile.index(Combination { class: nodata, source: 0, rule: 0, part: 0, side });
        tile.runs.push(Run { start: place.window.col, end: place.window.col_end(), combination: all });
        (place.window.row..place.window.row_end()).for_each(|row| tile.count(row));
        tile.finish(self);
    }
}

fn samples(plane: &Plane) -> Cow<'_, [u16]> {
    match plane {
        Plane::U8(samples) => Cow::Owned(samples.iter().copied().map(u16::from).collect()),
        Plane::U16(samples) => Cow::Borrowed(samples),
    }
}

/// Pixels of a row that hold the same, in columns of the grid.
struct Run {
    start: u32,
    end: u32,
    combination: usize,
}

struct Tile<'a> {
    place: &'a Place<'a>,
    known: HashMap<Combination, usize>,
    combinations: Vec<Combination>,
    seen: Vec<Seen>,
    runs: Vec<Run>,
    /// By kind and zone: by combination.
    areas: HashMap<(u16, u32), Vec<Amount>>,
}

impl<'a> Tile<'a> {
    fn new(place: &'a Place<'a>) -> Self {
        Tile {
            place,
            known: HashMap::new(),
            combinations: Vec::new(),
            seen: Vec::new(),
            runs: Vec::new(),
            areas: HashMap::new(),
        }
    }

    fn index(&mut self, combination: Combination) -> usize {
        *self.known.entry(combination).or_insert_with(|| {
            self.combinations.push(combination);
            self.combinations.len() - 1
        })
    }

    fn row(&mut self, y: u32, class: &[u16], [source, rule, part, speak]: [Option<&[u16]>; 4], reading: Reading) {
        let at = |band: Option<&[u16]>, x: usize| band.map_or(0, |band| band[x]);
        let pixel = |x: usize| [class[x], at(source, x), at(rule, x), at(part, x), at(speak, x)];
        let Window { col, row, .. } = self.place.window;
        self.runs.clear();
        let mut start = 0;
        while start < class.len() {
            let here = pixel(start);
            let mut end = start + 1;
            while end < class.len() && pixel(end) == here {
                end += 1;
            }
            let [class, source, rule, part, speak_value] = here;
            let side = match speak {
                Some(_) if speak_value == reading.outside => Side::Outside,
                Some(_) => Side::Inside,
                None if class != reading.nodata || source != 0 || reading.boundless => Side::Inside,
                None => Side::Unknown,
            };
            let combination = self.index(Combination { class, source, rule, part, side });
            let pixels = (end - start) as u64;
            if combination == self.seen.len() {
                self.seen.push(Seen { pixels: 0, first: [row + y, col + start as u32] });
            }
            self.seen[combination].pixels += pixels;
            self.runs.push(Run { start: col + start as u32, end: col + end as u32, combination });
            start = end;
        }
        self.count(row + y);
    }

    /// Counts the runs of a row of the grid in all kinds.
    fn count(&mut self, row: u32) {
        let combinations = self.combinations.len();
        let factors = self.place.factors;
        let weigh = |start: u32, end: u32| match factors {
            Some(factors) => factors.weigh(row, start, end),
            None => Amount { pixels: u64::from(end - start), area: 0 },
        };
        let mut add = |kind: u16, zone: u32, start: u32, end: u32, runs: &[Run]| {
            let amounts = self.areas.entry((kind, zone)).or_default();
            amounts.resize(amounts.len().max(combinations), Amount::default());
            for run in runs {
                amounts[run.combination] += weigh(run.start.max(start), run.end.min(end));
            }
        };
        let Window { col, .. } = self.place.window;
        let col_end = self.place.window.col_end();
        add(0, 0, col, col_end, &self.runs);
        for (zones, kind) in self.place.kinds.iter().zip(1..) {
            for zone in zones.row(row) {
                let [from, to] = [zone.start.max(col), zone.end.min(col_end)];
                if from < to {
                    let begin = self.runs.partition_point(|run| run.end <= from);
                    let end = self.runs.partition_point(|run| run.start < to);
                    add(kind, zone.zone, from, to, &self.runs[begin..end]);
                }
            }
        }
    }

    fn finish(self, census: &mut Census) {
        let period = self.place.period;
        for (combination, seen) in self.combinations.iter().zip(&self.seen) {
            census.see((period, *combination), *seen);
        }
        for ((kind, zone), amounts) in self.areas {
            for (combination, amount) in self.combinations.iter().zip(amounts).filter(|(_, amount)| amount.pixels > 0) {
                let Combination { class, source, rule, side, .. } = *combination;
                let of = match side {
                    Side::Outside => continue,
                    Side::Inside => Some([class, source, rule]),
                    Side::Unknown => None,
                };
                *census.areas.entry(Key { period, kind, zone, of }).or_default() += amount;
            }
        }
    }
}

#[cfg(test)]
mod tests;
