//! What is coded is decoded by two other implementations, and is as small as it should be.

use std::io::Read;

use libdeflater::{CompressionLvl, Compressor, Decompressor};
use proptest::prelude::*;

use super::*;

fn by_rows(data: &[u8], sample: usize, row: usize) -> Vec<u8> {
    let mut out = vec![];
    RowDeflater::new(sample, row).compress(data, &mut out);
    out
}

fn by_libdeflate(data: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::new(6).unwrap());
    let mut out = vec![0; compressor.zlib_compress_bound(data.len())];
    let len = compressor.zlib_compress(data, &mut out).unwrap();
    out.truncate(len);
    out
}

fn tile_deflater(sample: usize, row: usize) -> TileDeflater {
    TileDeflater::new(sample, row, CompressionLvl::new(6).unwrap())
}

/// Decoded by libdeflate and by zlib-rs, to the last byte of the stream.
fn assert_decodes(coded: &[u8], data: &[u8]) {
    let mut back = vec![0; data.len()];
    assert_eq!(Decompressor::new().zlib_decompress(coded, &mut back), Ok(data.len()));
    assert!(back == data, "libdeflate reads something else");
    let mut decoder = flate2::read::ZlibDecoder::new(coded);
    back.clear();
    decoder.read_to_end(&mut back).unwrap();
    assert!(back == data, "zlib reads something else");
    assert_eq!(decoder.total_in(), coded.len() as u64);
}

fn assert_round_trip(data: &[u8], sample: usize, row: usize) {
    assert_decodes(&by_rows(data, sample, row), data);
    let mut out = vec![];
    tile_deflater(sample, row).compress(data, &mut out).unwrap();
    assert_decodes(&out, data);
}

/// Numbers that look random and are always the same (xorshift).
fn noise(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % below
    }
}

/// Patches of the classes nearest to scattered points, with single pixels of other classes, one in `speckle`.
fn land_cover(side: usize, points: u64, speckle: u64, seed: u64) -> Vec<u8> {
    let mut random = noise(seed);
    let points: Vec<_> = (0..points)
        .map(|_| (random(side as u64) as i64, random(side as u64) as i64, random(7) as u8 * 3 + 1))
        .collect();
    let mut tile = Vec::with_capacity(side * side);
    for y in 0..side as i64 {
        for x in 0..side as i64 {
            let (wave_x, wave_y) = (x + (y * y / 37) % 5, y + (x * x / 53) % 7);
            let near = points.iter().min_by_key(|(px, py, _)| (px - wave_x).pow(2) + (py - wave_y).pow(2));
            let class = near.map_or(0, |point| point.2);
            tile.push(if random(speckle) == 0 { random(22) as u8 } else { class });
        }
    }
    tile
}

fn wide(tile: &[u8]) -> Vec<u8> {
    tile.iter().flat_map(|value| (u16::from(*value) * 301).to_le_bytes()).collect()
}

/// Runs, noise of few and of all values, and repeats of what was there, in any mixture.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        (any::<u8>(), 1usize..700).prop_map(|(value, n)| vec![value; n]),
        prop::collection::vec(0u8..3, 1..300),
        prop::collection::vec(any::<u8>(), 1..300),
        (prop::collection::vec(any::<u8>(), 1..9), 1usize..60).prop_map(|(few, n)| few.repeat(n)),
        (prop::collection::vec((0u8..5, 1usize..20), 1..20), 1usize..9).prop_map(|(runs, rows)| {
            let row: Vec<u8> = runs.into_iter().flat_map(|(value, n)| vec![value; n]).collect();
            row.repeat(rows)
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn every_mixture_comes_back(
        pieces in prop::collection::vec(piece(), 0..12), cut in 0usize..5000, sample in 1usize..3, row in 1usize..600
    ) {
        let mut data = pieces.concat();
        data.truncate(cut);
        assert_round_trip(&data, sample, row * sample);
    }
}

#[test]
fn every_small_size_comes_back() {
    let tile = land_cover(64, 40, 9, 1);
    for len in (0..200).chain([254, 255, 256, 257, 258, 259, 260, 261, 515, 516, 517, 518, 519, 520, 521, 4096]) {
        assert_round_trip(&tile[..len], 1, 64);
        assert_round_trip(&vec![7; len], 1, 64);
        assert_round_trip(&wide(&tile)[..len], 2, 128);
    }
    for len in 0..5000 {
        let data = &tile[..len.min(tile.len())];
        assert_eq!(
            Decompressor::new().zlib_decompress(&by_rows(data, 1, 64), &mut vec![0; data.len()]),
            Ok(data.len())
        );
    }
}

#[test]
fn the_same_tile_gives_the_same_bytes_whatever_came_before() {
    let (one, other) = (land_cover(128, 90, 30, 2), land_cover(128, 9, 3, 3));
    let mut used = tile_deflater(1, 128);
    let mut out = vec![];
    used.compress(&other, &mut out).unwrap();
    out.clear();
    used.compress(&one, &mut out).unwrap();
    let mut fresh = vec![];
    tile_deflater(1, 128).compress(&one, &mut fresh).unwrap();
    assert!(out == fresh);
}

#[test]
fn land_cover_is_not_larger_than_by_libdeflate() {
    for (points, speckle) in [(5, 100_000), (60, 2000), (300, 200), (300, 20), (40, 6)] {
        let tile = land_cover(256, points, speckle, points + speckle);
        for (data, sample) in [(tile.clone(), 1), (wide(&tile), 2)] {
            let mut out = vec![];
            tile_deflater(sample, 256 * sample).compress(&data, &mut out).unwrap();
            assert_decodes(&out, &data);
            let theirs = by_libdeflate(&data).len();
            assert!(out.len() * 100 <= theirs * 101, "{points} {speckle} {sample}: {} > {theirs}", out.len());
        }
    }
}

#[test]
fn patterns_that_rows_do_not_show_are_left_to_libdeflate() {
    let checks: Vec<u8> = (0..512 * 512).map(|i| ((i + i / 512) % 2) as u8).collect();
    let mut out = vec![];
    tile_deflater(1, 512).compress(&checks, &mut out).unwrap();
    assert_decodes(&out, &checks);
    assert!(out == by_libdeflate(&checks));
}

#[test]
fn constant_tiles_take_next_to_nothing() {
    let coded = by_rows(&vec![9; 512 * 512], 1, 512);
    assert_decodes(&coded, &vec![9; 512 * 512]);
    assert!(coded.len() <= by_libdeflate(&vec![9; 512 * 512]).len() + 8, "{}", coded.len());
}

#[test]
fn noise_is_stored_in_pieces_of_65_535_bytes() {
    let mut random = noise(5);
    for len in [65_534usize, 65_535, 65_536, 131_070, 131_071, 300_000] {
        let data: Vec<u8> = (0..len).map(|_| random(256) as u8).collect();
        let coded = by_rows(&data, 1, 512);
        assert_decodes(&coded, &data);
        assert!(coded.len() <= len + 6 + 5 * len.div_ceil(65_535) + 5 * len.div_ceil(BLOCK), "{len}: {}", coded.len());
    }
}

#[test]
fn rows_at_the_farthest_distance_and_beyond() {
    for row in [32_767, 32_768, 32_769, 40_000] {
        let mut random = noise(row as u64);
        let first: Vec<u8> = (0..row).map(|_| random(4) as u8).collect();
        let data = first.repeat(3);
        let coded = by_rows(&data, 1, row);
        assert_decodes(&coded, &data);
        if row <= 32_768 {
            assert!(coded.len() < row / 3, "rows are matched: {}", coded.len());
        }
    }
}

#[test]
fn all_lengths_of_runs_and_of_matches_with_the_row_above() {
    for len in 1..600 {
        let row: Vec<u8> = [vec![1; 3], vec![2; len], vec![3, 4, 5], vec![6; len]].concat();
        assert_round_trip(&row.repeat(4), 1, row.len());
        let lone: Vec<u8> = [row.clone(), row.iter().map(|v| v ^ u8::from(*v == 4)).collect(), row.clone()].concat();
        assert_round_trip(&lone, 1, row.len());
    }
}
