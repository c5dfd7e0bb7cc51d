//! Patches as a GeoPackage (OGC 12-128r19, version 1.4), which every GIS opens: one table of polygons in one SQLite file.
//!
//! This is the only crate that knows SQLite. It writes what it is given, in the order in which it is given, with nothing in
//! memory but a page cache. There is no spatial index: it would cost more than all the rest, and a GIS makes one on demand.
//!
//! ```
//! use mutirao_core::geometry::Polygon;
//! use mutirao_gpkg::{Crs, Patch, PatchWriter};
//! let folder = tempfile::tempdir()?;
//! let crs = Crs { name: "SIRGAS 2000 / UTM zone 22N", authority: Some("EPSG:31976"), wkt: "PROJCS[...]" };
//! let mut writer = PatchWriter::new(&folder.path().join("patches.gpkg"), &crs)?;
//! let ring = vec![[0.0, 0.0], [30.0, 0.0], [30.0, 30.0], [0.0, 30.0], [0.0, 0.0]];
//! let geometry = Polygon { rings: vec![ring] };
//! let areas = (0.09, 0.09);
//! writer.push(&Patch { patch: 0, part: 0, period: "2020", class: 3, source: 1, pixels: 1, areas, geometry: &geometry })?;
//! assert!(writer.finish()? > 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod blob;
mod error;
mod schema;
mod writer;

pub use error::Error;
pub use schema::Crs;
pub use writer::{Patch, PatchWriter};
