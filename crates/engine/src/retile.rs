//! Re-tiling into a bounded spool on disk, for files whose rows of blocks would not fit the budget: strips and stacks of many bands.
//!
//! The file is read once, a band of rows at a time, and written as small compressed tiles of one raster band each. From then on it is a
//! raster like any other.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mutirao_core::{
    grid::Window,
    raster::{Block, BlockContent, BlockIndex, DType, Interleave, RasterFacts, RasterSource, ReadError, Samples},
};

use crate::{
    cache::{BlockCache, blocks_of},
    error::{EngineError, Result},
    window::{Pixels, Read, read},
};

/// Columns of a spooled tile.
const TILE_WIDTH: u32 = 512;

/// Rows of a spooled tile: few, since those that lie across two rows of the coverage's tiles are kept between them.
pub const TILE_HEIGHT: u32 = 64;

/// Effort of the spool's compression: land cover shrinks well at the least of it.
const LEVEL: i32 = 1;

/// A raster in a spool.
struct Retiled {
    facts: RasterFacts,
    path: PathBuf,
    file: File,
    /// By band, row and column of tiles: offset and bytes.
    index: Vec<(u64, u32)>,
}

/// Re-tiles what a run needs of a raster, some bands of these windows, into a file at `path`, which lives as long as the raster that is
/// returned. Elsewhere it is empty.
///
/// # Errors
/// Where the input cannot be read (with `name` in the message) or the spool not be written.
pub fn retile(
    source: &Arc<dyn RasterSource>,
    name: &Path,
    bands: &[u16],
    windows: &[Window],
    path: &Path,
) -> Result<Arc<dyn RasterSource>> {
    let old = source.facts();
    let facts = RasterFacts {
        block_width: TILE_WIDTH,
        block_height: TILE_HEIGHT,
        interleave: Interleave::Planar,
        ..old.clone()
    };
    let mut options = File::options();
    let file = options.read(true).write(true).create_new(true).open(path).map_err(EngineError::io("create", path))?;
    let tiles = facts.blocks_across() as usize * facts.blocks_down() as usize * usize::from(facts.bands);
    let mut spooled = Retiled { facts, path: path.to_owned(), file, index: vec![(0, 0); tiles] };
    spooled.fill(source, name, bands, windows)?;
    Ok(Arc::new(spooled))
}

impl Retiled {
    fn place(&self, index: BlockIndex) -> usize {
        let [across, down] = [self.facts.blocks_across() as usize, self.facts.blocks_down() as usize];
        (usize::from(index.band) * down + index.row as usize) * across + index.col as usize
    }

    fn window(&self, col: u32, row: u32) -> Window {
        let facts = &self.facts;
        let width = facts.block_width.min(facts.width - col * facts.block_width);
        let height = facts.block_height.min(facts.height - row * facts.block_height);
        Window { col: col * facts.block_width, row: row * facts.block_height, width, height }
    }

    fn fill(&mut self, source: &Arc<dyn RasterSource>, name: &Path, bands: &[u16], windows: &[Window]) -> Result<()> {
        let needed = windows.iter().flat_map(|window| blocks_of(&self.facts, window));
        let places: BTreeSet<(u32, u32)> = needed.map(|(col, row)| (row, col)).collect();
        let windows = places.iter().map(|(row, col)| self.window(*col, *row));
        let cache = BlockCache::new(Arc::clone(source), windows);
        let fill = self.facts.nodata.unwrap_or(0);
        let mut end = 0;
        for (row, col) in places {
            let window = self.window(col, row);
            for band in bands {
                let pixels = read(&cache, *band, &window, fill)
                    .map_err(|error| EngineError::Input { path: name.to_owned(), source: error.duplicate() })?;
                let pixels = match pixels {
                    // What is not stored is read as that.
                    Read::Constant(value) if value == fill => continue,
                    Read::Constant(value) => {
                        let samples = Samples::filled(self.facts.dtype, window.pixels(), value);
                        Pixels { window, samples, valid: None }
                    }
                    Read::Pixels(pixels) => pixels,
                };
                let packed = pack(&pixels).map_err(EngineError::io("write", &self.path))?;
                self.file.write_all_at(&packed, end).map_err(EngineError::io("write", &self.path))?;
                let place = self.place(BlockIndex { band: *band, col, row });
                self.index[place] = (end, packed.len() as u32);
                end += packed.len() as u64;
            }
            cache.release(&window);
        }
        Ok(())
    }
}

/// Samples, then the mask if there is one, compressed.
fn pack(pixels: &Pixels) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    pixels.samples.append_bytes(&mut bytes);
    bytes.extend(pixels.valid.iter().flatten());
    zstd::bulk::compress(&bytes, LEVEL)
}

impl RasterSource for Retiled {
    fn facts(&self) -> &RasterFacts {
        &self.facts
    }

    fn read_block(&self, index: BlockIndex) -> std::result::Result<Block, ReadError> {
        let window = self.window(index.col, index.row);
        let (offset, len) = self.index[self.place(index)];
        let block =
            |content, valid| Block { width: window.width, height: window.height, samples_per_pixel: 1, content, valid };
        if len == 0 {
            return Ok(block(BlockContent::Empty, None));
        }
        let mut packed = vec![0; len as usize];
        let bytes = u64::from(len);
        self.file.read_exact_at(&mut packed, offset).map_err(|source| ReadError::Io { offset, bytes, source })?;
        let pixels = window.pixels();
        let sample = self.facts.dtype.bytes();
        let unpacked = zstd::bulk::decompress(&packed, pixels * (sample + 1))
            .map_err(|error| ReadError::Corrupt { index, what: format!("spool: {error}") })?;
        let (samples, valid) = unpacked.split_at((pixels * sample).min(unpacked.len()));
        let pairs = || samples.as_chunks::<2>().0.iter().copied();
        let samples = match self.facts.dtype {
            DType::Uint8 => Samples::Uint8(samples.to_vec()),
            DType::Uint16 => Samples::Uint16(pairs().map(u16::from_le_bytes).collect()),
            DType::Int16 => Samples::Int16(pairs().map(i16::from_le_bytes).collect()),
        };
        let valid = (valid.len() == pixels).then(|| valid.to_vec());
        Ok(block(BlockContent::Samples(samples), valid))
    }
}

impl Drop for Retiled {
    fn drop(&mut self) {
        // What cannot be removed lies in a staging folder that is removed as a whole.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Bytes of decoded blocks that wait, while tiles are done row by row, because a later row of tiles or of superblocks needs them too.
pub fn retained(facts: &RasterFacts, first_row: i64, step: u32) -> u64 {
    let bands = if facts.interleave == Interleave::Chunky { u64::from(facts.bands) } else { 1 };
    let row_bytes = u64::from(facts.width) * bands * facts.dtype.bytes() as u64;
    if facts.is_striped() {
        // Every strip spans all tiles of a row.
        return row_bytes * u64::from(step.max(facts.block_height));
    }
    let nested = step.is_multiple_of(facts.block_height) && first_row.rem_euclid(i64::from(facts.block_height)) == 0;
    if nested { 0 } else { row_bytes * u64::from(facts.block_height) }
}
