//! A network's pipeline, read and resolved: every name is known, every place in the text kept.
//!
//! What `pipeline.yaml` leaves out has its default here. Facts that stand in the raster files (grids, nodata, bands) are
//! not known yet: they join in the plan.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{
    crosswalk::Crosswalk,
    finding::Place,
    grid::Grid,
    legend::Legend,
    rule::{Condition, LayerId, Role, Rule, RuleLayer, RuleTable},
    values::ValueSet,
};

/// A pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pipeline {
    /// The pipeline's own file, as it was named.
    pub path: PathBuf,
    /// The folder that relative paths count from.
    pub folder: PathBuf,
    /// The network's id, a part of the release's folder.
    pub id: String,
    /// A title for people; the id where none is given.
    pub title: String,
    /// The release's version, text as written.
    pub version: String,
    /// SPDX id of the merged product's licence.
    pub license: Option<String>,
    /// How to cite it.
    pub citation: Option<String>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// Its DOI.
    pub doi: Option<String>,
    /// The grid of the coverage.
    pub grid: GridSpec,
    /// How far a corner may lie from a node of the grid, in pixels.
    pub tolerance: f64,
    /// The legend, and the file it came from.
    pub legend: Legend,
    /// The legend's file.
    pub legend_path: PathBuf,
    /// The periods, in order; at least one.
    pub periods: Vec<Period>,
    /// The partners, in order; those that only layers name are added without further facts.
    pub partners: Vec<Partner>,
    /// The layers, in order.
    pub layers: Vec<Layer>,
    /// How layers become a coverage.
    pub coverage: Coverage,
    /// The kinds of territories, in order.
    pub territories: Vec<TerritoryKind>,
    /// What is written, and how.
    pub outputs: Outputs,
    /// Numbers that rules name and their layers do not declare: each must be its layer's nodata, which the plan checks.
    pub named_values: Vec<NamedValue>,
}

impl Pipeline {
    /// The values that a layer may hold besides nothing; none for region and value layers that may hold any number.
    pub fn declared(&self, layer: LayerId) -> Option<ValueSet> {
        self.layers.get(layer)?.declared(&self.legend)
    }

    /// What the linter and the compiler of rules ask for.
    pub fn rule_table(&self) -> RuleTable {
        let known = |layer: &Layer| RuleLayer {
            name: layer.name.clone(),
            role: layer.role,
            declared: layer.declared(&self.legend),
        };
        RuleTable {
            layers: self.layers.iter().map(known).collect(),
            rules: self.coverage.rules.clone(),
            within: self.coverage.within,
            unclaimed: self.coverage.unclaimed,
            periods: self.periods.iter().map(|period| period.label.clone()).collect(),
        }
    }
}

/// A number that a rule names and its layer does not declare, so that it can only be the layer's nodata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedValue {
    /// The layer.
    pub layer: LayerId,
    /// The number.
    pub value: i32,
    /// The rule, from 1.
    pub rule: u16,
    /// `rule`, or `unless:<n>` with n from 1.
    pub part: String,
    /// Where it stands in the pipeline.
    pub place: Place,
}

/// The coverage's grid, given outright or taken from a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GridSpec {
    /// Given.
    Given(Grid),
    /// That of a raster file; `crs` is taken instead of the file's where it is given.
    Like {
        /// The file.
        file: PathBuf,
        /// Instead of the file's CRS.
        crs: Option<String>,
        /// Where it stands in the pipeline.
        place: Place,
    },
}

/// A period that the coverage has a map for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Its label, text as written.
    pub label: String,
    /// First day, `YYYY-MM-DD`, if known: as given, or the first of January of a bare year.
    pub start: Option<String>,
    /// Last day.
    pub end: Option<String>,
}

/// Who delivers layers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// Its id.
    pub id: String,
    /// Its name; the id where none is given.
    pub name: String,
    /// Its home page.
    pub url: Option<String>,
    /// SPDX id of the licence of what it delivers.
    pub license: Option<String>,
    /// How it wants to be named.
    pub attribution: Option<String>,
}

/// A layer: one or more members, each from one partner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Its members: exactly one without a name for a simple layer; one per responsible member, each with an `area`, for a
    /// composite.
    pub members: Vec<Member>,
    /// The members, by their place, that are asked in this order where a responsible member is nothing; their own areas do not
    /// limit them there.
    pub fallback: Vec<usize>,
    /// Its date, `YYYY-MM-DD`, for `most-recent`.
    pub date: Option<String>,
    /// Where it stands in the pipeline.
    pub place: Place,
}

impl Layer {
    /// Whether it is put together from members by region.
    pub fn is_composite(&self) -> bool {
        self.members.first().is_some_and(|member| member.name.is_some())
    }

    /// The values that it may hold besides nothing, over all members; none where any number may stand.
    pub fn declared(&self, legend: &Legend) -> Option<ValueSet> {
        let one = |member: &Member| member.declared(self.role, legend);
        self.members.iter().map(one).try_fold(ValueSet::empty(), |all, set| Some(all.union(&set?)))
    }
}

/// What one partner delivers of a layer. What a layer says for all of its members stands in each of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Its name within a composite; none for a simple layer.
    pub name: Option<String>,
    /// The partner's place in the pipeline's list.
    pub partner: Option<usize>,
    /// Version of what was delivered.
    pub version: Option<String>,
    /// The contract's file.
    pub contract: Option<PathBuf>,
    /// SPDX id of the licence; the partner's where none is given here.
    pub license: Option<String>,
    /// Its files by period: one entry for each period that it speaks for, ascending; none where a file is missing and
    /// `missing: nothing` says so. A static layer has the same files in every period, and so has a file with a band for
    /// each.
    pub inputs: Vec<PeriodInput>,
    /// What to do where a period has no file, which is done already, or no band, which the plan finds.
    pub missing: Missing,
    /// Whether it says of itself that one band speaks for all periods (`static: true`).
    pub is_static: bool,
    /// Which band speaks.
    pub band: BandSpec,
    /// The attribute that gives the value, for vectors.
    pub attribute: Option<String>,
    /// Which layer of a vector file.
    pub vector_layer: Option<String>,
    /// What makes nothing.
    pub nodata: NodataSpec,
    /// From its codes to the legend's ids.
    pub crosswalk: Option<Crosswalk>,
    /// The codes that it may hold, for layers with codes of their own.
    pub classes: Option<ValueSet>,
    /// What to do where files of one period overlap with differing values.
    pub overlap: Overlap,
    /// What to do if it is not on the grid.
    pub resample: Option<Resample>,
    /// Taken instead of the file's CRS.
    pub crs: Option<String>,
    /// Whether a ballpark transformation is good enough.
    pub allow_ballpark: bool,
    /// For members of a composite: the region layer and its values for which it is responsible.
    pub area: Option<Condition>,
    /// Where it stands in the pipeline.
    pub place: Place,
    /// Where its source stands in the pipeline.
    pub source_place: Place,
}

impl Member {
    /// The values that it may hold besides nothing: of its crosswalk, else its `classes`, else, for class layers, the
    /// legend.
    pub fn declared(&self, role: Role, legend: &Legend) -> Option<ValueSet> {
        let of_crosswalk = self.crosswalk.as_ref().map(Crosswalk::classes);
        let legend = || (role == Role::Class).then(|| legend.values());
        of_crosswalk.or_else(|| self.classes.clone()).or_else(legend)
    }
}

/// What to do where a period that a member speaks for has no file or no band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Missing {
    /// Refuse.
    Error,
    /// The member is nothing in that period.
    Nothing,
    /// It holds what it held in the period before.
    Previous,
}

/// The files that speak for a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodInput {
    /// The period's place in the pipeline's list.
    pub period: usize,
    /// The files, in order (globs sorted by name); at least one, but where a missing file was already reported.
    pub files: Vec<PathBuf>,
    /// The period whose files and bands these are, where `missing: previous` carried them forward.
    pub carried_from: Option<usize>,
}

/// Which band of a file speaks for a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BandSpec {
    /// The only band, or the one whose description equals the period or ends in it.
    Auto,
    /// This one, from 1.
    Number(u16),
    /// The one with this description, in which `{period}` is filled in.
    Description(String),
    /// One for each period, by the period's place and the band from 1.
    ByPeriod(Vec<(usize, u16)>),
}

/// What makes nothing in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodataSpec {
    /// The value that the file declares; if it declares none, an error.
    File,
    /// This value, whatever the file says.
    Value(i32),
    /// No value: every pixel speaks, but for an internal mask.
    None,
}

/// What to do where files of one layer and period overlap with differing values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Overlap {
    /// Refuse.
    Error,
    /// The first file that speaks.
    First,
    /// The last file that speaks.
    Last,
}

/// How a layer is brought onto the grid.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Resample {
    /// Which value a pixel gets.
    pub method: ResampleMethod,
    /// For `mode`: whether nodata is left out of the count, as GDAL does.
    pub ignore_nodata: bool,
    /// How far a position may be from the exact one, in source pixels.
    pub bound: f64,
}

/// Which value a resampled pixel gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResampleMethod {
    /// That of the source pixel that holds its centre.
    Nearest,
    /// The one that covers most of it.
    Mode,
}

/// How layers become a coverage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// The region layer outside of which the coverage is nothing.
    pub within: Option<LayerId>,
    /// The method.
    pub method: Method,
    /// For methods without rules: the class layers in their order.
    pub order: Vec<LayerId>,
    /// For prevalence: the rules.
    pub rules: Vec<Rule>,
    /// Where each rule stands in the pipeline.
    pub rule_places: Vec<Place>,
    /// The class where nothing else speaks.
    pub unclaimed: Option<u16>,
}

/// A method of merging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// By the rules.
    Prevalence,
    /// The first layer in order that speaks.
    First,
    /// The last layer in order that speaks.
    Last,
    /// The class that most layers say; ties go to the layer earlier in order.
    Majority,
    /// The layer of the latest date that speaks; ties go to the layer earlier in order.
    MostRecent,
    /// The class with the smallest id among those that layers say; its source is the first in order that says it.
    Min,
    /// The class with the largest id among those that layers say; its source is the first in order that says it.
    Max,
}

/// A kind of territories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerritoryKind {
    /// Its name, such as `municipality`.
    pub kind: String,
    /// Where its territories come from.
    pub from: TerritorySource,
    /// Where it stands in the pipeline.
    pub place: Place,
}

/// Where territories come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TerritorySource {
    /// Polygons of a vector file.
    Vector {
        /// The file.
        path: PathBuf,
        /// Which layer of the file.
        layer: Option<String>,
        /// The attribute that is the key.
        key: String,
        /// The attribute that is the name; the key where none is given.
        name: Option<String>,
        /// Taken instead of the file's CRS.
        crs: Option<String>,
        /// Whether a ballpark transformation is good enough.
        allow_ballpark: bool,
    },
    /// The values of a region layer.
    Layer(LayerId),
    /// Where territories of two other kinds meet: their places in the pipeline's list.
    Crossing([usize; 2]),
}

/// What is written, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outputs {
    /// Compression of the COGs.
    pub compression: Compression,
    /// Pixels on a side of a tile: 512 unless said otherwise; a multiple of 16.
    pub tile: u32,
    /// How overviews are made.
    pub overviews: ResampleMethod,
    /// Pixels on a side of a sheet; a multiple of the tile.
    pub sheet: u32,
    /// The value of nothing in the coverage.
    pub nodata: u16,
    /// Whether agreement is written.
    pub agreement: bool,
    /// Which bands of provenance are written.
    pub provenance: Provenance,
    /// Whether areas of transitions are counted and written.
    pub transitions: bool,
    /// Which patches are written as polygons.
    pub patches: Patches,
}

/// Which patches are written as polygons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Patches {
    /// All, unless the coverage has more than [`Patches::AUTO_PIXELS`] in all periods together.
    Auto,
    /// None.
    None,
    /// Those that are large enough, of some classes, of any number of pixels.
    Those {
        /// Patches of at least so many hectares in all.
        min_ha: f64,
        /// Of these classes; none is of all.
        classes: Option<ValueSet>,
    },
}

impl Patches {
    /// Pixels of all periods together up to which patches are written without being asked for.
    pub const AUTO_PIXELS: u64 = 50_000_000;
}

/// Compression of the COGs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// DEFLATE, libdeflate's level.
    Deflate(u8),
    /// ZSTD, its level.
    Zstd(u8),
}

/// Which bands of provenance are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// Source, rule, part.
    All,
    /// Source alone.
    Source,
    /// None.
    None,
}
