//! Crosswalks: from a partner's codes to the legend's ids.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::values::ValueSet;

/// What a code is turned into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// A class of the legend.
    Class(u16),
    /// Nothing, on purpose.
    Nothing,
}

/// One line of a crosswalk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrosswalkLine {
    /// The partner's codes: one number, a range, or a text of a vector's attribute.
    pub from: FromCode,
    /// What they become.
    pub to: Target,
    /// Why, in the words of whoever wrote it.
    pub note: String,
    /// The partner's own code above these, where the crosswalk has a column `parent`, as written.
    pub parent: Option<String>,
    /// Its line in the file, from 1.
    pub line: u32,
    /// The column at which `from` begins, from 1, in characters.
    pub column: u32,
}

/// The left side of a crosswalk's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FromCode {
    /// Codes from the first to the second, both inclusive.
    Codes(i32, i32),
    /// A text.
    Text(String),
}

impl FromCode {
    /// Whether it is a range of at least two codes.
    pub fn is_many(&self) -> bool {
        matches!(self, FromCode::Codes(first, last) if first < last)
    }
}

/// As a crosswalk writes it, texts in quotes.
impl fmt::Display for FromCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FromCode::Text(text) => write!(f, "\"{}\"", text.escape_debug()),
            FromCode::Codes(first, last) if first == last => write!(f, "{first}"),
            FromCode::Codes(i32::MIN, last) => write!(f, "..{last}"),
            FromCode::Codes(first, i32::MAX) => write!(f, "{first}.."),
            FromCode::Codes(first, last) => write!(f, "{first}..{last}"),
        }
    }
}

/// A table from a partner's codes to the legend's ids. No code stands on two lines: whoever reads one sees to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crosswalk {
    /// The file, as the pipeline names it.
    pub path: String,
    /// Its lines, in order.
    pub lines: Vec<CrosswalkLine>,
}

impl Crosswalk {
    /// What a code becomes; none if it stands on no line, which is an error of whoever delivered it.
    pub fn code(&self, code: i32) -> Option<Target> {
        let holds =
            |line: &&CrosswalkLine| matches!(line.from, FromCode::Codes(first, last) if first <= code && code <= last);
        self.lines.iter().find(holds).map(|line| line.to)
    }

    /// What a text becomes; a text that is a number counts as that code too.
    pub fn text(&self, text: &str) -> Option<Target> {
        let holds = |line: &&CrosswalkLine| matches!(&line.from, FromCode::Text(from) if from == text);
        let by_text = self.lines.iter().find(holds).map(|line| line.to);
        by_text.or_else(|| text.trim().parse().ok().and_then(|code| self.code(code)))
    }

    /// All classes that come out of it.
    pub fn classes(&self) -> ValueSet {
        ValueSet::from_values(self.lines.iter().filter_map(|line| match line.to {
            Target::Class(id) => Some(i32::from(id)),
            Target::Nothing => None,
        }))
    }
}
