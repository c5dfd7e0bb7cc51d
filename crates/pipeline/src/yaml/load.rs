//! From a parser's events to the tree, within limits, so that no file can make it large or deep.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::{Entry, Node, Spot, Value, braces::Braces};
use crate::sink::Sink;

const MAX_DEPTH: usize = 32;
const MAX_NODES: usize = 100_000;

/// Reads one document. Syntax errors end the reading; duplicate keys, merge keys and odd tags are reported on the way.
/// None if there is no tree; the sink then says why.
pub fn load(text: &str, sink: &mut Sink) -> Option<Node> {
    let braces = Braces::hide(text);
    let mut loader = Loader {
        sink,
        braces: &braces,
        stack: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        documents: 0,
        root: None,
    };
    for event in Parser::new_from_str(&braces.text) {
        let step = match event {
            Ok((event, span)) => loader.take(event, spot(&span.start)),
            Err(error) => Err((spot(error.marker()), format!("this is no YAML: {}", error.info()))),
        };
        if let Err((at, message)) = step {
            let mend = "mend this place first; what comes after it was not read";
            loader.sink.error("yaml-syntax", at, message, mend);
            return None;
        }
    }
    loader.root
}

fn spot(marker: &Marker) -> Spot {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Spot { line: number(marker.line()).max(1), column: number(marker.col()).saturating_add(1) }
}

type Step = Result<(), (Spot, String)>;

struct Loader<'a> {
    sink: &'a mut Sink,
    braces: &'a Braces,
    stack: Vec<Frame>,
    anchors: HashMap<usize, (Node, usize, usize)>,
    nodes: usize,
    documents: usize,
    root: Option<Node>,
}

/// A collection that is still open.
struct Frame {
    spot: Spot,
    anchor: usize,
    nodes_before: usize,
    inside: Inside,
}

enum Inside {
    Sequence(Vec<Node>),
    Mapping { entries: Vec<Entry>, key: Option<(String, Spot, bool)>, lines: HashMap<String, u32> },
}

impl Loader<'_> {
    fn take(&mut self, event: Event<'_>, at: Spot) -> Step {
        match event {
            Event::DocumentStart(_) => self.document(at),
            Event::Scalar(text, style, anchor, tag) => {
                self.tag(tag.as_deref(), at);
                let plain = style == ScalarStyle::Plain && tag.is_none();
                // Long texts count for more, since aliases multiply them.
                let size = 1 + text.len() / 64;
                let node = Node { spot: at, value: Value::Scalar { text: self.braces.restore(&text), plain } };
                self.count(size, at)?;
                self.complete(node, anchor, size)
            }
            Event::SequenceStart(anchor, tag) => self.open(at, anchor, tag.as_deref(), Inside::Sequence(Vec::new())),
            Event::MappingStart(anchor, tag) => self.open(
                at,
                anchor,
                tag.as_deref(),
                Inside::Mapping { entries: Vec::new(), key: None, lines: HashMap::new() },
            ),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor).cloned();
                let (node, size, height) =
                    known.ok_or((at, "this alias is used inside of what it stands for".to_owned()))?;
                self.count(size, at)?;
                if self.stack.len() + height > MAX_DEPTH {
                    return Err((at, too_deep()));
                }
                self.complete(node, 0, size)
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn document(&mut self, at: Spot) -> Step {
        self.documents += 1;
        if self.documents > 1 {
            return Err((at, "a second document begins here; this file is one document".to_owned()));
        }
        Ok(())
    }

    fn count(&mut self, nodes: usize, at: Spot) -> Step {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            return Err((at, format!("more than {MAX_NODES} values, aliases counted in full")));
        }
        Ok(())
    }

    fn tag(&mut self, tag: Option<&Tag>, at: Spot) {
        if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema()) {
            let message = format!("the tag `{tag}` means nothing here");
            self.sink.error("yaml-syntax", at, message, "take the tag away");
        }
    }

    fn open(&mut self, at: Spot, anchor: usize, tag: Option<&Tag>, inside: Inside) -> Step {
        self.tag(tag, at);
        self.count(1, at)?;
        if self.stack.len() >= MAX_DEPTH {
            return Err((at, too_deep()));
        }
        if matches!(self.stack.last().map(|frame| &frame.inside), Some(Inside::Mapping { key: None, .. })) {
            return Err((at, "a key must be a text, not a list or a mapping".to_owned()));
        }
        // The collection itself was counted just now.
        self.stack.push(Frame { spot: at, anchor, nodes_before: self.nodes - 1, inside });
        Ok(())
    }

    fn close(&mut self) -> Step {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let value = match frame.inside {
            Inside::Sequence(items) => Value::Sequence(items),
            Inside::Mapping { entries, .. } => Value::Mapping(entries),
        };
        self.complete(Node { spot: frame.spot, value }, frame.anchor, self.nodes - frame.nodes_before)
    }

    fn complete(&mut self, node: Node, anchor: usize, size: usize) -> Step {
        if anchor != 0 {
            let height = height(&node);
            self.anchors.insert(anchor, (node.clone(), size, height));
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut frame.inside {
            Inside::Sequence(items) => items.push(node),
            Inside::Mapping { entries, key, lines } => match key.take() {
                Some((key, at, plain)) => {
                    if let Some(entry) = once(self.sink, lines, Entry { key, spot: at, value: node }, plain) {
                        entries.push(entry);
                    }
                }
                None => {
                    let Value::Scalar { text, plain } = node.value else {
                        return Err((node.spot, "a key must be a text, not a list or a mapping".to_owned()));
                    };
                    *key = Some((text, node.spot, plain));
                }
            },
        }
        Ok(())
    }
}

fn too_deep() -> String {
    format!("nested more than {MAX_DEPTH} levels deep")
}

/// How many collections stand inside of one another.
fn height(node: &Node) -> usize {
    let inner = match &node.value {
        Value::Scalar { .. } => return 0,
        Value::Sequence(items) => items.iter().map(height).max(),
        Value::Mapping(entries) => entries.iter().map(|entry| height(&entry.value)).max(),
    };
    inner.unwrap_or(0) + 1
}

/// The entry, unless its key stood before or means something that is not read.
fn once(sink: &mut Sink, lines: &mut HashMap<String, u32>, entry: Entry, plain: bool) -> Option<Entry> {
    if plain && entry.key == "<<" {
        let message = "merge keys (`<<`) are not read";
        sink.error("yaml-syntax", entry.spot, message, "write the keys out, or use an alias for a whole value");
        return None;
    }
    if let Some(first) = lines.get(&entry.key) {
        let message = format!("the key \"{}\" stands twice; the first is on line {first}", entry.key.escape_debug());
        sink.error("duplicate-key", entry.spot, message, "take one of them away");
        return None;
    }
    lines.insert(entry.key.clone(), entry.spot.line);
    Some(entry)
}
