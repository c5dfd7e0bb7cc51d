//! Patches into `coverage.parquet`, or into a file of another format.

use std::path::Path;

use mutirao_core::door::CrsFacts;
use mutirao_engine::{
    Result,
    areas::AreaFactors,
    finished::{Finished, Means, PatchPart, Wanted, patches},
};
use mutirao_parquet::PatchRow;
use serde::Serialize;

use super::format::{Format, PatchFile};

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

/// Finds the patches of a coverage and writes them.
///
/// # Errors
/// Where pixels cannot be read or the table cannot be written, or somebody asked to stop.
pub fn write_patches(
    (path, format): (&Path, Format),
    finished: &Finished<'_>,
    crs: &CrsFacts,
    factors: &AreaFactors,
    wanted: &Wanted,
    means: Means<'_>,
) -> Result<Written> {
    let mut file = PatchFile::create(path, format, crs)?;
    let mut written = Written::default();
    patches(finished, factors, wanted, means, |parts| {
        let rows = parts.map(|part| {
            written.patches += u64::from(part.part == 0);
            written.parts += 1;
            written.pixels += part.pixels;
            row(part, finished, factors)
        });
        file.push(path, rows)
    })?;
    written.bytes = file.finish(path)?;
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
