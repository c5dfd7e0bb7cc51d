//! GeoParquet of anyone, and plain tables: a partner's own, or what the door has translated.

use std::path::{Path, PathBuf};

use arrow_array::{ArrayRef, BinaryArray};
use mutirao_core::door::FieldKind;
use parquet::arrow::ProjectionMask;
use parquet::basic::LogicalType;
use serde_json::Value;

use crate::batch::Batch;
use crate::error::{Error, GeoError, Problem, Result};
use crate::features::{Feature, FeatureTable, duplicate};
use crate::geo::{self, GeoColumn};
use crate::limits::Budget;
use crate::source::{Source, guarded};
use crate::table::Batches;
use crate::{text, wkb};

/// Bytes that a text takes beside its letters, and a feature beside its attributes and geometry.
const OVERHEAD: (u64, u64) = (24, 48);

/// Attributes and a geometry as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WkbFeature {
    /// One value for every field of the table, as text; `None` where it is missing.
    pub attributes: Vec<Option<String>>,
    /// Well-known binary of any kind of geometry, without an SRID of its own, otherwise unchecked behind its first five
    /// bytes; `None` where it is missing.
    pub wkb: Option<Vec<u8>>,
}

/// GeoParquet of anyone being read (0.4, 1.x, 2.0; WKB; planar edges), at most some thousands of features at a time, in the
/// order of the file. After an error there is nothing more.
///
/// The fields are all columns but geometries and the boxes that cover them. Values of any type become text: whole numbers
/// without a point, other numbers in the shortest form that reads back as the same number, without an exponent, and the
/// rest as Arrow shows it (`2020-08-01`, `true`).
pub struct FeatureReader {
    path: PathBuf,
    /// The column of geometries; none of a table.
    column: Option<String>,
    /// `None` at the end and after a failure.
    batches: Option<Batches>,
    budget: Budget,
    /// The CRS as PROJJSON. A file that names none is in OGC:CRS84, by the standard; null where the file says `null`, that
    /// its CRS is not known. Coordinates are x then y, whatever its axis order.
    pub crs: Value,
    /// Names of the attributes.
    pub fields: Vec<String>,
    /// Their types, in the same order.
    pub kinds: Vec<FieldKind>,
    /// How many features there are, by the footer.
    pub rows: u64,
    /// How many columns of geometries there are. Only the primary one is read. A table has none.
    pub geometries: usize,
}

impl FeatureReader {
    /// Opens a file with geometries.
    pub fn open(path: &Path) -> Result<Self> {
        guarded(path, || {
            let source = Source::open(path)?;
            source.metadata(geo::KEY).ok_or(GeoError::Missing)?;
            open(path, source)
        })
    }

    /// Opens a file with geometries, or a table without: plain Parquet. Of a table the CRS is null, and no feature has a geometry.
    pub fn open_any(path: &Path) -> Result<Self> {
        guarded(path, || open(path, Source::open(path)?))
    }
}

fn open(path: &Path, source: Source) -> std::result::Result<FeatureReader, Problem> {
    let column = source.metadata(geo::KEY).map(geo::parse).transpose()?;
    let names: Vec<String> = source.builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    if let Some(column) = duplicate(&names) {
        return Err(Problem::DuplicateColumn { column });
    }
    let crs = column.as_ref().map_or(Ok(Value::Null), |column| check_native(&source, column))?;
    let (aside, geometries) = column.as_ref().map_or((&[][..], 0), |column| (&column.aside[..], column.geometries));
    let wanted: Vec<usize> = (0..names.len()).filter(|&i| !aside.contains(&names[i])).collect();
    let is_shape = |name: &String| column.as_ref().is_some_and(|column| column.name == *name);
    let attributes = || wanted.iter().copied().filter(|&i| !is_shape(&names[i]));
    let fields = attributes().map(|i| names[i].clone()).collect();
    let kinds = attributes().map(|i| text::kind(source.builder.schema().field(i).data_type())).collect();
    let rows = source.builder.metadata().file_metadata().num_rows().unsigned_abs();
    let budget = Budget::new(source.bytes);
    let mask = ProjectionMask::roots(source.builder.parquet_schema(), wanted);
    let batches = Batches::new(Source { builder: source.builder.with_projection(mask), ..source })?;
    Ok(FeatureReader {
        path: path.to_path_buf(),
        column: column.map(|column| column.name),
        batches: Some(batches),
        budget,
        crs,
        fields,
        kinds,
        rows,
        geometries,
    })
}

impl Iterator for FeatureReader {
    type Item = Result<Vec<WkbFeature>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut batches = self.batches.take()?;
        let next = guarded(&self.path, || {
            let next = batches.next(|batch| batch_features(batch, self.column.as_deref(), &mut self.budget))?;
            Ok(next.map(|(features, _)| (features, batches)))
        });
        match next.transpose()? {
            Ok((features, batches)) => {
                self.batches = Some(batches);
                Some(Ok(features))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

/// Reads GeoParquet with a [`FeatureReader`], all of it.
///
/// A geometry must be a Polygon, which becomes a MultiPolygon of one, or a MultiPolygon; anything else is an error with its
/// row.
pub fn read_features(path: &Path) -> Result<FeatureTable> {
    let mut reader = FeatureReader::open(path)?;
    let mut features = Vec::new();
    for batch in &mut reader {
        for feature in batch? {
            let geometry = feature.wkb.as_deref().map(wkb::read_multipolygon).transpose();
            let row = features.len() as u64;
            let geometry = geometry.map_err(|what| Error::at(path)(Problem::Geometry { row, what }))?;
            features.push(Feature { attributes: feature.attributes, geometry });
        }
    }
    Ok(FeatureTable { crs: reader.crs, fields: reader.fields, features })
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

fn batch_features(
    batch: &Batch<'_>,
    name: Option<&str>,
    budget: &mut Budget,
) -> std::result::Result<Vec<WkbFeature>, Problem> {
    let mut features = match name {
        Some(name) => geometries(batch.optional_bytes(name)?, batch.first_row, budget)?,
        None => {
            budget.spend(OVERHEAD.1 * batch.len() as u64)?;
            vec![WkbFeature { attributes: Vec::new(), wkb: None }; batch.len()]
        }
    };
    let shape = name.map(|name| batch.columns.schema_ref().index_of(name)).transpose()?;
    for index in (0..batch.columns.num_columns()).filter(|&i| Some(i) != shape) {
        add_attribute(&mut features, batch.columns.column(index), budget)?;
    }
    Ok(features)
}

/// Features without attributes as yet.
fn geometries(
    binary: &BinaryArray,
    first_row: u64,
    budget: &mut Budget,
) -> std::result::Result<Vec<WkbFeature>, Problem> {
    let feature = |(row, wkb): (u64, Option<&[u8]>)| {
        budget.spend(OVERHEAD.1 + wkb.map_or(0, |wkb| wkb.len() as u64))?;
        wkb.map_or(Ok(()), wkb::check_head).map_err(|what| Problem::Geometry { row, what })?;
        Ok(WkbFeature { attributes: Vec::new(), wkb: wkb.map(<[u8]>::to_vec) })
    };
    (first_row..).zip(binary).map(feature).collect()
}

/// Adds the values of a column to the features, as text.
fn add_attribute(
    features: &mut [WkbFeature],
    column: &ArrayRef,
    budget: &mut Budget,
) -> std::result::Result<(), Problem> {
    let mut features = features.iter_mut();
    text::each(column, |text| {
        budget.spend(OVERHEAD.0 + text.as_ref().map_or(0, |text| text.len() as u64))?;
        if let Some(feature) = features.next() {
            feature.attributes.push(text);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests;
