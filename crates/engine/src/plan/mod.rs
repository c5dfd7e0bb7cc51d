//! A plan: everything that a run will do, decided before a pixel is read.
//!
//! [`build`] joins a pipeline with the facts of its files and the answers of the door. What cannot be run comes back as findings, all
//! at once.

mod bands;
mod build;
mod estimate;
mod files;
mod layers;
mod periods;

use std::path::PathBuf;
use std::sync::Arc;

use mutirao_core::{
    axis_unit::AxisUnit,
    control_grid::ControlGridFacts,
    crosswalk::Crosswalk,
    door::{Answer, CrsFacts, Question, Refusal},
    geometry::MultiPolygon,
    grid::{Grid, Offset},
    pipeline::{Overlap, ResampleMethod},
    raster::{RasterFacts, RasterSource},
    rule::{Condition, Role, RuleTable},
    values::ValueSet,
};
use serde::{Deserialize, Serialize};

pub use build::{AREA_CELL, Built, build};
pub use estimate::{Estimate, estimate, fit, tally_share, waiting_share};
pub use files::crs_of;
pub use periods::keep_periods;

/// Opens rasters: plain ones as they are, others through the door.
pub trait Opener: Sync {
    /// Opens a raster.
    ///
    /// # Errors
    /// Why it cannot be opened, in words, and how to mend it.
    fn open(&self, path: &std::path::Path) -> std::result::Result<Opened, Refused>;

    /// Reads the polygons of a vector file, brought into a CRS.
    ///
    /// # Errors
    /// Why it cannot be read, in words, and how to mend it.
    fn polygons(&self, wanted: &Polygons<'_>) -> std::result::Result<Drawing, Refused>;
}

/// Which polygons of a vector file, and how.
#[derive(Debug, Clone, Copy)]
pub struct Polygons<'a> {
    /// The file.
    pub path: &'a std::path::Path,
    /// Which layer of it.
    pub layer: Option<&'a str>,
    /// Taken instead of the file's CRS.
    pub crs: Option<&'a str>,
    /// Whether a ballpark transformation is good enough.
    pub allow_ballpark: bool,
    /// The CRS wanted.
    pub target: &'a str,
    /// The attributes wanted.
    pub attributes: &'a [&'a str],
}

/// The features of a vector file in the CRS that was wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// The features.
    pub features: Vec<Feature>,
    /// What was done to them, in words: the transformation used, what is invalid or was left out.
    pub treatment: String,
    /// The unit of the CRS, where the file that was read says it.
    pub unit: Option<AxisUnit>,
}

/// A feature of a vector file.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// The attributes wanted, in their order, as text; none where there is no value.
    pub attributes: Vec<Option<String>>,
    /// Its polygons; a feature without any is not there.
    pub geometry: MultiPolygon,
}

/// An opened raster.
pub struct Opened {
    /// Reads its blocks.
    pub source: Arc<dyn RasterSource>,
    /// The file that is read: the path asked for, or its translation in the cache.
    pub path: PathBuf,
    /// What was done to it, if it had to be translated.
    pub translated: Option<String>,
}

/// A file or a question that was refused.
#[derive(Debug, Clone)]
pub struct Refused {
    /// A stable kebab-case word.
    pub code: String,
    /// Why.
    pub message: String,
    /// What to do about it.
    pub mend: String,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let code = serde_json::to_value(refusal.code).ok().and_then(|code| code.as_str().map(str::to_owned));
        Refused { code: code.unwrap_or_default(), message: refusal.message, mend: refusal.mend }
    }
}

/// Answers questions about CRSs and places; `mutirao-door` stands behind it.
pub trait Oracle: Sync {
    /// Asks one question.
    ///
    /// # Errors
    /// The door's refusal, or why it could not be asked.
    fn ask(&self, question: Question) -> std::result::Result<Answer, Refused>;

    /// A file name for bulk numbers of an answer, kept at least as long as the plan is run.
    fn scratch(&self, name: &str) -> PathBuf;
}

/// What a run will do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Plan {
    /// The coverage's grid.
    pub grid: Grid,
    /// What its CRS is.
    pub crs: CrsFacts,
    /// The labels of the periods.
    pub periods: Vec<String>,
    /// The files read, each with its place on the grid.
    pub files: Vec<PlannedFile>,
    /// The layers, in the pipeline's order.
    pub layers: Vec<PlannedLayer>,
    /// The rules, with what the layers may hold.
    pub table: RuleTable,
    /// Where the true areas of pixels come from.
    pub areas: AreasFrom,
}

/// A file and what is done to it. One that two layers place differently stands twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlannedFile {
    /// As the pipeline names it.
    pub path: PathBuf,
    /// The file that is read: the same, or its translation.
    pub opened: PathBuf,
    /// What it says of itself.
    pub facts: RasterFacts,
    /// How it lies on the grid.
    pub placement: Placement,
    /// What is done to it, in words.
    pub treatment: String,
    /// Whether it is re-tiled into a spool on disk first.
    pub spool: bool,
}

/// How a file lies on the grid.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Placement {
    /// Pixel on pixel.
    OnGrid(Offset),
    /// Every pixel is looked up.
    Warped {
        /// The control grid without its numbers.
        control: ControlGridFacts,
        /// Its numbers.
        numbers: PathBuf,
        /// Which value a pixel gets.
        method: ResampleMethod,
        /// For `mode`: whether nodata is left out of the count.
        ignore_nodata: bool,
    },
}

/// A layer of a plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlannedLayer {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub role: Role,
    /// Its members; one for a simple layer.
    pub members: Vec<PlannedMember>,
    /// The members, by their place, that are asked in this order where a responsible one is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub fallback: Vec<usize>,
    /// The sets of bands that speak together; periods with the same bands share one.
    pub input_sets: Vec<Vec<Part>>,
    /// By period: the set that speaks, none where the layer is nothing by declaration.
    pub by_period: Vec<Option<usize>>,
    /// What `missing: previous` carried forward.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub carried: Vec<Carried>,
}

impl PlannedLayer {
    /// The period whose bands a member holds in this one, if they were carried forward.
    pub fn carried_from(&self, period: usize, member: usize) -> Option<usize> {
        let found = self.carried.iter().find(|carried| (carried.period, carried.member) == (period, member));
        found.map(|carried| carried.from)
    }
}

/// A member's bands of one period that speak for a later one too. Periods stand by their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// The period that had no file or band.
    pub period: usize,
    /// The member.
    pub member: usize,
    /// The period that the bands are of.
    pub from: usize,
}

/// A member of a layer in a plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlannedMember {
    /// Its source id, from 1.
    pub source: u16,
    /// From its codes to the legend's.
    pub crosswalk: Option<Crosswalk>,
    /// The values that it may hold after the crosswalk; none is any number.
    pub declared: Option<ValueSet>,
    /// Where it is responsible; none is everywhere.
    pub area: Option<Condition>,
    /// What to do where files overlap with differing values.
    pub overlap: Overlap,
}

/// One band of one file that speaks for a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Part {
    /// The member.
    pub member: usize,
    /// The file.
    pub file: usize,
    /// The band, from 0.
    pub band: u16,
    /// The value that makes nothing.
    pub nodata: Option<i32>,
}

/// Where the true areas of pixels come from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AreasFrom {
    /// By row, from the ellipsoid: geographic grids.
    Rows,
    /// By cell of 64 x 64 pixels, from the door's file.
    Cells {
        /// Little-endian f64, square metres a pixel, row by row of cells.
        numbers: PathBuf,
        /// Cells in a row.
        across: u32,
    },
}
