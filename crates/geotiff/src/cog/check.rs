//! What a COG may not be, found before anything is written.

use mutirao_core::raster::DType;

use super::{CogSpec, Compression};

/// Why a COG could not be written.
#[derive(Debug, thiserror::Error)]
pub enum CogError {
    /// The specification contradicts itself.
    #[error("no COG can be like this: {what}")]
    Spec {
        /// What is wrong.
        what: String,
    },
    /// The samples of a tile are not as the specification says.
    #[error("a tile of {have} {dtype} samples, where {due} {due_dtype} samples are due")]
    Samples {
        /// How many samples came.
        have: usize,
        /// Of which type.
        dtype: DType,
        /// How many are due.
        due: usize,
        /// Of which type they should be.
        due_dtype: DType,
    },
    /// A tile's compressor failed, which is no matter of its content.
    #[error("cannot compress a tile: {what}")]
    Compress {
        /// What the compressor said.
        what: String,
    },
    /// A tile of the store is not what the store said.
    #[error("band {}, level {level}, column {col}, row {row} of tiles: {have} bytes where {due} are due", .band + 1)]
    Tile {
        /// Band from 0.
        band: u16,
        /// Level from 0.
        level: usize,
        /// Column of tiles.
        col: u32,
        /// Row of tiles.
        row: u32,
        /// Bytes that came.
        have: u64,
        /// Bytes that were due: what the store said, or at least 4.
        due: u64,
    },
    /// The store or the output refused.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl CogSpec {
    /// Refuses what cannot be written.
    ///
    /// # Errors
    /// [`CogError::Spec`] with the first contradiction found.
    pub fn check(&self) -> Result<(), CogError> {
        match self.contradiction() {
            Some(what) => Err(CogError::Spec { what }),
            None => Ok(()),
        }
    }

    fn contradiction(&self) -> Option<String> {
        let bands = usize::from(self.bands);
        let (least, most) = self.dtype.range();
        if self.width == 0 || self.height == 0 || self.width.max(self.height) > i32::MAX as u32 {
            return Some(format!("{} x {} pixels", self.width, self.height));
        }
        if self.tile == 0 || !self.tile.is_multiple_of(16) || self.tile > 4096 {
            return Some(format!("tiles of {} pixels; a multiple of 16 up to 4096 is needed", self.tile));
        }
        if bands == 0 {
            return Some("no bands".to_owned());
        }
        if self.dtype == DType::Int16 {
            return Some("samples of int16".to_owned());
        }
        if let Some(nodata) = self.nodata.filter(|nodata| !(least..=most).contains(nodata)) {
            return Some(format!("the nodata value {nodata} cannot stand in {}", self.dtype));
        }
        if let Some(palette) = &self.palette
            && (bands > 1 || palette.len() > most as usize + 1)
        {
            return Some(format!("a colour table of {} for {bands} bands of {}", palette.len(), self.dtype));
        }
        for (name, have) in [("descriptions", self.band_descriptions.len()), ("statistics", self.band_statistics.len())]
        {
            if have != 0 && have != bands {
                return Some(format!("{have} {name} for {bands} bands"));
            }
        }
        if self.transform.0.iter().any(|number| !number.is_finite()) {
            return Some("a transform that is not finite".to_owned());
        }
        match self.compression {
            Compression::Deflate { level } if !(1..=12).contains(&level) => Some(format!("DEFLATE of level {level}")),
            Compression::Zstd { level } if !(1..=22).contains(&level) => Some(format!("ZSTD of level {level}")),
            _ => None,
        }
    }
}
