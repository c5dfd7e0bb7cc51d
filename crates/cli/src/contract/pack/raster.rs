//! A raster of regions, cut to those of one partner.

use std::collections::HashMap;
use std::path::Path;

use mutirao_core::{
    grid::Window,
    raster::{DType, GeoTransform, RasterFacts, RasterSource},
    values::ValueSet,
};
use mutirao_engine::{
    finished::{Layer, Placed},
    plan::Opener,
};
use mutirao_geotiff::cog::{CogError, CogSpec, Compression, TileEncoder, TileSamples, TileStore, assemble};
use mutirao_mosaic::measure::NOTHING;

use crate::{command::Failure, exit::Exit, network::Tools};

/// Rasters of more pixels are packed as they are: their pixels are held in memory here.
const MOST: u64 = 400_000_000;

/// Pixels on a side of a tile.
const TILE: u32 = 512;

/// The regions of a partner, cut to what they span, as a GeoTIFF: what lies beyond is nothing all the same. None where the raster
/// is rather packed as it is.
///
/// # Errors
/// Where it cannot be read.
pub fn own_part(path: &Path, values: Option<&ValueSet>, tools: &Tools) -> Result<Option<Vec<u8>>, Failure> {
    let opened = tools.files().open(path).map_err(|refused| failed(refused.message, refused.mend))?;
    let facts = opened.source.facts();
    let pixels = u64::from(facts.width) * u64::from(facts.height);
    let (Some(transform), Some(geo_keys)) = (facts.transform, facts.geo_keys.clone()) else { return Ok(None) };
    if facts.dtype == DType::Int16 || pixels > MOST {
        return Ok(None);
    }
    let plane = read(path, &*opened.source, values)?;
    let Some(part) = bounds(&plane, facts.width) else { return Ok(None) };
    let Some(nodata) = nodata(facts, &plane) else { return Ok(None) };
    let [x, y] = transform.to_map(f64::from(part.col), f64::from(part.row));
    let t = transform.0;
    let spec = CogSpec {
        width: part.width,
        height: part.height,
        tile: TILE,
        bands: 1,
        dtype: facts.dtype,
        compression: Compression::Deflate { level: 9 },
        nodata: Some(nodata),
        palette: None,
        transform: GeoTransform([x, t[1], t[2], y, t[4], t[5]]),
        geo_keys,
        band_descriptions: Vec::new(),
        metadata: Vec::new(),
        band_statistics: Vec::new(),
        overview_resampling: "NEAREST".to_owned(),
    };
    let broken = |error: CogError| failed(format!("{}: {error}", path.display()), "see the message".to_owned());
    let value = |col: u32, row: u32| {
        let at = (part.row + row) as usize * facts.width as usize + (part.col + col) as usize;
        if plane[at] == NOTHING { nodata as u16 } else { plane[at] as u16 }
    };
    let tiles = Tiles::encode(&spec, value).map_err(broken)?;
    let mut bytes = Vec::new();
    assemble(&spec, &tiles, &mut bytes).map_err(broken)?;
    Ok(Some(bytes))
}

/// All pixels; nothing where no region of the partner is.
fn read(path: &Path, source: &dyn RasterSource, values: Option<&ValueSet>) -> Result<Vec<u32>, Failure> {
    let facts = source.facts();
    let whole = Window { col: 0, row: 0, width: facts.width, height: facts.height };
    let placed = Placed { path: path.to_owned(), source, band: 0, window: whole, nothing: facts.nodata };
    let layer = Layer { files: vec![placed] };
    let mut plane = vec![NOTHING; whole.pixels()];
    let step = facts.block_height.clamp(1, TILE);
    for (row, band) in (0..).step_by(step as usize).zip(plane.chunks_mut(step as usize * facts.width as usize)) {
        let window = Window { row, height: step.min(facts.height - row), ..whole };
        layer.read(&window, band).map_err(|error| Failure::of(&error))?;
    }
    let is_ours =
        |value: u32| values.is_none_or(|values| i32::try_from(value).is_ok_and(|value| values.contains(value)));
    plane.iter_mut().filter(|value| !is_ours(**value)).for_each(|value| *value = NOTHING);
    Ok(plane)
}

/// What the regions span.
fn bounds(plane: &[u32], width: u32) -> Option<Window> {
    let (mut span, mut rows): (Option<[u32; 2]>, Option<[u32; 2]>) = (None, None);
    for (row, line) in (0..).zip(plane.chunks_exact(width as usize)) {
        let first = line.iter().position(|value| *value != NOTHING);
        let last = line.iter().rposition(|value| *value != NOTHING);
        let (Some(first), Some(last)) = (first, last) else { continue };
        let [from, to] = span.unwrap_or([first as u32, last as u32]);
        span = Some([from.min(first as u32), to.max(last as u32)]);
        rows = Some([rows.map_or(row, |rows| rows[0]), row]);
    }
    let ([left, right], [top, bottom]) = (span?, rows?);
    Some(Window { col: left, row: top, width: right - left + 1, height: bottom - top + 1 })
}

/// A value for nothing: the raster's own, or one that no region has.
fn nodata(facts: &RasterFacts, plane: &[u32]) -> Option<i32> {
    let most = if facts.dtype == DType::Uint8 { 255 } else { 65_535 };
    let own = facts.nodata.filter(|value| (0..=most).contains(value));
    own.or_else(|| [0, most].into_iter().find(|value| !plane.contains(&(*value as u32))))
}

/// Encoded tiles by level, column and row.
struct Tiles(HashMap<(usize, u32, u32), Vec<u8>>);

impl Tiles {
    fn encode(spec: &CogSpec, value: impl Fn(u32, u32) -> u16) -> Result<Tiles, CogError> {
        let mut encoder = TileEncoder::new(spec)?;
        let mut tiles = HashMap::new();
        for (at, level) in spec.levels().into_iter().enumerate() {
            for (col, row) in (0..level.tiles_down).flat_map(|row| (0..level.tiles_across).map(move |col| (col, row))) {
                let place = |pixel: u32| [col * TILE + pixel % TILE, row * TILE + pixel / TILE];
                let sample = |pixel: u32| {
                    // Beyond the edge the last pixels stand.
                    let [x, y] = place(pixel);
                    value((x << at).min(spec.width - 1), (y << at).min(spec.height - 1))
                };
                let samples: Vec<u16> = (0..TILE * TILE).map(sample).collect();
                let encoded = match spec.dtype {
                    DType::Uint8 => {
                        let bytes: Vec<u8> = samples.iter().map(|sample| *sample as u8).collect();
                        encoder.encode(TileSamples::Uint8(&bytes))?
                    }
                    _ => encoder.encode(TileSamples::Uint16(&samples))?,
                };
                tiles.insert((at, col, row), encoded);
            }
        }
        Ok(Tiles(tiles))
    }
}

impl TileStore for Tiles {
    fn len(&self, _: u16, level: usize, col: u32, row: u32) -> u64 {
        self.0.get(&(level, col, row)).map_or(0, |tile| tile.len() as u64)
    }

    fn read(&self, _: u16, level: usize, col: u32, row: u32, into: &mut Vec<u8>) -> std::io::Result<()> {
        let tile = self.0.get(&(level, col, row)).ok_or(std::io::ErrorKind::NotFound)?;
        into.clone_from(tile);
        Ok(())
    }
}

fn failed(error: String, mend: String) -> Failure {
    Failure { error, help: Some(mend), exit: Exit::Findings }
}
