//! Groups: names for sets of values. A group may name others, wherever they stand, but not itself through them.

use std::collections::BTreeMap;

use mutirao_core::legend::Legend;

use super::{
    check_name,
    sets::{Groups, read_set},
};
use crate::{
    sink::Sink,
    yaml::{Entry, Node},
};

/// How long a chain of groups may be in which each names the next.
const MAX_DEPTH: usize = 64;

/// Reads the groups, each after those that it names.
pub(crate) fn read_groups(root: &Node, legend: Option<&Legend>, sink: &mut Sink) -> Groups {
    let entries = root.get("groups").map(Node::entries).unwrap_or_default();
    let mut reader = Reader {
        entries: entries.iter().map(|entry| (entry.key.as_str(), entry)).collect(),
        legend,
        groups: Groups::new(),
        open: Vec::new(),
    };
    for entry in entries {
        check_name("group", &entry.key, entry.spot, sink);
        reader.read(entry, sink);
    }
    reader.groups
}

struct Reader<'a> {
    entries: BTreeMap<&'a str, &'a Entry>,
    legend: Option<&'a Legend>,
    groups: Groups,
    /// The groups that are being read, each named by the one before it.
    open: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    fn read(&mut self, entry: &'a Entry, sink: &mut Sink) {
        if self.groups.contains_key(&entry.key) {
            return;
        }
        if let Some(at) = self.open.iter().position(|name| *name == entry.key) {
            let message = match self.open[at..] {
                [own] => format!("the group `{own}` names itself"),
                ref ring => format!("the groups {} name one another in a ring", ring.join(" -> ")),
            };
            sink.error("group-ring", entry.spot, message, "write out the values of one of them");
            // A group that is broken is known all the same, so that its users are not reported too.
            self.groups.insert(entry.key.clone(), Default::default());
            return;
        }
        if self.open.len() == MAX_DEPTH {
            let message = format!("groups name one another more than {MAX_DEPTH} deep");
            sink.error("too-many", entry.spot, message, "write out the values of one of them");
            self.groups.insert(entry.key.clone(), Default::default());
            return;
        }
        self.open.push(&entry.key);
        self.read_named(&entry.value, sink);
        self.open.pop();
        if !self.groups.contains_key(&entry.key) {
            let set = read_set(&entry.value, self.legend, &self.groups, sink).map(|read| read.set);
            self.groups.insert(entry.key.clone(), set.unwrap_or_default());
        }
    }

    /// Reads the groups that a set names.
    fn read_named(&mut self, node: &'a Node, sink: &mut Sink) {
        if let Some(named) = node.text().and_then(|text| self.entries.get(text).copied()) {
            self.read(named, sink);
        }
        if let Some(inner) = node.get("not") {
            self.read_named(inner, sink);
        }
        node.items().iter().for_each(|item| self.read_named(item, sink));
    }
}
