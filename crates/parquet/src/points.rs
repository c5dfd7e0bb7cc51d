//! Points with attributes, as the door hands them over.

use std::path::Path;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::LargeBinaryBuilder;
use mutirao_core::geometry::Bounds;
use serde_json::Value;

use crate::error::{Error, Problem, Result};
use crate::features::{duplicate, free_name};
use crate::partner::FeatureReader;
use crate::table::{optional_text_field, optional_texts};
use crate::writer::{SLICE, Writer};
use crate::{geo, geometry, wkb};

/// Attributes and a place.
#[derive(Debug, Clone, PartialEq)]
pub struct PointFeature {
    /// One value for every field of the table, as text; `None` where it is missing.
    pub attributes: Vec<Option<String>>,
    /// The place, `[x, y]`, in the CRS of the table; `None` where it is missing.
    pub point: Option<[f64; 2]>,
}

/// Points of the same fields and CRS, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct PointTable {
    /// The CRS as PROJJSON; null where it is not known. Coordinates are x then y, whatever its axis order.
    pub crs: Value,
    /// Names of the attributes.
    pub fields: Vec<String>,
    /// The points.
    pub features: Vec<PointFeature>,
}

/// Writes points as GeoParquet 1.1.0, in the order given, and returns the size of the file in bytes. Columns and errors are those of
/// [`write_features`](crate::write_features).
pub fn write_points(path: &Path, table: &PointTable) -> Result<u64> {
    write(path, table).map_err(Error::at(path))
}

fn write(path: &Path, table: &PointTable) -> std::result::Result<u64, Problem> {
    if let Some(column) = duplicate(&table.fields) {
        return Err(Problem::DuplicateColumn { column });
    }
    let expected = table.fields.len();
    if let Some((row, odd)) = (0..).zip(&table.features).find(|(_, feature)| feature.attributes.len() != expected) {
        return Err(Problem::AttributeCount { row, expected, found: odd.attributes.len() });
    }
    let (column, covering) = (free_name(&table.fields, "geometry"), free_name(&table.fields, "bbox"));
    let mut fields: Vec<_> = table.fields.iter().map(|name| optional_text_field(name)).collect();
    fields.extend(geometry::fields(&column, &covering));
    let mut writer = Writer::create(path, fields, Some(&column))?;
    let places = table.features.iter().filter_map(|feature| feature.point);
    let bounds = places.map(Bounds::of_point).reduce(Bounds::union);
    writer.note(geo::KEY, geo::points(&column, &covering, &table.crs, bounds));
    for (slice, features) in (0..).zip(table.features.chunks(SLICE)) {
        writer.push(columns(expected, features, slice * SLICE as u64)?)?;
    }
    writer.finish()
}

fn columns(fields: usize, slice: &[PointFeature], first: u64) -> std::result::Result<Vec<ArrayRef>, Problem> {
    let attribute = |field: usize| optional_texts(slice, move |feature| feature.attributes[field].as_deref());
    let mut columns: Vec<_> = (0..fields).map(attribute).collect();
    let mut binary = LargeBinaryBuilder::new();
    for (row, feature) in (first..).zip(slice) {
        match feature.point {
            Some(point) => {
                let bytes = wkb::write_point(point).map_err(|what| Problem::Geometry { row, what })?;
                binary.append_value(bytes);
            }
            None => binary.append_null(),
        }
    }
    let boxes: Vec<Option<Bounds>> = slice.iter().map(|feature| feature.point.map(Bounds::of_point)).collect();
    columns.push(Arc::new(binary.finish()));
    columns.push(Arc::new(geometry::box_column(&boxes)?));
    Ok(columns)
}

/// Reads GeoParquet with a [`FeatureReader`], all of it. A geometry must be a Point; anything else is an error with its row.
pub fn read_points(path: &Path) -> Result<PointTable> {
    let mut reader = FeatureReader::open(path)?;
    let mut features = Vec::new();
    for batch in &mut reader {
        for feature in batch? {
            let row = features.len() as u64;
            let point = feature.wkb.as_deref().map(wkb::read_point).transpose();
            let point = point.map_err(|what| Error::at(path)(Problem::Geometry { row, what }))?;
            features.push(PointFeature { attributes: feature.attributes, point });
        }
    }
    Ok(PointTable { crs: reader.crs, fields: reader.fields, features })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problem;

    fn table(features: Vec<PointFeature>) -> PointTable {
        PointTable { crs: geo::crs84(), fields: vec!["geometry".to_owned(), "class".to_owned()], features }
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("points.parquet");
        let feature = |at: u32| PointFeature {
            attributes: vec![None, Some(at.to_string())],
            point: (at % 7 != 3).then(|| [f64::from(at), -0.5]),
        };
        let written = table((0..20_000).map(feature).collect());
        write_points(&path, &written).unwrap();
        assert_eq!(read_points(&path).unwrap(), written);
        let polygons = crate::read_features(&path).unwrap_err();
        assert!(polygons.to_string().contains("a Point, where only Polygon"), "{polygons}");
    }

    #[test]
    fn what_would_not_be_read_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("points.parquet");
        let feature = |point, count| PointFeature { attributes: vec![None; count], point: Some(point) };
        let infinite = write_points(&path, &table(vec![feature([f64::NAN, 0.0], 2)])).unwrap_err();
        assert!(infinite.to_string().contains("not finite"), "{infinite}");
        let short = write(&path, &table(vec![feature([0.0, 0.0], 1)])).unwrap_err();
        assert!(matches!(short, Problem::AttributeCount { row: 0, expected: 2, found: 1 }));
    }
}
