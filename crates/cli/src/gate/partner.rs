//! The scorecard of a partner: all its layers, added.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    Judged,
    card::{Card, Score},
};

/// How a partner does with all its layers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerCard {
    /// The partner's id.
    pub partner: String,
    /// Its name.
    pub partner_name: String,
    /// The layers that are added, as [`Card::layer`], in the pipeline's order.
    pub layers: Vec<String>,
    /// Their sum. Layers of one contract share its deliveries and due dates: these are counted once.
    #[serde(flatten)]
    pub score: Score,
}

impl PartnerCard {
    /// Of every partner, in the order of their first layers. Layers of which nobody knows the partner are added for nobody.
    pub fn all(layers: &[Judged], cards: &[Card]) -> Vec<PartnerCard> {
        let mut all: Vec<PartnerCard> = Vec::new();
        let mut seen = BTreeSet::new();
        for (layer, card) in layers.iter().zip(cards).filter(|(layer, _)| !layer.partner.is_empty()) {
            let own = place(&mut all, layer);
            own.layers.push(card.layer.clone());
            own.score.add_judged(&card.score);
            if seen.insert((&layer.partner, &layer.contract)) {
                own.score.add_recorded(&card.score);
            }
        }
        all
    }
}

/// The card of a layer's partner, a new one where there is none yet.
fn place<'a>(all: &'a mut Vec<PartnerCard>, layer: &Judged) -> &'a mut PartnerCard {
    let at = all.iter().position(|one| one.partner == layer.partner).unwrap_or(all.len());
    if at == all.len() {
        let (partner, partner_name) = (layer.partner.clone(), layer.partner_name.clone());
        all.push(PartnerCard { partner, partner_name, ..PartnerCard::default() });
    }
    &mut all[at]
}
