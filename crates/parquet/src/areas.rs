//! `areas.parquet`: how much of what, where, when, on whose word and by which rule.

use std::path::{Path, PathBuf};

use arrow_array::ArrayRef;
use arrow_schema::Field;
use serde::{Deserialize, Serialize};

use crate::batch::Batch;
use crate::error::{Error, Problem, Result};
use crate::source::{Source, guarded};
use crate::table::{Batches, Row, f64_field, f64s, i64_field, i64s, text_field, texts, u16_field, u16s};
use crate::writer::{SLICE, Writer};

/// The pixels of one period, territory, class, source and rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AreaRow {
    /// The period, as written.
    pub period: String,
    /// The kind of territory; `coverage` is the whole.
    pub territory_kind: String,
    /// Key of the territory; empty for the whole, and for what lies in no territory of the kind.
    pub territory: String,
    /// Name of the territory; empty where it has none.
    pub territory_name: String,
    /// The class; the coverage's nodata for gaps.
    pub class: u16,
    /// The source, as in `sources.parquet`; 0 for gaps.
    pub source: u16,
    /// The rule that won, from 1; 0 for methods without rules and for gaps.
    pub rule: u16,
    /// How many pixels.
    pub pixels: i64,
    /// Their true area in hectares.
    pub area_ha: f64,
}

impl Row for AreaRow {
    fn fields() -> Vec<Field> {
        vec![
            text_field("period"),
            text_field("territory_kind"),
            text_field("territory"),
            text_field("territory_name"),
            u16_field("class"),
            u16_field("source"),
            u16_field("rule"),
            i64_field("pixels"),
            f64_field("area_ha"),
        ]
    }

    fn columns(rows: &[Self]) -> Vec<ArrayRef> {
        vec![
            texts(rows, |row| &row.period),
            texts(rows, |row| &row.territory_kind),
            texts(rows, |row| &row.territory),
            texts(rows, |row| &row.territory_name),
            u16s(rows, |row| row.class),
            u16s(rows, |row| row.source),
            u16s(rows, |row| row.rule),
            i64s(rows, |row| row.pixels),
            f64s(rows, |row| row.area_ha),
        ]
    }

    fn rows(batch: &Batch<'_>) -> std::result::Result<Vec<Self>, Problem> {
        let (period, kind) = (batch.text("period")?, batch.text("territory_kind")?);
        let (territory, name) = (batch.text("territory")?, batch.text("territory_name")?);
        let (class, source, rule) = (batch.u16("class")?, batch.u16("source")?, batch.u16("rule")?);
        let (pixels, area_ha) = (batch.i64("pixels")?, batch.f64("area_ha")?);
        let row = |i| AreaRow {
            period: period.value(i).to_string(),
            territory_kind: kind.value(i).to_string(),
            territory: territory.value(i).to_string(),
            territory_name: name.value(i).to_string(),
            class: class.value(i),
            source: source.value(i),
            rule: rule.value(i),
            pixels: pixels.value(i),
            area_ha: area_ha.value(i),
        };
        Ok((0..batch.len()).map(row).collect())
    }
}

/// `areas.parquet` being written, piece by piece: memory holds one row group, compressed, whatever the number of rows.
pub struct AreaWriter {
    path: PathBuf,
    /// `None` after a failure.
    writer: Option<Writer>,
    /// Rows not yet handed on: always fewer than a slice, so that the bytes of the file do not depend on how the rows were
    /// divided among calls.
    pending: Vec<AreaRow>,
}

impl AreaWriter {
    /// Creates the file, or empties it.
    pub fn new(path: &Path) -> Result<Self> {
        let writer = Writer::create(path, AreaRow::fields(), None).map_err(Error::at(path))?;
        Ok(AreaWriter { path: path.to_path_buf(), writer: Some(writer), pending: Vec::new() })
    }

    /// Adds rows, in the order given: the caller sorts, over all calls. After an error the file is of no use.
    pub fn push(&mut self, mut rows: &[AreaRow]) -> Result<()> {
        while !rows.is_empty() {
            let (now, later) = rows.split_at(rows.len().min(SLICE - self.pending.len()));
            self.pending.extend_from_slice(now);
            rows = later;
            if self.pending.len() == SLICE {
                self.hand_on()?;
            }
        }
        Ok(())
    }

    /// Writes what is left, and returns the size of the file in bytes.
    pub fn finish(mut self) -> Result<u64> {
        self.hand_on()?;
        let at = Error::at(&self.path);
        self.writer.ok_or(Problem::Poisoned).and_then(Writer::finish).map_err(&at)
    }

    fn hand_on(&mut self) -> Result<()> {
        let at = Error::at(&self.path);
        let mut writer = self.writer.take().ok_or(Problem::Poisoned).map_err(&at)?;
        if !self.pending.is_empty() {
            writer.push(AreaRow::columns(&self.pending)).map_err(&at)?;
            self.pending.clear();
        }
        self.writer = Some(writer);
        Ok(())
    }
}

/// `areas.parquet` being read, at most some thousands of rows at a time. After an error there is nothing more.
pub struct AreaReader {
    path: PathBuf,
    /// `None` at the end and after a failure.
    batches: Option<Batches>,
}

impl AreaReader {
    /// Opens the file.
    pub fn open(path: &Path) -> Result<Self> {
        let batches = guarded(path, || Batches::new(Source::open(path)?))?;
        Ok(AreaReader { path: path.to_path_buf(), batches: Some(batches) })
    }
}

impl Iterator for AreaReader {
    type Item = Result<Vec<AreaRow>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut batches = self.batches.take()?;
        let next = guarded(&self.path, || {
            let next = batches.next(AreaRow::rows)?;
            Ok(next.map(|(rows, _)| (rows, batches)))
        });
        match next.transpose()? {
            Ok((rows, batches)) => {
                self.batches = Some(batches);
                Some(Ok(rows))
            }
            Err(error) => Some(Err(error)),
        }
    }
}
