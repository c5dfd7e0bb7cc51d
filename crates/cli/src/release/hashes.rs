//! The hashes of a release's files, each file read once for all who ask.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mutirao_engine::{EngineError, Result, fingerprint::sha256_of};

use super::manifest::FileEntry;

/// Sizes and hashes of files that are written and will not change any more.
#[derive(Debug)]
pub struct Hashes {
    folder: PathBuf,
    known: BTreeMap<String, FileEntry>,
}

impl Hashes {
    /// Of the files of a folder; none is read yet.
    pub fn of(folder: &Path) -> Self {
        Hashes { folder: folder.to_owned(), known: BTreeMap::new() }
    }

    /// Size and hash of a file, by its name relative to the folder. Whoever asks says that the file is whole.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn entry(&mut self, name: &str) -> Result<FileEntry> {
        if let Some(entry) = self.known.get(name) {
            return Ok(entry.clone());
        }
        let path = self.folder.join(name);
        let bytes = std::fs::metadata(&path).map_err(EngineError::io("read", &path))?.len();
        let entry = FileEntry { path: name.to_owned(), bytes, sha256: sha256_of(&path)? };
        self.known.insert(name.to_owned(), entry.clone());
        Ok(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "abc").unwrap();
        let mut hashes = Hashes::of(folder.path());
        let first = hashes.entry("a").unwrap();
        assert_eq!(first.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        std::fs::remove_file(folder.path().join("a")).unwrap();
        assert_eq!(hashes.entry("a").unwrap(), first);
        assert!(hashes.entry("b").is_err());
    }
}
