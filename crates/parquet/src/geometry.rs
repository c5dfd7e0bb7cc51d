//! Geometries as columns: WKB, and the boxes that cover them.

use std::sync::Arc;

use arrow_array::builder::LargeBinaryBuilder;
use arrow_array::{Array, ArrayRef, BinaryArray, Float64Array, StructArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, Field, Fields};
use mutirao_core::geometry::{Bounds, MultiPolygon};

use crate::error::Problem;
use crate::wkb;

/// Bytes of WKB after which the rows at hand are written out.
pub(crate) const SLICE_BYTES: u64 = 64 << 20;

/// The two columns that a geometry takes: WKB in `geometry`, its box in `covering`.
pub(crate) fn fields(geometry: &str, covering: &str) -> [Field; 2] {
    [Field::new(geometry, DataType::LargeBinary, true), Field::new(covering, DataType::Struct(box_fields()), true)]
}

fn box_fields() -> Fields {
    Fields::from_iter(["xmin", "ymin", "xmax", "ymax"].map(|side| Field::new(side, DataType::Float64, false)))
}

/// The same two columns, filled. Each geometry comes with its row, for errors. A missing geometry has neither WKB nor box,
/// an empty one has WKB only.
pub(crate) fn columns<'a>(
    geometries: impl Iterator<Item = (u64, Option<&'a MultiPolygon>)>,
) -> Result<[ArrayRef; 2], Problem> {
    let mut binary = LargeBinaryBuilder::new();
    let mut boxes = Vec::new();
    let mut bytes = Vec::new();
    for (row, geometry) in geometries {
        boxes.push(geometry.and_then(MultiPolygon::bounds));
        let Some(geometry) = geometry else {
            binary.append_null();
            continue;
        };
        bytes.clear();
        wkb::write_multipolygon(geometry, &mut bytes).map_err(|what| Problem::Geometry { row, what })?;
        binary.append_value(&bytes);
    }
    Ok([Arc::new(binary.finish()), Arc::new(box_column(&boxes)?)])
}

/// The boxes that cover geometries.
pub(crate) fn box_column(boxes: &[Option<Bounds>]) -> Result<StructArray, Problem> {
    let side = |pick: fn(&Bounds) -> f64| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(boxes.iter().map(|b| b.as_ref().map_or(0.0, pick))))
    };
    let sides = vec![side(|b| b.xmin), side(|b| b.ymin), side(|b| b.xmax), side(|b| b.ymax)];
    let present = NullBuffer::from_iter(boxes.iter().map(Option::is_some));
    Ok(StructArray::try_new(box_fields(), sides, Some(present))?)
}

/// Divides rows into runs of at most `rows` rows whose geometries take [`SLICE_BYTES`] or little more.
pub(crate) fn slices<T>(all: &[T], rows: usize, geometry: impl Fn(&T) -> Option<&MultiPolygon>) -> Vec<&[T]> {
    let mut slices = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (i, row) in all.iter().enumerate() {
        bytes += geometry(row).map_or(0, wkb::encoded_len);
        if bytes >= SLICE_BYTES || i + 1 - start >= rows || i + 1 == all.len() {
            slices.push(&all[start..=i]);
            (start, bytes) = (i + 1, 0);
        }
    }
    slices
}

/// The geometry in a row of a column of WKB, or `None` where it is missing. `first_row` is the column's first in the file.
pub(crate) fn read(column: &BinaryArray, first_row: u64, i: usize) -> Result<Option<MultiPolygon>, Problem> {
    if column.is_null(i) {
        return Ok(None);
    }
    let at = |what| Problem::Geometry { row: first_row + i as u64, what };
    wkb::read_multipolygon(column.value(i)).map(Some).map_err(at)
}

/// The rectangle around all geometries.
pub(crate) fn bounds<'a>(geometries: impl Iterator<Item = Option<&'a MultiPolygon>>) -> Option<Bounds> {
    geometries.flatten().filter_map(MultiPolygon::bounds).reduce(Bounds::union)
}
