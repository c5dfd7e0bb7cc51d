//! The writer of Cloud-Optimized GeoTIFF: tiles are encoded apart, anywhere and in any order, and assembled into one
//! file in one pass.
//!
//! The layout is that of GDAL's COG driver: header, ghost area, directories (full resolution first, then overviews from
//! large to small), then the tiles, smallest overview first, each between its size and a repetition of its last four
//! bytes. Several bands are stored plane by plane, as with `INTERLEAVE=BAND`. The same tiles give the same bytes.

mod assemble;
mod check;
mod deflate;
mod encode;
mod field;
mod fields;
mod geo;
mod header;
mod metadata;

pub use assemble::{Assembled, TileStore, assemble};
pub use check::CogError;
pub use encode::{TileEncoder, TileSamples};

use mutirao_core::raster::{DType, GeoKeys, GeoTransform};

/// How tiles are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// DEFLATE in a zlib wrapper.
    Deflate {
        /// Effort, 1 to 12: levels of libdeflate, but 5 and 6 are both an encoder of our own for class maps, which
        /// leaves tiles that are not like class maps to libdeflate at that level.
        level: i32,
    },
    /// Zstandard.
    Zstd {
        /// Effort, 1 to 22.
        level: i32,
    },
}

impl Compression {
    /// The value of TIFF's Compression tag.
    pub(crate) fn tag(self) -> u16 {
        match self {
            Compression::None => 1,
            Compression::Deflate { .. } => 8,
            Compression::Zstd { .. } => 50_000,
        }
    }
}

/// Statistics of a band over its valid pixels, as GDAL keeps them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// The mean.
    pub mean: f64,
    /// The standard deviation (of the population).
    pub stddev: f64,
    /// How many of all pixels are valid, in percent.
    pub valid_percent: f64,
}

/// What a COG is to be.
#[derive(Debug, Clone, PartialEq)]
pub struct CogSpec {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Columns and rows of a tile: a multiple of 16.
    pub tile: u32,
    /// Number of bands, at least 1.
    pub bands: u16,
    /// Type of the samples: [`DType::Uint8`] or [`DType::Uint16`].
    pub dtype: DType,
    /// How tiles are compressed.
    pub compression: Compression,
    /// The nodata value, declared for the full resolution and every overview.
    pub nodata: Option<i32>,
    /// Red, green, blue of each value from 0 on, for a file of one band; values beyond the end are black.
    pub palette: Option<Vec<[u8; 3]>>,
    /// Where the pixels lie.
    pub transform: GeoTransform,
    /// The CRS, written as it stands.
    pub geo_keys: GeoKeys,
    /// One description a band, or none at all.
    pub band_descriptions: Vec<String>,
    /// Items of the whole dataset: name and text.
    pub metadata: Vec<(String, String)>,
    /// One entry a band, or none at all.
    pub band_statistics: Vec<Option<Statistics>>,
    /// How overviews were made, in GDAL's word (`MODE`, `NEAREST`).
    pub overview_resampling: String,
}

/// One level of a COG: level 0 is the full resolution, each further one half of it (rounded up).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Tiles across.
    pub tiles_across: u32,
    /// Tiles down.
    pub tiles_down: u32,
}

impl CogSpec {
    /// The levels of the file, from the full resolution down to one that fits into a tile.
    pub fn levels(&self) -> Vec<Level> {
        let tile = self.tile.max(1);
        let (mut width, mut height) = (self.width, self.height);
        let mut levels = Vec::new();
        loop {
            levels.push(Level { width, height, tiles_across: width.div_ceil(tile), tiles_down: height.div_ceil(tile) });
            if width <= tile && height <= tile {
                return levels;
            }
            (width, height) = (width.div_ceil(2), height.div_ceil(2));
        }
    }
}

#[cfg(test)]
mod tests;
