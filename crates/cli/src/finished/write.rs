//! Patches into `coverage.parquet`.

use std::io;
use std::path::Path;

use mutirao_engine::{
    EngineError, Result,
    areas::AreaFactors,
    finished::{Finished, Means, PatchPart, Wanted, patches},
};
use mutirao_parquet::{PatchRow, PatchWriter};
use serde::Serialize;
use serde_json::Value;

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Patches, in all periods.
    pub patches: u64,
    /// Their parts: rows of the table.
    pub parts: u64,
    /// Their pixels.
    pub pixels: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Finds the patches of a coverage and writes them. `crs` is PROJJSON.
///
/// # Errors
/// Where pixels cannot be read or the table cannot be written, or somebody asked to stop.
pub fn write_patches(
    path: &Path,
    finished: &Finished<'_>,
    crs: &Value,
    factors: &AreaFactors,
    wanted: &Wanted,
    means: Means<'_>,
) -> Result<Written> {
    let mut writer = PatchWriter::new(path, crs).map_err(|error| failed(path, error))?;
    let mut written = Written::default();
    patches(finished, factors, wanted, means, |parts| {
        for part in &parts {
            written.patches += u64::from(part.part == 0);
            written.parts += 1;
            written.pixels += part.pixels;
        }
        let rows = parts.into_iter().map(|part| row(part, finished, factors));
        writer.push(rows).map_err(|error| failed(path, error))
    })?;
    written.bytes = writer.finish().map_err(|error| failed(path, error))?;
    Ok(written)
}

/// A part as it stands in the table.
pub fn row(part: PatchPart, finished: &Finished<'_>, factors: &AreaFactors) -> PatchRow {
    PatchRow {
        patch: part.patch as i64,
        part: i64::from(part.part),
        period: finished.periods[part.period].label.clone(),
        class: part.class,
        source: part.source,
        pixels: part.pixels as i64,
        area_ha: factors.hectares(part.area),
        patch_area_ha: factors.hectares(part.patch_area),
        geometry: part.polygon,
    }
}

/// What the system said, if it was the system: a full disk is to be known as one.
pub fn failed(path: &Path, error: mutirao_parquet::Error) -> EngineError {
    let code = error.system().and_then(io::Error::raw_os_error);
    let source = code.map_or_else(|| io::Error::other(error.to_string()), io::Error::from_raw_os_error);
    EngineError::io("write", path)(source)
}
