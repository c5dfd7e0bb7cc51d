//! `mutirao init`.

use std::fs;
use std::path::Path;

use mutirao_core::{
    door::{Answer, CrsText, Question},
    raster::{DType, GeoTransform},
};
use mutirao_engine::{EngineError, Result, plan::Oracle};
use mutirao_geotiff::cog::{CogSpec, Compression, TileEncoder, TileSamples, TileStore, assemble};

use crate::{
    command::{Failure, print_json, print_line},
    exit::Exit,
    network::Tools,
};

/// Pixels on a side of the rasters of a new network.
const SIDE: u32 = 32;

#[derive(serde::Serialize)]
struct Body<'a> {
    folder: &'a Path,
    files: Vec<String>,
}

/// Makes a network's folder that runs as it stands.
pub fn init(dir: &Path, tools: &Tools, json: bool) -> Exit {
    match make(dir, tools) {
        Ok(files) if json => print_json("init", Body { folder: dir, files }),
        Ok(files) => {
            for file in &files {
                print_line(&dir.join(file).display().to_string());
            }
            print_line(&format!("now try: mutirao run {}", dir.display()));
            Exit::Ok
        }
        Err(EngineError::Exists(dir)) => not_empty(&dir).tell_alone("init", json),
        Err(error) => Failure::of(&error).tell_alone("init", json),
    }
}

fn not_empty(dir: &Path) -> Failure {
    Failure {
        error: format!("{} is there already, and not empty", dir.display()),
        help: Some("give another folder; init changes none that somebody works in".to_owned()),
        exit: Exit::Environment,
    }
}

fn make(dir: &Path, tools: &Tools) -> Result<Vec<String>> {
    if dir.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(EngineError::Exists(dir.to_owned()));
    }
    let id = std::path::absolute(dir).ok().and_then(|dir| Some(dir.file_name()?.to_string_lossy().into_owned()));
    let template = mutirao_pipeline::template(id.as_deref().unwrap_or("network"));
    let mut files = Vec::new();
    for (name, text) in &template.files {
        write(&dir.join(name), text.as_bytes())?;
        files.push((*name).to_owned());
    }
    let [base, mining] = template.rasters;
    let geo_keys = match tools.door.ask(Question::Crs { crs: CrsText::Text("EPSG:4326".to_owned()) }) {
        Ok(Answer::Crs(facts)) => facts.geo_keys,
        Ok(_) => {
            return Err(EngineError::Malformed {
                path: dir.to_owned(),
                what: "the door answered another question".into(),
            });
        }
        Err(refused) => return Err(EngineError::Malformed { path: dir.to_owned(), what: refused.message }),
    };
    for (name, class) in [(base, base_class as fn(u32, u32) -> u8), (mining, mining_class)] {
        write(&dir.join(name), &raster(class, &geo_keys)?)?;
        files.push(name.to_owned());
    }
    Ok(files)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(EngineError::io("create", parent))?;
    }
    fs::write(path, bytes).map_err(EngineError::io("write", path))
}

/// Forest in the north-west, pasture in the south-east, a river between.
fn base_class(col: u32, row: u32) -> u8 {
    match (col + row).abs_diff(SIDE + row / 8) {
        0..=1 => 33,
        _ if col + row < SIDE => 3,
        _ => 15,
    }
}

/// One mine, partly in the river.
fn mining_class(col: u32, row: u32) -> u8 {
    u8::from(col.abs_diff(18).pow(2) + row.abs_diff(14).pow(2) < 12)
}

fn raster(class: fn(u32, u32) -> u8, geo_keys: &mutirao_core::raster::GeoKeys) -> Result<Vec<u8>> {
    let spec = CogSpec {
        width: SIDE,
        height: SIDE,
        tile: SIDE,
        bands: 1,
        dtype: DType::Uint8,
        compression: Compression::Deflate { level: 6 },
        nodata: Some(0),
        palette: None,
        transform: GeoTransform([-51.0, 0.01, 0.0, 1.0, 0.0, -0.01]),
        geo_keys: geo_keys.clone(),
        band_descriptions: Vec::new(),
        metadata: Vec::new(),
        band_statistics: Vec::new(),
        overview_resampling: String::new(),
    };
    let samples: Vec<u8> = (0..SIDE * SIDE).map(|at| class(at % SIDE, at / SIDE)).collect();
    let broken =
        |error: mutirao_geotiff::cog::CogError| EngineError::Malformed { path: "data".into(), what: error.to_string() };
    let encoded =
        TileEncoder::new(&spec).and_then(|mut encoder| encoder.encode(TileSamples::Uint8(&samples))).map_err(broken)?;
    let mut bytes = Vec::new();
    assemble(&spec, &OneTile(encoded), &mut bytes).map_err(broken)?;
    Ok(bytes)
}

struct OneTile(Vec<u8>);

impl TileStore for OneTile {
    fn len(&self, _: u16, _: usize, _: u32, _: u32) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, _: u16, _: usize, _: u32, _: u32, into: &mut Vec<u8>) -> std::io::Result<()> {
        into.clone_from(&self.0);
        Ok(())
    }
}
