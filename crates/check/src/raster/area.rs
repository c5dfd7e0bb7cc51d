//! What speaks inside and outside the responsible area.

use mutirao_contract::checks::{OutsideAreaCheck, ValidShareCheck};
use mutirao_mosaic::{
    measure::NOTHING,
    tally::{BandTally, INSIDE, Places},
};

use super::{
    RasterDelivery, RasterFile,
    places::in_period,
    words::{counted, of, percent, thousands, verb},
};
use crate::{
    report::Value,
    rules::{Asked, Judged},
};

/// Pixels of a period that speak, by zone.
fn speaking(files: &[RasterFile], period: usize) -> Vec<u64> {
    let mut speaking = Vec::new();
    // A file that does not lie on the frame lies neither in the area nor beyond it.
    for file in files.iter().filter(|file| file.window.is_some()) {
        for band in file.bands.iter().filter(|band| band.period == period) {
            let zones = &band.tally.values;
            speaking.resize(speaking.len().max(zones.len()), 0);
            let speaks = |(bits, _): &(u16, u64)| file.classes[usize::from(*bits)] != NOTHING;
            for (sum, counts) in speaking.iter_mut().zip(zones) {
                *sum += counts.iter().filter(speaks).map(|(_, count)| count).sum::<u64>();
            }
        }
    }
    speaking
}

/// The first places of a period among some that its bands note.
fn places<'a, I>(files: &'a [RasterFile], period: usize, of: impl Fn(&'a BandTally) -> I) -> Places
where
    I: IntoIterator<Item = &'a Places>,
{
    let mut all = Places::default();
    let bands = files.iter().flat_map(|file| &file.bands).filter(|band| band.period == period);
    bands.flat_map(|band| of(&band.tally)).for_each(|places| all.merge(places));
    all
}

const NO_AREA: &str = "the responsible area is not at hand";

pub(super) fn valid_share(delivery: &RasterDelivery, asked: &Asked, wanted: &ValidShareCheck) -> Judged {
    let Some(area) = delivery.area_pixels else { return Judged::Unjudged(NO_AREA.to_owned()) };
    if area == 0 {
        let message = "none of the responsible area is mapped: it lies elsewhere, or is smaller than a pixel";
        let finding = asked.broken(message).but(wanted.min_share, 0.0);
        return Judged::Broken(
            vec![finding.with_mend("see that the files are in the CRS that they state")],
            Some(0.0.into()),
        );
    }
    let (mut findings, mut least) = (Vec::new(), 1.0_f64);
    for (at, period) in delivery.periods.iter().enumerate() {
        let speaks = speaking(&delivery.files, at).first().copied().unwrap_or(0);
        let share = speaks as f64 / area as f64;
        least = least.min(share);
        if share < wanted.min_share {
            let message = format!(
                "{} of the responsible area is mapped{}, and at least {} is agreed: {} of its {} pixels hold nothing",
                percent(share),
                if period.is_empty() { String::new() } else { format!(" in {period}") },
                percent(wanted.min_share),
                thousands(area.saturating_sub(speaks)),
                thousands(area)
            );
            let first = in_period(delivery, at, places(&delivery.files, at, |tally| [&tally.holes]).first());
            let finding = asked.broken(message).but(wanted.min_share, share);
            let finding = finding.at_places(area.saturating_sub(speaks), first);
            let mut finding = finding.with_mend("map what is missing; nothing is for what is known to be nothing");
            finding.place.get_or_insert_default().period = Some(period.clone());
            findings.push(finding);
        }
    }
    Judged::by(findings, Some(Value::Number(least)))
}

pub(super) fn outside(delivery: &RasterDelivery, asked: &Asked, wanted: &OutsideAreaCheck) -> Judged {
    if delivery.area_pixels.is_none() {
        return Judged::Unjudged(NO_AREA.to_owned());
    }
    // The first zone that the rule's strip does not reach.
    let first = INSIDE + 1 + delivery.strips.partition_point(|metres| *metres <= wanted.buffer_m);
    let (mut findings, mut most) = (Vec::new(), 0);
    for (at, period) in delivery.periods.iter().enumerate() {
        let speaking = speaking(&delivery.files, at);
        let (all, beyond) = (speaking.iter().sum::<u64>(), speaking.iter().skip(first).sum());
        most = most.max(beyond);
        let share = beyond as f64 / all.max(1) as f64;
        let too_many = wanted.max_pixels.filter(|limit| beyond > *limit);
        let too_much = wanted.max_share.filter(|limit| share > *limit);
        if too_many.is_none() && too_much.is_none() {
            continue;
        }
        let expected = match (too_many, too_much) {
            (Some(limit), _) => counted(limit, "pixel"),
            (None, limit) => percent(limit.unwrap_or_default()),
        };
        let strip =
            if wanted.buffer_m > 0.0 { format!(" and the {} m around it", wanted.buffer_m) } else { String::new() };
        let message = format!(
            "{}{} ({} of all that speak) {} outside the responsible area{strip}, and at most {expected} may",
            counted(beyond, "pixel"),
            of(period),
            percent(share),
            verb(beyond as usize, "lies", "lie")
        );
        let places = places(&delivery.files, at, |tally| tally.outside.iter().skip(first));
        let places = in_period(delivery, at, places.first());
        let finding = asked.broken(message).but(format!("at most {expected}"), beyond).at_places(beyond, places);
        let mut finding = finding;
        finding.place.get_or_insert_default().period = Some(period.clone());
        findings.push(finding.with_mend("clip the layer to the area: `gdalwarp -cutline AREA -r near IN OUT`"));
    }
    Judged::by(findings, Some(Value::Count(most)))
}
