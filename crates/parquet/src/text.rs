//! Values of any type as text.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float16Type, Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::DataType;

use crate::error::Problem;

/// A column whose values are wanted as text.
pub(crate) struct Texts<'a> {
    column: &'a ArrayRef,
    shown: ArrayFormatter<'a>,
}

impl<'a> Texts<'a> {
    /// The texts of a column.
    pub(crate) fn of(column: &'a ArrayRef) -> Result<Self, Problem> {
        let options = FormatOptions::new().with_display_error(false);
        Ok(Texts { column, shown: ArrayFormatter::try_new(column.as_ref(), &options)? })
    }

    /// The text of a value that is not missing: numbers with a fraction as the door writes those of other files (`2`, `0.1`,
    /// `0.0000001`, where Arrow shows `2.0` and `1e-7`), all else as Arrow shows it.
    pub(crate) fn value(&self, i: usize) -> Result<String, Problem> {
        Ok(match self.column.data_type() {
            DataType::Float64 => self.column.as_primitive::<Float64Type>().value(i).to_string(),
            DataType::Float32 => self.column.as_primitive::<Float32Type>().value(i).to_string(),
            DataType::Float16 => self.column.as_primitive::<Float16Type>().value(i).to_f32().to_string(),
            _ => self.shown.value(i).try_to_string()?,
        })
    }
}
