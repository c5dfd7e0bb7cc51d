//! Prints what the reader says of a file: `dump FILE` the samples, band by band, little endian; `dump FILE --facts` the
//! facts as JSON; `dump FILE --mask` one byte a pixel; `--level N` the same of overview N.

use std::io::Write;
use std::process::ExitCode;

use mutirao_core::raster::{BlockContent, BlockIndex, Interleave, RasterSource};
use mutirao_geotiff::GeoTiff;

type Failure = Box<dyn std::error::Error>;

/// The whole raster in memory: one plane of little-endian bytes a band, and the mask.
fn read_all(tiff: &GeoTiff) -> Result<(Vec<Vec<u8>>, Vec<u8>), Failure> {
    let facts = tiff.facts();
    let (width, height) = (facts.width as usize, facts.height as usize);
    let bytes = facts.dtype.bytes();
    let mut planes = vec![vec![0u8; width * height * bytes]; usize::from(facts.bands)];
    let mut mask = vec![1u8; width * height];
    let stored = if facts.interleave == Interleave::Planar { facts.bands } else { 1 };
    for band in 0..stored {
        for row in 0..facts.blocks_down() {
            for col in 0..facts.blocks_across() {
                let block = tiff.read_block(BlockIndex { band, col, row })?;
                let per_pixel = usize::from(block.samples_per_pixel);
                let (left, top) = ((col * facts.block_width) as usize, (row * facts.block_height) as usize);
                for y in 0..(block.height as usize).min(height - top) {
                    for x in 0..(block.width as usize).min(width - left) {
                        let from = y * block.width as usize + x;
                        let to = (top + y) * width + left + x;
                        for sample in 0..per_pixel {
                            let value = match &block.content {
                                BlockContent::Empty => facts.nodata.unwrap_or(0),
                                BlockContent::Samples(samples) => samples.get(from * per_pixel + sample),
                            };
                            let plane = &mut planes[usize::from(band) + sample];
                            plane[to * bytes..(to + 1) * bytes].copy_from_slice(&value.to_le_bytes()[..bytes]);
                        }
                        if let Some(valid) = &block.valid {
                            mask[to] = valid[from];
                        }
                    }
                }
            }
        }
    }
    Ok((planes, mask))
}

fn run() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().ok_or("which file?")?;
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let mut tiff = GeoTiff::open(path.as_ref())?;
    let overviews = tiff.overviews();
    if let Some(place) = arguments.iter().position(|argument| argument == "--level") {
        tiff = tiff.level(arguments.get(place + 1).ok_or("which level?")?.parse()?)?;
    }
    let mut out = std::io::stdout().lock();
    if has("--facts") {
        let mut facts = serde_json::to_value(tiff.facts())?;
        facts["overviews"] = overviews.into();
        writeln!(out, "{facts}")?;
        return Ok(());
    }
    let (planes, mask) = read_all(&tiff)?;
    if has("--mask") {
        out.write_all(&mask)?;
    } else {
        planes.iter().try_for_each(|plane| out.write_all(plane))?;
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
