//! Measured features, as the door hands them over: a row a feature.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BooleanArray, FixedSizeBinaryArray, Float64Array, Int64Array, LargeStringArray, StringArray,
};
use arrow_schema::{DataType, Field};
use mutirao_core::features::{Defect, FeatureShape, ShapeKind, Texts};

use crate::batch::Batch;
use crate::error::{Error, Problem, Result};
use crate::limits::Budget;
use crate::source::{Source, guarded};
use crate::table::{Batches, f64_field, i64_field, optional_text_field, text_field};
use crate::writer::{SLICE, Writer};

/// Measured features being written, piece by piece.
///
/// Columns: `feature` (from 1), `kind`, `multi`, `parts`, `empty`, `x`, `y`, `defect`, `defect_x`, `defect_y`, `area_m2`, `geometry`
/// and `everything` (digests of 16 bytes), and `attribute_<n>` for the n-th field, counted from 0: names of fields may repeat.
pub struct MeasuredWriter {
    writer: Writer,
    features: i64,
}

impl MeasuredWriter {
    /// Rows that are best pushed at a time.
    pub const SLICE: usize = SLICE;

    /// Creates the file, or empties it, for features with so many fields.
    pub fn create(path: &Path, fields: usize) -> Result<Self> {
        let mut columns = shape_fields();
        columns.extend((0..fields).map(|index| optional_text_field(&attribute(index))));
        let writer = Writer::create(path, columns, None).map_err(Error::at(path))?;
        Ok(MeasuredWriter { writer, features: 0 })
    }

    /// Adds features: of each its shape, and of each field as many values.
    pub fn push(&mut self, shapes: &[FeatureShape], attributes: &[Texts]) -> std::result::Result<(), Problem> {
        let mut columns = shape_columns(shapes, self.features);
        columns.extend(attributes.iter().map(|texts| Arc::new(texts.iter().collect::<LargeStringArray>()) as ArrayRef));
        self.features += shapes.len() as i64;
        self.writer.push(columns)
    }

    /// Writes what is left, and returns the size of the file in bytes.
    pub fn finish(self) -> std::result::Result<u64, Problem> {
        self.writer.finish()
    }
}

/// Reads measured features with so many fields: shapes, and of each field the values.
pub fn read_measured(path: &Path, fields: usize) -> Result<(Vec<FeatureShape>, Vec<Texts>)> {
    guarded(path, || {
        let source = Source::open(path)?;
        let mut budget = Budget::new(source.bytes);
        let mut batches = Batches::new(source)?;
        let (mut shapes, mut attributes) = (Vec::new(), vec![Texts::default(); fields]);
        while let Some((more, decoded)) = batches.next(|batch| read_batch(batch, &mut attributes))? {
            budget.spend(decoded)?;
            shapes.extend(more);
        }
        Ok((shapes, attributes))
    })
}

fn attribute(index: usize) -> String {
    format!("attribute_{index}")
}

fn shape_fields() -> Vec<Field> {
    let flag = |name: &str| Field::new(name, DataType::Boolean, false);
    let optional = |name: &str| f64_field(name).with_nullable(true);
    let digest = |name: &str| Field::new(name, DataType::FixedSizeBinary(16), false);
    vec![
        i64_field("feature"),
        text_field("kind"),
        flag("multi"),
        i64_field("parts"),
        flag("empty"),
        optional("x"),
        optional("y"),
        optional_text_field("defect"),
        optional("defect_x"),
        optional("defect_y"),
        optional("area_m2"),
        digest("geometry"),
        digest("everything"),
    ]
}

fn shape_columns(shapes: &[FeatureShape], before: i64) -> Vec<ArrayRef> {
    let defect_at = |shape: &FeatureShape| shape.defect.as_ref().and_then(|defect| defect.at);
    let defects = shapes.iter().map(|shape| shape.defect.as_ref().map(|defect| defect.kind.as_str()));
    vec![
        Arc::new(Int64Array::from_iter_values((before + 1..).take(shapes.len()))),
        Arc::new(LargeStringArray::from_iter_values(shapes.iter().map(|shape| shape.kind.word()))),
        Arc::new(BooleanArray::from_iter(shapes.iter().map(|shape| Some(shape.multi)))),
        Arc::new(Int64Array::from_iter_values(shapes.iter().map(|shape| i64::from(shape.parts)))),
        Arc::new(BooleanArray::from_iter(shapes.iter().map(|shape| Some(shape.empty)))),
        optional(shapes, |shape| shape.at.map(|at| at[0])),
        optional(shapes, |shape| shape.at.map(|at| at[1])),
        Arc::new(defects.collect::<LargeStringArray>()),
        optional(shapes, |shape| defect_at(shape).map(|at| at[0])),
        optional(shapes, |shape| defect_at(shape).map(|at| at[1])),
        optional(shapes, |shape| shape.area_m2),
        digests(shapes, |shape| shape.geometry),
        digests(shapes, |shape| shape.everything),
    ]
}

fn optional(shapes: &[FeatureShape], value: impl Fn(&FeatureShape) -> Option<f64>) -> ArrayRef {
    Arc::new(shapes.iter().map(value).collect::<Float64Array>())
}

fn digests(shapes: &[FeatureShape], value: impl Fn(&FeatureShape) -> u128) -> ArrayRef {
    let bytes: Vec<u8> = shapes.iter().flat_map(|shape| value(shape).to_be_bytes()).collect();
    Arc::new(FixedSizeBinaryArray::new(16, bytes.into(), None))
}

fn read_batch(batch: &Batch<'_>, attributes: &mut [Texts]) -> std::result::Result<Vec<FeatureShape>, Problem> {
    for (index, texts) in attributes.iter_mut().enumerate() {
        batch.optional_text(&attribute(index))?.iter().for_each(|value| texts.push(value));
    }
    read_shapes(batch)
}

fn read_shapes(batch: &Batch<'_>) -> std::result::Result<Vec<FeatureShape>, Problem> {
    let flags = |name| batch.column::<BooleanArray>(name, "boolean");
    let numbers = |name| batch.column::<Float64Array>(name, "float64");
    let digests = |name| batch.column::<FixedSizeBinaryArray>(name, "16 bytes");
    let (kinds, defects): (&StringArray, &StringArray) = (batch.text("kind")?, batch.optional_text("defect")?);
    let (multi, empty, parts) = (flags("multi")?, flags("empty")?, batch.i64("parts")?);
    let (at, defect_at) = ([numbers("x")?, numbers("y")?], [numbers("defect_x")?, numbers("defect_y")?]);
    let (areas, geometry, everything) = (numbers("area_m2")?, digests("geometry")?, digests("everything")?);
    let number = |column: &Float64Array, row| column.is_valid(row).then(|| column.value(row));
    let place = |[x, y]: [&Float64Array; 2], row| Some([number(x, row)?, number(y, row)?]);
    let digest = |column: &FixedSizeBinaryArray, row| column.value(row).try_into().map_or(0, u128::from_be_bytes);
    let shape = |row| FeatureShape {
        kind: ShapeKind::of_word(kinds.value(row)).unwrap_or(ShapeKind::Other),
        multi: multi.value(row),
        parts: u32::try_from(parts.value(row)).unwrap_or(u32::MAX),
        empty: empty.value(row),
        at: place(at, row),
        defect: defects
            .is_valid(row)
            .then(|| Defect { kind: defects.value(row).to_owned(), at: place(defect_at, row) }),
        area_m2: number(areas, row),
        geometry: digest(geometry, row),
        everything: digest(everything, row),
    };
    Ok((0..batch.len()).map(shape).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(number: u32) -> FeatureShape {
        let place = f64::from(number);
        FeatureShape {
            kind: ShapeKind::Polygon,
            multi: number.is_multiple_of(2),
            parts: number,
            at: (!number.is_multiple_of(3)).then_some([place, -place]),
            defect: number
                .is_multiple_of(5)
                .then(|| Defect { kind: "Self-intersection".into(), at: Some([place, 0.5]) }),
            area_m2: (!number.is_multiple_of(7)).then_some(place / 3.0),
            geometry: u128::MAX - u128::from(number),
            everything: u128::from(number) << 100,
            ..FeatureShape::missing()
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("measured.parquet");
        let shapes: Vec<FeatureShape> = (0..20_000).map(shape).collect();
        let texts: Vec<String> = (0..20_000).map(|number| format!("n{}", number % 11)).collect();
        let column = |from: usize, to: usize| -> Texts {
            texts[from..to].iter().map(|text| (text != "n3").then_some(text.as_str())).collect()
        };
        let mut writer = MeasuredWriter::create(&path, 2).unwrap();
        for (from, to) in [(0, 7), (7, 15_000), (15_000, 20_000)] {
            writer.push(&shapes[from..to], &[column(from, to), column(from, to)]).unwrap();
        }
        assert_eq!(writer.finish().unwrap(), std::fs::metadata(&path).unwrap().len());
        let (read, attributes) = read_measured(&path, 2).unwrap();
        assert_eq!(read, shapes);
        assert_eq!(attributes, [column(0, 20_000), column(0, 20_000)]);
        assert!(read_measured(&path, 3).unwrap_err().to_string().contains("attribute_2"));
    }

    #[test]
    fn a_table_without_rows_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("measured.parquet");
        MeasuredWriter::create(&path, 0).unwrap().finish().unwrap();
        assert_eq!(read_measured(&path, 0).unwrap(), (Vec::new(), Vec::new()));
    }
}
