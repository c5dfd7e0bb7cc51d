//! Runs a plan on this machine: bounded memory, every core, atomic publish.
//!
//! [`plan::build`] decides everything before a pixel is read; [`run::run`] takes tiles through reading, composing, counting and encoding;
//! [`publish`] makes a release appear whole or not at all. Rasters come and go through the seams of `mutirao-core`: nothing here knows
//! GeoTIFF, Parquet or GDAL.
#![forbid(unsafe_code)]

pub mod areas;
mod buffer;
mod cache;
mod composite;
pub mod contents;
pub mod count;
mod crew;
mod error;
mod faults;
mod file;
pub mod fill;
pub mod fingerprint;
pub mod finished;
pub mod inspect;
pub mod judge;
mod packed;
pub mod plan;
pub mod probe;
pub mod product;
pub mod publish;
mod pyramid;
pub mod reader;
pub mod rerun;
mod retile;
pub mod run;
pub mod sheet;
mod shelf;
pub mod slots;
pub mod spool;
pub mod territories;
mod vector;
mod warp;
mod window;
mod worker;

pub use error::{EngineError, Result};
pub use pyramid::{Level, levels};
