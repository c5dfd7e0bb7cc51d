//! What a file was when it was read: its hash, and whether it is still the same.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{EngineError, Result};

/// A file as it was when its hash was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// The file.
    pub path: PathBuf,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// Length, device and inode, times of change: what moves when somebody writes or replaces the file.
    stamp: [i128; 5],
}

impl Fingerprint {
    /// Takes a file's fingerprint.
    ///
    /// # Errors
    /// Where it cannot be read, or changes while it is.
    pub fn take(path: &Path) -> Result<Self> {
        let before = stamp(path)?;
        let sha256 = sha256_of(path)?;
        if stamp(path)? != before {
            return Err(EngineError::InputChanged(path.to_owned()));
        }
        Ok(Fingerprint { path: path.to_owned(), bytes: before[0] as u64, sha256, stamp: before })
    }

    /// Whether the file is still what it was.
    ///
    /// # Errors
    /// [`EngineError::InputChanged`] where it is not, or is gone.
    pub fn check(&self) -> Result<()> {
        match stamp(&self.path) {
            Ok(now) if now == self.stamp => Ok(()),
            _ => Err(EngineError::InputChanged(self.path.clone())),
        }
    }
}

fn stamp(path: &Path) -> Result<[i128; 5]> {
    let metadata = std::fs::metadata(path).map_err(EngineError::io("read", path))?;
    let nanoseconds = |seconds: i64, nano: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nano);
    Ok([
        i128::from(metadata.len()),
        i128::from(metadata.dev()),
        i128::from(metadata.ino()),
        nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
    ])
}

/// The SHA-256 of a file in hexadecimal digits.
///
/// # Errors
/// Where it cannot be read.
pub fn sha256_of(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(EngineError::io("read", path))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut buffer).map_err(EngineError::io("read", path))?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
