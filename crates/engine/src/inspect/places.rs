//! The first places of what should not be there.

use mutirao_mosaic::{
    measure::NOTHING,
    tally::{BandTally, INSIDE, Places},
};

use super::{DeliveredFile, Wanted, area::segments, block::View};

/// What is looked for in a unit.
struct Sought {
    odd: bool,
    /// By zone.
    outside: Vec<bool>,
    holes: bool,
}

/// Looks the pixels of a unit through once more, if there is something among what was found in them, pixels by value and zone, whose places
/// are wanted and not known yet.
pub(super) fn note_places(
    wanted: &Wanted<'_>,
    file: &DeliveredFile,
    found: &[Vec<(u16, u64)>],
    views: &[View<'_>],
    tally: &mut BandTally,
) {
    let Some(sought) = sought(wanted, file, found, views, tally) else { return };
    let mut scratch = Vec::new();
    for view in views {
        for row in view.part.row..view.part.row_end() {
            if !(sought.odd || sought.is_open(tally, row)) {
                break;
            }
            let line = view.line(row, &mut scratch);
            let valid = view.valid(row);
            segments(wanted.reach, &view.part, row, |from, to, zone| {
                let holes = sought.holes && zone == INSIDE && !tally.holes.is_settled(row);
                let outside = sought.outside[zone] && !tally.outside[zone].is_settled(row);
                if !(sought.odd || holes || outside) {
                    return;
                }
                for at in from..to {
                    let place = [view.part.col + at as u32, row];
                    let bits = line.get(at);
                    let speaks =
                        valid.is_none_or(|valid| valid[at] != 0) && file.values.classes[usize::from(bits)] != NOTHING;
                    if sought.odd && speaks && file.values.odd[usize::from(bits)] {
                        tally.note_odd(bits, place);
                    }
                    if holes && !speaks {
                        tally.holes.add(place);
                    }
                    if outside && speaks {
                        tally.outside[zone].add(place);
                    }
                }
            });
        }
    }
}

impl Sought {
    /// Whether a place in this row can still be among the first that are looked for.
    fn is_open(&self, tally: &BandTally, row: u32) -> bool {
        let is_open = |places: &Places| !places.is_settled(row);
        let mut outside = self.outside.iter().zip(&tally.outside);
        (self.holes && is_open(&tally.holes)) || outside.any(|(is_sought, places)| *is_sought && is_open(places))
    }
}

/// What is among the counts of a unit and may stand before what is known; none if nothing is.
fn sought(
    wanted: &Wanted<'_>,
    file: &DeliveredFile,
    found: &[Vec<(u16, u64)>],
    views: &[View<'_>],
    tally: &BandTally,
) -> Option<Sought> {
    let top = views.iter().map(|view| view.part.row).min()?;
    let holds = |zone: usize, is: &dyn Fn(u16) -> bool| found[zone].iter().any(|(bits, _)| is(*bits));
    let speaks = |bits: u16| file.values.classes[usize::from(bits)] != NOTHING;
    let is_odd = |bits: u16| file.values.odd[usize::from(bits)] && !tally.is_odd_settled(bits, top);
    let odd = (0..found.len()).any(|zone| holds(zone, &is_odd));
    let is_outside = |zone: usize| zone != INSIDE && !tally.outside[zone].is_settled(top) && holds(zone, &speaks);
    let outside: Vec<bool> = (0..found.len()).map(is_outside).collect();
    let is_masked = views.iter().any(View::has_mask);
    let holes = wanted.holes && !tally.holes.is_settled(top) && (is_masked || holds(INSIDE, &|bits| !speaks(bits)));
    (odd || holes || outside.contains(&true)).then_some(Sought { odd, outside, holes })
}
