//! CSV files beside a pipeline, such as samples and strata: their cells with a place each.

use std::path::Path;

use mutirao_core::finding::{Finding, Place};

use crate::{build::files::read_text, csvfile::read_csv, sink::Sink, yaml::Spot};

/// A table whose columns have names.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The rows, each as long as the header.
    pub rows: Vec<Vec<Cell>>,
    /// The text that was read.
    pub text: String,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What it holds, without spaces around it.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// Reads a CSV file that must have some columns.
///
/// # Errors
/// Everything that is wrong with it (`missing-file`, `table-syntax`, `table-header`), with line and column; and the text, if it could
/// be read.
pub fn read_table(path: &Path, columns: &[&str]) -> Result<Table, (Vec<Finding>, Option<String>)> {
    let mut sink = Sink::new(path.display().to_string());
    let text = read_text(path).map_err(|message| {
        let message = format!("{} cannot be read: {message}", path.display());
        sink.error("missing-file", Spot { line: 1, column: 1 }, message, "see that the path is right");
        (std::mem::take(&mut sink.findings), None)
    })?;
    let csv = read_csv(&text, "table", columns, &mut sink);
    let Some(csv) = csv.filter(|_| !sink.has_errors()) else { return Err((sink.findings, Some(text))) };
    let header = csv.header.iter().map(|field| field.text.clone()).collect();
    let cells = |row: Vec<crate::csvfile::Field>| {
        row.into_iter().map(|field| Cell { place: sink.place(field.spot), text: field.text }).collect()
    };
    let rows = csv.rows.into_iter().map(cells).collect();
    Ok(Table { header, rows, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_places_and_missing_columns_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("samples.csv");
        std::fs::write(&path, "x,y,reference_\n1,2, 3\n4,5,6\n").unwrap();
        let table = read_table(&path, &["x", "y"]).unwrap();
        assert_eq!(table.header, ["x", "y", "reference_"]);
        let cell = &table.rows[0][2];
        assert_eq!((cell.text.as_str(), cell.place.line, cell.place.column), ("3", 2, 5));
        let (findings, text) = read_table(&path, &["x", "reference"]).unwrap_err();
        assert_eq!((findings.len(), findings[0].code.as_str(), text.is_some()), (1, "table-header", true));
        assert!(findings[0].message.contains("is it meant by \"reference_\""), "{}", findings[0].message);
        let (findings, text) = read_table(&folder.path().join("none.csv"), &[]).unwrap_err();
        assert_eq!((findings[0].code.as_str(), text), ("missing-file", None));
    }
}
