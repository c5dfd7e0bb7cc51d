//! Vectors with attributes, as the door hands them over.

use std::path::Path;

use arrow_array::ArrayRef;
use mutirao_core::geometry::MultiPolygon;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Problem, Result};
use crate::table::{optional_text_field, optional_texts};
use crate::writer::{SLICE, Writer};
use crate::{geo, geometry};

/// Attributes and a geometry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// One value for every field of the table, as text; `None` where it is missing.
    pub attributes: Vec<Option<String>>,
    /// The area, in the CRS of the table; `None` where it is missing.
    pub geometry: Option<MultiPolygon>,
}

/// Features of the same fields and CRS, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureTable {
    /// The CRS as PROJJSON; null where it is not known. Coordinates are x then y, whatever its axis order.
    pub crs: Value,
    /// Names of the attributes.
    pub fields: Vec<String>,
    /// The features.
    pub features: Vec<Feature>,
}

/// Writes features as GeoParquet 1.1.0, in the order given, and returns the size of the file in bytes.
///
/// The columns are the fields, then `geometry` and `bbox`, with an underscore added for as long as a field bears the name.
/// Two fields of one name, and features with more or fewer attributes than fields, are errors.
pub fn write_features(path: &Path, table: &FeatureTable) -> Result<u64> {
    write(path, table).map_err(Error::at(path))
}

fn write(path: &Path, table: &FeatureTable) -> std::result::Result<u64, Problem> {
    check(table)?;
    let (column, covering) = (free_name(&table.fields, "geometry"), free_name(&table.fields, "bbox"));
    let mut fields: Vec<_> = table.fields.iter().map(|name| optional_text_field(name)).collect();
    fields.extend(geometry::fields(&column, &covering));
    let mut writer = Writer::create(path, fields, Some(&column))?;
    let bounds = geometry::bounds(table.features.iter().map(|feature| feature.geometry.as_ref()));
    writer.note(geo::KEY, geo::metadata(&column, &covering, &table.crs, bounds));
    let mut first = 0;
    for slice in geometry::slices(&table.features, SLICE, |feature| feature.geometry.as_ref()) {
        writer.push(columns(table.fields.len(), slice, first)?)?;
        first += slice.len() as u64;
    }
    writer.finish()
}

fn check(table: &FeatureTable) -> std::result::Result<(), Problem> {
    duplicate(&table.fields).map_or(Ok(()), |column| Err(Problem::DuplicateColumn { column }))?;
    let expected = table.fields.len();
    let odd = (0..).zip(&table.features).find(|(_, feature)| feature.attributes.len() != expected);
    odd.map_or(Ok(()), |(row, feature)| Err(Problem::AttributeCount { row, expected, found: feature.attributes.len() }))
}

/// The first name that stands twice.
pub(crate) fn duplicate(names: &[String]) -> Option<String> {
    let mut seen = std::collections::HashSet::new();
    names.iter().find(|name| !seen.insert(*name)).cloned()
}

/// `wanted`, with underscores until no field bears the name. Case is passed over, as many programs do.
pub(crate) fn free_name(fields: &[String], wanted: &str) -> String {
    let mut name = wanted.to_string();
    while fields.iter().any(|field| field.eq_ignore_ascii_case(&name)) {
        name.push('_');
    }
    name
}

fn columns(fields: usize, slice: &[Feature], first: u64) -> std::result::Result<Vec<ArrayRef>, Problem> {
    let attribute = |field: usize| optional_texts(slice, move |feature| feature.attributes[field].as_deref());
    let mut columns: Vec<_> = (0..fields).map(attribute).collect();
    columns.extend(geometry::columns((first..).zip(slice.iter().map(|feature| feature.geometry.as_ref())))?);
    Ok(columns)
}
