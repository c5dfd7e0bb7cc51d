//! Which estimator a design asks for.

use serde::Serialize;

use crate::{
    design::{Choice, Options, Stratum, Terms},
    error::AccuracyError,
    judge::Unit,
};

/// The estimators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Stratified by the map's classes, after Olofsson et al. 2014 (equations 1 to 11): no finite population correction unless it is
    /// asked for.
    Olofsson2014,
    /// Stratified by anything, after Stehman 2014 (shares, and ratios of shares, by indicators), with the finite population correction.
    Stehman2014,
    /// With weights that differ within strata, or with clusters: in every stratum the weighted mean (Hájek), clusters taken for drawn with
    /// replacement, variance between their totals of linearised residuals: S. V. Stehman, "Estimating standard errors of accuracy
    /// assessment statistics under cluster sampling", Remote Sensing of Environment 60 (1997) 258-269; C.-E. Särndal, B. Swensson,
    /// J. Wretman, "Model assisted survey sampling" (1992), chapter 5, for ratios by linearisation. No finite population correction, so rather too
    /// large an error than too small a one.
    Weighted,
}

/// A method, and whether it corrects for a finite population.
pub fn choose(
    strata: &[Stratum],
    units: &[Unit],
    terms: &Terms,
    options: &Options,
) -> Result<(Method, bool), AccuracyError> {
    let odd = weights_or_clusters(strata.len(), units);
    let differs = not_classes(strata, units, terms);
    let method = match (options.estimator, odd, differs) {
        (Choice::Auto, Some(_), _) => Method::Weighted,
        (Choice::Auto, None, Some(_)) | (Choice::Stehman2014, None, _) => Method::Stehman2014,
        (Choice::Auto | Choice::Olofsson2014, None, None) => Method::Olofsson2014,
        (Choice::Olofsson2014, None, Some(why)) => return Err(AccuracyError::StrataAreNotClasses { why }),
        (Choice::Olofsson2014, Some(what), _) => {
            return Err(AccuracyError::NotForDesign { estimator: "olofsson2014", what });
        }
        (Choice::Stehman2014, Some(what), _) => {
            return Err(AccuracyError::NotForDesign { estimator: "stehman2014", what });
        }
    };
    match (method, options.finite_population) {
        (Method::Weighted, Some(true)) => Err(AccuracyError::NoCorrection),
        (_, asked) => Ok((method, asked.unwrap_or(method == Method::Stehman2014))),
    }
}

/// What makes samples unlike single pixels of equal chances, if anything does. Weights that are equal within each stratum say nothing
/// more than the strata do.
fn weights_or_clusters(strata: usize, units: &[Unit]) -> Option<&'static str> {
    let mut clusters: Vec<&str> = units.iter().filter_map(|unit| unit.cluster.as_deref()).collect();
    clusters.sort_unstable();
    if clusters.windows(2).any(|pair| pair[0] == pair[1]) {
        return Some("clusters");
    }
    let mut first = vec![None; strata];
    let differs = units.iter().any(|unit| {
        let own: f64 = *first[unit.stratum].get_or_insert(unit.weight);
        (own - unit.weight).abs() > 1e-9 * own
    });
    differs.then_some("weights that differ")
}

/// In what strata are not the map's classes, if they are not.
fn not_classes(strata: &[Stratum], units: &[Unit], terms: &Terms) -> Option<String> {
    let group = |class: u16| terms.groups.get(&class).copied().unwrap_or(class);
    let mut seen = std::collections::BTreeMap::new();
    for stratum in strata {
        let Some(class) = stratum.class else { return Some(format!("stratum {} is none", stratum.name)) };
        if let Some(other) = seen.insert(group(class), &stratum.name) {
            let class = group(class);
            return Some(format!("the strata {other} and {} are both counted as class {class}", stratum.name));
        }
    }
    let is_other = |unit: &&Unit| strata[unit.stratum].class.map(group) != Some(unit.map);
    let odd = units.iter().find(is_other)?;
    Some(format!("stratum {} has a sample of class {}", strata[odd.stratum].name, odd.map))
}
