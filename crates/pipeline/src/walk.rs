//! The walker: holds a tree against the table of keys and reports what does not fit.
//!
//! What it has passed, the readers may take for granted; what it has reported, they skip without a word.

use crate::{
    keys::{Key, Kind, Table},
    scalar,
    sink::Sink,
    suggest::{closest, did_you_mean, listed},
    yaml::{Entry, Node, Spot, Value},
};

/// Walks the whole document.
pub(crate) fn walk(root: &Node, table: &'static Table, sink: &mut Sink) {
    walk_part(root, table, &[], sink);
    sink.scope = Default::default();
}

/// Walks a mapping that stands at `path` in its document; messages name it by that path. Nothing wrong is left unsaid: whoever
/// reads the mapping afterwards may skip what does not fit without a word.
pub fn walk_part(node: &Node, table: &'static Table, path: &[String], sink: &mut Sink) {
    Walker { sink, root: table.name, path: path.to_vec() }.table(node, table, node.spot);
}

struct Walker<'a> {
    sink: &'a mut Sink,
    /// What the document is, where the path is empty.
    root: &'static str,
    /// The keys and places above, such as `layers`, `mining`, `source`.
    path: Vec<String>,
}

impl Walker<'_> {
    fn inside(&mut self, step: String, walk: impl FnOnce(&mut Self)) {
        self.path.push(step);
        let before = self.sink.scope.clone();
        self.look_around();
        walk(self);
        self.sink.scope = before;
        self.path.pop();
    }

    /// Which layer or rule the path is about.
    fn look_around(&mut self) {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let number = |text: &str| text.parse::<u16>().ok();
        match path[..] {
            ["layers", layer] => self.sink.scope.layer = Some(layer.to_owned()),
            ["coverage", "rules", rule] => {
                self.sink.scope.rule = number(rule);
                self.sink.scope.part = Some("rule".to_owned());
            }
            ["coverage", "rules", _, "unless", part] => self.sink.scope.part = Some(format!("unless:{part}")),
            _ => {}
        }
    }

    fn here(&self) -> String {
        match self.path.is_empty() {
            true => format!("the {}", self.root),
            false => format!("`{}`", self.path.join(".")),
        }
    }

    fn table(&mut self, node: &Node, table: &'static Table, at: Spot) {
        let Value::Mapping(entries) = &node.value else {
            return self.wrong(node, &Kind::Table(table), at);
        };
        for entry in entries {
            match table.key(&entry.key) {
                Some(key) => self.inside(entry.key.clone(), |walker| walker.key(entry, key)),
                None => self.unknown_key(entry, &table.names()),
            }
        }
        self.missing_keys(node, table, at);
    }

    fn unknown_key(&mut self, entry: &Entry, known: &[&str]) {
        let near = closest(&entry.key, known.iter().copied());
        let hint = near.map_or_else(|| ";".to_owned(), |near| format!("; did you mean \"{near}\"?"));
        let what = format!("unknown key \"{}\" in {}", entry.key.escape_debug(), self.here());
        let message = format!("{what}{hint} known here: {}", listed(known));
        let mend = match near {
            Some(near) => format!("write `{near}`"),
            None => "take it away, or write one of the known keys".to_owned(),
        };
        self.sink.error("unknown-key", entry.spot, message, mend);
    }

    fn missing_keys(&mut self, node: &Node, table: &'static Table, at: Spot) {
        // A key that is there under a misspelled name was reported by that name.
        let unknown = node.entries().iter().filter(|entry| table.key(&entry.key).is_none());
        let meant: Vec<&str> = unknown.filter_map(|entry| closest(&entry.key, table.names())).collect();
        let has = |name: &str| node.entry(name).is_some() || meant.contains(&name);
        let mut missing: Vec<&str> =
            table.keys.iter().filter(|key| key.required && !has(key.name)).map(|key| key.name).collect();
        if let Some(first) = table.choices.first() {
            let begun = table.choices.iter().find(|choice| choice.iter().any(|name| has(name)));
            match begun {
                Some(choice) => missing.extend(choice.iter().filter(|name| !has(name))),
                None if table.choices.len() == 1 => missing.extend(first.iter()),
                None => {
                    let choices: Vec<String> = table.choices.iter().map(|choice| choice.join(" with ")).collect();
                    let message = format!("{} has neither {}", self.here(), choices.join(" nor "));
                    self.sink.error("missing-key", at, message, format!("write {}", choices.join(", or ")));
                }
            }
        }
        for name in missing {
            let about = table.key(name).map_or("", |key| key.about);
            let message = format!("{} has no `{name}`", self.here());
            self.sink.error("missing-key", at, message, format!("add `{name}`: {about}"));
        }
    }

    fn key(&mut self, entry: &Entry, key: &'static Key) {
        if entry.value.is_null() && !matches!(key.kind, Kind::Anything) {
            let message = format!("{} is empty", self.here());
            let mend = format!("write {}, or take the line away", key.kind.wanted());
            return self.sink.error("wrong-type", entry.spot, message, mend);
        }
        let node = &entry.value;
        if key.unbuilt && !node.items().is_empty() {
            let message = format!("{} is not built yet; a later version will have it", self.here());
            self.sink.error("not-built-yet", entry.spot, message, "take it away for now");
        } else {
            self.kind(node, &key.kind, entry.spot);
        }
    }

    fn kind(&mut self, node: &Node, kind: &'static Kind, at: Spot) {
        match kind {
            Kind::Table(table) => self.table(node, table, at),
            Kind::Named(_, inner) => self.named(node, kind, inner, at),
            Kind::Either(kinds) => match kinds.iter().find(|kind| fits(node, kind)) {
                Some(found) => self.kind(node, found, at),
                None => self.wrong(node, kind, at),
            },
            Kind::List(inner) | Kind::Pair(inner) => match &node.value {
                Value::Sequence(items) if matches!(kind, Kind::List(_)) || items.len() == 2 => self.list(items, inner),
                _ => self.wrong(node, kind, at),
            },
            Kind::OneOrMany(inner) => match &node.value {
                Value::Sequence(items) if items.is_empty() => self.wrong(node, kind, at),
                Value::Sequence(items) => self.list(items, inner),
                _ => self.kind(node, inner, at),
            },
            Kind::Periods => {
                let flat = node.one_or_many().iter().all(|item| item.text().is_some());
                if !flat || node.one_or_many().is_empty() {
                    self.wrong(node, kind, at);
                }
            }
            Kind::Values => self.values(node, at, 0),
            Kind::Anything => {}
            _ => {
                if !fits(node, kind) || out_of_bounds(node, kind) {
                    self.wrong(node, kind, at);
                }
            }
        }
    }

    fn list(&mut self, items: &[Node], inner: &'static Kind) {
        for (index, item) in items.iter().enumerate() {
            self.inside((index + 1).to_string(), |walker| walker.kind(item, inner, item.spot));
        }
    }

    fn named(&mut self, node: &Node, kind: &'static Kind, inner: &'static Kind, at: Spot) {
        let Value::Mapping(entries) = &node.value else { return self.wrong(node, kind, at) };
        if entries.is_empty() {
            let message = format!("{} is empty", self.here());
            return self.sink.error("missing-key", at, message, format!("write {}", kind.wanted()));
        }
        for entry in entries {
            self.inside(entry.key.clone(), |walker| walker.kind(&entry.value, inner, entry.spot));
        }
    }

    /// The shape of a value set; its words are for the reader.
    fn values(&mut self, node: &Node, at: Spot, depth: usize) {
        match &node.value {
            _ if depth > 8 || node.is_null() => self.wrong(node, &Kind::Values, at),
            Value::Scalar { .. } => {}
            Value::Sequence(items) if items.is_empty() => self.wrong(node, &Kind::Values, at),
            Value::Sequence(items) => items.iter().for_each(|item| self.values(item, item.spot, depth + 1)),
            Value::Mapping(entries) => {
                for entry in entries.iter().filter(|entry| entry.key != "not") {
                    self.unknown_key(entry, &["not"]);
                }
                match node.entry("not") {
                    Some(entry) => self.values(&entry.value, entry.spot, depth + 1),
                    None => self.wrong(node, &Kind::Values, at),
                }
            }
        }
    }

    fn wrong(&mut self, node: &Node, kind: &Kind, at: Spot) {
        let at = if node.is_null() { at } else { node.spot };
        let is_word = |kind: &Kind| match (kind, node.text()) {
            (Kind::Words(words), Some(text)) => did_you_mean(text, words.iter().copied()),
            _ => String::new(),
        };
        let hint = match kind {
            Kind::Either(kinds) => kinds.iter().map(is_word).collect::<String>(),
            _ => is_word(kind),
        };
        let code = match same_shape(node, kind) {
            true => "invalid-value",
            false => "wrong-type",
        };
        let message = format!("{} is {}{hint}", self.here(), node.shown());
        self.sink.error(code, at, message, format!("write {}", kind.wanted()));
    }
}

/// Whether a value has the right shape at the top; bounds are another question.
fn fits(node: &Node, kind: &Kind) -> bool {
    let text = node.text();
    match kind {
        Kind::Text | Kind::Path => text.is_some_and(|text| !text.trim().is_empty()),
        Kind::Date => text.is_some_and(scalar::is_date),
        Kind::Licence => text.is_some_and(scalar::is_licence),
        Kind::Integer(..) => text.is_some_and(|text| scalar::integer(text).is_some()),
        Kind::Above(..) | Kind::Between(..) | Kind::Number => text.is_some_and(|text| scalar::number(text).is_some()),
        Kind::Bool => text.is_some_and(|text| scalar::boolean(text).is_some()),
        Kind::Words(words) => text.is_some_and(|text| words.contains(&text)),
        Kind::Anything => true,
        Kind::Values => !node.is_null(),
        Kind::Periods => !node.is_mapping() && !node.is_null(),
        Kind::OneOrMany(kind) => matches!(node.value, Value::Sequence(_)) || fits(node, kind),
        Kind::List(_) | Kind::Pair(_) => matches!(node.value, Value::Sequence(_)),
        Kind::Named(..) | Kind::Table(_) => node.is_mapping(),
        Kind::Either(kinds) => kinds.iter().any(|kind| fits(node, kind)),
    }
}

fn out_of_bounds(node: &Node, kind: &Kind) -> bool {
    let text = node.text().unwrap_or_default();
    match kind {
        Kind::Integer(from, to) => scalar::integer(text).is_none_or(|value| value < *from || value > *to),
        Kind::Above(from, to) => scalar::number(text).is_none_or(|value| value <= *from || value > *to),
        Kind::Between(from, to) => scalar::number(text).is_none_or(|value| value < *from || value > *to),
        _ => false,
    }
}

/// Whether what is there is of the kind wanted, only its value is not: a word among words, a number among numbers.
fn same_shape(node: &Node, kind: &Kind) -> bool {
    match kind {
        Kind::Integer(..) | Kind::Above(..) | Kind::Between(..) => fits(node, kind),
        Kind::Text | Kind::Path | Kind::Date | Kind::Licence | Kind::Words(_) => node.text().is_some(),
        Kind::Pair(_) | Kind::List(_) => matches!(node.value, Value::Sequence(_)),
        Kind::Either(kinds) => kinds.iter().any(|kind| same_shape(node, kind)),
        Kind::Values => !node.is_null(),
        _ => false,
    }
}
