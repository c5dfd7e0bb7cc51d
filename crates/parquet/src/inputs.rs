//! `inputs.parquet`: which bytes a release was made of.

use std::path::Path;

use arrow_array::ArrayRef;
use arrow_schema::Field;
use serde::{Deserialize, Serialize};

use crate::batch::Batch;
use crate::error::{Problem, Result};
use crate::table::{self, Row, i64_field, i64s, text_field, texts, u16_field, u16s};

/// One band of one file, as it spoke for one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRow {
    /// The source, as in `sources.parquet`.
    pub source: u16,
    /// The period, as written.
    pub period: String,
    /// The file, as the pipeline names it.
    pub path: String,
    /// The band, from 1.
    pub band: u16,
    /// Size of the file.
    pub bytes: i64,
    /// SHA-256 of the file, 64 hexadecimal digits.
    pub sha256: String,
    /// The file's own grid in plain words, such as `EPSG:31976 4000x3000 30 m`.
    pub grid: String,
    /// What was done to it, such as `as is`, or `warped from EPSG:4326 nearest, bound 0.125 px`; `carried from 2019` at the end where
    /// `missing: previous` let it speak for a later period.
    pub treatment: String,
}

impl Row for InputRow {
    fn fields() -> Vec<Field> {
        vec![
            u16_field("source"),
            text_field("period"),
            text_field("path"),
            u16_field("band"),
            i64_field("bytes"),
            text_field("sha256"),
            text_field("grid"),
            text_field("treatment"),
        ]
    }

    fn columns(rows: &[Self]) -> Vec<ArrayRef> {
        vec![
            u16s(rows, |row| row.source),
            texts(rows, |row| &row.period),
            texts(rows, |row| &row.path),
            u16s(rows, |row| row.band),
            i64s(rows, |row| row.bytes),
            texts(rows, |row| &row.sha256),
            texts(rows, |row| &row.grid),
            texts(rows, |row| &row.treatment),
        ]
    }

    fn rows(batch: &Batch<'_>) -> std::result::Result<Vec<Self>, Problem> {
        let (source, period, path) = (batch.u16("source")?, batch.text("period")?, batch.text("path")?);
        let (band, bytes, sha256) = (batch.u16("band")?, batch.i64("bytes")?, batch.text("sha256")?);
        let (grid, treatment) = (batch.text("grid")?, batch.text("treatment")?);
        let row = |i| InputRow {
            source: source.value(i),
            period: period.value(i).to_string(),
            path: path.value(i).to_string(),
            band: band.value(i),
            bytes: bytes.value(i),
            sha256: sha256.value(i).to_string(),
            grid: grid.value(i).to_string(),
            treatment: treatment.value(i).to_string(),
        };
        Ok((0..batch.len()).map(row).collect())
    }
}

/// Writes `inputs.parquet`, the rows in the order given, and returns its size in bytes.
pub fn write_inputs(path: &Path, rows: &[InputRow]) -> Result<u64> {
    table::write(path, rows)
}

/// Reads `inputs.parquet`.
pub fn read_inputs(path: &Path) -> Result<Vec<InputRow>> {
    table::read(path)
}
