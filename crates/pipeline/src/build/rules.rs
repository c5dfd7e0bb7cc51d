//! The rules of prevalence, resolved.

use mutirao_core::{
    finding::Place,
    pipeline::NamedValue,
    rule::{Condition, Exception, Give, Role, Rule},
    values::ValueSet,
};

use super::{
    Known,
    coverage::class,
    layers::{LayerFacts, class_layer, layer},
    periods::{Speaker, select},
    sets::{ReadSet, check_set, read_set, shown},
};
use crate::{
    keys::top::MAX_RULES,
    scalar,
    sink::Sink,
    suggest::{did_you_mean, mend_name},
    yaml::{Entry, Node},
};

/// What rules look things up in, and what they leave for the plan.
pub(crate) struct Table<'a> {
    pub known: &'a Known,
    pub facts: &'a [LayerFacts],
    /// Numbers named that only nodata can be.
    pub named: Vec<NamedValue>,
}

/// All rules with their places; None where one is broken, since numbers of rules would be wrong without it.
pub(crate) fn read_rules(node: &Node, table: &mut Table<'_>, sink: &mut Sink) -> Option<Vec<(Rule, Place)>> {
    if let Some(first) = node.items().get(MAX_RULES) {
        let message = format!("a pipeline has at most {MAX_RULES} rules; here are {}", node.items().len());
        sink.error("too-many", first.spot, message, "take rules together");
    }
    let mut rules = Vec::new();
    for (index, item) in node.items().iter().enumerate() {
        sink.scope.rule = u16::try_from(index + 1).ok();
        sink.scope.part = Some("rule".to_owned());
        let place = sink.place(item.spot);
        rules.push(read_rule(item, table, sink).map(|rule| (rule, place)));
    }
    sink.scope = Default::default();
    rules.into_iter().collect()
}

fn read_rule(node: &Node, table: &mut Table<'_>, sink: &mut Sink) -> Option<Rule> {
    let take = node.get("take").and_then(|take| read_take(take, table, sink));
    let conditions = node.get("where").map_or(Some(Vec::new()), |node| conditions(node, table, sink));
    let give = node.get("give").map(|give| read_give(give, table, sink));
    let periods = node.get("periods").map(|node| select(node, &table.known.periods, Speaker::Rule, sink));
    if let (Some((at, set)), None) = (&take, &give) {
        taken_classes(node, &table.facts[*at], set, table.known, sink);
    }
    let mut unless = Vec::new();
    for (index, item) in node.get("unless").map(Node::items).unwrap_or_default().iter().enumerate() {
        sink.scope.part = Some(format!("unless:{}", index + 1));
        unless.push(exception(item, table, sink));
    }
    let (layer, take) = take?;
    Some(Rule {
        layer,
        take,
        conditions: conditions?,
        give: give.map_or(Some(None), |give| give.map(Some))?,
        unless: unless.into_iter().collect::<Option<_>>()?,
        periods,
    })
}

fn exception(node: &Node, table: &mut Table<'_>, sink: &mut Sink) -> Option<Exception> {
    let when = node.get("when").and_then(|node| conditions(node, table, sink));
    let give = node.get("give").and_then(|node| read_give(node, table, sink));
    Some(Exception { when: when?, give: give? })
}

fn read_take(node: &Node, table: &mut Table<'_>, sink: &mut Sink) -> Option<(usize, ValueSet)> {
    let [only] = node.entries() else {
        if node.entries().len() > 1 {
            let message = format!("`take` names {} layers; a rule takes one", node.entries().len());
            sink.error("invalid-value", node.spot, message, "write a rule for each of them");
        }
        return None;
    };
    let at = class_layer(&only.key, "rules take", only.spot, table.facts, sink);
    let read = read_set(&only.value, table.known.legend.as_ref(), &table.known.groups, sink);
    let (at, read) = (at?, read?);
    remember(&read, at, table, sink);
    if read.set.ranges().is_empty() {
        let message = "a rule takes what a layer holds; nothing is never taken";
        sink.error("invalid-value", only.value.spot, message, "name classes, or any");
    }
    Some((at, read.set))
}

/// Checks a set against its layer, and keeps the numbers that can only be nodata.
fn remember(read: &ReadSet, at: usize, table: &mut Table<'_>, sink: &mut Sink) {
    let facts = &table.facts[at];
    let code = if facts.role == Some(Role::Region) { "unknown-region" } else { "unknown-class" };
    let before = sink.scope.layer.replace(facts.name.clone());
    for (value, spot) in check_set(read, facts, code, sink) {
        let rule = sink.scope.rule.unwrap_or_default();
        let part = sink.scope.part.clone().unwrap_or_default();
        table.named.push(NamedValue { layer: at, value, rule, part, place: sink.place(spot) });
    }
    sink.scope.layer = before;
}

fn conditions(node: &Node, table: &mut Table<'_>, sink: &mut Sink) -> Option<Vec<Condition>> {
    let all: Vec<Option<Condition>> = node.entries().iter().map(|entry| condition(entry, table, sink)).collect();
    all.into_iter().collect()
}

fn condition(entry: &Entry, table: &mut Table<'_>, sink: &mut Sink) -> Option<Condition> {
    let at = layer(&entry.key, entry.spot, table.facts, sink);
    let read = read_set(&entry.value, table.known.legend.as_ref(), &table.known.groups, sink);
    let (at, read) = (at?, read?);
    remember(&read, at, table, sink);
    Some(Condition { layer: at, values: read.set })
}

fn read_give(node: &Node, table: &Table<'_>, sink: &mut Sink) -> Option<Give> {
    let text = node.text()?;
    if text == "none" {
        return Some(Give::Nothing);
    }
    if scalar::integer(text).is_some() {
        return class(text, node.spot, table.known, sink).map(Give::Class);
    }
    if !table.facts.iter().any(|layer| layer.name == text) {
        let layers: Vec<&str> = table.facts.iter().map(|layer| layer.name.as_str()).collect();
        let hint = did_you_mean(text, layers.iter().copied().chain(["none"]));
        let message = format!("`give` is {}, which is no class and no layer{hint}", node.shown());
        sink.error("unknown-layer", node.spot, message, mend_name("layers", text, &layers));
        return None;
    }
    let at = class_layer(text, "`give` copies", node.spot, table.facts, sink)?;
    let facts = &table.facts[at];
    if let (Some(declared), Some(legend)) = (facts.declared.as_ref().filter(|_| facts.sure), &table.known.legend) {
        let foreign = declared.intersection(&legend.values().with_nothing(true).complement());
        if !foreign.is_empty() {
            let message = format!("`give` copies {} of `{text}`, which is not in the legend", shown(&foreign));
            sink.error("unknown-class", node.spot, message, "give the layer a crosswalk, or give a class");
        }
    }
    Some(Give::Layer(at))
}

/// A rule without `give` gives the class taken, which must be one.
fn taken_classes(node: &Node, facts: &LayerFacts, take: &ValueSet, known: &Known, sink: &mut Sink) {
    let (Some(declared), Some(legend)) = (facts.declared.as_ref().filter(|_| facts.sure), &known.legend) else {
        return;
    };
    let outside = legend.values().with_nothing(true).complement();
    let foreign = take.intersection(declared).intersection(&outside);
    if !foreign.is_empty() {
        let rule = sink.scope.rule.unwrap_or_default();
        let what = format!("rule {rule} takes {} of {}", shown(&foreign), facts.name);
        let message = format!("{what}, which is no class of the legend: say what it gives");
        let at = node.entry("take").map_or(node.spot, |entry| entry.spot);
        sink.error("unknown-class", at, message, "add `give` with a class of the legend");
        let single = foreign.ranges().iter().filter(|(from, to)| from == to).map(|(from, _)| *from);
        sink.about_classes(single.collect::<Vec<_>>());
    }
}
