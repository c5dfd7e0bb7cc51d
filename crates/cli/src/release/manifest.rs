//! The manifest: what a release consists of and what it was made from. It is written last, and readers trust it only.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mutirao_core::{grid::Grid, pipeline::Period};
use mutirao_engine::{EngineError, Result};
use serde::{Deserialize, Serialize};

use super::{
    Content,
    hashes::{FileEntry, Hashes},
    quality::{LayerQuality, layers},
};
use crate::{gate::PartnerCard, timings::Report};

/// The name of the format.
pub const SCHEMA: &str = "mutirao.release/1";

/// The name of the format of drafts.
pub const DRAFT_SCHEMA: &str = "mutirao.draft/1";

/// The manifest of a release.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// [`SCHEMA`] or [`DRAFT_SCHEMA`].
    pub schema: String,
    /// The network's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The release's version.
    pub version: String,
    /// SPDX id of the licence.
    pub license: Option<String>,
    /// Version of the engine.
    pub engine: String,
    /// The command line.
    pub command: Vec<String>,
    /// When the run began, UTC.
    pub started: String,
    /// When the release was written, UTC.
    pub finished: String,
    /// The coverage's grid.
    pub grid: Grid,
    /// The periods.
    pub periods: Vec<String>,
    /// By period: its first and last day, where they are known.
    #[serde(default)]
    pub period_bounds: BTreeMap<String, Bounds>,
    /// What was taken over from an earlier release; none where all was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_over: Option<TakenOver>,
    /// The scorecard of every partner: all its layers with a contract, added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scorecard: Vec<PartnerCard>,
    /// What contracts said of the layers, what was left out, replaced or waived, and the scorecard of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quality: Vec<LayerQuality>,
    /// When waivers and punctuality were judged, UTC; none where no layer has a contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_at: Option<String>,
    /// The pipeline as it was run.
    pub pipeline: PipelineEntry,
    /// Every other file of the release.
    pub files: Vec<FileEntry>,
    /// Every input.
    pub inputs: Vec<InputEntry>,
    /// By layer, period and value (`none` for nothing): pixels of the grid.
    pub histograms: BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>,
    /// Where the time went, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timings: Option<Report>,
}

/// The days that a period spans, `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// The first.
    pub start: String,
    /// The last.
    pub end: String,
}

impl Bounds {
    /// Of a period, by its label; none where they are not known.
    fn of(period: &Period) -> Option<(String, Bounds)> {
        let bounds = Bounds { start: period.start.clone()?, end: period.end.clone()? };
        Some((period.label.clone(), bounds))
    }
}

/// What a release took over from an earlier one, bit for bit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenOver {
    /// The earlier release.
    pub version: String,
    /// The sha256 of its manifest.
    pub manifest: String,
    /// Tiles of the coverage, each with all its periods.
    pub tiles: u64,
    /// Those that were copied.
    pub copied: u64,
}

/// Where the pipeline was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PipelineEntry {
    /// The file.
    pub path: PathBuf,
    /// Its hash; a copy stands in the release.
    pub sha256: String,
}

/// An input.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InputEntry {
    /// The file.
    pub path: PathBuf,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// What only the command line knows.
pub struct Circumstances {
    /// Where the time went up to here, if that was asked for.
    pub timings: Option<Report>,
    /// The command line.
    pub command: Vec<String>,
    /// When the run began, UTC.
    pub started: String,
    /// When the release was written, UTC.
    pub finished: String,
}

impl Manifest {
    /// The manifest of files that were written.
    ///
    /// # Errors
    /// Where a file cannot be read back.
    pub fn of(
        content: &Content<'_>,
        hashes: &mut Hashes,
        files: &[String],
        circumstances: Circumstances,
    ) -> Result<Self> {
        let pipeline = content.pipeline;
        let absolute = std::path::absolute(&pipeline.path).unwrap_or_else(|_| pipeline.path.clone());
        Ok(Manifest {
            schema: if content.is_draft { DRAFT_SCHEMA } else { SCHEMA }.to_owned(),
            id: pipeline.id.clone(),
            title: pipeline.title.clone(),
            version: pipeline.version.clone(),
            license: pipeline.license.clone(),
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            command: circumstances.command,
            timings: circumstances.timings,
            scorecard: content.gate.partners(),
            quality: layers(content),
            judged_at: (!content.gate.layers.is_empty()).then(|| content.gate.at.clone()),
            started: circumstances.started,
            finished: circumstances.finished,
            grid: content.plan.grid.part(&content.window),
            periods: content.plan.periods.clone(),
            period_bounds: pipeline.periods.iter().filter_map(Bounds::of).collect(),
            taken_over: content.taken_over.clone(),
            pipeline: PipelineEntry { path: absolute, sha256: hashes.entry("pipeline.yaml")?.sha256 },
            files: files.iter().map(|name| hashes.entry(name)).collect::<Result<_>>()?,
            inputs: content
                .inputs
                .iter()
                .map(|input| InputEntry {
                    path: std::path::absolute(&input.path).unwrap_or_else(|_| input.path.clone()),
                    bytes: input.bytes,
                    sha256: input.sha256.clone(),
                })
                .collect(),
            histograms: histograms(content),
        })
    }

    /// Reads the manifest of a release.
    ///
    /// # Errors
    /// Where there is none, or it is of another format.
    pub fn read(release: &Path) -> Result<Self> {
        let path = release.join("manifest.json");
        let text = std::fs::read_to_string(&path).map_err(EngineError::io("read", &path))?;
        let malformed = |what: String| EngineError::Malformed { path: path.clone(), what };
        let manifest: Manifest = serde_json::from_str(&text).map_err(|error| malformed(error.to_string()))?;
        match manifest.schema.as_str() {
            SCHEMA => Ok(manifest),
            DRAFT_SCHEMA => Err(malformed("this is a draft, no release".to_owned())),
            other => Err(malformed(format!("its schema is {other}"))),
        }
    }
}

fn histograms(content: &Content<'_>) -> BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>> {
    let mut histograms: BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>> = BTreeMap::new();
    for ((layer, period, _, value), pixels) in &content.outcomes.tally.histograms {
        let planned = &content.plan.layers[*layer];
        // Numbers of value layers are grouped by what rules ask of them, so their counts would say nothing.
        if planned.role == mutirao_core::rule::Role::Value {
            continue;
        }
        let value = value.map_or("none".to_owned(), |value| value.to_string());
        let by_period = histograms.entry(planned.name.clone()).or_default();
        *by_period.entry(content.plan.periods[usize::from(*period)].clone()).or_default().entry(value).or_default() +=
            pixels;
    }
    histograms
}
