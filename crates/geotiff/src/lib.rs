//! geotiff
