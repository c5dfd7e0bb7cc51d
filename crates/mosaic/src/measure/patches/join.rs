//! Parts of units joined to patches, across the lines between them.

use std::collections::HashMap;

use super::{
    Patch, Sieve, Sieved, Unit,
    contact::{Contact, NO_PART, touching},
};
use crate::{measure::NOTHING, patches::disjoint::Disjoint};

/// Joins units in any order. It keeps the parts at borders and the first small patches, and of the borders those beyond which a unit is
/// still to come.
///
/// Pixels of two units that touch lie on both sides of one line between rows or between columns, even if only a corner is shared: so it
/// is enough to look along each line, one pixel further where corners count.
#[derive(Debug)]
pub struct Join<'a, S> {
    sieve: &'a Sieve<S>,
    sieved: Sieved,
    parts: Vec<Patch>,
    sets: Disjoint,
    /// Sides of units across which something is still to come.
    pub(super) waiting: HashMap<Line, Vec<Side>>,
}

/// A line of the frame as seen from one of its sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Line {
    is_upright: bool,
    /// The first row or column after it.
    at: u32,
    /// Whether the pixels along it are those after it.
    is_after: bool,
}

/// What stands along a side of a unit.
#[derive(Debug)]
pub(super) struct Side {
    start: u32,
    end: u32,
    contacts: Vec<Contact>,
    /// Pixels across the line that touch the side and have not been seen. Where the line ends at the side's corner, because a unit
    /// lies across it, the one at the corner never is: that unit meets this one along the other line.
    unseen: u32,
}

impl<'a, S: Fn(u64, u128) -> bool> Join<'a, S> {
    /// No unit yet.
    pub fn new(sieve: &'a Sieve<S>) -> Self {
        Join { sieve, sieved: Sieved::default(), parts: Vec::new(), sets: Disjoint::default(), waiting: HashMap::new() }
    }

    /// Adds a unit that [`Sieve::label`] of the same sieve made. No two units may overlap.
    pub fn add(&mut self, unit: Unit) {
        let Unit { window, sieved, parts, sides } = unit;
        self.sieved.add(sieved, self.sieve.keep);
        let base = self.parts.len() as u32;
        for _ in &parts {
            self.sets.add();
        }
        self.parts.extend(parts);
        let [cols, rows] = [(window.col, window.col_end()), (window.row, window.row_end())];
        let lines = [(false, rows.0, true), (false, rows.1, false), (true, cols.0, true), (true, cols.1, false)];
        for ((is_upright, at, is_after), mut contacts) in lines.into_iter().zip(sides) {
            let [along, across] = if is_upright { [1, 0] } else { [0, 1] };
            if at == 0 || at == self.sieve.frame[across] {
                continue;
            }
            contacts.iter_mut().filter(|contact| contact.part != NO_PART).for_each(|contact| contact.part += base);
            let (start, end) = if is_upright { rows } else { cols };
            let [from, to] = self.touched(start, end, self.sieve.frame[along]);
            let side = Side { start, end, contacts, unseen: to - from };
            self.meet(Line { is_upright, at, is_after }, side);
        }
    }

    /// The pixels across a line that touch those from `start` to before `end`, of a frame that has so many along the line.
    fn touched(&self, start: u32, end: u32, length: u32) -> [u32; 2] {
        let reach = self.sieve.connectivity.reach();
        [start.saturating_sub(reach), (end + reach).min(length)]
    }

    /// Joins a side with those across the line, and lets it wait for those still to come.
    fn meet(&mut self, line: Line, mut side: Side) {
        let length = self.sieve.frame[usize::from(line.is_upright)];
        let across = Line { is_after: !line.is_after, ..line };
        let mut others = self.waiting.remove(&across).unwrap_or_default();
        for other in &mut others {
            let seen = shared(self.touched(side.start, side.end, length), [other.start, other.end]);
            if seen > 0 {
                side.unseen -= seen;
                other.unseen -= shared(self.touched(other.start, other.end, length), [side.start, side.end]);
                self.join(&side.contacts, &other.contacts);
            }
        }
        others.retain(|other| other.unseen > 0);
        if !others.is_empty() {
            self.waiting.insert(across, others);
        }
        if side.unseen > 0 {
            self.waiting.entry(line).or_default().push(side);
        }
    }

    /// Joins what touches across a line and is of one class; what touches nothing is at an edge.
    fn join(&mut self, side: &[Contact], others: &[Contact]) {
        let mut next = 0;
        for own in side {
            for other in touching(others, &mut next, own, self.sieve.connectivity.reach()) {
                match (own.class == NOTHING, other.class == NOTHING) {
                    (false, false) if own.class == other.class => {
                        self.sets.union(own.part, other.part);
                    }
                    (true, false) => self.parts[other.part as usize].at_edge = true,
                    (false, true) => self.parts[own.part as usize].at_edge = true,
                    _ => {}
                }
            }
        }
    }

    /// What was found, once every unit of the frame is there.
    pub fn finish(self) -> Sieved {
        let Join { sieve, mut sieved, parts, sets, .. } = self;
        let mut patches: Vec<Option<Patch>> = vec![None; parts.len()];
        for (set, part) in sets.into_sets().into_iter().zip(parts) {
            let patch = &mut patches[set as usize];
            *patch = Some(patch.map_or(part, |known| known.and(&part)));
        }
        patches.into_iter().flatten().for_each(|patch| sieved.judge(patch, sieve));
        sieved.trim(sieve.keep);
        sieved
    }
}

impl Patch {
    /// Two pieces of a patch as one.
    fn and(self, other: &Patch) -> Patch {
        let (row, col) = (self.row, self.col).min((other.row, other.col));
        Patch {
            row,
            col,
            class: self.class,
            pixels: self.pixels + other.pixels,
            area: self.area + other.area,
            at_edge: self.at_edge || other.at_edge,
        }
    }
}

/// How much two stretches have in common.
fn shared(one: [u32; 2], other: [u32; 2]) -> u32 {
    one[1].min(other[1]).saturating_sub(one[0].max(other[0]))
}
