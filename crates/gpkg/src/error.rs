//! Why a GeoPackage cannot be written.

use std::path::PathBuf;

/// Why a GeoPackage cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite refused; a full disk is one of its reasons.
    #[error("{}: {source}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// A polygon that a GeoPackage cannot hold.
    #[error("{}: the outline of patch {patch} has {what}", path.display())]
    Geometry {
        /// The file.
        path: PathBuf,
        /// Of which patch.
        patch: i64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The size of the finished file cannot be known.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

impl Error {
    /// Whether the disk was full.
    pub fn is_full(&self) -> bool {
        matches!(self, Error::Sqlite { source, .. } if source.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull))
    }
}
