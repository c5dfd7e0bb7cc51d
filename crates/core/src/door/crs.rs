//! Questions about CRSs.

use serde::{Deserialize, Serialize};

use crate::ellipsoid::Ellipsoid;
use crate::raster::GeoKeys;

/// A CRS as a pipeline or a file gives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CrsText {
    /// `EPSG:31976` (or another authority), WKT of any version, PROJJSON, or a PROJ string. Text of a maintainer's own
    /// pipeline; never a partner's.
    Text(String),
    /// The three tags of a GeoTIFF.
    GeoKeys(GeoKeys),
}

/// What a CRS is, in all the forms that outputs need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrsFacts {
    /// Its name, such as `SIRGAS 2000 / UTM zone 22N`.
    pub name: String,
    /// Authority and code, such as `EPSG:31976`, where the definition carries one.
    pub authority: Option<String>,
    /// WKT2:2019 on one line.
    pub wkt: String,
    /// WKT1 in GDAL's dialect, for VRTs; none where the CRS has no such form.
    pub wkt1_gdal: Option<String>,
    /// PROJJSON, for GeoParquet and STAC.
    pub projjson: serde_json::Value,
    /// What GDAL writes into a GeoTIFF 1.1 for it.
    pub geo_keys: GeoKeys,
    /// True for longitude and latitude, false for a projected CRS; others are refused.
    pub geographic: bool,
    /// Name of the unit of the axes, such as `metre` or `degree`.
    pub unit_name: String,
    /// Metres in one unit of a projected CRS, degrees in one unit of a geographic one.
    pub unit_to_metre_or_degree: f64,
    /// The ellipsoid.
    pub ellipsoid: Ellipsoid,
    /// Longitude of the prime meridian east of Greenwich, degrees.
    pub prime_meridian_deg: f64,
}

/// Whether two CRSs are the same by definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SameCrsFacts {
    /// Whether coordinates of one can be taken as coordinates of the other, names and axis order aside.
    pub same: bool,
    /// In one sentence: why it holds, or in what they differ.
    pub why: String,
}
