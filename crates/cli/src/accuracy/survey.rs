//! From a coverage and samples to what is known of every period.

use std::collections::BTreeMap;

use mutirao_accuracy::{AccuracyError, Assessment, Choice, ClassAccuracy, Options, Sample, Terms, assess};
use mutirao_engine::finished::Finished;
use serde::Serialize;

use super::{
    Stopped,
    place::{LeftOut, Placed, doubled, place},
    population::{Counting, Extent, Mapped},
    samples::{self, Row, Samples},
    strata::{Given, Strata},
    terms,
};
use crate::{
    args::{AccuracyArgs, EstimatorArg},
    command::Failure,
    coverage::Coverage,
    network::Tools,
};

/// What samples say of a coverage.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Samples in the file.
    pub samples: usize,
    /// What was done to their places.
    pub treatment: String,
    /// Samples of periods that were not asked for, or that the coverage lacks, by period.
    pub other_periods: BTreeMap<String, usize>,
    /// By period, in the coverage's order.
    pub periods: Vec<PeriodReport>,
    /// What people should know before they take the result for more than it is.
    pub notes: Vec<String>,
}

/// What samples say of a period.
#[derive(Debug, Serialize)]
pub struct PeriodReport {
    /// The period.
    pub period: String,
    /// Samples that were not counted.
    pub left_out: LeftOut,
    /// Where the strata and their sizes come from, in words.
    pub strata_from: String,
    /// Names of the classes, where the coverage has a legend.
    pub names: BTreeMap<u16, String>,
    /// The map's own classes, grouped as the others.
    pub mapped: BTreeMap<u16, Extent>,
    /// The estimates.
    #[serde(flatten)]
    pub assessment: Assessment,
}

/// Reads what was named, and estimates.
pub fn survey(args: &AccuracyArgs, threads: usize, tools: &Tools) -> Result<Report, Stopped> {
    let mut coverage = Coverage::open(&args.coverage, None, tools)?;
    if let Some(period) = &args.period {
        coverage.speak_for(period);
    }
    let terms = terms::of(args, coverage.legend())?;
    let finished = coverage.finished();
    let wanted = samples::Wanted {
        path: &args.samples,
        crs: args.crs.as_deref(),
        allow_ballpark: args.allow_ballpark,
        target: &finished.grid.crs,
        legend: coverage.legend(),
    };
    let samples = samples::read(&wanted, tools)?;
    let labels: Vec<String> = finished.periods.iter().map(|period| period.label.clone()).collect();
    let (chosen, other_periods) = by_period(args, &samples, &labels)?;
    let counting = Counting { coverage: &coverage, path: &args.coverage, threads, tools };
    let given = Given::of(args, &finished.grid, tools)?;
    let work =
        Work { args, coverage: &coverage, samples: &samples, terms, mapped: counting.mapped()?, counting, given };
    let mut notes = coverage.notes().to_vec();
    if !samples.unused.is_empty() {
        notes.push(format!("columns of the samples that say nothing here: {}", samples.unused.join(", ")));
    }
    let mut periods = Vec::new();
    for (period, rows) in chosen {
        periods.push(work.period(&finished, period, &rows, &mut notes)?);
    }
    Ok(Report { samples: samples.rows.len(), treatment: samples.treatment, other_periods, periods, notes })
}

/// Samples by the place of their period, and how many speak for others.
type ByPeriod<'a> = (BTreeMap<usize, Vec<&'a Row>>, BTreeMap<String, usize>);

fn by_period<'a>(args: &AccuracyArgs, samples: &'a Samples, labels: &[String]) -> Result<ByPeriod<'a>, Stopped> {
    let place = |label: &str| labels.iter().position(|own| own == label);
    let asked = match &args.period {
        None => None,
        Some(label) => Some(place(label).ok_or_else(|| {
            let help = format!("its periods are {}", labels.join(", "));
            Failure::usage(format!("the coverage has no period {label}"), help)
        })?),
    };
    let only = asked.or((labels.len() == 1).then_some(0));
    let mut chosen: BTreeMap<usize, Vec<&Row>> = BTreeMap::new();
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    for row in &samples.rows {
        let own = row.period.as_deref();
        let found = own.map_or(only, place).filter(|found| asked.is_none_or(|asked| asked == *found));
        match (found, own) {
            (Some(found), _) => chosen.entry(found).or_default().push(row),
            (None, Some(label)) => *others.entry(label.to_owned()).or_default() += 1,
            (None, None) => {
                let help = format!("say which with --period, or add a column `period`: {}", labels.join(", "));
                return Err(Failure::usage("the samples do not say for which period they speak", help).into());
            }
        }
    }
    if chosen.is_empty() {
        let said: Vec<String> = others.keys().cloned().collect();
        let error = match said.is_empty() {
            true => format!("{} holds no sample", args.samples.display()),
            false => format!("no sample speaks for a period that is wanted; they speak for {}", said.join(", ")),
        };
        return Err(Stopped::data(error, &format!("the coverage's periods are {}", labels.join(", "))));
    }
    Ok((chosen, others))
}

/// Everything that every period needs.
struct Work<'a> {
    args: &'a AccuracyArgs,
    coverage: &'a Coverage,
    samples: &'a Samples,
    terms: Terms,
    mapped: Mapped,
    counting: Counting<'a>,
    given: Given,
}

impl Work<'_> {
    fn period(
        &self,
        finished: &Finished<'_>,
        period: usize,
        rows: &[&Row],
        notes: &mut Vec<String>,
    ) -> Result<PeriodReport, Stopped> {
        let label = finished.periods[period].label.clone();
        let (placed, mut left_out) = place(&finished.grid, &finished.periods[period].class, rows)?;
        let mapped = self.mapped.get(&label).cloned().unwrap_or_default();
        let strata = Strata { args: self.args, samples: self.samples, mapped: &mapped, counting: &self.counting };
        let found = strata.of(&self.given, &placed, period)?;
        left_out.no_stratum = placed.len() - found.samples.len();
        if found.samples.is_empty() {
            let error = format!("{label}: none of {} samples lies on a pixel of the map that has a class", rows.len());
            return Err(Stopped::data(error, "x comes before y; give the CRS of a CSV file with --crs"));
        }
        let kept: Vec<Placed<'_>> = found.samples.iter().map(|(placed, _)| *placed).collect();
        notes.extend(found.notes.iter().map(|note| format!("{label}: {note}")));
        let doubled = doubled(&kept);
        if doubled > 0 {
            notes.push(format!("{label}: samples on a pixel that an earlier one lies on: {doubled}"));
        }
        let samples: Vec<Sample> = found.samples.iter().map(|(placed, stratum)| sample(placed, *stratum)).collect();
        let assessment = assess(&found.strata, &samples, &self.terms, &options(self.args))
            .map_err(|error| refused(&label, &error))?;
        notes.extend(unanimous(&assessment).map(|note| format!("{label}: {note}")));
        let names = self.names(&assessment);
        let mapped = self.grouped(&mapped);
        Ok(PeriodReport { period: label, left_out, strata_from: found.from, names, mapped, assessment })
    }

    fn grouped(&self, mapped: &BTreeMap<u16, Extent>) -> BTreeMap<u16, Extent> {
        let mut grouped: BTreeMap<u16, Extent> = BTreeMap::new();
        for (class, extent) in mapped {
            let group = self.terms.groups.get(class).copied().unwrap_or(*class);
            grouped.entry(group).or_default().add(*extent);
        }
        grouped
    }

    fn names(&self, assessment: &Assessment) -> BTreeMap<u16, String> {
        let Some(legend) = self.coverage.legend() else { return BTreeMap::new() };
        let name = |class: &u16| Some((*class, legend.get(*class)?.name.clone()));
        assessment.matrix.classes.iter().filter_map(name).collect()
    }
}

/// Where all samples say the same, all right or all wrong: the formulas give an error of 0 there, which only a census has.
fn unanimous(assessment: &Assessment) -> Option<String> {
    let is_census = assessment.strata.iter().all(|stratum| stratum.samples as u64 >= stratum.pixels);
    let without = |own: &&ClassAccuracy| {
        [&own.users, &own.producers, &own.share].iter().any(|measure| measure.standard_error == Some(0.0))
    };
    let classes: Vec<String> = assessment.classes.iter().filter(without).map(|own| own.class.to_string()).collect();
    let several = if classes.len() == 1 { "class" } else { "classes" };
    (!is_census && !classes.is_empty()).then(|| {
        format!(
            "some measures of the {several} {} have an error of 0, as all samples that they rest on are right, or all are wrong; it says \
             that these are few, not that the measure is exact",
            classes.join(", ")
        )
    })
}

fn sample(placed: &Placed<'_>, stratum: usize) -> Sample {
    let Placed { row, map, .. } = *placed;
    Sample {
        stratum,
        map,
        reference: row.reference,
        alternate: row.alternate,
        weight: row.weight,
        cluster: row.cluster.clone(),
    }
}

fn options(args: &AccuracyArgs) -> Options {
    let estimator = match args.estimator {
        EstimatorArg::Auto => Choice::Auto,
        EstimatorArg::Olofsson2014 => Choice::Olofsson2014,
        EstimatorArg::Stehman2014 => Choice::Stehman2014,
    };
    Options { estimator, finite_population: args.finite_population, confidence: args.confidence }
}

/// What cannot be estimated, in words of the command line.
fn refused(label: &str, error: &AccuracyError) -> Stopped {
    let help = match error {
        AccuracyError::StrataAreNotClasses { .. } => "take --estimator stehman2014, or leave it to auto",
        AccuracyError::NotForDesign { .. } => {
            "leave --estimator to auto: it weighs samples and clusters as they were drawn"
        }
        AccuracyError::NoCorrection => "leave --finite-population away",
        AccuracyError::ClusterAcrossStrata { .. } => {
            "give the column `stratum` and --strata of the strata within which clusters were drawn; or leave both out, and clusters \
             count as drawn from the whole map"
        }
        AccuracyError::MoreSamplesThanPixels { .. } | AccuracyError::EmptyStratum { .. } => {
            "see that the sizes are those of the strata from which the samples were drawn"
        }
        AccuracyError::AreasPartly { .. } => "give all strata an area above 0, or none",
        _ => "see the samples and the strata",
    };
    Stopped::data(format!("{label}: {error}"), help)
}
