//! The check `classes`: what the attribute of the class holds, through the crosswalk where there is one.

use std::collections::BTreeMap;

use mutirao_contract::checks::{ClassesCheck, Element};
use mutirao_core::crosswalk::Target;

use super::layer::{Layer, Rows, quoted, with_rest, with_verb};
use crate::{
    report::CheckFinding,
    rules::{Heading, Judged},
};

/// At most so many values are told one by one, as of rasters.
const MOST: usize = 10;

/// The attribute of the class: that which the contract names, else a property called `class`.
pub fn attribute(layer: &Layer<'_>) -> Option<String> {
    let named = layer.object.terms.classes.as_ref().and_then(|classes| classes.attribute.as_ref());
    let property = || layer.object.properties.iter().find(|property| property.name == "class");
    named.map(|name| layer.with_period(name)).or_else(|| property().map(|property| layer.file_name(property)))
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    Class(i32),
    Nothing,
    Unknown,
}

fn means(layer: &Layer<'_>, value: &str) -> Means {
    let Some(crosswalk) = layer.inputs.crosswalk else {
        return value.trim().parse().map_or(Means::Unknown, Means::Class);
    };
    match crosswalk.text(value) {
        Some(Target::Class(class)) => Means::Class(i32::from(class)),
        Some(Target::Nothing) => Means::Nothing,
        None => Means::Unknown,
    }
}

/// `classes`.
pub fn judge(layer: &Layer<'_>, check: &ClassesCheck, heading: &Heading) -> Judged {
    let Some(name) = attribute(layer) else {
        let why = "nothing says which attribute holds the class: name it as `attribute` of `classes`";
        return Judged::Unjudged(why.to_owned());
    };
    let Some(column) = layer.column(&name) else { return Judged::Told("the attribute is missing".to_owned()) };
    let mut rows: BTreeMap<&str, Rows> = BTreeMap::new();
    for (row, value) in column.iter().enumerate() {
        if let Some(value) = value {
            rows.entry(value).or_default().add(row);
        }
    }
    let values: Vec<(&str, Means, Rows)> =
        rows.into_iter().map(|(value, rows)| (value, means(layer, value), rows)).collect();
    let is_odd = |means: Means| match means {
        Means::Class(class) => !check.allowed.contains(class),
        Means::Nothing => false,
        Means::Unknown => check.known,
    };
    let mut odd: Vec<&(&str, Means, Rows)> = values.iter().filter(|(_, means, _)| is_odd(*means)).collect();
    odd.sort_by_key(|(value, _, rows)| (std::cmp::Reverse(rows.count), *value));
    let mut findings: Vec<CheckFinding> =
        odd.iter().take(MOST).map(|odd| finding(layer, check, heading, odd)).collect();
    if odd.len() > MOST {
        let rest = odd[MOST..].iter().take(20).map(|(value, ..)| quoted(value)).collect();
        let rest = with_rest(rest, odd.len() - MOST);
        let message = format!("{} further values are not agreed either: {rest}", odd.len() - MOST);
        let mend = "is this the right attribute? so many values are rarely classes";
        findings.push(layer.finding(heading, message).but(check.allowed.to_string(), "").with_mend(mend));
    }
    let held: Vec<Means> = values.iter().map(|(_, means, _)| *means).collect();
    findings.extend(missing(layer, check, heading, &held));
    Judged::of(findings, odd.iter().map(|(_, _, rows)| rows.count).sum::<u64>())
}

fn finding(layer: &Layer<'_>, check: &ClassesCheck, heading: &Heading, odd: &(&str, Means, Rows)) -> CheckFinding {
    let (value, means, rows) = odd;
    let shown = quoted(value);
    let has_crosswalk = layer.inputs.crosswalk.is_some();
    let what = match means {
        Means::Class(class) if has_crosswalk => format!("code {shown} becomes class {class}, which is not agreed"),
        Means::Unknown if has_crosswalk => format!("code {shown} stands on no line of the crosswalk"),
        _ => format!("class {shown} is not agreed"),
    };
    let message = format!("{what}: {} it", with_verb(rows.count, "holds", "hold"));
    let and = if *means == Means::Unknown && has_crosswalk { " and the crosswalk" } else { "" };
    let mend = format!("if {shown} is a class, agree on it in `classes`{and}; if it is nothing, leave the value empty");
    layer.finding_at(heading, rows, message).but(check.allowed.to_string(), shown).with_mend(mend)
}

/// Classes that must be somewhere.
fn missing(layer: &Layer<'_>, check: &ClassesCheck, heading: &Heading, held: &[Means]) -> Option<CheckFinding> {
    let wanted = check.required.ranges().iter().flat_map(|(from, to)| *from..=*to);
    let absent = wanted.filter(|class| !held.contains(&Means::Class(*class))).take(20);
    let absent: Vec<String> = absent.map(|class| class.to_string()).collect();
    if absent.is_empty() {
        return None;
    }
    let (word, them) = if absent.len() == 1 { ("class", "it") } else { ("classes", "them") };
    let message = format!("{word} {} must be there, and no feature holds {them}", absent.join(", "));
    let mut finding = layer.finding(heading, message).but(check.required.to_string(), "absent");
    finding.element = Element::Omission.words().to_owned();
    Some(finding.with_mend("look whether the class was lost on the way, or agree that it may be absent"))
}
