//! Patches over several cells: parts joined across the lines of the lattice.

use std::collections::HashMap;

use super::{
    cell::Cell,
    disjoint::Disjoint,
    lattice::{Lattice, Side},
};

/// What is added up over the parts of a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// The first pixel row by row, as [row, column] of the coverage.
    pub first: [u32; 2],
    /// Pixels.
    pub pixels: u64,
    /// Their area, in whole units of the caller's.
    pub area: u128,
}

/// A patch, as one of its parts sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    /// Of all parts together.
    pub sums: Sums,
    /// The part's number in the patch: 0, 1 and so on, by cells of the lattice and then by first pixels.
    pub number: u32,
}

/// What a cell and its neighbours have in common: where its parts touch lines of the lattice.
#[derive(Debug)]
pub struct Border {
    cell: usize,
    sides: [Vec<Contact>; 4],
}

/// Pixels of a part along a side of the cell: from `start` to before `end`, columns or rows of the cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Contact {
    start: u16,
    end: u16,
    part: u32,
    value: u32,
}

impl Border {
    /// The border of a cell. Sides at the edge of the coverage have no neighbour, and are left out.
    pub fn of(cell: &Cell, lattice: &Lattice, at: usize) -> Self {
        let window = lattice.window(at);
        let mut sides = Side::ALL.map(|side| lattice.neighbour(at, side).map(|_| Vec::new()));
        let [north, south, west, east] = &mut sides;
        let add =
            |side: &mut Option<Vec<Contact>>, contact: Contact| side.iter_mut().for_each(|side| side.push(contact));
        for part in 0..cell.len() as u32 {
            let of = cell.part(part as usize);
            for run in of.runs {
                let across = Contact { start: run.start, end: run.end, part, value: of.value };
                let down = Contact { start: run.row, end: run.row + 1, ..across };
                if run.row == 0 {
                    add(north, across);
                }
                if u32::from(run.row) + 1 == window.height {
                    add(south, across);
                }
                if run.start == 0 {
                    add(west, down);
                }
                if u32::from(run.end) == window.width {
                    add(east, down);
                }
            }
        }
        let sides = sides.map(Option::unwrap_or_default).map(|mut side| {
            side.sort_unstable();
            side.dedup_by(|next, one| grows(one, next));
            side
        });
        Border { cell: at, sides }
    }

    /// The parts that touch a line of the lattice, in their order.
    pub fn parts(&self) -> Vec<u32> {
        let mut parts: Vec<u32> = self.sides.iter().flatten().map(|contact| contact.part).collect();
        parts.sort_unstable();
        parts.dedup();
        parts
    }
}

/// Makes one contact of two of the same part that follow one another.
fn grows(one: &mut Contact, next: &Contact) -> bool {
    let follows = one.end == next.start && one.part == next.part;
    if follows {
        one.end = next.end;
    }
    follows
}

/// A part that touches a line of the lattice.
#[derive(Debug)]
struct Node {
    cell: usize,
    part: u32,
    sums: Sums,
}

/// Joins parts, cell by cell in any order. It keeps the parts at lines of the lattice, and of the lines themselves those of which one
/// side is still to come.
#[derive(Debug)]
pub struct Joiner {
    lattice: Lattice,
    nodes: Vec<Node>,
    sets: Disjoint,
    /// Sides of cells that wait for their neighbours. Their parts are numbers of nodes.
    waiting: HashMap<(usize, Side), Vec<Contact>>,
}

impl Joiner {
    /// For a coverage of which no cell is there yet.
    pub fn new(lattice: Lattice) -> Self {
        Joiner { lattice, nodes: Vec::new(), sets: Disjoint::default(), waiting: HashMap::new() }
    }

    /// Adds a cell. `sums` are those of [`Border::parts`], in their order.
    pub fn add(&mut self, border: Border, sums: &[Sums]) {
        let first = self.nodes.len() as u32;
        let parts = border.parts();
        for (part, sums) in parts.iter().zip(sums) {
            self.sets.add();
            self.nodes.push(Node { cell: border.cell, part: *part, sums: *sums });
        }
        let node = |part: u32| first + parts.partition_point(|other| *other < part) as u32;
        for (side, contacts) in Side::ALL.into_iter().zip(border.sides) {
            let Some(neighbour) = self.lattice.neighbour(border.cell, side) else { continue };
            let own: Vec<_> =
                contacts.into_iter().map(|contact| Contact { part: node(contact.part), ..contact }).collect();
            match self.waiting.remove(&(neighbour, side.opposite())) {
                Some(others) => self.meet(&own, &others),
                None => {
                    self.waiting.insert((border.cell, side), own);
                }
            }
        }
    }

    /// Joins what lies on both sides of a line and has the same value.
    fn meet(&mut self, own: &[Contact], others: &[Contact]) {
        let mut others = others.iter().peekable();
        for contact in own {
            while others.next_if(|other| other.end <= contact.start).is_some() {}
            for other in others.clone().take_while(|other| other.start < contact.end) {
                if other.value == contact.value {
                    self.sets.union(contact.part, other.part);
                }
            }
        }
    }

    /// The patches of all parts that were added.
    pub fn finish(mut self) -> Joined {
        let sets: Vec<u32> = (0..self.nodes.len() as u32).map(|node| self.sets.find(node)).collect();
        let mut wholes: HashMap<u32, Whole> = HashMap::new();
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        order.sort_unstable_by_key(|node| (self.nodes[*node].cell, self.nodes[*node].part));
        let numbers: Vec<u32> =
            order.iter().map(|node| count(&mut wholes, sets[*node], &self.nodes[*node].sums)).collect();
        let mut cells: Vec<Vec<(u32, Whole)>> = vec![Vec::new(); self.lattice.cells()];
        for (node, number) in order.into_iter().zip(numbers) {
            let Node { cell, part, .. } = self.nodes[node];
            cells[cell].push((part, Whole { number, ..wholes[&sets[node]] }));
        }
        Joined { cells }
    }
}

/// Adds a part to its patch, and gives the part's number.
fn count(wholes: &mut HashMap<u32, Whole>, set: u32, sums: &Sums) -> u32 {
    let Some(whole) = wholes.get_mut(&set) else {
        wholes.insert(set, Whole { sums: *sums, number: 1 });
        return 0;
    };
    whole.sums.first = whole.sums.first.min(sums.first);
    whole.sums.pixels += sums.pixels;
    whole.sums.area += sums.area;
    whole.number += 1;
    whole.number - 1
}

/// The patches that reach lines of the lattice.
#[derive(Debug)]
pub struct Joined {
    /// By cell: its parts at lines, sorted.
    cells: Vec<Vec<(u32, Whole)>>,
}

impl Joined {
    /// The patch of a part; none where the part touches no line, and so is a whole patch by itself.
    pub fn whole(&self, cell: usize, part: u32) -> Option<&Whole> {
        let parts = &self.cells[cell];
        parts.binary_search_by_key(&part, |(part, _)| *part).ok().map(|at| &parts[at].1)
    }
}
