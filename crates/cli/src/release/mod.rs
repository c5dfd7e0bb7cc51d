//! Writing a release: rasters, tables, texts, and the manifest last.

pub mod manifest;
pub mod patches;
mod rasters;
mod rows;
mod store;
mod tables;

use std::collections::BTreeMap;
use std::path::Path;

use mutirao_core::{pipeline::Pipeline, sink::Observer};
use mutirao_engine::{
    EngineError, Result, fingerprint::Fingerprint, plan::Plan, publish::Staging, run::Outcomes, territories::Kind,
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
    /// The texts as they were read, by path.
    pub texts: &'a BTreeMap<String, String>,
    /// How many threads may be at work.
    pub threads: usize,
    /// How much memory they may take, in bytes.
    pub memory: u64,
}

/// Writes all files of a release but the manifest.
///
/// # Errors
/// Where a file cannot be written, or somebody asked to stop.
pub fn write(content: &Content<'_>, staging: &Staging, observer: &dyn Observer) -> Result<()> {
    rasters::write(content, staging, observer)?;
    tables::write(content, staging.folder())?;
    patches::write(content, staging, observer)?;
    write_text(content, staging, &content.pipeline.path, "pipeline.yaml")?;
    write_text(content, staging, &content.pipeline.legend_path, "legend.csv")
}

/// A text as it was when the run began: somebody may have edited its file since.
fn write_text(content: &Content<'_>, staging: &Staging, path: &Path, name: &str) -> Result<()> {
    match content.texts.get(&path.display().to_string()) {
        Some(text) => staging.write(name, text),
        None => Err(EngineError::Malformed { path: path.to_owned(), what: "it was never read".to_owned() }),
    }
}
