//! Writing a release: rasters, tables, texts, and the manifest last.

pub mod manifest;
mod rasters;
mod rows;
mod store;
mod tables;

use std::path::Path;

use mutirao_core::{pipeline::Pipeline, sink::Observer};
use mutirao_engine::{
    EngineError, Result,
    fingerprint::Fingerprint,
    plan::Plan,
    publish::Staging,
    run::Outcomes,
    territories::Kind,
};

pub use rasters::spec_of;
pub use rows::area_rows;

/// Everything that a release is made of.
pub struct Content<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// The plan that was run.
    pub plan: &'a Plan,
    /// What came of it.
    pub outcomes: &'a Outcomes,
    /// The territories.
    pub kinds: &'a [Kind],
    /// The inputs as they were read, by path.
    pub inputs: &'a [Fingerprint],
}

/// Writes all files of a release but the manifest.
///
/// # Errors
/// Where a file cannot be written, or somebody asked to stop.
pub fn write(content: &Content<'_>, staging: &Staging, observer: &dyn Observer) -> Result<()> {
    rasters::write(content, staging, observer)?;
    tables::write(content, staging.folder())?;
    copy(&content.pipeline.path, &staging.folder().join("pipeline.yaml"))?;
    copy(&content.pipeline.legend_path, &staging.folder().join("legend.csv"))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from, to).map_err(EngineError::io("copy", from))?;
    Ok(())
}
