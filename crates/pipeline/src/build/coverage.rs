//! The coverage: its method, and what the method needs.

use mutirao_core::{
    pipeline::{Coverage, Method, NamedValue},
    rule::{LayerId, Role, Rule},
};

use super::{
    Known,
    layers::{LayerFacts, ReadLayers, class_layer, region},
    rules::{Table, read_rules},
    sets::shown,
};
use crate::{
    scalar,
    sink::Sink,
    yaml::{Node, Spot},
};

/// The coverage, and the numbers that its rules name and layers do not declare. None where it cannot be used.
pub(crate) fn read_coverage(
    node: &Node,
    known: &Known,
    layers: &ReadLayers,
    sink: &mut Sink,
) -> Option<(Coverage, Vec<NamedValue>)> {
    let facts = &layers.facts;
    let within = node.get("within").map(|name| region(name.text()?, name.spot, facts, sink));
    let method = method(node);
    let unclaimed = node.get("unclaimed").map(|node| unclaimed(node, known, sink));
    let mut table = Table { known, facts, named: Vec::new() };
    let rules = node.get("rules").map(|rules| read_rules(rules, &mut table, sink));
    let named = std::mem::take(&mut table.named);
    let order = order(node, method, known, facts, sink);
    method_fits(node, method, sink);
    let (rules, rule_places): (Vec<Rule>, Vec<_>) = match rules {
        Some(rules) => rules?.into_iter().unzip(),
        None => Default::default(),
    };
    let coverage = Coverage {
        within: within.map_or(Some(None), |found| found.map(Some))?,
        method: method?,
        order: order?,
        rules,
        rule_places,
        unclaimed: unclaimed.map_or(Some(None), |found| found)?,
    };
    Some((coverage, named))
}

fn method(node: &Node) -> Option<Method> {
    match node.get("method").map_or(Some("prevalence"), Node::text)? {
        "prevalence" => Some(Method::Prevalence),
        "first" => Some(Method::First),
        "last" => Some(Method::Last),
        "majority" => Some(Method::Majority),
        "most-recent" => Some(Method::MostRecent),
        "min" => Some(Method::Min),
        "max" => Some(Method::Max),
        _ => None,
    }
}

/// Rules belong to prevalence, an order to all else.
fn method_fits(node: &Node, method: Option<Method>, sink: &mut Sink) {
    let Some(method) = method else { return };
    let rules = node.entry("rules");
    if method == Method::Prevalence {
        if rules.is_none_or(|rules| rules.value.items().is_empty() && rules.value.text().is_none()) {
            let at = rules.map_or(node.spot, |rules| rules.spot);
            let mend = "add a list of rules, such as `- { take: { base: any } }`, or choose another `method`";
            sink.error("missing-key", at, "prevalence needs `rules`, and there are none", mend);
        }
        if let Some(order) = node.entry("order") {
            let message = "`order` says nothing with prevalence: the rules stand in their order";
            sink.error("invalid-value", order.spot, message, "take `order` away, or choose another `method`");
        }
    } else if let Some(rules) = rules {
        let message = "`rules` say nothing with this method";
        sink.error("invalid-value", rules.spot, message, "take the rules away, or write `method: prevalence`");
    }
    let unclaimed = node.entry("unclaimed").filter(|_| method != Method::Prevalence);
    if let Some(unclaimed) = unclaimed {
        let message = "`unclaimed` is for prevalence: it is the class where no rule matches";
        sink.error("invalid-value", unclaimed.spot, message, "take it away");
    }
}

fn unclaimed(node: &Node, known: &Known, sink: &mut Sink) -> Option<Option<u16>> {
    match node.text()? {
        "none" => Some(None),
        text => class(text, node.spot, known, sink).map(Some),
    }
}

/// A class of the legend by its id.
pub(crate) fn class(text: &str, at: Spot, known: &Known, sink: &mut Sink) -> Option<u16> {
    let legend = known.legend.as_ref()?;
    let id = scalar::integer(text).and_then(|value| u16::try_from(value).ok());
    let found = id.filter(|id| legend.get(*id).is_some());
    if found.is_none() {
        let message = format!("{text} is no class of the legend");
        let mend = format!("write one of {}, or add it to the legend", shown(&legend.values()));
        sink.error("unknown-class", at, message, mend);
        sink.about_classes(id.map(i32::from));
    }
    found
}

/// The class layers in the order in which a method without rules asks them; empty for prevalence.
fn order(
    node: &Node,
    method: Option<Method>,
    known: &Known,
    facts: &[LayerFacts],
    sink: &mut Sink,
) -> Option<Vec<LayerId>> {
    if matches!(method, None | Some(Method::Prevalence)) {
        return Some(Vec::new());
    }
    let order = match node.get("order") {
        Some(order) => named_order(order, facts, sink)?,
        None => (0..facts.len()).filter(|at| facts[*at].role == Some(Role::Class)).collect(),
    };
    for at in &order {
        let layer = &facts[*at];
        sink.scope.layer = Some(layer.name.clone());
        if method == Some(Method::MostRecent) && !layer.has_date {
            let message = format!("`most-recent` compares dates, and `{}` has none", layer.name);
            sink.error(
                "missing-key",
                layer.spot,
                message,
                "add `date: YYYY-MM-DD` to the layer, or leave it out of `order`",
            );
        }
        own_codes(layer, known, sink);
    }
    sink.scope.layer = None;
    if order.is_empty() && !facts.is_empty() {
        let message = "no class layer is asked";
        sink.error("missing-key", node.spot, message, "add a layer of classes");
    }
    Some(order)
}

fn own_codes(layer: &LayerFacts, known: &Known, sink: &mut Sink) {
    let (Some(declared), Some(legend)) = (layer.declared.as_ref().filter(|_| layer.sure), &known.legend) else {
        return;
    };
    let foreign = declared.intersection(&legend.values().with_nothing(true).complement());
    if !foreign.is_empty() {
        let message = format!("`{}` holds {}, which do not stand in the legend", layer.name, shown(&foreign));
        sink.error("unknown-class", layer.spot, message, "give the layer a crosswalk, or leave it out of `order`");
    }
}

fn named_order(order: &Node, facts: &[LayerFacts], sink: &mut Sink) -> Option<Vec<LayerId>> {
    let mut places: Vec<LayerId> = Vec::new();
    let mut whole = true;
    for item in order.items() {
        let Some(name) = item.text() else { continue };
        match class_layer(name, "methods ask", item.spot, facts, sink) {
            Some(at) if places.contains(&at) => {
                let message = format!("`{name}` stands twice in `order`");
                sink.error("invalid-value", item.spot, message, "take one of them away");
            }
            Some(at) => places.push(at),
            None => whole = false,
        }
    }
    whole.then_some(places)
}
