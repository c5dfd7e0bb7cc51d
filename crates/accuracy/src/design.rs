//! What was sampled, from what, and what is asked of it.

use std::collections::{BTreeMap, BTreeSet};

/// A part of the map from which samples were drawn, each pixel as likely as any other unless weights say otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Stratum {
    /// What it is called.
    pub name: String,
    /// Its pixels, N_h.
    pub pixels: u64,
    /// Its true area in hectares. Where all strata have one, shares are shares of area, else of pixels.
    pub area_ha: Option<f64>,
    /// The class that the map has on all of it, where the strata are the map's classes.
    pub class: Option<u16>,
}

/// One pixel whose class in truth is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    /// Its stratum, by its place.
    pub stratum: usize,
    /// What the map says.
    pub map: u16,
    /// What the reference says.
    pub reference: u16,
    /// What the reference would say too, where the interpreter was not sure.
    pub alternate: Option<u16>,
    /// For how many pixels (or any multiple of that) it stands: the inverse of the probability with which it was drawn. All samples
    /// have one, or none has.
    pub weight: Option<f64>,
    /// With which others it was drawn. Samples without one were drawn by themselves.
    pub cluster: Option<String>,
}

/// What counts as right.
///
/// Groups come first: `admissible` alone speaks of classes as they were before. What is right is then that both classes are the same,
/// or that the pair is admissible.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// What classes are counted as, such as their class at a level of the legend; others as themselves. Strata are never grouped.
    pub groups: BTreeMap<u16, u16>,
    /// Whether a sample counts under its alternate class where that one is the map's: it then stands on the diagonal of the matrix, as in
    /// J. D. Wickham et al., Remote Sensing of Environment 130 (2013) 294-304. Areas are always those of the first reference class, which
    /// does not depend on the map.
    pub alternate: bool,
    /// Pairs (map, reference) that count as right. They stay where they are in the matrix, and areas do not change; overall accuracy is
    /// the share of all that is right, user's accuracy that of what the map calls so, producer's that of what the reference calls so.
    pub admissible: BTreeSet<(u16, u16)>,
}

/// Which estimator is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Choice {
    /// The one that the design asks for.
    #[default]
    Auto,
    /// [`Method::Olofsson2014`](crate::Method::Olofsson2014), or an error.
    Olofsson2014,
    /// [`Method::Stehman2014`](crate::Method::Stehman2014), or an error.
    Stehman2014,
}

/// How to estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Which estimator.
    pub estimator: Choice,
    /// Whether variances shrink with the share of a stratum that was sampled (1 - n_h / N_h); none is as the estimator was published:
    /// Stehman 2014 has it, Olofsson et al. 2014 leave it out.
    pub finite_population: Option<bool>,
    /// How often an interval shall hold the truth, between 0.5 and 0.9999.
    pub confidence: f64,
}

impl Default for Options {
    fn default() -> Self {
        Options { estimator: Choice::Auto, finite_population: None, confidence: 0.95 }
    }
}
