//! The columns of the Parquet tables, by the types of `mutirao-parquet` that hold their rows.
//!
//! A field of a row is a column, in this order; `tests/python/test_book.py` holds the page against the tables of a release.

use std::path::Path;

use super::markdown::{code, comment, table, title};
use crate::Failure;

const FOLDER: &str = "crates/parquet/src";

const ABOUT: &str = "The Parquet tables of a release. Unless a type says so, no value is missing. All are compressed with zstd; \
those with a geometry are GeoParquet 1.1.0. Periods and keys are text as written: `2026.10` is not 2026.1.";

/// What follows the columns that rows name, in a table with a geometry.
const COVERING: [&str; 3] = [
    "`bbox`",
    "struct of float64 `xmin`, `ymin`, `xmax`, `ymax`; may be missing",
    "The box around the geometry, for quick look-ups (the covering column of GeoParquet).",
];

/// The tables in the order in which a reader meets them; others follow by name.
const ORDER: [&str; 6] = ["sources", "inputs", "areas", "transitions", "territories", "coverage"];

/// The page.
pub fn page(root: &Path) -> Result<String, Failure> {
    let mut tables = Vec::new();
    for entry in std::fs::read_dir(root.join(FOLDER))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            tables.extend(table_of(&std::fs::read_to_string(path)?)?);
        }
    }
    tables.sort_by_key(|(name, _)| (ORDER.iter().position(|known| known == name).unwrap_or(ORDER.len()), name.clone()));
    let sections = tables.into_iter().map(|(_, section)| section);
    Ok(title("Columns of the tables", ABOUT) + &sections.collect::<String>())
}

/// The name of the table that a file of source writes, and its section, if it writes one.
fn table_of(source: &str) -> Result<Option<(String, String)>, Failure> {
    let about = source
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("//! `"))
        .and_then(|line| line.split_once(".parquet`: "));
    let Some((name, about)) = about else { return Ok(None) };
    let body = source.split_once("Row {\n").and_then(|(_, rest)| rest.split_once("\n}"));
    let (body, _) = body.ok_or_else(|| format!("{name}.parquet: no type of its rows"))?;
    let mut rows = fields(body)?;
    if source.contains("COVERING: &str") {
        rows.push(COVERING.map(str::to_owned));
    }
    let about = about.trim_end_matches('.');
    let section =
        format!("\n## {name}.parquet\n\n{}.\n\n{}", capital(about), table(["column", "type", "meaning"], rows));
    Ok(Some((name.to_owned(), section)))
}

/// Name, type and meaning of each field.
fn fields(body: &str) -> Result<Vec<[String; 3]>, Failure> {
    let mut rows = Vec::new();
    let mut told = Vec::new();
    for line in body.lines() {
        match line.trim().strip_prefix("pub ").and_then(|field| field.trim_end_matches(',').split_once(": ")) {
            Some((name, kind)) => {
                rows.push([
                    code(name),
                    type_name(kind)?.to_owned(),
                    comment(told.drain(..)).replace("`None`", "missing"),
                ]);
            }
            None => told.push(line),
        }
    }
    Ok(rows)
}

fn type_name(kind: &str) -> Result<&'static str, Failure> {
    Ok(match kind {
        "String" => "text",
        "Option<String>" => "text; may be missing",
        "u16" => "uint16",
        "i64" => "int64",
        "f64" => "float64",
        "Polygon" => "polygon (WKB)",
        "MultiPolygon" => "multipolygon (WKB)",
        "Option<MultiPolygon>" => "multipolygon (WKB); may be missing",
        other => return Err(format!("what is {other} in a table? Say it in xtask/src/book/columns.rs").into()),
    })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_columns() {
        let source = "//! `areas.parquet`: how much.\n\npub struct AreaRow {\n    /// Which\n    /// one.\n    pub class: u16,\n}\n";
        let (name, section) = table_of(source).unwrap().unwrap();
        assert_eq!(name, "areas");
        assert!(section.contains("| `class` | uint16 | Which one. |") && section.contains("How much."), "{section}");
        assert!(table_of("//! Something else.\n").unwrap().is_none());
    }
}
