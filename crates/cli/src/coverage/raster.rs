//! Any raster of classes, taken for a coverage.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mutirao_core::{
    grid::Grid,
    raster::{DType, RasterFacts, RasterSource},
};
use mutirao_engine::{
    finished::{Area, Finished, FinishedPeriod, Layer, Placed},
    plan::{Opened, Opener, crs_of},
};

use super::{crs_facts, failure};
use crate::{command::Failure, exit::Exit, network::Tools};

/// A raster of classes, each band a period.
pub struct Rasters {
    path: PathBuf,
    source: Arc<dyn RasterSource>,
    provenance: Option<(PathBuf, Arc<dyn RasterSource>)>,
    grid: Grid,
    /// The period of its only band, where somebody said it.
    period: Option<String>,
    /// What people should know of it.
    pub notes: Vec<String>,
}

impl Rasters {
    /// Opens a raster, at the door where it is not plain, and one of sources on the same grid.
    ///
    /// # Errors
    /// Why it cannot be taken for a coverage.
    pub fn open(path: &Path, provenance: Option<&Path>, tools: &Tools) -> Result<Self, Failure> {
        let source = open(path, tools)?.source;
        let facts = source.facts();
        let grid = grid_of(path, facts, tools)?;
        let mut notes = Vec::new();
        if facts.nodata.is_none() && !facts.mask {
            notes.push(format!("{} declares no nodata, so every value counts as a class", path.display()));
        }
        let provenance = provenance.map(|beside| beside_of(path, facts, beside, tools)).transpose()?;
        Ok(Rasters { path: path.to_owned(), source, provenance, grid, period: None, notes })
    }

    /// Takes its only band for that of a period, unless the band says that it is of another year.
    pub fn speak_for(&mut self, period: &str) {
        let is_year = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let says_another = self.description(0).is_some_and(|own| is_year(own) && own != period);
        if self.source.facts().bands == 1 && !says_another {
            self.period = Some(period.to_owned());
        }
    }

    /// Its bands, to be read.
    pub fn finished(&self) -> Finished<'_> {
        let facts = self.source.facts();
        let period = |band: u16| FinishedPeriod {
            label: self.label(band),
            class: one(&self.path, &self.source, band, &self.grid, facts.nodata),
            source: self
                .provenance
                .as_ref()
                .map(|(path, source)| one(path, source, 0, &self.grid, source.facts().nodata)),
            rule: None,
            area: Area::Classes,
        };
        Finished { grid: self.grid.clone(), periods: (0..facts.bands).map(period).collect() }
    }

    /// The value of nothing, 0 where it has none that is a class's number.
    pub fn nodata(&self) -> u16 {
        self.source.facts().nodata.and_then(|nodata| u16::try_from(nodata).ok()).unwrap_or(0)
    }

    /// What somebody said of the only band, what the band says of itself, or else the name of the file.
    fn label(&self, band: u16) -> String {
        let stem = || self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let own = self.period.as_deref().or_else(|| self.description(band)).map(str::to_owned);
        own.unwrap_or_else(|| match self.source.facts().bands {
            1 => stem(),
            _ => format!("{}_{}", stem(), band + 1),
        })
    }

    fn description(&self, band: u16) -> Option<&str> {
        let descriptions = &self.source.facts().band_descriptions;
        descriptions.get(usize::from(band))?.as_deref().filter(|text| !text.trim().is_empty())
    }
}

fn one<'a>(path: &Path, source: &'a Arc<dyn RasterSource>, band: u16, grid: &Grid, nothing: Option<i32>) -> Layer<'a> {
    Layer { files: vec![Placed { path: path.to_owned(), source: &**source, band, window: grid.window(), nothing }] }
}

fn open(path: &Path, tools: &Tools) -> Result<Opened, Failure> {
    if !path.exists() {
        let help = Some("see that the path is right".to_owned());
        return Err(Failure { error: format!("there is no {}", path.display()), help, exit: Exit::Environment });
    }
    tools.files().open(path).map_err(|refused| failure(&refused))
}

fn grid_of(path: &Path, facts: &RasterFacts, tools: &Tools) -> Result<Grid, Failure> {
    let refused = |what: &str, help: &str| Failure {
        error: format!("{}: {what}", path.display()),
        help: Some(help.to_owned()),
        exit: Exit::Findings,
    };
    let crs = crs_of(None, facts).ok_or_else(|| refused("it states no CRS", "give the file its CRS"))?;
    let placed = facts.transform.filter(|transform| transform.is_north_up());
    let t =
        placed.ok_or_else(|| refused("it is not north-up, or not georeferenced", "warp it onto a north-up grid"))?.0;
    let crs = crs_facts(crs, &tools.door)?;
    let name = crs.authority.unwrap_or(crs.wkt);
    Ok(Grid { crs: name, origin: [t[0], t[3]], resolution: [t[1], -t[5]], size: [facts.width, facts.height] })
}

/// A raster of sources, if it lies as the coverage does.
fn beside_of(
    path: &Path,
    facts: &RasterFacts,
    beside: &Path,
    tools: &Tools,
) -> Result<(PathBuf, Arc<dyn RasterSource>), Failure> {
    if facts.bands > 1 {
        let error = format!("{} has {} periods, and one provenance cannot be that of all", path.display(), facts.bands);
        return Err(Failure::usage(error, "take the bands apart, or leave --provenance away"));
    }
    let source = open(beside, tools)?.source;
    let other = source.facts();
    let is_near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
    let same_place = match (facts.transform, other.transform) {
        (Some(a), Some(b)) => a.0.iter().zip(b.0).all(|(a, b)| is_near(*a, b)),
        _ => false,
    };
    if !same_place || [facts.width, facts.height] != [other.width, other.height] || other.dtype == DType::Int16 {
        let error =
            format!("{} does not lie pixel on pixel with {}, in uint8 or uint16", beside.display(), path.display());
        let help = Some("give the provenance that was written with the coverage".to_owned());
        return Err(Failure { error, help, exit: Exit::Findings });
    }
    Ok((beside.to_owned(), source))
}
