//! Networks in one line: small rasters, pipelines as text, and the program run on them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use mutirao_core::raster::{BlockIndex, DType, GeoKeys, GeoTransform, Interleave, RasterSource};
use mutirao_geotiff::{
    GeoTiff,
    cog::{CogSpec, Compression, TileEncoder, TileSamples, TileStore, assemble},
};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// Classes of every network here; 300 needs 16 bits.
pub const LEGEND: &str = "id,parent,name,color\n1,,Forest,#1f8d49\n3,1,Dense forest,#006400\n4,1,Savanna,#7dc975\n\
                          14,,Farming,#ffefc3\n15,14,Pasture,#edde8e\n24,,Urban,#d4271e\n30,,Mining,#9c0027\n\
                          33,,Water,#2532e4\n";

/// The upper left corner of every grid here.
pub const ORIGIN: [f64; 2] = [405_000.0, 180_000.0];

/// A raster to be written: bands one after the other, each row by row.
#[derive(Clone)]
pub struct Tif {
    pub width: u32,
    pub bands: Vec<Vec<i32>>,
    pub dtype: DType,
    pub nodata: Option<i32>,
    pub origin: [f64; 2],
    pub resolution: f64,
    pub epsg: Option<u16>,
    pub tile: u32,
    pub descriptions: Vec<String>,
    pub compression: Compression,
}

impl Tif {
    /// One band of uint8 on the grid, with nodata 0.
    pub fn of(width: u32, samples: &[i32]) -> Tif {
        Tif {
            width,
            bands: vec![samples.to_vec()],
            dtype: DType::Uint8,
            nodata: Some(0),
            origin: ORIGIN,
            resolution: 30.0,
            epsg: Some(31976),
            tile: 16,
            descriptions: Vec::new(),
            compression: Compression::Deflate { level: 6 },
        }
    }

    pub fn wide(self) -> Tif {
        Tif { dtype: DType::Uint16, ..self }
    }

    pub fn band(mut self, description: &str, samples: &[i32]) -> Tif {
        self.bands.push(samples.to_vec());
        self.described(description)
    }

    pub fn described(mut self, description: &str) -> Tif {
        self.descriptions.push(description.to_owned());
        self
    }

    fn spec(&self) -> CogSpec {
        let [x, y] = self.origin;
        CogSpec {
            width: self.width,
            height: self.bands[0].len() as u32 / self.width,
            tile: self.tile,
            bands: self.bands.len() as u16,
            // The writer knows no int16; the words are the same, and `write` mends the tag.
            dtype: if self.dtype == DType::Uint8 { DType::Uint8 } else { DType::Uint16 },
            compression: self.compression,
            nodata: self.nodata,
            palette: None,
            transform: GeoTransform([x, self.resolution, 0.0, y, 0.0, -self.resolution]),
            geo_keys: keys(self.epsg),
            band_descriptions: self.descriptions.clone(),
            metadata: Vec::new(),
            band_statistics: Vec::new(),
            overview_resampling: "NEAREST".to_owned(),
        }
    }

    /// The file's bytes. Overviews hold the samples of the upper left, which nobody reads.
    pub fn bytes(&self) -> Vec<u8> {
        let spec = self.spec();
        let levels = spec.levels();
        let mut encoder = TileEncoder::new(&spec).unwrap();
        let mut tiles = BTreeMap::new();
        for (band, samples) in self.bands.iter().enumerate() {
            for (at, level) in levels.iter().enumerate() {
                for (row, col) in
                    (0..level.tiles_down).flat_map(|row| (0..level.tiles_across).map(move |col| (row, col)))
                {
                    let padded = padded(samples, [spec.width, spec.height], spec.tile, [col, row]);
                    tiles.insert((band as u16, at, col, row), encode(&mut encoder, spec.dtype, &padded));
                }
            }
        }
        let mut bytes = Vec::new();
        assemble(&spec, &Tiles(tiles), &mut bytes).unwrap();
        if self.dtype == DType::Int16 {
            signed(&mut bytes, self.bands.len());
        }
        bytes
    }
}

/// The keys of a projected CRS, or of a geographic one for codes of 4000-4999; none for none.
fn keys(epsg: Option<u16>) -> GeoKeys {
    let directory = match epsg {
        None => Vec::new(),
        Some(code @ 4000..=4999) => vec![1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, code],
        Some(code) => vec![1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, code],
    };
    GeoKeys { directory, ..GeoKeys::default() }
}

fn padded(samples: &[i32], [width, height]: [u32; 2], tile: u32, [col, row]: [u32; 2]) -> Vec<i32> {
    let at = |x: u32, y: u32| if x < width && y < height { samples[(y * width + x) as usize] } else { 0 };
    (0..tile * tile).map(|i| at(col * tile + i % tile, row * tile + i / tile)).collect()
}

fn encode(encoder: &mut TileEncoder, dtype: DType, samples: &[i32]) -> Vec<u8> {
    match dtype {
        DType::Uint8 => {
            let samples: Vec<u8> = samples.iter().map(|value| u8::try_from(*value).unwrap()).collect();
            encoder.encode(TileSamples::Uint8(&samples)).unwrap()
        }
        _ => {
            let samples: Vec<u16> = samples.iter().map(|value| *value as u16).collect();
            encoder.encode(TileSamples::Uint16(&samples)).unwrap()
        }
    }
}

/// Turns SampleFormat (339) of one sample from unsigned to signed, in every directory.
fn signed(bytes: &mut [u8], bands: usize) {
    assert_eq!(bands, 1, "the value stands in the entry itself for one band only");
    let entry = [0x53, 0x01, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0];
    let places: Vec<usize> = (0..bytes.len() - 12).filter(|at| bytes[*at..*at + 12] == entry).collect();
    assert!(!places.is_empty());
    places.into_iter().for_each(|at| bytes[at + 8] = 2);
}

/// Encoded tiles by band, level, column and row.
pub struct Tiles(pub BTreeMap<(u16, usize, u32, u32), Vec<u8>>);

impl TileStore for Tiles {
    fn len(&self, band: u16, level: usize, col: u32, row: u32) -> u64 {
        self.0[&(band, level, col, row)].len() as u64
    }

    fn read(&self, band: u16, level: usize, col: u32, row: u32, into: &mut Vec<u8>) -> std::io::Result<()> {
        into.clone_from(&self.0[&(band, level, col, row)]);
        Ok(())
    }
}

/// A network's folder, with a place for releases and a cache beside it.
pub struct Net {
    pub dir: TempDir,
    head: String,
}

impl Net {
    /// A network on a grid of this size, for one period `2020`.
    pub fn new(size: [u32; 2]) -> Net {
        Net::of_periods(size, "[2020]")
    }

    pub fn of_periods(size: [u32; 2], periods: &str) -> Net {
        let head = format!(
            "mutirao: 1\nid: net\nversion: \"1\"\nlegend: legend.csv\nperiods: {periods}\noutputs: {{ tile: 64 }}\n\
             grid: {{ crs: EPSG:31976, origin: [405000, 180000], resolution: 30, size: [{}, {}] }}\n",
            size[0], size[1]
        );
        let net = Net { dir: tempfile::tempdir().unwrap(), head };
        net.write("legend.csv", LEGEND);
        net
    }

    /// Replaces words of the pipeline's head, which must be there.
    pub fn head(mut self, from: &str, to: &str) -> Net {
        assert!(self.head.contains(from), "{}", self.head);
        self.head = self.head.replace(from, to);
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Net {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    pub fn tif(&self, name: &str, tif: &Tif) -> &Net {
        self.write(&format!("{name}.tif"), tif.bytes())
    }

    /// The pipeline: the head, then this text.
    pub fn pipeline(&self, rest: &str) -> &Net {
        self.write("pipeline.yaml", format!("{}{rest}", self.head))
    }

    pub fn release(&self) -> PathBuf {
        self.path("out/net/1")
    }

    /// The program, to be started in the network's folder.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .args(args)
            .current_dir(self.dir.path())
            .env("MUTIRAO_CACHE", self.path("cache"))
            .env("MUTIRAO_DOOR", door());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI", "COLUMNS"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null());
        command
    }

    pub fn mutirao(&self, args: &[&str]) -> Said {
        Said::of(self.command(args).output().unwrap())
    }

    /// `run` into `out`.
    pub fn run(&self, more: &[&str]) -> Said {
        self.mutirao(&[&["run", ".", "--out", "out"], more].concat())
    }

    /// What the release holds, after a run that must succeed.
    pub fn merged(&self) -> Merged {
        self.run(&["--overwrite"]).ok();
        Merged { release: self.release() }
    }

    /// What stands under `out/net`, sorted, without locks and the list of releases.
    pub fn left(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path("out/net")) else { return Vec::new() };
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.starts_with(".lock-") && name != "releases.json");
        names.sort();
        names
    }
}

/// The program under test.
pub fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_mutirao"))
}

/// The door, which stands beside it.
fn door() -> PathBuf {
    let door = program().with_file_name("mutirao-door");
    assert!(door.exists(), "{} is not there: build it first, `cargo build -p mutirao-door`", door.display());
    door
}

/// What the program said.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn of(output: Output) -> Said {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    #[track_caller]
    pub fn ok(&self) -> &Said {
        assert_eq!(self.code, Some(0), "{self}");
        self
    }

    /// It ended with this code, and said all these words.
    #[track_caller]
    pub fn fails(&self, code: i32, words: &[&str]) -> &Said {
        assert_eq!(self.code, Some(code), "{self}");
        for word in words {
            assert!(self.err.contains(word) || self.out.contains(word), "\"{word}\" is missing:\n{self}");
        }
        assert!(!self.err.contains("panicked"), "{self}");
        self
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "exit code {:?}\nstdout:\n{}\nstderr:\n{}", self.code, self.out, self.err)
    }
}

/// A finished release.
pub struct Merged {
    pub release: PathBuf,
}

/// Every band of a period.
#[derive(Debug, PartialEq, Eq)]
pub struct Bands {
    pub class: Vec<i32>,
    pub source: Vec<i32>,
    pub rule: Vec<i32>,
    pub part: Vec<i32>,
    pub speak: Vec<i32>,
    pub same: Vec<i32>,
    pub same_top: Vec<i32>,
}

impl Merged {
    pub fn bands(&self, period: &str) -> Bands {
        let read = |folder: &str| samples(&self.release.join(folder).join(format!("{period}.tif")));
        let [class] = read("coverage").try_into().unwrap();
        let [source, rule, part] = read("provenance").try_into().unwrap();
        let [speak, same, same_top] = read("agreement").try_into().unwrap();
        Bands { class, source, rule, part, speak, same, same_top }
    }

    pub fn dtype(&self, period: &str) -> DType {
        GeoTiff::open(&self.release.join(format!("coverage/{period}.tif"))).unwrap().facts().dtype
    }
}

/// All samples of a file, by band, row by row.
pub fn samples(path: &Path) -> Vec<Vec<i32>> {
    let file = GeoTiff::open(path).unwrap();
    let facts = file.facts().clone();
    let mut bands = vec![vec![0; (facts.width * facts.height) as usize]; usize::from(facts.bands)];
    let places = (0..facts.blocks_down()).flat_map(|row| (0..facts.blocks_across()).map(move |col| (col, row)));
    for (col, row) in places {
        for (band, samples) in bands.iter_mut().enumerate() {
            let chunky = facts.interleave == Interleave::Chunky;
            let index = BlockIndex { band: if chunky { 0 } else { band as u16 }, col, row };
            let block = file.read_block(index).unwrap();
            for (x, y) in (0..block.height).flat_map(|y| (0..block.width).map(move |x| (x, y))) {
                let [at_x, at_y] = [col * facts.block_width + x, row * facts.block_height + y];
                if at_x < facts.width && at_y < facts.height {
                    let pixel = (y * block.width + x) as usize * usize::from(block.samples_per_pixel);
                    samples[(at_y * facts.width + at_x) as usize] =
                        block.samples(&facts).get(pixel + if chunky { band } else { 0 });
                }
            }
        }
    }
    bands
}

/// A hash of a folder: every name and every byte in it.
pub fn hash_of(folder: &Path) -> String {
    let mut hash = Sha256::new();
    add(folder, &mut hash);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The sha256 of bytes, in hexadecimal digits.
pub fn hash_of_bytes(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn add(path: &Path, hash: &mut Sha256) {
    hash.update(path.as_os_str().as_encoded_bytes());
    if path.is_dir() {
        let mut paths: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().for_each(|path| add(path, hash));
    } else {
        hash.update(fs::read(path).unwrap());
    }
}
