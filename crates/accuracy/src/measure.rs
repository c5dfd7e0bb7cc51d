//! A number with what is known of its error.

use std::fmt;

use serde::{Serialize, Serializer};

/// An estimate, as far as it is defined.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measure {
    /// The estimate; none where it is undefined.
    pub estimate: Option<f64>,
    /// Its standard error; none where that is undefined.
    pub standard_error: Option<f64>,
    /// The interval around it, cut off where no share or area can lie.
    pub interval: Option<[f64; 2]>,
    /// Why the estimate or its error is undefined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undefined: Option<Undefined>,
}

/// Why there is no estimate, or none of its error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undefined {
    /// A stratum that the measure depends on has no sample.
    NoSampleInStratum(String),
    /// A stratum that the measure depends on has one sample (or one cluster), from which no variance can be told.
    OneSampleInStratum(String),
    /// No sample is of this class in the map.
    NotInMapSample,
    /// No sample is of this class in the reference.
    NotInReferenceSample,
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Undefined::NoSampleInStratum(name) => write!(f, "stratum {name} has no sample"),
            Undefined::OneSampleInStratum(name) => write!(f, "stratum {name} has one sample"),
            Undefined::NotInMapSample => f.write_str("no sample is of this class in the map"),
            Undefined::NotInReferenceSample => f.write_str("no sample is of this class in the reference"),
        }
    }
}

impl Serialize for Undefined {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Measure {
    /// An estimate between 0 and 1 with its error, at `z` standard errors to either side.
    pub(crate) fn share(estimate: f64, standard_error: f64, z: f64) -> Self {
        let (estimate, standard_error) = (without_sign(estimate), without_sign(standard_error));
        let interval = [(estimate - z * standard_error).max(0.0), (estimate + z * standard_error).min(1.0)];
        Measure {
            estimate: Some(estimate),
            standard_error: Some(standard_error),
            interval: Some(interval),
            undefined: None,
        }
    }

    /// An estimate whose error nobody knows.
    pub(crate) fn without_error(estimate: f64, why: Undefined) -> Self {
        Measure { estimate: Some(without_sign(estimate)), standard_error: None, interval: None, undefined: Some(why) }
    }

    /// Not even an estimate.
    pub(crate) fn undefined(why: Undefined) -> Self {
        Measure { estimate: None, standard_error: None, interval: None, undefined: Some(why) }
    }

    /// The same of a whole that is so large.
    pub(crate) fn times(&self, whole: f64) -> Self {
        Measure {
            estimate: self.estimate.map(|share| share * whole),
            standard_error: self.standard_error.map(|error| error * whole),
            interval: self.interval.map(|interval| interval.map(|end| end * whole)),
            undefined: self.undefined.clone(),
        }
    }
}

/// Zero without a sign: sums of nothing are -0.
fn without_sign(number: f64) -> f64 {
    number + 0.0
}
