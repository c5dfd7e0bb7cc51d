//! A file that appears whole or not at all.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use mutirao_engine::EngineError;
use tempfile::NamedTempFile;

use crate::{command::Failure, exit::Exit, open::is_csv};

/// An output file that is being made under another name beside its own.
pub struct Target {
    path: PathBuf,
    temporary: NamedTempFile,
    overwrite: bool,
}

impl Target {
    /// Begins a file.
    ///
    /// # Errors
    /// Where one is there already and may not be replaced, or its folder cannot be written.
    pub fn begin(path: &Path, overwrite: bool) -> Result<Self, Failure> {
        if path.exists() && !overwrite {
            return Err(taken(path));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        // What others may do with it is for the user's own umask to say.
        builder.prefix(".mutirao-").permissions(Permissions::from_mode(0o666));
        let temporary = builder.tempfile_in(folder);
        let temporary = temporary.map_err(EngineError::io("create", path)).map_err(|error| Failure::of(&error))?;
        Ok(Target { path: path.to_owned(), temporary, overwrite })
    }

    /// Where it is written for now.
    pub fn file(&self) -> &Path {
        self.temporary.path()
    }

    /// Whether the name asks for CSV.
    pub fn is_csv(&self) -> bool {
        is_csv(&self.path)
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// The system's; or that somebody else made a file of this name meanwhile.
    pub fn finish(self) -> Result<PathBuf, Failure> {
        let synced = self.temporary.as_file().sync_all();
        let named = synced.and_then(|()| {
            let done = if self.overwrite {
                self.temporary.persist(&self.path)
            } else {
                self.temporary.persist_noclobber(&self.path)
            };
            done.map_err(|error| error.error)
        });
        match named {
            Ok(_) => Ok(self.path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(taken(&self.path)),
            Err(error) => Err(Failure::of(&EngineError::io("write", &self.path)(error))),
        }
    }
}

fn taken(path: &Path) -> Failure {
    Failure {
        error: format!("{} is there already", path.display()),
        help: Some("say --overwrite to replace it, or choose another --out".to_owned()),
        exit: Exit::Environment,
    }
}
