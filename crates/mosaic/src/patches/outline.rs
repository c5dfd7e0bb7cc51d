//! The outline of a part: rings along the edges of its pixels.
//!
//! Rings are made of upright edges. Every run has one at its west end, which goes down, and one at its east end, which goes up: so the
//! part is always on the left, exteriors run counter-clockwise on the map (where north is up) and holes clockwise. Between two rows an
//! edge goes on where both rows have it; where it does not, it is a corner, and corners of one line are joined in pairs from west to
//! east, since between them one row has the part and the other has not.
//!
//! Where two pixels of the part meet at a corner only, four edges meet. There each ring keeps to the pixel *outside*: the part is
//! connected around one of the two outer pixels, so they lie in different rings, and no ring ever touches itself.

use super::{cell::Run, outlines::Outlines};

/// No edge yet.
const OPEN: u32 = u32::MAX;

/// A maximal upright edge. Lines count from 0, the north edge of row 0.
#[derive(Debug, Clone, Copy)]
struct Upright {
    x: u16,
    top: u16,
    bottom: u16,
    /// Whether the part lies east of it, so that it goes down.
    is_west: bool,
    /// The edge that follows in the ring.
    next: u32,
}

/// An end of an upright edge.
#[derive(Debug, Clone, Copy)]
enum End {
    Top(u32),
    Bottom(u32),
}

/// Traces outlines, one part after another; what it needs is kept for the next.
#[derive(Debug, Default)]
pub struct Outliner {
    edges: Vec<Upright>,
    /// The edges that cross the row above and the row at hand, from west to east.
    above: Vec<u32>,
    here: Vec<u32>,
}

impl Outliner {
    /// The rings of a part: the exterior first, then the holes by their first corner, each closed, with points at corners only. `place` makes a point of
    /// a corner, [column, line] of the cell.
    pub fn rings<P: Clone>(&mut self, runs: &[Run], place: impl Fn([u16; 2]) -> P) -> Vec<Vec<P>> {
        let mut outlines = Outlines::default();
        self.trace(runs, place, &mut outlines);
        outlines.rings(0).map(<[P]>::to_vec).collect()
    }

    /// Adds the rings of a part, as [`Outliner::rings`] gives them, to other outlines.
    pub fn trace<P: Clone>(&mut self, runs: &[Run], place: impl Fn([u16; 2]) -> P, into: &mut Outlines<P>) {
        match rectangle(runs) {
            Some(corners) => {
                into.push(corners.map(place));
                into.end_ring();
            }
            None => {
                self.cross_all(runs);
                self.collect(place, into);
            }
        }
        into.end_outline();
    }

    fn cross_all(&mut self, runs: &[Run]) {
        self.edges.clear();
        self.above.clear();
        let mut line = 0;
        for row in runs.chunk_by(|a, b| a.row == b.row) {
            line = row[0].row;
            self.cross(line, row);
        }
        self.cross(line + 1, &[]);
    }

    /// Goes along the line north of a row, and notes which edges end, go on and begin there.
    fn cross(&mut self, line: u16, row: &[Run]) {
        let above = std::mem::take(&mut self.above);
        let mut here = std::mem::take(&mut self.here);
        let mut ending = above.iter().copied().peekable();
        // The west end of the stretch at hand, along which one of the rows has the part and the other has not.
        let mut open = None;
        for (x, is_west) in row.iter().flat_map(|run| [(run.start, true), (run.end, false)]) {
            while let Some(edge) = ending.next_if(|edge| self.edges[*edge as usize].x < x) {
                self.corner(&mut open, End::Bottom(edge), line);
            }
            let Some(edge) = ending.next_if(|edge| self.edges[*edge as usize].x == x) else {
                let edge = self.begin(x, line, is_west);
                here.push(edge);
                self.corner(&mut open, End::Top(edge), line);
                continue;
            };
            if self.edges[edge as usize].is_west == is_west {
                here.push(edge);
                continue;
            }
            // Two pixels meet at a corner: the outer pixel in the west takes the edge that it lies beside.
            let new = self.begin(x, line, is_west);
            here.push(new);
            let beside = [End::Bottom(edge), End::Top(new)];
            let [west, east] = if is_west { [beside[1], beside[0]] } else { beside };
            self.corner(&mut open, west, line);
            self.corner(&mut open, east, line);
        }
        for edge in ending {
            self.corner(&mut open, End::Bottom(edge), line);
        }
        self.here = above;
        self.here.clear();
        self.above = here;
    }

    fn begin(&mut self, x: u16, line: u16, is_west: bool) -> u32 {
        self.edges.push(Upright { x, top: line, bottom: line, is_west, next: OPEN });
        self.edges.len() as u32 - 1
    }

    /// A stretch along a line begins or ends at an end of an edge.
    fn corner(&mut self, open: &mut Option<End>, end: End, line: u16) {
        if let End::Bottom(edge) = end {
            self.edges[edge as usize].bottom = line;
        }
        match open.take() {
            None => *open = Some(end),
            Some(west) => self.join(west, end),
        }
    }

    /// Joins the two ends of a stretch: a ring arrives at one of them and goes on from the other.
    fn join(&mut self, a: End, b: End) {
        let (End::Top(of_a) | End::Bottom(of_a), End::Top(of_b) | End::Bottom(of_b)) = (a, b);
        let arrives = match a {
            End::Top(edge) => !self.edges[edge as usize].is_west,
            End::Bottom(edge) => self.edges[edge as usize].is_west,
        };
        let (from, to) = if arrives { (of_a, of_b) } else { (of_b, of_a) };
        self.edges[from as usize].next = to;
    }

    /// Follows every ring from its first edge. The first edge of all is that of the part's first pixel, so its ring is the exterior.
    fn collect<P: Clone>(&mut self, place: impl Fn([u16; 2]) -> P, into: &mut Outlines<P>) {
        for first in 0..self.edges.len() {
            let mut at = first;
            if self.edges[at].next == OPEN {
                continue;
            }
            while self.edges[at].next != OPEN {
                let Upright { x, top, bottom, is_west, next } = self.edges[at];
                let [from, to] = if is_west { [top, bottom] } else { [bottom, top] };
                into.push([place([x, from]), place([x, to])]);
                self.edges[at].next = OPEN;
                at = next as usize;
            }
            into.end_ring();
        }
    }
}

/// The corners of a part that is a rectangle, as most are, from its first pixel on and counter-clockwise.
fn rectangle(runs: &[Run]) -> Option<[[u16; 2]; 4]> {
    let [first, .., last] = runs else { return runs.first().map(|only| corners(only, only)) };
    let is_one = runs.iter().all(|run| [run.start, run.end] == [first.start, first.end]);
    is_one.then(|| corners(first, last))
}

fn corners(first: &Run, last: &Run) -> [[u16; 2]; 4] {
    let [top, bottom] = [first.row, last.row + 1];
    [[first.start, top], [first.start, bottom], [first.end, bottom], [first.end, top]]
}
