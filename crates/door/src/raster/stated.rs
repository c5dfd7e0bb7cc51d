//! What a raster says of itself before it is translated.

use gdal::raster::{GdalDataType, RasterBand};
use mutirao_core::door::{RasterStated, Refusal};

use super::{Source, is_signed_byte, survey::Nodata};

/// Type and nodata of the bands that are written; `declared` holds the nodata of each.
pub fn stated(source: &Source, declared: &[Option<Nodata>]) -> Result<RasterStated, Refusal> {
    let types = (1..=source.bands).map(|band| source.band(band).map(|band| type_of(&band)));
    let types: Vec<String> = types.collect::<Result<_, _>>()?;
    let text = |nodata: &Option<Nodata>| nodata.as_ref().map_or_else(|| "none".to_owned(), Nodata::text);
    let nodata = declared.iter().any(Option::is_some).then(|| each_once(declared.iter().map(text)));
    Ok(RasterStated { dtype: each_once(types.into_iter()), nodata })
}

/// The type of the samples, as it is called elsewhere.
fn type_of(band: &RasterBand<'_>) -> String {
    match band.band_type() {
        GdalDataType::UInt8 if is_signed_byte(band) => "int8".to_owned(),
        GdalDataType::UInt8 => "uint8".to_owned(),
        other => other.name().to_ascii_lowercase(),
    }
}

fn each_once(texts: impl Iterator<Item = String>) -> String {
    let mut once: Vec<String> = Vec::new();
    for text in texts {
        if !once.contains(&text) {
            once.push(text);
        }
    }
    once.join(" and ")
}
