//! Entries of `quality`: our checks, metrics of the library, and what others judge.

use mutirao_core::{finding::Severity, legend::Legend};
use mutirao_pipeline::text::{Node, Sink, closest, did_you_mean, listed, walk_part};

use crate::{
    checks::{self, Params, Subject},
    metric,
    model::{ObjectKind, Quality, Rule},
    terms::Terms,
};

/// Our engine.
const ENGINE: &str = "mutirao";

/// What stands for the engine of rules of the library that nobody has defined.
pub const LIBRARY: &str = "library";

/// Where an entry stands.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    pub kind: ObjectKind,
    pub terms: &'a Terms,
    /// The property; none for entries of the whole object.
    pub property: Option<&'a Node>,
    /// The physical type of the values.
    pub physical_type: Option<&'a str>,
    pub legend: Option<&'a Legend>,
}

/// Reads a list of entries, each reported at `path`.
pub(crate) fn read(list: Option<&Node>, path: &[String], around: &Around<'_>, sink: &mut Sink) -> Vec<Rule> {
    let items = list.map(Node::items).unwrap_or_default();
    let one = |(at, node): (usize, &Node)| {
        let path = [path, &[(at + 1).to_string()]].concat();
        rule(node, path, around, sink)
    };
    items.iter().enumerate().filter_map(one).collect()
}

fn rule(node: &Node, path: Vec<String>, around: &Around<'_>, sink: &mut Sink) -> Option<Rule> {
    let engine = node.get_text("engine").unwrap_or_default();
    let (quality, severity) = match node.get_text("type") {
        Some("custom") if engine == ENGINE => {
            let (check, default) = our_check(node, path, around, sink)?;
            (Quality::Check(check), ours(node, default, sink))
        }
        Some("custom") => {
            near_engine(node, engine, sink);
            (Quality::Other { engine: engine.to_owned() }, theirs(node))
        }
        Some(other @ ("text" | "sql")) => (Quality::Other { engine: other.to_owned() }, theirs(node)),
        None if node.get("metric").is_none() && node.get("rule").is_none() && engine == ENGINE => {
            let message = "a check of mutirao without `type: custom`";
            sink.error("missing-key", node.spot, message, "add `type: custom`: ODCS takes it for `library` otherwise");
            return None;
        }
        _ if metric::is_undefined_rule(node) => {
            undefined_rule(node, sink);
            (Quality::Other { engine: LIBRARY.to_owned() }, theirs(node))
        }
        _ => (Quality::Metric(metric::read(node, around.property.is_some(), sink)?), theirs(node)),
    };
    let text = |key: &str| node.get_text(key).map(str::to_owned);
    let (name, dimension) = (text("name"), text("dimension"));
    Some(Rule { name, severity, dimension, quality, place: sink.place(node.spot) })
}

/// A rule of the library that ODCS 3.0 lets stand, in its own examples too, without saying what it means.
fn undefined_rule(node: &Node, sink: &mut Sink) {
    let Some(named) = node.get("rule") else { return };
    let message = format!("ODCS does not define the rule {}, so nobody judges it", named.shown());
    let mend = format!("write `metric` ({}) with a limit, such as `mustBe: 0`", listed(&metric::METRICS));
    sink.warning("contract-unknown-metric", named.spot, message, mend);
}

/// An engine that is spelled much like ours: its checks would never be judged.
fn near_engine(node: &Node, engine: &str, sink: &mut Sink) {
    if closest(engine, [ENGINE]).is_some()
        && let Some(at) = node.get("engine")
    {
        let message = format!("the engine `{}` is not ours{}", engine.escape_debug(), did_you_mean(engine, [ENGINE]));
        let mend = "write `engine: mutirao`, or nobody here judges it";
        sink.warning("contract-unknown-property", at.spot, message, mend);
    }
}

/// The severity of one of our checks.
fn ours(node: &Node, default: Severity, sink: &mut Sink) -> Severity {
    let Some(at) = node.get("severity") else { return default };
    match at.text() {
        Some("error") => Severity::Error,
        Some("warning") => Severity::Warning,
        Some("info") => Severity::Info,
        text => {
            let hint = did_you_mean(text.unwrap_or_default(), ["error", "warning", "info"]);
            let message = format!("`severity` is {}{hint}", at.shown());
            sink.error("invalid-value", at.spot, message, "write error, warning or info");
            default
        }
    }
}

/// The severity of what other tools judge too; they have other words for it.
fn theirs(node: &Node) -> Severity {
    match node.get_text("severity").map(str::to_ascii_lowercase).as_deref() {
        Some("warning" | "warn" | "medium" | "minor" | "low") => Severity::Warning,
        Some("info" | "information" | "informational" | "none") => Severity::Info,
        _ => Severity::Error,
    }
}

fn our_check(
    node: &Node,
    mut path: Vec<String>,
    around: &Around<'_>,
    sink: &mut Sink,
) -> Option<(checks::Check, Severity)> {
    let implementation = node.get("implementation").filter(|node| node.is_mapping());
    let Some(implementation) = implementation else {
        let at = node.get("implementation").map_or(node.spot, |node| node.spot);
        let mend = "write `implementation: { check: crs }` with the check's parameters";
        sink.error("missing-key", at, "a check of mutirao says no check", mend);
        return None;
    };
    let spec = named(implementation, sink)?;
    path.push("implementation".to_owned());
    walk_part(implementation, spec.table, &path, sink);
    let fits = match spec.subject {
        Subject::Raster => matches!(around.kind, ObjectKind::Raster | ObjectKind::Unsaid),
        Subject::Vector => around.kind != ObjectKind::Raster,
        Subject::Both => true,
    };
    if !fits {
        let (of, is) = if spec.subject == Subject::Raster { ("rasters", "no raster") } else { ("vectors", "a raster") };
        let message = format!("`{}` is a check of {of}, and this is {is}", spec.name);
        sink.error("contract-misplaced-check", implementation.spot, message, "take it away, or correct `physicalType`");
        return None;
    }
    let attribute = around.property.and_then(|node| node.get_text("physicalName").or_else(|| node.get_text("name")));
    let Around { terms, physical_type, legend, .. } = *around;
    let mut params = Params { node: implementation, terms, attribute, physical_type, legend, sink };
    Some(((spec.build)(&mut params)?, spec.severity))
}

fn named(implementation: &Node, sink: &mut Sink) -> Option<&'static checks::CheckSpec> {
    let known = checks::check_names();
    let Some(node) = implementation.get("check") else {
        let mend = format!("add `check`: {}", listed(&known));
        sink.error("missing-key", implementation.spot, "a check of mutirao says no check", mend);
        return None;
    };
    let name = node.text().unwrap_or_default();
    let found = checks::spec(name);
    if found.is_none() {
        let hint = did_you_mean(name, known.iter().copied());
        let message = format!("there is no check {}{hint}", node.shown());
        sink.error("contract-unknown-check", node.spot, message, format!("known checks: {}", listed(&known)));
    }
    found
}
