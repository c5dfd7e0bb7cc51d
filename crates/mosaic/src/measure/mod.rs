//! Kernels for checks: what a contract asks of the pixels of a delivery, counted on planes.
//!
//! A plane is a window of one period, row by row from the top and each row from the left. A pixel is a `u32`: the number of a class,
//! [`NOTHING`], or [`UNKNOWN`]. Real planes are long runs of one class and mostly equal from period to period, so all is done for
//! stretches that hold the same. Counts are integers and add up over windows in any order.
//!
//! | module | what is counted |
//! |---|---|
//! | [`flicker`] | pixels that leave a class and come back to it at once |
//! | [`transition`] | classes that become what they cannot become |
//! | [`compare`] | pixels that two deliveries of one period tell differently |
//! | [`patches`] | patches smaller than a minimum mapping unit |
//! | [`strip`] | nothing: an area with the strip around it, as runs |

pub mod classes;
pub mod compare;
pub mod flicker;
pub mod patches;
mod stretches;
pub mod strip;
pub mod transition;

pub use crate::patches::NOTHING;

/// What a pixel holds whose code stands on no line of the crosswalk. It speaks, but is no class of the legend: it differs from every
/// class and from nothing, and no set of values holds it.
pub const UNKNOWN: u32 = u32::MAX - 1;

/// What a pixel holds, to the sieve of patches, whose code the crosswalk turns into nothing on purpose. Somebody said that none of the classes
/// is there, so a patch that touches it ends there; where there is nothing, how far it goes on nobody knows. Other kernels take it
/// for nothing.
pub const EMPTIED: u32 = u32::MAX - 2;
