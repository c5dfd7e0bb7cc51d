//! A delivery is read once: every block by one `read_block`, whatever units it lies in, and few are kept at a time.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use mutirao_core::{
    grid::{Grid, Window},
    raster::{Block, BlockContent, BlockIndex, DType, Interleave, RasterFacts, RasterSource, ReadError, Samples},
    sink::Unobserved,
};
use mutirao_engine::inspect::{DeliveredFile, Delivery, PeriodBand, Reach, SeriesWanted, Values, Wanted, inspect};
use mutirao_mosaic::{
    measure::{
        NOTHING,
        strip::{RowRuns, Strip},
    },
    tally::INSIDE,
};
use proptest::prelude::*;

/// A raster that counts how often its blocks are read, and how many are in hand.
struct Counting {
    facts: RasterFacts,
    reads: Mutex<Vec<BlockIndex>>,
    held: AtomicUsize,
    most: AtomicUsize,
}

impl Counting {
    fn new(size: [u32; 2], block: [u32; 2], bands: u16, interleave: Interleave) -> Arc<Counting> {
        let facts = RasterFacts {
            width: size[0],
            height: size[1],
            bands,
            block_width: block[0],
            block_height: block[1],
            interleave,
            compression: "none".to_owned(),
            dtype: DType::Uint8,
            nodata: Some(0),
            mask: false,
            transform: None,
            geo_keys: None,
            band_descriptions: vec![None; usize::from(bands)],
            palette: None,
            file_bytes: 0,
        };
        Arc::new(Counting { facts, reads: Mutex::default(), held: AtomicUsize::new(0), most: AtomicUsize::new(0) })
    }

    /// What a pixel of a band holds.
    fn value(band: u16, col: u32, row: u32) -> u8 {
        ((col / 3 + row / 2 * 5 + u32::from(band) * 7) % 4) as u8
    }
}

impl RasterSource for Counting {
    fn facts(&self) -> &RasterFacts {
        &self.facts
    }

    fn read_block(&self, index: BlockIndex) -> Result<Block, ReadError> {
        self.reads.lock().unwrap().push(index);
        self.most.fetch_max(self.held.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let RasterFacts { block_width: width, block_height: height, bands, .. } = self.facts;
        let own: Vec<u16> = match self.facts.interleave {
            Interleave::Chunky => (0..bands).collect(),
            Interleave::Planar => vec![index.band],
        };
        let places = (0..height).flat_map(|row| (0..width).map(move |col| (col, row)));
        let samples = places.flat_map(|(col, row)| {
            own.iter().map(move |band| Self::value(*band, index.col * width + col, index.row * height + row))
        });
        let content = BlockContent::Samples(Samples::Uint8(samples.collect()));
        Ok(Block { width, height, samples_per_pixel: own.len() as u16, content, valid: None })
    }

    fn recycle(&self, _block: Block) {
        self.held.fetch_sub(1, Ordering::SeqCst);
    }
}

fn values() -> Arc<Values> {
    let classes = (0..256).map(|value| if value == 0 { NOTHING } else { value }).collect();
    Arc::new(Values { classes, odd: vec![false; 256], of_patches: None })
}

/// A file at a place of the frame, all its bands periods of their own.
fn file(source: &Arc<Counting>, [col, row]: [u32; 2]) -> DeliveredFile {
    let RasterFacts { width, height, bands, .. } = source.facts;
    DeliveredFile {
        path: "layer.tif".into(),
        source: Arc::clone(source) as Arc<dyn RasterSource>,
        window: Window { col, row, width, height },
        bands: (0..bands).map(|band| PeriodBand { band, period: usize::from(band) }).collect(),
        values: values(),
    }
}

fn delivery(size: [u32; 2], files: Vec<DeliveredFile>, planes: usize) -> Delivery {
    let frame = Grid { crs: "EPSG:31976".into(), origin: [0.0, 0.0], resolution: [30.0, 30.0], size };
    Delivery { frame, files, planes }
}

/// How many blocks a raster has.
fn blocks(facts: &RasterFacts) -> usize {
    let planes = if facts.interleave == Interleave::Planar { usize::from(facts.bands) } else { 1 };
    facts.blocks_across() as usize * facts.blocks_down() as usize * planes
}

fn assert_read_once(source: &Counting) {
    let mut reads = source.reads.lock().unwrap().clone();
    assert_eq!(reads.len(), blocks(&source.facts), "as many reads as blocks");
    reads.sort_by_key(|index| (index.band, index.row, index.col));
    reads.dedup();
    assert_eq!(reads.len(), blocks(&source.facts), "and each of another block");
    assert_eq!(source.held.load(Ordering::SeqCst), 0, "all given back");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_block_is_read_once_and_every_pixel_counted_once(
        size in (1u32..1500, 1u32..900),
        block in prop::sample::select(vec![[64u32, 64], [512, 512], [256, 48], [0, 1], [0, 7], [0, 800], [1024, 1024]]),
        bands in 1u16..4,
        chunky in any::<bool>(),
        places in prop::collection::vec((0u32..700, 0u32..700), 1..3),
        planes in any::<bool>(),
        threads in 1usize..4,
    ) {
        let size = [size.0, size.1];
        let block = [if block[0] == 0 { size[0] } else { block[0] }, block[1]];
        let interleave = if chunky { Interleave::Chunky } else { Interleave::Planar };
        // Side by side, so that none lies upon another.
        let sources: Vec<_> = places.iter().map(|_| Counting::new(size, block, bands, interleave)).collect();
        let at = |number: usize| [places[number].0 + number as u32 * 2200, places[number].1];
        let files: Vec<_> = sources.iter().enumerate().map(|(number, source)| file(source, at(number))).collect();
        let delivery = delivery([4500, 1700], files, usize::from(bands));
        let flicker = if planes { vec![(None, 1)] } else { Vec::new() };
        let series = SeriesWanted { flicker, own: usize::from(bands), ..SeriesWanted::default() };
        let seen = inspect(&delivery, &Wanted { series, ..Wanted::default() }, threads, &Unobserved).unwrap();
        for (source, bands) in sources.iter().zip(&seen.bands) {
            assert_read_once(source);
            for (band, tally) in bands.iter().enumerate() {
                let mut expected = [0u64; 4];
                for (col, row) in (0..size[1]).flat_map(|row| (0..size[0]).map(move |col| (col, row))) {
                    expected[usize::from(Counting::value(band as u16, col, row))] += 1;
                }
                let counts = &tally.values[INSIDE];
                let counted: Vec<(u16, u64)> = counts.iter().collect();
                let wanted: Vec<(u16, u64)> = (0..4).zip(expected).filter(|(_, count)| *count > 0).collect();
                prop_assert_eq!(counted, wanted);
            }
        }
    }
}

#[test]
fn few_blocks_are_kept_at_a_time() {
    // Misaligned: every block lies in up to four units.
    for (block, most) in [([512, 512], 3 * 8), ([4096, 1], 4096)] {
        let source = Counting::new([4096, 4096], block, 1, Interleave::Chunky);
        let delivery = delivery([4200, 4200], vec![file(&source, [100, 37])], 1);
        inspect(&delivery, &Wanted::default(), 2, &Unobserved).unwrap();
        assert_read_once(&source);
        let held = source.most.load(Ordering::SeqCst);
        assert!(held <= most, "{held} of {} blocks of {block:?}", blocks(&source.facts));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn several_strips_are_counted_apart_and_no_block_is_read_again(
        boxes in prop::collection::vec((0u32..60, 0u32..40, 1u32..25, 1u32..25), 1..4),
        widths in prop::collection::btree_set(1u32..400, 1..4),
        block in prop::sample::select(vec![[16u32, 16], [90, 1]]),
        threads in 1usize..4,
    ) {
        const SIZE: [u32; 2] = [90, 70];
        let source = Counting::new(SIZE, block, 1, Interleave::Planar);
        let delivery = delivery(SIZE, vec![file(&source, [0, 0])], 1);
        let is_inside = |col: u32, row: u32| {
            boxes.iter().any(|(left, top, width, height)| {
                (*left..left + width).contains(&col) && (*top..top + height).contains(&row)
            })
        };
        let row = |row: u32| {
            let cols: Vec<u32> = (0..SIZE[0]).filter(|col| is_inside(*col, row)).collect();
            cols.chunk_by(|a, b| a + 1 == *b).map(|run| (run[0], run[run.len() - 1] + 1)).collect()
        };
        let inside: Vec<RowRuns> = (0..SIZE[1]).map(row).collect();
        let widths: Vec<u32> = widths.into_iter().collect();
        let strip = |metres: &u32| Strip::new(&delivery.frame, f64::from(*metres), |_| [1.0; 2]);
        let reach = Reach::of_rows(inside, &widths.iter().map(strip).collect::<Vec<_>>());
        let seen = inspect(&delivery, &Wanted { reach: Some(&reach), ..Wanted::default() }, threads, &Unobserved).unwrap();
        assert_read_once(&source);

        // Metres from a centre to a square, across or down.
        let from_square = |at: u32, of: u32| u64::from(15 * (2 * at.abs_diff(of)).saturating_sub(1));
        let squared = |col: u32, row: u32| {
            let places = (0..SIZE[1]).flat_map(|y| (0..SIZE[0]).map(move |x| (x, y))).filter(|(x, y)| is_inside(*x, *y));
            places.map(|(x, y)| from_square(col, x).pow(2) + from_square(row, y).pow(2)).min()
        };
        let tally = &seen.bands[0][0];
        let mut expected = vec![[0u64; 4]; widths.len() + 2];
        let mut first = vec![Vec::new(); widths.len() + 2];
        for (col, row) in (0..SIZE[1]).flat_map(|row| (0..SIZE[0]).map(move |col| (col, row))) {
            let distance = squared(col, row).unwrap_or(u64::MAX);
            let zone = match is_inside(col, row) {
                true => INSIDE,
                false => 1 + widths.iter().filter(|width| u64::from(**width).pow(2) < distance).count(),
            };
            let value = Counting::value(0, col, row);
            expected[zone][usize::from(value)] += 1;
            if value != 0 && zone != INSIDE && first[zone].len() < 10 {
                first[zone].push([col, row]);
            }
        }
        for (zone, expected) in expected.iter().enumerate() {
            let wanted: Vec<(u16, u64)> = (0..4).zip(*expected).filter(|(_, count)| *count > 0).collect();
            prop_assert_eq!(tally.values[zone].iter().collect::<Vec<_>>(), wanted, "zone {}", zone);
            prop_assert_eq!(tally.outside[zone].first().collect::<Vec<_>>(), first[zone].clone(), "zone {}", zone);
        }
    }
}
