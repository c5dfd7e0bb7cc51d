//! Who won how much.

use std::collections::HashMap;

use super::{
    super::Content,
    charts::{Bar, bar},
    words::percent,
};
use crate::show::table::thousands;

/// A layer or member.
pub struct SourceRow {
    /// Layer, and member.
    pub name: String,
    /// Who delivers it.
    pub partner: String,
    /// Its version, or that it was left out.
    pub version: String,
    /// Pixels in all periods.
    pub pixels: String,
    /// Of all pixels inside the area.
    pub share: String,
    /// The same as a bar.
    pub bar: Bar,
}

/// The colour of bars that stand for no class.
const COLOR: &str = "#3d6b50";

/// The sources that may give the map its classes, in the order of their numbers, and at the end what nobody gave.
pub fn rows(content: &Content<'_>) -> Vec<SourceRow> {
    let mut won: HashMap<u16, u64> = HashMap::new();
    for (key, amount) in &content.outcomes.tally.whole {
        *won.entry(key.source).or_default() += amount.pixels;
    }
    let total: u64 = won.values().sum();
    let most = won.values().copied().max().unwrap_or(0);
    let row = |name: String, partner: String, version: String, source: u16| {
        let pixels = won.get(&source).copied().unwrap_or(0);
        SourceRow {
            name,
            partner,
            version,
            pixels: thousands(pixels),
            share: percent(pixels as f64, total as f64),
            bar: bar(COLOR, pixels as f64, None, most as f64),
        }
    };
    let pipeline = content.pipeline;
    let mut rows = Vec::new();
    for (layer, planned) in pipeline.layers.iter().zip(&content.plan.layers) {
        if layer.role != mutirao_core::rule::Role::Class {
            continue;
        }
        for (member, facts) in layer.members.iter().zip(&planned.members) {
            let name = member.name.as_ref().map_or(layer.name.clone(), |name| format!("{} / {name}", layer.name));
            let partner = member.partner.map(|at| pipeline.partners[at].name.clone()).unwrap_or_default();
            let version = match content.gate.leaves_out(&layer.name, member.name.as_deref()) {
                true => "left out".to_owned(),
                false => member.version.clone().unwrap_or_default(),
            };
            rows.push(row(name, partner, version, facts.source));
        }
    }
    if won.contains_key(&0) {
        rows.push(row("(nobody)".to_owned(), String::new(), String::new(), 0));
    }
    rows
}
