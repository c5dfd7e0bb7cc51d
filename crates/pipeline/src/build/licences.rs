//! Licences of the layers against the licence of the product.

use mutirao_core::{
    licence::{Judgement, Why, judge},
    rule::Role,
};

use super::layers::LayerFacts;
use crate::{
    scalar::is_licence,
    sink::Sink,
    yaml::{Entry, Node, Spot},
};

/// What one member says of its licence, and where.
struct Said<'a> {
    /// The licence and its place; none where nobody states one.
    licence: Option<(&'a str, Spot)>,
    partner: Option<&'a str>,
    /// The layer's or member's own name.
    name: &'a Entry,
}

/// Reports layers and products without a licence, and layers whose licence the product's does not keep.
///
/// Layers of regions and values steer the rules and never stand in the map: they need state no licence, and one that does not
/// fit is a warning.
pub(crate) fn check_licences(root: &Node, facts: &[LayerFacts], sink: &mut Sink) {
    let product = root.get_text("license");
    if product.is_none() {
        let spot = root.entry("id").map_or(root.spot, |entry| entry.spot);
        let mend = "add `license:` with an SPDX id, such as CC-BY-4.0: without one nobody may use what is published";
        sink.warning("licence-missing", spot, "the product has no licence", mend);
    }
    let layers = root.get("layers").map(Node::entries).unwrap_or_default();
    for (entry, facts) in layers.iter().zip(facts) {
        sink.scope.layer = Some(facts.name.clone());
        let is_class = facts.role == Some(Role::Class);
        for said in members(root, entry) {
            match (said.licence, product) {
                (None, _) if is_class => missing(&said, sink),
                // What is no licence at all was told already.
                (Some((licence, at)), Some(product)) if is_licence(licence) && is_licence(product) => {
                    compare(&said, licence, at, product, is_class, sink)
                }
                _ => {}
            }
        }
    }
    sink.scope.layer = None;
}

fn members<'a>(root: &'a Node, layer: &'a Entry) -> Vec<Said<'a>> {
    let said = |own: &'a Entry| {
        let of = |key: &str| own.value.get(key).or_else(|| layer.value.get(key));
        let partner = of("partner").and_then(Node::text);
        let listed = || root.get("partners")?.get(partner?)?.get("license");
        let licence = of("license").or_else(listed).and_then(|node| Some((node.text()?, node.spot)));
        Said { licence, partner, name: own }
    };
    match layer.value.get("members") {
        Some(members) => members.entries().iter().map(said).collect(),
        None => vec![said(layer)],
    }
}

impl Said<'_> {
    /// `layer` or `layer / member`, with its partner.
    fn words(&self, sink: &Sink) -> String {
        let layer = sink.scope.layer.as_deref().unwrap_or_default();
        let name = if layer == self.name.key { layer.to_owned() } else { format!("{layer} / {}", self.name.key) };
        match self.partner {
            Some(partner) => format!("`{name}` of {}", partner.escape_debug()),
            None => format!("`{name}`"),
        }
    }
}

fn missing(said: &Said<'_>, sink: &mut Sink) {
    let message = format!("{} has no licence", said.words(sink));
    let mend = match said.partner {
        Some(partner) => {
            format!("ask {}, and write its `license:` under `partners` or at the layer", partner.escape_debug())
        }
        None => "ask who made it, and write its `license:` at the layer".to_owned(),
    };
    sink.warning("licence-missing", said.name.spot, message, mend);
}

fn compare(said: &Said<'_>, licence: &str, at: Spot, product: &str, is_class: bool, sink: &mut Sink) {
    let of = said.words(sink);
    let ask = "ask its partner for a licence that fits and write it at the layer as `license:`";
    let (message, mend, plain) = match judge(licence, product) {
        Judgement::Fits => return,
        Judgement::Unnamed { input, product } => (
            format!("{of} is under {input}, which asks to be named; {product}, the product's licence, does not"),
            format!("take CC-BY-4.0 for the product, or {ask}"),
            false,
        ),
        Judgement::Unknown { licence } => (
            format!("whether {of} may go into the product is not known: {licence} is no licence that is known here"),
            format!("see that the terms fit; if it is misspelled, write its SPDX id; else {ask}"),
            false,
        ),
        Judgement::Conflict { input, product, why } => {
            let (words, mend) = conflict(&input, &product, why);
            (format!("{of} is under {input}, which {words}"), format!("{mend}{ask}"), true)
        }
    };
    if plain && is_class {
        sink.error("licence-conflict", at, message, mend);
    } else {
        sink.warning("licence-conflict", at, message, mend);
    }
}

fn conflict(input: &str, product: &str, why: Why) -> (String, String) {
    match why {
        Why::NoDerivatives => ("forbids to publish anything made of it".to_owned(), "leave it out, or ".to_owned()),
        Why::NonCommercial => (
            format!("forbids commercial use; {product}, the product's licence, allows it"),
            "take a licence with NC for the product, or ".to_owned(),
        ),
        Why::ShareAlike => (
            format!("asks that all made of it has the same licence; the product's is {product}"),
            format!("take {input} for the product, or "),
        ),
    }
}
