//! The georeference as tags (OGC 19-008).

use mutirao_core::raster::{GeoKeys, GeoTransform};

use super::field::Field;
use crate::ifd::tags;

const RASTER_TYPE_KEY: u16 = 1025;
const PIXEL_IS_POINT: u16 = 2;

/// The tags of a transform and a CRS, in ascending order.
pub(crate) fn fields(transform: &GeoTransform, keys: &GeoKeys) -> Vec<Field> {
    // Where the keys say that coordinates stand for centres, readers shift what the tags say by half a pixel.
    let half = if keys.code(RASTER_TYPE_KEY) == Some(PIXEL_IS_POINT) { 0.5 } else { 0.0 };
    let t = &transform.0;
    let [x, y] = transform.to_map(half, half);
    let mut fields = if transform.is_north_up() {
        vec![
            Field::doubles(tags::MODEL_PIXEL_SCALE, &[t[1], -t[5], 0.0]),
            Field::doubles(tags::MODEL_TIEPOINT, &[0.0, 0.0, 0.0, x, y, 0.0]),
        ]
    } else {
        let rows = [[t[1], t[2], 0.0, x], [t[4], t[5], 0.0, y], [0.0; 4], [0.0, 0.0, 0.0, 1.0]];
        vec![Field::doubles(tags::MODEL_TRANSFORMATION, rows.as_flattened())]
    };
    if !keys.directory.is_empty() {
        fields.push(Field::shorts(tags::GEO_KEY_DIRECTORY, &keys.directory));
    }
    if !keys.doubles.is_empty() {
        fields.push(Field::doubles(tags::GEO_DOUBLE_PARAMS, &keys.doubles));
    }
    if !keys.ascii.is_empty() {
        fields.push(Field::text(tags::GEO_ASCII_PARAMS, &keys.ascii));
    }
    fields
}
