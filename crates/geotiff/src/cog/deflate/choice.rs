//! Which encoder a tile is for.

use libdeflater::{CompressionError, CompressionLvl, Compressor};

use super::RowDeflater;

/// Bytes in the middle of a tile that are looked at, at least.
const SAMPLE: usize = 16_384;

/// Encodes tiles of classes by their rows, and others by libdeflate.
pub(in crate::cog) struct TileDeflater {
    sample: usize,
    rows: RowDeflater,
    general: Compressor,
    room: Vec<u8>,
}

impl TileDeflater {
    /// `sample` and `row` in bytes; `level` is libdeflate's, where it is used.
    pub(in crate::cog) fn new(sample: usize, row: usize, level: CompressionLvl) -> TileDeflater {
        TileDeflater { sample, rows: RowDeflater::new(sample, row), general: Compressor::new(level), room: Vec::new() }
    }

    /// Appends the data as a zlib stream; the same data give the same stream, whatever was coded before.
    ///
    /// # Errors
    /// [`CompressionError`] as libdeflate gives it.
    pub(in crate::cog) fn compress(&mut self, data: &[u8], out: &mut Vec<u8>) -> Result<(), CompressionError> {
        if self.is_general(data)? {
            return compress_general(&mut self.general, data, out);
        }
        self.rows.compress(data, out);
        Ok(())
    }

    /// By the edges in the middle of the tile; where they leave it open, both encoders are tried there.
    fn is_general(&mut self, data: &[u8]) -> Result<bool, CompressionError> {
        let len = (data.len() / 8).max(SAMPLE).min(data.len());
        let middle = &data[(data.len() - len) / 2..][..len];
        let edges = middle.iter().zip(middle.get(self.sample..).unwrap_or_default()).filter(|(a, b)| a != b).count();
        // A class of two bytes is two literals here and half a match there: rows gain only where runs are long.
        let (few, many) = if self.sample == 1 { (len / 4, len) } else { (len / 64, len / 16) };
        if edges <= few || edges > many {
            return Ok(edges > many);
        }
        self.room.clear();
        self.rows.compress(middle, &mut self.room);
        let by_rows = self.room.len();
        self.room.clear();
        compress_general(&mut self.general, middle, &mut self.room)?;
        Ok(self.room.len() < by_rows)
    }
}

fn compress_general(general: &mut Compressor, data: &[u8], out: &mut Vec<u8>) -> Result<(), CompressionError> {
    let before = out.len();
    out.resize(before + general.zlib_compress_bound(data.len()), 0);
    let len = general.zlib_compress(data, &mut out[before..])?;
    out.truncate(before + len);
    Ok(())
}
