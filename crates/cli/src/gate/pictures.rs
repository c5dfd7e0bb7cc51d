//! Pictures of what was found and let pass, for the release.

use std::path::Path;

use mutirao_core::finding::Severity;

use super::{Gate, Judged};
use crate::{command::Stopped, network::Tools, told::draw};

/// At most so many findings of a layer are drawn: the first, errors before warnings.
const MOST: usize = 12;

/// Draws the errors and warnings of all layers that have a place, each layer's into a folder of its own within `folder`.
///
/// # Errors
/// Where a file can no longer be read, or a picture cannot be written.
pub fn pictures(gate: &mut Gate, folder: &Path, tools: &Tools) -> Result<(), Stopped> {
    for layer in &mut gate.layers {
        let Some((agreement, report)) = layer.agreement.as_ref().zip(layer.report.as_ref()) else { continue };
        let mut told = report.clone();
        told.findings.retain(|finding| finding.severity > Severity::Info);
        told.findings.truncate(MOST);
        if told.findings.is_empty() {
            continue;
        }
        layer.pictures = draw(&told, agreement, &folder.join(name(layer)), tools)?;
    }
    Ok(())
}

/// A layer's name as a part of a path.
pub fn name(layer: &Judged) -> String {
    layer
        .layer
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_') { sign } else { '-' })
        .collect()
}
