//! Why a floor cannot be measured.

use std::path::PathBuf;

use mutirao_core::raster::ReadError;
use mutirao_geotiff::OpenError;

/// Why a floor cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file is no plain GeoTIFF.
    #[error("{}: {source}", path.display())]
    Open {
        /// Which.
        path: PathBuf,
        /// Why.
        source: OpenError,
    },
    /// A block cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// Of which file.
        path: PathBuf,
        /// Why.
        source: ReadError,
    },
    /// A compressor refused.
    #[error("cannot compress: {0}")]
    Compress(String),
    /// A thread came to an end that it should not have come to.
    #[error("a thread panicked")]
    Panicked,
    /// The answer cannot be written.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}
