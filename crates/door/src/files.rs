//! Names that may be opened: files and folders of this machine, nothing that GDAL would take for more than that.

use std::path::{Path, PathBuf};

use mutirao_core::door::{Refusal, RefusalCode};

/// The absolute path of something that is there.
pub fn local(path: &Path) -> Result<PathBuf, Refusal> {
    let text = path.to_string_lossy();
    let virtual_name = text.starts_with("/vsi") || text.contains("://");
    if virtual_name || path.to_str().is_none() {
        return Err(Refusal::new(
            RefusalCode::NotALocalFile,
            format!("{text} is not the name of a local file"),
            "download or unpack it first, and name the file",
        ));
    }
    let found = std::path::absolute(path).and_then(|path| path.metadata().map(|_| path));
    found.map_err(|e| {
        Refusal::new(
            RefusalCode::FileMissing,
            format!("cannot open {text}: {e}"),
            "check the path, which counts from the pipeline's folder",
        )
    })
}
