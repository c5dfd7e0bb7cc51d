//! The shelf: bytes that wait on disk while a run is at work, in one file that only grows.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{EngineError, Result};

/// A file of bytes in waiting, written and read from any thread.
#[derive(Debug)]
pub struct Shelf {
    path: PathBuf,
    file: File,
    end: AtomicU64,
}

impl Shelf {
    /// A new shelf; its file is removed when it is dropped.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub fn create(path: &Path) -> Result<Self> {
        let mut options = File::options();
        let file =
            options.read(true).write(true).create_new(true).open(path).map_err(EngineError::io("create", path))?;
        Ok(Shelf { path: path.to_owned(), file, end: AtomicU64::new(0) })
    }

    /// Keeps room for `len` bytes and says at which offset.
    pub fn reserve(&self, len: u64) -> u64 {
        self.end.fetch_add(len, Ordering::Relaxed)
    }

    /// Writes into room that was reserved.
    ///
    /// # Errors
    /// Where the bytes cannot be written: a full disk.
    pub fn write(&self, bytes: &[u8], offset: u64) -> Result<()> {
        self.file.write_all_at(bytes, offset).map_err(EngineError::io("write", &self.path))
    }

    /// Fills a buffer from an offset.
    ///
    /// # Errors
    /// Where the bytes cannot be read.
    pub fn read(&self, into: &mut [u8], offset: u64) -> Result<()> {
        self.file.read_exact_at(into, offset).map_err(EngineError::io("read", &self.path))
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        // A file that cannot be removed is in a staging folder that is removed as a whole.
        let _ = std::fs::remove_file(&self.path);
    }
}
