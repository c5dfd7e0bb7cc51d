//! The file that patches go into: GeoParquet, or a GeoPackage.

use std::io;
use std::path::Path;

use mutirao_core::door::CrsFacts;
use mutirao_engine::{EngineError, Result};
use mutirao_gpkg::{Crs, Patch};
use mutirao_parquet::{PatchRow, PatchWriter};

/// How patches are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// GeoParquet.
    Parquet,
    /// A GeoPackage.
    GeoPackage,
}

impl Format {
    /// What the ending of a name asks for; none for an ending that is not known.
    pub fn of(path: &Path) -> Option<Format> {
        match path.extension()?.to_ascii_lowercase().to_str()? {
            "parquet" | "geoparquet" => Some(Format::Parquet),
            "gpkg" => Some(Format::GeoPackage),
            _ => None,
        }
    }
}

/// A file of patches that is being written.
pub enum PatchFile {
    Parquet(Box<PatchWriter>),
    GeoPackage(Box<mutirao_gpkg::PatchWriter>),
}

impl PatchFile {
    /// Begins it at a path that has nothing or an empty file.
    pub fn create(path: &Path, format: Format, crs: &CrsFacts) -> Result<Self> {
        match format {
            Format::Parquet => {
                let writer = PatchWriter::new(path, &crs.projjson).map_err(|error| failed(path, error))?;
                Ok(PatchFile::Parquet(Box::new(writer)))
            }
            Format::GeoPackage => {
                let wkt = crs.wkt1_gdal.as_ref().unwrap_or(&crs.wkt);
                let crs = Crs { name: &crs.name, authority: crs.authority.as_deref(), wkt };
                let writer = mutirao_gpkg::PatchWriter::new(path, &crs).map_err(|error| refused(path, error))?;
                Ok(PatchFile::GeoPackage(Box::new(writer)))
            }
        }
    }

    /// Adds rows, in the order given.
    pub fn push(&mut self, path: &Path, rows: impl Iterator<Item = PatchRow>) -> Result<()> {
        match self {
            PatchFile::Parquet(writer) => writer.push(rows).map_err(|error| failed(path, error)),
            PatchFile::GeoPackage(writer) => {
                for row in rows {
                    writer.push(&patch(&row)).map_err(|error| refused(path, error))?;
                }
                Ok(())
            }
        }
    }

    /// Ends it; its bytes.
    pub fn finish(self, path: &Path) -> Result<u64> {
        match self {
            PatchFile::Parquet(writer) => writer.finish().map_err(|error| failed(path, error)),
            PatchFile::GeoPackage(writer) => writer.finish().map_err(|error| refused(path, error)),
        }
    }
}

fn patch(row: &PatchRow) -> Patch<'_> {
    Patch {
        patch: row.patch,
        part: row.part,
        period: &row.period,
        class: row.class,
        source: row.source,
        pixels: row.pixels,
        areas: (row.area_ha, row.patch_area_ha),
        geometry: &row.geometry,
    }
}

/// What the system said, if it was the system: a full disk is to be known as one.
pub fn failed(path: &Path, error: mutirao_parquet::Error) -> EngineError {
    let code = error.system().and_then(io::Error::raw_os_error);
    let source = code.map_or_else(|| io::Error::other(error.to_string()), io::Error::from_raw_os_error);
    EngineError::io("write", path)(source)
}

fn refused(path: &Path, error: mutirao_gpkg::Error) -> EngineError {
    let kind = if error.is_full() { io::ErrorKind::StorageFull } else { io::ErrorKind::Other };
    EngineError::io("write", path)(io::Error::new(kind, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_the_format() {
        let of = |name: &str| Format::of(name.as_ref());
        assert_eq!(of("a/coverage.parquet"), Some(Format::Parquet));
        assert_eq!(of("a.GPKG"), Some(Format::GeoPackage));
        assert_eq!([of("a.shp"), of("a"), of(".gpkg")], [None; 3]);
    }
}
