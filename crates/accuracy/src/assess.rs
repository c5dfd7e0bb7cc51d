//! All measures of a sample.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    design::{Options, Sample, Stratum, Terms},
    error::AccuracyError,
    frame::Frame,
    judge::Unit,
    measure::{Measure, Undefined},
    method::{Method, choose},
    normal,
    ratio::{Ratio, Spread},
};

/// What a sample says of a map.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assessment {
    /// The estimator.
    pub estimator: Method,
    /// Whether variances are corrected for a finite population.
    pub finite_population: bool,
    /// How often an interval shall hold the truth.
    pub confidence: f64,
    /// How many samples there are.
    pub samples: usize,
    /// The whole in hectares, where the strata have areas.
    pub total_ha: Option<f64>,
    /// The share of the map that is right.
    pub overall: Measure,
    /// By class, ascending: those of the strata and of the samples.
    pub classes: Vec<ClassAccuracy>,
    /// The confusion matrix.
    pub matrix: Matrix,
    /// The strata, as they were given.
    pub strata: Vec<StratumFacts>,
}

/// What a sample says of a class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassAccuracy {
    /// The class.
    pub class: u16,
    /// Samples of it in the map.
    pub map_samples: usize,
    /// Samples of it in the reference, as in the matrix.
    pub reference_samples: usize,
    /// Of what the map calls so, the share that is right (1 - commission error).
    pub users: Measure,
    /// Of what is so in truth, the share that the map has right (1 - omission error).
    pub producers: Measure,
    /// Its share of the whole in truth.
    pub share: Measure,
    /// Its area in truth in hectares, where the strata have areas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_ha: Option<Measure>,
}

/// The confusion matrix: rows are the map's classes, columns the reference's, both as in [`Assessment::classes`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Matrix {
    /// The classes of rows and columns.
    pub classes: Vec<u16>,
    /// Samples.
    pub samples: Vec<Vec<u64>>,
    /// Estimated shares of the whole; none where a stratum has no sample.
    pub shares: Option<Vec<Vec<f64>>>,
}

/// A stratum, and how many samples it got.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StratumFacts {
    /// Its name.
    pub stratum: String,
    /// Its pixels.
    pub pixels: u64,
    /// Its true area in hectares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_ha: Option<f64>,
    /// Its share of the whole.
    pub share: f64,
    /// Its samples.
    pub samples: usize,
}

/// Estimates accuracies and areas.
///
/// # Errors
/// [`AccuracyError`]: samples that do not go with the strata, or an estimator that does not go with the design. A measure that is
/// undefined is no error.
pub fn assess(
    strata: &[Stratum],
    samples: &[Sample],
    terms: &Terms,
    options: &Options,
) -> Result<Assessment, AccuracyError> {
    let confidence = options.confidence;
    if !(0.5..=0.9999).contains(&confidence) {
        return Err(AccuracyError::BadConfidence { confidence });
    }
    let frame = Frame::new(strata, samples, terms)?;
    let (method, finite) = choose(strata, &frame.units, terms, options)?;
    if finite {
        check_sizes(&frame)?;
    }
    let spread = Spread { finite, z: normal::two_sided(confidence) };
    let classes = classes(&frame);
    let nobody = Undefined::NotInMapSample;
    let overall = frame.ratio(&Ratio { y: &|unit| unit.right, x: &|_| true, within: None, nobody }, spread);
    Ok(Assessment {
        estimator: method,
        finite_population: finite,
        confidence,
        samples: samples.len(),
        total_ha: frame.total_ha,
        overall,
        classes: classes.iter().map(|class| of_class(&frame, *class, spread)).collect(),
        matrix: matrix(&frame, &classes),
        strata: facts(&frame),
    })
}

fn check_sizes(frame: &Frame<'_>) -> Result<(), AccuracyError> {
    let odd = frame.strata.iter().find(|held| held.units.len() as u64 > held.stratum.pixels);
    odd.map_or(Ok(()), |held| {
        Err(AccuracyError::MoreSamplesThanPixels {
            stratum: held.stratum.name.clone(),
            samples: held.units.len(),
            pixels: held.stratum.pixels,
        })
    })
}

fn classes(frame: &Frame<'_>) -> Vec<u16> {
    let of_strata = frame.strata.iter().filter(|held| held.stratum.pixels > 0).filter_map(|held| held.class);
    let of_units = frame.units.iter().flat_map(|unit| [unit.map, unit.reference, unit.primary]);
    of_strata.chain(of_units).collect::<BTreeSet<u16>>().into_iter().collect()
}

fn of_class(frame: &Frame<'_>, class: u16, spread: Spread) -> ClassAccuracy {
    let in_map = |unit: &Unit| unit.map == class;
    let in_reference = |unit: &Unit| unit.reference == class;
    let right_in_map = |unit: &Unit| in_map(unit) && unit.right;
    let right_in_reference = |unit: &Unit| in_reference(unit) && unit.right;
    let of_area = |unit: &Unit| unit.primary == class;
    let users = Ratio { y: &right_in_map, x: &in_map, within: Some(class), nobody: Undefined::NotInMapSample };
    let producers =
        Ratio { y: &right_in_reference, x: &in_reference, within: None, nobody: Undefined::NotInReferenceSample };
    let share = Ratio { y: &of_area, x: &|_| true, within: None, nobody: Undefined::NotInReferenceSample };
    let share = frame.ratio(&share, spread);
    let count = |is: &dyn Fn(&Unit) -> bool| frame.units.iter().filter(|unit| is(unit)).count();
    ClassAccuracy {
        class,
        map_samples: count(&in_map),
        reference_samples: count(&in_reference),
        users: frame.ratio(&users, spread),
        producers: frame.ratio(&producers, spread),
        area_ha: frame.total_ha.map(|total| share.times(total)),
        share,
    }
}

fn matrix(frame: &Frame<'_>, classes: &[u16]) -> Matrix {
    let place = |class: u16| classes.partition_point(|known| *known < class);
    let side = classes.len();
    let mut samples = vec![vec![0; side]; side];
    let mut shares = vec![vec![0.0; side]; side];
    for held in &frame.strata {
        for unit in &frame.units[held.units.clone()] {
            let (row, column) = (place(unit.map), place(unit.reference));
            samples[row][column] += 1;
            shares[row][column] += held.share * unit.weight / held.weight;
        }
    }
    let is_whole = frame.strata.iter().all(|held| held.share == 0.0 || !held.units.is_empty());
    Matrix { classes: classes.to_vec(), samples, shares: is_whole.then_some(shares) }
}

fn facts(frame: &Frame<'_>) -> Vec<StratumFacts> {
    let one = |held: &crate::frame::Held<'_>| StratumFacts {
        stratum: held.stratum.name.clone(),
        pixels: held.stratum.pixels,
        area_ha: held.stratum.area_ha,
        share: held.share,
        samples: held.units.len(),
    };
    frame.strata.iter().map(one).collect()
}
