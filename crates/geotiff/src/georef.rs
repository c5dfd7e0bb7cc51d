//! Where the pixels lie: the GeoTIFF tags (OGC 19-008).

use mutirao_core::raster::{GeoKeys, GeoTransform};

use crate::error::OpenError;
use crate::ifd::{Ifd, tags};
use crate::input::Input;

const RASTER_TYPE_KEY: u16 = 1025;
const PIXEL_IS_POINT: u16 = 2;

/// The GeoKey tags as they stand; none if the file has none.
pub(crate) fn geo_keys(input: &Input, ifd: &Ifd) -> Result<Option<GeoKeys>, OpenError> {
    let Some(directory) = ifd.wholes(input, tags::GEO_KEY_DIRECTORY)? else { return Ok(None) };
    let directory: Vec<u16> = directory.into_iter().filter_map(|value| value.try_into().ok()).collect();
    let keys = directory.get(3).copied().unwrap_or(0);
    if directory.len() < 4 + 4 * usize::from(keys) {
        return Err(OpenError::corrupt(format!("the GeoKey directory ends before its {keys} keys")));
    }
    let doubles = ifd.reals(input, tags::GEO_DOUBLE_PARAMS)?.unwrap_or_default();
    let ascii = ifd.text(input, tags::GEO_ASCII_PARAMS)?.unwrap_or_default();
    Ok(Some(GeoKeys { directory, doubles, ascii }))
}

/// The transform for corners of pixels; none if the file is not georeferenced. A file whose tie points stand for the
/// centres of pixels is shifted by half a pixel, as GDAL does.
pub(crate) fn transform(
    input: &Input,
    ifd: &Ifd,
    geo_keys: Option<&GeoKeys>,
) -> Result<Option<GeoTransform>, OpenError> {
    let Some(mut t) = corner_or_centre(input, ifd)? else { return Ok(None) };
    if geo_keys.and_then(|keys| keys.code(RASTER_TYPE_KEY)) == Some(PIXEL_IS_POINT) {
        t[0] -= t[1] * 0.5 + t[2] * 0.5;
        t[3] -= t[4] * 0.5 + t[5] * 0.5;
    }
    if t.iter().any(|number| !number.is_finite()) {
        return Err(OpenError::corrupt("the georeference holds numbers that are not finite"));
    }
    Ok(Some(GeoTransform(t)))
}

fn corner_or_centre(input: &Input, ifd: &Ifd) -> Result<Option<[f64; 6]>, OpenError> {
    let scale = ifd.reals(input, tags::MODEL_PIXEL_SCALE)?.unwrap_or_default();
    let tie = ifd.reals(input, tags::MODEL_TIEPOINT)?.unwrap_or_default();
    let matrix = ifd.reals(input, tags::MODEL_TRANSFORMATION)?.unwrap_or_default();
    // GDAL takes the size of a pixel without its sign: rows run south.
    if let ([sx, sy, ..], [col, row, _, x, y, _, ..]) = (&scale[..], &tie[..])
        && *sx != 0.0
        && *sy != 0.0
    {
        let down = -sy.abs();
        return Ok(Some([x - col * sx, *sx, 0.0, y - row * down, 0.0, down]));
    }
    if let [a, b, _, d, e, f, _, h, ..] = matrix[..] {
        // Columns and rows as they are, which tools write for rasters that lie nowhere.
        let is_nowhere = [d, a, b, h, e, f] == [0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
        return Ok((!is_nowhere).then_some([d, a, b, h, e, f]));
    }
    if tie.len() > 6 {
        return Err(OpenError::unsupported("georeferenced by ground control points"));
    }
    Ok(None)
}
