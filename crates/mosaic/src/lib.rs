//! The work on pixels, as pure functions on slices: compile rules, compose a tile, provenance, agreement, overviews, zones.
//!
//! Nothing here knows a file, a thread or a CRS. A tile goes this way:
//!
//! ```text
//! slots of every layer ─► compose ─► runs of equal combinations ─► paint ─► planes ─► overview
//!                           │ judge: prevalence or vote             └► tally: areas, change, histograms
//! ```
#![forbid(unsafe_code)]

pub mod change;
pub mod changes;
pub mod compose;
pub mod lint;
pub mod measure;
pub mod outcome;
pub mod overview;
pub mod patches;
pub mod plane;
pub mod reason;
pub mod runs;
pub mod slot;
pub mod table;
pub mod tally;
pub mod vote;
pub mod zones;
