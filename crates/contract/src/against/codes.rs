//! The partner's own codes: those that a contract allows in the attribute that gives the value, and those on the left of the
//! crosswalk. A raster's contract lists classes after the crosswalk, so there is nothing to compare.

use mutirao_core::{
    crosswalk::FromCode,
    finding::{Finding, Place, Severity},
    pipeline::{Layer, Member, Pipeline},
};
use mutirao_pipeline::{NamedContract, text::listed};

use crate::{
    Contract, Quality,
    checks::{Check, EnumerationCheck},
};

/// What a contract allows in the attribute that gives the value, with its place.
fn allowed<'a>(member: &Member, contract: &'a Contract) -> Option<(&'a EnumerationCheck, &'a Place)> {
    let attribute = member.attribute.as_ref()?;
    let mut rules = contract.objects.iter().flat_map(|object| object.rules());
    rules.find_map(|(_, rule)| match &rule.quality {
        Quality::Check(Check::Enumeration(check)) if check.attribute == *attribute => Some((check, &rule.place)),
        _ => None,
    })
}

/// Words that the contract allows and that stand on no line: a file that has them is refused.
pub fn unknown(layer: &Layer, member: &Member, named: &NamedContract, contract: &Contract) -> Option<Finding> {
    let (check, place) = allowed(member, contract)?;
    let crosswalk = member.crosswalk.as_ref()?;
    let words = check.allowed.iter().map(String::as_str);
    let unknown: Vec<&str> = words.filter(|word| crosswalk.text(word).is_none()).collect();
    if unknown.is_empty() {
        return None;
    }
    let message = format!(
        "the contract allows {} in `{}`, and no line of {} says what it becomes",
        listed(&unknown),
        check.attribute,
        crosswalk.path
    );
    let place = Place { file: named.path.display().to_string(), ..place.clone() };
    let mend = "add a line for each to the crosswalk, with an empty `to` for nothing, or take it out of the contract";
    Some(Finding::error("crosswalk-unknown-code", message).with_layer(&layer.name).at(place).with_mend(mend))
}

/// Lines whose codes the contract does not allow: they never come.
pub fn unused(pipeline: &Pipeline, layer: &Layer, member: &Member, contract: &Contract) -> Option<Finding> {
    let (check, _) = allowed(member, contract)?;
    let crosswalk = member.crosswalk.as_ref()?;
    let codes: Vec<i32> = check.allowed.iter().filter_map(|word| word.trim().parse().ok()).collect();
    let comes = |from: &FromCode| match from {
        FromCode::Text(text) => check.allowed.contains(text),
        FromCode::Codes(first, last) => codes.iter().any(|code| first <= code && code <= last),
    };
    let unused: Vec<_> = crosswalk.lines.iter().filter(|line| !comes(&line.from)).collect();
    let first = unused.first()?;
    let words: Vec<String> = unused.iter().map(|line| line.from.to_string()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let message = format!("{} has lines for {}, which the contract does not allow", crosswalk.path, listed(&words));
    let file = pipeline.folder.join(&crosswalk.path).display().to_string();
    let finding = Finding::new("crosswalk-unused-line", Severity::Info, message).with_layer(&layer.name);
    let place = Place { file, line: first.line, column: first.column };
    Some(
        finding
            .at(place)
            .with_mend("nothing, if they are for earlier deliveries; else take them away, or allow the codes"),
    )
}
