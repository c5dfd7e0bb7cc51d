//! Files of one period that lie upon one another: whoever speaks first counts, and where a later one says something else is told.

use std::collections::BTreeMap;

use mutirao_core::grid::Window;
use mutirao_mosaic::{measure::NOTHING, tally::Places};

use super::Delivery;

/// Two files of one period, of which the second says something else than the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The plane of the period.
    pub period: usize,
    /// The file that counts: the earlier one.
    pub first: usize,
    /// The later one.
    pub second: usize,
}

/// Pixels where files differ, by pair, with the first places.
pub type Overlaps = BTreeMap<Pair, (u64, Places)>;

/// Who speaks for the pixels of a unit, in a period of which several files lie there.
pub(super) struct Claims {
    period: usize,
    /// The class, and the file that says so.
    held: Vec<(u32, usize)>,
}

impl Claims {
    /// The periods for which several files have pixels in common in a window.
    pub(super) fn of(delivery: &Delivery, window: &Window) -> Vec<Claims> {
        let mut seen: Vec<(usize, Window)> = Vec::new();
        let mut shared: Vec<usize> = Vec::new();
        for file in &delivery.files {
            let Some(own) = file.window.intersection(window) else { continue };
            for band in &file.bands {
                let lies_upon =
                    |(period, other): &(usize, Window)| *period == band.period && other.intersection(&own).is_some();
                if !shared.contains(&band.period) && seen.iter().any(lies_upon) {
                    shared.push(band.period);
                }
                seen.push((band.period, own));
            }
        }
        let claims = |period| Claims { period, held: vec![(NOTHING, 0); window.pixels()] };
        shared.into_iter().map(claims).collect()
    }

    /// Whether they are about a period.
    pub(super) fn is_of(&self, period: usize) -> bool {
        self.period == period
    }

    /// A file says what a pixel of the unit holds, at a place of the frame: whether it is the first to do so.
    pub(super) fn claim(
        &mut self,
        pixel: usize,
        class: u32,
        file: usize,
        place: [u32; 2],
        told: &mut Overlaps,
    ) -> bool {
        let (held, first) = self.held[pixel];
        if held == NOTHING {
            self.held[pixel] = (class, file);
            return true;
        }
        if held != class {
            let (count, places) = told.entry(Pair { period: self.period, first, second: file }).or_default();
            *count += 1;
            places.add(place);
        }
        false
    }
}

/// Adds what another thread found.
pub(super) fn merge(own: &mut Overlaps, other: Overlaps) {
    for (pair, (count, places)) in other {
        let (known, first) = own.entry(pair).or_default();
        *known += count;
        first.merge(&places);
    }
}
