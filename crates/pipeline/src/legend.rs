//! `legend.csv`: the classes of the map.

use std::collections::BTreeMap;

use mutirao_core::legend::{Class, Legend};

use crate::{
    csvfile::{Csv, Field, read_csv},
    scalar,
    sink::Sink,
    suggest::mend_name,
    yaml::Spot,
};

const COLUMNS: [&str; 4] = ["id", "parent", "name", "color"];

/// Reads a legend; None where a class or the tree is broken, which the sink then says.
pub(crate) fn read_legend(text: &str, sink: &mut Sink) -> Option<Legend> {
    let before = sink.findings.len();
    let csv = read_csv(text, "legend", &COLUMNS, sink)?;
    if csv.rows.is_empty() && sink.findings.len() == before {
        let spot = Spot { line: 1, column: 1 };
        sink.error("legend-empty", spot, "the legend has no classes", "add a line for each class below the header");
    }
    let columns = COLUMNS.map(|name| csv.column(name).unwrap_or_default());
    let classes: Vec<Line> = csv.rows.iter().filter_map(|row| line(&csv, row, columns, sink)).collect();
    check_ids(&classes, sink);
    check_parents(&classes, sink);
    if sink.findings.len() > before {
        return None;
    }
    match Legend::new(classes.into_iter().map(|line| line.class).collect()) {
        Ok(legend) => Some(legend),
        Err(error) => {
            let spot = Spot { line: 1, column: 1 };
            sink.error("legend-value", spot, error.to_string(), "every class once, every parent a class");
            None
        }
    }
}

struct Line {
    class: Class,
    id_spot: Spot,
    parent_spot: Spot,
}

fn line(csv: &Csv, row: &[Field], [id, parent, name, color]: [usize; 4], sink: &mut Sink) -> Option<Line> {
    let [id_field, parent_field, name_field, color_field] = [&row[id], &row[parent], &row[name], &row[color]];
    let code = |field: &Field, sink: &mut Sink| {
        let value = scalar::integer(&field.text).and_then(|value| u16::try_from(value).ok());
        if value.is_none() {
            let message = format!("\"{}\" is no class id", field.text.escape_debug());
            sink.error("legend-value", field.spot, message, "write a whole number from 0 to 65535");
        }
        value
    };
    let id = code(id_field, sink);
    let parent = if parent_field.text.is_empty() { Some(None) } else { code(parent_field, sink).map(Some) };
    let color = hex(&color_field.text);
    if color.is_none() {
        let message = format!("\"{}\" is no colour", color_field.text.escape_debug());
        sink.error("legend-value", color_field.spot, message, "write six hexadecimal digits, such as #1f8d49");
    }
    if name_field.text.is_empty() {
        sink.error("legend-value", name_field.spot, "a class has no name", "write its name");
    }
    let more: BTreeMap<String, String> = csv
        .header
        .iter()
        .zip(row)
        .filter(|(column, _)| !COLUMNS.contains(&column.text.as_str()))
        .map(|(column, field)| (column.text.clone(), field.text.clone()))
        .collect();
    // A line whose colour is wrong is still a class that others may be below.
    let color = color.unwrap_or_default();
    let class = Class { id: id?, parent: parent?, name: name_field.text.clone(), color, more };
    Some(Line { class, id_spot: id_field.spot, parent_spot: parent_field.spot })
}

fn hex(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some([red, green, blue])
}

fn check_ids(lines: &[Line], sink: &mut Sink) {
    let mut first = BTreeMap::new();
    for line in lines {
        if let Some(known) = first.insert(line.class.id, line.id_spot) {
            let message = format!("class {} stands twice; the first is on line {}", line.class.id, known.line);
            sink.error("legend-duplicate", line.id_spot, message, "give every class an id of its own");
            first.insert(line.class.id, known);
        }
    }
}

fn check_parents(lines: &[Line], sink: &mut Sink) {
    let parents: BTreeMap<u16, Option<u16>> = lines.iter().map(|line| (line.class.id, line.class.parent)).collect();
    for line in lines {
        let Some(parent) = line.class.parent else { continue };
        if !parents.contains_key(&parent) {
            let ids: Vec<String> = parents.keys().map(u16::to_string).collect();
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let message = format!("class {} has the parent {parent}, which is no class", line.class.id);
            sink.error("legend-parent", line.parent_spot, message, mend_name("classes", &parent.to_string(), &ids));
        } else if above(line.class.id, &parents).any(|id| id == line.class.id) {
            let message = format!("class {} is its own ancestor", line.class.id);
            sink.error("legend-ring", line.parent_spot, message, "let every line of parents end at the top");
        }
    }
}

/// All above a class, at most as many steps as there are classes.
fn above(id: u16, parents: &BTreeMap<u16, Option<u16>>) -> impl Iterator<Item = u16> + '_ {
    let up = |id: &u16| parents.get(id).copied().flatten();
    std::iter::successors(up(&id), move |id| up(id)).take(parents.len())
}
