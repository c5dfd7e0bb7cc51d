//! Any raster that GDAL reads, as a plain GeoTIFF.

mod extras;
mod lossy;
mod stated;
mod survey;
mod write;

use std::path::Path;

use gdal::raster::{ColorInterpretation, GdalDataType, RasterBand};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags, Metadata};
use mutirao_core::door::{RasterQuestion, RasterTranslated, Refusal, RefusalCode};
use mutirao_core::raster::DType;

use crate::{OnProgress, files, messages};

/// Translates a raster.
pub fn answer(question: &RasterQuestion, progress: OnProgress<'_>) -> Result<RasterTranslated, Refusal> {
    let path = files::local(&question.path)?;
    messages::clear();
    let source = Source::open(&path)?;
    lossy::refuse(&source.file, &path)?;
    messages::clear();
    let plan = survey::plan(&source, progress)?;
    let mut notes = plan.notes.clone();
    notes.extend(extras::left_out(&source)?);
    write::write(&source, &plan, question, &mut notes, progress)?;
    Ok(RasterTranslated {
        width: source.width as u32,
        height: source.height as u32,
        bands: source.bands as u16,
        dtype: plan.dtype,
        nodata: plan.nodata,
        stated: stated::stated(&source, &plan.declared)?,
        notes,
    })
}

/// An opened raster with at least one band of real numbers.
struct Source {
    file: Dataset,
    name: String,
    width: usize,
    height: usize,
    /// How many bands hold numbers: all, or those before an alpha band.
    bands: usize,
    /// The band that says by 0 where the others hold nothing.
    alpha: Option<usize>,
}

/// A block has fewer bytes than this when decoded.
const MAX_BLOCK_BYTES: usize = 1 << 30;

/// A rectangle of pixels: column, row, width, height.
type Rectangle = (usize, usize, usize, usize);

impl Source {
    fn open(path: &Path) -> Result<Source, Refusal> {
        let name = path.display().to_string();
        let options = DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_RASTER | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR,
            // As GDAL has it: what somebody wrote beside the file comes first. A world file may place a raster that has no place of its
            // own, but not move one.
            open_options: Some(&["GEOREF_SOURCES=PAM,INTERNAL,WORLDFILE"]),
            ..DatasetOptions::default()
        };
        let file = Dataset::open_ex(path, options).map_err(|_| {
            messages::refusal(
                RefusalCode::NotReadable,
                format!("GDAL cannot read {name} as a raster"),
                "check the file with gdalinfo",
            )
        })?;
        let is_vrt = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("vrt"));
        if file.driver().short_name() == "VRT" && !is_vrt {
            let message = format!("{name} holds no pixels: it is a VRT, which names other files");
            return Err(Refusal::new(RefusalCode::NotReadable, message, "deliver the file with the pixels"));
        }
        let ((width, height), bands) = (file.raster_size(), file.raster_count());
        if bands == 0 || bands > usize::from(u16::MAX) || width == 0 || height == 0 {
            let inside = file.metadata_domain("SUBDATASETS").unwrap_or_default();
            let inside: Vec<_> = inside.iter().filter(|item| item.contains("_NAME=")).map(String::as_str).collect();
            let message = format!("{name} holds no raster bands ({})", inside.join(", "));
            return Err(Refusal::new(RefusalCode::NoBands, message, "convert the part you mean with gdal_translate"));
        }
        let mut source = Source { file, name, width, height, bands, alpha: None };
        if bands > 1 && source.is_alpha(bands)? && source.is_grey()? {
            (source.bands, source.alpha) = (bands - 1, Some(bands));
        }
        for band in 1..=source.bands {
            source.refuse_giant(band)?;
            // Types that the gdal crate does not name are the complex ones.
            if source.band(band)?.band_type() == GdalDataType::Unknown {
                let message = format!("band {band} of {} holds complex numbers", source.name);
                return Err(Refusal::new(RefusalCode::Complex, message, "a layer of classes holds whole numbers"));
            }
        }
        Ok(source)
    }

    /// Refuses blocks that only few machines could hold, and that are read again for every part of them.
    fn refuse_giant(&self, number: usize) -> Result<(), Refusal> {
        let band = self.band(number)?;
        let (width, height) = band.block_size();
        let bytes = width.saturating_mul(height).saturating_mul(usize::from(band.band_type().bytes()));
        if bytes < MAX_BLOCK_BYTES {
            return Ok(());
        }
        let message = format!("{} has blocks of {width} x {height} pixels, {} MiB each", self.name, bytes >> 20);
        let mend = format!("write it in tiles (less than {} MiB): gdal_translate -co TILED=YES", MAX_BLOCK_BYTES >> 20);
        Err(Refusal::new(RefusalCode::NotReadable, message, mend))
    }

    fn is_alpha(&self, number: usize) -> Result<bool, Refusal> {
        Ok(self.band(number)?.color_interpretation() == ColorInterpretation::AlphaBand)
    }

    /// Whether the first band is no colour: four bands of bytes are red, green, blue and alpha for GDAL, whatever they hold.
    fn is_grey(&self) -> Result<bool, Refusal> {
        let first = self.band(1)?.color_interpretation();
        Ok([ColorInterpretation::Undefined, ColorInterpretation::GrayIndex, ColorInterpretation::PaletteIndex]
            .contains(&first))
    }

    fn band(&self, number: usize) -> Result<RasterBand<'_>, Refusal> {
        self.file.rasterband(number).map_err(|_| self.corrupt(&format!("band {number}")))
    }

    fn corrupt(&self, what: &str) -> Refusal {
        let message = format!("cannot read {what} of {}", self.name);
        messages::refusal(RefusalCode::Corrupt, message, "the file is truncated or corrupt; fetch it again")
    }

    /// Samples of a rectangle as numbers; all types of whole numbers up to 53 bits are exact.
    fn read(&self, band: usize, (col, row, width, height): Rectangle) -> Result<Vec<f64>, Refusal> {
        let mut samples = vec![0.0_f64; width * height];
        let at = (col as isize, row as isize);
        let found = self.band(band)?;
        found.read_into_slice(at, (width, height), (width, height), &mut samples, None).map_err(|_| {
            self.corrupt(&format!(
                "columns {col}-{} and rows {row}-{} of band {band}",
                col + width - 1,
                row + height - 1
            ))
        })?;
        if is_signed_byte(&found) {
            samples.iter_mut().filter(|v| **v > 127.0).for_each(|v| *v -= 256.0);
        }
        Ok(samples)
    }

    /// The mask of a rectangle, if one mask or an alpha band holds for all bands: 0 where a pixel is not valid.
    fn read_mask(&self, rectangle: Rectangle) -> Result<Option<Vec<u8>>, Refusal> {
        let mut mask = self.read_own_mask(rectangle)?;
        if let Some(alpha) = self.alpha {
            let alpha = self.read(alpha, rectangle)?;
            let mask = mask.get_or_insert_with(|| vec![255; alpha.len()]);
            mask.iter_mut().zip(alpha).filter(|(_, alpha)| *alpha == 0.0).for_each(|(mask, _)| *mask = 0);
        }
        Ok(mask)
    }

    fn read_own_mask(&self, (col, row, width, height): Rectangle) -> Result<Option<Vec<u8>>, Refusal> {
        if !self.has_own_mask()? {
            return Ok(None);
        }
        let mut mask = vec![0_u8; width * height];
        let band = self.band(1)?;
        let found = band.open_mask_band().map_err(|_| self.corrupt("the mask"))?;
        let at = (col as isize, row as isize);
        found
            .read_into_slice(at, (width, height), (width, height), &mut mask, None)
            .map_err(|_| self.corrupt("the mask"))?;
        Ok(Some(mask))
    }

    /// Whether one mask, or an alpha band, holds for all bands.
    fn has_mask(&self) -> Result<bool, Refusal> {
        Ok(self.alpha.is_some() || self.has_own_mask()?)
    }

    fn has_own_mask(&self) -> Result<bool, Refusal> {
        let flags = self.band(1)?.mask_flags().map_err(|_| self.corrupt("the mask"))?;
        // The mask of the only band is that of all.
        Ok((flags.is_per_dataset() || self.bands == 1)
            && !flags.is_alpha()
            && !flags.is_all_valid()
            && !flags.is_nodata())
    }

    /// Rectangles of bounded size that cover the raster, in rows of tiles from the top.
    fn rectangles(&self) -> impl Iterator<Item = Rectangle> + use<> {
        const DOWN: usize = 512;
        const ACROSS: usize = 8192;
        let (width, height) = (self.width, self.height);
        (0..height).step_by(DOWN).flat_map(move |row| {
            (0..width).step_by(ACROSS).map(move |col| (col, row, ACROSS.min(width - col), DOWN.min(height - row)))
        })
    }
}

/// Before GDAL 3.7 signed bytes were bytes with a remark.
fn is_signed_byte(band: &RasterBand<'_>) -> bool {
    band.metadata_item("PIXELTYPE", "IMAGE_STRUCTURE").as_deref() == Some("SIGNEDBYTE")
}

/// The type of a band, if it is one that a plain GeoTIFF holds.
fn plain_type(band: &RasterBand<'_>) -> Option<DType> {
    match band.band_type() {
        GdalDataType::UInt8 if !is_signed_byte(band) => Some(DType::Uint8),
        GdalDataType::UInt16 => Some(DType::Uint16),
        GdalDataType::Int16 => Some(DType::Int16),
        _ => None,
    }
}
