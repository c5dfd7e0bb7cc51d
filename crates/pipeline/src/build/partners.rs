//! Partners: those of the list, and those that only layers name.

use mutirao_core::pipeline::Partner;

use crate::{sink::Sink, suggest::closest, yaml::Node};

/// Partners by their place; the first `listed` of them stand under `partners`.
pub(crate) fn read_partners(root: &Node) -> Vec<Partner> {
    let entries = root.get("partners").map(Node::entries).unwrap_or_default();
    let text = |node: &Node, key: &str| node.get_text(key).map(str::to_owned);
    entries
        .iter()
        .map(|entry| Partner {
            id: entry.key.clone(),
            name: text(&entry.value, "name").unwrap_or_else(|| entry.key.clone()),
            url: text(&entry.value, "url"),
            license: text(&entry.value, "license"),
            attribution: text(&entry.value, "attribution"),
        })
        .collect()
}

/// The place of the partner that a node names; one that is not listed stands for itself, but a near miss is told.
pub(crate) fn partner(node: &Node, partners: &mut Vec<Partner>, sink: &mut Sink) -> Option<usize> {
    let id = node.text()?;
    if let Some(at) = partners.iter().position(|partner| partner.id == id) {
        return Some(at);
    }
    if let Some(near) = closest(id, partners.iter().map(|partner| partner.id.as_str())) {
        let message = format!("the partner \"{}\" is not listed; did you mean \"{near}\"?", id.escape_debug());
        let mend = format!("write `{near}`, or list {id} under `partners`");
        sink.warning("unknown-partner", node.spot, message, mend);
    }
    let name = id.to_owned();
    partners.push(Partner { id: name.clone(), name, url: None, license: None, attribution: None });
    Some(partners.len() - 1)
}
