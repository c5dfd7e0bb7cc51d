//! What contracts said of the layers, and how partners keep quality and time: for the manifest, the README and the report page.

use std::path::Path;

use mutirao_check::CheckFinding;
use mutirao_contract::timeline::State;
use mutirao_core::finding::Severity;
use mutirao_engine::{EngineError, Result, publish::Staging};
use serde::{Deserialize, Serialize};

use super::Content;
use crate::gate::{Card, Judged, PartnerCard, Punctuality, Treatment, picture_folder};

/// Findings of a layer that are told one by one.
const TOLD: usize = 12;

/// Where pictures of findings stand in a release.
const PICTURES: &str = "preview/findings";

/// A layer, as the manifest and people are told of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LayerQuality {
    /// The layer, or `layer/member`.
    pub layer: String,
    /// The partner's id.
    pub partner: String,
    /// Its name.
    pub partner_name: String,
    /// What became of the layer.
    pub treatment: Treatment,
    /// What the checks said; none of a layer that is left out.
    pub verdict: Option<String>,
    /// Rules that could be judged, and those that are kept.
    pub judged: u64,
    /// Those that are kept.
    pub kept: u64,
    /// Errors that passed by a waiver.
    pub waived: u64,
    /// Warnings.
    pub warnings: u64,
    /// Errors and warnings, errors first, bounded.
    pub findings: Vec<Told>,
    /// Errors and warnings beyond those.
    pub more: u64,
    /// What did not come in time.
    pub out_of_time: Vec<Punctuality>,
    /// The scorecard.
    pub card: Card,
}

/// A finding, told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Told {
    /// Its code.
    pub code: String,
    /// `error` or `warning`.
    pub severity: String,
    /// What of the quality it is about.
    pub element: String,
    /// What is the matter.
    pub message: String,
    /// Who let it pass, why, and until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<String>,
    /// Its picture in the release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// All layers with a contract.
pub fn layers(content: &Content<'_>) -> Vec<LayerQuality> {
    content.gate.layers.iter().zip(&content.gate.cards).map(|(layer, card)| of(layer, card)).collect()
}

/// The scorecard of partners for people. Empty where each has one layer: then the table of layers says it all.
pub fn partners(content: &Content<'_>) -> Vec<PartnerCard> {
    let cards = content.gate.partners();
    if cards.iter().any(|card| card.layers.len() > 1) { cards } else { Vec::new() }
}

fn of(layer: &Judged, card: &Card) -> LayerQuality {
    let findings: Vec<(usize, &CheckFinding)> = layer
        .report
        .iter()
        .flat_map(|report| report.findings.iter().enumerate())
        .filter(|(_, finding)| finding.severity > Severity::Info)
        .collect();
    let in_time = |one: &&Punctuality| matches!(one.state, State::Early | State::OnTime | State::Expected);
    LayerQuality {
        layer: layer.layer.clone(),
        partner: layer.partner.clone(),
        partner_name: layer.partner_name.clone(),
        treatment: layer.treatment.clone(),
        verdict: layer.report.as_ref().map(|report| report.verdict.word().to_owned()),
        judged: card.score.judged,
        kept: card.score.kept,
        waived: layer.waived.iter().flatten().count() as u64,
        warnings: findings.iter().filter(|(_, finding)| finding.severity == Severity::Warning).count() as u64,
        findings: findings.iter().take(TOLD).map(|(at, finding)| told(layer, *at, finding)).collect(),
        more: findings.len().saturating_sub(TOLD) as u64,
        out_of_time: layer.punctuality.iter().filter(|one| !in_time(one)).cloned().collect(),
        card: card.clone(),
    }
}

fn told(layer: &Judged, at: usize, finding: &CheckFinding) -> Told {
    let waiver = layer.waived.get(at).and_then(Option::as_ref);
    let file = layer.pictures.get(&at).and_then(|path| path.file_name());
    Told {
        code: finding.code.clone(),
        severity: if finding.severity == Severity::Error { "error" } else { "warning" }.to_owned(),
        element: finding.element.clone(),
        message: finding.message.clone(),
        waiver: waiver.map(|waiver| format!("{} allowed it until {}: {}", waiver.allowed_by, waiver.until, waiver.why)),
        picture: file.map(|file| format!("{PICTURES}/{}/{}", picture_folder(layer), file.to_string_lossy())),
    }
}

impl LayerQuality {
    /// What became of it, in words.
    pub fn verdict_words(&self) -> String {
        // What was published with errors passed by a waiver.
        let verdict = if self.waived > 0 { "passes by a waiver" } else { self.verdict.as_deref().unwrap_or_default() };
        match &self.treatment {
            Treatment::LeftOut => "left out".to_owned(),
            Treatment::LastPassing(version) => format!("{verdict}; the earlier version {version} is taken"),
            Treatment::Merged => verdict.to_owned(),
        }
    }
}

/// Copies the pictures of findings into the release.
///
/// # Errors
/// Where one cannot be read or written.
pub fn write_pictures(content: &Content<'_>, staging: &Staging) -> Result<()> {
    for layer in &content.gate.layers {
        for path in layer.pictures.values() {
            let Some(name) = path.file_name() else { continue };
            let folder = Path::new(PICTURES).join(picture_folder(layer));
            let into = staging.folder().join(&folder);
            std::fs::create_dir_all(&into).map_err(EngineError::io("create", &into))?;
            let into = into.join(name);
            std::fs::copy(path, &into).map_err(EngineError::io("write", &into))?;
        }
    }
    Ok(())
}
