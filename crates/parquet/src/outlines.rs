//! Outlines of features, as the door hands them over: a row a vertex.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, LargeStringArray};
use arrow_schema::Field;
use mutirao_core::outline::{Outline, OutlineKind};

use crate::batch::Batch;
use crate::error::{Error, Problem, Result};
use crate::limits::Budget;
use crate::source::{Source, guarded};
use crate::table::{Batches, f64_field, i64_field, text_field};
use crate::writer::{SLICE, Writer};

/// Outlines being written, one after the other.
///
/// Columns: `feature` (from 1), `outline` (from 0, through the file), `kind` (`point`, `line`, `ring`), `x`, `y`.
pub struct OutlineWriter {
    writer: Writer,
    outlines: i64,
    rows: Vec<Vertex>,
}

/// A row.
#[derive(Clone, Copy)]
struct Vertex {
    feature: i64,
    outline: i64,
    kind: OutlineKind,
    at: [f64; 2],
}

impl OutlineWriter {
    /// Creates the file, or empties it.
    pub fn create(path: &Path) -> Result<Self> {
        let writer = Writer::create(path, fields(), None).map_err(Error::at(path))?;
        Ok(OutlineWriter { writer, outlines: 0, rows: Vec::new() })
    }

    /// Adds an outline; one without vertices leaves no trace.
    pub fn push(&mut self, outline: &Outline) -> std::result::Result<(), Problem> {
        let feature = i64::try_from(outline.feature).unwrap_or(i64::MAX);
        let row = |at: &[f64; 2]| Vertex { feature, outline: self.outlines, kind: outline.kind, at: *at };
        self.rows.extend(outline.vertices.iter().map(row));
        self.outlines += 1;
        if self.rows.len() < SLICE { Ok(()) } else { self.hand_on() }
    }

    fn hand_on(&mut self) -> std::result::Result<(), Problem> {
        for slice in std::mem::take(&mut self.rows).chunks(SLICE) {
            self.writer.push(columns(slice))?;
        }
        Ok(())
    }

    /// Writes what is left, and returns the size of the file in bytes.
    pub fn finish(mut self) -> std::result::Result<u64, Problem> {
        self.hand_on()?;
        self.writer.finish()
    }
}

/// Reads outlines, in their order.
pub fn read_outlines(path: &Path) -> Result<Vec<Outline>> {
    guarded(path, || {
        let source = Source::open(path)?;
        let mut budget = Budget::new(source.bytes);
        let mut batches = Batches::new(source)?;
        let (mut outlines, mut last) = (Vec::new(), None);
        while let Some((vertices, decoded)) = batches.next(vertices)? {
            budget.spend(decoded)?;
            vertices.into_iter().for_each(|vertex| add(&mut outlines, &mut last, vertex));
        }
        Ok(outlines)
    })
}

fn add(outlines: &mut Vec<Outline>, last: &mut Option<i64>, vertex: Vertex) {
    match outlines.last_mut() {
        Some(open) if *last == Some(vertex.outline) => open.vertices.push(vertex.at),
        _ => {
            let feature = u64::try_from(vertex.feature).unwrap_or(0);
            outlines.push(Outline { feature, kind: vertex.kind, vertices: vec![vertex.at] });
            *last = Some(vertex.outline);
        }
    }
}

fn fields() -> Vec<Field> {
    vec![i64_field("feature"), i64_field("outline"), text_field("kind"), f64_field("x"), f64_field("y")]
}

fn columns(rows: &[Vertex]) -> Vec<ArrayRef> {
    vec![
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.feature))),
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.outline))),
        Arc::new(LargeStringArray::from_iter_values(rows.iter().map(|row| row.kind.word()))),
        Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.at[0]))),
        Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.at[1]))),
    ]
}

fn vertices(batch: &Batch<'_>) -> std::result::Result<Vec<Vertex>, Problem> {
    let (features, outlines, kinds) = (batch.i64("feature")?, batch.i64("outline")?, batch.text("kind")?);
    let numbers = |name| batch.column::<Float64Array>(name, "float64");
    let (x, y) = (numbers("x")?, numbers("y")?);
    let vertex = |row| Vertex {
        feature: features.value(row),
        outline: outlines.value(row),
        kind: OutlineKind::of_word(kinds.value(row)).unwrap_or(OutlineKind::Line),
        at: [x.value(row), y.value(row)],
    };
    Ok((0..batch.len()).map(vertex).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outlines.parquet");
        let kinds = [OutlineKind::Point, OutlineKind::Line, OutlineKind::Ring];
        let outline = |number: u64| {
            let vertices = (0..=number % 40).map(|at| [at as f64 / 3.0, -(number as f64)]).collect();
            Outline { feature: 1 + number / 2, kind: kinds[number as usize % 3], vertices }
        };
        let outlines: Vec<Outline> = (0..5_000).map(outline).collect();
        let mut writer = OutlineWriter::create(&path).unwrap();
        for outline in &outlines {
            writer.push(outline).unwrap();
            writer.push(&Outline { vertices: Vec::new(), ..outline.clone() }).unwrap();
        }
        assert_eq!(writer.finish().unwrap(), std::fs::metadata(&path).unwrap().len());
        assert_eq!(read_outlines(&path).unwrap(), outlines);
    }

    #[test]
    fn no_outlines_are_read_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outlines.parquet");
        OutlineWriter::create(&path).unwrap().finish().unwrap();
        assert_eq!(read_outlines(&path).unwrap(), Vec::new());
    }
}
