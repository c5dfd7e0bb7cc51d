//! How each file lies on the grid: as it is, snapped, warped, or refused with the reason.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mutirao_core::{
    door::{Answer, ControlGridAnswer, ControlGridQuestion, CrsFacts, CrsText, Question},
    grid::{Grid, Offset, align},
    pipeline::{Member, Resample, ResampleMethod},
    raster::{RasterFacts, RasterSource},
};

use super::{Drawing, Opened, Opener, Oracle, Placement, PlannedFile, Polygons, Refused};
use crate::vector::VectorSource;

/// The files of a plan as they are gathered, each opened once.
pub(super) struct Files<'a> {
    pub(super) opener: &'a dyn Opener,
    pub(super) oracle: &'a dyn Oracle,
    pub(super) grid: &'a Grid,
    pub(super) crs: &'a CrsFacts,
    pub(super) tolerance: f64,
    pub(super) planned: Vec<PlannedFile>,
    pub(super) sources: Vec<Arc<dyn RasterSource>>,
    opened: HashMap<PathBuf, Result<Arc<Opened>, Refused>>,
    placed: HashMap<String, Result<usize, Refused>>,
    same: HashMap<String, Result<bool, Refused>>,
    /// Control grids with their numbers, by where a file lies.
    warps: HashMap<String, Result<(ControlGridAnswer, PathBuf), Refused>>,
}

impl<'a> Files<'a> {
    pub(super) fn new(
        opener: &'a dyn Opener,
        oracle: &'a dyn Oracle,
        grid: &'a Grid,
        crs: &'a CrsFacts,
        tolerance: f64,
    ) -> Self {
        Files {
            opener,
            oracle,
            grid,
            crs,
            tolerance,
            planned: Vec::new(),
            sources: Vec::new(),
            opened: HashMap::new(),
            placed: HashMap::new(),
            same: HashMap::new(),
            warps: HashMap::new(),
        }
    }

    /// Opens a file, once.
    pub(super) fn open(&mut self, path: &Path) -> Result<Arc<Opened>, Refused> {
        let opener = self.opener;
        self.opened.entry(path.to_owned()).or_insert_with(|| opener.open(path).map(Arc::new)).clone()
    }

    /// The file's place in the plan, as this member wants it placed.
    pub(super) fn place(&mut self, path: &Path, member: &Member) -> Result<usize, Refused> {
        let crosswalk = member.crosswalk.as_ref().map(|crosswalk| &crosswalk.path);
        let vector =
            member.attribute.as_ref().map(|attribute| (attribute, &member.vector_layer, crosswalk, member.overlap));
        let key =
            format!("{}|{:?}|{:?}|{}|{vector:?}", path.display(), member.crs, member.resample, member.allow_ballpark);
        if let Some(known) = self.placed.get(&key) {
            return known.clone();
        }
        let placed = match &member.attribute {
            Some(attribute) => self.plan_vector(path, member, attribute),
            None => self.open(path).and_then(|opened| self.plan_file(path, member, &opened)),
        };
        self.placed.insert(key, placed.clone());
        placed
    }

    fn plan_file(&mut self, path: &Path, member: &Member, opened: &Opened) -> Result<usize, Refused> {
        let facts = opened.source.facts();
        let (placement, placed_words) = self.placement(path, member, facts)?;
        let treatment = match &opened.translated {
            Some(translated) => format!("{translated}, {placed_words}"),
            None => placed_words,
        };
        self.planned.push(PlannedFile {
            path: path.to_owned(),
            opened: opened.path.clone(),
            facts: facts.clone(),
            placement,
            treatment,
            spool: false,
        });
        self.sources.push(Arc::clone(&opened.source));
        Ok(self.planned.len() - 1)
    }

    /// A vector file is drawn on the grid as it is read: a pixel belongs to the polygon that holds its centre.
    fn plan_vector(&mut self, path: &Path, member: &Member, attribute: &str) -> Result<usize, Refused> {
        let wanted = Polygons {
            path,
            layer: member.vector_layer.as_deref(),
            crs: member.crs.as_deref(),
            allow_ballpark: member.allow_ballpark,
            target: &self.grid.crs,
            attributes: &[attribute],
        };
        let Drawing { features, treatment, .. } = self.opener.polygons(&wanted)?;
        let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        let source = VectorSource::new(self.grid, &features, member, bytes).map_err(|message| Refused {
            code: "unknown-class".into(),
            message: format!("{}: {message}", path.display()),
            mend: "put the value into the layer's crosswalk".into(),
        })?;
        self.planned.push(PlannedFile {
            path: path.to_owned(),
            opened: path.to_owned(),
            facts: source.facts().clone(),
            placement: Placement::OnGrid(Offset { col: 0, row: 0, snapped: 0.0 }),
            treatment: format!("drawn from {} features by {attribute}, {treatment}", features.len()),
            spool: false,
        });
        self.sources.push(Arc::new(source));
        Ok(self.planned.len() - 1)
    }

    fn placement(&mut self, path: &Path, member: &Member, facts: &RasterFacts) -> Result<(Placement, String), Refused> {
        let transform = facts.transform.ok_or_else(|| Refused {
            code: "not-georeferenced".into(),
            message: format!("{} does not say where its pixels lie", path.display()),
            mend: "write its geotransform into the file, as with gdal_edit -a_ullr".into(),
        })?;
        let crs = crs_of(member.crs.as_deref(), facts).ok_or_else(|| Refused {
            code: "crs-missing".into(),
            message: format!("{} does not say in which CRS it is", path.display()),
            mend: "say `crs:` on the layer, or write the CRS into the file".into(),
        })?;
        let size = [facts.width, facts.height];
        let misfit = if self.same_crs(&crs)? {
            let wrap = self.crs.geographic.then(|| 360.0 / self.crs.unit_to_metre_or_degree);
            match align(self.grid, &transform, size, self.tolerance, wrap) {
                Ok(offset) => {
                    let words = if offset.snapped > 0.0 {
                        format!("snapped by {:.1e} pixels", offset.snapped)
                    } else {
                        "as is".to_owned()
                    };
                    return Ok((Placement::OnGrid(offset), words));
                }
                Err(misfit) => misfit.to_string(),
            }
        } else {
            format!("{}, the grid is {}", crs_name(&crs), self.grid.crs)
        };
        match member.resample {
            None => Err(off_grid(path, &misfit)),
            Some(resample) => self.warp(path, &crs, facts, resample, member.allow_ballpark),
        }
    }

    fn same_crs(&mut self, crs: &CrsText) -> Result<bool, Refused> {
        let named = match crs {
            CrsText::Text(text) => Some(text.clone()),
            CrsText::GeoKeys(keys) => keys.epsg().map(|code| format!("EPSG:{code}")),
        };
        if named.as_deref().is_some_and(|name| name == self.grid.crs || Some(name) == self.crs.authority.as_deref()) {
            return Ok(true);
        }
        let key = format!("{crs:?}");
        let (oracle, grid) = (self.oracle, &self.grid.crs);
        let ask = || match oracle.ask(Question::SameCrs { a: crs.clone(), b: CrsText::Text(grid.clone()) })? {
            Answer::SameCrs(facts) => Ok(facts.same),
            other => Err(unexpected(&other)),
        };
        self.same.entry(key).or_insert_with(ask).clone()
    }

    /// The control grid of a file; those that lie alike share one.
    fn warp(
        &mut self,
        path: &Path,
        crs: &CrsText,
        facts: &RasterFacts,
        resample: Resample,
        allow_ballpark: bool,
    ) -> Result<(Placement, String), Refused> {
        let numbers = self.oracle.scratch(&format!("control-{}.bin", self.planned.len()));
        let question = Question::ControlGrid(ControlGridQuestion {
            from: crs.clone(),
            source_transform: facts.transform.unwrap_or(self.grid.transform()),
            source_size: [facts.width, facts.height],
            grid: self.grid.clone(),
            window: None,
            bound: resample.bound,
            allow_ballpark,
            out: numbers.clone(),
        });
        let key = format!(
            "{crs:?}|{:?}|{:?}|{}|{allow_ballpark}",
            facts.transform,
            [facts.width, facts.height],
            resample.bound
        );
        let oracle = self.oracle;
        let ask = || match oracle.ask(question)? {
            Answer::ControlGrid(answer) => Ok((answer, numbers)),
            other => Err(unexpected(&other)),
        };
        let (answer, numbers) = self.warps.entry(key).or_insert_with(ask).clone().map_err(|refused| Refused {
            message: format!("{} cannot be warped: {}", path.display(), refused.message),
            ..refused
        })?;
        let method = match resample.method {
            ResampleMethod::Nearest => "nearest",
            ResampleMethod::Mode => "mode",
        };
        let words = format!(
            "warped from {} by {method}, within {} pixel, by {}",
            crs_name(crs),
            resample.bound,
            answer.transformation
        );
        let placement = Placement::Warped {
            control: answer.grid,
            numbers,
            method: resample.method,
            ignore_nodata: resample.ignore_nodata,
        };
        Ok((placement, words))
    }
}

/// The GeoKeys of which a file that states a CRS has one: its model, or the code of a geographic or projected CRS.
const STATING: [u16; 3] = [1024, 2048, 3072];

/// The CRS that a file is taken to be in.
pub fn crs_of(given: Option<&str>, facts: &RasterFacts) -> Option<CrsText> {
    match given {
        Some(text) => Some(CrsText::Text(text.to_owned())),
        None => facts
            .geo_keys
            .clone()
            .filter(|keys| STATING.iter().any(|key| keys.code(*key).is_some()))
            .map(CrsText::GeoKeys),
    }
}

fn crs_name(crs: &CrsText) -> String {
    match crs {
        CrsText::Text(text) => text.clone(),
        CrsText::GeoKeys(keys) => match keys.epsg() {
            Some(code) => format!("EPSG:{code}"),
            None => {
                keys.ascii.split('|').next().filter(|name| !name.is_empty()).unwrap_or("a CRS of its own").to_owned()
            }
        },
    }
}

fn off_grid(path: &Path, reason: &str) -> Refused {
    let is = if reason.starts_with("shifted") || reason.starts_with("EPSG") { "is " } else { "" };
    let separator = if is.is_empty() { ": " } else { " " };
    Refused {
        code: "off-grid".into(),
        message: format!("{}{separator}{is}{reason}", path.display()),
        mend: "deliver it on the grid, or say `resample: nearest` (or `mode`) on the layer".into(),
    }
}

pub(super) fn unexpected(answer: &Answer) -> Refused {
    Refused {
        code: "door-failed".into(),
        message: format!("the door answered another question: {answer:?}"),
        mend: "internal error, please report".into(),
    }
}

impl std::fmt::Display for super::Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

/// Whether a file lies on the grid but shares no pixel with it.
pub(super) fn misses_grid(file: &PlannedFile, grid: &Grid) -> bool {
    match &file.placement {
        Placement::Warped { .. } => false,
        Placement::OnGrid(offset) => {
            offset.col >= i64::from(grid.width())
                || offset.row >= i64::from(grid.height())
                || offset.col + i64::from(file.facts.width) <= 0
                || offset.row + i64::from(file.facts.height) <= 0
        }
    }
}
