//! `areas.parquet`: how much of what, where, when, on whose word and by which rule.

use arrow_array::ArrayRef;
use arrow_schema::Field;
use serde::{Deserialize, Serialize};

use crate::batch::Batch;
use crate::error::Problem;
use crate::stream::{RowReader, RowWriter};
use crate::table::{Row, f64_field, f64s, i64_field, i64s, text_field, texts, u16_field, u16s};

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

/// `areas.parquet` being written.
pub type AreaWriter = RowWriter<AreaRow>;

/// `areas.parquet` being read.
pub type AreaReader = RowReader<AreaRow>;
