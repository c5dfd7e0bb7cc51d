//! The tags of one directory of a COG, in ascending order.

use mutirao_core::raster::DType;

use super::field::{Data, Field, LONG, SHORT};
use super::{CogSpec, Level, geo, metadata};
use crate::ifd::tags;

/// The tags of level `index`.
pub(crate) fn of_level(spec: &CogSpec, index: usize, level: &Level) -> Vec<Field> {
    let bands = usize::from(spec.bands);
    let bits = 8 * spec.dtype.bytes() as u16;
    let tiles = u64::from(level.tiles_across) * u64::from(level.tiles_down) * u64::from(spec.bands);
    let mut fields = Vec::new();
    if index > 0 {
        fields.push(Field::long(tags::NEW_SUBFILE_TYPE, 1));
    }
    fields.extend([
        Field::long(tags::IMAGE_WIDTH, level.width),
        Field::long(tags::IMAGE_LENGTH, level.height),
        Field::shorts(tags::BITS_PER_SAMPLE, &vec![bits; bands]),
        Field::shorts(tags::COMPRESSION, &[spec.compression.tag()]),
        Field::shorts(tags::PHOTOMETRIC, &[if spec.palette.is_some() { 3 } else { 1 }]),
        Field::shorts(tags::SAMPLES_PER_PIXEL, &[spec.bands]),
        Field::shorts(tags::PLANAR_CONFIGURATION, &[if bands > 1 { 2 } else { 1 }]),
    ]);
    if spec.palette.is_some() {
        let count = 3 << bits;
        fields.push(Field { tag: tags::COLOR_MAP, kind: SHORT, count, data: Data::Palette });
    }
    fields.extend([
        Field::shorts(tags::TILE_WIDTH, &[spec.tile as u16]),
        Field::shorts(tags::TILE_LENGTH, &[spec.tile as u16]),
        Field { tag: tags::TILE_OFFSETS, kind: LONG, count: tiles, data: Data::TileOffsets },
        Field { tag: tags::TILE_BYTE_COUNTS, kind: LONG, count: tiles, data: Data::TileSizes },
    ]);
    if bands > 1 {
        fields.push(Field::shorts(tags::EXTRA_SAMPLES, &vec![0; bands - 1]));
    }
    fields.push(Field::shorts(tags::SAMPLE_FORMAT, &vec![1; bands]));
    if index == 0 {
        fields.extend(geo::fields(&spec.transform, &spec.geo_keys));
        fields.extend(metadata::xml(spec).map(|text| Field::text(tags::GDAL_METADATA, &text)));
    }
    if let Some(nodata) = spec.nodata {
        fields.push(Field::text(tags::GDAL_NODATA, &nodata.to_string()));
    }
    fields
}

/// The values of the ColorMap tag: all reds, all greens, all blues, 8 bits spread over 16.
pub(crate) fn palette_bytes(dtype: DType, palette: &[[u8; 3]]) -> Vec<u8> {
    let colours = 1 << (8 * dtype.bytes());
    (0..3)
        .flat_map(|channel| {
            (0..colours).map(move |i| palette.get(i).map_or(0, |colour| u16::from(colour[channel]) * 257))
        })
        .flat_map(u16::to_le_bytes)
        .collect()
}
