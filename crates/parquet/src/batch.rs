//! The columns of a batch, by name and type.

use arrow_array::{Array, BinaryArray, Float64Array, Int64Array, RecordBatch, StringArray, UInt16Array};

use crate::error::Problem;

/// Some rows of a table, and where they begin in the file.
pub struct Batch<'a> {
    /// The columns.
    pub(crate) columns: &'a RecordBatch,
    /// The row of the file that is the batch's first.
    pub(crate) first_row: u64,
}

impl<'a> Batch<'a> {
    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.columns.num_rows()
    }

    /// Unsigned numbers of 16 bits, none missing.
    pub(crate) fn u16(&self, name: &str) -> Result<&'a UInt16Array, Problem> {
        self.required(name, "uint16")
    }

    /// Signed numbers of 64 bits, none missing.
    pub(crate) fn i64(&self, name: &str) -> Result<&'a Int64Array, Problem> {
        self.required(name, "int64")
    }

    /// Floating-point numbers of 64 bits, none missing.
    pub(crate) fn f64(&self, name: &str) -> Result<&'a Float64Array, Problem> {
        self.required(name, "float64")
    }

    /// Texts, none missing.
    pub(crate) fn text(&self, name: &str) -> Result<&'a StringArray, Problem> {
        self.required(name, "text")
    }

    /// Texts, some of which may be missing.
    pub(crate) fn optional_text(&self, name: &str) -> Result<&'a StringArray, Problem> {
        self.column(name, "text")
    }

    /// Bytes, some of which may be missing.
    pub(crate) fn optional_bytes(&self, name: &str) -> Result<&'a BinaryArray, Problem> {
        self.column(name, "bytes")
    }

    fn required<T: Array + 'static>(&self, name: &str, expected: &str) -> Result<&'a T, Problem> {
        let column: &T = self.column(name, expected)?;
        match (0..column.len()).find(|&row| column.is_null(row)) {
            Some(row) => Err(Problem::Null { row: self.first_row + row as u64, column: name.to_string() }),
            None => Ok(column),
        }
    }

    /// A column of one of Arrow's types; `expected` is its name in messages.
    pub(crate) fn column<T: Array + 'static>(&self, name: &str, expected: &str) -> Result<&'a T, Problem> {
        let schema = self.columns.schema_ref();
        let column = self.columns.column_by_name(name).ok_or_else(|| Problem::NoColumn {
            column: name.to_string(),
            present: schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>().join(", "),
        })?;
        column.as_any().downcast_ref().ok_or_else(|| Problem::ColumnType {
            column: name.to_string(),
            expected: expected.to_string(),
            found: column.data_type().to_string(),
        })
    }
}

/// The text of a row, or `None` where it is missing.
pub(crate) fn text_at(column: &StringArray, row: usize) -> Option<String> {
    column.is_valid(row).then(|| column.value(row).to_string())
}
