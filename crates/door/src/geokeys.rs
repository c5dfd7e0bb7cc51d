//! GeoKeys to CRS and back, through GDAL's own GeoTIFF driver and files in memory.

use gdal::raster::RasterCreationOptions;
use gdal::spatial_ref::SpatialRef;
use gdal::{Dataset, DatasetOptions, DriverManager, GdalOpenFlags};
use mutirao_core::door::{Refusal, RefusalCode};
use mutirao_core::raster::GeoKeys;

use crate::messages;

const READ: &str = "/vsimem/geo-keys-read.tif";
const WRITTEN: &str = "/vsimem/geo-keys-written.tif";

const DIRECTORY: u16 = 34_735;
const DOUBLES: u16 = 34_736;
const ASCII: u16 = 34_737;

/// The CRS that GeoKeys state, as GDAL reads them.
pub fn to_srs(keys: &GeoKeys) -> Result<SpatialRef, Refusal> {
    let refused =
        |what: &str| messages::refusal(RefusalCode::CrsNotUnderstood, what, "give the CRS with `crs:` on the layer");
    let stated = keys.directory.get(3).map(|count| 4 * (1 + usize::from(*count)));
    // Some writers leave room behind the keys; what they state counts.
    let Some(directory) = stated.and_then(|stated| keys.directory.get(..stated)) else {
        return Err(refused("the GeoKey directory is shorter than it states"));
    };
    gdal::vsi::create_mem_file(READ, tiff_with(keys, directory)).map_err(|_| refused("the GeoKeys cannot be read"))?;
    let options = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_RASTER,
        allowed_drivers: Some(&["GTiff"]),
        ..DatasetOptions::default()
    };
    let srs = Dataset::open_ex(READ, options).and_then(|file| file.spatial_ref());
    let srs = srs.map_err(|_| refused("the GeoKeys state no CRS that GDAL understands"));
    gdal::vsi::unlink_mem_file(READ).map_err(|_| refused("the GeoKeys cannot be read"))?;
    srs
}

/// What GDAL writes into a GeoTIFF 1.1 for a CRS.
pub fn of_srs(srs: &SpatialRef) -> Result<GeoKeys, Refusal> {
    let bytes = written_by_gdal(srs).map_err(|_| {
        messages::refusal(RefusalCode::CrsUnsupported, "a GeoTIFF cannot state this CRS", "use a CRS with an EPSG code")
    })?;
    tags_of(&bytes).ok_or_else(|| {
        Refusal::new(RefusalCode::CrsUnsupported, "a GeoTIFF cannot state this CRS", "use a CRS with an EPSG code")
    })
}

fn written_by_gdal(srs: &SpatialRef) -> gdal::errors::Result<Vec<u8>> {
    let options = RasterCreationOptions::from_iter(["GEOTIFF_VERSION=1.1", "ENDIANNESS=LITTLE", "BIGTIFF=NO"]);
    let driver = DriverManager::get_driver_by_name("GTiff")?;
    let mut file = driver.create_with_band_type_with_options::<u8, _>(WRITTEN, 1, 1, 1, &options)?;
    file.set_geo_transform(&[0.0, 1.0, 0.0, 0.0, 0.0, -1.0])?;
    file.set_spatial_ref(srs)?;
    file.close()?;
    gdal::vsi::get_vsi_mem_file_bytes_owned(WRITTEN)
}

/// A TIFF of one pixel with the three tags, the directory cut to its keys.
fn tiff_with(keys: &GeoKeys, directory: &[u16]) -> Vec<u8> {
    let mut ascii = keys.ascii.clone().into_bytes();
    ascii.push(0);
    let entries = directory.len() as u32;
    let directory: Vec<u8> = directory.iter().flat_map(|v| v.to_le_bytes()).collect();
    let doubles: Vec<u8> = keys.doubles.iter().flat_map(|v| v.to_le_bytes()).collect();
    // Tag, type (3 SHORT, 4 LONG, 2 ASCII, 12 DOUBLE), count, content.
    let short = |tag: u16, value: u16| (tag, 3_u16, 1_u32, value.to_le_bytes().to_vec());
    let mut tags = vec![
        short(256, 1),
        short(257, 1),
        short(258, 8),
        short(259, 1),
        short(262, 1),
        (273, 4, 1, 8_u32.to_le_bytes().to_vec()),
        short(277, 1),
        short(278, 1),
        (279, 4, 1, 1_u32.to_le_bytes().to_vec()),
        (DIRECTORY, 3, entries, directory),
    ];
    if !doubles.is_empty() {
        tags.push((DOUBLES, 12, keys.doubles.len() as u32, doubles));
    }
    tags.push((ASCII, 2, ascii.len() as u32, ascii));

    // Header, the pixel at byte 8 (padded), the tags from byte 16, long contents behind them.
    let mut file = vec![0x49, 0x49, 42, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let mut behind: Vec<u8> = Vec::new();
    let start = 16 + 2 + 12 * tags.len() + 4;
    file.extend((tags.len() as u16).to_le_bytes());
    for (tag, kind, count, content) in tags {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(count.to_le_bytes());
        if content.len() <= 4 {
            let mut inline = content;
            inline.resize(4, 0);
            file.extend(inline);
        } else {
            file.extend(((start + behind.len()) as u32).to_le_bytes());
            behind.extend(content);
            behind.resize(behind.len().next_multiple_of(2), 0);
        }
    }
    file.extend([0; 4]);
    file.extend(behind);
    file
}

/// The three tags of the first directory of a little-endian classic TIFF; none where it has no GeoKeys.
fn tags_of(file: &[u8]) -> Option<GeoKeys> {
    let u16_at = |at: usize| Some(u16::from_le_bytes(file.get(at..at + 2)?.try_into().ok()?));
    let u32_at = |at: usize| Some(u32::from_le_bytes(file.get(at..at + 4)?.try_into().ok()?) as usize);
    let first = u32_at(4)?;
    let mut keys = GeoKeys::default();
    for entry in 0..usize::from(u16_at(first)?) {
        let at = first + 2 + 12 * entry;
        let (tag, count) = (u16_at(at)?, u32_at(at + 4)?);
        let size = match tag {
            DIRECTORY => 2,
            DOUBLES => 8,
            ASCII => 1,
            _ => continue,
        };
        let from = if size * count <= 4 { at + 8 } else { u32_at(at + 8)? };
        let content = file.get(from..from + size * count)?;
        match tag {
            DIRECTORY => keys.directory = content.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect(),
            DOUBLES => {
                keys.doubles =
                    content.chunks_exact(8).filter_map(|b| Some(f64::from_le_bytes(b.try_into().ok()?))).collect()
            }
            _ => keys.ascii = String::from_utf8_lossy(content).trim_end_matches('\0').to_owned(),
        }
    }
    (!keys.directory.is_empty()).then_some(keys)
}
