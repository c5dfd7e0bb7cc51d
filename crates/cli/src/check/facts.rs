//! What was seen of a delivery, told with its judgement.

use std::collections::BTreeMap;

use mutirao_core::{door::FeaturesFacts, statement::Statement};
use serde::Serialize;

/// What was seen.
#[derive(Debug, Default, Serialize)]
pub struct Facts {
    /// The files, as they say themselves.
    pub files: Vec<FileFacts>,
    /// Of vectors and tables: their layers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<LayerFacts>,
    /// Of rasters: what each period holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub periods: Vec<PeriodFacts>,
    /// Pixels of the responsible area on the delivery's grid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_pixels: Option<u64>,
}

/// A layer of a vector, or a table.
#[derive(Debug, Serialize)]
pub struct LayerFacts {
    /// The file.
    pub path: String,
    /// What was measured of it.
    #[serde(flatten)]
    pub facts: FeaturesFacts,
}

/// A file.
#[derive(Debug, Serialize)]
pub struct FileFacts {
    /// Its path.
    pub path: String,
    /// The periods that it speaks for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub periods: Vec<String>,
    /// What it says of itself.
    #[serde(flatten)]
    pub statement: Statement,
}

/// A period.
#[derive(Debug, Serialize)]
pub struct PeriodFacts {
    /// Its label.
    pub period: String,
    /// Pixels that speak.
    pub pixels: u64,
    /// Pixels of each class, after the crosswalk.
    pub classes: BTreeMap<u32, u64>,
    /// Pixels of codes that stand on no line of the crosswalk.
    #[serde(skip_serializing_if = "is_none")]
    pub unknown: u64,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}
