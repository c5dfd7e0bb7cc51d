//! Sets of values as people write them.

use std::collections::BTreeMap;

use mutirao_core::{legend::Legend, pipeline::NodataSpec, values::ValueSet};

use super::layers::LayerFacts;
use crate::{
    scalar,
    sink::Sink,
    suggest::{did_you_mean, mend_name},
    yaml::{Node, Spot},
};

/// The groups of the pipeline.
pub(crate) type Groups = BTreeMap<String, ValueSet>;

/// A set with the words it is made of.
pub(crate) struct ReadSet {
    pub set: ValueSet,
    pub terms: Vec<Term>,
}

/// One word of a set.
pub(crate) struct Term {
    pub spot: Spot,
    pub text: String,
    pub meaning: Meaning,
}

/// What a word of a set means.
pub(crate) enum Meaning {
    /// One number.
    Number(i32),
    /// Numbers with both ends given, by a range, `14+` or a group.
    Closed(ValueSet),
    /// `any`, or a range with an open end.
    Open(ValueSet),
    /// `none`.
    Nothing,
}

impl Meaning {
    fn set(&self) -> ValueSet {
        match self {
            Meaning::Number(value) => ValueSet::of(*value),
            Meaning::Closed(set) | Meaning::Open(set) => set.clone(),
            Meaning::Nothing => ValueSet::nothing(),
        }
    }
}

/// Reads a set; None where a word of it is wrong, which is reported. A set written by name remembers how.
pub(crate) fn read_set(node: &Node, legend: Option<&Legend>, groups: &Groups, sink: &mut Sink) -> Option<ReadSet> {
    let mut read = read_plain(node, legend, groups, sink)?;
    let is_name = |term: &Term| term.text.ends_with('+') || groups.contains_key(&term.text);
    if read.terms.iter().any(is_name) {
        read.set = read.set.written_as(words(node));
    }
    Some(read)
}

/// Reads a set by itself, without groups. None where a word of it is wrong, which is reported, `14+` without a legend too.
pub fn read_values_at(node: &Node, legend: Option<&Legend>, sink: &mut Sink) -> Option<ValueSet> {
    let before = sink.findings.len();
    let read = read_set(node, legend, &Groups::new(), sink);
    if read.is_none() && sink.findings.len() == before {
        let message = format!("{} is no set of values", node.shown());
        let mend = "write a number, a range such as 10..20, a list, or { not: SET }; 14+ needs a legend";
        sink.error("invalid-value", node.spot, message, mend);
    }
    Some(read?.set)
}

/// A set as it is written, without its brackets.
fn words(node: &Node) -> String {
    match (node.get("not"), node.text()) {
        (Some(inner), _) if inner.items().len() > 1 => format!("not [{}]", words(inner)),
        (Some(inner), _) => format!("not {}", words(inner)),
        (None, Some(text)) => text.to_owned(),
        (None, None) => node.items().iter().map(words).collect::<Vec<_>>().join(", "),
    }
}

fn read_plain(node: &Node, legend: Option<&Legend>, groups: &Groups, sink: &mut Sink) -> Option<ReadSet> {
    if let Some(inner) = node.get("not") {
        let inner = read_plain(inner, legend, groups, sink)?;
        return Some(ReadSet { set: inner.set.complement(), terms: inner.terms });
    }
    if let Some(text) = node.text() {
        let meaning = meaning(text, node.spot, legend, groups, sink)?;
        let set = meaning.set();
        return Some(ReadSet { set, terms: vec![Term { spot: node.spot, text: text.to_owned(), meaning }] });
    }
    let parts: Vec<Option<ReadSet>> = node.items().iter().map(|item| read_plain(item, legend, groups, sink)).collect();
    let mut whole = ReadSet { set: ValueSet::empty(), terms: Vec::new() };
    for part in parts {
        let part = part?;
        whole.set = whole.set.union(&part.set);
        whole.terms.extend(part.terms);
    }
    (!whole.terms.is_empty()).then_some(whole)
}

fn meaning(text: &str, at: Spot, legend: Option<&Legend>, groups: &Groups, sink: &mut Sink) -> Option<Meaning> {
    let number = |text: &str| scalar::integer(text.trim()).and_then(|value| i32::try_from(value).ok());
    match text {
        "any" => return Some(Meaning::Open(ValueSet::any())),
        "none" => return Some(Meaning::Nothing),
        _ => {}
    }
    if let Some(value) = number(text) {
        return Some(Meaning::Number(value));
    }
    if let Some(id) = text.strip_suffix('+').and_then(number) {
        return descendants(id, at, legend, sink);
    }
    if let Some((from, to)) = text.split_once("..") {
        return match (from.trim(), to.trim()) {
            ("", to) if number(to).is_some() => Some(Meaning::Open(ValueSet::range(i32::MIN, number(to)?))),
            (from, "") if number(from).is_some() => Some(Meaning::Open(ValueSet::range(number(from)?, i32::MAX))),
            (from, to) => closed(number(from).zip(number(to)), text, at, sink),
        };
    }
    if let Some(group) = groups.get(text) {
        return Some(Meaning::Closed(group.clone()));
    }
    let known: Vec<&str> = groups.keys().map(String::as_str).collect();
    let words = || known.iter().copied().chain(["any", "none"]);
    if scalar::is_name(text) {
        let message = format!("there is no group \"{text}\"{}", did_you_mean(text, words()));
        sink.error("unknown-group", at, message, mend_name("groups", text, &known));
    } else {
        let message = format!("\"{}\" is no set of values", text.escape_debug());
        let mend = "write a number, a range such as 10..20, 14+, a group, any, none, a list, or { not: SET }";
        sink.error("invalid-value", at, message, mend);
    }
    None
}

fn closed(ends: Option<(i32, i32)>, text: &str, at: Spot, sink: &mut Sink) -> Option<Meaning> {
    match ends {
        Some((from, to)) if from <= to => Some(Meaning::Closed(ValueSet::range(from, to))),
        Some((from, to)) => {
            let message = format!("the range {text} is the wrong way round");
            sink.error("invalid-value", at, message, format!("write {to}..{from}"));
            None
        }
        None => {
            let message = format!("\"{}\" is no range", text.escape_debug());
            sink.error("invalid-value", at, message, "write whole numbers, such as 10..20, ..20 or 10..");
            None
        }
    }
}

fn descendants(id: i32, at: Spot, legend: Option<&Legend>, sink: &mut Sink) -> Option<Meaning> {
    let legend = legend?;
    if let Some(class) = u16::try_from(id).ok().filter(|class| legend.get(*class).is_some()) {
        return Some(Meaning::Closed(legend.with_descendants(class)));
    }
    let message = format!("{id}+ asks for class {id} and all below it, but the legend has no class {id}");
    sink.error("unknown-class", at, message, format!("classes of the legend: {}", shown(&legend.values())));
    sink.about_classes([id]);
    None
}

/// Holds the words of a set against what the layer may hold. Numbers that it does not declare but that may be its nodata
/// are given back; what it can never hold is reported.
pub(crate) fn check_set(read: &ReadSet, facts: &LayerFacts, code: &str, sink: &mut Sink) -> Vec<(i32, Spot)> {
    let mut maybe_nodata = Vec::new();
    let Some(declared) = facts.declared.as_ref().filter(|_| facts.sure) else { return maybe_nodata };
    for term in &read.terms {
        match &term.meaning {
            Meaning::Number(value) if declared.contains(*value) => {}
            Meaning::Number(value) if facts.may_be_nodata(*value) => maybe_nodata.push((*value, term.spot)),
            Meaning::Number(value) => {
                let mend = format!(
                    "write one of {}{}; if {value} is its nodata, write `nodata: {value}` in its entry",
                    shown(declared),
                    nearest(*value, declared),
                );
                cannot_hold(term, facts, declared, code, mend, sink);
                sink.about_classes([*value]);
            }
            Meaning::Closed(set) | Meaning::Open(set) if set.intersection(declared).is_empty() => {
                let mend = format!("write one of {}", shown(declared));
                cannot_hold(term, facts, declared, code, mend, sink);
            }
            Meaning::Closed(_) | Meaning::Open(_) | Meaning::Nothing => {}
        }
    }
    maybe_nodata
}

fn cannot_hold(term: &Term, facts: &LayerFacts, declared: &ValueSet, code: &str, mend: String, sink: &mut Sink) {
    if declared.is_empty()
        && let Some(crosswalk) = &facts.crosswalk
    {
        let name = &facts.name;
        let message =
            format!("the layer `{name}` is nothing everywhere: every line of {crosswalk} makes nothing of its codes");
        let mend = "write the classes under `to` in the crosswalk, or take the layer out of the rules";
        return sink.error(code, term.spot, message, mend);
    }
    let meant = match &term.meaning {
        Meaning::Closed(set) if !term.text.contains("..") => format!("{} ({})", term.text, set.listed()),
        _ => term.text.clone(),
    };
    let message = format!("the layer `{}` cannot hold {meant}; it holds {}", facts.name, shown(declared));
    sink.error(code, term.spot, message, mend);
}

fn nearest(value: i32, declared: &ValueSet) -> String {
    let ends = declared.ranges().iter().flat_map(|&(from, to)| [from, to]);
    let near = ends.min_by_key(|end| (i64::from(*end) - i64::from(value)).abs());
    near.map(|near| format!(", the closest is {near}")).unwrap_or_default()
}

/// A set for messages, cut where it is long.
pub(crate) fn shown(set: &ValueSet) -> String {
    const SHOWN: usize = 120;
    let text = set.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}...]", &text[..at]),
        None => text,
    }
}

impl LayerFacts {
    /// Whether a number that the layer does not declare may be its nodata.
    pub fn may_be_nodata(&self, value: i32) -> bool {
        self.nodata.iter().any(|nodata| match nodata {
            NodataSpec::Value(own) => *own == value,
            NodataSpec::File => value == 0,
            NodataSpec::None => false,
        })
    }
}
