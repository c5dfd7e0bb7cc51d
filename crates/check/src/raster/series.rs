//! What several periods, deliveries or neighbouring pixels tell.

use mutirao_contract::checks::{ChangeCheck, FlickerCheck, ImpossibleTransitionsCheck, MinimumMappingUnitCheck};
use mutirao_mosaic::{
    measure::{compare::Compared, flicker::Flicker, transition::TransitionTally},
    tally::Places,
};

use super::{
    RasterDelivery, SmallPatches,
    places::{FIRST, in_period},
    words::{class, counted, of, percent, thousands, verb},
};
use crate::{
    report::{CheckFinding, Value, Where},
    rules::{Asked, Judged},
};

/// Says in which period a finding is, also where it has no pixel.
fn dated(mut finding: CheckFinding, period: &str) -> CheckFinding {
    finding.place.get_or_insert_default().period = Some(period.to_owned());
    finding
}

pub(super) fn change(
    delivery: &RasterDelivery,
    asked: &Asked,
    wanted: &ChangeCheck,
    found: &[Option<(Compared, Places)>],
) -> Judged {
    let compared: Vec<(usize, &Compared, &Places)> = found
        .iter()
        .enumerate()
        .filter_map(|(at, found)| found.as_ref().map(|(found, places)| (at, found, places)))
        .collect();
    if compared.iter().all(|(_, found, _)| found.either == 0) {
        return Judged::Undefined("no pixel speaks in this delivery or the one before it".to_owned());
    }
    let (mut findings, mut most) = (Vec::new(), 0.0_f64);
    for (at, found, places) in compared.into_iter().filter(|(_, found, _)| found.either > 0) {
        let share = found.differ as f64 / found.either as f64;
        most = most.max(share);
        if share > wanted.max_share {
            let period = &delivery.periods[at];
            let message = format!(
                "{}{} {} from the delivery before: {} of the {} that {} in either, and at most {} is agreed",
                counted(found.differ, "pixel"),
                of(period),
                verb(found.differ as usize, "differs", "differ"),
                percent(share),
                counted(found.either, "pixel"),
                wanted.classes.as_ref().map_or_else(|| "speak".to_owned(), |classes| format!("hold {classes}")),
                percent(wanted.max_share)
            );
            let first = in_period(delivery, at, places.first());
            let finding = asked.broken(message).but(wanted.max_share, share).at_places(found.differ, first);
            let mend = "look whether the right file was delivered; if the map was mended on purpose, say so and agree on a waiver";
            findings.push(dated(finding.with_mend(mend), period));
        }
    }
    Judged::by(findings, Some(Value::Number(most)))
}

pub(super) fn transitions(
    delivery: &RasterDelivery,
    asked: &Asked,
    wanted: &ImpossibleTransitionsCheck,
    found: &[(TransitionTally, Vec<Places>)],
) -> Judged {
    if found.is_empty() {
        return Judged::Undefined("one period has no period before it".to_owned());
    }
    let (mut findings, mut most) = (Vec::new(), 0.0_f64);
    for (at, (tally, places)) in found.iter().enumerate() {
        for ((pair, counts), places) in wanted.transitions.iter().zip(&tally.pairs).zip(places) {
            let share = counts.broken as f64 / counts.from.max(1) as f64;
            most = most.max(share);
            if counts.broken == 0 || share <= wanted.max_share {
                continue;
            }
            let (from, to) = (&delivery.periods[at], &delivery.periods[at + 1]);
            let message = format!(
                "{} became {} from {} between {from} and {to}: {} of those that held {} before, and at most {} is agreed",
                counted(counts.broken, "pixel"),
                pair.to,
                pair.from,
                percent(share),
                pair.from,
                percent(wanted.max_share)
            );
            let first = in_period(delivery, at + 1, places.first());
            let finding = asked.broken(message).but(wanted.max_share, share).at_places(counts.broken, first);
            findings.push(dated(finding.with_mend("look at these places in both periods: one of them is wrong"), to));
        }
    }
    Judged::by(findings, Some(Value::Number(most)))
}

pub(super) fn flicker(
    delivery: &RasterDelivery,
    asked: &Asked,
    wanted: &FlickerCheck,
    (found, places): (&Flicker, &[Places]),
) -> Judged {
    if delivery.periods.len() < 3 {
        return Judged::Undefined("a pixel needs three periods to leave a class and return to it".to_owned());
    }
    if found.ever == 0 {
        return Judged::Undefined("no pixel ever holds one of the classes".to_owned());
    }
    let share = found.flickering as f64 / found.ever as f64;
    if share <= wanted.max_share {
        return Judged::Kept(Some(share.into()));
    }
    let away = if wanted.periods == 1 { "at once".to_owned() } else { format!("within {} periods", wanted.periods) };
    let message = format!(
        "{} {} a class and {} to it {away}: {} of the {} that ever hold one of the classes, and at most {} is agreed",
        counted(found.flickering, "pixel"),
        verb(found.flickering as usize, "leaves", "leave"),
        verb(found.flickering as usize, "returns", "return"),
        percent(share),
        counted(found.ever, "pixel"),
        percent(wanted.max_share)
    );
    let mut first: Vec<(usize, [u32; 2])> = places
        .iter()
        .enumerate()
        .flat_map(|(period, places)| places.first().map(move |place| (period, place)))
        .collect();
    first.sort_by_key(|(_, [col, row])| [*row, *col]);
    first.truncate(FIRST);
    let of = |(period, place)| in_period(delivery, period, std::iter::once(place));
    let first: Vec<Where> = first.into_iter().flat_map(of).collect();
    let finding = asked.broken(message).but(wanted.max_share, share).at_places(found.flickering, first);
    Judged::Broken(vec![finding.with_mend("filter the series in time before it is delivered")], Some(share.into()))
}

pub(super) fn patches(
    delivery: &RasterDelivery,
    asked: &Asked,
    wanted: &MinimumMappingUnitCheck,
    found: &[SmallPatches],
) -> Judged {
    // Kept is what was looked at and is as agreed.
    if found.iter().all(|found| found.judged == 0) {
        let at_edges: u64 = found.iter().map(|found| found.at_edges).sum();
        let because = match at_edges {
            0 => "there is no patch".to_owned(),
            _ => "every patch touches the edge of file or area, or nothing; `at_edges: true` judges them all the same"
                .to_owned(),
        };
        return Judged::Undefined(because);
    }
    let (mut findings, mut most) = (Vec::new(), 0);
    for (at, found) in found.iter().enumerate() {
        most = most.max(found.small);
        if found.small <= wanted.max_patches {
            continue;
        }
        let period = &delivery.periods[at];
        let smallest = found
            .first
            .iter()
            .map(|(_, held, ha)| format!("{} with {ha:.4} ha", class(*held)))
            .next()
            .unwrap_or_default();
        let message = format!(
            "{} of the {} judged{} {} smaller than {} ha, the first of them {smallest}; {} at an edge of file, area or nothing {} not judged",
            thousands(found.small),
            counted(found.judged, "patch"),
            of(period),
            verb(found.small as usize, "is", "are"),
            wanted.min_ha,
            thousands(found.at_edges),
            verb(found.at_edges as usize, "was", "were")
        );
        let first = in_period(delivery, at, found.first.iter().map(|(pixel, _, _)| *pixel));
        let expected = match wanted.max_patches {
            0 => "none".to_owned(),
            most => format!("at most {most}"),
        };
        let finding = asked.broken(message).but(expected, found.small).at_places(found.small, first);
        let mend = "sieve them: `gdal_sieve.py -st PIXELS -8 IN OUT`, or agree on a smaller unit";
        findings.push(dated(finding.with_mend(mend), period));
    }
    Judged::by(findings, Some(Value::Count(most)))
}
