//! A release appears whole or not at all.
//!
//! Everything is written into a staging folder beside the release's place, synced, and then moved there in one step. A release that
//! is replaced is exchanged with its successor in one step too, so that a reader sees the old one or the new one and never a mixture.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::error::{EngineError, Result};

/// The right to work on a target, held until it is dropped or its holder dies.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a release's place; it stands beside the release.
    ///
    /// # Errors
    /// [`EngineError::Locked`] with its holder where another run has it; the system's.
    pub fn take(target: &Path) -> Result<Self> {
        let (path, mut file) = Self::open(target)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                let holder = fs::read_to_string(&path).unwrap_or_default();
                return Err(EngineError::Locked { path: target.to_owned(), holder });
            }
            Err(fs::TryLockError::Error(error)) => return Err(EngineError::io("lock", &path)(error)),
        }
        let holder = format!("process {}", std::process::id());
        let told = file.set_len(0).and_then(|()| file.write_all(holder.as_bytes()));
        told.map_err(EngineError::io("write", &path))?;
        Ok(Lock { _file: file })
    }

    /// Takes the lock of a small file that several runs write, and waits for it: nobody holds it for long.
    ///
    /// # Errors
    /// The system's.
    pub fn wait(target: &Path) -> Result<Self> {
        let (path, file) = Self::open(target)?;
        file.lock().map_err(EngineError::io("lock", &path))?;
        Ok(Lock { _file: file })
    }

    fn open(target: &Path) -> Result<(PathBuf, File)> {
        let parent = target.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(EngineError::io("create", parent))?;
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let path = parent.join(format!(".lock-{name}"));
        let mut options = File::options();
        let file = options.read(true).write(true).create(true).truncate(false).open(&path);
        Ok((path.clone(), file.map_err(EngineError::io("create", &path))?))
    }
}

/// The new text of a small file, written and synced beside it. Dropped, it is gone.
#[derive(Debug)]
pub struct Replacement {
    staged: PathBuf,
    path: PathBuf,
}

impl Replacement {
    /// Writes the text.
    ///
    /// # Errors
    /// The system's.
    pub fn write(path: &Path, text: &str) -> Result<Self> {
        let parent = path.parent().unwrap_or(Path::new("."));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let new = Replacement { staged: parent.join(format!("{PREFIX}{name}")), path: path.to_owned() };
        let mut file = File::create(&new.staged).map_err(EngineError::io("create", &new.staged))?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        written.map_err(EngineError::io("write", &new.staged))?;
        Ok(new)
    }

    /// Puts it in the file's place in one step: a reader sees the old text or the new one.
    ///
    /// # Errors
    /// The system's; the old file is untouched then.
    pub fn finish(self) -> Result<()> {
        fs::rename(&self.staged, &self.path).map_err(EngineError::io("write", &self.path))?;
        sync(self.path.parent().unwrap_or(Path::new(".")))
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        // After `finish` there is nothing to remove.
        let _ = fs::remove_file(&self.staged);
    }
}

/// A release while it is made.
#[derive(Debug)]
pub struct Staging {
    folder: PathBuf,
    target: PathBuf,
    overwrite: bool,
    published: bool,
}

/// The file that makes a folder a release; it is written last.
const MANIFEST: &str = "manifest.json";

/// The folder's beginning of name, by which leftovers of a run that was killed are known.
const PREFIX: &str = ".staging-";

impl Staging {
    /// Begins a release at `target`, `<out>/<id>/<version>`. What an earlier, killed run of the same target left is removed.
    ///
    /// # Errors
    /// [`EngineError::Exists`] where the release is there and may not be replaced, [`EngineError::NoRelease`] where something else is
    /// in its place; the system's.
    pub fn begin(target: &Path, overwrite: bool) -> Result<Self> {
        if target.exists() && !overwrite {
            return Err(EngineError::Exists(target.to_owned()));
        }
        // What is replaced is removed, so it had better be what this program made.
        if target.exists() && !target.join(MANIFEST).is_file() {
            return Err(EngineError::NoRelease(target.to_owned()));
        }
        let parent = target.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(EngineError::io("create", parent))?;
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let folder = parent.join(format!("{PREFIX}{name}"));
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(EngineError::io("remove", &folder))?;
        }
        fs::create_dir(&folder).map_err(EngineError::io("create", &folder))?;
        Ok(Staging { folder, target: target.to_owned(), overwrite, published: false })
    }

    /// Where the files of the release are written.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a small file.
    ///
    /// # Errors
    /// The system's.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(EngineError::io("create", parent))?;
        }
        let mut file = File::create(&path).map_err(EngineError::io("create", &path))?;
        file.write_all(text.as_bytes()).map_err(EngineError::io("write", &path))
    }

    /// The files written so far, relative to the folder with `/` between the parts, sorted.
    ///
    /// # Errors
    /// The system's.
    pub fn files(&self) -> Result<Vec<String>> {
        let mut files = Vec::new();
        collect(&self.folder, &self.folder, &mut files)?;
        files.sort();
        Ok(files)
    }

    /// Puts the release in its place: syncs every file and folder, then moves the whole in one step.
    ///
    /// # Errors
    /// The system's; the release that was there before is untouched then.
    pub fn publish(mut self) -> Result<PathBuf> {
        for name in self.files()? {
            sync(&self.folder.join(name))?;
        }
        sync_folders(&self.folder)?;
        let parent = self.target.parent().unwrap_or(Path::new(".")).to_owned();
        let flags = if self.overwrite && self.target.exists() { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
        renameat_with(CWD, &self.folder, CWD, &self.target, flags)
            .map_err(|error| EngineError::io("publish", &self.target)(error.into()))?;
        self.published = true;
        sync(&parent)?;
        if flags == RenameFlags::EXCHANGE {
            fs::remove_dir_all(&self.folder).map_err(EngineError::io("remove", &self.folder))?;
        }
        Ok(self.target.clone())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.published {
            // Nothing more can be done about a folder that cannot be removed; the next run tries again.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(EngineError::io("read", folder))? {
        let path = entry.map_err(EngineError::io("read", folder))?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            files.push(parts.join("/"));
        }
    }
    Ok(())
}

fn sync(path: &Path) -> Result<()> {
    let file = File::open(path).map_err(EngineError::io("read", path))?;
    file.sync_all().map_err(EngineError::io("write", path))
}

fn sync_folders(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(EngineError::io("read", folder))? {
        let path = entry.map_err(EngineError::io("read", folder))?.path();
        if path.is_dir() {
            sync_folders(&path)?;
        }
    }
    sync(folder)
}
