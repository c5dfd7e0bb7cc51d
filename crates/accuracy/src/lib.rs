//! How right a map is, and how large its classes are in truth: estimated from a sample of places whose class is known.
//!
//! Pure functions on plain values: which pixels were sampled, of what classes, and how large the strata are that they were drawn from go
//! in; the confusion matrix, the accuracies and the areas come out, each with its standard error and interval, or with the
//! reason why it is undefined. Nothing of files, grids or legends is known here.
//!
//! Every measure is a share or a ratio of two shares, and all of them go through one estimator (`ratio.rs`) that becomes the
//! published ones under their own conditions:
//!
//! - [`Method::Olofsson2014`]: P. Olofsson, G. M. Foody, M. Herold, S. V. Stehman, C. E. Woodcock, M. A. Wulder, "Good practices for
//!   estimating area and assessing accuracy of land change", Remote Sensing of Environment 148 (2014) 42-57, for strata that are the
//!   classes of the map;
//! - [`Method::Stehman2014`]: S. V. Stehman, "Estimating area and map accuracy for stratified random sampling when the strata are
//!   different from the map classes", International Journal of Remote Sensing 35 (2014) 4923-4939;
//! - [`Method::Weighted`]: given weights and clusters; see there.
//!
//! ```
//! use mutirao_accuracy::{Options, Sample, Stratum, Terms, assess};
//!
//! let stratum = |class: u16, pixels| Stratum { name: class.to_string(), pixels, area_ha: None, class: Some(class) };
//! let sample = |stratum, map, reference| Sample { stratum, map, reference, ..Sample::default() };
//! let samples = [sample(0, 3, 3), sample(0, 3, 3), sample(0, 3, 15), sample(1, 15, 15), sample(1, 15, 15)];
//! let found = assess(&[stratum(3, 900), stratum(15, 100)], &samples, &Terms::default(), &Options::default())?;
//! // Nine tenths of the map are two thirds right, the rest is all right.
//! assert!((found.overall.estimate.unwrap() - 0.7).abs() < 1e-12);
//! # Ok::<(), mutirao_accuracy::AccuracyError>(())
//! ```
#![forbid(unsafe_code)]

mod assess;
mod design;
mod error;
mod frame;
mod judge;
mod measure;
mod method;
mod normal;
mod ratio;

pub use assess::{Assessment, ClassAccuracy, Matrix, StratumFacts, assess};
pub use design::{Choice, Options, Sample, Stratum, Terms};
pub use error::AccuracyError;
pub use measure::{Measure, Undefined};
pub use method::Method;
