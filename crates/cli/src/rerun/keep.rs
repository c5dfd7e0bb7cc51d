//! Where records are kept: in the cache, a folder for each folder of releases, a file for each of the last releases.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use mutirao_engine::{EngineError, Result};
use sha2::{Digest, Sha256};

use crate::release::listing::Listing;

/// How many records are kept: of the release that is used, of the one before, and one more.
const KEPT: usize = 3;

const ENDING: &str = "record";

/// A file beside the records that holds the place of the releases.
const PLACE: &str = "place";

/// The records of a network's releases.
#[derive(Debug)]
pub struct Records {
    folder: PathBuf,
    /// Where the releases are.
    place: PathBuf,
}

/// A record that waits for its release.
#[derive(Debug)]
pub struct Staged {
    path: PathBuf,
}

impl Records {
    /// Of the releases in a folder. Two folders of releases of one network have records of their own.
    pub fn of(cache: &Path, releases: &Path, id: &str) -> Self {
        let place = fs::canonicalize(releases).or_else(|_| std::path::absolute(releases));
        let place = place.unwrap_or_else(|_| releases.to_owned());
        let hash = Sha256::digest(place.as_os_str().as_encoded_bytes());
        let name: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Records { folder: cache.join("records").join(format!("{id}-{name}")), place }
    }

    /// The record of the release whose manifest has this sha256.
    pub fn record(&self, manifest: &str) -> PathBuf {
        self.folder.join(manifest).with_extension(ENDING)
    }

    /// Writes a record that has no name yet. A version is run by one at a time, so what lies there was left by a run that died.
    ///
    /// # Errors
    /// The system's; nothing is left then.
    pub fn stage(&self, version: &str, write: impl FnOnce(&Path) -> Result<()>) -> Result<Staged> {
        fs::create_dir_all(&self.folder).map_err(EngineError::io("create", &self.folder))?;
        let staged = Staged { path: self.folder.join(format!(".staging-{version}")) };
        write(&staged.path)?;
        Ok(staged)
    }

    /// Gives a record its name, once its release is published, and removes those of releases that are gone, replaced or long past.
    ///
    /// # Errors
    /// The system's.
    pub fn finish(&self, staged: Staged, manifest: &str, listing: &Listing) -> Result<()> {
        let path = self.record(manifest);
        fs::rename(&staged.path, &path).map_err(EngineError::io("write", &path))?;
        let wanted: HashSet<PathBuf> = listing.latest().take(KEPT).map(|(_, manifest)| self.record(manifest)).collect();
        let entries = fs::read_dir(&self.folder).map_err(EngineError::io("read", &self.folder))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            let is_record = path.extension().is_some_and(|ending| ending == ENDING);
            if is_record && !wanted.contains(&path) {
                fs::remove_file(&path).map_err(EngineError::io("remove", &path))?;
            }
        }
        self.remove_orphans()
    }

    /// Notes where the releases are, and removes the records of folders that are gone.
    fn remove_orphans(&self) -> Result<()> {
        let place = self.folder.join(PLACE);
        fs::write(&place, self.place.as_os_str().as_encoded_bytes()).map_err(EngineError::io("write", &place))?;
        let Some(records) = self.folder.parent() else { return Ok(()) };
        let entries = fs::read_dir(records).map_err(EngineError::io("read", records))?;
        for folder in entries.flatten().map(|entry| entry.path()) {
            let place = fs::read(folder.join(PLACE)).ok().map(|place| PathBuf::from(OsString::from_vec(place)));
            if place.is_some_and(|place| !place.exists()) {
                fs::remove_dir_all(&folder).map_err(EngineError::io("remove", &folder))?;
            }
        }
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After `finish` there is nothing to remove.
        let _ = fs::remove_file(&self.path);
    }
}
