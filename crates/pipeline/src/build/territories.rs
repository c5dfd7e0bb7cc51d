//! Kinds of territories.

use mutirao_core::pipeline::{TerritoryKind, TerritorySource};

use super::{
    check_name,
    files::Files,
    layers::{LayerFacts, region},
};
use crate::{
    sink::Sink,
    suggest::{did_you_mean, mend_name},
    yaml::{Entry, Node},
};

/// All kinds, in order; None where one is broken.
pub(crate) fn read_territories(
    root: &Node,
    facts: &[LayerFacts],
    files: &Files,
    sink: &mut Sink,
) -> Option<Vec<TerritoryKind>> {
    let entries = root.get("territories").map(Node::entries).unwrap_or_default();
    let mut kinds = Vec::new();
    for entry in entries {
        check_name("kind of territories", &entry.key, entry.spot, sink);
        if entry.key == "coverage" {
            let message = "the kind `coverage` is the whole map and always there";
            sink.error("invalid-value", entry.spot, message, "give the kind another name");
        }
        let from = match entry.value.get("cross") {
            Some(cross) => crossing(cross, entries, sink).map(TerritorySource::Crossing),
            None => source(entry, facts, files, sink),
        };
        kinds.push(from.map(|from| TerritoryKind { kind: entry.key.clone(), from, place: sink.place(entry.spot) }));
    }
    kinds.into_iter().collect()
}

fn source(entry: &Entry, facts: &[LayerFacts], files: &Files, sink: &mut Sink) -> Option<TerritorySource> {
    let node = &entry.value;
    let text = |key: &str| node.get_text(key).map(str::to_owned);
    let Some(source) = node.get("source") else {
        let layer = node.get("layer")?;
        return region(layer.text()?, layer.spot, facts, sink).map(TerritorySource::Layer);
    };
    let path = files.locate(source, sink).unwrap_or_else(|| files.folder.join(source.text().unwrap_or_default()));
    source.text()?;
    Some(TerritorySource::Vector {
        path,
        layer: text("layer"),
        key: text("key")?,
        name: text("name"),
        crs: text("crs"),
        allow_ballpark: node.get_text("allow_ballpark") == Some("true"),
    })
}

/// The places of two kinds that are crossed.
fn crossing(cross: &Node, entries: &[Entry], sink: &mut Sink) -> Option<[usize; 2]> {
    let known: Vec<&str> =
        entries.iter().filter(|entry| entry.value.get("cross").is_none()).map(|entry| entry.key.as_str()).collect();
    let mut places = Vec::new();
    for item in cross.items() {
        let name = item.text()?;
        match entries.iter().position(|entry| entry.key == name) {
            Some(at) if entries[at].value.get("cross").is_none() => places.push(at),
            Some(_) => {
                let message = format!("`{name}` is a crossing itself");
                sink.error("invalid-value", item.spot, message, "cross two kinds that come from vectors or layers");
            }
            None => {
                let hint = did_you_mean(name, known.iter().copied());
                let message = format!("there is no kind of territories \"{}\"{hint}", name.escape_debug());
                sink.error("unknown-territory", item.spot, message, mend_name("kinds", name, &known));
            }
        }
    }
    let [first, second] = places.try_into().ok()?;
    if first == second {
        sink.error("invalid-value", cross.spot, "a kind is crossed with itself", "name two different kinds");
        return None;
    }
    Some([first, second])
}
