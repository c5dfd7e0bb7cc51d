//! Designs and samples that cannot be.

/// Why nothing can be estimated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AccuracyError {
    /// No sample at all.
    #[error("there is no sample to estimate from")]
    NoSamples,
    /// A stratum that is not there.
    #[error("sample {sample} names stratum {stratum}, of {strata}")]
    UnknownStratum {
        /// The sample's place.
        sample: usize,
        /// The stratum's place.
        stratum: usize,
        /// How many there are.
        strata: usize,
    },
    /// Samples from a stratum that is said to be empty.
    #[error("stratum {stratum} has {samples} samples, but no pixels")]
    EmptyStratum {
        /// Its name.
        stratum: String,
        /// How many samples.
        samples: usize,
    },
    /// More samples than a stratum has pixels, where the share sampled matters.
    #[error("stratum {stratum} has {samples} samples, but {pixels} pixels only")]
    MoreSamplesThanPixels {
        /// Its name.
        stratum: String,
        /// How many samples.
        samples: usize,
        /// How many pixels.
        pixels: u64,
    },
    /// Some strata have an area and others have none, or one that is no area.
    #[error("stratum {stratum} has no usable area in hectares, while others have one")]
    AreasPartly {
        /// The name of the first without.
        stratum: String,
    },
    /// Some samples have a weight and others have none.
    #[error("sample {sample} has no weight, while others have one")]
    WeightsPartly {
        /// The place of the first without.
        sample: usize,
    },
    /// A weight that is no positive number.
    #[error("the weight of sample {sample} is {weight}, no positive number")]
    BadWeight {
        /// The sample's place.
        sample: usize,
        /// Its weight.
        weight: f64,
    },
    /// A cluster that lies in two strata.
    #[error(
        "cluster {cluster} has samples in the strata {} and {}; clusters are drawn within strata",
        strata[0],
        strata[1]
    )]
    ClusterAcrossStrata {
        /// The cluster.
        cluster: String,
        /// Two of its strata.
        strata: [String; 2],
    },
    /// Olofsson et al. 2014 where strata are not the map's classes.
    #[error("olofsson2014 is for strata that are the map's classes: {why}")]
    StrataAreNotClasses {
        /// What differs.
        why: String,
    },
    /// An estimator that takes neither weights nor clusters.
    #[error("{estimator} takes neither clusters nor weights that differ within a stratum, and the samples have {what}")]
    NotForDesign {
        /// The estimator that was asked for.
        estimator: &'static str,
        /// What the samples have.
        what: &'static str,
    },
    /// A finite population correction where the share that was sampled is not known.
    #[error("there is no finite population correction with clusters or weights that differ within a stratum")]
    NoCorrection,
    /// A confidence that is no share, or makes no interval.
    #[error("the confidence {confidence} does not lie between 0.5 and 0.9999")]
    BadConfidence {
        /// What was asked for.
        confidence: f64,
    },
}
