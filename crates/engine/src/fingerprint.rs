//! What a file was when it was read: its hash, and whether it is still the same.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{EngineError, Result};

/// What moves when somebody writes or replaces a file: to be taken before it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The file.
    pub path: PathBuf,
    /// Length, device and inode, times of change.
    marks: [i128; 5],
}

impl Stamp {
    /// A file's stamp.
    ///
    /// # Errors
    /// Where the system does not tell.
    pub fn of(path: &Path) -> Result<Self> {
        Ok(Stamp { path: path.to_owned(), marks: marks(path)? })
    }

    /// Its length in bytes, and when it was last modified, in nanoseconds since 1970.
    pub fn length_and_time(&self) -> (u64, i64) {
        (self.marks[0] as u64, self.marks[3] as i64)
    }
}

/// A file as it was when its hash was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// The file.
    pub path: PathBuf,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
    stamp: Stamp,
}

impl Fingerprint {
    /// Takes the fingerprint of a file that must still be what its stamp says.
    ///
    /// # Errors
    /// Where it cannot be read, or is another since.
    pub fn take(stamp: &Stamp) -> Result<Self> {
        let path = stamp.path.clone();
        let fingerprint =
            Fingerprint { bytes: stamp.marks[0] as u64, sha256: sha256_of(&path)?, stamp: stamp.clone(), path };
        fingerprint.check()?;
        Ok(fingerprint)
    }

    /// Of a file whose bytes nobody hashes: it is known by its stamp alone, and its hash is empty.
    pub fn unread(stamp: &Stamp) -> Self {
        let path = stamp.path.clone();
        Fingerprint { bytes: stamp.marks[0] as u64, sha256: String::new(), stamp: stamp.clone(), path }
    }

    /// Whether the file is still what it was.
    ///
    /// # Errors
    /// [`EngineError::InputChanged`] where it is not, or is gone.
    pub fn check(&self) -> Result<()> {
        match marks(&self.path) {
            Ok(now) if now == self.stamp.marks => Ok(()),
            _ => Err(EngineError::InputChanged(self.path.clone())),
        }
    }
}

fn marks(path: &Path) -> Result<[i128; 5]> {
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn is_change(result: Result<impl std::fmt::Debug>, path: &Path) -> bool {
        matches!(result, Err(EngineError::InputChanged(changed)) if changed == path)
    }

    #[test]
    fn a_file_is_the_same_until_it_is_written_replaced_or_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let changes: [fn(&Path); 4] = [
            |path| fs::write(path, "another length").unwrap(),
            |path| fs::remove_file(path).unwrap(),
            |path| {
                fs::write(path.with_extension("new"), "abc").unwrap();
                fs::rename(path.with_extension("new"), path).unwrap();
            },
            |path| fs::File::open(path).unwrap().set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap(),
        ];
        for change in changes {
            fs::write(&path, "abc").unwrap();
            let stamp = Stamp::of(&path).unwrap();
            let fingerprint = Fingerprint::take(&stamp).unwrap();
            assert_eq!(fingerprint.bytes, 3);
            assert_eq!(fingerprint.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
            fingerprint.check().unwrap();
            change(&path);
            assert!(is_change(fingerprint.check(), &path));
        }
    }

    #[test]
    fn what_changed_between_opening_and_hashing_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "abc").unwrap();
        let stamp = Stamp::of(&path).unwrap();
        fs::write(&path, "abcd").unwrap();
        assert!(is_change(Fingerprint::take(&stamp), &path));
    }
}
