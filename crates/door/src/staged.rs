//! Outputs that appear whole or not at all.

use std::fs::File;
use std::path::{Path, PathBuf};

use mutirao_core::door::{Refusal, RefusalCode};

/// A file being written beside its final name; removed if it is dropped before [`commit`](Staged::commit).
pub struct Staged {
    temporary: PathBuf,
    target: PathBuf,
}

impl Staged {
    /// A temporary name in the folder of `target`.
    pub fn beside(target: &Path) -> Result<Staged, Refusal> {
        let Some(name) = target.file_name() else {
            return Err(failed(target, "it names no file"));
        };
        let mut temporary = std::ffi::OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{}.tmp", std::process::id()));
        Ok(Staged { temporary: target.with_file_name(temporary), target: target.to_owned() })
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// Creates the file for writing.
    pub fn create(&self) -> Result<File, Refusal> {
        File::create(&self.temporary).map_err(|e| self.failed(e))
    }

    /// A refusal that names the final path.
    pub fn failed(&self, why: impl std::fmt::Display) -> Refusal {
        failed(&self.target, why)
    }

    /// Brings the content to disk and gives it its final name.
    pub fn commit(self) -> Result<(), Refusal> {
        let work = || -> std::io::Result<()> {
            File::open(&self.temporary)?.sync_all()?;
            std::fs::rename(&self.temporary, &self.target)?;
            let folder = self.target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(folder)?.sync_all()
        };
        work().map_err(|e| self.failed(e))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After a commit there is nothing under this name.
        let _ = std::fs::remove_file(&self.temporary);
    }
}

fn failed(target: &Path, why: impl std::fmt::Display) -> Refusal {
    crate::messages::refusal(
        RefusalCode::WriteFailed,
        format!("cannot write {}: {why}", target.display()),
        "check that the folder exists, may be written to and has room",
    )
}
