//! `crosswalks/<layer>.csv`: from a partner's codes to the legend's ids.

use std::collections::HashMap;

use mutirao_core::{
    crosswalk::{Crosswalk, CrosswalkLine, FromCode, Target},
    legend::Legend,
};

use crate::{
    csvfile::{Field, read_csv},
    scalar,
    sink::Sink,
    suggest::mend_name,
    yaml::Spot,
};

/// Reads a crosswalk; None where a line is broken, which the sink then says. Without a legend its right side is not checked.
pub(crate) fn read_crosswalk(text: &str, path: &str, legend: Option<&Legend>, sink: &mut Sink) -> Option<Crosswalk> {
    let before = sink.findings.len();
    let csv = read_csv(text, "crosswalk", &["from", "to"], sink)?;
    let column = |name: &str| csv.column(name);
    let (from, to, note, parent) = (column("from")?, column("to")?, column("note"), column("parent"));
    let mut lines = Vec::new();
    for row in &csv.rows {
        let code = from_code(&row[from], sink);
        let target = target(&row[to], legend, sink);
        let note = note.map(|note| row[note].text.clone()).unwrap_or_default();
        if let (Some(from_code), Some(to)) = (code, target) {
            let parent = parent.map(|parent| row[parent].text.clone()).filter(|parent| !parent.is_empty());
            let spot = row[from].spot;
            let line = CrosswalkLine { from: from_code, to, note, parent, line: spot.line, column: spot.column };
            lines.push((line, spot));
        }
    }
    if csv.rows.is_empty() && sink.findings.len() == before {
        let spot = Spot { line: 1, column: 1 };
        sink.error("crosswalk-empty", spot, "the crosswalk has no lines", "add a line for each of the partner's codes");
    }
    check_twice(&lines, sink);
    let lines = lines.into_iter().map(|(line, _)| line).collect();
    (sink.findings.len() == before).then(|| Crosswalk { path: path.to_owned(), lines })
}

fn from_code(field: &Field, sink: &mut Sink) -> Option<FromCode> {
    let code = |text: &str| scalar::integer(text).and_then(|value| i32::try_from(value).ok());
    if field.text.is_empty() {
        sink.error(
            "crosswalk-value",
            field.spot,
            "`from` is empty",
            "write a code, a range such as 10..19 or 20.., or a text",
        );
        return None;
    }
    if let Some(one) = code(&field.text) {
        return Some(FromCode::Codes(one, one));
    }
    // An end left out is open; without any end it is a text.
    let end = |text: &str, open: i32| if text.is_empty() { Some(open) } else { code(text) };
    let ends = |(from, to): (&str, &str)| Some((end(from.trim(), i32::MIN)?, end(to.trim(), i32::MAX)?));
    let range = field.text.split_once("..").filter(|(from, to)| !from.is_empty() || !to.is_empty()).and_then(ends);
    match range {
        Some((from, to)) if from > to => {
            let message = format!("the range {} is the wrong way round", field.text);
            sink.error("crosswalk-value", field.spot, message, format!("write {to}..{from}"));
            None
        }
        Some((from, to)) => Some(FromCode::Codes(from, to)),
        None => Some(FromCode::Text(field.text.clone())),
    }
}

fn target(field: &Field, legend: Option<&Legend>, sink: &mut Sink) -> Option<Target> {
    if field.text.is_empty() {
        return Some(Target::Nothing);
    }
    let Some(id) = scalar::integer(&field.text).and_then(|value| u16::try_from(value).ok()) else {
        let message = format!("\"{}\" is no class id", field.text.escape_debug());
        let mend = "write an id of the legend, or leave it empty for nothing";
        sink.error("crosswalk-value", field.spot, message, mend);
        return None;
    };
    let Some(legend) = legend.filter(|legend| legend.get(id).is_none()) else { return Some(Target::Class(id)) };
    let ids: Vec<String> = legend.ids().map(|id| id.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let message = format!("class {id} does not stand in the legend");
    let mend = format!("{}; or add {id} to the legend", mend_name("classes", &field.text, &ids));
    sink.error("unknown-class", field.spot, message, mend);
    sink.about_classes([i32::from(id)]);
    None
}

fn check_twice(lines: &[(CrosswalkLine, Spot)], sink: &mut Sink) {
    let mut texts: HashMap<&str, u32> = HashMap::new();
    let mut codes: Vec<(i32, i32, u32, Spot)> = Vec::new();
    for (line, spot) in lines {
        match &line.from {
            FromCode::Codes(from, to) => codes.push((*from, *to, line.line, *spot)),
            FromCode::Text(text) => {
                if let Some(first) = texts.insert(text, line.line) {
                    twice(&format!("\"{text}\""), first, *spot, sink);
                }
            }
        }
    }
    codes.sort_by_key(|(from, to, line, _)| (*from, *to, *line));
    let mut reach: Option<(i32, u32)> = None;
    for (from, to, line, spot) in codes {
        if let Some((_, first)) = reach.filter(|(end, _)| from <= *end) {
            twice(&from.to_string(), first, spot, sink);
        }
        if reach.is_none_or(|(end, _)| to > end) {
            reach = Some((to, line));
        }
    }
}

fn twice(code: &str, first: u32, spot: Spot, sink: &mut Sink) {
    let message = format!("the code {code} stands on two lines; the other is line {first}");
    sink.error("crosswalk-duplicate", spot, message, "let every code stand on one line");
}
