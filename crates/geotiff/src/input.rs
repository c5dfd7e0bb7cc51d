//! The file below: positioned reads, checked against its size, and the stamp that tells whether it changed.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use crate::error::OpenError;

/// What tells one state of a file from another without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Bytes of the file.
    pub len: u64,
    /// When the content last changed, in nanoseconds since 1970.
    pub modified_ns: i128,
    /// When the content or the entry last changed, in nanoseconds since 1970.
    pub changed_ns: i128,
    /// The device that holds the file.
    pub device: u64,
    /// The file's number on the device.
    pub inode: u64,
}

impl Stamp {
    /// The stamp of the file that stands at `path` now.
    ///
    /// # Errors
    /// What the system says, for example that there is no such file.
    pub fn of(path: &Path) -> io::Result<Stamp> {
        std::fs::metadata(path).map(|metadata| Stamp::from(&metadata))
    }
}

impl From<&Metadata> for Stamp {
    fn from(metadata: &Metadata) -> Self {
        let nanos = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        Stamp {
            len: metadata.len(),
            modified_ns: nanos(metadata.mtime(), metadata.mtime_nsec()),
            changed_ns: nanos(metadata.ctime(), metadata.ctime_nsec()),
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }
}

/// Why bytes could not be had.
#[derive(Debug)]
pub(crate) enum InputError {
    /// The range passes the end of the file.
    Beyond { offset: u64, bytes: u64, len: u64 },
    /// The system refused.
    Io { offset: u64, bytes: u64, source: io::Error },
}

impl From<InputError> for OpenError {
    fn from(error: InputError) -> Self {
        match error {
            InputError::Beyond { offset, bytes, len } => {
                OpenError::corrupt(format!("{bytes} bytes at offset {offset} pass the end of the file ({len} bytes)"))
            }
            InputError::Io { source, .. } => OpenError::Io { source },
        }
    }
}

/// An open file; reads move no position, so any thread may read.
#[derive(Debug)]
pub(crate) struct Input {
    file: File,
    stamp: Stamp,
}

impl Input {
    pub(crate) fn open(path: &Path) -> io::Result<Input> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let stamp = Stamp::from(&metadata);
        Ok(Input { file, stamp })
    }

    pub(crate) fn len(&self) -> u64 {
        self.stamp.len
    }

    pub(crate) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Refuses a range that passes the end of the file, before anything is allocated for it.
    pub(crate) fn check(&self, offset: u64, bytes: u64) -> Result<(), InputError> {
        let len = self.len();
        match offset.checked_add(bytes) {
            Some(end) if end <= len => Ok(()),
            _ => Err(InputError::Beyond { offset, bytes, len }),
        }
    }

    pub(crate) fn read_into(&self, offset: u64, into: &mut [u8]) -> Result<(), InputError> {
        let bytes = into.len() as u64;
        self.check(offset, bytes)?;
        self.file.read_exact_at(into, offset).map_err(|source| InputError::Io { offset, bytes, source })
    }

    pub(crate) fn read(&self, offset: u64, bytes: u64) -> Result<Vec<u8>, InputError> {
        self.check(offset, bytes)?;
        // Within the file, so it fits; on a machine whose usize is smaller the file is beyond us.
        let size = usize::try_from(bytes).map_err(|_| InputError::Beyond { offset, bytes, len: self.len() })?;
        let mut into = vec![0; size];
        self.read_into(offset, &mut into)?;
        Ok(into)
    }
}
