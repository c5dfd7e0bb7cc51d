//! How the overviews of a release were made.

use std::path::{Path, PathBuf};

use mutirao_core::pipeline::{Pipeline, ResampleMethod};
use mutirao_mosaic::overview::Reduce;

/// As the pipeline says, or else as a file with overviews says of itself; none if neither does.
pub fn reduce(pipeline: Option<&Pipeline>, file: impl FnOnce() -> Option<PathBuf>) -> Option<Reduce> {
    match pipeline.map(|pipeline| pipeline.outputs.overviews) {
        Some(ResampleMethod::Mode) => Some(Reduce::Mode),
        Some(ResampleMethod::Nearest) => Some(Reduce::Nearest),
        None => file().map_or(Some(Reduce::Mode), |path| stated(&path)),
    }
}

/// What a COG says in its header of how its overviews were made.
fn stated(path: &Path) -> Option<Reduce> {
    use std::io::Read;
    const HEADER: u64 = 1 << 20;
    let mut header = Vec::new();
    std::fs::File::open(path).ok()?.take(HEADER).read_to_end(&mut header).ok()?;
    let text = String::from_utf8_lossy(&header);
    let (_, after) = text.split_once("OVERVIEW_RESAMPLING")?;
    let value = after.split_once('>')?.1;
    if value.starts_with("MODE") { Some(Reduce::Mode) } else { value.starts_with("NEAREST").then_some(Reduce::Nearest) }
}
