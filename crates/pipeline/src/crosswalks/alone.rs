//! What one crosswalk loses: codes that become nothing, codes that become one class, `classes` that its lines do not give.

use std::collections::BTreeMap;

use mutirao_core::{
    crosswalk::CrosswalkLine,
    finding::{Finding, Severity},
    values::ValueSet,
};

use super::{Subject, class_of, nodata, some, who};

/// Lines that make nothing of their codes.
pub fn to_nothing(subject: &Subject<'_>) -> Option<Finding> {
    const CODE: &str = "crosswalk-to-nothing";
    let lines = &subject.crosswalk.lines;
    let lost: Vec<&CrosswalkLine> = lines.iter().filter(|line| class_of(line).is_none()).collect();
    let first = lost.first()?;
    let path = &subject.crosswalk.path;
    if lost.len() == lines.len() {
        let message =
            format!("every line of {path} makes nothing of its codes, so `{}` is nothing everywhere", name(subject));
        let mend = "write the classes under `to`, or take the layer away";
        return Some(subject.finding(CODE, Severity::Warning, first, message, mend));
    }
    let codes = some(lost.iter().map(|line| &line.from), ", ");
    let verb = if lost.len() == 1 && !first.from.is_many() { "becomes" } else { "become" };
    let message = format!("{codes} {verb} nothing in {path} ({} of {} lines)", lost.len(), lines.len());
    let mend = "nothing, if that is meant; else write a class under `to`";
    Some(subject.finding(CODE, Severity::Info, first, message, mend))
}

fn name(subject: &Subject<'_>) -> String {
    who(subject.layer, subject.member)
}

/// Several codes that become one class.
pub fn folds(subject: &Subject<'_>) -> Option<Finding> {
    let mut by_class: BTreeMap<u16, Vec<&CrosswalkLine>> = BTreeMap::new();
    let comes = |line: &&CrosswalkLine| nodata::own(subject.member).is_none_or(|value| !nodata::is_of(line, value));
    for line in subject.crosswalk.lines.iter().filter(comes) {
        if let Some(id) = class_of(line) {
            by_class.entry(id).or_default().push(line);
        }
    }
    by_class.retain(|_, lines| lines.len() > 1 || lines.iter().any(|line| line.from.is_many()));
    let first = by_class.values().map(|lines| lines[0]).min_by_key(|line| line.line)?;
    let folds = by_class.iter().map(|(id, lines)| {
        format!("{} become {}", some(lines.iter().map(|line| &line.from), ", "), subject.class(*id))
    });
    let message = format!("{} makes one class of several codes: {}", subject.crosswalk.path, some(folds, "; "));
    let mend = "nothing, if the map need not tell them apart; else give the legend a class for each";
    let mut finding = subject.finding("crosswalk-fold", Severity::Info, first, message, mend);
    finding.class = by_class.keys().map(|id| i32::from(*id)).collect();
    Some(finding)
}

/// `classes` beside a crosswalk: both say what the member may hold after it, and the lines decide.
pub fn classes(subject: &Subject<'_>) -> Option<Finding> {
    let declared = subject.member.classes.as_ref()?;
    let given = subject.crosswalk.classes();
    let less = declared.intersection(&given.complement()).with_nothing(false);
    let more = given.intersection(&declared.complement()).with_nothing(false);
    let (path, layer) = (&subject.crosswalk.path, name(subject));
    let never = |set: &ValueSet| format!("no line of {path} gives {} of the `classes` of `{layer}`", set.listed());
    let besides = |set: &ValueSet| format!("{path} gives {}, which the `classes` of `{layer}` lack", set.listed());
    let message = match (less.is_empty(), more.is_empty()) {
        (true, true) => return None,
        (false, true) => never(&less),
        (true, false) => besides(&more),
        (false, false) => format!("{}, and {}", never(&less), besides(&more)),
    };
    let mend = "take `classes` away, or correct one of the two: beside a crosswalk they are what comes out of it, and the crosswalk decides";
    let finding = Finding::warning("crosswalk-classes", message).with_layer(&subject.layer.name);
    Some(finding.at(subject.member.place.clone()).with_mend(mend))
}
