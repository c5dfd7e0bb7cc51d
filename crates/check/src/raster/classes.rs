//! Which classes there are, and how much of them.

use std::collections::BTreeMap;

use mutirao_contract::checks::{ClassLimits, ClassShareCheck, ClassesCheck};
use mutirao_core::values::ValueSet;
use mutirao_mosaic::measure::{NOTHING, UNKNOWN, classes::Classes};

use super::{
    RasterBand, RasterDelivery, RasterFile,
    places::{FIRST, pixel},
    words::{counted, listed, of, percent, thousands},
};
use crate::{
    report::{CheckFinding, Value, Where},
    rules::{Asked, Judged},
};

/// At most so many values are told one by one.
const MOST: usize = 10;

/// Pixels of a period by class, what is unknown among them; nothing is none of them.
pub(super) fn by_class(delivery: &RasterDelivery, period: usize) -> BTreeMap<u32, u64> {
    let mut classes = BTreeMap::new();
    let bands = delivery.files.iter().flat_map(|file| file.bands.iter().map(move |band| (file, band)));
    for (file, band) in bands.filter(|(_, band)| band.period == period) {
        for (bits, count) in band.tally.values.iter().flat_map(|counts| counts.iter()) {
            let class = file.classes[usize::from(bits)];
            if class != NOTHING {
                *classes.entry(class).or_default() += count;
            }
        }
    }
    classes
}

/// Pixels of one value that should not be.
#[derive(Default)]
struct Odd {
    count: u64,
    by_period: BTreeMap<usize, u64>,
    /// By period, row and column.
    places: BTreeMap<(usize, [u32; 2]), Where>,
    /// What it becomes by the crosswalk; none where it is on no line of it.
    class: Option<u32>,
}

pub(super) fn classes(delivery: &RasterDelivery, asked: &Asked, wanted: &ClassesCheck) -> Judged {
    let allowed = Classes::new(&wanted.allowed);
    let mut odd: BTreeMap<i32, Odd> = BTreeMap::new();
    for file in &delivery.files {
        for band in &file.bands {
            note(delivery, file, band, &|class| allowed.hold(class) || (class == UNKNOWN && !wanted.known), &mut odd);
        }
    }
    let pixels: u64 = odd.values().map(|odd| odd.count).sum();
    let values = odd.len();
    let mut findings: Vec<CheckFinding> =
        odd.iter().take(MOST).map(|(value, odd)| odd_finding(delivery, asked, &wanted.allowed, *value, odd)).collect();
    if values > MOST {
        let message =
            format!("{} values are not agreed; the least {MOST} of them are told one by one", thousands(values as u64));
        let mend = "is this the right file? so many values are rarely classes";
        let finding = asked.broken(message).but(wanted.allowed.to_string(), values as u64).with_mend(mend);
        findings.insert(0, CheckFinding { count: Some(pixels), ..finding });
    }
    findings.extend(missing(delivery, asked, &wanted.required));
    Judged::by(findings, Some(Value::Count(pixels)))
}

fn note(
    delivery: &RasterDelivery,
    file: &RasterFile,
    band: &RasterBand,
    is_fine: &dyn Fn(u32) -> bool,
    odd: &mut BTreeMap<i32, Odd>,
) {
    for (bits, count) in band.tally.values.iter().flat_map(|counts| counts.iter()) {
        let class = file.classes[usize::from(bits)];
        if class == NOTHING || is_fine(class) {
            continue;
        }
        let value = if file.signed { i32::from(bits as i16) } else { i32::from(bits) };
        let found = odd.entry(value).or_default();
        found.count += count;
        *found.by_period.entry(band.period).or_default() += count;
        found.class = (class != UNKNOWN).then_some(class);
        if let Some(places) = band.tally.odd.get(&bits) {
            for [col, row] in places.first() {
                let place = (band.period, [row, col]);
                found.places.entry(place).or_insert_with(|| pixel(delivery, file, band, [col, row]));
            }
        }
    }
}

fn odd_finding(delivery: &RasterDelivery, asked: &Asked, allowed: &ValueSet, value: i32, odd: &Odd) -> CheckFinding {
    let periods: Vec<String> =
        odd.by_period.keys().map(|at| delivery.periods[*at].clone()).filter(|p| !p.is_empty()).collect();
    let when = match periods.len() {
        0 => String::new(),
        1 => format!(" of {}", periods[0]),
        _ => format!(" of {}", listed(&periods, "other periods")),
    };
    let what = match odd.class {
        None if !delivery.has_crosswalk => format!("{value} is no class: classes are whole numbers from 0"),
        None => format!("code {value} stands on no line of the crosswalk"),
        Some(class) if i64::from(class) != i64::from(value) => {
            format!("code {value} becomes class {class}, which is not agreed")
        }
        Some(_) => format!("class {value} is not agreed"),
    };
    let message =
        format!("{what}: {}{when} hold{} it", counted(odd.count, "pixel"), if odd.count == 1 { "s" } else { "" });
    let mend = format!(
        "if {value} is a class, agree on it in `classes`{}; if it is nothing, write it as the agreed nodata",
        if odd.class.is_none() && delivery.has_crosswalk { " and the crosswalk" } else { "" }
    );
    let finding = asked.broken(message).but(allowed.to_string(), value.to_string());
    let first = odd.places.values().take(FIRST).cloned().collect();
    finding.at_places(odd.count, first).with_mend(mend)
}

/// Classes that must be somewhere in every period.
fn missing(delivery: &RasterDelivery, asked: &Asked, required: &ValueSet) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    for (at, period) in delivery.periods.iter().enumerate() {
        let there = by_class(delivery, at);
        let holds = |class: i32| u32::try_from(class).is_ok_and(|class| there.contains_key(&class));
        let wanted = required.ranges().iter().flat_map(|(from, to)| *from..=*to);
        let missing: Vec<String> =
            wanted.filter(|class| !holds(*class)).take(20).map(|class| class.to_string()).collect();
        if !missing.is_empty() {
            let is = if missing.len() == 1 { "class" } else { "classes" };
            let message = format!(
                "{is} {} must be there, and no pixel{} holds {}",
                missing.join(", "),
                of(period),
                if missing.len() == 1 { "it" } else { "them" }
            );
            let mut finding = asked.broken(message).but(required.to_string(), "absent");
            finding.element = mutirao_contract::checks::Element::Omission.words().to_owned();
            let place = Where { period: Some(period.clone()), ..Where::default() };
            findings.push(
                finding
                    .at(place)
                    .with_mend("look whether the class was lost on the way, or agree that it may be absent"),
            );
        }
    }
    findings
}

pub(super) fn share(delivery: &RasterDelivery, asked: &Asked, wanted: &ClassShareCheck) -> Judged {
    let wants_area = wanted.limits.iter().any(|limits| limits.min_ha.or(limits.max_ha).is_some());
    if wants_area && delivery.hectares.is_none() {
        return Judged::Unjudged("the true area of pixels could not be found out".to_owned());
    }
    let mut findings = Vec::new();
    let mut speaks = false;
    for (at, period) in delivery.periods.iter().enumerate() {
        let classes = by_class(delivery, at);
        let total: u64 = classes.values().sum();
        speaks |= total > 0;
        let hectares = delivery.hectares.as_ref().and_then(|periods| periods.get(at));
        for limits in &wanted.limits {
            let compiled = Classes::new(&limits.classes);
            let pixels: u64 = classes.iter().filter(|(class, _)| compiled.hold(**class)).map(|(_, count)| count).sum();
            let ha = hectares.map(|by_class| {
                by_class.iter().filter(|(class, _)| compiled.hold(**class)).fold(0.0, |sum, (_, ha)| sum + ha)
            });
            let share = (total > 0).then(|| pixels as f64 / total as f64);
            for broken in broken(limits, share, ha) {
                let message = format!(
                    "class {} has {}{}, and {} is agreed ({} of {} pixels)",
                    limits.classes,
                    broken.has,
                    of(period),
                    broken.agreed,
                    thousands(pixels),
                    thousands(total)
                );
                let place = Where { period: Some(period.clone()), ..Where::default() };
                let mend = "look whether the class was mapped as agreed; if the limit no longer fits, agree on another";
                let finding = asked.broken(message).but(broken.limit, broken.measured).at(place).with_mend(mend);
                findings.push(CheckFinding { count: Some(pixels), ..finding });
            }
        }
    }
    if !speaks {
        return Judged::Undefined("no pixel speaks".to_owned());
    }
    Judged::by(findings, None)
}

/// A limit that does not hold, as a share of 1 or in hectares.
struct BrokenLimit {
    limit: f64,
    measured: f64,
    /// What was agreed, and what there is, in words.
    agreed: String,
    has: String,
}

fn broken(limits: &ClassLimits, share: Option<f64>, ha: Option<f64>) -> Vec<BrokenLimit> {
    let hold = |limit: Option<f64>, measured: Option<f64>, is_fine: fn(f64, f64) -> bool| {
        limit.zip(measured).filter(|(limit, measured)| !is_fine(*measured, *limit))
    };
    let told = |found: Option<(f64, f64)>, bound: &str, words: &dyn Fn(f64) -> String| {
        let (limit, measured) = found?;
        Some(BrokenLimit { limit, measured, agreed: format!("{bound} {}", words(limit)), has: words(measured) })
    };
    let area = |ha: f64| format!("{} ha", (ha * 100.0).round() / 100.0);
    [
        told(hold(limits.min_share, share, |a, b| a >= b), "at least", &percent),
        told(hold(limits.max_share, share, |a, b| a <= b), "at most", &percent),
        told(hold(limits.min_ha, ha, |a, b| a >= b), "at least", &area),
        told(hold(limits.max_ha, ha, |a, b| a <= b), "at most", &area),
    ]
    .into_iter()
    .flatten()
    .collect()
}
