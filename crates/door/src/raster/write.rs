//! Writing the plain GeoTIFF.

use gdal::errors::GdalError;
use gdal::raster::{Buffer, ColorTable, GdalType, RasterCreationOptions};
use gdal::{Dataset, Driver, DriverManager, Metadata};
use mutirao_core::door::{RasterQuestion, Refusal};
use mutirao_core::raster::DType;

use super::survey::Plan;
use super::{Rectangle, Source};
use crate::staged::Staged;
use crate::{OnProgress, messages, srs};

/// Writes the whole file and gives it its name.
pub fn write(
    source: &Source,
    plan: &Plan,
    question: &RasterQuestion,
    notes: &mut Vec<String>,
    progress: OnProgress<'_>,
) -> Result<(), Refusal> {
    let crs = match &question.crs_override {
        Some(crs) => {
            notes.push("the CRS is the one given, not the file's".to_owned());
            Some(srs::parse(crs)?)
        }
        None => source.file.spatial_ref().ok(),
    };
    messages::clear();
    let staged = Staged::beside(&question.out)?;
    let failed = |e: GdalError| staged.failed(e);
    let mut out = create(source, plan, staged.path()).map_err(failed)?;
    if let Some(crs) = crs {
        out.set_spatial_ref(&crs).map_err(failed)?;
    }
    // Without a transform GDAL reports an error, and there is none to carry.
    if let Ok(transform) = source.file.geo_transform() {
        out.set_geo_transform(&transform).map_err(failed)?;
    }
    describe(source, plan, &mut out, notes)?;
    messages::clear();
    for rectangle in source.rectangles() {
        progress(0.5 + 0.5 * rectangle.1 as f64 / source.height as f64, "writing values");
        let mask = source.read_mask(rectangle)?;
        for band in 1..=source.bands {
            let codes = codes(source, plan, band, rectangle, mask.as_deref())?;
            let wrote = match plan.dtype {
                DType::Uint8 => put(&out, band, rectangle, codes.iter().map(|c| *c as u8).collect()),
                DType::Uint16 => put(&out, band, rectangle, codes.iter().map(|c| *c as u16).collect()),
                DType::Int16 => put(&out, band, rectangle, codes.iter().map(|c| *c as i16).collect()),
            };
            wrote.map_err(failed)?;
        }
        if let Some(mask) = mask {
            put_mask(&out, rectangle, mask).map_err(failed)?;
        }
    }
    out.flush_cache().and_then(|()| out.close()).map_err(failed)?;
    if messages::count() > 0 {
        return Err(staged.failed("GDAL met an error on closing it"));
    }
    staged.commit()
}

fn create(source: &Source, plan: &Plan, path: &std::path::Path) -> gdal::errors::Result<Dataset> {
    let driver = DriverManager::get_driver_by_name("GTiff")?;
    let zstd = driver.metadata_item("DMD_CREATIONOPTIONLIST", "").is_some_and(|list| list.contains("ZSTD"));
    let mut options = RasterCreationOptions::from_iter([
        "TILED=YES",
        "BLOCKXSIZE=512",
        "BLOCKYSIZE=512",
        "BIGTIFF=IF_SAFER",
        "INTERLEAVE=BAND",
    ]);
    let compression = if zstd { ["COMPRESS=ZSTD", "ZSTD_LEVEL=1"] } else { ["COMPRESS=DEFLATE", "ZLEVEL=1"] };
    for option in compression {
        options.add_string(option)?;
    }
    if source.bands > 1 {
        // Three bands are periods, not red, green and blue.
        options.add_string("PHOTOMETRIC=MINISBLACK")?;
    }
    match plan.dtype {
        DType::Uint8 => create_as::<u8>(&driver, source, path, &options),
        DType::Uint16 => create_as::<u16>(&driver, source, path, &options),
        DType::Int16 => create_as::<i16>(&driver, source, path, &options),
    }
}

fn create_as<T: GdalType>(
    driver: &Driver,
    source: &Source,
    path: &std::path::Path,
    options: &RasterCreationOptions,
) -> gdal::errors::Result<Dataset> {
    driver.create_with_band_type_with_options::<T, _>(path, source.width, source.height, source.bands, options)
}

/// Carries nodata, descriptions, the palette, and makes room for a mask.
fn describe(source: &Source, plan: &Plan, out: &mut Dataset, notes: &mut Vec<String>) -> Result<(), Refusal> {
    let failed = |_| source.corrupt("the description");
    for number in 1..=source.bands {
        let from = source.band(number)?;
        let mut to = out.rasterband(number).map_err(failed)?;
        if plan.nodata.is_some() {
            to.set_no_data_value(plan.nodata.map(f64::from)).map_err(failed)?;
        }
        let description = from.description().unwrap_or_default();
        if !description.is_empty() {
            to.set_description(&description).map_err(failed)?;
        }
        if let Some(colors) = from.color_table() {
            if source.bands == 1 && plan.dtype != DType::Int16 {
                to.set_color_table(&cut(&colors, plan.dtype));
            } else {
                notes.push(format!("the palette of band {number} is left out"));
            }
        }
    }
    if source.has_mask()? {
        out.rasterband(1).and_then(|mut band| band.create_mask_band(true)).map_err(failed)?;
    }
    Ok(())
}

/// A palette with no more entries than the type has values.
fn cut(colors: &ColorTable<'_>, dtype: DType) -> ColorTable<'static> {
    let mut cut = ColorTable::new(colors.palette_interpretation());
    for index in 0..colors.entry_count().min(dtype.range().1 as usize + 1) {
        if let Some(entry) = colors.entry(index) {
            cut.set_color_entry(index as u16, &entry);
        }
    }
    cut
}

/// The numbers to write. Masked pixels keep their number where the type holds it, else they become 0.
fn codes(source: &Source, plan: &Plan, band: usize, at: Rectangle, mask: Option<&[u8]>) -> Result<Vec<i32>, Refusal> {
    let (low, high) = plan.dtype.range();
    let declared = plan.declared[band - 1];
    let nodata = plan.nodata.unwrap_or_default();
    let code = |(index, value): (usize, f64)| {
        if declared.is_some_and(|declared| declared.is(value)) {
            return nodata;
        }
        let masked = mask.is_some_and(|mask| mask[index] == 0);
        let held = value.fract() == 0.0 && (f64::from(low)..=f64::from(high)).contains(&value);
        if masked && !held { 0 } else { value as i32 }
    };
    Ok(source.read(band, at)?.into_iter().enumerate().map(code).collect())
}

fn put<T: GdalType + Copy>(
    out: &Dataset,
    band: usize,
    (col, row, width, height): Rectangle,
    samples: Vec<T>,
) -> gdal::errors::Result<()> {
    let mut buffer = Buffer::new((width, height), samples);
    out.rasterband(band)?.write((col as isize, row as isize), (width, height), &mut buffer)
}

fn put_mask(out: &Dataset, (col, row, width, height): Rectangle, mask: Vec<u8>) -> gdal::errors::Result<()> {
    let mut buffer = Buffer::new((width, height), mask);
    let band = out.rasterband(1)?;
    band.open_mask_band()?.write((col as isize, row as isize), (width, height), &mut buffer)
}
