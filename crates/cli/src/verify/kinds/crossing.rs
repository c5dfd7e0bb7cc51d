//! Kinds whose territories are where those of two others meet.

use std::collections::HashMap;

use mutirao_core::grid::Window;
use mutirao_mosaic::zones::{NO_ZONE, ZoneRun};

use super::{Kind, Place, Rows};

/// The place of a crossing: known where those of both kinds are.
pub(super) fn place(kinds: &[Kind], of: [usize; 2]) -> Place {
    let unknown = of.iter().find_map(|at| match &kinds[*at].place {
        Place::Unknown { why, .. } => Some(why.clone()),
        Place::Polygons(_) | Place::Region(_) | Place::Crossing(_) => None,
    });
    match unknown {
        Some(why) => Place::Unknown { why, in_sum: false },
        None => Place::Crossing(of),
    }
}

/// The rows of a crossing, laid together from those of its kinds.
pub(super) fn rows(
    crossing: &Kind,
    kinds: [&Kind; 2],
    rows: [&Result<Rows, String>; 2],
    window: &Window,
) -> Result<Rows, String> {
    let [first, second] = [rows[0].as_ref()?, rows[1].as_ref()?];
    let mut known: HashMap<[u32; 2], u32> = HashMap::new();
    let mut zone_of = |zones: [u32; 2]| match zones {
        [NO_ZONE, _] | [_, NO_ZONE] => NO_ZONE,
        _ => *known.entry(zones).or_insert_with(|| {
            let key = format!("{}|{}", kinds[0].key(zones[0]), kinds[1].key(zones[1]));
            // A territory that is not listed has a zone all the same, so that its missing rows are found.
            crossing.zone(&key).unwrap_or(u32::MAX)
        }),
    };
    let met = (window.row..window.row_end()).map(|row| {
        let meet = |a: &ZoneRun| {
            let (a, from) = (*a, second.row(row));
            let until = from.partition_point(|b| b.start < a.end);
            from[..until].iter().filter(move |b| b.end > a.start).map(move |b| (a, *b))
        };
        let pairs = first.row(row).iter().flat_map(meet);
        let run = |(a, b): (ZoneRun, ZoneRun)| ZoneRun {
            start: a.start.max(b.start),
            end: a.end.min(b.end),
            zone: zone_of([a.zone, b.zone]),
        };
        pairs.map(run).collect()
    });
    Ok(Rows::Region(window.row, met.collect()))
}
