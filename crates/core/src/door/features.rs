//! Questions about the features of a vector, or the rows of a table, as they stand in a file.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::CrsFacts;

/// What do the features of a layer look like, one by one? Nothing is moved or mended; any kind of geometry is read, and none.
/// Archives (`.zip`, by their first bytes) are looked into where they hold one file or folder that is a layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeaturesQuestion {
    /// The file, or the folder of a file geodatabase.
    pub path: PathBuf,
    /// Name of the layer; may be left out where the file has one, or one with geometries.
    pub layer: Option<String>,
    /// Where to write what was measured, a row a feature: Parquet, as `mutirao-parquet` reads it.
    pub out: PathBuf,
}

/// A layer, or a table, without its features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeaturesFacts {
    /// What reads the file, such as `GPKG`, in GDAL's words; `Parquet` for our own reader.
    pub driver: String,
    /// The layer that was read.
    pub layer: String,
    /// All layers of the file.
    pub layers: Vec<String>,
    /// How many features there are.
    pub features: u64,
    /// Whether features can have geometries; tables cannot.
    pub spatial: bool,
    /// The CRS that the file states; none if it states none.
    pub crs: Option<StatedCrs>,
    /// The box around all features in the layer's CRS: west, south, east, north; none where there are none.
    pub bounds: Option<[f64; 4]>,
    /// The attributes, in order.
    pub fields: Vec<FieldFacts>,
    /// What else is to be known, such as what was left out.
    pub notes: Vec<String>,
}

/// What a file states of its CRS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatedCrs {
    /// One of a plane map.
    Plane(Box<CrsFacts>),
    /// One that no map can have: with heights, local, or damaged.
    Other {
        /// Its name.
        name: String,
        /// Why no map can have it, in a sentence.
        why: String,
    },
}

impl StatedCrs {
    /// Its name for people, with the authority's code where it has one.
    pub fn shown(&self) -> String {
        match self {
            StatedCrs::Plane(facts) => match &facts.authority {
                Some(code) => format!("{} ({code})", facts.name),
                None => facts.name.clone(),
            },
            StatedCrs::Other { name, .. } => name.clone(),
        }
    }
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldFacts {
    /// Its name; letters that are no UTF-8 became U+FFFD.
    pub name: String,
    /// Its type in the file.
    pub kind: FieldKind,
}

/// Types of attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// Whole numbers of any width.
    Integer,
    /// Numbers that may have fractions.
    Number,
    /// Text.
    Text,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// An instant.
    Timestamp,
    /// Lists, bytes, times of day.
    Other,
}

impl FieldKind {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            FieldKind::Integer => "integer",
            FieldKind::Number => "number",
            FieldKind::Text => "text",
            FieldKind::Boolean => "boolean",
            FieldKind::Date => "date",
            FieldKind::Timestamp => "timestamp",
            FieldKind::Other => "other",
        }
    }
}
