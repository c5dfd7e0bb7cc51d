//! Encoding: every tile of every raster and overview of a finished release, once.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use mutirao_core::raster::{BlockContent, BlockIndex, RasterSource, Samples};
use mutirao_geotiff::GeoTiff;
use serde::Serialize;

use crate::{
    clock::Cost,
    codec::{Codec, Packer},
    crew::share,
    decode::blocks,
    error::Error,
};

/// Tiles that are held at a time, so that memory does not grow with the map.
const BATCH: usize = 512;

/// What encoding cost, and how much it was.
#[derive(Debug, Default, Serialize)]
pub struct Encoded {
    #[serde(flatten)]
    cost: Cost,
    /// Tiles of more than one value.
    tiles: u64,
    /// Tiles of one value; of each value one is encoded.
    constant_tiles: u64,
    /// As they are encoded.
    packed_bytes: u64,
    /// As they were.
    bytes: u64,
}

/// Encodes all bands and levels of these files. Reading them does not count.
///
/// # Errors
/// Where a file cannot be read, or a compressor refuses.
pub fn all(paths: &[PathBuf], codec: Codec, threads: usize) -> Result<Encoded, Error> {
    let mut sum = Encoded::default();
    let mut values = HashSet::new();
    for path in paths {
        for level in levels(path)? {
            let places: Vec<BlockIndex> = blocks(&level).collect();
            for batch in places.chunks(BATCH) {
                let tiles = read(path, &level, batch, threads, &mut values, &mut sum)?;
                encode(&tiles, codec, threads, &mut sum)?;
            }
        }
    }
    Ok(sum)
}

/// The full resolution, then the overviews.
fn levels(path: &Path) -> Result<Vec<GeoTiff>, Error> {
    let opened = || {
        let full = GeoTiff::open(path)?;
        let overviews: Vec<GeoTiff> = (0..full.overviews()).map(|index| full.level(index)).collect::<Result<_, _>>()?;
        Ok(std::iter::once(full).chain(overviews).collect())
    };
    opened().map_err(|source| Error::Open { path: path.to_owned(), source })
}

/// The bytes of tiles that are to be encoded: one of each value, and all others.
fn read(
    path: &Path,
    level: &GeoTiff,
    batch: &[BlockIndex],
    threads: usize,
    values: &mut HashSet<(usize, i32)>,
    sum: &mut Encoded,
) -> Result<Vec<Vec<u8>>, Error> {
    let one = |held: &mut Vec<Samples>, &index: &BlockIndex| {
        let block = level.read_block(index).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        if let BlockContent::Samples(samples) = block.content {
            held.push(samples);
        }
        Ok(())
    };
    let mut tiles = Vec::new();
    for samples in share(batch, threads, || Ok(Vec::new()), one)?.into_iter().flatten() {
        let is_new = match samples.constant() {
            Some(value) => {
                sum.constant_tiles += 1;
                values.insert((samples.dtype().bytes(), value))
            }
            None => {
                sum.tiles += 1;
                true
            }
        };
        tiles.extend(is_new.then(|| bytes(samples)));
    }
    Ok(tiles)
}

fn bytes(samples: Samples) -> Vec<u8> {
    match samples {
        Samples::Uint8(values) => values,
        Samples::Uint16(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        Samples::Int16(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
    }
}

fn encode(tiles: &[Vec<u8>], codec: Codec, threads: usize, sum: &mut Encoded) -> Result<(), Error> {
    let state = || Ok((Packer::new(codec)?, 0));
    let work = |(packer, packed): &mut (Packer, u64), tile: &Vec<u8>| {
        *packed += packer.pack(tile)? as u64;
        Ok(())
    };
    let done = sum.cost.of(|| share(tiles, threads, state, work))?;
    sum.packed_bytes += done.iter().map(|(_, packed)| packed).sum::<u64>();
    sum.bytes += tiles.iter().map(|tile| tile.len() as u64).sum::<u64>();
    Ok(())
}
