//! The parts of one unit.

use mutirao_core::grid::Window;

use super::{
    Patch, Sieve, Sieved,
    contact::{Contact, NO_PART, touching},
};
use crate::{
    measure::{NOTHING, stretches::stretches},
    patches::disjoint::Disjoint,
};

/// What is known of a unit: the patches that lie within it, judged, and the parts of those that may reach beyond.
#[derive(Debug)]
pub struct Unit {
    pub(super) window: Window,
    pub(super) sieved: Sieved,
    /// Parts along the unit's border, by first pixels.
    pub(super) parts: Vec<Patch>,
    /// What stands along each side, with places in `parts`: north, south, west, east. Empty at the frame's edge.
    pub(super) sides: [Vec<Contact>; 4],
}

impl<S: Fn(u64, u128) -> bool> Sieve<S> {
    /// The patches of one unit. `plane` holds the window row by row. `chosen` says which classes are looked at, and is not asked about
    /// nothing; of the others it is as if they were one another class. `weigh` gives the area of the pixels of a row from a first
    /// column to before another, all in the frame; sums must not depend on how a row is cut.
    ///
    /// # Panics
    /// Where the plane has not as many pixels as the window, or the window reaches beyond the frame.
    pub fn label(
        &self,
        window: &Window,
        plane: &[u32],
        chosen: impl Fn(u32) -> bool,
        mut weigh: impl FnMut(u32, u32, u32) -> u128,
    ) -> Unit {
        assert_eq!(plane.len(), window.pixels(), "a plane of another size than its window");
        let [width, height] = self.frame;
        assert!(window.col_end() <= width && window.row_end() <= height, "a unit beyond the frame");
        let mut labels = Labels::new(self.frame, window, self.connectivity.reach());
        if !plane.is_empty() {
            for (row, pixels) in (window.row..).zip(plane.chunks_exact(window.width as usize)) {
                labels.row(row, pixels, &chosen, &mut weigh);
            }
        }
        self.sort_out(labels)
    }

    /// Judges what lies within the unit, and makes parts of the rest.
    fn sort_out(&self, labels: Labels) -> Unit {
        let Labels { window, sums, sets, mut sides, .. } = labels;
        let sets = sets.into_sets();
        let mut sieved = Sieved::default();
        let mut parts = Vec::new();
        let mut places = Vec::new();
        for Sum { patch, is_open } in added_up(&sets, &sums) {
            places.push(parts.len() as u32);
            if is_open {
                parts.push(patch);
            } else {
                sieved.judge(patch, self);
            }
        }
        sieved.trim(self.keep);
        for contact in sides.iter_mut().flatten().filter(|contact| contact.part != NO_PART) {
            contact.part = places[sets[contact.part as usize] as usize];
        }
        Unit { window, sieved, parts, sides }
    }
}

/// The sums by set.
fn added_up(sets: &[u32], sums: &[Sum]) -> Vec<Sum> {
    let mut whole: Vec<Sum> = Vec::new();
    for (set, sum) in sets.iter().zip(sums) {
        match whole.get_mut(*set as usize) {
            Some(known) => known.add(sum),
            // The smallest label of a set comes first, and the sets are numbered by them.
            None => whole.push(*sum),
        }
    }
    whole
}

/// What is added up by label.
#[derive(Debug, Clone, Copy)]
struct Sum {
    patch: Patch,
    /// Whether it may reach beyond the unit.
    is_open: bool,
}

impl Sum {
    /// Adds a label that came later: the first pixel stays.
    fn add(&mut self, other: &Sum) {
        self.patch.pixels += other.patch.pixels;
        self.patch.area += other.patch.area;
        self.patch.at_edge |= other.patch.at_edge;
        self.is_open |= other.is_open;
    }
}

/// Labels of the runs of a unit, row by row. A run takes the label of the runs of its class that it touches in the row above, or a new
/// one; labels that meet become one set.
struct Labels {
    frame: [u32; 2],
    window: Window,
    reach: u32,
    /// Whether the frame goes on beyond each side.
    beyond: [bool; 4],
    sets: Disjoint,
    sums: Vec<Sum>,
    sides: [Vec<Contact>; 4],
    /// The runs of the row above and of the one at hand, those of nothing too.
    above: Vec<Contact>,
    here: Vec<Contact>,
}

impl Labels {
    fn new(frame: [u32; 2], window: &Window, reach: u32) -> Self {
        let beyond = [window.row > 0, window.row_end() < frame[1], window.col > 0, window.col_end() < frame[0]];
        Labels {
            frame,
            window: *window,
            reach,
            beyond,
            sets: Disjoint::default(),
            sums: Vec::new(),
            sides: Default::default(),
            above: Vec::new(),
            here: Vec::new(),
        }
    }

    fn row(
        &mut self,
        row: u32,
        pixels: &[u32],
        chosen: impl Fn(u32) -> bool,
        mut weigh: impl FnMut(u32, u32, u32) -> u128,
    ) {
        let mut next = 0;
        stretches([pixels], |start, end| {
            let class = pixels[start];
            if class != NOTHING && !chosen(class) {
                return;
            }
            let [start, end] = [start, end].map(|col| self.window.col + col as u32);
            let mut run = Contact { start, end, class, part: NO_PART };
            if class == NOTHING {
                self.nothing(&run, &mut next);
            } else {
                let at_nothing = self.join(row, &mut run, &mut next);
                let at_edge = at_nothing || row == 0 || row + 1 == self.frame[1] || start == 0 || end == self.frame[0];
                self.count(row, &run, weigh(row, start, end), at_edge);
            }
            self.here.push(run);
        });
        self.end_row(row);
    }

    /// The run that ends where this one begins, in the same row.
    fn left(&self, run: &Contact) -> Option<Contact> {
        self.here.last().filter(|left| left.end == run.start).copied()
    }

    /// What touches a run of nothing is at an edge.
    fn nothing(&mut self, run: &Contact, next: &mut usize) {
        let left = self.left(run);
        for other in touching(&self.above, next, run, self.reach).iter().chain(&left) {
            if other.class != NOTHING {
                self.sums[other.part as usize].patch.at_edge = true;
            }
        }
    }

    /// Gives a run the label of those of its class above it, or a new one. Returns whether it touches nothing.
    fn join(&mut self, row: u32, run: &mut Contact, next: &mut usize) -> bool {
        let mut at_nothing = self.left(run).is_some_and(|left| left.class == NOTHING);
        for upper in touching(&self.above, next, run, self.reach) {
            if upper.class == run.class {
                run.part = if run.part == NO_PART { upper.part } else { self.sets.union(run.part, upper.part) };
            }
            at_nothing |= upper.class == NOTHING;
        }
        if run.part == NO_PART {
            run.part = self.sets.add();
            let patch = Patch { row, col: run.start, class: run.class, pixels: 0, area: 0, at_edge: false };
            self.sums.push(Sum { patch, is_open: false });
        }
        at_nothing
    }

    /// Adds a run to its label.
    fn count(&mut self, row: u32, run: &Contact, area: u128, at_edge: bool) {
        let [north, south, west, east] = self.beyond;
        let window = &self.window;
        let sum = &mut self.sums[run.part as usize];
        sum.patch.pixels += u64::from(run.end - run.start);
        sum.patch.area += area;
        sum.patch.at_edge |= at_edge;
        sum.is_open |= (north && row == window.row)
            || (south && row + 1 == window.row_end())
            || (west && run.start == window.col)
            || (east && run.end == window.col_end());
    }

    /// Keeps what stands along the sides, and goes on to the next row.
    fn end_row(&mut self, row: u32) {
        let window = &self.window;
        let [north, south, west, east] = &mut self.sides;
        let upright = |run: &Contact| Contact { start: row, end: row + 1, ..*run };
        if let Some(run) = self.here.first().filter(|run| self.beyond[2] && run.start == window.col) {
            extend(west, upright(run));
        }
        if let Some(run) = self.here.last().filter(|run| self.beyond[3] && run.end == window.col_end()) {
            extend(east, upright(run));
        }
        if self.beyond[0] && row == window.row {
            north.clone_from(&self.here);
        }
        if self.beyond[1] && row + 1 == window.row_end() {
            south.clone_from(&self.here);
        }
        std::mem::swap(&mut self.above, &mut self.here);
        self.here.clear();
    }
}

/// Adds a contact to a side, as part of the one before it if that goes on.
fn extend(side: &mut Vec<Contact>, contact: Contact) {
    match side.last_mut() {
        Some(last) if last.end == contact.start && (last.class, last.part) == (contact.class, contact.part) => {
            last.end = contact.end;
        }
        _ => side.push(contact),
    }
}
