//! What a raster file of any kind says of itself, also one that is not plain: what checks of contracts judge.

use serde::{Deserialize, Serialize};

use crate::raster::{GeoKeys, GeoTransform};

/// A raster's own words, read without touching a pixel. Nothing in it was held against anything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// The format, such as `GeoTIFF` or the name of GDAL's driver.
    pub format: String,
    /// Columns and rows.
    pub size: [u32; 2],
    /// How many bands.
    pub bands: u16,
    /// The type of the samples, such as `uint8`, `float32`, `int64` or `complex64`.
    pub dtype: String,
    /// The declared nodata value, as it is written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub nodata: Option<String>,
    /// Whether a mask says which pixels are valid.
    pub mask: bool,
    /// Where the pixels lie.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub transform: Option<GeoTransform>,
    /// The CRS as a GeoTIFF states it.
    #[serde(skip)]
    pub geo_keys: Option<GeoKeys>,
    /// One entry a band: its description, if it has one.
    pub band_descriptions: Vec<Option<String>>,
    /// The compression, such as `deflate`; none where the format hides it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub compression: Option<String>,
    /// Columns and rows of a block.
    pub block: [u32; 2],
    /// How many overviews.
    pub overviews: usize,
    /// Whether it is laid out as a Cloud-Optimized GeoTIFF: tiles (or a single small image), overviews down to 512 pixels, and everything
    /// that describes the file before the pixels.
    pub is_cog: bool,
    /// The licence, where the file states one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub licence: Option<String>,
}

impl Statement {
    /// Whether the blocks are tiles, and not strips as wide as the raster.
    pub fn is_tiled(&self) -> bool {
        self.block[0] < self.size[0]
    }
}
