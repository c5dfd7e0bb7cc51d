//! A GeoPackage of patches being written.

use std::path::{Path, PathBuf};

use mutirao_core::geometry::{Bounds, Polygon};
use rusqlite::{Connection, params};

use crate::{Crs, Error, blob, schema::create};

const INSERT: &str = "INSERT INTO patches (geom, patch, part, period, class, source, pixels, area_ha, patch_area_ha) \
                      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Bytes of a page of the file. Pages go to the system one by one, so they are large.
const PAGE: u32 = 1 << 15;

/// A part of a patch: the columns of `coverage.parquet`.
#[derive(Debug, Clone, Copy)]
pub struct Patch<'a> {
    /// The patch, the same for all of its parts.
    pub patch: i64,
    /// The part's number in the patch, from 0.
    pub part: i64,
    /// The period, as written.
    pub period: &'a str,
    /// The class.
    pub class: u16,
    /// The source; 0 where it is not known.
    pub source: u16,
    /// Pixels of the part.
    pub pixels: i64,
    /// The true areas of the part and of the whole patch, in hectares.
    pub areas: (f64, f64),
    /// The outline of the pixels, in the CRS of the file.
    pub geometry: &'a Polygon,
}

/// Writes parts in the order in which they come.
pub struct PatchWriter {
    path: PathBuf,
    database: Connection,
    srs_id: i32,
    blob: Vec<u8>,
    bounds: Option<Bounds>,
}

impl PatchWriter {
    /// Begins a GeoPackage in a file that is empty or not there.
    ///
    /// # Errors
    /// [`Error::Sqlite`], for example where the file holds something.
    pub fn new(path: &Path, crs: &Crs<'_>) -> Result<Self, Error> {
        let database = begin(path, crs).map_err(|source| Error::Sqlite { path: path.to_owned(), source })?;
        Ok(PatchWriter { path: path.to_owned(), database, srs_id: crs.id(), blob: Vec::new(), bounds: None })
    }

    /// Adds a part.
    ///
    /// # Errors
    /// [`Error::Geometry`] for an outline without points, [`Error::Sqlite`] where it cannot be written.
    pub fn push(&mut self, part: &Patch<'_>) -> Result<(), Error> {
        let Some(bounds) = blob::write(part.geometry, self.srs_id, &mut self.blob) else {
            return Err(Error::Geometry { path: self.path.clone(), patch: part.patch, what: "no points, or too many" });
        };
        self.bounds = Some(self.bounds.map_or(bounds, |all| all.union(bounds)));
        let inserted = self.database.prepare_cached(INSERT).and_then(|mut insert| {
            let Patch { patch, part, period, class, source, pixels, areas: (area, whole), .. } = part;
            insert.execute(params![self.blob, patch, part, period, class, source, pixels, area, whole])
        });
        inserted.map(drop).map_err(|error| self.failed(error))
    }

    /// Ends the file; its size in bytes.
    ///
    /// # Errors
    /// [`Error::Sqlite`] where what waits cannot be written, [`Error::Io`].
    pub fn finish(self) -> Result<u64, Error> {
        let PatchWriter { path, database, bounds, .. } = self;
        let end = |database: Connection| {
            if let Some(Bounds { xmin, ymin, xmax, ymax }) = bounds {
                let set = "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?";
                database.execute(set, params![xmin, ymin, xmax, ymax])?;
            }
            database.execute_batch("COMMIT")?;
            database.close().map_err(|(_, error)| error)
        };
        end(database).map_err(|source| Error::Sqlite { path: path.clone(), source })?;
        let size = std::fs::metadata(&path).map(|facts| facts.len());
        size.map_err(|source| Error::Io { path, source })
    }

    fn failed(&self, source: rusqlite::Error) -> Error {
        Error::Sqlite { path: self.path.clone(), source }
    }
}

fn begin(path: &Path, crs: &Crs<'_>) -> rusqlite::Result<Connection> {
    let database = Connection::open(path)?;
    // The file is nobody's until it is finished, so nothing need be undone, and whoever asked for it syncs it.
    for (setting, value) in [("journal_mode", "OFF"), ("synchronous", "OFF"), ("locking_mode", "EXCLUSIVE")] {
        database.pragma_update(None, setting, value)?;
    }
    database.pragma_update(None, "page_size", PAGE)?;
    database.execute_batch("BEGIN IMMEDIATE")?;
    create(&database, crs)?;
    Ok(database)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRS: Crs<'_> = Crs { name: "SIRGAS 2000 / UTM zone 22N", authority: Some("EPSG:31976"), wkt: "PROJCS[]" };

    fn square(side: f64) -> Polygon {
        Polygon { rings: vec![vec![[0.0, 0.0], [side, 0.0], [side, side], [0.0, side], [0.0, 0.0]]] }
    }

    fn write(path: &Path, parts: i64) -> u64 {
        let mut writer = PatchWriter::new(path, &CRS).unwrap();
        for part in 0..parts {
            let geometry = square((part + 1) as f64);
            let areas = (1.5, 9.25);
            let patch = Patch {
                patch: 7,
                part,
                period: "2020",
                class: 65_535,
                source: 2,
                pixels: 1 << 40,
                areas,
                geometry: &geometry,
            };
            writer.push(&patch).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn rows_come_back_with_the_bounds_of_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gpkg");
        assert_eq!(write(&path, 3), path.metadata().unwrap().len());
        let database = Connection::open(&path).unwrap();
        let one = |sql: &str| database.query_row(sql, [], |row| row.get::<_, f64>(0)).unwrap();
        assert_eq!(one("SELECT count(*) FROM patches WHERE class = 65535 AND pixels = 1099511627776"), 3.0);
        assert_eq!(one("SELECT max_x FROM gpkg_contents"), 3.0);
        assert_eq!(one("SELECT srs_id FROM gpkg_geometry_columns"), 31976.0);
        assert_eq!(one("PRAGMA application_id"), f64::from(0x4750_4B47));
        assert_eq!(one("SELECT sum(patch_area_ha) FROM patches"), 27.75);
    }

    #[test]
    fn the_same_patches_give_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a.gpkg", "b.gpkg"].map(|name| folder.path().join(name));
        assert_eq!(write(&paths[0], 500), write(&paths[1], 500));
        assert!(std::fs::read(&paths[0]).unwrap() == std::fs::read(&paths[1]).unwrap());
    }

    #[test]
    fn an_empty_outline_is_an_error_that_names_its_patch() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = PatchWriter::new(&folder.path().join("a.gpkg"), &CRS).unwrap();
        let geometry = Polygon::default();
        let part = Patch {
            patch: 12,
            part: 0,
            period: "",
            class: 1,
            source: 0,
            pixels: 1,
            areas: (0.0, 0.0),
            geometry: &geometry,
        };
        assert!(writer.push(&part).unwrap_err().to_string().contains("patch 12"));
    }
}
