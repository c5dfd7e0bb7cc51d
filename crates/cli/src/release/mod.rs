//! Writing a release: rasters, tables, texts, and the manifest last.

pub mod footprint;
pub mod hashes;
pub mod manifest;
mod rasters;
mod report;
mod rows;
mod stac;
mod store;
mod tables;

use std::collections::BTreeMap;
use std::path::Path;

use mutirao_core::{finding::Finding, pipeline::Pipeline, sink::Observer};
use mutirao_engine::{
    EngineError, Result, fingerprint::Fingerprint, plan::Plan, publish::Staging, run::Outcomes, territories::Kind,
};

use self::{footprint::Footprint, hashes::Hashes};
pub use rasters::spec_of;

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
    /// The texts as they were read, by path.
    pub texts: &'a BTreeMap<String, String>,
    /// What was found before the run and did not stop it.
    pub findings: &'a [Finding],
    /// Where on the earth the grid lies, if that is known.
    pub footprint: Option<&'a Footprint>,
    /// When the run began, UTC, by RFC 3339.
    pub started: &'a str,
}

/// Writes all files of a release but the manifest. What was hashed on the way is handed on, so that no file is read twice for it.
///
/// # Errors
/// Where a file cannot be written, or somebody asked to stop.
pub fn write(content: &Content<'_>, staging: &Staging, observer: &dyn Observer) -> Result<Hashes> {
    rasters::write(content, staging, observer)?;
    tables::write(content, staging.folder())?;
    write_text(content, staging, &content.pipeline.path, "pipeline.yaml")?;
    write_text(content, staging, &content.pipeline.legend_path, "legend.csv")?;
    // These two tell of all other files, so they come last.
    report::write(content, staging)?;
    let mut hashes = Hashes::of(staging.folder());
    stac::write(content, staging, &mut hashes)?;
    Ok(hashes)
}

/// A text as it was when the run began: somebody may have edited its file since.
fn write_text(content: &Content<'_>, staging: &Staging, path: &Path, name: &str) -> Result<()> {
    match content.texts.get(&path.display().to_string()) {
        Some(text) => staging.write(name, text),
        None => Err(EngineError::Malformed { path: path.to_owned(), what: "it was never read".to_owned() }),
    }
}
