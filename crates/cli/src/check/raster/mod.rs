//! Rasters: opened, laid on one frame, read once, judged.

mod wanted;

use std::collections::BTreeMap;

use mutirao_check::{
    CheckFinding, Report,
    raster::{Answer, RasterBand, RasterDelivery, RasterFile, SmallPatches, judge, unjudged},
};
use mutirao_core::{finding::Severity, pipeline::Overlap, raster::ReadError};
use mutirao_engine::{
    EngineError,
    areas::AreaFactors,
    inspect::{Inspected, Reach, inspect},
};
use mutirao_mosaic::{
    measure::{NOTHING, UNKNOWN},
    tally::BandTally,
};

use self::wanted::{Kind, Rules, in_hectares};
use super::{
    area::{Area, area},
    facts::{Facts, PeriodFacts},
    files,
    frame::{Before, Laid, bounds, lay},
    job::{Checked, Job, unreadable, without_door},
    reference::References,
};
use crate::{command::Failure, verify::factors};

/// Judges rasters.
pub fn check(job: &Job<'_>) -> Result<Checked, Failure> {
    let tools = job.setting.tools;
    let (opened, mut findings) = files::open(&job.delivered.files, tools);
    let (previous, more) = files::open(&job.delivered.previous, tools);
    findings.extend(more.into_iter().map(of_previous));
    let mut facts = Facts { files: opened.iter().map(files::RasterFile::facts).collect(), ..Facts::default() };
    if opened.is_empty() {
        return Ok(job.refused(findings, facts));
    }
    let laid = lay(job, &opened, &previous);
    for (file, bands) in facts.files.iter_mut().zip(&laid.matched.bands) {
        file.periods = bands.iter().map(|(_, period)| laid.matched.periods[*period].clone()).collect();
    }
    let mut area = area(job, &laid);
    let span = laid.lattice().and_then(|lattice| area.span(lattice));
    let laid = laid.around(span);
    let read = match read(job, &laid, &mut area) {
        Ok(read) => read,
        Err(EngineError::Input { path, source }) => {
            findings.push(cut_off(&path.display().to_string(), &source));
            return Ok(job.refused(findings, facts));
        }
        Err(error) => return Err(Failure::of(&error)),
    };
    let delivery = delivery(job, &laid, &opened, &area, read);
    facts.area_pixels = delivery.area_pixels;
    facts.periods = periods(&delivery);
    findings.extend(area.findings(job));
    let (found, mut outcomes) = judge(&delivery, job.rules);
    outcomes.extend(unjudged(job.object));
    findings.extend(found);
    let contract = &job.agreement.contract;
    Ok(Checked { report: Report::new(&contract.id, &contract.version, findings, outcomes), facts })
}

/// A file of the delivery before that cannot be read is no fault of this one: it only leaves `change` unjudged.
fn of_previous(mut finding: CheckFinding) -> CheckFinding {
    finding.severity = Severity::Warning;
    finding.message = format!("of the delivery before, {}; `change` cannot be judged against it", finding.message);
    finding.mend = Some("name the files of the delivery before by --previous, or leave it out".to_owned());
    finding
}

fn cut_off(path: &str, error: &ReadError) -> CheckFinding {
    unreadable(
        path,
        format!("{path} cannot be read to its end: {error}"),
        "deliver the file again: it is cut off or damaged",
    )
}

/// What came of reading all pixels.
struct Read {
    seen: Inspected,
    /// By file: what was counted in each of its bands.
    tallies: Vec<Vec<BandTally>>,
    area_pixels: Option<u64>,
    hectares: Option<Vec<BTreeMap<u32, f64>>>,
    references: References,
    /// By rule.
    answers: BTreeMap<usize, Answer>,
}

fn read(job: &Job<'_>, laid: &Laid, area: &mut Area) -> Result<Read, EngineError> {
    let tools = job.setting.tools;
    let reach = area.reach(laid, tools);
    let references = References::gather(job, laid);
    let factors = laid.grid().filter(|_| Rules::weigh(job)).and_then(|grid| factors::of(grid, &tools.door).ok());
    let mut rules = Rules::of(job, laid, factors.as_ref());
    let wanted = rules.wanted(reach.as_ref(), references.pixels());
    let seen = inspect(&laid.delivery, &wanted, job.setting.threads, &*tools.progress)?;
    let tallies = laid.tallies(job, &seen)?;
    let hectares = hectares(&seen, factors.as_ref());
    let answers = answers(&rules, &seen, factors.as_ref(), laid, job);
    let area_pixels = reach.as_ref().map(Reach::pixels);
    Ok(Read { seen, tallies, area_pixels, hectares, references, answers })
}

/// All that is judged.
fn delivery(job: &Job<'_>, laid: &Laid, opened: &[files::RasterFile], area: &Area, read: Read) -> RasterDelivery {
    let Read { seen, tallies, area_pixels, hectares, references, answers } = read;
    let pending = area.pending(job);
    let mut delivery = RasterDelivery {
        files: rasters(laid, opened, tallies),
        has_crosswalk: job.agreement.crosswalk.is_some(),
        periods: laid.matched.periods.clone(),
        lattice: laid.lattice().cloned(),
        frame: laid.grid().cloned(),
        matched: laid.matched.clone(),
        overlaps: laid.overlaps(&seen),
        is_ordered: matches!(job.agreement.overlap, Some(Overlap::First | Overlap::Last)),
        area_pixels,
        strips: area.strips().to_vec(),
        area_bounds: area.bounds(),
        network_bounds: job.setting.grid.map(bounds),
        answers,
        hectares,
    };
    let answers = references.answers(job, &delivery, &seen.points);
    delivery.answers.extend(answers);
    delivery.answers.extend(pending);
    delivery
}

fn hectares(seen: &Inspected, factors: Option<&AreaFactors>) -> Option<Vec<BTreeMap<u32, f64>>> {
    let factors = factors.filter(|_| !seen.series.areas.is_empty())?;
    let of = |areas: &BTreeMap<u32, mutirao_engine::areas::Amount>| {
        areas.iter().map(|(class, amount)| (*class, factors.hectares(amount.area))).collect()
    };
    Some(seen.series.areas.iter().map(of).collect())
}

/// The files with their tallies, in the order in which they were given.
fn rasters(laid: &Laid, opened: &[files::RasterFile], tallies: Vec<Vec<BandTally>>) -> Vec<RasterFile> {
    let file = |((at, file), tallies): ((usize, &files::RasterFile), Vec<BandTally>)| {
        let bands = laid.matched.bands[at].iter().zip(tallies);
        let values = laid.values(at);
        RasterFile {
            path: file.path.display().to_string(),
            statement: file.statement.clone(),
            crs: laid.crs[at].clone(),
            window: laid.windows[at],
            bands: bands.map(|((band, period), tally)| RasterBand { band: *band, period: *period, tally }).collect(),
            classes: values.map(|values| values.classes.clone()).unwrap_or_default(),
            signed: file.is_signed(),
            is_read: file.source.is_some(),
        }
    };
    opened.iter().enumerate().zip(tallies).map(file).collect()
}

/// What was measured for rules alone, by their places.
fn answers(
    rules: &Rules,
    seen: &Inspected,
    factors: Option<&AreaFactors>,
    laid: &Laid,
    job: &Job<'_>,
) -> BTreeMap<usize, Answer> {
    let mut answers = BTreeMap::new();
    let is_without_door = job.setting.tools.door.is_missing();
    for (rule, kind) in &rules.kinds {
        let answer = match *kind {
            _ if !laid.is_whole() => {
                Answer::Unjudged("not all files lie on the grid, so their pixels cannot be compared".to_owned())
            }
            Kind::Transitions(at) => Answer::Transitions(seen.series.transitions[at].clone()),
            Kind::Flicker(at) => {
                let (found, places) = &seen.series.flicker[at];
                Answer::Flicker(*found, places.clone())
            }
            Kind::Change(at) if laid.before == Before::Comparable => Answer::Change(seen.series.changes[at].clone()),
            Kind::Change(_) => Answer::Unjudged(incomparable(job, laid.before).to_owned()),
            Kind::Patches(at) => match (seen.patches.get(at), factors) {
                (Some(periods), Some(factors)) => {
                    Answer::Patches(periods.iter().map(|found| small(found, factors)).collect())
                }
                _ if is_without_door => without_door(),
                _ => Answer::Unjudged("the true area of pixels could not be found out".to_owned()),
            },
        };
        answers.insert(*rule, answer);
    }
    if factors.is_none() && is_without_door {
        let weighed = job.rules.iter().enumerate().filter(|(_, asked)| asked.check().is_some_and(in_hectares));
        answers.extend(weighed.map(|(rule, _)| (rule, without_door())));
    }
    answers
}

/// Why there is nothing to compare a delivery with.
fn incomparable(job: &Job<'_>, before: Before) -> &'static str {
    match before {
        _ if job.delivered.previous.is_empty() => "no delivery before it was given: say --previous FILE",
        Before::Elsewhere => "the delivery before it lies on another grid",
        _ => "the delivery before it cannot be read, or has no period of this one",
    }
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
