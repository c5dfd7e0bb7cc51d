//! What the tables have in common: rows of one type to columns and back.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, LargeStringArray, RecordBatch, RecordBatchReader, UInt16Array};
use arrow_schema::{DataType, Field};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

use crate::batch::Batch;
use crate::error::{Error, Problem, Result};
use crate::limits::Budget;
use crate::source::{self, Source, guarded};
use crate::writer::{SLICE, Writer};

/// A row of a table.
pub trait Row: Sized {
    /// The columns, in the order of the file.
    fn fields() -> Vec<Field>;
    /// The rows as columns, in the same order.
    fn columns(rows: &[Self]) -> Vec<ArrayRef>;
    /// The columns as rows.
    fn rows(batch: &Batch<'_>) -> std::result::Result<Vec<Self>, Problem>;
}

/// Writes all rows and returns the size of the file.
pub(crate) fn write<R: Row>(path: &Path, rows: &[R]) -> Result<u64> {
    let write = || {
        let mut writer = Writer::create(path, R::fields(), None)?;
        rows.chunks(SLICE).try_for_each(|slice| writer.push(R::columns(slice)))?;
        writer.finish()
    };
    write().map_err(Error::at(path))
}

/// Reads all rows.
pub(crate) fn read<R: Row>(path: &Path) -> Result<Vec<R>> {
    guarded(path, || {
        let source = Source::open(path)?;
        let mut budget = Budget::new(source.bytes);
        let mut batches = Batches::new(source)?;
        let mut all = Vec::new();
        while let Some((rows, decoded)) = batches.next(R::rows)? {
            budget.spend(decoded)?;
            all.extend(rows);
        }
        Ok(all)
    })
}

/// The batches of a file, counting their rows. A file without rows has one batch without rows, so that its columns are
/// looked at like those of any other.
pub(crate) struct Batches {
    reader: ParquetRecordBatchReader,
    first_row: u64,
    begun: bool,
}

impl Batches {
    /// Begins at the first row.
    pub(crate) fn new(source: Source) -> std::result::Result<Self, Problem> {
        Ok(Batches { reader: source.batches()?, first_row: 0, begun: false })
    }

    /// What `convert` makes of the next batch, and how many bytes the batch took; `None` at the end.
    pub(crate) fn next<T>(
        &mut self,
        convert: impl FnOnce(&Batch<'_>) -> std::result::Result<T, Problem>,
    ) -> std::result::Result<Option<(T, u64)>, Problem> {
        let columns = match source::next(&mut self.reader)? {
            Some(columns) => columns,
            None if self.begun => return Ok(None),
            None => RecordBatch::new_empty(self.reader.schema()),
        };
        self.begun = true;
        let batch = Batch { columns: &columns, first_row: self.first_row };
        let converted = convert(&batch)?;
        self.first_row += columns.num_rows() as u64;
        Ok(Some((converted, columns.get_array_memory_size() as u64)))
    }
}

/// A column of unsigned numbers of 16 bits.
pub(crate) fn u16_field(name: &str) -> Field {
    Field::new(name, DataType::UInt16, false)
}

/// A column of signed numbers of 64 bits.
pub(crate) fn i64_field(name: &str) -> Field {
    Field::new(name, DataType::Int64, false)
}

/// A column of floating-point numbers of 64 bits.
pub(crate) fn f64_field(name: &str) -> Field {
    Field::new(name, DataType::Float64, false)
}

/// A column of texts. Large in Arrow, so that no slice of rows is too long; in Parquet it is a text like any other.
pub(crate) fn text_field(name: &str) -> Field {
    Field::new(name, DataType::LargeUtf8, false)
}

/// A column of texts that may be missing.
pub(crate) fn optional_text_field(name: &str) -> Field {
    Field::new(name, DataType::LargeUtf8, true)
}

/// The numbers of a column.
pub(crate) fn u16s<R>(rows: &[R], value: impl Fn(&R) -> u16) -> ArrayRef {
    Arc::new(UInt16Array::from_iter_values(rows.iter().map(value)))
}

/// The numbers of a column.
pub(crate) fn i64s<R>(rows: &[R], value: impl Fn(&R) -> i64) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(rows.iter().map(value)))
}

/// The numbers of a column.
pub(crate) fn f64s<R>(rows: &[R], value: impl Fn(&R) -> f64) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(rows.iter().map(value)))
}

/// The texts of a column.
pub(crate) fn texts<'a, R>(rows: &'a [R], value: impl Fn(&'a R) -> &'a str) -> ArrayRef {
    Arc::new(LargeStringArray::from_iter_values(rows.iter().map(value)))
}

/// The texts of a column, some of which may be missing.
pub(crate) fn optional_texts<'a, R>(rows: &'a [R], value: impl Fn(&'a R) -> Option<&'a str>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<LargeStringArray>())
}
