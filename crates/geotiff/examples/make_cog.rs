//! Writes a COG of made-up classes: `make_cog OUT WIDTH HEIGHT BANDS uint8|uint16 none|deflate|zstd [TILE] [--like FILE]
//! [--sparse]`. Sample (band, x, y) is `(7 * (x / 9) + 5 * (y / 7) + 11 * band) mod 60` (times 1001 for uint16);
//! overviews take every second pixel; `--sparse` leaves out tiles that are all 0. The CRS is that of `--like`.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use mutirao_core::raster::{DType, GeoKeys, GeoTransform, RasterSource};
use mutirao_geotiff::GeoTiff;
use mutirao_geotiff::cog::{CogSpec, Compression, Statistics, TileEncoder, TileSamples, TileStore, assemble};

type Failure = Box<dyn std::error::Error>;

struct Store(BTreeMap<(u16, usize, u32, u32), Vec<u8>>);

impl TileStore for Store {
    fn len(&self, band: u16, level: usize, col: u32, row: u32) -> u64 {
        self.0.get(&(band, level, col, row)).map_or(0, |tile| tile.len() as u64)
    }

    fn read(&self, band: u16, level: usize, col: u32, row: u32, into: &mut Vec<u8>) -> io::Result<()> {
        into.clone_from(self.0.get(&(band, level, col, row)).ok_or(io::ErrorKind::NotFound)?);
        Ok(())
    }
}

/// UTM zone 22S of SIRGAS 2000.
fn default_keys() -> GeoKeys {
    let directory = vec![1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 31_982];
    GeoKeys { directory, doubles: Vec::new(), ascii: String::new() }
}

fn spec(arguments: &[String], like: Option<&GeoTiff>) -> Result<CogSpec, Failure> {
    let text = |place: usize| arguments.get(place).map(String::as_str).ok_or("too few arguments");
    let bands: u16 = text(3)?.parse()?;
    let dtype = if text(4)? == "uint16" { DType::Uint16 } else { DType::Uint8 };
    let compression = match text(5)? {
        "deflate" => Compression::Deflate { level: 6 },
        "zstd" => Compression::Zstd { level: 3 },
        _ => Compression::None,
    };
    let statistics = Statistics { min: 0.0, max: 59.0, mean: 29.5, stddev: 17.25, valid_percent: 98.5 };
    Ok(CogSpec {
        width: text(1)?.parse()?,
        height: text(2)?.parse()?,
        tile: arguments.get(6).and_then(|tile| tile.parse().ok()).unwrap_or(64),
        bands,
        dtype,
        compression,
        nodata: Some(0),
        palette: (bands == 1).then(|| (0..60u8).map(|v| [v, 255 - v, v.wrapping_mul(4)]).collect()),
        transform: like
            .and_then(|like| like.facts().transform)
            .unwrap_or(GeoTransform([405_000.0, 30.0, 0.0, 180_000.0, 0.0, -30.0])),
        geo_keys: like.and_then(|like| like.facts().geo_keys.clone()).unwrap_or_else(default_keys),
        band_descriptions: (0..bands).map(|band| format!("{} & \"<é>\"", 1985 + band)).collect(),
        metadata: vec![("TITLE".to_owned(), "a < b & \"c\" é".to_owned())],
        band_statistics: vec![Some(statistics); usize::from(bands)],
        overview_resampling: "NEAREST".to_owned(),
    })
}

fn sample(spec: &CogSpec, band: u16, level: usize, x: u32, y: u32) -> u16 {
    let (x, y) = ((x << level).min(spec.width - 1), (y << level).min(spec.height - 1));
    let class = (7 * (x / 9) + 5 * (y / 7) + 11 * u32::from(band)) % 60;
    if spec.dtype == DType::Uint16 { class as u16 * 1001 } else { class as u16 }
}

fn encode_all(spec: &CogSpec, sparse: bool) -> Result<Store, Failure> {
    let mut encoder = TileEncoder::new(spec)?;
    let mut tiles = BTreeMap::new();
    for (index, level) in spec.levels().iter().enumerate() {
        for place in 0..u32::from(spec.bands) * level.tiles_down * level.tiles_across {
            let (col, row) = (place % level.tiles_across, place / level.tiles_across % level.tiles_down);
            let band = (place / level.tiles_across / level.tiles_down) as u16;
            let samples: Vec<u16> = (0..spec.tile * spec.tile)
                .map(|i| (col * spec.tile + i % spec.tile, row * spec.tile + i / spec.tile))
                .map(|(x, y)| if x < level.width && y < level.height { sample(spec, band, index, x, y) } else { 0 })
                .collect();
            if sparse && samples.iter().all(|value| *value == 0) {
                continue;
            }
            let narrow: Vec<u8> = samples.iter().map(|value| *value as u8).collect();
            let tile = match spec.dtype {
                DType::Uint8 => TileSamples::Uint8(&narrow),
                _ => TileSamples::Uint16(&samples),
            };
            tiles.insert((band, index, col, row), encoder.encode(tile)?);
        }
    }
    Ok(Store(tiles))
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let like = arguments.iter().position(|argument| argument == "--like").and_then(|place| arguments.get(place + 1));
    let like = like.map(|path| GeoTiff::open(path.as_ref())).transpose()?;
    let spec = spec(&arguments, like.as_ref())?;
    let store = encode_all(&spec, arguments.iter().any(|argument| argument == "--sparse"))?;
    let mut out = BufWriter::new(std::fs::File::create(arguments.first().ok_or("which file?")?)?);
    let assembled = assemble(&spec, &store, &mut out)?;
    out.flush()?;
    writeln!(io::stdout(), "{assembled:?}")?;
    Ok(())
}
