//! Tables of any length, written and read piece by piece.

use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use crate::batch::Batch;
use crate::error::{Error, Problem, Result};
use crate::source::{Source, guarded};
use crate::table::{Batches, Row};
use crate::writer::{SLICE, Writer};

/// A table being written, piece by piece: memory holds one row group, compressed, whatever the number of rows.
pub struct RowWriter<R> {
    path: PathBuf,
    /// `None` after a failure.
    writer: Option<Writer>,
    /// Rows not yet handed on: always fewer than a slice, so that the bytes of the file do not depend on how the rows were
    /// divided among calls.
    pending: Vec<R>,
}

impl<R: Row + Clone> RowWriter<R> {
    /// Creates the file, or empties it.
    pub fn new(path: &Path) -> Result<Self> {
        let writer = Writer::create(path, R::fields(), None).map_err(Error::at(path))?;
        Ok(RowWriter { path: path.to_path_buf(), writer: Some(writer), pending: Vec::new() })
    }

    /// Adds rows, in the order given: the caller sorts, over all calls. After an error the file is of no use.
    pub fn push(&mut self, mut rows: &[R]) -> Result<()> {
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
            writer.push(R::columns(&self.pending)).map_err(&at)?;
            self.pending.clear();
        }
        self.writer = Some(writer);
        Ok(())
    }
}

/// A file being read, at most some thousands of rows at a time. After an error there is nothing more.
pub(crate) struct Pieces {
    path: PathBuf,
    /// `None` at the end and after a failure.
    batches: Option<Batches>,
}

impl Pieces {
    /// Of a file that was opened.
    pub(crate) fn new(path: &Path, source: Source) -> std::result::Result<Self, Problem> {
        Ok(Pieces { path: path.to_path_buf(), batches: Some(Batches::new(source)?) })
    }

    /// What `convert` makes of the next rows.
    pub(crate) fn next<T>(
        &mut self,
        convert: impl FnOnce(&Batch<'_>) -> std::result::Result<T, Problem>,
    ) -> Option<Result<T>> {
        let mut batches = self.batches.take()?;
        let next = guarded(&self.path, || {
            let next = batches.next(convert)?;
            Ok(next.map(|(rows, _)| (rows, batches)))
        });
        let (rows, batches) = match next.transpose()? {
            Ok(next) => next,
            Err(error) => return Some(Err(error)),
        };
        self.batches = Some(batches);
        Some(Ok(rows))
    }
}

/// A table being read, at most some thousands of rows at a time. After an error there is nothing more.
pub struct RowReader<R> {
    pieces: Pieces,
    rows: PhantomData<R>,
}

impl<R: Row> RowReader<R> {
    /// Opens the file.
    pub fn open(path: &Path) -> Result<Self> {
        let pieces = guarded(path, || Pieces::new(path, Source::open(path)?))?;
        Ok(RowReader { pieces, rows: PhantomData })
    }
}

impl<R: Row> Iterator for RowReader<R> {
    type Item = Result<Vec<R>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pieces.next(R::rows)
    }
}
