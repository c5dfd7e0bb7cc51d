//! What a TIFF says of itself, whether or not it is plain.

use std::path::Path;

use mutirao_core::statement::Statement;

use crate::error::OpenError;
use crate::ifd::{Ifd, read_directories, tags};
use crate::input::Input;
use crate::pages::{self, Pages};
use crate::{gdal_metadata, georef};

/// An image that is no larger needs neither tiles nor overviews to be a Cloud-Optimized GeoTIFF.
const SMALL: u32 = 512;

/// Reads what the TIFF at `path` says of itself: also types, compressions and places that are not plain.
///
/// # Errors
/// [`OpenError`]: the system refuses, or the file is no TIFF or a corrupt one, or has several images.
pub fn statement(path: &Path) -> Result<Statement, OpenError> {
    let input = Input::open(path)?;
    let pages = pages::sort(&input, read_directories(&input)?)?;
    of(&input, &pages)
}

fn of(input: &Input, pages: &Pages) -> Result<Statement, OpenError> {
    let ifd = &pages.main;
    let side = |tag: u16| -> Result<u32, OpenError> {
        let side = ifd.whole(input, tag)?.and_then(|side| u32::try_from(side).ok()).filter(|side| *side > 0);
        side.ok_or_else(|| OpenError::corrupt("the image has no size"))
    };
    let size = [side(tags::IMAGE_WIDTH)?, side(tags::IMAGE_LENGTH)?];
    let bands = ifd.whole(input, tags::SAMPLES_PER_PIXEL)?.and_then(|bands| u16::try_from(bands).ok()).unwrap_or(1);
    let geo_keys = georef::geo_keys(input, ifd)?;
    let metadata = ifd.text(input, tags::GDAL_METADATA)?.unwrap_or_default();
    let block = block(input, ifd, size)?;
    Ok(Statement {
        format: "GeoTIFF".to_owned(),
        size,
        bands,
        dtype: dtype(input, ifd)?,
        nodata: ifd.text(input, tags::GDAL_NODATA)?.map(|text| text.trim().to_owned()),
        mask: pages.mask.is_some(),
        // A place by ground control points is no grid.
        transform: georef::transform(input, ifd, geo_keys.as_ref()).unwrap_or_default(),
        geo_keys,
        band_descriptions: gdal_metadata::band_descriptions(&metadata, bands),
        compression: Some(compression(ifd.whole(input, tags::COMPRESSION)?.unwrap_or(1))),
        block,
        overviews: pages.overviews.len(),
        is_cog: is_cog(input, pages, size, block)?,
        licence: licence(&metadata, ifd.text(input, tags::COPYRIGHT)?),
    })
}

/// The type of the samples, that of the first band.
fn dtype(input: &Input, ifd: &Ifd) -> Result<String, OpenError> {
    let bits = ifd.whole(input, tags::BITS_PER_SAMPLE)?.unwrap_or(1);
    Ok(match ifd.whole(input, tags::SAMPLE_FORMAT)?.unwrap_or(1) {
        2 => format!("int{bits}"),
        3 => format!("float{bits}"),
        5 => format!("complex int{bits}"),
        6 => format!("complex{bits}"),
        _ => format!("uint{bits}"),
    })
}

fn block(input: &Input, ifd: &Ifd, [width, height]: [u32; 2]) -> Result<[u32; 2], OpenError> {
    let of = |tag| Ok::<_, OpenError>(ifd.whole(input, tag)?.and_then(|side| u32::try_from(side).ok()));
    if let (Some(across), Some(down)) = (of(tags::TILE_WIDTH)?, of(tags::TILE_LENGTH)?) {
        return Ok([across, down]);
    }
    Ok([width, of(tags::ROWS_PER_STRIP)?.unwrap_or(height).min(height)])
}

fn compression(code: u64) -> String {
    let name = match code {
        1 => "none",
        5 => "lzw",
        7 => "jpeg",
        8 | 32_946 => "deflate",
        32_773 => "packbits",
        34_887 => "lerc",
        34_925 => "lzma",
        50_000 => "zstd",
        50_001 => "webp",
        other => return format!("number {other} of TIFF"),
    };
    name.to_owned()
}

/// As the usual validator of the format has it: small, or in tiles with overviews, and all directories before all pixels.
fn is_cog(input: &Input, pages: &Pages, [width, height]: [u32; 2], block: [u32; 2]) -> Result<bool, OpenError> {
    if width.max(height) > SMALL && (block[0] >= width || pages.overviews.is_empty()) {
        return Ok(false);
    }
    let overviews = pages.overviews.iter().flat_map(|(image, mask)| [Some(image), mask.as_ref()]);
    let images: Vec<&Ifd> = [Some(&pages.main), pages.mask.as_ref()].into_iter().chain(overviews).flatten().collect();
    let mut first_pixels = u64::MAX;
    for image in &images {
        for tag in [tags::TILE_OFFSETS, tags::STRIP_OFFSETS] {
            let offsets = image.wholes(input, tag)?.unwrap_or_default();
            first_pixels = offsets.into_iter().filter(|offset| *offset > 0).min().unwrap_or(u64::MAX).min(first_pixels);
        }
    }
    // What a directory holds itself lies within it, so the places of its values tell where it lies.
    let last_header = images.iter().flat_map(|image| &image.entries).map(|entry| entry.at).max().unwrap_or(0);
    Ok(last_header < first_pixels)
}

/// A licence among the remarks, by the names in use for it.
fn licence(metadata: &str, copyright: Option<String>) -> Option<String> {
    const NAMES: [&str; 6] = ["LICENSE", "LICENCE", "TIFFTAG_COPYRIGHT", "COPYRIGHT", "RIGHTS", "DCTERMS_LICENSE"];
    let items = gdal_metadata::items(metadata);
    let named = |name: &&str| {
        let found = items.iter().find(|item| item.sample.is_none() && item.name.eq_ignore_ascii_case(name));
        found.map(|item| item.value.trim().to_owned())
    };
    NAMES.iter().find_map(named).or(copyright.map(|text| text.trim().to_owned())).filter(|text| !text.is_empty())
}
