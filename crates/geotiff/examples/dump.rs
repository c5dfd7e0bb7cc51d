//! Prints what the reader says of a file: `dump FILE` the samples, band by band, little endian; `dump FILE --by-rows` the
//! same, but one row of blocks after the other (each band by band), so that any size streams; `dump FILE --facts` the
//! facts as JSON; `dump FILE --mask` one byte a pixel; `--level N` the same of overview N.

use std::io::Write;
use std::process::ExitCode;

use mutirao_core::raster::{Block, BlockContent, BlockIndex, Interleave, RasterFacts, RasterSource, Samples};
use mutirao_geotiff::GeoTiff;

type Failure = Box<dyn std::error::Error>;

/// The rows of one row of blocks: little-endian bytes of each band, and the mask.
struct Rows {
    planes: Vec<Vec<u8>>,
    mask: Vec<u8>,
}

/// Little-endian bytes of every `step`-th sample of a stretch of a block.
fn bytes_of(samples: &Samples, from: usize, step: usize, count: usize) -> Vec<u8> {
    match samples {
        Samples::Uint8(v) => v[from..].iter().step_by(step).take(count).copied().collect(),
        Samples::Uint16(v) => v[from..].iter().step_by(step).take(count).flat_map(|s| s.to_le_bytes()).collect(),
        Samples::Int16(v) => v[from..].iter().step_by(step).take(count).flat_map(|s| s.to_le_bytes()).collect(),
    }
}

fn put(rows: &mut Rows, facts: &RasterFacts, index: BlockIndex, block: &Block) {
    let (width, bytes) = (facts.width as usize, facts.dtype.bytes());
    let left = (index.col * facts.block_width) as usize;
    let count = (block.width as usize).min(width - left);
    let step = usize::from(block.samples_per_pixel);
    let empty = facts.nodata.unwrap_or(0).to_le_bytes();
    for y in 0..rows.mask.len() / width {
        let (from, to) = (y * block.width as usize, y * width + left);
        for sample in 0..step {
            let line = match &block.content {
                BlockContent::Empty => empty[..bytes].repeat(count),
                BlockContent::Constant(value) => value.to_le_bytes()[..bytes].repeat(count),
                BlockContent::Samples(samples) => bytes_of(samples, from * step + sample, step, count),
            };
            rows.planes[usize::from(index.band) + sample][to * bytes..][..line.len()].copy_from_slice(&line);
        }
        if let Some(valid) = &block.valid {
            rows.mask[to..to + count].copy_from_slice(&valid[from..from + count]);
        }
    }
}

fn read_rows(tiff: &GeoTiff, row: u32) -> Result<Rows, Failure> {
    let facts = tiff.facts();
    let height = facts.block_height.min(facts.height - row * facts.block_height);
    let pixels = facts.width as usize * height as usize;
    let plane = vec![0; pixels * facts.dtype.bytes()];
    let mut rows = Rows { planes: vec![plane; usize::from(facts.bands)], mask: vec![1; pixels] };
    let stored = if facts.interleave == Interleave::Planar { facts.bands } else { 1 };
    for band in 0..stored {
        for col in 0..facts.blocks_across() {
            let index = BlockIndex { band, col, row };
            put(&mut rows, facts, index, &tiff.read_block(index)?);
        }
    }
    Ok(rows)
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
    let mut planes = vec![Vec::new(); usize::from(tiff.facts().bands)];
    for row in 0..tiff.facts().blocks_down() {
        let rows = read_rows(&tiff, row)?;
        if has("--mask") {
            out.write_all(&rows.mask)?;
        } else if has("--by-rows") {
            rows.planes.iter().try_for_each(|plane| out.write_all(plane))?;
        } else {
            planes.iter_mut().zip(rows.planes).for_each(|(plane, rows)| plane.extend(rows));
        }
    }
    planes.iter().try_for_each(|plane| out.write_all(plane))?;
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
