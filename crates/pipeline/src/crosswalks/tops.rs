//! Folds that carry a code across the top of a legend: from forest to farming, say.

use std::collections::BTreeMap;

use mutirao_core::{
    crosswalk::{CrosswalkLine, FromCode},
    finding::{Finding, Severity},
    legend::Legend,
};

use super::{Subject, class_of, some};

const CODE: &str = "crosswalk-changes-top";

/// Codes that stand together at their partner and are torn apart; or, where the crosswalk says nothing of parents and speaks the
/// legend's own codes, ids that come under another top class.
pub fn changes(subject: &Subject<'_>) -> Option<Finding> {
    let legend = subject.legend?;
    match subject.crosswalk.lines.iter().any(|line| line.parent.is_some()) {
        true => torn(subject, legend),
        false => moved(subject, legend),
    }
}

/// Codes with one parent that become classes under different top classes. The parent's own line counts as one of its codes.
fn torn(subject: &Subject<'_>, legend: &Legend) -> Option<Finding> {
    let lines = &subject.crosswalk.lines;
    let mut families: BTreeMap<&str, Vec<&CrosswalkLine>> = BTreeMap::new();
    for line in lines {
        if let Some(parent) = &line.parent {
            families.entry(parent).or_default().push(line);
        }
    }
    for line in lines {
        let own = match &line.from {
            FromCode::Text(text) => text.clone(),
            codes => codes.to_string(),
        };
        if let Some(family) = families.get_mut(own.as_str()).filter(|_| line.parent.as_deref() != Some(own.as_str())) {
            family.push(line);
        }
    }
    let torn: Vec<(&str, BTreeMap<u16, Vec<&CrosswalkLine>>)> = families
        .into_iter()
        .map(|(parent, family)| (parent, by_top(&family, legend)))
        .filter(|(_, by_top)| by_top.len() > 1)
        .collect();
    let first = torn.iter().flat_map(|(_, by_top)| by_top.values().flatten()).min_by_key(|line| line.line)?;
    let words = torn.iter().map(|(parent, by_top)| {
        let parts = by_top.iter().map(|(top, lines)| {
            format!("{} under {}", some(lines.iter().map(|line| &line.from), ", "), subject.class(*top))
        });
        format!("of {}, {}", parent.escape_debug(), some(parts, ", "))
    });
    let message = format!(
        "{} puts codes of one parent under different top classes: {}",
        subject.crosswalk.path,
        some(words, "; ")
    );
    let mend =
        "correct `to`, or the partner's `parent`; if the two legends part ways here, leave it and say so in `note`";
    let mut finding = subject.finding(CODE, Severity::Warning, first, message, mend);
    finding.class = classes(torn.iter().flat_map(|(_, by_top)| by_top.values().flatten().copied()));
    Some(finding)
}

fn by_top<'a>(family: &[&'a CrosswalkLine], legend: &Legend) -> BTreeMap<u16, Vec<&'a CrosswalkLine>> {
    let mut by_top: BTreeMap<u16, Vec<&CrosswalkLine>> = BTreeMap::new();
    for line in family {
        if let Some(id) = class_of(line) {
            by_top.entry(legend.top(id)).or_default().push(line);
        }
    }
    by_top
}

/// Ids of the legend that become classes under another top class, where most of the ids that stand on the left stay what they
/// are. A partner's own 1 and 2 are no ids of the legend, though they look so: nearly none of those stays.
fn moved(subject: &Subject<'_>, legend: &Legend) -> Option<Finding> {
    let lines = Sorted::of(&subject.crosswalk.lines);
    let becomes: Vec<(u16, u16, &CrosswalkLine)> = legend
        .ids()
        .filter_map(|id| {
            let line = lines.of_code(i32::from(id))?;
            Some((id, class_of(line)?, line))
        })
        .collect();
    let same = becomes.iter().filter(|(id, to, _)| id == to).count();
    if 2 * same <= becomes.len() {
        return None;
    }
    let moved: Vec<_> = becomes.iter().filter(|(id, to, _)| legend.top(*id) != legend.top(*to)).collect();
    let (_, _, first) = moved.iter().min_by_key(|(_, _, line)| line.line)?;
    let under = |id: u16| match legend.top(id) {
        top if top == id => subject.class(id),
        top => format!("{} under {}", subject.class(id), subject.class(top)),
    };
    let words = moved.iter().map(|(id, to, _)| format!("{} becomes {}", under(*id), under(*to)));
    let message = format!(
        "{} leaves most ids of the legend as they are, and puts some under another top class: {}",
        subject.crosswalk.path,
        some(words, "; ")
    );
    let mend =
        "correct `to`; if the codes are the partner's own, add a column `parent` with the partner's code above each";
    let mut finding = subject.finding(CODE, Severity::Warning, first, message, mend);
    finding.class = classes(moved.iter().map(|(_, _, line)| *line));
    Some(finding)
}

/// The classes that these lines give, each once.
fn classes<'a>(lines: impl Iterator<Item = &'a CrosswalkLine>) -> Vec<i32> {
    let all: std::collections::BTreeSet<i32> = lines.filter_map(class_of).map(i32::from).collect();
    all.into_iter().collect()
}

/// Lines of codes by their first, to be found in few steps.
struct Sorted<'a>(Vec<(i32, i32, &'a CrosswalkLine)>);

impl<'a> Sorted<'a> {
    fn of(lines: &'a [CrosswalkLine]) -> Self {
        let codes = |line: &'a CrosswalkLine| match line.from {
            FromCode::Codes(first, last) => Some((first, last, line)),
            FromCode::Text(_) => None,
        };
        let mut sorted: Vec<_> = lines.iter().filter_map(codes).collect();
        sorted.sort_by_key(|(first, ..)| *first);
        Sorted(sorted)
    }

    fn of_code(&self, code: i32) -> Option<&'a CrosswalkLine> {
        let after = self.0.partition_point(|(first, ..)| *first <= code);
        let (_, last, line) = self.0.get(after.checked_sub(1)?)?;
        (code <= *last).then_some(line)
    }
}
