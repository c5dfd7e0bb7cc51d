//! What the contracts of the layers said, and who came in time.

use super::Readme;
use crate::{
    gate::PartnerCard,
    release::{
        quality::{LayerQuality, layers, partners},
        texts::markdown::{code, plain, table},
    },
};

impl Readme<'_> {
    /// Empty where no layer has a contract.
    pub(super) fn quality(&self) -> String {
        let layers = layers(self.content);
        if layers.is_empty() {
            return String::new();
        }
        let header = [
            "layer",
            "partner",
            "verdict",
            "findings by element of quality",
            "checks kept",
            "deliveries passed",
            "in time",
        ];
        let mut rows = vec![header.map(str::to_owned).to_vec()];
        rows.extend(layers.iter().map(row));
        let partners = by_partner(&partners(self.content));
        let mut text = format!(
            "## Quality and time\n\nEvery layer with a contract was held against it before the merge, by the checks that its partner can run \
             (`mutirao check`); `qa.parquet` has every rule. Judged as of {}. Deliveries and due dates are those recorded in `deliveries.csv` until \
             then, by the same rule for all; rehearsals never count.\n\n{partners}{}",
            plain(self.content.gate.at.get(..10).unwrap_or_default()),
            table(&rows, 4)
        );
        for layer in &layers {
            text.push_str(&findings(layer));
        }
        text
    }
}

/// The partners, all their layers added.
fn by_partner(cards: &[PartnerCard]) -> String {
    if cards.is_empty() {
        return String::new();
    }
    let header = ["partner", "layers", "findings by element of quality", "checks kept", "deliveries passed", "in time"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    rows.extend(cards.iter().map(|card| {
        vec![
            plain(&card.partner_name),
            plain(&card.layers.join(", ")),
            plain(&card.score.element_words()),
            card.score.kept_words(),
            card.score.passed_words(),
            card.score.in_time_words(),
        ]
    }));
    format!("Partners, all their layers added:\n\n{}\nLayers:\n\n", table(&rows, 3))
}

fn row(layer: &LayerQuality) -> Vec<String> {
    vec![
        plain(&layer.layer),
        plain(&layer.partner_name),
        plain(&layer.verdict_words()),
        plain(&layer.card.score.element_words()),
        layer.card.score.kept_words(),
        layer.card.score.passed_words(),
        layer.card.score.in_time_words(),
    ]
}

fn findings(layer: &LayerQuality) -> String {
    let mut lines: Vec<String> = Vec::new();
    for told in &layer.findings {
        let picture = told.picture.as_ref().map(|name| format!(" ([picture](<{name}>))")).unwrap_or_default();
        let waiver = told.waiver.as_ref().map(|waiver| format!(" Waived: {}.", plain(waiver))).unwrap_or_default();
        lines.push(format!("- {} {}: {}{picture}.{waiver}\n", told.severity, code(&told.code), plain(&told.message)));
    }
    if layer.more > 0 {
        lines.push(format!("- and {} more in `qa.parquet`\n", layer.more));
    }
    for late in &layer.out_of_time {
        let period = if late.period.is_empty() { String::new() } else { format!(" of {}", plain(&late.period)) };
        lines.push(format!(
            "- {}{period} was due {}: {}\n",
            plain(&late.milestone),
            plain(&late.due),
            late.state.word()
        ));
    }
    if lines.is_empty() {
        String::new()
    } else {
        format!("\n{} of {}:\n\n{}", plain(&layer.layer), plain(&layer.partner_name), lines.concat())
    }
}
