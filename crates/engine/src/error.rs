//! What can go wrong while a plan is made or run.

use std::path::{Path, PathBuf};

use mutirao_core::{finding::Finding, raster::ReadError, sink::EncodeError};

/// An error of the engine. What a person can mend says how.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The system refused to read or write.
    #[error("cannot {doing} {}: {source}", .path.display())]
    Io {
        /// What was tried: `read`, `write`, `create`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A block of an input could not be read.
    #[error("{}: {source}", .path.display())]
    Input {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ReadError,
    },
    /// The data themselves are refused: undeclared classes, differing overlaps.
    #[error("{}", first_message(.0))]
    Findings(Vec<Finding>),
    /// An input is not the file it was when the run began.
    #[error("{} changed while it was read; nothing was published", .0.display())]
    InputChanged(PathBuf),
    /// A tile could not be encoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// Somebody asked to stop.
    #[error("interrupted; nothing was published")]
    Cancelled,
    /// A table, a manifest or a control grid that is not what it should be.
    #[error("{}: {what}", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A file that stands beside the releases, and that people may have edited, cannot be read.
    #[error("{}: {what}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The release is there already.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// What is in the release's place is no release, and is not replaced.
    #[error("{} is there already, and is no release", .0.display())]
    NoRelease(PathBuf),
    /// Another run holds the target.
    #[error("another run is at work on {}: {holder}", .path.display())]
    Locked {
        /// The target.
        path: PathBuf,
        /// Who holds it, as far as known.
        holder: String,
    },
}

fn first_message(findings: &[Finding]) -> String {
    match findings {
        [] => "no finding".to_owned(),
        [one] => one.message.clone(),
        [first, rest @ ..] => format!("{} (and {} more)", first.message, rest.len()),
    }
}

impl EngineError {
    /// An I/O error, with what was done to which file; made for `map_err`.
    pub fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> EngineError {
        let path = path.to_owned();
        move |source| EngineError::Io { doing, path, source }
    }
}

/// What the engine's functions return.
pub type Result<T> = std::result::Result<T, EngineError>;
