//! Contracts drafted from layers, and packed for partners.

mod draft;
mod hostile;
mod pack;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Said, program};

/// The project's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// The program, started in a folder.
fn mutirao(folder: &Path, args: &[&str]) -> Said {
    let mut command = Command::new(program());
    command.args(args).current_dir(folder).env("MUTIRAO_CACHE", folder.join("cache")).env("NO_COLOR", "1");
    Said::of(command.output().unwrap())
}
