//! One pass over encoded tiles, and the file stands.

use std::io::{self, Write};

use super::header::{self, Tiles};
use super::{CogError, CogSpec, Level};

/// Bytes around each tile: its size before, its last four bytes again behind.
const LEADER: u64 = 4;
const TRAILER: u64 = 4;

/// Where encoded tiles lie until they are assembled.
pub trait TileStore {
    /// Bytes of a tile; 0 for a tile that is left out (sparse: readers see nodata, or 0 where none is declared).
    /// `level` 0 is the full resolution; `col` and `row` count tiles.
    fn len(&self, band: u16, level: usize, col: u32, row: u32) -> u64;

    /// Puts the bytes of a tile, exactly as many as [`TileStore::len`] says, into `into`, in place of what is there.
    ///
    /// # Errors
    /// What the system says.
    fn read(&self, band: u16, level: usize, col: u32, row: u32, into: &mut Vec<u8>) -> io::Result<()>;
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assembled {
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes before the first tile.
    pub header_bytes: u64,
    /// Whether it is a BigTIFF, as every file beyond 4 GiB is.
    pub big: bool,
}

/// Writes the file of `spec` out of the tiles of `store`, from its first byte to its last.
///
/// # Errors
/// [`CogError`]: the specification contradicts itself, a tile is not as long as the store said, or store or output
/// refuse.
pub fn assemble(spec: &CogSpec, store: &dyn TileStore, out: &mut impl Write) -> Result<Assembled, CogError> {
    spec.check()?;
    let levels = spec.levels();
    let mut tiles = levels
        .iter()
        .enumerate()
        .map(|(index, level)| sizes(spec, store, index, level))
        .collect::<Result<Vec<_>, _>>()?;
    let mut big = false;
    let mut header_bytes = header::bytes(spec, &levels, &tiles, big).len() as u64;
    if place(&mut tiles, header_bytes) > u64::from(u32::MAX) {
        big = true;
        header_bytes = header::bytes(spec, &levels, &tiles, big).len() as u64;
    }
    let bytes = place(&mut tiles, header_bytes);
    out.write_all(&header::bytes(spec, &levels, &tiles, big))?;
    let mut buffer = Vec::new();
    for (index, level) in levels.iter().enumerate().rev() {
        for (tile, size) in positions(spec, level).zip(&tiles[index].sizes) {
            write_tile(store, index, tile, *size, &mut buffer, out)?;
        }
    }
    Ok(Assembled { bytes, header_bytes, big })
}

/// (band, column, row) of all tiles of a level, in the order of the file.
fn positions(spec: &CogSpec, level: &Level) -> impl Iterator<Item = (u16, u32, u32)> {
    let Level { tiles_across, tiles_down, .. } = *level;
    (0..spec.bands)
        .flat_map(move |band| (0..tiles_down).flat_map(move |row| (0..tiles_across).map(move |col| (band, col, row))))
}

fn sizes(spec: &CogSpec, store: &dyn TileStore, index: usize, level: &Level) -> Result<Tiles, CogError> {
    let sizes = positions(spec, level)
        .map(|(band, col, row)| match store.len(band, index, col, row) {
            // The trailer repeats four bytes, the leader counts in four bytes.
            have @ (1..TRAILER | 0x1_0000_0000..) => {
                Err(CogError::Tile { band, level: index, col, row, have, due: TRAILER })
            }
            size => Ok(size),
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Tiles { offsets: vec![0; sizes.len()], sizes })
}

/// Gives every tile its offset, the smallest level first; the end of the file.
fn place(tiles: &mut [Tiles], header_bytes: u64) -> u64 {
    let mut at = header_bytes;
    for level in tiles.iter_mut().rev() {
        for (offset, size) in level.offsets.iter_mut().zip(&level.sizes) {
            *offset = if *size == 0 { 0 } else { at + LEADER };
            at += if *size == 0 { 0 } else { LEADER + size + TRAILER };
        }
    }
    at
}

fn write_tile(
    store: &dyn TileStore,
    level: usize,
    (band, col, row): (u16, u32, u32),
    size: u64,
    buffer: &mut Vec<u8>,
    out: &mut impl Write,
) -> Result<(), CogError> {
    if size == 0 {
        return Ok(());
    }
    store.read(band, level, col, row, buffer)?;
    let have = buffer.len() as u64;
    let mismatch = || CogError::Tile { band, level, col, row, have, due: size };
    let leader = u32::try_from(size).map_err(|_| mismatch())?;
    let trailer = buffer.last_chunk::<4>().filter(|_| have == size).ok_or_else(mismatch)?;
    out.write_all(&leader.to_le_bytes())?;
    out.write_all(buffer)?;
    out.write_all(trailer)?;
    Ok(())
}
