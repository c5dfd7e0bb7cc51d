//! Questions about how the features of a vector look.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where do the features of a layer lie, as finely as a picture can show it? Geometries are taken as they are, invalid ones too: vertices
/// are left out, none is moved. Curves become chords; heights and measures, and vertices that are no numbers, are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutlinesQuestion {
    /// The file, or the folder of a file geodatabase; an archive as for [`FeaturesQuestion`](super::FeaturesQuestion).
    pub path: PathBuf,
    /// Name of the layer; may be left out where the file has one, or one with geometries.
    pub layer: Option<String>,
    /// West, south, east, north of what is wanted, in the layer's CRS; all of it if left out. What lies beyond is given as roughly
    /// as it can be without a difference within.
    pub window: Option<[f64; 4]>,
    /// Vertices closer than this to the one before are left out, in units of the CRS. Of parts that shrink to one vertex, one is
    /// given for each square of this size. 0 leaves nothing out.
    pub tolerance: f64,
    /// At most so many vertices are given; further features are counted only.
    pub most: u64,
    /// Features that are given in any case, and told of by themselves.
    pub named: Vec<NamedFeature>,
    /// Where to write the outlines: Parquet, as `mutirao-parquet` reads it.
    pub out: PathBuf,
}

/// A feature of which more is asked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NamedFeature {
    /// Its number in the file, from 1.
    pub feature: u64,
    /// A place at it, in the layer's CRS.
    pub at: [f64; 2],
}

/// What came of the outlines of a layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutlinesFacts {
    /// The layer that was read.
    pub layer: String,
    /// How many features touch the window.
    pub features: u64,
    /// How many of them were given.
    pub drawn: u64,
    /// Of the named features, in the same order.
    pub named: Vec<NamedFacts>,
}

/// A feature that was named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct NamedFacts {
    /// West, south, east, north of it in the layer's CRS; none where it has no vertex.
    pub bounds: Option<[f64; 4]>,
    /// How far from the place, along the farther axis, the sixteenth of its nearest vertices lies; the farthest of them where there
    /// are fewer.
    pub reach: Option<f64>,
}
