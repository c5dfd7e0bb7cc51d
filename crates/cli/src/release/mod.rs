//! Writing a release: rasters, tables, texts, and the manifest last.

pub mod footprint;
pub mod hashes;
pub mod listing;
pub mod manifest;
pub mod patches;
mod preview;
pub mod quality;
mod rasters;
mod report;
mod rows;
mod stac;
mod store;
mod styles;
mod tables;
mod texts;

use std::collections::BTreeMap;
use std::path::Path;

use mutirao_core::{
    finding::Finding,
    grid::Window,
    pipeline::{Partner, Pipeline},
    sink::Observer,
};
use mutirao_engine::{
    EngineError, Result, fingerprint::Fingerprint, plan::Plan, publish::Staging, run::Outcomes, territories::Kind,
};

use self::{footprint::Footprint, hashes::Hashes, manifest::TakenOver};
use crate::gate::Gate;
pub use rasters::{raster_name, spec_of};
pub use texts::areas_csv;

/// Everything that a release is made of.
pub struct Content<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// The plan that was run.
    pub plan: &'a Plan,
    /// The pixels of the grid that were made: all, but in a draft.
    pub window: Window,
    /// Whether it is a draft: a try, never a release.
    pub is_draft: bool,
    /// What came of it.
    pub outcomes: &'a Outcomes,
    /// The territories.
    pub kinds: &'a [Kind],
    /// The inputs as they were read, by path.
    pub inputs: &'a [Fingerprint],
    /// The texts as they were read, by path.
    pub texts: &'a BTreeMap<String, String>,
    /// What was found before the run; no error.
    pub findings: &'a [Finding],
    /// What the contracts of the layers said.
    pub gate: &'a Gate,
    /// Where on the earth the grid lies, if that is known.
    pub footprint: Option<&'a Footprint>,
    /// When the run began, UTC, by RFC 3339.
    pub started: &'a str,
    /// How many threads may be at work.
    pub threads: usize,
    /// How much memory they may take, in bytes.
    pub memory: u64,
    /// What was taken over from an earlier release.
    pub taken_over: Option<TakenOver>,
}

impl Content<'_> {
    /// The partners, but for those whose every layer was left out.
    fn partners(&self) -> Vec<&Partner> {
        let layers = || self.pipeline.layers.iter();
        let members = layers().flat_map(|layer| layer.members.iter().map(move |member| (&layer.name, member)));
        let own: Vec<(usize, bool)> = members
            .filter_map(|(layer, member)| Some((member.partner?, self.gate.leaves_out(layer, member.name.as_deref()))))
            .collect();
        let has_part = |at: usize| {
            let mut own = own.iter().filter(|(partner, _)| *partner == at).peekable();
            own.peek().is_none() || own.any(|(_, is_left_out)| !is_left_out)
        };
        self.pipeline.partners.iter().enumerate().filter(|(at, _)| has_part(*at)).map(|(_, partner)| partner).collect()
    }

    /// A text as it was when the run began: somebody may have edited its file since.
    fn text(&self, path: &Path) -> Result<&str> {
        let text = self.texts.get(&path.display().to_string());
        text.map(String::as_str)
            .ok_or_else(|| EngineError::Malformed { path: path.to_owned(), what: "it was never read".to_owned() })
    }
}

/// Writes all files of a release but the manifest. What was hashed on the way is handed on, so that no file is read twice for it.
///
/// # Errors
/// Where a file cannot be written, or somebody asked to stop.
pub fn write(content: &Content<'_>, staging: &Staging, observer: &dyn Observer) -> Result<Hashes> {
    rasters::write(content, staging, observer)?;
    tables::write(content, staging.folder())?;
    staging.write("pipeline.yaml", content.text(&content.pipeline.path)?)?;
    styles::write(content, staging)?;
    preview::write(content, staging, observer)?;
    // A draft is looked at and thrown away.
    if content.is_draft {
        return Ok(Hashes::of(staging.folder()));
    }
    quality::write_pictures(content, staging)?;
    patches::write(content, staging, observer)?;
    // They tell of the files that are there.
    texts::write(content, staging)?;
    report::write(content, staging)?;
    let mut hashes = Hashes::of(staging.folder());
    stac::write(content, staging, &mut hashes)?;
    Ok(hashes)
}
