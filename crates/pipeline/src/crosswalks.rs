//! What crosswalks lose and mix up: codes that become nothing, folds, folds across the top of a legend, `classes` at odds with
//! the lines, and codes that mean one thing to one partner and another to the next. All of it is found in the lines, without
//! a pixel, and ranges are never written out: two lines can hold every number there is.

mod alone;
mod meanings;
mod nodata;
mod tops;

use std::collections::BTreeSet;

use mutirao_core::{
    crosswalk::{Crosswalk, CrosswalkLine, Target},
    finding::{Finding, Place, Severity},
    legend::Legend,
    pipeline::{Layer, Member, Pipeline},
    rule::Role,
};

pub use nodata::nodata_on_a_line;

/// What is odd about the crosswalks of a pipeline that was read: each file by itself, in the order in which layers name them, then
/// all beside one another.
pub fn lint_crosswalks(pipeline: &Pipeline) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut told = BTreeSet::new();
    for (layer, member) in members(pipeline) {
        let Some(crosswalk) = &member.crosswalk else { continue };
        let legend = (layer.role == Role::Class).then_some(&pipeline.legend);
        let file = pipeline.folder.join(&crosswalk.path).display().to_string();
        let subject = Subject { layer, member, crosswalk, legend, file };
        // Of layers that share a crosswalk, one is enough.
        if told.insert((subject.file.clone(), legend.is_some())) {
            findings.extend(alone::to_nothing(&subject));
            findings.extend(alone::folds(&subject));
            findings.extend(tops::changes(&subject));
        }
        if let Some(value) = nodata::own(member) {
            let found = nodata_on_a_line(pipeline, layer, member, value, "the pipeline");
            findings.extend(found.filter(|finding| !findings.iter().any(|known| is_same(known, finding))));
        }
        findings.extend(alone::classes(&subject));
    }
    findings.extend(meanings::several(pipeline));
    findings
}

/// Whether two findings say one thing of one line: members may share a crosswalk.
fn is_same(one: &Finding, other: &Finding) -> bool {
    (&one.code, &one.place) == (&other.code, &other.place)
}

/// All members with their layers, in the pipeline's order.
fn members(pipeline: &Pipeline) -> impl Iterator<Item = (&Layer, &Member)> {
    pipeline.layers.iter().flat_map(|layer| layer.members.iter().map(move |member| (layer, member)))
}

/// `layer`, or `layer / member`.
fn who(layer: &Layer, member: &Member) -> String {
    match &member.name {
        Some(name) => format!("{} / {name}", layer.name),
        None => layer.name.clone(),
    }
}

/// A crosswalk, and who reads it.
struct Subject<'a> {
    layer: &'a Layer,
    member: &'a Member,
    crosswalk: &'a Crosswalk,
    /// None for regions and values, which are numbers of their own.
    legend: Option<&'a Legend>,
    /// Its name in findings.
    file: String,
}

impl Subject<'_> {
    /// A finding at a line.
    fn finding(&self, code: &str, severity: Severity, at: &CrosswalkLine, message: String, mend: &str) -> Finding {
        let place = Place { file: self.file.clone(), line: at.line, column: at.column };
        Finding::new(code, severity, message).with_layer(&self.layer.name).at(place).with_mend(mend)
    }

    /// A class with its name, where it has one.
    fn class(&self, id: u16) -> String {
        named(self.legend, id)
    }
}

/// `30 (Mining)`, or the number alone.
fn named(legend: Option<&Legend>, id: u16) -> String {
    match legend.and_then(|legend| legend.get(id)) {
        Some(class) => format!("{id} ({})", class.name),
        None => id.to_string(),
    }
}

/// The class that a line gives.
fn class_of(line: &CrosswalkLine) -> Option<u16> {
    match line.to {
        Target::Class(id) => Some(id),
        Target::Nothing => None,
    }
}

/// More parts than this are not told one by one: a crosswalk of a thousand lines must not fill the screen.
const SHOWN: usize = 12;

/// Parts in a row, the first dozen of them.
fn some<T: ToString>(parts: impl IntoIterator<Item = T>, between: &str) -> String {
    first_of(SHOWN, parts, between)
}

/// Parts in a row, so many of them, and how many more there are.
fn first_of<T: ToString>(shown: usize, parts: impl IntoIterator<Item = T>, between: &str) -> String {
    let mut parts = parts.into_iter();
    let shown: Vec<String> = parts.by_ref().take(shown).map(|part| part.to_string()).collect();
    match parts.count() {
        0 => shown.join(between),
        more => format!("{} and {more} more", shown.join(between)),
    }
}
