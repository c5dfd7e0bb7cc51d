//! What the writer writes, the reader reads.

use std::collections::BTreeMap;
use std::io;

use mutirao_core::raster::{BlockContent, BlockIndex, DType, GeoKeys, GeoTransform, Interleave, RasterSource, Samples};
use proptest::prelude::*;

use super::*;
use crate::{Decoder, GeoTiff};

type Place = (u16, usize, u32, u32);

/// Tiles in memory; what is not there is sparse.
#[derive(Default)]
struct Memory(BTreeMap<Place, Vec<u8>>);

impl TileStore for Memory {
    fn len(&self, band: u16, level: usize, col: u32, row: u32) -> u64 {
        self.0.get(&(band, level, col, row)).map_or(0, |bytes| bytes.len() as u64)
    }

    fn read(&self, band: u16, level: usize, col: u32, row: u32, into: &mut Vec<u8>) -> io::Result<()> {
        into.clone_from(&self.0[&(band, level, col, row)]);
        Ok(())
    }
}

fn spec(width: u32, height: u32, bands: u16, dtype: DType, compression: Compression) -> CogSpec {
    CogSpec {
        width,
        height,
        tile: 16,
        bands,
        dtype,
        compression,
        nodata: Some(0),
        palette: (bands == 1).then(|| vec![[0; 3], [255, 128, 1], [7, 8, 9]]),
        transform: GeoTransform([405000.0, 30.0, 0.0, 180000.0, 0.0, -30.0]),
        geo_keys: GeoKeys {
            directory: vec![1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 31976],
            doubles: vec![],
            ascii: "SIRGAS 2000|".to_owned(),
        },
        band_descriptions: (0..bands).map(|band| format!("band <{band}> & \"more\"")).collect(),
        metadata: vec![("TITLE".to_owned(), "a < b & c".to_owned())],
        band_statistics: vec![],
        overview_resampling: "NEAREST".to_owned(),
    }
}

/// A value for each sample: patches of classes with some noise.
fn value(band: u16, level: usize, x: u32, y: u32, dtype: DType) -> u16 {
    let noise = x.wrapping_mul(31) ^ y.wrapping_mul(17) ^ u32::from(band) ^ level as u32;
    let class = if noise.is_multiple_of(11) { noise } else { x / 5 + y / 7 };
    match dtype {
        DType::Uint8 => (class % 251) as u16,
        _ => (class.wrapping_mul(257) % 65_521) as u16,
    }
}

fn encode_all(spec: &CogSpec) -> Memory {
    let mut encoder = TileEncoder::new(spec).unwrap();
    let mut store = Memory::default();
    for (index, level) in spec.levels().iter().enumerate() {
        for band in 0..spec.bands {
            for row in 0..level.tiles_down {
                for col in 0..level.tiles_across {
                    let samples = (0..spec.tile * spec.tile).map(|i| {
                        let (x, y) = (col * spec.tile + i % spec.tile, row * spec.tile + i / spec.tile);
                        value(band, index, x, y, spec.dtype)
                    });
                    let tile = match spec.dtype {
                        DType::Uint8 => {
                            encoder.encode(TileSamples::Uint8(&samples.map(|v| v as u8).collect::<Vec<_>>()))
                        }
                        _ => encoder.encode(TileSamples::Uint16(&samples.collect::<Vec<_>>())),
                    };
                    store.0.insert((band, index, col, row), tile.unwrap());
                }
            }
        }
    }
    store
}

fn write_and_open(spec: &CogSpec, store: &Memory) -> (GeoTiff, Vec<u8>, Assembled) {
    let mut bytes = Vec::new();
    let assembled = assemble(spec, store, &mut bytes).unwrap();
    assert_eq!(assembled.bytes, bytes.len() as u64);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &bytes).unwrap();
    (GeoTiff::open(file.path()).unwrap(), bytes, assembled)
}

fn compare_pixels(spec: &CogSpec, tiff: &GeoTiff, index: usize) {
    let facts = tiff.facts();
    for band in 0..spec.bands {
        for row in 0..facts.blocks_down() {
            for col in 0..facts.blocks_across() {
                let block = tiff.read_block(BlockIndex { band, col, row }).unwrap();
                assert_ne!(block.content, BlockContent::Empty);
                let samples = block.samples(facts).into_owned();
                assert_eq!(samples.dtype(), spec.dtype);
                for i in 0..samples.len() {
                    let (x, y) = (col * 16 + i as u32 % 16, row * 16 + i as u32 / 16);
                    assert_eq!(samples.get(i), i32::from(value(band, index, x, y, spec.dtype)));
                }
            }
        }
    }
}

fn compressions() -> impl Strategy<Value = Compression> {
    prop_oneof![
        Just(Compression::None),
        (1..=12).prop_map(|level| Compression::Deflate { level }),
        (1..=6).prop_map(|level| Compression::Zstd { level }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn written_and_read_back(
        width in 1u32..150, height in 1u32..150, bands in 1u16..4, wide in any::<bool>(), compression in compressions()
    ) {
        let dtype = if wide { DType::Uint16 } else { DType::Uint8 };
        let spec = spec(width, height, bands, dtype, compression);
        let store = encode_all(&spec);
        let (tiff, bytes, assembled) = write_and_open(&spec, &store);
        let facts = tiff.facts();
        prop_assert_eq!((facts.width, facts.height, facts.bands, facts.dtype), (width, height, bands, dtype));
        prop_assert_eq!((facts.nodata, facts.mask), (Some(0), false));
        prop_assert_eq!(facts.transform, Some(spec.transform));
        prop_assert_eq!(facts.geo_keys.as_ref(), Some(&spec.geo_keys));
        prop_assert_eq!(facts.interleave, if bands > 1 { Interleave::Planar } else { Interleave::Chunky });
        let descriptions: Vec<_> = spec.band_descriptions.iter().cloned().map(Some).collect();
        prop_assert_eq!(&facts.band_descriptions, &descriptions);
        if let Some(palette) = &spec.palette {
            let read = facts.palette.as_ref().unwrap();
            prop_assert_eq!(&read[..3], &palette[..]);
            prop_assert!(read[3..].iter().all(|colour| *colour == [0; 3]));
        }
        prop_assert!(!assembled.big);
        let levels = spec.levels();
        prop_assert_eq!(tiff.overviews() + 1, levels.len());
        compare_pixels(&spec, &tiff, 0);
        for (index, level) in levels.iter().enumerate().skip(1) {
            let overview = tiff.level(index - 1).unwrap();
            prop_assert_eq!((overview.facts().width, overview.facts().height), (level.width, level.height));
            prop_assert_eq!(overview.facts().nodata, Some(0));
            compare_pixels(&spec, &overview, index);
        }
        let mut again = Vec::new();
        assemble(&spec, &encode_all(&spec), &mut again).unwrap();
        prop_assert!(again == bytes);
    }
}

#[test]
fn absent_tiles_are_sparse() {
    let spec = spec(40, 20, 1, DType::Uint8, Compression::Deflate { level: 6 });
    let mut store = encode_all(&spec);
    store.0.remove(&(0, 0, 1, 0));
    let (tiff, ..) = write_and_open(&spec, &store);
    let read = |col| tiff.read_block(BlockIndex { band: 0, col, row: 0 }).unwrap().content;
    assert_eq!(read(1), BlockContent::Empty);
    assert!(matches!(read(2), BlockContent::Samples(Samples::Uint8(_))));
}

#[test]
fn a_transform_with_rotation_or_rows_to_the_north_and_points() {
    for transform in [[5.0, 1.0, 0.25, 9.0, 0.5, -2.0], [5.0, 1.0, 0.0, 9.0, 0.0, 2.0], [5.0, 1.0, 0.0, 9.0, 0.0, -2.0]]
    {
        for raster_type in [1, 2] {
            let mut spec = spec(20, 20, 1, DType::Uint8, Compression::None);
            spec.transform = GeoTransform(transform);
            spec.geo_keys.directory[11] = raster_type;
            let (tiff, ..) = write_and_open(&spec, &encode_all(&spec));
            assert_eq!(tiff.facts().transform, Some(spec.transform));
        }
    }
}

#[test]
fn a_file_that_changes_is_noticed() {
    let spec = spec(20, 20, 1, DType::Uint8, Compression::None);
    let mut bytes = Vec::new();
    assemble(&spec, &encode_all(&spec), &mut bytes).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    std::fs::write(&path, &bytes).unwrap();
    let tiff = GeoTiff::open(&path).unwrap();
    assert!(tiff.is_unchanged(&path).unwrap());
    // Another file of the same bytes in its place, as an upload makes it.
    std::fs::write(folder.path().join("b.tif"), &bytes).unwrap();
    std::fs::rename(folder.path().join("b.tif"), &path).unwrap();
    assert!(!tiff.is_unchanged(&path).unwrap());
    std::fs::remove_file(&path).unwrap();
    assert!(tiff.is_unchanged(&path).is_err());
}

/// A store whose every tile has the same size, and whose content is never there.
struct Sizes(u64);

impl TileStore for Sizes {
    fn len(&self, _: u16, _: usize, _: u32, _: u32) -> u64 {
        self.0
    }

    fn read(&self, _: u16, _: usize, _: u32, _: u32, into: &mut Vec<u8>) -> io::Result<()> {
        into.clear();
        Ok(())
    }
}

#[test]
fn big_exactly_beyond_four_gibibytes() {
    let spec = spec(16, 16, 1, DType::Uint8, Compression::None);
    let header_of = |size| {
        let mut header = Vec::new();
        let refused = assemble(&spec, &Sizes(size), &mut header).unwrap_err();
        assert!(matches!(refused, CogError::Tile { have: 0, .. }), "{refused}");
        header
    };
    let classic = header_of(1000);
    let most = u64::from(u32::MAX) - classic.len() as u64 - 8;
    assert_eq!(header_of(most)[2], 42);
    let big = header_of(most + 1);
    assert_eq!(big[2], 43);
    assert!(big.windows(30).any(|bytes| bytes == b"GDAL_STRUCTURAL_METADATA_SIZE="));
    let refused = assemble(&spec, &Sizes(1 << 32), &mut Vec::new()).unwrap_err();
    assert!(matches!(refused, CogError::Tile { have: 0x1_0000_0000, .. }), "{refused}");
}

#[test]
fn contradictions_are_refused() {
    let good = spec(20, 20, 2, DType::Uint8, Compression::Zstd { level: 1 });
    good.check().unwrap();
    type Spoil = fn(&mut CogSpec);
    let bad: [(&str, Spoil); 8] = [
        ("0 x 20 pixels", |spec| spec.width = 0),
        ("tiles of 20 pixels", |spec| spec.tile = 20),
        ("no bands", |spec| spec.bands = 0),
        ("samples of int16", |spec| spec.dtype = DType::Int16),
        ("cannot stand in uint8", |spec| spec.nodata = Some(256)),
        ("colour table", |spec| spec.palette = Some(vec![])),
        ("1 descriptions for 2 bands", |spec| spec.band_descriptions.truncate(1)),
        ("ZSTD of level 0", |spec| spec.compression = Compression::Zstd { level: 0 }),
    ];
    for (what, spoil) in bad {
        let mut spec = good.clone();
        spoil(&mut spec);
        let refused = spec.check().unwrap_err().to_string();
        assert!(refused.contains(what), "{refused}");
    }
    let mut encoder = TileEncoder::new(&good).unwrap();
    assert!(matches!(encoder.encode(TileSamples::Uint16(&[0; 256])), Err(CogError::Samples { .. })));
    assert!(matches!(encoder.encode(TileSamples::Uint8(&[0; 255])), Err(CogError::Samples { .. })));
}

#[test]
fn stored_blocks_unpack_to_the_samples_that_reading_gives() {
    for compression in [Compression::Deflate { level: 6 }, Compression::Zstd { level: 3 }] {
        let spec = spec(70, 40, 2, DType::Uint8, compression);
        let store = encode_all(&spec);
        let (tiff, ..) = write_and_open(&spec, &store);
        let (mut decoder, mut raw, mut out) = (Decoder::default(), Vec::new(), Vec::new());
        let index = BlockIndex { band: 1, col: 4, row: 2 };
        assert!(tiff.fetch(index, &mut raw).unwrap());
        assert_eq!(raw, store.0[&(1, 0, 4, 2)]);
        tiff.unpack(index, &raw, &mut decoder, &mut out).unwrap();
        assert_eq!(tiff.read_block(index).unwrap().content, BlockContent::Samples(Samples::Uint8(out.clone())));
        let beyond = BlockIndex { band: 2, ..index };
        assert!(tiff.fetch(beyond, &mut raw).is_err() && tiff.unpack(beyond, &raw, &mut decoder, &mut out).is_err());
        assert!(tiff.unpack(index, b"no block", &mut decoder, &mut out).is_err());
    }
}
