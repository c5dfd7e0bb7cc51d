//! The one estimator: a ratio of two shares from a stratified sample, of pixels or of clusters of them.
//!
//! With W_h the share of stratum h, d the weights and m_h(.) the weighted mean of a stratum's units, a share is sum W_h m_h(y), and
//! a ratio R = sum W_h m_h(y) / sum W_h m_h(x) (Stehman 2014). Its variance is linearised: with e = y - R x and
//! z_c = sum of W_h d (e - m_h(e)) / sum d over the units of cluster c of stratum h,
//!
//! V(R) = sum_h (1 - f_h) k_h / (k_h - 1) sum_c z_c^2 / X^2,
//!
//! k_h being the number of clusters. Where every unit is its own cluster and weights are equal this is Stehman 2014
//! word for word: sum (e - m(e))^2 / (n - 1) = s_y^2 + R^2 s_x^2 - 2 R s_xy. Where strata are the map's classes besides, and f_h is
//! left out, it is Olofsson et al. 2014, equations 5 to 7 and 10, since x is then constant in every stratum or y follows from x.

use crate::{
    frame::{Frame, Held},
    judge::Unit,
    measure::{Measure, Undefined},
};

/// What is asked: of the units that `x` holds, how many does `y` hold?
pub struct Ratio<'a> {
    /// What is counted, a part of `x`.
    pub y: &'a dyn Fn(&Unit) -> bool,
    /// Of what.
    pub x: &'a dyn Fn(&Unit) -> bool,
    /// The map's class that all of `x` has, if so: strata of other classes cannot hold any of it.
    pub within: Option<u16>,
    /// What it means that no unit is in `x`.
    pub nobody: Undefined,
}

/// How errors are told.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    /// Whether to correct for a finite population.
    pub finite: bool,
    /// Standard errors to either side of the estimate.
    pub z: f64,
}

impl Frame<'_> {
    /// Estimates a ratio.
    pub fn ratio(&self, asked: &Ratio<'_>, spread: Spread) -> Measure {
        let can_hold = |held: &Held<'_>| asked.within.is_none() || held.class.is_none() || held.class == asked.within;
        let strata: Vec<&Held<'_>> = self.strata.iter().filter(|held| held.share > 0.0 && can_hold(held)).collect();
        if let Some(empty) = strata.iter().find(|held| held.units.is_empty()) {
            return Measure::undefined(Undefined::NoSampleInStratum(empty.stratum.name.clone()));
        }
        let total =
            |of: &dyn Fn(&Unit) -> bool| -> f64 { strata.iter().map(|held| held.share * self.mean(held, of)).sum() };
        let x = total(asked.x);
        if x <= 0.0 {
            return Measure::undefined(asked.nobody.clone());
        }
        let ratio = (total(asked.y) / x).min(1.0);
        let mut variance = 0.0;
        for held in strata {
            match self.variance(held, asked, ratio, spread.finite) {
                Some(own) => variance += own,
                None => {
                    let why = Undefined::OneSampleInStratum(held.stratum.name.clone());
                    return Measure::without_error(ratio, why);
                }
            }
        }
        Measure::share(ratio, variance.sqrt() / x, spread.z)
    }

    /// The weighted mean of a stratum's units; of none, 0.
    pub fn mean(&self, held: &Held<'_>, of: &dyn Fn(&Unit) -> bool) -> f64 {
        let own = self.units[held.units.clone()].iter().filter(|unit| of(unit));
        let sum: f64 = own.map(|unit| unit.weight).sum();
        if held.weight > 0.0 { sum / held.weight } else { 0.0 }
    }

    /// What a stratum adds to the variance of the ratio's numerator; none where it has one cluster only.
    fn variance(&self, held: &Held<'_>, asked: &Ratio<'_>, ratio: f64, finite: bool) -> Option<f64> {
        let units = &self.units[held.units.clone()];
        let left = 1.0 - units.len() as f64 / held.stratum.pixels as f64;
        if finite && left <= 0.0 {
            return Some(0.0);
        }
        let one = |is: bool| f64::from(u8::from(is));
        let mean = self.mean(held, asked.y) - ratio * self.mean(held, asked.x);
        let z = |unit: &Unit| {
            let residual = one((asked.y)(unit)) - ratio * one((asked.x)(unit)) - mean;
            held.share * unit.weight / held.weight * residual
        };
        let together = |a: &Unit, b: &Unit| a.cluster.is_some() && a.cluster == b.cluster;
        let totals: Vec<f64> = units.chunk_by(together).map(|cluster| cluster.iter().map(z).sum()).collect();
        let k = totals.len() as f64;
        let squares: f64 = totals.iter().map(|z| z * z).sum();
        (totals.len() > 1).then(|| squares * k / (k - 1.0) * if finite { left } else { 1.0 })
    }
}
