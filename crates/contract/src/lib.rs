//! The agreement between a network and a partner about one layer: what it must be, and when it is due.
//!
//! A contract is a file of the Open Data Contract Standard (ODCS), so other tools can open it. What is ours in it stands
//! where ODCS has room: checks under `quality` (`type: custom`, `engine: mutirao`), terms under `customProperties`, the timeline
//! under `slaProperties`. [`read`] takes it to a checked model and tells all that is wrong with line and column; nothing here
//! opens a raster, runs a check or asks for the present.
//!
//! - [`checks`]: the table of checks with typed parameters; it feeds the reader, [`json_schema`] and the book.
//! - [`metric`]: metrics of ODCS's own library, and whether a number keeps them.
//! - [`timeline`]: due dates as instants, whether deliveries came in time, and what is due next.
//! - [`deliveries`]: what came when.
//! - [`waivers`]: what a network lets pass all the same.
//! - [`against`]: where a contract and the network's pipeline contradict one another.
//!
//! ```
//! let text = "apiVersion: v3.1.0\nkind: DataContract\nid: mining\nversion: 1.0.0\n";
//! let reading = mutirao_contract::read_text("mining.odcs.yaml", text, None);
//! assert_eq!(reading.contract.unwrap().id, "mining");
//! ```
#![forbid(unsafe_code)]

pub mod against;
pub mod checks;
mod codes;
mod constraints;
pub mod deliveries;
mod doubtful;
mod implied;
mod keys;
pub mod metric;
mod model;
mod quality;
mod read;
mod schema;
pub mod terms;
pub mod timeline;
pub mod waivers;
mod write;

pub use codes::CODES;
pub use constraints::{Bound, Constraints};
pub use implied::implied;
pub use model::{Contract, Object, ObjectKind, Property, Quality, Rule};
pub use quality::LIBRARY;
pub use read::{Reading, read, read_text};
pub use schema::{json_schema, json_schema_text, reference};
pub use write::to_yaml;
