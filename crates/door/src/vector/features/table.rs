//! What is measured, on its way into the file.

use std::path::Path;

use mutirao_core::door::Refusal;
use mutirao_core::features::{FeatureShape, Texts};
use mutirao_parquet::MeasuredWriter;

use super::fields;
use crate::staged::Staged;

/// Measured features, written slice by slice.
pub struct Table {
    staged: Staged,
    writer: MeasuredWriter,
    shapes: Vec<FeatureShape>,
    columns: Vec<Texts>,
    buffer: Vec<u8>,
    /// How many features there were so far.
    pub features: u64,
}

impl Table {
    /// Begins a file for features with so many fields.
    pub fn create(out: &Path, fields: usize) -> Result<Table, Refusal> {
        let staged = Staged::beside(out)?;
        let writer = MeasuredWriter::create(staged.path(), fields).map_err(|e| staged.failed(e))?;
        let (shapes, columns, buffer) = (Vec::new(), vec![Texts::default(); fields], Vec::new());
        Ok(Table { staged, writer, shapes, columns, buffer, features: 0 })
    }

    /// Adds a feature; `values` adds its value to each column.
    pub fn add(&mut self, mut shape: FeatureShape, values: impl FnOnce(&mut [Texts])) -> Result<(), Refusal> {
        values(&mut self.columns);
        shape.everything = fields::digest(shape.geometry, self.shapes.len(), &self.columns, &mut self.buffer);
        self.shapes.push(shape);
        self.features += 1;
        if self.shapes.len() == MeasuredWriter::SLICE { self.hand_on() } else { Ok(()) }
    }

    fn hand_on(&mut self) -> Result<(), Refusal> {
        self.writer.push(&self.shapes, &self.columns).map_err(|e| self.staged.failed(e))?;
        self.shapes.clear();
        self.columns.iter_mut().for_each(Texts::clear);
        Ok(())
    }

    /// Writes what is left, and gives the file its name.
    pub fn finish(mut self) -> Result<u64, Refusal> {
        if !self.shapes.is_empty() {
            self.hand_on()?;
        }
        self.writer.finish().map_err(|e| self.staged.failed(e))?;
        self.staged.commit()?;
        Ok(self.features)
    }
}
