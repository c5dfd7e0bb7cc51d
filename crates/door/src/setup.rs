//! GDAL's configuration: nothing from the network, and nothing beside the file but what belongs to it by its name. Mosaics of other files are
//! read where they are called `.vrt`, and only of rasters.
#![allow(unsafe_code)]

use gdal::config::set_config_option;
use mutirao_core::door::{Refusal, RefusalCode};

/// Options set before the drivers are registered.
const OPTIONS: [(&str, &str); 17] = [
    ("GDAL_DRIVER_PATH", "disable"),
    ("GDAL_SKIP", NETWORK_DRIVERS),
    ("OGR_SKIP", SKIPPED_OGR),
    // An .aux.xml may hold nodata, CRS and place of a raster: whoever looks at it elsewhere sees it so.
    ("GDAL_PAM_ENABLED", "YES"),
    // Siblings are looked for by name only: .prj and .dbf of a Shapefile are found, folders are not listed.
    ("GDAL_DISABLE_READDIR_ON_OPEN", "TRUE"),
    ("GDAL_VRT_ENABLE_PYTHON", "NO"),
    ("GDAL_VRT_ENABLE_RAWRASTERBAND", "NO"),
    ("CPL_VSIL_CURL_ALLOWED_FILENAME", "none"),
    ("CPL_ALLOW_VSISTDIN", "NO"),
    ("PROJ_NETWORK", "OFF"),
    // A GeoJSON "crs" link is fetched whatever the options; nobody answers at this address.
    ("GDAL_HTTP_PROXY", "127.0.0.1:9"),
    ("GDAL_HTTPS_PROXY", "127.0.0.1:9"),
    ("GDAL_HTTP_CONNECTTIMEOUT", "1"),
    ("GDAL_HTTP_TIMEOUT", "1"),
    ("GDAL_CACHEMAX", "256"),
    ("GDAL_TIFF_INTERNAL_MASK", "YES"),
    ("OGR_GEOMETRY_ACCEPT_UNCLOSED_RING", "NO"),
];

/// Drivers that go to a network or a server (GDAL's short names; those with spaces cannot be listed here).
const NETWORK_DRIVERS: &str = "WCS WMS WMTS PLMOSAIC PLScenes DAAS EEDA EEDAI NGW HTTP STACTA STACIT OGCAPI RASDAMAN \
                               PostGISRaster GEORASTER";

/// The same among the vector drivers, and recipes that read whatever files they name.
const SKIPPED_OGR: &str = "OGR_VRT,WFS,OAPIF,CSW,Carto,AmigoCloud,Elasticsearch,Elastic,GeoRSSHTTP,GMLAS,NGW,\
                                   PLScenes,PostgreSQL,MySQL,MSSQLSpatial,OCI,ODBC,MongoDBv3,CouchDB,Cloudant,HANA,GPSBabel";

/// Hardens GDAL and collects its messages. Must come before anything else of GDAL.
pub fn harden() -> Result<(), Refusal> {
    for (key, value) in OPTIONS {
        set_config_option(key, value).map_err(|e| {
            Refusal::new(RefusalCode::DoorPanicked, format!("GDAL does not take {key}: {e}"), "please report it")
        })?;
    }
    // SAFETY: takes a flag and touches no memory of ours.
    unsafe { gdal_sys::OSRSetPROJEnableNetwork(0) };
    crate::messages::collect();
    Ok(())
}
