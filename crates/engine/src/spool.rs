//! The spool: encoded tiles on disk until their file is put together. A COG wants its overviews first, and they are known last.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::error::{EngineError, Result};

/// Which tile of which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileKey {
    /// The band, by its place in [`crate::product::Band`]s.
    pub band: u16,
    /// The period's place.
    pub period: u16,
    /// The level: 0 is full resolution.
    pub level: u8,
    /// Column of tiles in the sheet.
    pub col: u32,
    /// Row of tiles in the sheet.
    pub row: u32,
}

/// Where bytes lie in the spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Offset in bytes.
    pub offset: u64,
    /// Bytes.
    pub len: u32,
}

/// Encoded tiles of one sheet.
#[derive(Debug)]
pub struct Spool {
    path: PathBuf,
    file: File,
    end: AtomicU64,
    tiles: Mutex<HashMap<TileKey, Stored>>,
}

impl Spool {
    /// A new spool; its file is removed when it is dropped.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub fn create(path: &Path) -> Result<Self> {
        let mut options = File::options();
        let file =
            options.read(true).write(true).create_new(true).open(path).map_err(EngineError::io("create", path))?;
        Ok(Spool { path: path.to_owned(), file, end: AtomicU64::new(0), tiles: Mutex::default() })
    }

    /// Stores bytes.
    ///
    /// # Errors
    /// Where they cannot be written: a full disk.
    pub fn store(&self, bytes: &[u8]) -> Result<Stored> {
        let offset = self.end.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.file.write_all_at(bytes, offset).map_err(EngineError::io("write", &self.path))?;
        Ok(Stored { offset, len: bytes.len() as u32 })
    }

    /// Says that a tile is what was stored. Several tiles may be the same bytes.
    pub fn insert(&self, key: TileKey, stored: Stored) {
        self.tiles.lock().unwrap_or_else(PoisonError::into_inner).insert(key, stored);
    }

    /// Where a tile is.
    pub fn find(&self, key: &TileKey) -> Option<Stored> {
        self.tiles.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied()
    }

    /// Reads what was stored.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(&self, stored: Stored, into: &mut Vec<u8>) -> std::io::Result<()> {
        into.resize(stored.len as usize, 0);
        self.file.read_exact_at(into, stored.offset)
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        // A file that cannot be removed is in a staging folder that is removed as a whole.
        let _ = std::fs::remove_file(&self.path);
    }
}
