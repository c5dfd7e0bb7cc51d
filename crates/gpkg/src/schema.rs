//! The tables that make an SQLite file a GeoPackage.

use rusqlite::{Connection, params};

/// `GPKG` as a number, and version 1.4.0.
const APPLICATION: u32 = 0x4750_4B47;
const VERSION: u32 = 10_400;
/// The number of a CRS without a code of EPSG's.
const OWN_CRS: i32 = 100_000;
/// When the content last changed must be said; no clock is asked, so that the same patches give the same bytes.
const LAST_CHANGE: &str = "1970-01-01T00:00:00.000Z";

const TABLES: &str = "
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE,
  min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE patches (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POLYGON, patch INTEGER NOT NULL,
  part INTEGER NOT NULL, period TEXT NOT NULL, class MEDIUMINT NOT NULL, source MEDIUMINT NOT NULL, pixels INTEGER NOT NULL,
  area_ha DOUBLE NOT NULL, patch_area_ha DOUBLE NOT NULL);
INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', NULL);
INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', NULL);
";

/// WGS 84 must be there whatever the CRS of the content is.
const WGS84: &str = r#"GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]"#;

/// The CRS of the patches.
#[derive(Debug, Clone, Copy)]
pub struct Crs<'a> {
    /// Its name.
    pub name: &'a str,
    /// Authority and code, such as `EPSG:31976`, where it has one.
    pub authority: Option<&'a str>,
    /// Its definition, WKT 1 where there is one.
    pub wkt: &'a str,
}

impl Crs<'_> {
    /// Organization and code.
    fn code(&self) -> (&str, i32) {
        let coded = self.authority.and_then(|text| text.split_once(':'));
        coded.and_then(|(who, code)| Some((who, code.parse().ok()?))).unwrap_or(("NONE", OWN_CRS))
    }

    /// The number by which the file knows it: EPSG's where it is one of EPSG's.
    pub(crate) fn id(&self) -> i32 {
        match self.code() {
            ("EPSG", code) => code,
            _ => OWN_CRS,
        }
    }
}

/// Makes an empty GeoPackage of an empty database.
pub(crate) fn create(database: &Connection, crs: &Crs<'_>) -> rusqlite::Result<()> {
    database.pragma_update(None, "application_id", APPLICATION)?;
    database.pragma_update(None, "user_version", VERSION)?;
    database.execute_batch(TABLES)?;
    let mut known = database.prepare("INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)")?;
    known.execute(params!["WGS 84 geodetic", 4326, "EPSG", 4326, WGS84])?;
    let (organization, code) = crs.code();
    known.execute(params![crs.name, crs.id(), organization, code, crs.wkt])?;
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change, srs_id) VALUES ('patches', 'features', \
         'patches', ?, ?)",
        params![LAST_CHANGE, crs.id()],
    )?;
    database.execute(
        "INSERT INTO gpkg_geometry_columns VALUES ('patches', 'geom', 'POLYGON', ?, 0, 0)",
        params![crs.id()],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crs_has_its_code_or_a_number_of_its_own() {
        let id = |authority| Crs { name: "", authority, wkt: "" }.id();
        assert_eq!(id(Some("EPSG:31976")), 31976);
        assert_eq!([id(Some("ESRI:102033")), id(None), id(Some("EPSG:none"))], [OWN_CRS; 3]);
    }
}
