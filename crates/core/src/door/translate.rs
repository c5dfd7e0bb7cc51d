//! Translations of foreign files into plain ones.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{CrsText, TransformationFacts};
use crate::raster::DType;

/// Translate any raster that GDAL reads into a GeoTIFF that [`raster`](crate::raster) can hold: tiled, uint8, uint16 or
/// int16, ZSTD (DEFLATE where GDAL lacks it). Pixels, position and CRS stay as they are; nothing is resampled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RasterQuestion {
    /// The file.
    pub path: PathBuf,
    /// Taken instead of the file's CRS.
    pub crs_override: Option<CrsText>,
    /// Where to write the GeoTIFF.
    pub out: PathBuf,
}

/// A raster that was translated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RasterTranslated {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bands that were written: all but an alpha band, which became a mask.
    pub bands: u16,
    /// Type of the samples.
    pub dtype: DType,
    /// The nodata value that was written.
    pub nodata: Option<i32>,
    /// What the file said before.
    pub stated: RasterStated,
    /// What was changed or left out on the way.
    pub notes: Vec<String>,
}

/// What a raster says of itself, as GDAL tells it, where its translation may say something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RasterStated {
    /// The type of the samples, such as `int32` or `float64`; where bands differ, each type once, joined by `and`.
    pub dtype: String,
    /// The nodata value as text; where bands differ, each once, joined by `and`, with `none` for a band that declares none.
    pub nodata: Option<String>,
}

/// Translate the polygons, or the points, of any vector file into GeoParquet in the coverage's CRS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VectorQuestion {
    /// The file, or the folder of a file geodatabase.
    pub path: PathBuf,
    /// Name of the layer; may be left out where the file has one with geometries.
    pub layer: Option<String>,
    /// Taken instead of the file's CRS.
    pub crs_override: Option<CrsText>,
    /// The CRS of the result. Vertices are transformed, sides stay straight between them.
    pub target_crs: CrsText,
    /// Whether a ballpark transformation will do.
    pub allow_ballpark: bool,
    /// Where to write the GeoParquet.
    pub out: PathBuf,
}

/// A vector file that was translated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VectorTranslated {
    /// The layer that was read.
    pub layer: String,
    /// How many features.
    pub features: u64,
    /// Names of the attributes, all of which become text.
    pub fields: Vec<String>,
    /// Name of the source's CRS.
    pub crs: String,
    /// Whether it is the target's by definition; vertices are untouched then.
    pub same_crs: bool,
    /// The transformation used; none where the CRSs are the same.
    pub transformation: Option<TransformationFacts>,
    /// Features whose geometry is invalid as written (OGC simple features, GEOS).
    pub invalid: u64,
    /// Features without geometry.
    pub empty: u64,
    /// What was changed or left out on the way.
    pub notes: Vec<String>,
}
