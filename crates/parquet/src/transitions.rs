//! `transitions.parquet`: how much of what became what, where.

use arrow_array::ArrayRef;
use arrow_schema::Field;
use serde::{Deserialize, Serialize};

use crate::batch::Batch;
use crate::error::Problem;
use crate::stream::{RowReader, RowWriter};
use crate::table::{Row, f64_field, f64s, i64_field, i64s, text_field, texts, u16_field, u16s};

/// The pixels of one territory that were one class in one period and are one in a later period. Those that stayed what they were have
/// a row too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransitionRow {
    /// The earlier period, as written.
    pub period_from: String,
    /// The later period: the next, or the last.
    pub period_to: String,
    /// The kind of territory; `coverage` is the whole.
    pub territory_kind: String,
    /// Key of the territory; empty for the whole, and for what lies in no territory of the kind.
    pub territory: String,
    /// The class in the earlier period; the coverage's nodata for gaps.
    pub class_from: u16,
    /// The class in the later period; the coverage's nodata for gaps.
    pub class_to: u16,
    /// How many pixels.
    pub pixels: i64,
    /// Their true area in hectares.
    pub area_ha: f64,
}

impl Row for TransitionRow {
    fn fields() -> Vec<Field> {
        vec![
            text_field("period_from"),
            text_field("period_to"),
            text_field("territory_kind"),
            text_field("territory"),
            u16_field("class_from"),
            u16_field("class_to"),
            i64_field("pixels"),
            f64_field("area_ha"),
        ]
    }

    fn columns(rows: &[Self]) -> Vec<ArrayRef> {
        vec![
            texts(rows, |row| &row.period_from),
            texts(rows, |row| &row.period_to),
            texts(rows, |row| &row.territory_kind),
            texts(rows, |row| &row.territory),
            u16s(rows, |row| row.class_from),
            u16s(rows, |row| row.class_to),
            i64s(rows, |row| row.pixels),
            f64s(rows, |row| row.area_ha),
        ]
    }

    fn rows(batch: &Batch<'_>) -> std::result::Result<Vec<Self>, Problem> {
        let (period_from, period_to) = (batch.text("period_from")?, batch.text("period_to")?);
        let (kind, territory) = (batch.text("territory_kind")?, batch.text("territory")?);
        let (class_from, class_to) = (batch.u16("class_from")?, batch.u16("class_to")?);
        let (pixels, area_ha) = (batch.i64("pixels")?, batch.f64("area_ha")?);
        let row = |i| TransitionRow {
            period_from: period_from.value(i).to_string(),
            period_to: period_to.value(i).to_string(),
            territory_kind: kind.value(i).to_string(),
            territory: territory.value(i).to_string(),
            class_from: class_from.value(i),
            class_to: class_to.value(i),
            pixels: pixels.value(i),
            area_ha: area_ha.value(i),
        };
        Ok((0..batch.len()).map(row).collect())
    }
}

/// `transitions.parquet` being written.
pub type TransitionWriter = RowWriter<TransitionRow>;

/// `transitions.parquet` being read.
pub type TransitionReader = RowReader<TransitionRow>;
