//! What is made of geometries: polygons or points.

use std::path::Path;

use gdal::vector::Geometry;
use mutirao_core::door::Refusal;
use mutirao_core::geometry::MultiPolygon;
use mutirao_parquet::{Feature, FeatureTable, PointFeature, PointTable, write_features, write_points};
use serde_json::Value;

use super::reading::Reading;

/// Attributes as text, and the shape if there is one.
pub type Found<S> = (Vec<Option<String>>, Option<S>);

/// A kind of shape.
pub trait Shape: Sized {
    /// The shape of a feature in the target CRS; `feature` is its name in messages.
    fn of(reading: &mut Reading<'_>, feature: &str, geometry: Option<&Geometry>) -> Result<Option<Self>, Refusal>;

    /// Writes features as GeoParquet.
    fn write(path: &Path, crs: Value, fields: Vec<String>, found: Vec<Found<Self>>) -> mutirao_parquet::Result<u64>;
}

impl Shape for MultiPolygon {
    fn of(reading: &mut Reading<'_>, feature: &str, geometry: Option<&Geometry>) -> Result<Option<Self>, Refusal> {
        reading.area(feature, geometry)
    }

    fn write(path: &Path, crs: Value, fields: Vec<String>, found: Vec<Found<Self>>) -> mutirao_parquet::Result<u64> {
        let features = found.into_iter().map(|(attributes, geometry)| Feature { attributes, geometry }).collect();
        write_features(path, &FeatureTable { crs, fields, features })
    }
}

/// A place, `[x, y]`.
impl Shape for [f64; 2] {
    fn of(reading: &mut Reading<'_>, feature: &str, geometry: Option<&Geometry>) -> Result<Option<Self>, Refusal> {
        reading.point(feature, geometry)
    }

    fn write(path: &Path, crs: Value, fields: Vec<String>, found: Vec<Found<Self>>) -> mutirao_parquet::Result<u64> {
        let features = found.into_iter().map(|(attributes, point)| PointFeature { attributes, point }).collect();
        write_points(path, &PointTable { crs, fields, features })
    }
}
