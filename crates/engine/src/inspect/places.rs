//! The first places of what should not be there.

use mutirao_mosaic::{
    measure::NOTHING,
    tally::{BandTally, Counter, ZONES, Zone},
};

use super::{DeliveredFile, Wanted, area::segments, block::View};

/// What is looked for in a unit.
struct Sought {
    odd: bool,
    beyond: bool,
    holes: bool,
}

/// Looks the pixels of a unit through once more, if there is something among them whose places are wanted and not known yet.
pub(super) fn note_places(
    wanted: &Wanted<'_>,
    file: &DeliveredFile,
    local: &mut [Counter; ZONES],
    views: &[View<'_>],
    tally: &mut BandTally,
) {
    let Some(sought) = sought(wanted, file, local, views, tally) else { return };
    let mut scratch = Vec::new();
    for view in views {
        for row in view.part.row..view.part.row_end() {
            let (beyond, holes) =
                (sought.beyond && !tally.beyond.is_settled(row), sought.holes && !tally.holes.is_settled(row));
            if !(sought.odd || beyond || holes) {
                break;
            }
            let line = view.line(row, &mut scratch);
            let valid = view.valid(row);
            segments(wanted.reach, &view.part, row, |from, to, zone| {
                for at in from..to {
                    let place = [view.part.col + at as u32, row];
                    let bits = line.get(at);
                    let speaks =
                        valid.is_none_or(|valid| valid[at] != 0) && file.values.classes[usize::from(bits)] != NOTHING;
                    if sought.odd && speaks && file.values.odd[usize::from(bits)] {
                        tally.note_odd(bits, place);
                    }
                    match zone {
                        Zone::Inside if holes && !speaks => tally.holes.add(place),
                        Zone::Beyond if beyond && speaks => tally.beyond.add(place),
                        _ => {}
                    }
                }
            });
        }
    }
}

/// What is among the counts of a unit and may stand before what is known; none if nothing is.
fn sought(
    wanted: &Wanted<'_>,
    file: &DeliveredFile,
    local: &mut [Counter; ZONES],
    views: &[View<'_>],
    tally: &BandTally,
) -> Option<Sought> {
    let top = views.iter().map(|view| view.part.row).min()?;
    let mut holds = |zone: Zone, is: &dyn Fn(u16) -> bool| local[zone as usize].values().iter().any(|bits| is(*bits));
    let speaks = |bits: u16| file.values.classes[usize::from(bits)] != NOTHING;
    let is_odd = |bits: u16| file.values.odd[usize::from(bits)] && !tally.is_odd_settled(bits, top);
    let odd = [Zone::Inside, Zone::Strip, Zone::Beyond].into_iter().any(|zone| holds(zone, &is_odd));
    let beyond = !tally.beyond.is_settled(top) && holds(Zone::Beyond, &speaks);
    let is_masked = views.iter().any(View::has_mask);
    let holes =
        wanted.holes && !tally.holes.is_settled(top) && (is_masked || holds(Zone::Inside, &|bits| !speaks(bits)));
    (odd || beyond || holes).then_some(Sought { odd, beyond, holes })
}
