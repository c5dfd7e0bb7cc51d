//! Many outlines in few pieces of memory.

use std::ops::Range;

/// Outlines one behind the other. Most parts are small and there are millions of them: a piece of memory for each of their rings, taken
/// by one thread and given back by another, costs more than all the tracing.
#[derive(Debug)]
pub struct Outlines<P> {
    points: Vec<P>,
    /// By ring: where its points end.
    rings: Vec<usize>,
    /// By outline: where its rings end.
    outlines: Vec<usize>,
}

impl<P> Default for Outlines<P> {
    fn default() -> Self {
        Outlines { points: Vec::new(), rings: Vec::new(), outlines: Vec::new() }
    }
}

impl<P> Outlines<P> {
    /// Points in all of them.
    pub fn points(&self) -> usize {
        self.points.len()
    }

    /// The rings of an outline, counted from 0 in the order in which they were traced.
    pub fn rings(&self, outline: usize) -> impl Iterator<Item = &[P]> {
        range(&self.outlines, outline).map(|ring| &self.points[range(&self.rings, ring)])
    }

    pub(super) fn push(&mut self, points: impl IntoIterator<Item = P>) {
        self.points.extend(points);
    }

    /// Ends the ring at hand where it began; none where it has no points.
    pub(super) fn end_ring(&mut self)
    where
        P: Clone,
    {
        let first = self.rings.last().copied().unwrap_or(0);
        if let Some(point) = self.points.get(first).cloned() {
            self.points.push(point);
            self.rings.push(self.points.len());
        }
    }

    pub(super) fn end_outline(&mut self) {
        self.outlines.push(self.rings.len());
    }
}

fn range(ends: &[usize], at: usize) -> Range<usize> {
    at.checked_sub(1).map_or(0, |before| ends[before])..ends[at]
}
