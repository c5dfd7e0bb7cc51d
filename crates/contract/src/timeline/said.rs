//! What the `slaProperties` of a contract say of its timeline, entry by entry.

use std::collections::BTreeMap;

use jiff::Span;
use mutirao_pipeline::text::{Node, Sink, Spot, integer};

use super::{UNITS, span};
use crate::terms::misspelled;

/// Our `slaProperties`.
const PROPERTIES: [&str; 6] = ["dueDate", "grace", "window", "frequency", "latency", "retention"];

/// What the `slaProperties` say, by milestone; None stands for the whole layer.
#[derive(Default)]
pub(super) struct Said {
    /// The due dates, in order.
    pub dues: Vec<SaidDue>,
    /// The spans of time by their property and what they are said of.
    pub spans: BTreeMap<(String, Option<String>), Span>,
    /// Every grace and window of one milestone: property, milestone and place.
    pub elements: Vec<(String, String, Spot)>,
}

/// A `dueDate`.
pub(super) struct SaidDue {
    /// The milestone, without the layer.
    pub milestone: String,
    /// Its value.
    pub value: Node,
    /// How far it counts from another milestone; none for a date.
    pub relative: Option<Span>,
    /// Why, in the contract's word.
    pub driver: Option<String>,
    /// Where the milestone is named.
    pub at: Spot,
}

impl Said {
    /// Takes an entry; what is not ours is let pass.
    pub fn take(&mut self, item: &Node, layer: &str, objects: &[&str], sink: &mut Sink) {
        let Some(property) = item.get("property") else { return };
        let Some(name) = property.text() else { return };
        if !PROPERTIES.contains(&name) {
            return misspelled(name, property.spot, &PROPERTIES, "slaProperties", sink);
        }
        let Some(milestone) = element(item, layer, objects, sink) else { return };
        let at = item.get("element").map_or(item.spot, |node| node.spot);
        if let (Some(milestone), "grace" | "window") = (&milestone, name) {
            self.elements.push((name.to_owned(), milestone.clone(), at));
        }
        let Some(value) = item.get("value") else {
            let message = format!("`{name}` has no value");
            return sink.error(
                "missing-key",
                item.spot,
                message,
                "write a number with a `unit`, or a day for a dueDate",
            );
        };
        let is_number = value.text().is_some_and(|text| integer(text).is_some());
        let counted = match is_number || name != "dueDate" {
            true => match counted(name, value, item, sink) {
                Some(counted) => Some(counted),
                None => return,
            },
            false => None,
        };
        let twice = match (name, &milestone) {
            ("dueDate", None) => {
                let mend = format!("write `element: {layer}.MILESTONE`, such as {layer}.first-version");
                return sink.error("missing-key", item.spot, "a dueDate names no milestone", mend);
            }
            ("dueDate", Some(milestone)) => {
                let twice = self.dues.iter().any(|due| due.milestone == *milestone);
                let driver = item.get_text("driver").map(str::to_owned);
                let due = SaidDue { milestone: milestone.clone(), value: value.clone(), relative: counted, driver, at };
                self.dues.push(due);
                twice
            }
            _ => match counted {
                Some(counted) => self.spans.insert((name.to_owned(), milestone), counted).is_some(),
                None => false,
            },
        };
        if twice {
            let message = format!("`{name}` of the same element stands twice");
            sink.error("contract-twice", item.spot, message, "take one of them away");
            self.dues.pop();
        }
    }
}

/// A number of units; None where it is none, which is told. Only due dates count backwards.
fn counted(name: &str, value: &Node, item: &Node, sink: &mut Sink) -> Option<Span> {
    let count = value.text().and_then(integer);
    let Some(count) = count.filter(|count| name == "dueDate" || *count >= 0) else {
        let message = format!("`{name}` is {}", value.shown());
        sink.error("invalid-value", value.spot, message, "write a whole number from 0, and a `unit`");
        return None;
    };
    let unit = item.get("unit");
    let read = unit.and_then(Node::text).and_then(|unit| span(count, unit));
    if read.is_none() {
        let (at, message) = match unit {
            Some(unit) => (unit.spot, format!("`{name}` of {count} {} is no span of time", unit.shown())),
            None => (item.spot, format!("`{name}` has no `unit`")),
        };
        sink.error("invalid-value", at, message, format!("write a `unit`: {}", UNITS.join(", ")));
    }
    read
}

/// Which milestone an entry is about: Some(None) is the whole layer. None where it is about another layer, which is told.
fn element(item: &Node, layer: &str, objects: &[&str], sink: &mut Sink) -> Option<Option<String>> {
    let Some(node) = item.get("element") else { return Some(None) };
    let text = node.text()?;
    let is_layer = |name: &str| name == layer || objects.contains(&name);
    if is_layer(text) {
        return Some(None);
    }
    match text.split_once('.') {
        Some((of, milestone)) if is_layer(of) && !milestone.is_empty() => Some(Some(milestone.to_owned())),
        // With one object its name may be left out.
        None => Some(Some(text.to_owned())),
        _ => {
            let message = format!("the element `{}` is of another layer than {layer}", text.escape_debug());
            sink.error("contract-other-layer", node.spot, message, format!("write `{layer}`, or `{layer}.MILESTONE`"));
            None
        }
    }
}
