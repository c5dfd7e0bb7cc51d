//! What was counted in a delivery: integers that merge in any order, and the first places of what should not be there.

mod counter;
mod counts;
mod pages;
mod places;
mod runs;

use std::collections::BTreeMap;

pub use counter::Counter;
pub use counts::Counts;
pub use places::Places;

/// The zone of the responsible area, and of everything where none is agreed. Zones are numbered outwards: behind it lie the strips
/// around it that rules ask for, the narrowest first and each without those before it, and last what is beyond all of them.
pub const INSIDE: usize = 0;

/// At most so many values of a band are followed to their places: the smallest by their bits.
const ODD_VALUES: usize = 64;

/// One band of one file, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BandTally {
    /// By zone, [`INSIDE`] first: pixels by value.
    pub values: Vec<Counts>,
    /// By zone: pixels that a mask says are not valid.
    pub masked: Vec<u64>,
    /// The first places of values that nobody expects, by the bits of the value.
    pub odd: BTreeMap<u16, Places>,
    /// By zone, but for [`INSIDE`]: the first pixels that are not nothing.
    pub outside: Vec<Places>,
    /// The first pixels inside the area that are nothing.
    pub holes: Places,
}

impl BandTally {
    /// Nothing yet, in so many zones.
    pub fn new(zones: usize) -> Self {
        BandTally {
            values: vec![Counts::default(); zones],
            masked: vec![0; zones],
            outside: vec![Places::default(); zones],
            ..BandTally::default()
        }
    }

    /// Adds what another thread, or file, counted in the same zones.
    pub fn merge(&mut self, other: BandTally) {
        for (own, other) in self.values.iter_mut().zip(&other.values) {
            own.merge(other);
        }
        for (own, other) in self.masked.iter_mut().zip(other.masked) {
            *own += other;
        }
        for (bits, places) in other.odd {
            self.odd.entry(bits).or_default().merge(&places);
        }
        self.keep_least_odd();
        for (own, other) in self.outside.iter_mut().zip(&other.outside) {
            own.merge(other);
        }
        self.holes.merge(&other.holes);
    }

    /// Notes a place of a value that nobody expects.
    pub fn note_odd(&mut self, bits: u16, place: [u32; 2]) {
        self.odd.entry(bits).or_default().add(place);
        self.keep_least_odd();
    }

    /// Whether no place of a value in this row or below can be among those that are kept.
    pub fn is_odd_settled(&self, bits: u16, row: u32) -> bool {
        match self.odd.get(&bits) {
            Some(places) => places.is_settled(row),
            None => self.odd.len() == ODD_VALUES && self.odd.last_key_value().is_some_and(|(last, _)| *last < bits),
        }
    }

    /// A value among the least is never pushed out, so what is kept does not depend on the order of counting.
    fn keep_least_odd(&mut self) {
        while self.odd.len() > ODD_VALUES {
            self.odd.pop_last();
        }
    }
}
