//! The check `key`.

use std::collections::HashMap;

use mutirao_contract::checks::KeyCheck;
use mutirao_core::features::Texts;

use super::layer::{Layer, Rows, most_frequent, of_all, quoted, with_rest};
use super::pattern;
use crate::{
    report::CheckFinding,
    rules::{Heading, Judged},
};

/// `key`: every feature has one, it stands once, and it has the shape that was agreed.
pub fn judge(layer: &Layer<'_>, check: &KeyCheck, heading: &Heading) -> Judged {
    let name = layer.with_period(&check.attribute);
    let Some(column) = layer.column(&name) else { return Judged::Told("the attribute is missing".to_owned()) };
    let mut findings = Vec::new();
    findings.extend(absent(layer, &name, column, heading));
    if check.unique {
        findings.extend(repeated(layer, &name, column, heading));
    }
    if let Some(format) = &check.format {
        findings.extend(misshapen(layer, &name, column, format, heading));
    }
    let broken: u64 = findings.iter().filter_map(|finding| finding.count).sum();
    Judged::of(findings, broken)
}

fn present(column: &Texts) -> impl Iterator<Item = (usize, &str)> {
    column.iter().enumerate().filter_map(|(row, value)| Some((row, value.filter(|value| !value.trim().is_empty())?)))
}

fn absent(layer: &Layer<'_>, name: &str, column: &Texts, heading: &Heading) -> Option<CheckFinding> {
    let is_absent = |value: Option<&str>| value.is_none_or(|value| value.trim().is_empty());
    let rows: Rows = column.iter().enumerate().filter(|(_, value)| is_absent(*value)).map(|(row, _)| row).collect();
    let message = format!("{} no key: {name} is empty", of_all(rows.count, layer.len(), "has", "have"));
    let finding = || layer.finding_at(heading, &rows, message).but("a key for every feature", rows.count);
    (rows.count > 0).then(|| finding().with_mend(format!("fill in {name} (QGIS: field calculator)")))
}

fn repeated(layer: &Layer<'_>, name: &str, column: &Texts, heading: &Heading) -> Option<CheckFinding> {
    let mut groups: HashMap<&str, u64> = HashMap::new();
    present(column).for_each(|(_, value)| *groups.entry(value).or_default() += 1);
    let rows: Rows = present(column).filter(|(_, value)| groups[value] > 1).map(|(row, _)| row).collect();
    let several = groups.values().filter(|count| **count > 1).count();
    let message = format!(
        "{} the key of another: {} more than once: {}",
        of_all(rows.count, layer.len(), "has", "have"),
        if several == 1 { format!("1 value of {name} stands") } else { format!("{several} values of {name} stand") },
        most_frequent(present(column).map(|(_, value)| value).filter(|value| groups[value] > 1))
    );
    let finding = || layer.finding_at(heading, &rows, message).but("every key once", rows.count);
    (rows.count > 0).then(|| finding().with_mend("give each feature a key of its own, or join features that are one"))
}

fn misshapen(layer: &Layer<'_>, name: &str, column: &Texts, format: &str, heading: &Heading) -> Option<CheckFinding> {
    let wrong = || present(column).filter(|(_, value)| !pattern::matches(format, value));
    let rows: Rows = wrong().map(|(row, _)| row).collect();
    let shown: Vec<String> = wrong().take(5).map(|(_, value)| quoted(value)).collect();
    let message = format!(
        "{} a {name} that is not of the form {format}: {}",
        of_all(rows.count, layer.len(), "has", "have"),
        with_rest(shown, rows.count as usize)
    );
    let finding = || layer.finding_at(heading, &rows, message).but(format, rows.count);
    (rows.count > 0).then(|| finding().with_mend("write keys as agreed, zeros in front too: keep the field as text"))
}
