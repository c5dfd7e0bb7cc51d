//! From a directory to what the raster says of itself.

use mutirao_core::raster::{DType, Interleave, RasterFacts};

use crate::error::OpenError;
use crate::gdal_metadata;
use crate::georef;
use crate::ifd::{Ifd, tags};
use crate::input::Input;
use crate::layout::Layout;

const PALETTE: u64 = 3;

/// The facts and the layout of one image.
pub(crate) fn read(input: &Input, ifd: &Ifd) -> Result<(RasterFacts, Layout), OpenError> {
    let (dtype, bands) = sample_type(input, ifd)?;
    let layout = Layout::read(input, ifd, dtype.bytes() as u32 * 8, bands)?;
    let photometric = ifd.whole(input, tags::PHOTOMETRIC)?.unwrap_or(1);
    if photometric > 4 {
        return Err(OpenError::unsupported(format!("photometric interpretation {photometric}")));
    }
    check_alpha(input, ifd, photometric)?;
    let geo_keys = georef::geo_keys(input, ifd)?;
    let metadata = ifd.text(input, tags::GDAL_METADATA)?.unwrap_or_default();
    let facts = RasterFacts {
        width: layout.width,
        height: layout.height,
        bands,
        dtype,
        block_width: layout.block_width,
        block_height: layout.block_height,
        interleave: if layout.planes > 1 { Interleave::Planar } else { Interleave::Chunky },
        compression: layout.codec.name().to_owned(),
        nodata: nodata(input, ifd, dtype)?,
        mask: false,
        transform: georef::transform(input, ifd, geo_keys.as_ref())?,
        geo_keys,
        band_descriptions: gdal_metadata::band_descriptions(&metadata, bands),
        palette: if photometric == PALETTE { palette(input, ifd, dtype, bands)? } else { None },
        file_bytes: input.len(),
    };
    Ok((facts, layout))
}

/// The one type of all samples, and how many bands there are.
fn sample_type(input: &Input, ifd: &Ifd) -> Result<(DType, u16), OpenError> {
    let bands = match ifd.whole(input, tags::SAMPLES_PER_PIXEL)?.unwrap_or(1) {
        bands @ 1..=65_535 => bands as u16,
        bands => return Err(OpenError::corrupt(format!("{bands} bands"))),
    };
    let bits = same(ifd.wholes(input, tags::BITS_PER_SAMPLE)?, 1, "bits a sample")?;
    let format = same(ifd.wholes(input, tags::SAMPLE_FORMAT)?, 1, "sample formats")?;
    let dtype = match (format, bits) {
        // Format 4 is "undefined", which libtiff takes for unsigned.
        (1 | 4, 8) => DType::Uint8,
        (1 | 4, 16) => DType::Uint16,
        (2, 16) => DType::Int16,
        (1 | 4, _) => return Err(OpenError::unsupported(format!("samples of type uint{bits}"))),
        (2, _) => return Err(OpenError::unsupported(format!("samples of type int{bits}"))),
        (3, _) => return Err(OpenError::unsupported(format!("samples of type float{bits}"))),
        (5 | 6, _) => return Err(OpenError::unsupported("complex samples")),
        _ => return Err(OpenError::corrupt(format!("sample format {format}"))),
    };
    Ok((dtype, bands))
}

/// The one value of a tag that has a value for every band.
fn same(values: Option<Vec<u64>>, default: u64, what: &str) -> Result<u64, OpenError> {
    match values.as_deref() {
        None | Some([]) => Ok(default),
        Some([first, rest @ ..]) if rest.iter().all(|value| value == first) => Ok(*first),
        Some(_) => Err(OpenError::unsupported(format!("bands of different {what}"))),
    }
}

/// A grey or palette image with an alpha band: which pixels are valid would be lost.
fn check_alpha(input: &Input, ifd: &Ifd, photometric: u64) -> Result<(), OpenError> {
    let extra = ifd.wholes(input, tags::EXTRA_SAMPLES)?.unwrap_or_default();
    if matches!(photometric, 0 | 1 | PALETTE) && extra.iter().any(|kind| matches!(kind, 1 | 2)) {
        return Err(OpenError::unsupported("an alpha band"));
    }
    Ok(())
}

/// The declared nodata value.
fn nodata(input: &Input, ifd: &Ifd, dtype: DType) -> Result<Option<i32>, OpenError> {
    match ifd.text(input, tags::GDAL_NODATA)? {
        None => Ok(None),
        Some(text) => parse_nodata(&text, dtype).map(Some),
    }
}

fn parse_nodata(text: &str, dtype: DType) -> Result<i32, OpenError> {
    let text = text.trim();
    let number: f64 =
        text.parse().map_err(|_| OpenError::corrupt(format!("the nodata value {:?} is no number", shorten(text))))?;
    let (least, most) = dtype.range();
    if number.fract() != 0.0 || !(f64::from(least)..=f64::from(most)).contains(&number) {
        return Err(OpenError::unsupported(format!("the nodata value {} cannot stand in {dtype}", shorten(text))));
    }
    Ok(number as i32)
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

/// The colour table: all reds, all greens, all blues, 16 bits each.
fn palette(input: &Input, ifd: &Ifd, dtype: DType, bands: u16) -> Result<Option<Vec<[u8; 3]>>, OpenError> {
    if bands > 1 {
        return Err(OpenError::unsupported(format!("a colour table beside {bands} bands")));
    }
    let Some(map) = ifd.wholes(input, tags::COLOR_MAP)? else { return Ok(None) };
    let colours = 1 << (8 * dtype.bytes());
    if dtype == DType::Int16 || map.len() != 3 * colours {
        return Err(OpenError::corrupt(format!("a colour table of {} numbers for {dtype}", map.len())));
    }
    // Some writers forget to spread 8 bits over 16.
    let shift = if map.iter().all(|level| *level < 256) { 0 } else { 8 };
    let level = |at: usize| (map[at] >> shift).min(255) as u8;
    Ok(Some((0..colours).map(|i| [level(i), level(colours + i), level(2 * colours + i)]).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodata_texts() {
        assert_eq!(parse_nodata(" 255 ", DType::Uint8).unwrap(), 255);
        assert_eq!(parse_nodata("2.55e2", DType::Uint8).unwrap(), 255);
        assert_eq!(parse_nodata("-32768", DType::Int16).unwrap(), -32768);
        let refused = parse_nodata("-9999", DType::Uint8).unwrap_err();
        assert!(refused.to_string().ends_with("the nodata value -9999 cannot stand in uint8"), "{refused}");
        for text in ["nan", "0.5", "256", "inf", "-inf"] {
            assert!(matches!(parse_nodata(text, DType::Uint8), Err(OpenError::Unsupported { .. })), "{text}");
        }
        for text in ["", "none", "1 2", "0x10"] {
            assert!(matches!(parse_nodata(text, DType::Uint8), Err(OpenError::Corrupt { .. })), "{text:?}");
        }
    }
}
