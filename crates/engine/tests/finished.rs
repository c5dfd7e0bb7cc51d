//! Patches of a coverage in memory: the same whatever the threads, memory, blocks and sheets.

use mutirao_core::{
    ellipsoid::Ellipsoid,
    grid::{Grid, Window},
    raster::{Block, BlockContent, BlockIndex, DType, Interleave, RasterFacts, RasterSource, ReadError, Samples},
    sink::Unobserved,
    values::ValueSet,
};
use mutirao_engine::{
    EngineError,
    areas::AreaFactors,
    finished::{Area, Finished, FinishedPeriod, Layer, Means, PatchPart, Placed, Wanted, patches, values_at},
};
use proptest::prelude::*;

/// An image of 16 bits, read in blocks.
struct Image {
    facts: RasterFacts,
    pixels: Vec<u16>,
}

impl Image {
    /// The part of an image that lies in a window.
    fn cut(pixels: &[u16], width: u32, window: Window, block: [u32; 2]) -> Self {
        let row = |row: u32| {
            let first = (row * width + window.col) as usize;
            &pixels[first..first + window.width as usize]
        };
        let facts = RasterFacts {
            width: window.width,
            height: window.height,
            bands: 1,
            dtype: DType::Uint16,
            block_width: block[0],
            block_height: block[1],
            interleave: Interleave::Chunky,
            compression: "none".into(),
            nodata: Some(0),
            mask: false,
            transform: None,
            geo_keys: None,
            band_descriptions: vec![None],
            palette: None,
            file_bytes: 0,
        };
        Image { facts, pixels: (window.row..window.row_end()).flat_map(row).copied().collect() }
    }
}

impl RasterSource for Image {
    fn facts(&self) -> &RasterFacts {
        &self.facts
    }

    fn read_block(&self, index: BlockIndex) -> Result<Block, ReadError> {
        let RasterFacts { width, height, block_width, block_height, .. } = self.facts;
        let mut samples = vec![0; (block_width * block_height) as usize];
        for (at, sample) in samples.iter_mut().enumerate() {
            let [col, row] =
                [at as u32 % block_width + index.col * block_width, at as u32 / block_width + index.row * block_height];
            if col < width && row < height {
                *sample = self.pixels[(row * width + col) as usize];
            }
        }
        let content = match samples.iter().all(|sample| *sample == 0) {
            true => BlockContent::Empty,
            false => BlockContent::Samples(Samples::Uint16(samples)),
        };
        Ok(Block { width: block_width, height: block_height, samples_per_pixel: 1, content, valid: None })
    }
}

/// How a coverage lies in files, and with what means it is searched.
#[derive(Debug, Clone, Copy)]
struct How {
    block: [u32; 2],
    sheet: u32,
    threads: usize,
    memory: u64,
}

fn placed<'a>((image, window): (&'a Image, &Window)) -> Placed<'a> {
    Placed { path: "map.tif".into(), source: image, band: 0, window: *window, nothing: Some(0) }
}

fn period<'a>(images: &'a [Image], sheets: &[Window]) -> FinishedPeriod<'a> {
    FinishedPeriod {
        label: "a year".into(),
        class: Layer { files: images.iter().zip(sheets).map(placed).collect() },
        source: None,
        rule: None,
        area: Area::Classes,
    }
}

fn search(size: [u32; 2], periods: &[Vec<u16>], how: How, wanted: &Wanted) -> Result<Vec<PatchPart>, EngineError> {
    let grid = Grid { crs: "EPSG:4326".into(), origin: [-51.0, 1.0], resolution: [0.01, 0.01], size };
    let factors = AreaFactors::by_row(&grid, &Ellipsoid::WGS84, 1.0);
    let sheets: Vec<Window> = (0..size[1].div_ceil(how.sheet))
        .flat_map(|row| (0..size[0].div_ceil(how.sheet)).map(move |col| [col * how.sheet, row * how.sheet]))
        .map(|[col, row]| Window {
            col,
            row,
            width: how.sheet.min(size[0] - col),
            height: how.sheet.min(size[1] - row),
        })
        .collect();
    let images: Vec<Vec<Image>> = periods
        .iter()
        .map(|pixels| sheets.iter().map(|sheet| Image::cut(pixels, size[0], *sheet, how.block)).collect())
        .collect();
    let finished = Finished { grid, periods: images.iter().map(|images| period(images, &sheets)).collect() };
    let means = Means { threads: how.threads, memory: how.memory, observer: &Unobserved };
    let mut all = Vec::new();
    patches(&finished, &factors, wanted, means, |parts| {
        all.extend(parts);
        Ok(())
    })?;
    Ok(all)
}

const PLAIN: How = How { block: [64, 64], sheet: 64, threads: 1, memory: 1 << 30 };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn threads_memory_blocks_and_sheets_do_not_show(
        width in 1u32..40, height in 1u32..30, side in 3u32..20, block in [1u32..17, 1u32..17], sheet in 4u32..40, threads in 1usize..5,
        seed in prop::collection::vec(0u16..3, 2 * 40 * 30),
    ) {
        let size = [width, height];
        let pixels = (width * height) as usize;
        let periods = [seed[..pixels].to_vec(), seed[pixels..2 * pixels].to_vec()];
        let wanted = Wanted { min_ha: 0.0, classes: None, side };
        let plain = search(size, &periods, PLAIN, &wanted).unwrap();
        for memory in [1, 1 << 30] {
            let how = How { block, sheet, threads, memory };
            prop_assert_eq!(&search(size, &periods, how, &wanted).unwrap(), &plain);
        }
        let counted: u64 = plain.iter().map(|part| part.pixels).sum();
        prop_assert_eq!(counted, periods.iter().flatten().filter(|pixel| **pixel != 0).count() as u64);
        // In one cell every patch is one part, and the patches are the same.
        let uncut = search(size, &periods, PLAIN, &Wanted { side: 64, ..wanted.clone() }).unwrap();
        let mut numbers: Vec<(u64, u128)> = plain.iter().map(|part| (part.patch, part.patch_area)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        prop_assert_eq!(numbers, uncut.iter().map(|part| (part.patch, part.area)).collect::<Vec<_>>());
        // What is left out changes nothing of what is left.
        let some = Wanted { min_ha: 300.0, classes: Some(ValueSet::of(2)), side };
        let chosen = |part: &&PatchPart| part.class == 2 && plain_ha(part.patch_area, size) >= 300.0;
        prop_assert_eq!(search(size, &periods, PLAIN, &some).unwrap(), plain.iter().filter(chosen).cloned().collect::<Vec<_>>());
    }
}

fn plain_ha(area: u128, size: [u32; 2]) -> f64 {
    let grid = Grid { crs: "EPSG:4326".into(), origin: [-51.0, 1.0], resolution: [0.01, 0.01], size };
    AreaFactors::by_row(&grid, &Ellipsoid::WGS84, 1.0).hectares(area)
}

#[test]
fn the_last_class_is_a_class() {
    let wanted = Wanted { min_ha: 0.0, classes: None, side: 8 };
    let parts = search([2, 1], &[vec![65_535, 1]], PLAIN, &wanted).unwrap();
    assert_eq!(parts.iter().map(|part| part.class).collect::<Vec<_>>(), [65_535, 1]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn single_pixels_hold_what_the_map_holds(
        width in 500u32..700, height in 1u32..30, sheet in 100u32..800, block in [1u32..300, 1u32..40],
        places in prop::collection::vec((0u32..700, 0u32..30), 0..40),
    ) {
        let pixels: Vec<u16> = (0..width * height).map(|at| (at * 7 % 5) as u16).collect();
        let across = (0..width.div_ceil(sheet)).map(|at| at * sheet);
        let sheets: Vec<Window> =
            across.map(|col| Window { col, row: 0, width: sheet.min(width - col), height }).collect();
        let images: Vec<Image> = sheets.iter().map(|window| Image::cut(&pixels, width, *window, block)).collect();
        let places: Vec<[u32; 2]> = places.iter().map(|(col, row)| [col % width, row % height]).collect();
        let held = |[col, row]: &[u32; 2]| Some(pixels[(row * width + col) as usize]).filter(|value| *value != 0);
        let expected: Vec<Option<u16>> = places.iter().map(held).collect();
        prop_assert_eq!(values_at(&period(&images, &sheets).class, &places).unwrap(), expected);
    }
}
