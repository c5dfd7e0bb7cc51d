//! Attributes as text.
#![allow(unsafe_code)]

use std::ffi::c_int;

use gdal::vector::{Feature, FieldValue, LayerAccess};

/// Names of the fields, with a note where there is more than attributes and one geometry.
pub fn names(layer: &impl LayerAccess, notes: &mut Vec<String>) -> Vec<String> {
    let geometries = layer.defn().geom_fields().count();
    if geometries > 1 {
        notes.push(format!("only the first of {geometries} geometry columns is read"));
    }
    layer.defn().fields().map(|field| field.name()).collect()
}

/// The values of a feature's fields: whole numbers without a point, other numbers in the shortest form that reads back as
/// the same number, dates by ISO 8601, `true` and `false`, texts as they are.
pub fn texts(feature: &Feature<'_>, fields: usize) -> Vec<Option<String>> {
    (0..fields).map(|field| text(feature, field)).collect()
}

/// Whether a feature has a value of a field. Some formats write null, others leave the field out; neither is a value.
pub fn is_there(feature: &Feature<'_>, field: usize) -> bool {
    let Ok(field) = c_int::try_from(field) else { return false };
    // SAFETY: the feature's handle lives as long as `feature`; GDAL itself looks whether there is such a field.
    unsafe { gdal_sys::OGR_F_IsFieldSetAndNotNull(feature.c_feature(), field) != 0 }
}

/// The value of one field.
pub fn text(feature: &Feature<'_>, field: usize) -> Option<String> {
    if !is_there(feature, field) {
        return None;
    }
    let as_gdal_writes = || feature.field_as_string(field).ok().flatten();
    match feature.field(field) {
        Ok(None) => None,
        Ok(Some(FieldValue::IntegerValue(value)))
            if is_subtype(feature, field, gdal_sys::OGRFieldSubType::OFSTBoolean) =>
        {
            Some((value != 0).to_string())
        }
        Ok(Some(FieldValue::IntegerValue(value))) => Some(value.to_string()),
        Ok(Some(FieldValue::Integer64Value(value))) => Some(value.to_string()),
        Ok(Some(FieldValue::RealValue(value)))
            if is_subtype(feature, field, gdal_sys::OGRFieldSubType::OFSTFloat32) =>
        {
            Some((value as f32).to_string())
        }
        Ok(Some(FieldValue::RealValue(value))) => Some(value.to_string()),
        Ok(Some(FieldValue::StringValue(value))) => Some(value),
        Ok(Some(FieldValue::DateValue(value))) => Some(value.to_string()),
        Ok(Some(FieldValue::DateTimeValue(value))) => Some(value.to_rfc3339()),
        // Lists, times of day, binary, and dates that are none.
        Ok(Some(_)) | Err(_) => as_gdal_writes(),
    }
}

fn is_subtype(feature: &Feature<'_>, field: usize, subtype: gdal_sys::OGRFieldSubType::Type) -> bool {
    // SAFETY: the feature's handle lives as long as `feature`, and the field is one of its own.
    unsafe {
        let definition = gdal_sys::OGR_F_GetFieldDefnRef(feature.c_feature(), field as c_int);
        !definition.is_null() && gdal_sys::OGR_Fld_GetSubType(definition) == subtype
    }
}
