//! The spool: encoded tiles on disk until their file is put together. A COG wants its overviews first, and they are known last.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use tracing::debug_span;

use crate::{error::Result, shelf::Shelf};

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
    shelf: Shelf,
    tiles: Mutex<HashMap<TileKey, Stored>>,
}

impl Spool {
    /// A new spool; its file is removed when it is dropped.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub fn create(path: &Path) -> Result<Self> {
        Ok(Spool { shelf: Shelf::create(path)?, tiles: Mutex::default() })
    }

    /// Stores bytes.
    ///
    /// # Errors
    /// Where they cannot be written: a full disk.
    pub fn store(&self, bytes: &[u8]) -> Result<Stored> {
        let _writing = debug_span!("write").entered();
        let offset = self.shelf.reserve(bytes.len() as u64);
        self.shelf.write(bytes, offset)?;
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
    pub fn read(&self, stored: Stored, into: &mut Vec<u8>) -> Result<()> {
        into.resize(stored.len as usize, 0);
        self.shelf.read(into, stored.offset)
    }
}
