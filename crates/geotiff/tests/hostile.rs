//! Other people's broken files: each is read, or refused by name; none panics, and none takes more than its share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mutirao_core::raster::{BlockContent, BlockIndex, Interleave, RasterSource};
use mutirao_geotiff::{GeoTiff, MAX_BLOCK_BYTES, OpenError};
use proptest::prelude::*;

/// How many blocks of one file are read at most; some declare millions.
const MAX_BLOCKS: usize = 64;

/// What came of a file: a word and the reason.
fn verdict(path: &Path) -> (&'static str, String) {
    let tiff = match GeoTiff::open(path) {
        Ok(tiff) => tiff,
        Err(error) => {
            let word = match error {
                OpenError::Io { .. } => "io",
                OpenError::NotTiff => "not a TIFF",
                OpenError::Corrupt { .. } => "corrupt",
                OpenError::Unsupported { .. } => "unsupported",
            };
            return (word, error.to_string());
        }
    };
    for level in 0..tiff.overviews() {
        if let Ok(overview) = tiff.level(level) {
            let _ = read_blocks(&overview);
        }
    }
    match read_blocks(&tiff) {
        Ok(blocks) => ("read", format!("{blocks} blocks")),
        Err(error) => ("corrupt block", error),
    }
}

fn read_blocks(tiff: &GeoTiff) -> Result<usize, String> {
    let facts = tiff.facts();
    let planes = if facts.interleave == Interleave::Planar { facts.bands } else { 1 };
    let places = (0..planes).flat_map(|band| {
        (0..facts.blocks_down())
            .flat_map(move |row| (0..facts.blocks_across()).map(move |col| BlockIndex { band, col, row }))
    });
    let mut read = 0;
    for index in places.take(MAX_BLOCKS) {
        let block = tiff.read_block(index).map_err(|error| error.to_string())?;
        let due = block.width as usize * block.height as usize;
        if let BlockContent::Samples(samples) = &block.content {
            assert_eq!(samples.len(), due * usize::from(block.samples_per_pixel));
            assert!(samples.len() as u64 * samples.dtype().bytes() as u64 <= MAX_BLOCK_BYTES);
        }
        assert!(block.valid.is_none_or(|valid| valid.len() == due));
        read += 1;
    }
    Ok(read)
}

fn tiffs_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            tiffs_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "tif" || extension == "tiff") {
            found.push(path);
        }
    }
}

fn shared() -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if shared.is_dir() {
        return Some(shared);
    }
    println!("skipped: ../shared is not here");
    None
}

#[test]
fn broken_files_have_verdicts() {
    let Some(shared) = shared() else { return };
    let mut paths = Vec::new();
    for folder in ["corpus", "data/broken-tiff", "data/oddities"] {
        tiffs_below(&shared.join(folder), &mut paths);
    }
    paths.sort();
    let mut counts = BTreeMap::new();
    for path in &paths {
        let (word, reason) = verdict(path);
        assert!(word != "io", "{}: {reason}", path.display());
        println!("{word:<14} {} — {reason}", path.strip_prefix(&shared).unwrap_or(path).display());
        *counts.entry(word).or_insert(0) += 1;
    }
    println!("{counts:?}");
    assert!(paths.len() > 200, "only {} files", paths.len());
}

#[test]
fn named_files_are_refused_for_their_own_reason() {
    let Some(shared) = shared() else { return };
    let due = [
        ("corpus/handmade/good.tif", "read", ""),
        ("corpus/handmade/tif_ifd_self_loop.tif", "corrupt", "returns to offset"),
        ("corpus/handmade/tif_truncated.tif", "corrupt", "passes the end of the file"),
        ("corpus/handmade/tif_nan_geotransform.tif", "corrupt", "not finite"),
        ("corpus/handmade/tif_nodata_text.tif", "corrupt", "is no number"),
        ("corpus/handmade/tif_strip_past_eof.tif", "corrupt block", "pass the end of the file"),
        ("corpus/handmade/tif_deflate_bomb_1GiB_tile.tif", "unsupported", "more than 64 MiB"),
        ("corpus/handmade/tif_tiles_1x.tif", "corrupt", "blocks are due"),
        ("corpus/libtiff-test/quad-lzw-compat.tiff", "unsupported", "before TIFF 6.0"),
        ("corpus/libtiff-test/test_two_ifds.tif", "unsupported", "2 images in one file"),
        ("corpus/libtiff-test/deflate-last-strip-extra-data.tiff", "read", ""),
        ("data/broken-tiff/autotest2-gcore/twoimages.tif", "unsupported", "2 images in one file"),
        ("data/oddities/complex.tif", "unsupported", "complex"),
    ];
    for (path, word, reason) in due {
        let (seen, said) = verdict(&shared.join(path));
        assert!(seen == word && said.contains(reason), "{path}: {seen}: {said}");
    }
}

/// A small file of ours whose bytes are then spoilt.
fn small_cog() -> Vec<u8> {
    use mutirao_core::raster::{DType, GeoKeys, GeoTransform};
    use mutirao_geotiff::cog::{CogSpec, Compression, TileEncoder, TileSamples, TileStore, assemble};
    struct Same(Vec<u8>);
    impl TileStore for Same {
        fn len(&self, _: u16, _: usize, _: u32, _: u32) -> u64 {
            self.0.len() as u64
        }
        fn read(&self, _: u16, _: usize, _: u32, _: u32, into: &mut Vec<u8>) -> std::io::Result<()> {
            into.clone_from(&self.0);
            Ok(())
        }
    }
    let spec = CogSpec {
        width: 40,
        height: 30,
        tile: 16,
        bands: 1,
        dtype: DType::Uint8,
        compression: Compression::Deflate { level: 6 },
        nodata: Some(0),
        palette: Some(vec![[1, 2, 3]]),
        transform: GeoTransform([0.0, 1.0, 0.0, 0.0, 0.0, -1.0]),
        geo_keys: GeoKeys { directory: vec![1, 1, 0, 1, 1024, 0, 1, 1], doubles: vec![1.5], ascii: "a|".to_owned() },
        band_descriptions: vec!["1985".to_owned()],
        metadata: vec![],
        band_statistics: vec![],
        overview_resampling: "MODE".to_owned(),
    };
    let tile = TileEncoder::new(&spec).and_then(|mut encoder| encoder.encode(TileSamples::Uint8(&[7; 256])));
    let mut bytes = Vec::new();
    assemble(&spec, &Same(tile.unwrap()), &mut bytes).unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn spoilt_files_are_answers(
        spoils in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = small_cog();
        // The directories, not the tiles nor the colours, are where a change has a meaning.
        for (place, value) in spoils {
            let place = place.index(700);
            bytes[place] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        verdict(file.path());
    }
}
