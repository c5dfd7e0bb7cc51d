//! Charts as numbers that the page draws as SVG.

use std::collections::BTreeMap;

use mutirao_core::pipeline::Pipeline;

use super::words::class_name;

/// Areas by class, each with one number a period; none is nothing.
pub type ByClass = BTreeMap<Option<u16>, Vec<f64>>;

/// Width of a bar's field.
const BAR: f64 = 160.0;

/// A bar, and where it was before.
pub struct Bar {
    /// Its colour.
    pub color: String,
    /// Its length.
    pub length: String,
    /// The length that it had in the first period.
    pub before: Option<String>,
}

/// A bar for a value, of which `most` has the whole field.
pub fn bar(color: &str, value: f64, before: Option<f64>, most: f64) -> Bar {
    let length = |value: f64| if most > 0.0 { short(BAR * value / most) } else { "0".to_owned() };
    Bar { color: color.to_owned(), length: length(value), before: before.map(length) }
}

/// A coordinate with two decimals.
fn short(number: f64) -> String {
    format!("{:.2}", number)
}

/// One piece of a stack.
pub struct Piece {
    /// Its colour.
    pub color: String,
    /// Where it begins, along the stack.
    pub start: String,
    /// Its length.
    pub length: String,
    /// What it is, in words.
    pub says: String,
}

/// Pieces one after the other, that fill a length together. What would be thinner than a hundredth is left out.
pub fn stack(parts: impl IntoIterator<Item = (String, f64, String)>, length: f64) -> Vec<Piece> {
    let parts: Vec<_> = parts.into_iter().collect();
    let whole: f64 = parts.iter().map(|(_, value, _)| value).sum();
    let mut at = 0.0;
    let mut pieces = Vec::new();
    for (color, value, says) in parts {
        let own = if whole > 0.0 { length * value / whole } else { 0.0 };
        if own >= 0.01 {
            pieces.push(Piece { color, start: short(at), length: short(own), says });
        }
        at += own;
    }
    pieces
}

/// A column of classes for each period.
pub struct Columns {
    /// The columns.
    pub columns: Vec<Column>,
    /// Width of the whole.
    pub width: usize,
}

/// A period.
pub struct Column {
    /// Its label; empty where there is no room for all of them.
    pub label: String,
    /// Left edge.
    pub x: String,
    /// Middle.
    pub middle: String,
    /// Width.
    pub width: String,
    /// Classes from the top down.
    pub pieces: Vec<Piece>,
}

/// Width and height of the field of columns.
const FIELD: [f64; 2] = [720.0, 220.0];

/// Labels in the field at most.
const LABELS: usize = 12;

/// The classes of all periods; none for fewer than three, which the table shows as well.
pub fn columns(pipeline: &Pipeline, labels: &[String], areas: &ByClass) -> Option<Columns> {
    if labels.len() < 3 {
        return None;
    }
    let step = FIELD[0] / labels.len() as f64;
    let every = labels.len().div_ceil(LABELS);
    let column = |(at, label): (usize, &String)| {
        let parts = areas.iter().map(|(class, areas)| {
            let class = class_name(pipeline, *class);
            (class.color, areas[at], class.name)
        });
        Column {
            label: if at % every == 0 { label.clone() } else { String::new() },
            x: short(step * (at as f64 + 0.08)),
            middle: short(step * (at as f64 + 0.5)),
            width: short(step * 0.84),
            pieces: stack(parts, FIELD[1]),
        }
    };
    Some(Columns { columns: labels.iter().enumerate().map(column).collect(), width: FIELD[0] as usize })
}
