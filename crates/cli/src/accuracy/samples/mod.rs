//! Sample points: a CSV file, or any vector file of points.

mod cells;
mod csv;
mod vector;

use std::path::Path;

use mutirao_core::{
    finding::{Finding, Place},
    legend::Legend,
};

use super::Stopped;
use crate::{network::Tools, open::is_csv};

/// What samples have to say, by the name of the column.
pub const COLUMNS: [&str; 6] = ["period", "reference", "alternate", "stratum", "weight", "cluster"];

/// Where a sample stands, for people.
#[derive(Debug, Clone, PartialEq)]
pub enum At {
    /// By line.
    Line(Place),
    /// By the feature's number, from 0.
    Feature(usize),
}

/// One sample point.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Where it stands in its file.
    pub at: At,
    /// Its place, `[x, y]`, in the coverage's CRS.
    pub xy: [f64; 2],
    /// The period that it speaks for.
    pub period: Option<String>,
    /// The class in truth.
    pub reference: u16,
    /// What it could be too.
    pub alternate: Option<u16>,
    /// The stratum from which it was drawn.
    pub stratum: Option<String>,
    /// The inverse of the probability with which it was drawn.
    pub weight: Option<f64>,
    /// With which others it was drawn.
    pub cluster: Option<String>,
}

/// The samples of a file.
#[derive(Debug)]
pub struct Samples {
    /// The points.
    pub rows: Vec<Row>,
    /// Which of [`COLUMNS`] the file has.
    pub columns: Vec<&'static str>,
    /// What was done to their places, in words.
    pub treatment: String,
    /// Columns that nobody asked for.
    pub unused: Vec<String>,
}

impl Samples {
    /// Whether the file has a column.
    pub fn has(&self, column: &str) -> bool {
        self.columns.contains(&column)
    }
}

/// How points are brought onto the coverage.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The file.
    pub path: &'a Path,
    /// Taken instead of the file's CRS; of a CSV file, which has none, instead of the coverage's.
    pub crs: Option<&'a str>,
    /// Whether a ballpark transformation is good enough.
    pub allow_ballpark: bool,
    /// The coverage's CRS.
    pub target: &'a str,
    /// The classes that may be named, if that is known.
    pub legend: Option<&'a Legend>,
}

/// Reads samples.
///
/// # Errors
/// Everything that is wrong with the file, with line and column or the feature's number.
pub fn read(wanted: &Wanted<'_>, tools: &Tools) -> Result<Samples, Stopped> {
    if is_csv(wanted.path) { csv::read(wanted, tools) } else { vector::read(wanted, tools) }
}

/// A finding at a cell, or about a feature of a file.
fn finding(code: &str, path: &Path, at: &At, what: String, mend: &str) -> Finding {
    match at {
        At::Line(place) => Finding::error(code, what).at(place.clone()).with_mend(mend),
        At::Feature(number) => {
            Finding::error(code, format!("{}, feature {number}: {what}", path.display())).with_mend(mend)
        }
    }
}

/// What is wrong with a sample.
pub fn wrong(path: &Path, at: &At, what: String, mend: &str) -> Finding {
    finding("table-value", path, at, what, mend)
}
