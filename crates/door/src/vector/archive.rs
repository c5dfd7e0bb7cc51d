//! Archives: the one layer file that a zip holds, by GDAL's name for it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use mutirao_core::door::{Refusal, RefusalCode};

use crate::messages;

/// Endings of files that hold layers. Those beside a shapefile belong to it.
const LAYERS: [&str; 13] =
    ["shp", "gpkg", "gdb", "geojson", "json", "topojson", "gml", "fgb", "kml", "tab", "mif", "csv", "sqlite"];
/// Zips that are a format of their own.
const OWN: [&str; 4] = ["kmz", "xlsx", "ods", "qgz"];
/// Folders in folders are followed this far.
const DEPTH: usize = 4;

/// What GDAL is to open: the file itself, or what is in it where it is a zip.
///
/// # Errors
/// A zip that holds no layer, or several files of which any could be meant.
pub fn inside(path: &Path) -> Result<PathBuf, Refusal> {
    if !is_zip(path) {
        return Ok(path.to_owned());
    }
    // The braces say where the archive's own name ends, whatever its ending.
    let root = PathBuf::from(format!("/vsizip/{{{}}}", path.display()));
    let found = layers(&root, DEPTH);
    match &found[..] {
        [only] => Ok(only.clone()),
        [] => {
            let message = format!("{} is a zip without a vector file or table in it", path.display());
            Err(messages::refusal(RefusalCode::NotReadable, message, "deliver a zip with one file or folder of data"))
        }
        several => {
            let names: Vec<String> = several.iter().map(|inner| shown(inner, &root)).collect();
            let message = format!("{} is a zip of several files: {}", path.display(), names.join(", "));
            Err(Refusal::new(RefusalCode::LayerNotNamed, message, "unpack it and name the one that is meant"))
        }
    }
}

fn is_zip(path: &Path) -> bool {
    let own = |ending: &std::ffi::OsStr| OWN.iter().any(|own| ending.eq_ignore_ascii_case(own));
    let mut magic = [0; 4];
    let mut begins = || File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok();
    path.is_file() && !path.extension().is_some_and(own) && begins() && magic == *b"PK\x03\x04"
}

/// The files and file geodatabases under a folder of an archive that hold layers.
fn layers(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let mut names = gdal::vsi::read_dir(folder, false).unwrap_or_default();
    names.sort();
    let mut found = Vec::new();
    for name in names {
        let (inner, hidden) = (folder.join(&name), name.to_string_lossy().starts_with(['.', '_']));
        let ending = name.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            _ if hidden => {}
            Some(ending) if LAYERS.contains(&ending) => found.push(inner),
            None | Some(_) if depth > 0 => found.extend(layers(&inner, depth - 1)),
            _ => {}
        }
    }
    found
}

fn shown(inner: &Path, root: &Path) -> String {
    inner.strip_prefix(root).unwrap_or(inner).display().to_string()
}
