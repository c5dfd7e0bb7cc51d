//! Strata and samples made ready: checked, in an order of their own, with shares.

use std::{collections::BTreeMap, ops::Range};

use crate::{
    design::{Sample, Stratum, Terms},
    error::AccuracyError,
    judge::{Unit, judge},
};

/// A stratum with its samples.
#[derive(Debug)]
pub struct Held<'a> {
    /// As it was given.
    pub stratum: &'a Stratum,
    /// Its class, grouped.
    pub class: Option<u16>,
    /// Its share of the whole, W_h.
    pub share: f64,
    /// Where its units stand.
    pub units: Range<usize>,
    /// The sum of their weights.
    pub weight: f64,
}

/// All strata and samples. Units are sorted, so that no sum depends on the order in which they were given.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The strata, as they were given.
    pub strata: Vec<Held<'a>>,
    /// The units, by stratum, then by cluster.
    pub units: Vec<Unit>,
    /// The whole in hectares, where all strata have an area.
    pub total_ha: Option<f64>,
}

impl<'a> Frame<'a> {
    /// Checks and sorts.
    pub fn new(strata: &'a [Stratum], samples: &[Sample], terms: &Terms) -> Result<Self, AccuracyError> {
        check(strata, samples)?;
        let mut units: Vec<Unit> = samples.iter().map(|sample| judge(sample, terms)).collect();
        units.sort_by(|a, b| {
            let key = |unit: &Unit| (unit.stratum, unit.map, unit.reference, unit.primary, unit.right);
            (a.stratum, &a.cluster)
                .cmp(&(b.stratum, &b.cluster))
                .then_with(|| key(a).cmp(&key(b)))
                .then_with(|| a.weight.total_cmp(&b.weight))
        });
        check_clusters(strata, &units)?;
        let total_ha = total_area(strata)?;
        let pixels: u64 = strata.iter().map(|stratum| stratum.pixels).sum();
        let held = |(at, stratum): (usize, &'a Stratum)| {
            let [first, end] = [at, at + 1].map(|place| units.partition_point(|unit| unit.stratum < place));
            let share = match (total_ha, stratum.area_ha) {
                (Some(total), Some(area)) => area / total,
                _ => stratum.pixels as f64 / pixels as f64,
            };
            let class = stratum.class.map(|class| terms.groups.get(&class).copied().unwrap_or(class));
            let weight = units[first..end].iter().map(|unit| unit.weight).sum();
            Held { stratum, class, share, units: first..end, weight }
        };
        let strata = strata.iter().enumerate().map(held).collect();
        Ok(Frame { strata, units, total_ha })
    }
}

fn check(strata: &[Stratum], samples: &[Sample]) -> Result<(), AccuracyError> {
    let has_weights = samples.first().ok_or(AccuracyError::NoSamples)?.weight.is_some();
    let mut counts = vec![0; strata.len()];
    for (at, sample) in samples.iter().enumerate() {
        let stratum = sample.stratum;
        let unknown = AccuracyError::UnknownStratum { sample: at, stratum, strata: strata.len() };
        *counts.get_mut(stratum).ok_or(unknown)? += 1;
        match sample.weight {
            Some(weight) if !weight.is_finite() || weight <= 0.0 => {
                return Err(AccuracyError::BadWeight { sample: at, weight });
            }
            weight if weight.is_some() != has_weights => {
                let without = samples.iter().position(|sample| sample.weight.is_none()).unwrap_or(at);
                return Err(AccuracyError::WeightsPartly { sample: without });
            }
            _ => {}
        }
    }
    let empty = strata.iter().zip(counts).find(|(stratum, samples)| stratum.pixels == 0 && *samples > 0);
    empty.map_or(Ok(()), |(stratum, samples)| {
        Err(AccuracyError::EmptyStratum { stratum: stratum.name.clone(), samples })
    })
}

fn check_clusters(strata: &[Stratum], units: &[Unit]) -> Result<(), AccuracyError> {
    let mut seen = BTreeMap::new();
    for unit in units {
        let Some(cluster) = &unit.cluster else { continue };
        let first = *seen.entry(cluster).or_insert(unit.stratum);
        if first != unit.stratum {
            let strata = [first, unit.stratum].map(|at| strata[at].name.clone());
            return Err(AccuracyError::ClusterAcrossStrata { cluster: cluster.clone(), strata });
        }
    }
    Ok(())
}

/// The sum of all areas; none where no stratum has one.
fn total_area(strata: &[Stratum]) -> Result<Option<f64>, AccuracyError> {
    if strata.iter().all(|stratum| stratum.area_ha.is_none()) {
        return Ok(None);
    }
    let is_area = |area: &f64| area.is_finite() && *area >= 0.0;
    let odd = strata.iter().find(|stratum| {
        let area = stratum.area_ha.filter(is_area);
        area.is_none_or(|area| (area > 0.0) != (stratum.pixels > 0))
    });
    match odd {
        Some(odd) => Err(AccuracyError::AreasPartly { stratum: odd.name.clone() }),
        None => Ok(Some(strata.iter().filter_map(|stratum| stratum.area_ha).sum())),
    }
}
