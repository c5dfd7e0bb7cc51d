//! Planes: square tiles of one band, as they are encoded.

use crate::{compose::Composed, outcome::Outcome};

/// The samples of one band of a tile, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plane {
    /// 8 bits.
    U8(Vec<u8>),
    /// 16 bits.
    U16(Vec<u16>),
}

impl Plane {
    /// A plane of `len` equal samples.
    pub fn filled(wide: bool, len: usize, value: u16) -> Plane {
        if wide { Plane::U16(vec![value; len]) } else { Plane::U8(vec![value as u8; len]) }
    }

    /// Samples held.
    pub fn len(&self) -> usize {
        match self {
            Plane::U8(samples) => samples.len(),
            Plane::U16(samples) => samples.len(),
        }
    }

    /// Whether no sample is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether samples have 16 bits.
    pub fn is_wide(&self) -> bool {
        matches!(self, Plane::U16(_))
    }

    /// One sample.
    pub fn get(&self, index: usize) -> u16 {
        match self {
            Plane::U8(samples) => u16::from(samples[index]),
            Plane::U16(samples) => samples[index],
        }
    }

    /// The value that all samples have, if they have one.
    pub fn constant(&self) -> Option<u16> {
        fn same<T: Copy + PartialEq>(samples: &[T]) -> Option<T> {
            // All are equal where each equals the next: one comparison of memory with itself, shifted by one.
            let (first, rest) = samples.split_first()?;
            (samples[..rest.len()] == *rest).then_some(*first)
        }
        match self {
            Plane::U8(samples) => same(samples).map(u16::from),
            Plane::U16(samples) => same(samples),
        }
    }
}

/// Paints one band of a composed tile into a plane, a square of `side` pixels; what the tile does not cover gets `padding`. Whatever the
/// plane held goes.
pub fn paint(composed: &Composed, side: usize, padding: u16, value: impl Fn(&Outcome) -> u16, plane: &mut Plane) {
    let values = composed.outcomes().iter().map(value);
    match plane {
        Plane::U8(samples) => {
            let values: Vec<u8> = values.map(|value| value as u8).collect();
            paint_as(composed, side, padding as u8, &values, samples);
        }
        Plane::U16(samples) => paint_as(composed, side, padding, &values.collect::<Vec<u16>>(), samples),
    }
}

fn paint_as<T: Copy>(composed: &Composed, side: usize, padding: T, values: &[T], samples: &mut Vec<T>) {
    let runs = composed.runs();
    samples.resize(side * side, padding);
    if runs.width() < side || runs.height() < side {
        samples.fill(padding);
    }
    for row in 0..runs.height() {
        let line = &mut samples[row * side..][..runs.width()];
        let first = row * runs.width();
        for run in runs.row(row) {
            fill(&mut line[run.start as usize - first..], run.len as usize, values[run.of as usize]);
        }
    }
}

/// Fills the first `len` places of the rest of a line that is painted from left to right. Most runs are short: those are written with one
/// store of a fixed size, whose end the next run paints over.
fn fill<T: Copy>(rest: &mut [T], len: usize, value: T) {
    const SHORT: usize = 16;
    match rest.first_chunk_mut::<SHORT>() {
        Some(chunk) if len <= SHORT => *chunk = [value; SHORT],
        _ => rest[..len].fill(value),
    }
}
