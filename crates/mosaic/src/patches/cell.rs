//! The parts of one cell of the lattice.

use std::ops::Range;

use super::disjoint::Disjoint;
use crate::changes::changes;

/// What a pixel holds that belongs to no patch.
pub const NOTHING: u32 = u32::MAX;

/// A stretch of a row: columns from `start` to before `end`. Places count from the cell's upper left pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    /// The row.
    pub row: u16,
    /// The first column.
    pub start: u16,
    /// The first column after it.
    pub end: u16,
}

/// 4-connected pixels of one value within a cell.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Their value.
    pub value: u32,
    /// Their runs, row by row from west to east; between two runs of a row there is a gap.
    pub runs: &'a [Run],
}

/// The parts of a cell, in the order of their first pixels.
#[derive(Debug)]
pub struct Cell {
    /// Runs, part after part.
    runs: Vec<Run>,
    /// Where the runs of each part begin, and where the last ones end.
    starts: Vec<u32>,
    /// By part.
    values: Vec<u32>,
}

impl Cell {
    /// How many parts there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// One part.
    pub fn part(&self, at: usize) -> Part<'_> {
        Part { value: self.values[at], runs: &self.runs[self.starts[at] as usize..self.starts[at + 1] as usize] }
    }
}

/// Makes a cell of its rows, from north to south.
///
/// A run takes the label of the runs of its value that it touches in the row above, or a new one; labels that meet become one set. Labels
/// are given in the order of the pixels, so the smallest of a set belongs to the part's first pixel.
#[derive(Debug)]
pub struct Labeller {
    width: usize,
    rows: u16,
    runs: Vec<Run>,
    /// By run.
    labels: Vec<u32>,
    /// By label.
    values: Vec<u32>,
    sets: Disjoint,
    /// The first run of the row above.
    above: usize,
    /// Where runs of the row at hand end, those of nothing too.
    ends: Vec<u32>,
}

impl Labeller {
    /// For rows of `width` pixels, 65,535 at most.
    pub fn new(width: u16) -> Self {
        Labeller {
            width: usize::from(width),
            rows: 0,
            runs: Vec::new(),
            labels: Vec::new(),
            values: Vec::new(),
            sets: Disjoint::default(),
            above: 0,
            ends: Vec::new(),
        }
    }

    /// How many runs there are so far.
    pub fn runs(&self) -> usize {
        self.runs.len()
    }

    /// Takes the next row.
    ///
    /// # Panics
    /// Where the row has another width, or is the 65,536th.
    pub fn row(&mut self, pixels: &[u32]) {
        assert_eq!(pixels.len(), self.width);
        let here = self.runs.len();
        let mut above = self.above;
        let mut ends = std::mem::take(&mut self.ends);
        ends.clear();
        changes(pixels, &mut ends);
        let mut start = 0;
        for &end in &ends {
            let value = pixels[start as usize];
            if value != NOTHING {
                let run = Run { row: self.rows, start: start as u16, end: end as u16 };
                above += self.runs[above..here].iter().take_while(|upper| upper.end <= run.start).count();
                let label = self.label(value, &run, above..here);
                self.runs.push(run);
                self.labels.push(label);
            }
            start = end;
        }
        self.ends = ends;
        self.above = here;
        self.rows = self.rows.checked_add(1).expect("a cell of at most 65,535 rows");
    }

    /// The label of a run, of which `above` are the runs of the row above that do not end before it.
    fn label(&mut self, value: u32, run: &Run, above: Range<usize>) -> u32 {
        let mut label = None;
        for upper in above {
            if self.runs[upper].start >= run.end {
                break;
            }
            let other = self.labels[upper];
            if self.values[other as usize] == value {
                label = Some(label.map_or(other, |known| self.sets.union(known, other)));
            }
        }
        label.unwrap_or_else(|| {
            self.values.push(value);
            self.sets.add()
        })
    }

    /// The cell of all rows.
    pub fn finish(self) -> Cell {
        let Labeller { runs, mut labels, mut values, sets, .. } = self;
        let parts = sets.into_sets();
        let mut count = 0;
        for (label, part) in parts.iter().enumerate() {
            // The smallest label of a part comes first.
            if *part == count {
                values[count as usize] = values[label];
                count += 1;
            }
        }
        values.truncate(count as usize);
        labels.iter_mut().for_each(|label| *label = parts[*label as usize]);
        drop(parts);
        let (runs, starts) = by_part(&runs, &labels, count as usize);
        Cell { runs, starts, values }
    }
}

/// Puts the runs of each part together, in their order: a counting sort.
fn by_part(runs: &[Run], parts: &[u32], count: usize) -> (Vec<Run>, Vec<u32>) {
    let mut starts = vec![0u32; count + 1];
    parts.iter().for_each(|part| starts[*part as usize + 1] += 1);
    // Where each part begins stands one place further on, until its runs are put there: then it is where the next one begins.
    let mut next = 0;
    for start in &mut starts[1..] {
        next += std::mem::replace(start, next);
    }
    let mut sorted = vec![Run { row: 0, start: 0, end: 0 }; runs.len()];
    for (run, part) in runs.iter().zip(parts) {
        let at = &mut starts[*part as usize + 1];
        sorted[*at as usize] = *run;
        *at += 1;
    }
    (sorted, starts)
}
