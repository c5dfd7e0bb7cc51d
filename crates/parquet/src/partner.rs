//! GeoParquet of anyone: a partner's own, or what the door has translated.

use std::path::Path;

use arrow_array::{Array, BinaryArray, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::ProjectionMask;
use parquet::basic::LogicalType;
use serde_json::Value;

use crate::batch::Batch;
use crate::error::{GeoError, Problem, Result};
use crate::features::{Feature, FeatureTable, duplicate};
use crate::geo::{self, GeoColumn};
use crate::geometry;
use crate::limits::Budget;
use crate::source::{Source, guarded};
use crate::table::Batches;

/// Bytes that a text takes beside its letters, and a feature beside its attributes and geometry.
const OVERHEAD: (u64, u64) = (24, 48);

/// Reads GeoParquet (0.4, 1.x, 2.0; WKB; planar edges), features in the order of the file.
///
/// The fields are all columns but geometries and the boxes that cover them. Values of any type become text, as Arrow shows
/// them: `2020-08-01`, `true`, `1.5`. A geometry must be a Polygon, which becomes a MultiPolygon of one, or a MultiPolygon;
/// anything else is an error with its row. A file that names no CRS is in OGC:CRS84, by the standard; one that names `null`
/// says that its CRS is not known, and so the table's is null.
pub fn read_features(path: &Path) -> Result<FeatureTable> {
    guarded(path, || read(Source::open(path)?))
}

fn read(source: Source) -> std::result::Result<FeatureTable, Problem> {
    let column = geo::parse(source.metadata(geo::KEY).ok_or(GeoError::Missing)?)?;
    let names: Vec<String> = source.builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    if let Some(column) = duplicate(&names) {
        return Err(Problem::DuplicateColumn { column });
    }
    let crs = check_native(&source, &column)?;
    let wanted: Vec<usize> = (0..names.len()).filter(|&i| !column.aside.contains(&names[i])).collect();
    let fields = wanted.iter().map(|&i| names[i].clone()).filter(|name| *name != column.name).collect();
    let mut budget = Budget::new(source.bytes);
    let mask = ProjectionMask::roots(source.builder.parquet_schema(), wanted);
    let mut batches = Batches::new(Source { builder: source.builder.with_projection(mask), ..source })?;
    let mut features = Vec::new();
    while let Some((more, _)) = batches.next(|batch| batch_features(batch, &column.name, &mut budget))? {
        features.extend(more);
    }
    Ok(FeatureTable { crs, fields, features })
}

/// Holds the column's own type, if it is one of Parquet's geospatial ones, against the metadata. Returns the CRS.
fn check_native(source: &Source, column: &GeoColumn) -> std::result::Result<Value, Problem> {
    let leaves = source.builder.parquet_schema().columns();
    let leaf = leaves.iter().find(|leaf| leaf.path().parts() == std::slice::from_ref(&column.name));
    let native = match leaf.and_then(|leaf| leaf.logical_type_ref()) {
        Some(LogicalType::Geography(_)) => return Err(GeoError::Edges { found: "spherical".to_string() }.into()),
        Some(LogicalType::Geometry(geometry)) => geometry.crs.clone(),
        _ => None,
    };
    match (&column.crs, native) {
        (Some(crs), _) => Ok(crs.clone()),
        (None, None) => Ok(geo::crs84()),
        (None, Some(found)) => Err(GeoError::CrsOnlyInSchema { found }.into()),
    }
}

fn batch_features(batch: &Batch<'_>, name: &str, budget: &mut Budget) -> std::result::Result<Vec<Feature>, Problem> {
    let binary = batch.optional_bytes(name)?;
    let shape = batch.columns.schema_ref().index_of(name)?;
    let attributes = (0..batch.columns.num_columns()).filter(|&i| i != shape);
    let mut features = geometries(binary, batch.first_row, budget)?;
    for index in attributes {
        add_attribute(&mut features, batch.columns, index, budget)?;
    }
    Ok(features)
}

/// Features without attributes as yet.
fn geometries(binary: &BinaryArray, first_row: u64, budget: &mut Budget) -> std::result::Result<Vec<Feature>, Problem> {
    let feature = |i| {
        let bytes = if binary.is_null(i) { 0 } else { binary.value_length(i).unsigned_abs() };
        budget.spend(OVERHEAD.1 + u64::from(bytes))?;
        Ok(Feature { attributes: Vec::new(), geometry: geometry::read(binary, first_row, i)? })
    };
    (0..binary.len()).map(feature).collect()
}

/// Adds the values of a column to the features, as text.
fn add_attribute(
    features: &mut [Feature],
    columns: &RecordBatch,
    index: usize,
    budget: &mut Budget,
) -> std::result::Result<(), Problem> {
    let column = columns.column(index);
    // Of a column without a type every value is missing, though no bit says so.
    let missing = column.logical_nulls();
    let options = FormatOptions::new().with_display_error(false);
    let formatter = ArrayFormatter::try_new(column.as_ref(), &options)?;
    for (i, feature) in features.iter_mut().enumerate() {
        let is_missing = missing.as_ref().is_some_and(|missing| missing.is_null(i));
        let text = if is_missing { None } else { Some(formatter.value(i).try_to_string()?) };
        budget.spend(OVERHEAD.0 + text.as_ref().map_or(0, |text| text.len() as u64))?;
        feature.attributes.push(text);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
