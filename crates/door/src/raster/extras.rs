//! What a plain GeoTIFF does not carry, named instead of dropped without a word.
#![allow(unsafe_code)]

use gdal::Metadata;
use gdal::raster::ColorInterpretation;
use mutirao_core::door::{Refusal, RefusalCode};

use super::Source;

/// A sentence for each thing that is left out.
pub fn left_out(source: &Source) -> Result<Vec<String>, Refusal> {
    let mut notes = Vec::new();
    if source.file.metadata_item("COMPRESSION", "IMAGE_STRUCTURE").is_some_and(|name| name.starts_with("LERC")) {
        notes.push("compressed with LERC; GDAL does not tell whether that was without loss".to_owned());
    }
    if let Some(alpha) = source.alpha {
        notes.push(format!(
            "band {alpha} is an alpha band; where it is 0 there is nothing, and it is no band of classes"
        ));
    }
    for number in 1..=source.bands {
        let band = source.band(number)?;
        let flags = band.mask_flags().map_err(|_| source.corrupt("the mask"))?;
        if !(source.bands == 1
            || flags.is_all_valid()
            || flags.is_per_dataset()
            || flags.is_nodata()
            || flags.is_alpha())
        {
            let message = format!("band {number} of {} has a mask of its own", source.name);
            return Err(Refusal::new(
                RefusalCode::MaskPerBand,
                message,
                "write the mask into the pixels as a nodata value",
            ));
        }
        if band.color_interpretation() == ColorInterpretation::AlphaBand {
            notes.push(format!("band {number} is an alpha band; it is kept as a band of numbers"));
        }
        let (scale, offset) = (band.scale().unwrap_or(1.0), band.offset().unwrap_or(0.0));
        if scale != 1.0 || offset != 0.0 {
            notes.push(format!(
                "scale {scale} and offset {offset} of band {number} are left out; stored numbers are kept"
            ));
        }
        // SAFETY: the band's handle lives as long as `band`; both results stay GDAL's.
        let (names, table) = unsafe {
            let handle = band.c_rasterband();
            (!gdal_sys::GDALGetRasterCategoryNames(handle).is_null(), !gdal_sys::GDALGetDefaultRAT(handle).is_null())
        };
        if names || table {
            notes.push(format!("the names or the attribute table of classes in band {number} are left out"));
        }
    }
    // SAFETY: the dataset's handle lives as long as `source`.
    if unsafe { gdal_sys::GDALGetGCPCount(source.file.c_dataset()) } > 0 {
        notes.push("ground control points are left out; the result has no place on the map through them".to_owned());
    }
    Ok(notes)
}
