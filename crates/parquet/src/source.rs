//! A Parquet file opened for reading, with no trust in it.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::error::{Error, Problem, Result};
use crate::{footer, limits};

/// Runs what calls the Parquet library on bytes of others.
///
/// The library is known to panic on some damaged files (index out of bounds, failed assertions) where it should return an
/// error. One bad file of a partner must not end a check of a hundred, so this one seam turns a panic into an error. What
/// was being read is dropped with it, so nothing half-made is seen again.
pub(crate) fn guarded<T>(path: &Path, read: impl FnOnce() -> std::result::Result<T, Problem>) -> Result<T> {
    let outcome = catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|payload| {
        let words = payload.downcast_ref::<String>().map(String::as_str);
        let message = words.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no words").to_string();
        Err(Problem::Panicked { message })
    });
    outcome.map_err(Error::at(path))
}

/// A file whose metadata have been read and found sensible.
pub(crate) struct Source {
    /// The reader to be, for projection and metadata.
    pub(crate) builder: ParquetRecordBatchReaderBuilder<File>,
    /// Size of the file.
    pub(crate) bytes: u64,
}

impl Source {
    /// Opens a file. To be called within [`guarded`].
    pub(crate) fn open(path: &Path) -> std::result::Result<Self, Problem> {
        let mut file = File::open(path)?;
        let bytes = file.metadata()?.len();
        footer::check(&mut file, bytes)?;
        // Without Arrow's own schema the types are those of Parquet: fewer kinds to deal with, and less of others' to parse.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)?;
        limits::check(builder.metadata(), bytes)?;
        Ok(Source { builder, bytes })
    }

    /// The value of a key of the file's metadata.
    pub(crate) fn metadata(&self, key: &str) -> Option<&str> {
        let pairs = self.builder.metadata().file_metadata().key_value_metadata()?;
        pairs.iter().find(|pair| pair.key == key)?.value.as_deref()
    }

    /// The batches of rows, in order.
    pub(crate) fn batches(self) -> std::result::Result<ParquetRecordBatchReader, Problem> {
        let rows = limits::batch_rows(self.builder.metadata());
        Ok(self.builder.with_batch_size(rows).build()?)
    }
}

/// The next batch, or `None` at the end.
pub(crate) fn next(reader: &mut ParquetRecordBatchReader) -> std::result::Result<Option<RecordBatch>, Problem> {
    Ok(reader.next().transpose()?)
}
