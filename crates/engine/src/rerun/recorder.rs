//! What a run records of its tiles while it is at work: one tile after another, compressed, on disk.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::{digest::Digest, tile::TileRecord};
use crate::{
    error::{EngineError, Result},
    shelf::Shelf,
};

/// Effort of the compression: little, since every tile of every run pays it.
const LEVEL: i32 = 1;

/// Where the tiles of a run are recorded.
#[derive(Debug)]
pub struct Recorder {
    shelf: Shelf,
    path: std::path::PathBuf,
    layers: usize,
    tiles: Mutex<Vec<Option<Noted>>>,
}

/// Where the record of a tile lies, and what it saw of territories: by kind of polygons, the others' digests are 0.
#[derive(Debug, Clone)]
pub struct Noted {
    /// Offset in bytes.
    pub offset: u64,
    /// Bytes.
    pub len: u32,
    /// By kind of territories.
    pub zones: Vec<Digest>,
}

/// What a run recorded.
#[derive(Debug)]
pub struct Recorded {
    pub(super) shelf: Shelf,
    /// By place.
    pub(super) tiles: Vec<Option<Noted>>,
}

impl Recorder {
    /// For so many tiles and layers; what is recorded lies in a file at `path` until it is dropped.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub fn create(path: &Path, tiles: usize, layers: usize) -> Result<Self> {
        Ok(Recorder {
            shelf: Shelf::create(path)?,
            path: path.to_owned(),
            layers,
            tiles: Mutex::new(vec![None; tiles]),
        })
    }

    /// Records a tile.
    ///
    /// # Errors
    /// A full disk.
    pub fn note(&self, place: usize, tile: &TileRecord, zones: Vec<Digest>) -> Result<()> {
        let packed = zstd::bulk::compress(&tile.to_bytes(self.layers), LEVEL);
        self.note_packed(place, &packed.map_err(EngineError::io("write", &self.path))?, zones)
    }

    /// Records a tile as an earlier record has it.
    ///
    /// # Errors
    /// A full disk.
    pub fn note_packed(&self, place: usize, packed: &[u8], zones: Vec<Digest>) -> Result<()> {
        let offset = self.shelf.reserve(packed.len() as u64);
        self.shelf.write(packed, offset)?;
        let noted = Noted { offset, len: packed.len() as u32, zones };
        self.tiles.lock().unwrap_or_else(PoisonError::into_inner)[place] = Some(noted);
        Ok(())
    }

    /// All that was recorded.
    pub fn finish(self) -> Recorded {
        Recorded { shelf: self.shelf, tiles: self.tiles.into_inner().unwrap_or_else(PoisonError::into_inner) }
    }
}
