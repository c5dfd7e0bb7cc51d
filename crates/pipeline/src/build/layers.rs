//! Layers, and the areas of their members.

use mutirao_core::{
    legend::Legend,
    pipeline::{Layer, NodataSpec, Partner},
    rule::{Condition, Role},
    values::ValueSet,
};

use super::{
    Known, check_name,
    files::Files,
    members::{Entries, read_member},
    sets::{Meaning, check_set, read_set},
};
use crate::{
    keys::top::MAX_LAYERS,
    sink::Sink,
    suggest::{did_you_mean, mend_name},
    yaml::{Entry, Node, Spot},
};

/// What rules and areas need of a layer, even if the layer itself is broken.
pub(crate) struct LayerFacts {
    pub name: String,
    /// None where a misspelled role was reported.
    pub role: Option<Role>,
    /// Where its name stands.
    pub spot: Spot,
    pub composite: bool,
    pub has_date: bool,
    /// Whether `declared` can be trusted: false if the layer is broken.
    pub sure: bool,
    /// The values it may hold; none where any may stand.
    pub declared: Option<ValueSet>,
    /// The path of a crosswalk of its members.
    pub crosswalk: Option<String>,
    /// What makes nothing in its members.
    pub nodata: Vec<NodataSpec>,
}

/// All layers by their place; a broken one is none.
pub(crate) struct ReadLayers {
    pub layers: Vec<Option<Layer>>,
    pub facts: Vec<LayerFacts>,
}

/// Reads all layers.
pub(crate) fn read_layers(
    root: &Node,
    known: &Known,
    partners: &mut Vec<Partner>,
    files: &mut Files,
    sink: &mut Sink,
) -> ReadLayers {
    let entries = root.get("layers").map(Node::entries).unwrap_or_default();
    if let Some(first) = entries.get(MAX_LAYERS) {
        let message = format!("a pipeline has at most {MAX_LAYERS} layers; here are {}", entries.len());
        sink.error("too-many", first.spot, message, "take layers together as composites");
    }
    let mut read = ReadLayers { layers: Vec::new(), facts: Vec::new() };
    for entry in entries {
        sink.scope.layer = Some(entry.key.clone());
        check_name("layer", &entry.key, entry.spot, sink);
        if known.groups.contains_key(&entry.key) {
            let message = format!("\"{}\" names a layer and a group", entry.key);
            sink.error("name-clash", entry.spot, message, "rename one of them");
        }
        let layer = read_layer(entry, known, partners, files, sink);
        read.facts.push(facts(entry, layer.as_ref(), known.legend.as_ref()));
        read.layers.push(layer);
    }
    for (at, entry) in entries.iter().enumerate() {
        sink.scope.layer = Some(entry.key.clone());
        areas(entry, at, known, &mut read, sink);
    }
    sink.scope.layer = None;
    read
}

fn role(node: &Node) -> Option<Role> {
    match node.get("role").map_or(Some("class"), Node::text)? {
        "class" => Some(Role::Class),
        "region" => Some(Role::Region),
        "value" => Some(Role::Value),
        _ => None,
    }
}

fn read_layer(
    entry: &Entry,
    known: &Known,
    partners: &mut Vec<Partner>,
    files: &mut Files,
    sink: &mut Sink,
) -> Option<Layer> {
    let node = &entry.value;
    let role = role(node).unwrap_or(Role::Class);
    let members = match node.get("members") {
        None => vec![read_member(&Entries { own: entry, layer: node, name: None, role }, known, partners, files, sink)],
        Some(members) => {
            if let Some(source) = node.entry("source") {
                let message = "the layer has both `source` and `members`";
                sink.error("invalid-value", source.spot, message, "write the source of each member below `members`");
            }
            let mut read = Vec::new();
            for own in members.entries() {
                check_name("member", &own.key, own.spot, sink);
                let entries = Entries { own, layer: node, name: Some(&own.key), role };
                read.push(read_member(&entries, known, partners, files, sink));
            }
            read
        }
    };
    let fallback = node.get("fallback").map_or(Some(Vec::new()), |list| fallback(list, node, sink));
    let members = members.into_iter().collect::<Option<Vec<_>>>().filter(|members| !members.is_empty())?;
    let date = node.get_text("date").map(str::to_owned);
    Some(Layer { name: entry.key.clone(), role, members, fallback: fallback?, date, place: sink.place(entry.spot) })
}

/// The places of the members that `fallback` lists.
fn fallback(list: &Node, layer: &Node, sink: &mut Sink) -> Option<Vec<usize>> {
    let Some(members) = layer.get("members") else {
        let message = "`fallback` names members, and the layer has none";
        sink.error("invalid-value", list.spot, message, "take it away, or write `members`");
        return None;
    };
    let names: Vec<&str> = members.entries().iter().map(|member| member.key.as_str()).collect();
    let mut places = Vec::new();
    let mut whole = true;
    for item in list.items() {
        let Some(name) = item.text() else { continue };
        match names.iter().position(|known| *known == name) {
            Some(at) if places.contains(&at) => {
                let message = format!("`{name}` stands twice in `fallback`");
                sink.error("invalid-value", item.spot, message, "take one of them away");
            }
            Some(at) => places.push(at),
            None => {
                whole = false;
                let hint = did_you_mean(name, names.iter().copied());
                let message = format!("the layer has no member \"{}\"{hint}", name.escape_debug());
                sink.error("unknown-member", item.spot, message, mend_name("members", name, &names));
            }
        }
    }
    whole.then_some(places)
}

fn facts(entry: &Entry, layer: Option<&Layer>, legend: Option<&Legend>) -> LayerFacts {
    let empty = Legend::default();
    // Without a legend, what a class layer may hold is unknown unless it says so itself.
    let own = |layer: &Layer| layer.members.iter().all(|member| member.crosswalk.is_some() || member.classes.is_some());
    let role = role(&entry.value);
    let sure = role.is_some() && layer.is_some_and(|layer| legend.is_some() || layer.role != Role::Class || own(layer));
    LayerFacts {
        name: entry.key.clone(),
        role,
        spot: entry.spot,
        composite: entry.value.get("members").is_some(),
        has_date: entry.value.get("date").is_some(),
        sure,
        declared: layer.and_then(|layer| layer.declared(legend.unwrap_or(&empty))),
        crosswalk: layer
            .and_then(|layer| layer.members.iter().find_map(|member| Some(member.crosswalk.as_ref()?.path.clone()))),
        nodata: layer.map(|layer| layer.members.iter().map(|member| member.nodata).collect()).unwrap_or_default(),
    }
}

fn areas(entry: &Entry, at: usize, known: &Known, read: &mut ReadLayers, sink: &mut Sink) {
    let members = entry.value.get("members").map(Node::entries).unwrap_or_default();
    let areas: Vec<Option<Condition>> =
        members.iter().map(|member| area(member.value.get("area")?, at, known, &read.facts, sink)).collect();
    let Some(layer) = &mut read.layers[at] else { return };
    let complete = areas.iter().all(Option::is_some);
    layer.members.iter_mut().zip(areas).for_each(|(member, area)| member.area = area);
    if !members.is_empty() && !complete {
        read.layers[at] = None;
    }
}

fn area(node: &Node, at: usize, known: &Known, facts: &[LayerFacts], sink: &mut Sink) -> Option<Condition> {
    let [only] = node.entries() else {
        if node.entries().len() > 1 {
            let message = format!("`area` names {} region layers", node.entries().len());
            sink.error("invalid-value", node.spot, message, "name one region layer");
        }
        return None;
    };
    let layer = region(&only.key, only.spot, facts, sink)?;
    if layer == at || facts[layer].composite {
        let message = format!("the area of a member is asked of `{}`, which is a composite itself", only.key);
        sink.error("invalid-value", only.spot, message, "name a region layer with a source of its own");
        return None;
    }
    let set = read_set(&only.value, known.legend.as_ref(), &known.groups, sink)?;
    for (value, spot) in check_set(&set, &facts[layer], "unknown-region", sink) {
        let message = format!("{value} is nothing in `{}`, and no member is responsible for nothing", only.key);
        sink.error("unknown-region", spot, message, "take it away");
    }
    // What is not a region has nobody responsible for it: `not` leaves it out too.
    let names_nothing = set.terms.iter().any(|term| matches!(term.meaning, Meaning::Nothing));
    if (set.set.contains_nothing() && names_nothing) || set.set.ranges().is_empty() {
        let message = format!("no member is responsible where `{}` is nothing", only.key);
        sink.error("unknown-region", only.value.spot, message, "name the regions it is responsible for");
    }
    Some(Condition { layer, values: set.set.with_nothing(false) })
}

/// The place of the region layer of this name.
pub(crate) fn region(name: &str, spot: Spot, facts: &[LayerFacts], sink: &mut Sink) -> Option<usize> {
    let found = facts.iter().position(|layer| layer.name == name);
    match found {
        Some(at) if facts[at].role == Some(Role::Region) => return found,
        Some(at) if facts[at].role.is_none() => {}
        Some(_) => {
            let message = format!("`{name}` is no region layer");
            sink.error(
                "unknown-region",
                spot,
                message,
                format!("add `role: region` to `{name}`, or name a region layer"),
            );
        }
        None => {
            let known = names(facts, |layer| layer.role == Some(Role::Region));
            let hint = did_you_mean(name, known.iter().copied());
            let message = format!("there is no region layer \"{}\"{hint}", name.escape_debug());
            sink.error("unknown-region", spot, message, mend_name("region layers", name, &known));
        }
    }
    None
}

/// The place of the layer of this name, whatever its role.
pub(crate) fn layer(name: &str, spot: Spot, facts: &[LayerFacts], sink: &mut Sink) -> Option<usize> {
    let found = facts.iter().position(|layer| layer.name == name);
    if found.is_none() {
        let known = names(facts, |_| true);
        let hint = did_you_mean(name, known.iter().copied());
        let message = format!("there is no layer \"{}\"{hint}", name.escape_debug());
        sink.error("unknown-layer", spot, message, mend_name("layers", name, &known));
    }
    found
}

/// The place of the class layer of this name; `doing` says what others cannot do, such as "rules take".
pub(crate) fn class_layer(name: &str, doing: &str, spot: Spot, facts: &[LayerFacts], sink: &mut Sink) -> Option<usize> {
    let at = layer(name, spot, facts, sink)?;
    match facts[at].role {
        Some(Role::Class) => return Some(at),
        Some(_) => {}
        None => return None,
    }
    let message = format!("`{name}` is no class layer; {doing} class layers only");
    let known = names(facts, |layer| layer.role == Some(Role::Class));
    sink.error("invalid-value", spot, message, mend_name("class layers", name, &known));
    None
}

fn names(facts: &[LayerFacts], keep: impl Fn(&LayerFacts) -> bool) -> Vec<&str> {
    facts.iter().filter(|layer| keep(layer)).map(|layer| layer.name.as_str()).collect()
}
