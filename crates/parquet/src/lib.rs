//! The tables of a release as Parquet and GeoParquet: the only crate that knows Arrow.
//!
//! Rows go in, rows come out; nothing of Arrow shows. [`write_sources`], [`write_inputs`], [`write_territories`] and
//! [`AreaWriter`] write the tables that every release holds, and the readers beside them give the same rows back, for
//! verification. [`write_features`] and [`read_features`] are for polygons that the door has translated, [`write_points`] and
//! [`read_points`] for points, [`MeasuredWriter`] and [`read_measured`] for what is known of features one by one, [`FeatureReader`]
//! is for a partner's own GeoParquet, [`OutlineWriter`] and [`read_outlines`] are for pictures of features.
//!
//! Files are written where the caller says; temporary names, `fsync` and renaming are the caller's. The same rows make the
//! same bytes: there is no time stamp in a file, and the writer calls itself `mutirao`. All are compressed with zstd.
//!
//! Reading takes no file on trust: the footer is checked before the Parquet library sees it, sizes out of proportion to the
//! file are refused, and a panic of the library comes back as an [`Error`].
//!
//! ```
//! use mutirao_parquet::{AreaReader, AreaRow, AreaWriter};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("areas.parquet");
//! let row = AreaRow {
//!     period: "2020".into(),
//!     territory_kind: "coverage".into(),
//!     territory: String::new(),
//!     territory_name: String::new(),
//!     class: 3,
//!     source: 1,
//!     rule: 12,
//!     pixels: 1_000,
//!     area_ha: 90.0,
//! };
//! let mut writer = AreaWriter::new(&path)?;
//! writer.push(&[row.clone()])?;
//! let bytes = writer.finish()?;
//! assert_eq!(bytes, std::fs::metadata(&path)?.len());
//!
//! let chunks: Result<Vec<_>, _> = AreaReader::open(&path)?.collect();
//! assert_eq!(chunks?.concat(), [row]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod areas;
mod batch;
mod error;
mod features;
mod footer;
mod geo;
mod geometry;
mod hilbert;
mod inputs;
mod limits;
mod measured;
mod outlines;
mod partner;
mod patches;
mod points;
mod qa;
mod source;
mod sources;
mod stream;
mod table;
mod territories;
mod text;
mod transitions;
pub mod wkb;
mod writer;

pub use areas::{AreaReader, AreaRow, AreaWriter};
pub use error::{Error, FooterError, GeoError, Problem, Result};
pub use features::{Feature, FeatureTable, write_features};
pub use inputs::{InputRow, read_inputs, write_inputs};
pub use measured::{MeasuredWriter, read_measured};
pub use outlines::{OutlineWriter, read_outlines};
pub use partner::{FeatureReader, WkbFeature, read_features};
pub use patches::{PatchReader, PatchRow, PatchWriter};
pub use points::{PointFeature, PointTable, read_points, write_points};
pub use qa::{QaRow, read_qa, write_qa};
pub use sources::{SourceRow, read_sources, write_sources};
pub use stream::{RowReader, RowWriter};
pub use table::Row;
pub use territories::{Territories, TerritoryRow, read_territories, write_territories};
pub use transitions::{TransitionReader, TransitionRow, TransitionWriter};
