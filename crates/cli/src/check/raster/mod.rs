//! Rasters: opened, laid on one frame, read once, judged.

mod delivery;
mod frame;
mod wanted;

use std::collections::BTreeMap;

use mutirao_check::{
    Report,
    raster::{Answer, RasterBand, RasterDelivery, RasterFile, SmallPatches, judge},
};
use mutirao_engine::{
    EngineError,
    areas::AreaFactors,
    inspect::{Inspected, inspect},
};
use mutirao_mosaic::measure::{NOTHING, UNKNOWN};

pub use self::delivery::{Laid, lay};
use self::wanted::{Kind, Rules};
use super::{
    Checked, Facts, Job,
    facts::{FileFacts, PeriodFacts},
    files,
    reach::area,
    reference::References,
    unreadable,
};
use crate::{command::Failure, verify::factors};

/// Judges rasters.
pub fn check(job: &Job<'_>) -> Result<Checked, Failure> {
    let tools = job.setting.tools;
    let (opened, mut findings) = files::open(&job.delivered.files, tools);
    let (previous, more) = files::open(&job.delivered.previous, tools);
    findings.extend(more);
    let mut facts = Facts { files: opened.iter().map(FileFacts::of).collect(), ..Facts::default() };
    if opened.is_empty() {
        return Ok(job.refused(findings, facts));
    }
    let laid = lay(job, &opened, &previous);
    let mut area = area(job, &laid);
    let laid = laid.with_area(&area);
    let reach = area.reach(&laid, tools);
    let references = References::gather(job, &laid);
    let factors = laid.grid().map(|grid| factors::of(grid, &tools.door));
    let mut rules = Rules::of(job, &laid, factors.as_ref().and_then(|factors| factors.as_ref().ok()));
    let wanted = rules.wanted(reach.as_ref(), references.pixels());
    let seen = inspect(&laid.delivery, &wanted, job.setting.threads, &*tools.progress);
    let seen = match seen {
        Ok(seen) => seen,
        Err(error @ EngineError::Input { .. }) => {
            let EngineError::Input { path, .. } = &error else { unreachable!() };
            let name = path.display().to_string();
            findings.push(unreadable(&name, error.to_string(), "deliver the file again: it is cut off or damaged"));
            return Ok(job.refused(findings, facts));
        }
        Err(error) => return Err(Failure::of(&error)),
    };
    let apart = laid.inspect_apart(job)?;
    let hectares = hectares(&seen, wanted.series.factors);
    let answers = answers(&rules, &seen, wanted.series.factors, &laid);
    let delivery = RasterDelivery {
        files: rasters(&laid, &opened, &seen, apart),
        periods: laid.matched.periods.clone(),
        frame: laid.grid().cloned(),
        matched: laid.matched.clone(),
        area_pixels: reach.as_ref().map(mutirao_engine::inspect::Reach::pixels),
        area_bounds: area.bounds(),
        network_bounds: job.setting.grid.map(frame::bounds),
        answers: answers.into_iter().chain(references.answers(job, &laid, &seen, hectares.as_deref())).collect(),
        hectares,
    };
    facts.area_pixels = delivery.area_pixels;
    facts.periods = periods(&delivery);
    findings.extend(area.findings(job));
    let (found, outcomes) = judge(&delivery, job.rules);
    findings.extend(found);
    let contract = &job.agreement.contract;
    Ok(Checked { report: Report::new(&contract.id, &contract.version, findings, outcomes), facts })
}

fn hectares(seen: &Inspected, factors: Option<&AreaFactors>) -> Option<Vec<BTreeMap<u32, f64>>> {
    let factors = factors.filter(|_| !seen.series.areas.is_empty())?;
    let of = |areas: &BTreeMap<u32, mutirao_engine::areas::Amount>| {
        areas.iter().map(|(class, amount)| (*class, factors.hectares(amount.area))).collect()
    };
    Some(seen.series.areas.iter().map(of).collect())
}

/// The files with their tallies, in the order in which they were given.
fn rasters(
    laid: &Laid,
    opened: &[files::RasterFile],
    seen: &Inspected,
    mut apart: BTreeMap<usize, Vec<mutirao_mosaic::tally::BandTally>>,
) -> Vec<RasterFile> {
    let file = |(at, file): (usize, &files::RasterFile)| {
        let tallies = match laid.place(at) {
            Some(place) => seen.bands[place].clone(),
            None => apart.remove(&at).unwrap_or_default(),
        };
        let bands = laid.matched.bands[at].iter().zip(tallies);
        let values = laid.values(at);
        RasterFile {
            path: file.path.display().to_string(),
            statement: file.statement.clone(),
            crs: laid.crs[at].clone(),
            window: laid.windows[at],
            bands: bands.map(|((band, period), tally)| RasterBand { band: *band, period: *period, tally }).collect(),
            classes: values.map(|values| values.classes.clone()).unwrap_or_default(),
            signed: file.statement.dtype.starts_with("int"),
        }
    };
    opened.iter().enumerate().map(file).collect()
}

/// What was measured for rules alone, by their places.
fn answers(rules: &Rules, seen: &Inspected, factors: Option<&AreaFactors>, laid: &Laid) -> BTreeMap<usize, Answer> {
    let mut answers = BTreeMap::new();
    for (rule, kind) in &rules.kinds {
        let answer = match *kind {
            Kind::Transitions(at) => Answer::Transitions(seen.series.transitions[at].clone()),
            Kind::Flicker(at) => {
                let (found, places) = &seen.series.flicker[at];
                Answer::Flicker(*found, places.clone())
            }
            Kind::Change(at) if laid.has_previous() => Answer::Change(seen.series.changes[at].clone()),
            Kind::Change(_) => Answer::Unjudged("no delivery before it was given: say --previous FILE".to_owned()),
            Kind::Patches(at) => match (seen.patches.get(at), factors) {
                (Some(periods), Some(factors)) => {
                    Answer::Patches(periods.iter().map(|found| small(found, factors)).collect())
                }
                _ => Answer::Unjudged("the true area of pixels could not be found out".to_owned()),
            },
        };
        answers.insert(*rule, answer);
    }
    answers
}

fn small(found: &mutirao_mosaic::measure::patches::Sieved, factors: &AreaFactors) -> SmallPatches {
    let first = found.first.iter().map(|patch| ([patch.col, patch.row], patch.class, factors.hectares(patch.area)));
    SmallPatches {
        judged: found.totals.judged,
        at_edges: found.totals.left_out,
        small: found.totals.small,
        first: first.collect(),
    }
}

fn periods(delivery: &RasterDelivery) -> Vec<PeriodFacts> {
    let period = |(at, label): (usize, &String)| {
        let mut classes = delivery.classes_of(at);
        let unknown = classes.remove(&UNKNOWN).unwrap_or(0);
        debug_assert!(!classes.contains_key(&NOTHING));
        PeriodFacts { period: label.clone(), pixels: classes.values().sum::<u64>() + unknown, classes, unknown }
    };
    delivery.periods.iter().enumerate().map(period).collect()
}
