//! Files beside a pipeline that others read by themselves: a legend, a crosswalk.

use std::path::Path;

use mutirao_core::{crosswalk::Crosswalk, finding::Finding, legend::Legend};

use crate::{build::files::read_text, crosswalk::read_crosswalk, legend::read_legend, sink::Sink, yaml::Spot};

/// Reads a legend.
///
/// # Errors
/// Everything that is wrong with it, with line and column; and the text, if it could be read.
pub fn legend_of(path: &Path) -> Result<Legend, (Vec<Finding>, Option<String>)> {
    read_by(path, read_legend)
}

/// Reads a crosswalk; without a legend its right side is not checked.
///
/// # Errors
/// As [`legend_of`].
pub fn crosswalk_of(path: &Path, legend: Option<&Legend>) -> Result<Crosswalk, (Vec<Finding>, Option<String>)> {
    read_by(path, |text, sink| read_crosswalk(text, &path.display().to_string(), legend, sink))
}

fn read_by<T>(
    path: &Path,
    read: impl FnOnce(&str, &mut Sink) -> Option<T>,
) -> Result<T, (Vec<Finding>, Option<String>)> {
    let mut sink = Sink::new(path.display().to_string());
    let text = match read_text(path) {
        Ok(text) => text,
        Err(message) => {
            let message = format!("{} cannot be read: {message}", path.display());
            sink.error("missing-file", Spot { line: 1, column: 1 }, message, "see that the path is right");
            return Err((sink.findings, None));
        }
    };
    match read(&text, &mut sink).filter(|_| !sink.has_errors()) {
        Some(read) => Ok(read),
        None => Err((sink.findings, Some(text))),
    }
}
