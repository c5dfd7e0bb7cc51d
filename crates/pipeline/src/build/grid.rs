//! The coverage's grid.

use mutirao_core::{grid::Grid, pipeline::GridSpec};

use super::files::Files;
use crate::{scalar, sink::Sink, yaml::Node};

/// How far a corner may lie from a node of the grid, in pixels, unless said otherwise.
const TOLERANCE: f64 = 0.01;

/// The grid and its tolerance.
pub(crate) fn read_grid(node: &Node, files: &Files, sink: &mut Sink) -> Option<(GridSpec, f64)> {
    let tolerance = node.get_text("tolerance").map_or(Some(TOLERANCE), scalar::number)?;
    let crs = node.get_text("crs").map(str::to_owned);
    if let Some(like) = node.get("like") {
        for key in ["origin", "resolution", "size"] {
            if let Some(entry) = node.entry(key) {
                let message = format!("`grid` has both `like` and `{key}`");
                sink.error("invalid-value", entry.spot, message, "keep `like`, or write the grid out without it");
            }
        }
        let file = files.locate(like, sink).unwrap_or_else(|| files.folder.join(like.text().unwrap_or_default()));
        like.text()?;
        return Some((GridSpec::Like { file, crs, place: sink.place(like.spot) }, tolerance));
    }
    let resolution = node.get("resolution")?;
    let resolution = match resolution.items() {
        [] => [scalar::number(resolution.text()?)?; 2],
        _ => pair(resolution, scalar::number)?,
    };
    let side = |text: &str| scalar::integer(text).and_then(|value| u32::try_from(value).ok());
    let grid = Grid {
        crs: crs?,
        origin: pair(node.get("origin")?, scalar::number)?,
        resolution,
        size: pair(node.get("size")?, side)?,
    };
    Some((GridSpec::Given(grid), tolerance))
}

fn pair<T>(node: &Node, read: impl Fn(&str) -> Option<T>) -> Option<[T; 2]> {
    match node.items() {
        [first, second] => Some([read(first.text()?)?, read(second.text()?)?]),
        _ => None,
    }
}
