//! Decoding: every stored block of every input, once.

use std::path::PathBuf;

use mutirao_core::raster::{BlockIndex, Interleave, RasterSource};
use mutirao_geotiff::{Decoder, GeoTiff};
use serde::Serialize;

use crate::{clock::Cost, crew::share, error::Error};

/// What decoding cost, and how much it was.
#[derive(Debug, Default, Serialize)]
pub struct Decoded {
    #[serde(flatten)]
    cost: Cost,
    /// Blocks of which something is stored.
    blocks: u64,
    /// As they are stored.
    stored_bytes: u64,
    /// As they come out.
    bytes: u64,
}

/// What a thread reuses and counts.
#[derive(Default)]
struct Own {
    decoder: Decoder,
    raw: Vec<u8>,
    out: Vec<u8>,
    done: Decoded,
}

/// Decodes the full resolution of these files. Reading them is part of it.
///
/// # Errors
/// Where a file cannot be opened, or a block not be read.
pub fn all(paths: &[PathBuf], threads: usize) -> Result<Decoded, Error> {
    let open = |path: &PathBuf| GeoTiff::open(path).map_err(|source| Error::Open { path: path.clone(), source });
    let files: Vec<GeoTiff> = paths.iter().map(open).collect::<Result<_, _>>()?;
    let jobs: Vec<(usize, BlockIndex)> =
        files.iter().enumerate().flat_map(|(file, tiff)| blocks(tiff).map(move |index| (file, index))).collect();
    let work = |own: &mut Own, &(file, index): &(usize, BlockIndex)| {
        let tiff = &files[file];
        let Own { decoder, raw, out, done } = own;
        let failed = |source| Error::Read { path: paths[file].clone(), source };
        if tiff.fetch(index, raw).map_err(failed)? {
            tiff.unpack(index, raw, decoder, out).map_err(failed)?;
            std::hint::black_box(&*out);
            done.blocks += 1;
            done.stored_bytes += raw.len() as u64;
            done.bytes += out.len() as u64;
        }
        Ok(())
    };
    let mut sum = Decoded::default();
    for Own { done, .. } in sum.cost.of(|| share(&jobs, threads, || Ok(Own::default()), work))? {
        sum.blocks += done.blocks;
        sum.stored_bytes += done.stored_bytes;
        sum.bytes += done.bytes;
    }
    Ok(sum)
}

/// All blocks of a raster, band by band and row by row.
pub fn blocks(tiff: &GeoTiff) -> impl Iterator<Item = BlockIndex> {
    let facts = tiff.facts();
    let planes = if facts.interleave == Interleave::Planar { facts.bands } else { 1 };
    let [across, down] = [facts.blocks_across(), facts.blocks_down()];
    (0..planes)
        .flat_map(move |band| (0..down).map(move |row| (band, row)))
        .flat_map(move |(band, row)| (0..across).map(move |col| BlockIndex { band, col, row }))
}
