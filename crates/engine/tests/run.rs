//! Whole runs over rasters in memory: every block is decoded once, and nothing but the inputs decides about the result.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use mutirao_core::{
    door::{Answer, CrsFacts, Question},
    ellipsoid::Ellipsoid,
    finding::Place,
    grid::{Grid, Window},
    legend::{Class, Legend},
    pipeline::*,
    raster::*,
    rule::{Role, Rule},
    sink::{EncodeError, TileEncoder, TileSamples, Unobserved},
    values::ValueSet,
};
use mutirao_engine::{
    areas::Amount,
    count::{AgreementKey, AreaKey, HistogramKey, Tally, TerritoryId, TransitionKey},
    plan::{Built, Drawing, Opened, Opener, Oracle, Polygons, Refused, build, fit},
    reader::LayerReader,
    run::{Outcomes, Setting, run},
    spool::TileKey,
};

/// A raster in memory that counts how often each of its blocks is asked for.
struct Memory {
    facts: RasterFacts,
    samples: Vec<u8>,
    asked: Mutex<HashMap<BlockIndex, u32>>,
}

impl RasterSource for Memory {
    fn facts(&self) -> &RasterFacts {
        &self.facts
    }

    fn read_block(&self, index: BlockIndex) -> Result<Block, ReadError> {
        *self.asked.lock().unwrap().entry(index).or_default() += 1;
        let facts = &self.facts;
        let [left, top] = [index.col * facts.block_width, index.row * facts.block_height];
        let sample = |at: u32| {
            let [col, row] = [left + at % facts.block_width, top + at / facts.block_width];
            let inside = col < facts.width && row < facts.height;
            if inside { self.samples[(row * facts.width + col) as usize] } else { 0 }
        };
        let samples = (0..facts.block_width * facts.block_height).map(sample).collect();
        Ok(Block {
            width: facts.block_width,
            height: facts.block_height,
            samples_per_pixel: 1,
            content: BlockContent::Samples(Samples::Uint8(samples)),
            valid: None,
        })
    }
}

/// Names a raster: [column, row] on the grid, size, block, seed.
#[derive(Clone, Copy)]
struct Made {
    at: [i32; 2],
    size: [u32; 2],
    block: [u32; 2],
    seed: u64,
}

fn made(made: Made) -> Arc<Memory> {
    let mut state = made.seed;
    let samples = (0..made.size[0] * made.size[1])
        .map(|at| {
            // Patches of 5 x 5 pixels, some of them nothing.
            let patch = u64::from(at % made.size[0] / 5) << 32 | u64::from(at / made.size[0] / 5);
            state = (patch ^ made.seed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            ((state >> 40) % 5) as u8
        })
        .collect();
    let facts = RasterFacts {
        width: made.size[0],
        height: made.size[1],
        bands: 1,
        dtype: DType::Uint8,
        block_width: made.block[0],
        block_height: made.block[1],
        interleave: Interleave::Chunky,
        compression: "none".into(),
        nodata: Some(0),
        mask: false,
        transform: Some(GeoTransform([f64::from(made.at[0]), 1.0, 0.0, -f64::from(made.at[1]), 0.0, -1.0])),
        geo_keys: Some(GeoKeys { directory: vec![1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 31976], ..GeoKeys::default() }),
        band_descriptions: vec![None],
        palette: None,
        file_bytes: 1,
    };
    Arc::new(Memory { facts, samples, asked: Mutex::default() })
}

struct World {
    rasters: BTreeMap<PathBuf, Arc<Memory>>,
    scratch: tempfile::TempDir,
}

impl Opener for World {
    fn open(&self, path: &Path) -> Result<Opened, Refused> {
        Ok(Opened { source: self.rasters[path].clone(), path: path.to_owned(), translated: None })
    }

    fn polygons(&self, _: &Polygons<'_>) -> Result<Drawing, Refused> {
        unreachable!("no vectors here")
    }
}

impl Oracle for World {
    fn ask(&self, question: Question) -> Result<Answer, Refused> {
        Ok(match question {
            Question::Crs { .. } => Answer::Crs(Box::new(CrsFacts {
                name: "made up".into(),
                authority: Some("EPSG:31976".into()),
                wkt: String::new(),
                wkt1_gdal: None,
                projjson: serde_json::Value::Null,
                geo_keys: GeoKeys::default(),
                geographic: true,
                unit_name: "degree".into(),
                unit_to_metre_or_degree: 1e-5,
                ellipsoid: Ellipsoid::WGS84,
                prime_meridian_deg: 0.0,
            })),
            other => unreachable!("{other:?}"),
        })
    }

    fn scratch(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }
}

fn place() -> Place {
    Place { file: String::new(), line: 1, column: 1 }
}

fn layer(name: &str) -> Layer {
    let member = Member {
        name: None,
        partner: None,
        version: None,
        contract: None,
        license: None,
        // The last of the layers is silent in the second period.
        inputs: (0..if name.ends_with('3') { 1 } else { 2 })
            .map(|period| PeriodInput { period, files: vec![name.into()], carried_from: None })
            .collect(),
        missing: Missing::Error,
        is_static: !name.ends_with('3'),
        band: BandSpec::Auto,
        attribute: None,
        vector_layer: None,
        nodata: NodataSpec::File,
        crosswalk: None,
        classes: None,
        overlap: Overlap::Error,
        resample: None,
        crs: None,
        allow_ballpark: false,
        area: None,
        place: place(),
        source_place: place(),
    };
    Layer {
        name: name.into(),
        role: Role::Class,
        members: vec![member],
        fallback: Vec::new(),
        date: None,
        place: place(),
    }
}

fn pipeline(names: &[String], tile: u32) -> Pipeline {
    let class = |id| Class { id, parent: None, name: id.to_string(), color: [0; 3], more: BTreeMap::new() };
    let rule = |(layer, class)| Rule {
        layer,
        take: ValueSet::of(class),
        conditions: vec![],
        give: None,
        unless: vec![],
        periods: None,
    };
    let rules = (1..5).flat_map(|class| (0..names.len()).map(move |layer| rule((layer, class))));
    Pipeline {
        path: PathBuf::new(),
        folder: PathBuf::new(),
        id: "test".into(),
        title: "test".into(),
        version: "1".into(),
        license: None,
        citation: None,
        contact: None,
        doi: None,
        grid: GridSpec::Given(Grid {
            crs: "EPSG:31976".into(),
            origin: [0.0, 0.0],
            resolution: [1.0, 1.0],
            size: [203, 151],
        }),
        tolerance: 0.01,
        legend: Legend::new((1..5).map(class).collect()).unwrap(),
        legend_path: PathBuf::new(),
        periods: ["2019", "2020"].map(|label| Period { label: label.into(), start: None, end: None }).to_vec(),
        partners: vec![],
        layers: names.iter().map(|name| layer(name)).collect(),
        coverage: Coverage {
            within: None,
            method: Method::Prevalence,
            order: vec![],
            rule_places: vec![],
            rules: rules.collect(),
            unclaimed: None,
        },
        territories: vec![],
        outputs: Outputs {
            compression: Compression::Deflate(1),
            tile,
            overviews: ResampleMethod::Mode,
            sheet: 1 << 16,
            nodata: 0,
            agreement: true,
            provenance: Provenance::All,
            transitions: true,
            patches: Patches::None,
        },
        named_values: vec![],
    }
}

/// Bytes as they are: what is stored can be read again without a codec.
struct Plain;

impl TileEncoder for Plain {
    fn encode(&self, samples: TileSamples<'_>) -> Result<Vec<u8>, EncodeError> {
        match samples {
            TileSamples::Uint8(samples) => Ok(samples.to_vec()),
            TileSamples::Uint16(_) => Err(EncodeError("16 bits".into())),
        }
    }
}

const RASTERS: [Made; 4] = [
    Made { at: [-13, -7], size: [120, 100], block: [32, 32], seed: 1 },
    Made { at: [64, 32], size: [128, 96], block: [64, 64], seed: 2 },
    Made { at: [0, 0], size: [203, 151], block: [203, 3], seed: 3 },
    Made { at: [100, -20], size: [150, 200], block: [48, 16], seed: 4 },
];

/// What came of a run.
#[derive(PartialEq)]
struct Came {
    /// By period and band.
    images: [Vec<Vec<u8>>; 2],
    areas: Vec<(AreaKey, Amount)>,
    transitions: Vec<(TransitionKey, Amount)>,
    whole: HashMap<AreaKey, Amount>,
    histograms: HashMap<HistogramKey, u64>,
    agreement: HashMap<AgreementKey, Amount>,
}

/// Runs, and checks that no block was decoded twice; says also how many files were spooled.
fn run_once(tile: u32, threads: usize, memory: u64) -> (Came, usize) {
    let rasters: BTreeMap<PathBuf, Arc<Memory>> =
        RASTERS.iter().enumerate().map(|(index, one)| (PathBuf::from(format!("raster{index}")), made(*one))).collect();
    let names: Vec<String> = rasters.keys().map(|path| path.display().to_string()).collect();
    let world = World { rasters, scratch: tempfile::tempdir().unwrap() };
    let pipeline = pipeline(&names, tile);
    let Built { plan, sources, findings } = build(&pipeline, &world, &world);
    let mut plan = plan.unwrap_or_else(|| panic!("{findings:?}"));
    fit(&pipeline, &mut plan, memory);
    let staging = tempfile::tempdir().unwrap();
    let setting = Setting {
        pipeline: &pipeline,
        plan: &plan,
        window: plan.grid.window(),
        sources: &sources,
        kinds: &[],
        encoder: &Plain,
        observer: &Unobserved,
        threads,
        memory,
        staging: staging.path(),
        rerun: None,
    };
    let outcomes = run(&setting).unwrap();
    for (path, raster) in &world.rasters {
        let asked = raster.asked.lock().unwrap();
        assert!(!asked.is_empty());
        assert!(asked.values().all(|times| *times == 1), "{}: {asked:?}", path.display());
    }
    let spooled = plan.files.iter().filter(|file| file.spool).count();
    let images = [0, 1].map(|period| images(&outcomes, period, tile));
    let Outcomes { tally, .. } = outcomes;
    let areas = tally.areas.sorted().unwrap().map(Result::unwrap).collect();
    let transitions = tally.transitions.sorted().unwrap().map(Result::unwrap).collect();
    let Tally { whole, histograms, agreement, .. } = tally;
    (Came { images, areas, transitions, whole, histograms, agreement }, spooled)
}

/// The bands at full resolution, put together from their tiles.
fn images(outcomes: &Outcomes, period: u16, tile: u32) -> Vec<Vec<u8>> {
    let [width, height] = [203u32, 151];
    let sheet = &outcomes.sheets[0];
    let mut images = vec![vec![0; (width * height) as usize]; outcomes.bands.len()];
    let mut bytes = Vec::new();
    for (band, image) in images.iter_mut().enumerate() {
        for row in 0..height.div_ceil(tile) {
            for col in 0..width.div_ceil(tile) {
                let key = TileKey { band: band as u16, period, level: 0, col, row };
                sheet.spool.read(sheet.spool.find(&key).unwrap(), &mut bytes).unwrap();
                for y in 0..tile.min(height - row * tile) {
                    for x in 0..tile.min(width - col * tile) {
                        let at = (row * tile + y) * width + col * tile + x;
                        image[at as usize] = bytes[(y * tile + x) as usize];
                    }
                }
            }
        }
    }
    images
}

#[test]
fn every_block_is_decoded_once_and_only_the_inputs_decide() {
    let (came, spooled) = run_once(64, 1, 1 << 30);
    assert_eq!(spooled, 0);
    for (tile, threads, memory) in [(64, 2, 1 << 30), (16, 3, 1 << 30), (256, 8, 1 << 30), (128, 2, 1 << 12)] {
        let (other, spooled) = run_once(tile, threads, memory);
        assert!(came.images == other.images, "tile {tile}, {threads} threads, {memory} bytes: other pixels");
        assert!(came == other, "tile {tile}, {threads} threads, {memory} bytes: other counts");
        assert_eq!(spooled > 0, memory < 1 << 20, "a small budget spools");
    }
}

#[test]
fn the_class_is_that_of_the_first_rule_that_matches() {
    let (Came { images: [images, _], .. }, _) = run_once(64, 2, 1 << 30);
    let rasters: Vec<Arc<Memory>> = RASTERS.iter().map(|one| made(*one)).collect();
    let held = |raster: usize, col: i32, row: i32| {
        let Made { at, size, .. } = RASTERS[raster];
        let [x, y] = [col - at[0], row - at[1]];
        let inside = x >= 0 && y >= 0 && x < size[0] as i32 && y < size[1] as i32;
        if inside { rasters[raster].samples[(y as u32 * size[0] + x as u32) as usize] } else { 0 }
    };
    for row in 0..151 {
        for col in 0..203 {
            let mut first = (1..5u8).flat_map(|class| (0..4).map(move |raster| (class, raster))).zip(1u8..);
            let won = first.find(|((class, raster), _)| held(*raster, col, row) == *class);
            let expected = won.map_or([0, 0, 0], |((class, raster), rule)| [class, raster as u8 + 1, rule]);
            let at = (row * 203 + col) as usize;
            assert_eq!([images[0][at], images[1][at], images[2][at]], expected, "column {col}, row {row}");
        }
    }
}

#[test]
fn areas_and_transitions_are_those_of_the_pixels() {
    // So little memory that most counts go by way of the disk.
    let (came, _) = run_once(32, 2, 1 << 12);
    let class = |code: u8| Some(u16::from(code)).filter(|class| *class != 0);
    let mut areas: BTreeMap<AreaKey, u64> = BTreeMap::new();
    for (period, bands) in (0u16..).zip(&came.images) {
        for ((code, source), rule) in bands[0].iter().zip(&bands[1]).zip(&bands[2]) {
            let (class, source, rule) = (class(*code), u16::from(*source), u16::from(*rule));
            let key = AreaKey { period, kind: 0, territory: TerritoryId::NONE, class, source, rule };
            *areas.entry(key).or_default() += 1;
        }
    }
    let counted: Vec<(AreaKey, u64)> = came.areas.iter().map(|(key, amount)| (*key, amount.pixels)).collect();
    assert_eq!(counted, areas.into_iter().collect::<Vec<_>>());

    let mut transitions: BTreeMap<[Option<u16>; 2], u64> = BTreeMap::new();
    for (from, to) in came.images[0][0].iter().zip(&came.images[1][0]) {
        *transitions.entry([class(*from), class(*to)]).or_default() += 1;
    }
    let counted: Vec<([Option<u16>; 2], u64)> =
        came.transitions.iter().map(|(key, amount)| ([key.class_from, key.class_to], amount.pixels)).collect();
    assert_eq!(counted, transitions.into_iter().collect::<Vec<_>>());
    assert!(counted.iter().any(|([from, to], _)| from != to), "something changed");
}

#[test]
fn a_layer_is_read_window_by_window_and_nothing_is_kept() {
    // Strips of 7 rows, one of which crosses from a row of tiles to the next.
    let raster = made(Made { at: [-30, 20], size: [1000, 900], block: [1000, 7], seed: 5 });
    let rasters = BTreeMap::from([(PathBuf::from("raster"), raster.clone())]);
    let world = World { rasters, scratch: tempfile::tempdir().unwrap() };
    let mut pipeline = pipeline(&["raster".to_owned()], 64);
    if let GridSpec::Given(grid) = &mut pipeline.grid {
        grid.size = [1100, 700];
    }
    let Built { plan, sources, findings } = build(&pipeline, &world, &world);
    let reader = LayerReader::new(plan.unwrap_or_else(|| panic!("{findings:?}")), &sources, 0).unwrap();
    let window = Window { col: 5, row: 3, width: 1090, height: 690 };
    for pass in 1..=2 {
        let mut told = 0;
        let look = |tile: &Window, values: &[Option<i32>]| {
            for (index, value) in values.iter().enumerate() {
                let [col, row] = [tile.col + index as u32 % tile.width, tile.row + index as u32 / tile.width];
                let inside = col < 970 && row >= 20;
                let held = if inside { raster.samples[((row - 20) * 1000 + col + 30) as usize] } else { 0 };
                assert_eq!(*value, (held != 0).then_some(i32::from(held)), "column {col}, row {row}");
            }
            told += values.len();
        };
        reader.read(0, &window, look).unwrap();
        assert_eq!(told, window.pixels());
        // Rows 3 to 515 of the grid, then 515 to 693: the strip of row 495 of the file is asked for by both.
        let asked = raster.asked.lock().unwrap();
        for (block, times) in asked.iter() {
            let rows_of_tiles = if block.row == 495 / 7 { 2 } else { 1 };
            assert_eq!(*times, pass * rows_of_tiles, "{block:?}: once for each row of tiles, and dropped after it");
        }
        assert_eq!(asked.len(), 673_usize.div_ceil(7));
    }
}
