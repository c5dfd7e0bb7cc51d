//! Attributes of a drafted contract: properties, and the rules of their values.

use std::collections::{BTreeMap, HashSet};

use mutirao_core::{
    door::{FieldFacts, FieldKind},
    features::{Features, Texts},
};
use serde_json::Value;

use super::{
    super::lines::{Lines, word},
    rule,
};
use crate::show::table::thousands;

/// At most so many texts are taken for a list.
const MOST: usize = 12;

/// An attribute, and what was counted of it.
pub struct Column<'a> {
    field: &'a FieldFacts,
    texts: &'a Texts,
    /// The contract's name for it.
    name: String,
    nulls: usize,
    distinct: HashSet<&'a str>,
}

/// All attributes that have a name of their own.
pub fn columns(features: &Features) -> Vec<Column<'_>> {
    let mut known = HashSet::new();
    let all = features.facts.fields.iter().zip(&features.attributes);
    let named: Vec<_> = all.filter(|(field, _)| !field.name.is_empty() && known.insert(&field.name)).collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    named.iter().for_each(|(field, _)| *counts.entry(snake(&field.name)).or_default() += 1);

    named.into_iter().map(|(field, texts)| of(field, texts, &counts)).collect()
}

fn of<'a>(field: &'a FieldFacts, texts: &'a Texts, counts: &BTreeMap<String, usize>) -> Column<'a> {
    let snake = snake(&field.name);
    let name = if snake.is_empty() || counts.get(&snake) != Some(&1) { field.name.clone() } else { snake };
    let nulls = texts.iter().filter(Option::is_none).count();
    Column { field, texts, name, nulls, distinct: texts.iter().flatten().collect() }
}

/// A name in lower snake case.
fn snake(name: &str) -> String {
    let mapped: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let parts: Vec<String> = mapped.split('_').filter(|part| !part.is_empty()).map(str::to_lowercase).collect();
    parts.join("_")
}

/// A text within a flow mapping.
pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Writes the properties.
pub fn properties(lines: &mut Lines, columns: &[Column<'_>]) {
    if columns.is_empty() {
        return;
    }
    lines.add("    properties:");
    for column in columns {
        lines.add(format!("      - name: {}", word(&column.name)));
        lines.add(format!("        physicalName: {}", quoted(&column.field.name)));
        lines.add(format!("        logicalType: {}", logical(column.field.kind)));
    }
}

fn logical(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "string",
        FieldKind::Other => "object",
        _ => kind.word(),
    }
}

/// Writes the rules.
pub fn rules(lines: &mut Lines, columns: &[Column<'_>]) {
    if let Some(key) = key(columns) {
        rule(lines, "features are known by a key", &format!("check: key, attribute: {}", quoted(&key.field.name)));
    } else {
        lines.add("      # No attribute is there for every feature and stands once: nothing can be a key.");
    }
    for column in columns {
        of_type(lines, column);
        if column.field.kind == FieldKind::Text {
            list(lines, column);
        }
    }
}

/// The attribute that features are known by: best one that is called so.
fn key<'a, 'b>(columns: &'b [Column<'a>]) -> Option<&'b Column<'a>> {
    let is_key = |column: &&Column<'_>| {
        matches!(column.field.kind, FieldKind::Integer | FieldKind::Text)
            && column.texts.len() > 1
            && column.distinct.len() == column.texts.len()
            && column.distinct.iter().all(|text| !text.trim().is_empty())
    };
    let is_called = |column: &&Column<'_>| {
        let ends = ["id", "code", "key", "fid"];
        ends.iter().any(|end| {
            column.name == *end || column.name.ends_with(&format!("_{end}")) || column.name == format!("object{end}")
        })
    };
    columns.iter().filter(is_key).find(is_called).or_else(|| columns.iter().find(is_key))
}

fn of_type(lines: &mut Lines, column: &Column<'_>) {
    let (name, nulls) = (quoted(&column.field.name), thousands(column.nulls as u64));
    let distinct = thousands(column.distinct.len() as u64);
    lines.add(format!("      # measured: {name}: {distinct} distinct values, {nulls} nulls{}.", span(column)));
    if column.field.kind == FieldKind::Other {
        return;
    }
    let required = if column.nulls == 0 && !column.texts.is_empty() { ", required: true" } else { "" };
    let implementation =
        format!("check: attribute-type, attribute: {name}, type: {}{required}", column.field.kind.word());
    rule(lines, &format!("type of {}", column.name), &implementation);
}

/// The least and the most of numbers, in words.
fn span(column: &Column<'_>) -> String {
    if !matches!(column.field.kind, FieldKind::Integer | FieldKind::Number) {
        return String::new();
    }
    let numbers = column.distinct.iter().filter_map(|text| text.trim().parse::<f64>().ok().filter(|n| n.is_finite()));
    match numbers.map(|number| (number, number)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) {
        Some((least, most)) => format!(", range {least} to {most}"),
        None => String::new(),
    }
}

fn list(lines: &mut Lines, column: &Column<'_>) {
    let is_odd = |text: &&str| text.trim().is_empty() || text.chars().any(char::is_control);
    if column.distinct.is_empty() || column.distinct.len() == column.texts.len() {
        return;
    }
    let name = quoted(&column.field.name);
    if column.distinct.len() > MOST || column.distinct.iter().any(is_odd) {
        let example = format!("{{ check: enumeration, attribute: {name}, allowed: [...] }}");
        return lines.add(format!("      # If its texts are a list, agree on it, as {example}."));
    }
    let mut texts: Vec<&str> = column.distinct.iter().copied().collect();
    texts.sort_unstable();
    let allowed: Vec<String> = texts.into_iter().map(quoted).collect();
    let implementation = format!("check: enumeration, attribute: {name}, allowed: [{}]", allowed.join(", "));
    rule(lines, &format!("texts of {}", column.name), &implementation);
}
