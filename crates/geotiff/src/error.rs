//! Why a file could not be opened.

/// Why a file could not be opened as a plain GeoTIFF. The file's path is added by whoever knows it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The operating system refused.
    #[error("cannot read the file: {source}")]
    Io {
        /// What the system said.
        #[from]
        source: std::io::Error,
    },
    /// The first bytes are not those of a TIFF.
    #[error("not a TIFF file")]
    NotTiff,
    /// The file contradicts itself or the format.
    #[error("corrupt TIFF: {what}")]
    Corrupt {
        /// What is wrong.
        what: String,
    },
    /// A well-formed TIFF that is not plain: something else has to translate it first.
    #[error("not a plain GeoTIFF: {what}")]
    Unsupported {
        /// What is not plain about it.
        what: String,
    },
}

impl OpenError {
    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        OpenError::Corrupt { what: what.into() }
    }

    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        OpenError::Unsupported { what: what.into() }
    }
}
