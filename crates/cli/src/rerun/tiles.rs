//! The tiles of an earlier release, out of its COGs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use mutirao_core::{
    pipeline::Pipeline,
    raster::{BlockContent, BlockIndex, RasterSource, ReadError, Samples},
};
use mutirao_engine::{
    EngineError, Result,
    fingerprint::{Fingerprint, Stamp},
    plan::Plan,
    product::{Band, Product, bands},
    rerun::EarlierTiles,
    spool::TileKey,
};
use mutirao_geotiff::GeoTiff;
use mutirao_mosaic::plane::Plane;

use crate::release::{manifest::Manifest, raster_name};

/// The COGs of a release.
pub struct Cogs {
    folder: PathBuf,
    periods: Vec<String>,
    /// The bands of all products, each with its place in its product.
    bands: Vec<(Band, u16)>,
    in_sheets: bool,
    /// The files as they were when they were compared with the manifest.
    files: HashMap<PathBuf, Fingerprint>,
    /// Those of the sheet at hand.
    open: Mutex<Open>,
}

/// The levels of the files of one sheet, full resolution first.
#[derive(Default)]
struct Open {
    sheet: [u32; 2],
    files: HashMap<PathBuf, Arc<Vec<GeoTiff>>>,
}

impl Cogs {
    /// Those of a release that is made as this plan makes it; each is compared with its hash in the manifest.
    ///
    /// # Errors
    /// Where a file is not there or not what the manifest says.
    pub fn open(folder: &Path, manifest: &Manifest, plan: &Plan, pipeline: &Pipeline) -> Result<Self> {
        let products =
            [Product::Coverage, Product::Provenance, Product::Agreement].map(|one| format!("{}/", one.folder()));
        let is_cog = |path: &str| path.ends_with(".tif") && products.iter().any(|folder| path.starts_with(folder));
        let mut files = HashMap::new();
        for entry in manifest.files.iter().filter(|entry| is_cog(&entry.path)) {
            let path = folder.join(&entry.path);
            let fingerprint = Fingerprint::take(&Stamp::of(&path)?)?;
            if fingerprint.sha256 != entry.sha256 {
                let what = "it is not what the manifest says".to_owned();
                return Err(EngineError::Malformed { path, what });
            }
            files.insert(path, fingerprint);
        }
        let all = bands(pipeline, plan);
        let place = |band: &Band| all.iter().position(|other| other.product == band.product).unwrap_or(0);
        let grid = &plan.grid;
        Ok(Cogs {
            folder: folder.to_owned(),
            periods: plan.periods.clone(),
            bands: all.iter().enumerate().map(|(at, band)| (*band, (at - place(band)) as u16)).collect(),
            in_sheets: grid.width().max(grid.height()) > pipeline.outputs.sheet,
            files,
            open: Mutex::default(),
        })
    }

    /// Whether the files are still what they were.
    ///
    /// # Errors
    /// [`EngineError::InputChanged`].
    pub fn check(&self) -> Result<()> {
        self.files.values().try_for_each(Fingerprint::check)
    }

    /// The levels of the file that holds a tile; none where the release has none.
    fn levels(&self, sheet: [u32; 2], key: &TileKey) -> Result<Option<(PathBuf, Arc<Vec<GeoTiff>>)>> {
        let (band, _) = self.bands[usize::from(key.band)];
        let period = &self.periods[usize::from(key.period)];
        let path = self.folder.join(raster_name(band.product, period, self.in_sheets.then_some(sheet)));
        if !self.files.contains_key(&path) {
            return Ok(None);
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.sheet != sheet {
            // Sheets are done one after another.
            *open = Open { sheet, files: HashMap::new() };
        }
        if let Some(levels) = open.files.get(&path) {
            return Ok(Some((path, Arc::clone(levels))));
        }
        let opened =
            levels(&path).map_err(|error| EngineError::Malformed { path: path.clone(), what: error.to_string() });
        let levels = Arc::new(opened?);
        open.files.insert(path.clone(), Arc::clone(&levels));
        Ok(Some((path, levels)))
    }

    fn read<T>(
        &self,
        sheet: [u32; 2],
        key: &TileKey,
        read: impl FnOnce(&GeoTiff, BlockIndex) -> std::result::Result<T, ReadError>,
    ) -> Result<Option<T>> {
        let Some((path, levels)) = self.levels(sheet, key)? else { return Ok(None) };
        let (_, band) = self.bands[usize::from(key.band)];
        let level = levels.get(usize::from(key.level));
        let level = level.ok_or_else(|| malformed(&path, "an overview is missing"))?;
        let found = read(level, BlockIndex { band, col: key.col, row: key.row });
        found.map(Some).map_err(|source| EngineError::Input { path, source })
    }
}

fn levels(path: &Path) -> std::result::Result<Vec<GeoTiff>, mutirao_geotiff::OpenError> {
    let full = GeoTiff::open(path)?;
    let overviews: Vec<GeoTiff> =
        (0..full.overviews()).map(|at| full.level(at)).collect::<std::result::Result<_, _>>()?;
    Ok([full].into_iter().chain(overviews).collect())
}

fn malformed(path: &Path, what: &str) -> EngineError {
    EngineError::Malformed { path: path.to_owned(), what: what.to_owned() }
}

impl EarlierTiles for Cogs {
    fn encoded(&self, sheet: [u32; 2], key: &TileKey) -> Result<Option<Vec<u8>>> {
        let found = self.read(sheet, key, |level, index| {
            let mut raw = Vec::new();
            Ok(level.fetch(index, &mut raw)?.then_some(raw))
        })?;
        // A release leaves no tile out of a file that it has.
        found.map(|bytes| bytes.ok_or_else(|| malformed(&self.folder, "a tile of a COG is missing"))).transpose()
    }

    fn samples(&self, sheet: [u32; 2], key: &TileKey) -> Result<Option<Plane>> {
        let read = |level: &GeoTiff, index| {
            let block = level.read_block(index)?;
            Ok((block.content != BlockContent::Empty).then(|| block.samples(level.facts()).into_owned()))
        };
        let Some(samples) = self.read(sheet, key, read)? else { return Ok(None) };
        match samples {
            Some(Samples::Uint8(samples)) => Ok(Some(Plane::U8(samples))),
            Some(Samples::Uint16(samples)) => Ok(Some(Plane::U16(samples))),
            Some(Samples::Int16(_)) | None => Err(malformed(&self.folder, "a tile of a COG is missing")),
        }
    }
}
