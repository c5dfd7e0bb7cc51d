//! Checks of values: `range`, `enumeration`, `foreign-key`.

use std::collections::HashSet;

use mutirao_contract::checks::{EnumerationCheck, ForeignKeyCheck, RangeCheck};

use super::layer::{Layer, Rows, digits, most_frequent, quoted, with_rest, with_verb};
use crate::{
    report::CheckFinding,
    rules::{Heading, Judged},
};

/// Values of an attribute that are wrong: which rows, and a finding about them.
fn wrong_values<'a>(
    layer: &Layer<'a>,
    attribute: &str,
    heading: &Heading,
    is_wrong: impl Fn(&str) -> bool,
    tell: impl FnOnce(&Rows, &str, &mut dyn Iterator<Item = &'a str>) -> CheckFinding,
) -> Judged {
    let name = layer.with_period(attribute);
    let Some(column) = layer.column(&name) else { return Judged::Told("the attribute is missing".to_owned()) };
    let wrong =
        || column.iter().enumerate().filter_map(|(row, value)| Some((row, value.filter(|value| is_wrong(value))?)));
    let rows: Rows = wrong().map(|(row, _)| row).collect();
    let mut findings = Vec::new();
    if rows.count > 0 {
        let told = tell(&rows, &name, &mut wrong().map(|(_, value)| value));
        findings.push(CheckFinding { rule: heading.rule.clone(), ..told });
    }
    Judged::of(findings, rows.count)
}

/// `range`.
pub fn range(layer: &Layer<'_>, check: &RangeCheck, heading: &Heading) -> Judged {
    let within = |value: &f64| check.min.is_none_or(|min| min <= *value) && check.max.is_none_or(|max| *value <= max);
    let is_wrong = |value: &str| !number(value).as_ref().is_some_and(within);
    let bounds = match (check.min.map(digits), check.max.map(digits)) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "any number".to_owned(),
    };
    wrong_values(layer, &check.attribute, heading, is_wrong, |rows, name, values| {
        let all: Vec<&str> = values.collect();
        let numbers = || all.iter().filter_map(|value| number(value));
        let (least, most) = (numbers().fold(f64::INFINITY, f64::min), numbers().fold(f64::NEG_INFINITY, f64::max));
        let none: Vec<&str> = all.iter().copied().filter(|value| number(value).is_none()).collect();
        let mut measured = Vec::new();
        if least <= most {
            measured.push(if least == most { digits(least) } else { format!("{} to {}", digits(least), digits(most)) });
        }
        if !none.is_empty() {
            let shown: Vec<String> = none.iter().take(5).map(|value| quoted(value)).collect();
            measured.push(format!("{} that is no number: {}", none.len(), with_rest(shown, none.len())));
        }
        let measured = measured.join("; ");
        let message = format!("{} a {name} that is not {bounds}: {measured}", with_verb(rows.count, "has", "have"));
        let mend = "look at the units and at decimal commas; leave unknown values empty instead of writing -9999";
        layer.finding_at(heading, rows, message).but(bounds, measured).with_mend(mend)
    })
}

/// A number of a text; infinity is none.
pub fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// `enumeration`.
pub fn enumeration(layer: &Layer<'_>, check: &EnumerationCheck, heading: &Heading) -> Judged {
    let allowed: HashSet<&str> = check.allowed.iter().map(String::as_str).collect();
    let is_wrong = |value: &str| !allowed.contains(value);
    let expected = with_rest(check.allowed.iter().take(20).cloned().collect(), check.allowed.len());
    wrong_values(layer, &check.attribute, heading, is_wrong, |rows, name, values| {
        let values = most_frequent(values);
        let message = format!("{} a {name} that is not on the list: {values}", with_verb(rows.count, "has", "have"));
        let mend = "write one of the agreed texts, letter by letter; a new one has to be agreed on first";
        layer.finding_at(heading, rows, message).but(expected, values).with_mend(mend)
    })
}

/// `foreign-key`.
pub fn foreign_key(layer: &Layer<'_>, check: &ForeignKeyCheck, heading: &Heading) -> Judged {
    let keys = match layer.inputs.keys.get(&(check.source.clone(), check.key.clone())) {
        None => return Judged::Unjudged(format!("{} was not given", check.source)),
        Some(Err(why)) => return Judged::Unjudged(why.clone()),
        Some(Ok(keys)) => keys,
    };
    wrong_values(
        layer,
        &check.attribute,
        heading,
        |value| !keys.contains(value),
        |rows, name, values| {
            let values = most_frequent(values);
            let ForeignKeyCheck { source, key, .. } = check;
            let message = format!(
                "{} a {name} that does not stand in {source} as {key}: {values}",
                with_verb(rows.count, "has", "have")
            );
            let mend =
                format!("write keys as {source} has them, or add a line there for each of these, if they are meant");
            layer.finding_at(heading, rows, message).but(format!("{key} of {source}"), values).with_mend(mend)
        },
    )
}
