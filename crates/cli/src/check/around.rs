//! The network's folder around a contract.

use std::path::{Path, PathBuf};

use mutirao_pipeline::Reading;

use crate::network::folder_of;

/// The pipeline in a network's folder.
const PIPELINE: &str = "pipeline.yaml";

/// What a network's pipelines say of a contract, and what the contract's relative paths count from.
pub struct Around {
    /// The folder of the pipeline that names the contract; without one where the contract lies, or the folder of its `contracts`.
    pub folder: PathBuf,
    /// The pipelines at hand: the one that somebody named first, and that of the folder.
    pub pipelines: Vec<Reading>,
}

impl Around {
    /// Of a contract's file. `network` is a pipeline, or the folder of one, that somebody named. A pipeline that cannot be read says
    /// nothing.
    pub fn of(path: &Path, network: Option<&Path>) -> Around {
        let named = network.and_then(of_network);
        if let Some((folder, reading)) = &named
            && names(reading, path)
        {
            return Around {
                folder: folder.clone(),
                pipelines: named.into_iter().map(|(_, reading)| reading).collect(),
            };
        }
        let (folder, own) = above(path).unwrap_or_else(|| {
            let folder = usual(path);
            let own = pipeline_in(&folder);
            (folder, own)
        });
        Around { folder, pipelines: named.map(|(_, reading)| reading).into_iter().chain(own).collect() }
    }
}

/// The pipeline that somebody named, and its folder.
pub fn of_network(network: &Path) -> Option<(PathBuf, Reading)> {
    let path = if network.is_dir() { network.join(PIPELINE) } else { network.to_owned() };
    path.exists().then(|| (folder_of(&path), mutirao_pipeline::read(&path)))
}

fn pipeline_in(folder: &Path) -> Option<Reading> {
    let path = folder.join(PIPELINE);
    path.exists().then(|| mutirao_pipeline::read(&path))
}

/// Whether a pipeline names a contract by its file.
fn names(reading: &Reading, path: &Path) -> bool {
    reading.contracts.iter().any(|named| is_same(&named.path, path))
}

/// The nearest folder above a contract whose pipeline names it.
fn above(path: &Path) -> Option<(PathBuf, Option<Reading>)> {
    let mut folder = folder_of(path);
    loop {
        if let Some(reading) = pipeline_in(&folder).filter(|reading| names(reading, path)) {
            return Some((folder, Some(reading)));
        }
        let parent = match folder.file_name() {
            Some(_) => {
                folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
            }
            None => folder.join(".."),
        };
        if is_same(&parent, &folder) || !parent.exists() {
            return None;
        }
        folder = parent;
    }
}

/// Where a contract lies, or the folder of its `contracts`.
fn usual(path: &Path) -> PathBuf {
    let beside = folder_of(path);
    match beside.file_name() {
        Some(name) if name == "contracts" => beside.parent().map_or_else(|| PathBuf::from("."), Path::to_owned),
        _ => beside,
    }
}

/// Whether two paths lead to one file or folder that is there.
pub fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(one).is_some_and(|one| real(other) == Some(one))
}
