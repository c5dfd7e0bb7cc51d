//! `territories.parquet`: the territories of a release, as they were counted.

use std::path::Path;

use arrow_array::ArrayRef;
use mutirao_core::geometry::{Bounds, MultiPolygon};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::batch::Batch;
use crate::error::{Error, GeoError, Problem, Result};
use crate::limits::Budget;
use crate::source::{Source, guarded};
use crate::table::{Batches, text_field, texts};
use crate::writer::{SLICE, Writer};
use crate::{geo, geometry, hilbert};

const GEOMETRY: &str = "geometry";
const COVERING: &str = "bbox";

/// One territory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TerritoryRow {
    /// The kind, such as `municipality`.
    pub kind: String,
    /// Its key, as text.
    pub key: String,
    /// Its name; empty where it has none.
    pub name: String,
    /// Its area, in the CRS of the table; `None` for a territory that is a region of a raster.
    pub geometry: Option<MultiPolygon>,
}

/// All territories of a release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Territories {
    /// The CRS as PROJJSON; null where it is not known. Coordinates are x then y, whatever its axis order.
    pub crs: Value,
    /// The territories, in the order of the file.
    pub rows: Vec<TerritoryRow>,
}

/// Writes `territories.parquet` as GeoParquet 1.1.0 and returns its size in bytes.
///
/// The rows are put in the order of a Hilbert curve through the centres of their boxes, ties by kind and key; those without
/// a box come last. `crs` is PROJJSON. An error of a geometry names its place in `rows`.
pub fn write_territories(path: &Path, crs: &Value, rows: &[TerritoryRow]) -> Result<u64> {
    write(path, crs, rows).map_err(Error::at(path))
}

fn write(path: &Path, crs: &Value, rows: &[TerritoryRow]) -> std::result::Result<u64, Problem> {
    let mut fields = vec![text_field("kind"), text_field("key"), text_field("name")];
    fields.extend(geometry::fields(GEOMETRY, COVERING));
    let mut writer = Writer::create(path, fields, Some(GEOMETRY))?;
    let frame = geometry::bounds(rows.iter().map(|row| row.geometry.as_ref()));
    writer.note(geo::KEY, geo::metadata(GEOMETRY, COVERING, crs, frame));
    let ordered = in_order(rows, frame);
    for slice in geometry::slices(&ordered, SLICE, |(_, row)| row.geometry.as_ref()) {
        writer.push(columns(slice)?)?;
    }
    writer.finish()
}

/// The rows with their places in the caller's list, as they go into the file.
fn in_order(rows: &[TerritoryRow], frame: Option<Bounds>) -> Vec<(u64, &TerritoryRow)> {
    let position = |row: &TerritoryRow| {
        let bounds = row.geometry.as_ref().and_then(MultiPolygon::bounds);
        frame.zip(bounds).map(|(frame, bounds)| hilbert::position(frame, bounds.centre()))
    };
    let mut ordered: Vec<_> = (0..).zip(rows).map(|(i, row)| (position(row), (i, row))).collect();
    ordered.sort_by(|(a, (_, x)), (b, (_, y))| {
        let key = |position: Option<u32>| (position.is_none(), position);
        key(*a).cmp(&key(*b)).then_with(|| (&x.kind, &x.key).cmp(&(&y.kind, &y.key)))
    });
    ordered.into_iter().map(|(_, row)| row).collect()
}

fn columns(slice: &[(u64, &TerritoryRow)]) -> std::result::Result<Vec<ArrayRef>, Problem> {
    let [binary, boxes] = geometry::columns(slice.iter().map(|(i, row)| (*i, row.geometry.as_ref())))?;
    Ok(vec![
        texts(slice, |(_, row)| &row.kind),
        texts(slice, |(_, row)| &row.key),
        texts(slice, |(_, row)| &row.name),
        binary,
        boxes,
    ])
}

/// Reads `territories.parquet`.
pub fn read_territories(path: &Path) -> Result<Territories> {
    guarded(path, || {
        let source = Source::open(path)?;
        let column = geo::parse(source.metadata(geo::KEY).ok_or(GeoError::Missing)?)?;
        let mut budget = Budget::new(source.bytes);
        let mut batches = Batches::new(source)?;
        let mut rows = Vec::new();
        while let Some((more, decoded)) = batches.next(|batch| territory_rows(batch, &column.name))? {
            budget.spend(decoded)?;
            rows.extend(more);
        }
        Ok(Territories { crs: column.crs.unwrap_or_else(geo::crs84), rows })
    })
}

fn territory_rows(batch: &Batch<'_>, column: &str) -> std::result::Result<Vec<TerritoryRow>, Problem> {
    let (kind, key, name) = (batch.text("kind")?, batch.text("key")?, batch.text("name")?);
    let binary = batch.optional_bytes(column)?;
    let row = |i| {
        Ok(TerritoryRow {
            kind: kind.value(i).to_string(),
            key: key.value(i).to_string(),
            name: name.value(i).to_string(),
            geometry: geometry::read(binary, batch.first_row, i)?,
        })
    };
    (0..batch.len()).map(row).collect()
}
