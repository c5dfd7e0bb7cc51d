//! The attributes of a layer: their types, and their values as text.
#![allow(unsafe_code)]

use std::borrow::Cow;
use std::ffi::{CStr, c_int};
use std::fmt::Write;

use gdal::vector::{Feature, LayerAccess};
use gdal_sys::{OGRFieldSubType as Sub, OGRFieldType as Type};
use mutirao_core::door::{FieldFacts, FieldKind};
use mutirao_core::features::Texts;
use twox_hash::XxHash3_128;

use crate::vector::attributes;

/// The fields of a layer.
pub fn of_layer(layer: &impl LayerAccess) -> Vec<FieldFacts> {
    let fields = layer.defn().fields().enumerate();
    let kind = |index: usize, field: u32| match field {
        Type::OFTInteger if is_boolean(layer, index) => FieldKind::Boolean,
        Type::OFTInteger | Type::OFTInteger64 => FieldKind::Integer,
        Type::OFTReal => FieldKind::Number,
        Type::OFTString => FieldKind::Text,
        Type::OFTDate => FieldKind::Date,
        Type::OFTDateTime => FieldKind::Timestamp,
        _ => FieldKind::Other,
    };
    fields.map(|(index, field)| FieldFacts { name: field.name(), kind: kind(index, field.field_type()) }).collect()
}

fn is_boolean(layer: &impl LayerAccess, index: usize) -> bool {
    // SAFETY: the definition belongs to the layer, and the field is one of its own.
    unsafe {
        let field = gdal_sys::OGR_FD_GetFieldDefn(layer.defn().c_defn(), index as c_int);
        !field.is_null() && gdal_sys::OGR_Fld_GetSubType(field) == Sub::OFSTBoolean
    }
}

/// Adds the values of a feature's fields to their columns, as [`attributes::texts`] writes them.
pub fn add(feature: &Feature<'_>, fields: &[FieldFacts], columns: &mut [Texts]) {
    let mut number = String::new();
    for ((index, field), column) in fields.iter().enumerate().zip(columns) {
        match field.kind {
            FieldKind::Text => column.push(plain(feature, index).as_deref()),
            FieldKind::Integer => {
                number.clear();
                column.push(whole(feature, index).map(|value| shown(&mut number, value)));
            }
            _ => column.push(attributes::text(feature, index).as_deref()),
        }
    }
}

fn shown(buffer: &mut String, value: i64) -> &str {
    // Writing into a string cannot fail.
    let _ = write!(buffer, "{value}");
    buffer
}

/// Digest of a geometry's digest and the last values of all columns.
pub fn digest(geometry: u128, row: usize, columns: &[Texts], buffer: &mut Vec<u8>) -> u128 {
    buffer.clear();
    buffer.extend(geometry.to_le_bytes());
    for column in columns {
        match column.get(row) {
            None => buffer.extend(u64::MAX.to_le_bytes()),
            Some(text) => {
                buffer.extend((text.len() as u64).to_le_bytes());
                buffer.extend(text.as_bytes());
            }
        }
    }
    XxHash3_128::oneshot(buffer)
}

/// A text; bytes that are no UTF-8 become U+FFFD.
fn plain<'a>(feature: &'a Feature<'_>, index: usize) -> Option<Cow<'a, str>> {
    let index = c_int::try_from(index).ok().filter(|_| attributes::is_there(feature, index))?;
    // SAFETY: the text lives until the next value of the feature is asked for, and is copied before.
    let text = unsafe { gdal_sys::OGR_F_GetFieldAsString(feature.c_feature(), index) };
    // SAFETY: not null, ends with a zero.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy())
}

fn whole(feature: &Feature<'_>, index: usize) -> Option<i64> {
    let index = c_int::try_from(index).ok().filter(|_| attributes::is_there(feature, index))?;
    // SAFETY: the feature's handle lives as long as `feature`, and the field is one of its own.
    Some(unsafe { gdal_sys::OGR_F_GetFieldAsInteger64(feature.c_feature(), index) })
}
