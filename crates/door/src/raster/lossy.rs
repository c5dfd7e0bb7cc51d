//! Lossy compressions, which turn one class into another.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::path::{Path, PathBuf};

use gdal::{Dataset, Metadata};
use mutirao_core::door::{Refusal, RefusalCode};

/// Mosaics of mosaics are followed this far.
const DEPTH: u32 = 4;

/// Refuses a file whose pixels were compressed with loss, or a mosaic with such a file.
pub fn refuse(file: &Dataset, path: &Path) -> Result<(), Refusal> {
    inspect(file, path, DEPTH)
}

fn inspect(file: &Dataset, path: &Path, depth: u32) -> Result<(), Refusal> {
    if let Some(how) = loss(file) {
        let message =
            format!("{} is compressed with loss ({how}), so codes near edges of classes are wrong", path.display());
        return Err(Refusal::new(
            RefusalCode::Lossy,
            message,
            "ask for the file as it was before, compressed with DEFLATE, LZW or ZSTD",
        ));
    }
    if file.driver().short_name() == "VRT" && depth > 0 {
        for part in parts(file).into_iter().filter(|part| part != path && part.is_file()) {
            if let Ok(opened) = Dataset::open(&part) {
                inspect(&opened, &part, depth - 1)?;
            }
        }
    }
    Ok(())
}

/// How a file was compressed with loss; none if it was not.
fn loss(file: &Dataset) -> Option<String> {
    let item = |key: &str| {
        file.metadata_item(key, "IMAGE_STRUCTURE")
            .or_else(|| file.rasterband(1).ok().and_then(|band| band.metadata_item(key, "IMAGE_STRUCTURE")))
    };
    let driver = file.driver().short_name();
    let compression = item("COMPRESSION").unwrap_or_default();
    let reversible = item("COMPRESSION_REVERSIBILITY").is_some_and(|text| text.starts_with("LOSSLESS"));
    let always = ["JPEG", "ECW", "MrSID", "GSTA"].contains(&driver.as_str())
        || compression.contains("JPEG") && !compression.contains("2000");
    let often = driver.starts_with("JP2")
        || ["WEBP", "JXL", "JPEG2000"].contains(&compression.as_str())
        || ["WEBP", "JPEGXL", "KEA_LOSSY"].contains(&driver.as_str());
    if always || (often && !reversible) {
        return Some(if compression.is_empty() { driver } else { compression });
    }
    let error = item("MAX_Z_ERROR").and_then(|text| text.parse::<f64>().ok()).filter(|error| *error > 0.0);
    error.map(|error| format!("LERC, error up to {error}"))
}

fn parts(file: &Dataset) -> Vec<PathBuf> {
    let mut parts = Vec::new();
    // SAFETY: GDAL's list of texts ends with null; it is copied and freed with GDAL's own function.
    unsafe {
        let list = gdal_sys::GDALGetFileList(file.c_dataset());
        let mut at = list;
        while !at.is_null() && !(*at).is_null() {
            parts.push(PathBuf::from(CStr::from_ptr(*at).to_string_lossy().into_owned()));
            at = at.add(1);
        }
        gdal_sys::CSLDestroy(list);
    }
    parts
}
