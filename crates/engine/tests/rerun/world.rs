//! A network in memory: rasters, layers of every kind, rules and territories, all of them plain values that a test may change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mutirao_core::{
    control_grid::ControlGridFacts,
    crosswalk::{Crosswalk, CrosswalkLine, FromCode, Target},
    door::{Answer, ControlGridAnswer, ControlGridQuestion, CrsFacts, Question, TransformationFacts},
    ellipsoid::Ellipsoid,
    finding::Place,
    geometry::{MultiPolygon, Polygon},
    grid::Grid,
    legend::{Class, Legend},
    pipeline::*,
    raster::*,
    rule::{Condition, Role, Rule},
    values::ValueSet,
};
use mutirao_engine::{
    plan::{Drawing, Opened, Opener, Oracle, Polygons, Refused},
    territories::{Kind, KindFrom},
};

/// Columns and rows of the grid.
pub const SIZE: [u32; 2] = [150, 110];

/// A raster in memory.
#[derive(Clone)]
pub struct Memory {
    pub at: [f64; 2],
    pub size: [u32; 2],
    pub block: [u32; 2],
    pub nodata: i32,
    pub samples: Vec<u8>,
}

impl Memory {
    /// Patches of a few pixels, half of them nothing.
    pub fn new(at: [f64; 2], size: [u32; 2], block: [u32; 2], seed: u64) -> Self {
        let sample = |at: u32| {
            let patch = u64::from(at % size[0] / 6) << 32 | u64::from(at / size[0] / 6);
            let mixed = (patch ^ seed.wrapping_mul(0xD134_2543_DE82_EF95)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            ((mixed >> 40) % 8).saturating_sub(3) as u8
        };
        Memory { at, size, block, nodata: 0, samples: (0..size[0] * size[1]).map(sample).collect() }
    }
}

struct Source(RasterFacts, Vec<u8>);

impl RasterSource for Source {
    fn facts(&self) -> &RasterFacts {
        &self.0
    }

    fn read_block(&self, index: BlockIndex) -> Result<Block, ReadError> {
        let Source(facts, samples) = self;
        let [left, top] = [index.col * facts.block_width, index.row * facts.block_height];
        let sample = |at: u32| {
            let [col, row] = [left + at % facts.block_width, top + at / facts.block_width];
            let inside = col < facts.width && row < facts.height;
            if inside { samples[(row * facts.width + col) as usize] } else { 0 }
        };
        let samples: Vec<u8> = (0..facts.block_width * facts.block_height).map(sample).collect();
        // Blocks of nothing are sparse.
        let is_empty = samples.iter().all(|sample| Some(i32::from(*sample)) == facts.nodata);
        let content = if is_empty { BlockContent::Empty } else { BlockContent::Samples(Samples::Uint8(samples)) };
        Ok(Block { width: facts.block_width, height: facts.block_height, samples_per_pixel: 1, content, valid: None })
    }
}

fn source(memory: &Memory) -> Arc<dyn RasterSource> {
    let facts = RasterFacts {
        width: memory.size[0],
        height: memory.size[1],
        bands: 1,
        dtype: DType::Uint8,
        block_width: memory.block[0],
        block_height: memory.block[1],
        interleave: Interleave::Chunky,
        compression: "none".into(),
        nodata: Some(memory.nodata),
        mask: false,
        transform: Some(GeoTransform([memory.at[0], 1.0, 0.0, -memory.at[1], 0.0, -1.0])),
        geo_keys: Some(GeoKeys { directory: vec![1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 31976], ..GeoKeys::default() }),
        band_descriptions: vec![None],
        palette: None,
        file_bytes: 1,
    };
    Arc::new(Source(facts, memory.samples.clone()))
}

/// A network that can be changed.
#[derive(Clone)]
pub struct Network {
    pub rasters: BTreeMap<PathBuf, Memory>,
    pub pipeline: Pipeline,
    pub territories: Vec<(String, [[f64; 2]; 4])>,
}

pub fn place() -> Place {
    Place { file: String::new(), line: 1, column: 1 }
}

/// A member with these files in each of three periods.
pub fn member(files: [&[&str]; 3]) -> Member {
    let paths = |files: &[&str]| files.iter().map(PathBuf::from).collect::<Vec<_>>();
    let inputs = files.iter().enumerate().filter(|(_, files)| !files.is_empty());
    Member {
        name: None,
        partner: None,
        version: None,
        contract: None,
        license: None,
        inputs: inputs.map(|(period, files)| PeriodInput { period, files: paths(files), carried_from: None }).collect(),
        missing: Missing::Error,
        is_static: true,
        band: BandSpec::Auto,
        attribute: None,
        vector_layer: None,
        nodata: NodataSpec::File,
        crosswalk: None,
        classes: None,
        overlap: Overlap::First,
        resample: None,
        crs: None,
        allow_ballpark: false,
        area: None,
        place: place(),
        source_place: place(),
    }
}

pub fn layer(name: &str, role: Role, members: Vec<Member>) -> Layer {
    Layer { name: name.into(), role, members, fallback: Vec::new(), date: None, place: place() }
}

pub fn class(id: u16, parent: Option<u16>, color: u8) -> Class {
    Class { id, parent, name: id.to_string(), color: [color; 3], more: BTreeMap::new() }
}

pub fn line(from: i32, to: Target) -> CrosswalkLine {
    CrosswalkLine { from: FromCode::Codes(from, from), to, note: String::new(), parent: None, line: 1, column: 1 }
}

pub fn rule(layer: usize, take: ValueSet, conditions: Vec<Condition>) -> Rule {
    Rule { layer, take, conditions, give: None, unless: vec![], periods: None }
}

/// The places of the layers.
pub mod at {
    pub const REGION: usize = 0;
    pub const BASE: usize = 1;
    pub const THEME: usize = 2;
    pub const WARPED: usize = 3;
    pub const CODED: usize = 4;
    pub const JOINED: usize = 5;
    pub const HEIGHT: usize = 6;
}

fn layers() -> Vec<Layer> {
    let resample = Resample { method: ResampleMethod::Nearest, ignore_nodata: false, bound: 0.125 };
    let warped = Member { resample: Some(resample), ..member([&["warped"]; 3]) };
    let lines =
        vec![line(1, Target::Class(2)), line(2, Target::Class(2)), line(3, Target::Nothing), line(4, Target::Class(4))];
    let coded = Member { crosswalk: Some(Crosswalk { path: "crosswalk".into(), lines }), ..member([&["coded"]; 3]) };
    let of_region = |name: &str, file: &'static str, values: [i32; 2]| Member {
        name: Some(name.into()),
        area: Some(Condition { layer: at::REGION, values: ValueSet::from_values(values) }),
        ..member([&[file], &[file], &[file]])
    };
    let any = |role, files: [&[&str]; 3]| Member { classes: None, ..member(files) }.with_role(role);
    let mut joined = layer("joined", Role::Class, vec![of_region("a", "a", [1, 2]), of_region("b", "b", [3, 4])]);
    joined.fallback = vec![1];
    vec![
        layer("region", Role::Region, vec![any(Role::Region, [&["region"]; 3])]),
        layer("base", Role::Class, vec![member([&["base1", "base2"]; 3])]),
        layer("theme", Role::Class, vec![member([&["theme1"], &["theme2"], &[]])]),
        layer("warped", Role::Class, vec![warped]),
        layer("coded", Role::Class, vec![coded]),
        joined,
        layer("height", Role::Value, vec![any(Role::Value, [&["height"]; 3])]),
    ]
}

trait WithRole {
    fn with_role(self, role: Role) -> Self;
}

impl WithRole for Member {
    fn with_role(self, role: Role) -> Self {
        Member { classes: (role == Role::Region).then(|| ValueSet::range(1, 4)), ..self }
    }
}

fn rules() -> Vec<Rule> {
    let high = Condition { layer: at::HEIGHT, values: ValueSet::range(3, 9) };
    let here = Condition { layer: at::REGION, values: ValueSet::from_values([1, 3]) };
    vec![
        rule(at::THEME, ValueSet::range(3, 4), vec![here.clone()]),
        rule(at::CODED, ValueSet::of(4), vec![]),
        rule(at::JOINED, ValueSet::range(1, 2), vec![high]),
        rule(at::WARPED, ValueSet::of(3), vec![]),
        rule(at::BASE, ValueSet::of(1), vec![here]),
        Rule { periods: Some(vec![1, 2]), ..rule(at::THEME, ValueSet::range(1, 2), vec![]) },
        rule(at::JOINED, ValueSet::any(), vec![]),
        rule(at::BASE, ValueSet::any(), vec![]),
        rule(at::CODED, ValueSet::any(), vec![]),
    ]
}

impl Network {
    /// Of three periods, with tiles of 16 pixels and sheets of `sheet`.
    pub fn new(seed: u64, sheet: u32) -> Self {
        let raster = |name: &str, at, size, block| {
            let own = name.bytes().fold(seed, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
            (PathBuf::from(name), Memory::new(at, size, block, own))
        };
        let rasters = BTreeMap::from([
            raster("region", [0.0, 0.0], SIZE, [64, 64]),
            raster("base1", [-10.0, -5.0], [90, 110], [32, 32]),
            raster("base2", [60.0, 10.0], [100, 110], [100, 7]),
            raster("theme1", [20.0, 20.0], [60, 50], [16, 16]),
            raster("theme2", [30.0, 20.0], [60, 50], [16, 16]),
            raster("warped", [40.3, 50.4], [90, 50], [16, 16]),
            raster("coded", [0.0, 60.0], [70, 50], [24, 24]),
            raster("a", [0.0, 0.0], [150, 60], [48, 16]),
            raster("b", [0.0, 40.0], [150, 70], [150, 5]),
            raster("height", [0.0, 0.0], SIZE, [32, 32]),
        ]);
        let grid = Grid { crs: "EPSG:31976".into(), origin: [0.0, 0.0], resolution: [1.0, 1.0], size: SIZE };
        let period = |label: &str| Period { label: label.into(), start: None, end: None };
        let pipeline = Pipeline {
            path: PathBuf::new(),
            folder: PathBuf::new(),
            id: "test".into(),
            title: "test".into(),
            version: "1".into(),
            license: None,
            citation: None,
            contact: None,
            doi: None,
            grid: GridSpec::Given(grid),
            tolerance: 0.01,
            legend: Legend::new((1..5).map(|id| class(id, (id == 4).then_some(1), 0)).collect()).unwrap(),
            legend_path: PathBuf::new(),
            periods: ["2019", "2020", "2021"].map(period).to_vec(),
            partners: vec![],
            layers: layers(),
            coverage: Coverage {
                within: Some(at::REGION),
                method: Method::Prevalence,
                order: vec![at::THEME, at::BASE, at::WARPED, at::CODED, at::JOINED],
                rule_places: vec![],
                rules: rules(),
                unclaimed: None,
            },
            territories: vec![],
            outputs: Outputs {
                compression: Compression::Deflate(1),
                tile: 16,
                overviews: ResampleMethod::Mode,
                sheet,
                nodata: 0,
                agreement: true,
                provenance: Provenance::All,
                transitions: true,
                patches: Patches::None,
            },
            named_values: vec![],
        };
        let square = |x: f64, y: f64| [[x, -y], [x + 60.5, -y - 3.0], [x + 55.0, -y - 40.0], [x, -y - 33.0]];
        let territories = vec![
            ("m".to_owned(), square(5.0, 5.0)),
            ("p".to_owned(), square(70.0, 12.0)),
            ("t".to_owned(), square(30.0, 60.0)),
        ];
        Network { rasters, pipeline, territories }
    }

    /// Polygons, the values of the region layer, and where both meet.
    pub fn kinds(&self) -> Vec<Kind> {
        let polygon = |corners: &[[f64; 2]; 4]| {
            let ring = corners.iter().copied().chain([corners[0]]).collect();
            MultiPolygon { polygons: vec![Polygon { rings: vec![ring] }] }
        };
        let features = self.territories.iter().map(|(key, corners)| (key.clone(), String::new(), polygon(corners)));
        let region = self.pipeline.layers.iter().position(|layer| layer.name == "region").unwrap();
        let bare = |name: &str, from| Kind { name: name.into(), territories: vec![], from, treatment: String::new() };
        vec![
            Kind::from_features("place", String::new(), features),
            bare("region", KindFrom::Layer(region)),
            bare("both", KindFrom::Crossing([1, 0])),
        ]
    }
}

/// A network's files and its door.
pub struct World<'a> {
    pub network: &'a Network,
    pub scratch: tempfile::TempDir,
}

impl Opener for World<'_> {
    fn open(&self, path: &Path) -> Result<Opened, Refused> {
        Ok(Opened { source: source(&self.network.rasters[path]), path: path.to_owned(), translated: None })
    }

    fn polygons(&self, _: &Polygons<'_>) -> Result<Drawing, Refused> {
        unreachable!("no vectors here")
    }
}

impl World<'_> {
    /// A warp that stretches a little.
    fn control_grid(&self, question: &ControlGridQuestion) -> ControlGridAnswer {
        let step = 8;
        let window = question.grid.window();
        let [nodes_across, nodes_down] = [window.width, window.height].map(|side| side.div_ceil(step) + 1);
        let [left, top] = [question.source_transform.0[0], -question.source_transform.0[3]];
        let place = |at: u32, first: f64| (f64::from(at * step) + 0.5 - first) * 0.97;
        let nodes =
            (0..nodes_down).flat_map(|row| (0..nodes_across).map(move |col| [place(col, left), place(row, top)]));
        let bytes: Vec<u8> = nodes.flatten().flat_map(f64::to_le_bytes).collect();
        std::fs::write(&question.out, bytes).unwrap();
        let grid = ControlGridFacts { window, step, nodes_across, nodes_down, exact_cells: vec![], max_error: 0.0 };
        let transformation =
            TransformationFacts { name: "made up".into(), accuracy_m: None, ballpark: false, better: None };
        ControlGridAnswer { grid, transformation }
    }
}

impl Oracle for World<'_> {
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
                unit_to_metre_or_degree: 1e-3,
                ellipsoid: Ellipsoid::WGS84,
                prime_meridian_deg: 0.0,
            })),
            Question::ControlGrid(question) => Answer::ControlGrid(self.control_grid(&question)),
            other => unreachable!("{other:?}"),
        })
    }

    fn scratch(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }
}
