//! Values of any type as text, and what the types are called.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowTimestampType, Float16Type, Float32Type, Float64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType, TimeUnit};
use mutirao_core::door::FieldKind;

use crate::error::Problem;

/// The values of a column as text, `None` where one is missing: numbers with a fraction as the door writes those of other files
/// (`2`, `0.1`, `0.0000001`, where Arrow shows `2.0` and `1e-7`), times in UTC by RFC 3339, all else as Arrow shows it.
/// `tell` takes them one after the other, and may put an end to it.
pub(crate) fn each(
    column: &ArrayRef,
    mut tell: impl FnMut(Option<String>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    // Of a column without a type every value is missing, though no bit says so.
    let missing = column.logical_nulls();
    let (column, zone) = without_zone(column);
    let shown = ArrayFormatter::try_new(column.as_ref(), &FormatOptions::new().with_display_error(false))?;
    for i in 0..column.len() {
        let is_missing = missing.as_ref().is_some_and(|missing| missing.is_null(i));
        tell(if is_missing { None } else { Some(value(&column, &shown, i)? + zone) })?;
    }
    Ok(())
}

fn value(column: &ArrayRef, shown: &ArrayFormatter<'_>, i: usize) -> Result<String, Problem> {
    Ok(match column.data_type() {
        DataType::Float64 => column.as_primitive::<Float64Type>().value(i).to_string(),
        DataType::Float32 => column.as_primitive::<Float32Type>().value(i).to_string(),
        DataType::Float16 => column.as_primitive::<Float16Type>().value(i).to_f32().to_string(),
        _ => shown.value(i).try_to_string()?,
    })
}

/// A column of times in UTC as one of times in no zone, and what to write behind them. Parquet knows no zone but UTC, and Arrow shows
/// no zone by name without a list of all of them.
fn without_zone(column: &ArrayRef) -> (ArrayRef, &'static str) {
    fn stripped<T: ArrowTimestampType>(column: &ArrayRef) -> ArrayRef {
        Arc::new(column.as_primitive::<T>().clone().with_timezone_opt(None::<Arc<str>>))
    }
    let strip = match column.data_type() {
        DataType::Timestamp(TimeUnit::Second, Some(_)) => stripped::<TimestampSecondType>,
        DataType::Timestamp(TimeUnit::Millisecond, Some(_)) => stripped::<TimestampMillisecondType>,
        DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => stripped::<TimestampMicrosecondType>,
        DataType::Timestamp(TimeUnit::Nanosecond, Some(_)) => stripped::<TimestampNanosecondType>,
        _ => return (Arc::clone(column), ""),
    };
    (strip(column), "+00:00")
}

/// What a type is called in checks.
pub(crate) fn kind(data_type: &DataType) -> FieldKind {
    match data_type {
        kind if kind.is_integer() => FieldKind::Integer,
        kind if kind.is_floating() => FieldKind::Number,
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            FieldKind::Number
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => FieldKind::Text,
        DataType::Boolean => FieldKind::Boolean,
        DataType::Date32 | DataType::Date64 => FieldKind::Date,
        DataType::Timestamp(..) => FieldKind::Timestamp,
        _ => FieldKind::Other,
    }
}
