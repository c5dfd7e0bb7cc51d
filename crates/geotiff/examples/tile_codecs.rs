//! Bytes and processor time of the tile encoder beside libdeflate's levels and zlib, on raw tiles of 512 x 512 uint8.
//!
//! `cargo run --release -p mutirao-geotiff --example tile_codecs -- ROUNDS [uint16] FILE.raw ...`: every file is a
//! sequence of tiles; with `uint16` each value becomes one of 16 bits, 1000 higher. All encoders take turns on every tile, so that what else the machine does weighs on all alike; of each
//! encoder and tile the quickest of the rounds counts.

use std::io::Write;
use std::time::Duration;

use flate2::{Compression as Level, write::ZlibEncoder};
use libdeflater::{CompressionLvl, Compressor, Decompressor};
use mutirao_core::raster::{DType, GeoKeys, GeoTransform};
use mutirao_geotiff::cog::{CogSpec, Compression, TileEncoder, TileSamples};
use rustix::time::{ClockId, clock_gettime};

const SIDE: usize = 512;
const TILE: usize = SIDE * SIDE;

type Encoder = Box<dyn FnMut(&[u8]) -> Vec<u8>>;

fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

fn spec(dtype: DType) -> CogSpec {
    CogSpec {
        width: SIDE as u32,
        height: SIDE as u32,
        tile: SIDE as u32,
        bands: 1,
        dtype,
        compression: Compression::Deflate { level: 6 },
        nodata: None,
        palette: None,
        transform: GeoTransform([0.0, 1.0, 0.0, 0.0, 0.0, -1.0]),
        geo_keys: GeoKeys { directory: vec![1, 1, 0, 0], doubles: vec![], ascii: String::new() },
        band_descriptions: vec![],
        metadata: vec![],
        band_statistics: vec![],
        overview_resampling: "MODE".to_owned(),
    }
}

fn ours(dtype: DType) -> Encoder {
    let mut encoder = TileEncoder::new(&spec(dtype)).expect("the specification is sound");
    Box::new(move |tile| {
        let wide: Vec<u16>;
        let samples = if dtype == DType::Uint8 {
            TileSamples::Uint8(tile)
        } else {
            wide = tile.as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
            TileSamples::Uint16(&wide)
        };
        encoder.encode(samples).expect("a tile of the file")
    })
}

fn libdeflate(level: i32) -> Encoder {
    let mut compressor = Compressor::new(CompressionLvl::new(level).expect("a level of libdeflate"));
    let mut room = vec![0; compressor.zlib_compress_bound(2 * TILE)];
    Box::new(move |tile| {
        let len = compressor.zlib_compress(tile, &mut room).expect("room enough");
        room[..len].to_vec()
    })
}

fn zlib(level: u32) -> Encoder {
    Box::new(move |tile| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Level::new(level));
        encoder.write_all(tile).expect("memory takes all");
        encoder.finish().expect("memory takes all")
    })
}

/// The bytes, and the quickest round; what was coded first is decoded and compared, outside the time.
fn measure(encoder: &mut Encoder, tile: &[u8], quickest: &mut Duration, first: bool) -> usize {
    let start = cpu();
    let coded = encoder(tile);
    *quickest = (*quickest).min(cpu() - start);
    if first {
        let mut back = vec![0; tile.len()];
        let len = Decompressor::new().zlib_decompress(&coded, &mut back).expect("a sound stream");
        assert!(len == tile.len() && back == tile, "the tile comes back");
    }
    coded.len()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let rounds: usize = arguments.next().and_then(|text| text.parse().ok()).expect("ROUNDS FILE.raw ...");
    let names = ["tile encoder", "libdeflate 4", "libdeflate 5", "libdeflate 6", "libdeflate 9", "zlib-rs 6"];
    let mut arguments = arguments.peekable();
    let wide = arguments.next_if(|word| word == "uint16").is_some();
    let (dtype, len) = if wide { (DType::Uint16, 2 * TILE) } else { (DType::Uint8, TILE) };
    for path in arguments {
        let mut raw = std::fs::read(&path).expect("a file of raw tiles");
        if wide {
            raw = raw.into_iter().flat_map(|value| (u16::from(value) + 1000).to_le_bytes()).collect();
        }
        let mut encoders = [ours(dtype), libdeflate(4), libdeflate(5), libdeflate(6), libdeflate(9), zlib(6)];
        let mut totals = [(0usize, Duration::ZERO); 6];
        for tile in raw.chunks_exact(len) {
            let mut quickest = [Duration::MAX; 6];
            let mut bytes = [0; 6];
            for round in 0..rounds {
                for (i, encoder) in encoders.iter_mut().enumerate() {
                    bytes[i] = measure(encoder, tile, &mut quickest[i], round == 0);
                }
            }
            for i in 0..6 {
                totals[i] = (totals[i].0 + bytes[i], totals[i].1 + quickest[i]);
            }
        }
        println!("{path}: {} tiles", raw.len() / len);
        let (bytes6, time6) = totals[3];
        for (name, (bytes, time)) in names.iter().zip(totals) {
            println!(
                "  {name:12}  {bytes:9} bytes {:6.3}  {:8.1} ms {:6.2} times libdeflate 6's speed",
                bytes as f64 / bytes6 as f64,
                time.as_secs_f64() * 1e3,
                time6.as_secs_f64() / time.as_secs_f64(),
            );
        }
    }
}
