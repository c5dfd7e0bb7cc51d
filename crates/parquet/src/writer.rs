//! A Parquet file being written.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema, SchemaRef};
use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::error::Problem;

/// Rows of a row group: enough to compress well, few enough to be skipped by their bounds.
pub(crate) const ROW_GROUP: usize = 100_000;
/// Rows that are turned into Arrow at a time, so that little is held twice.
pub(crate) const SLICE: usize = 8_192;

/// A file being written, always in the same way: zstd, no time stamps, no schema of Arrow's own.
pub(crate) struct Writer {
    inner: ArrowWriter<File>,
    schema: SchemaRef,
}

impl Writer {
    /// Creates the file, or empties it. `opaque` names a column of bytes whose bounds and repetitions say nothing.
    pub(crate) fn create(path: &Path, fields: Vec<Field>, opaque: Option<&str>) -> Result<Self, Problem> {
        let schema = Arc::new(Schema::new(fields));
        let mut properties = WriterProperties::builder()
            .set_created_by("mutirao".to_string())
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROW_GROUP));
        if let Some(column) = opaque {
            let column = ColumnPath::new(vec![column.to_string()]);
            properties = properties
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_statistics_enabled(column, EnabledStatistics::None);
        }
        let options = ArrowWriterOptions::new().with_properties(properties.build()).with_skip_arrow_metadata(true);
        let inner = ArrowWriter::try_new_with_options(File::create(path)?, schema.clone(), options)?;
        Ok(Writer { inner, schema })
    }

    /// Adds rows, given as columns in the order of the fields.
    pub(crate) fn push(&mut self, columns: Vec<ArrayRef>) -> Result<(), Problem> {
        let batch = RecordBatch::try_new(self.schema.clone(), columns)?;
        Ok(self.inner.write(&batch)?)
    }

    /// Adds a pair to the metadata of the file.
    pub(crate) fn note(&mut self, key: &str, value: String) {
        self.inner.append_key_value_metadata(KeyValue::new(key.to_string(), value));
    }

    /// Writes what is left, and the footer. All bytes have then been handed to the system. Returns the size of the file.
    pub(crate) fn finish(mut self) -> Result<u64, Problem> {
        self.inner.finish()?;
        Ok(self.inner.bytes_written() as u64)
    }
}
