//! Holds a delivery against its contract: what was measured goes in, findings and a verdict come out, as data.
//!
//! Nothing here opens a file. Whoever reads a delivery, once, hands over what it saw: of rasters the statements of the files and
//! tallies of their pixels, of vectors the features with their defects. The same code judges on a partner's machine
//! and in the network's run, so both hear the same words.
#![forbid(unsafe_code)]

mod codes;
mod licence;
pub mod raster;
mod report;
mod rules;
mod schema;
pub mod vector;

pub use codes::CODES;
pub use mutirao_contract::deliveries::Verdict;
pub use report::{CheckFinding, Kept, Outcome, Report, RuleOutcome, RulePlace, Sure, Value, Where};
pub use rules::{Asked, Judged, rules_of};
pub use schema::{json_schema, json_schema_text};
