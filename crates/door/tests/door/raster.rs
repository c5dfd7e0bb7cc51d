use std::path::{Path, PathBuf};

use gdal::raster::{Buffer, ColorEntry, ColorTable, GdalType, PaletteInterpretation, RasterCreationOptions};
use gdal::spatial_ref::SpatialRef;
use gdal::{Dataset, DriverManager, Metadata};
use mutirao_core::door::{Answer, Question, RasterQuestion, RasterTranslated, Refusal, RefusalCode};
use mutirao_core::raster::DType;

use super::{ask, shared, text};

fn translate(path: &Path, out: &Path) -> Result<RasterTranslated, Refusal> {
    let question = RasterQuestion { path: path.to_owned(), crs_override: None, out: out.to_owned() };
    match ask(Question::Raster(question))? {
        Answer::Raster(done) => Ok(done),
        other => panic!("{other:?}"),
    }
}

/// A made-up raster 3 pixels wide.
fn made<T: GdalType + Copy>(path: &Path, values: &[T], nodata: Option<f64>, options: &[&str]) {
    let options = RasterCreationOptions::from_iter(options.iter().copied());
    let driver = DriverManager::get_driver_by_name("GTiff").expect("GTiff");
    let size = (3, values.len() / 3);
    let mut file = driver.create_with_band_type_with_options::<T, _>(path, size.0, size.1, 1, &options).expect("it");
    file.set_spatial_ref(&SpatialRef::from_epsg(31976).expect("a CRS")).expect("set");
    file.set_geo_transform(&[405_000.0, 30.0, 2.0, 180_000.0, 1.0, -30.0]).expect("set");
    let mut band = file.rasterband(1).expect("a band");
    band.set_no_data_value(nodata).ok();
    band.set_description("2020").expect("set");
    band.write((0, 0), size, &mut Buffer::new(size, values.to_vec())).expect("written");
    file.close().expect("closed");
}

fn read(path: &Path) -> (Dataset, Vec<f64>, Option<f64>) {
    let file = Dataset::open(path).expect("it opens");
    let band = file.rasterband(1).expect("a band");
    let (values, nodata) = (band.read_band_as::<f64>().expect("values").data().to_vec(), band.no_data_value());
    (file, values, nodata)
}

#[test]
fn types_and_nodata_are_chosen_by_content() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, out) = (folder.path().join("in.tif"), folder.path().join("out.tif"));
    let check = |dtype: DType, nodata: Option<i32>, expected: &[f64]| {
        let done = translate(&path, &out).expect("an answer");
        assert_eq!((done.dtype, done.nodata, done.width, done.height, done.bands), (dtype, nodata, 3, 2, 1));
        let (file, values, stored) = read(&out);
        assert_eq!((values.as_slice(), stored), (expected, nodata.map(f64::from)));
        assert_eq!(file.geo_transform().expect("a place"), [405_000.0, 30.0, 2.0, 180_000.0, 1.0, -30.0]);
        assert_eq!(file.spatial_ref().expect("a CRS").authority().expect("a code"), "EPSG:31976");
        let band = file.rasterband(1).expect("a band");
        assert_eq!((band.description().expect("text").as_str(), band.block_size()), ("2020", (512, 512)));
        done.notes
    };
    made::<i32>(&path, &[0, 1, 200, -9999, 5, 6], Some(-9999.0), &[]);
    check(DType::Int16, Some(-9999), &[0.0, 1.0, 200.0, -9999.0, 5.0, 6.0]);
    made::<i32>(&path, &[0, 1, 40_000, -9999, 5, 6], Some(-9999.0), &[]);
    assert!(check(DType::Uint16, Some(65_535), &[0.0, 1.0, 40_000.0, 65_535.0, 5.0, 6.0])[0].contains("-9999"));
    made::<f32>(&path, &[0.0, 255.0, f32::NAN, 3.0, 4.0, 5.0], Some(f64::NAN), &[]);
    check(DType::Uint8, Some(254), &[0.0, 255.0, 254.0, 3.0, 4.0, 5.0]);
    made::<u8>(&path, &[0, 1, 2, 3, 4, 255], None, &[]);
    assert!(check(DType::Uint8, None, &[0.0, 1.0, 2.0, 3.0, 4.0, 255.0]).is_empty());
    made::<u16>(&path, &[0, 1, 2, 3, 4, 5], Some(0.0), &[]);
    check(DType::Uint16, Some(0), &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    made::<i32>(&path, &[-5, 1, 2, 3, 4, 5], None, &[]);
    check(DType::Int16, None, &[-5.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
}

#[test]
fn what_is_no_classes_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, out) = (folder.path().join("in.tif"), folder.path().join("out.tif"));
    let code = || {
        let refusal = translate(&path, &out).expect_err("a refusal");
        let left =
            std::fs::read_dir(folder.path()).expect("it is there").filter_map(|entry| Some(entry.ok()?.file_name()));
        let left: Vec<_> = left.filter(|name| !name.to_string_lossy().starts_with("in.tif")).collect();
        assert!(left.is_empty(), "left behind: {left:?}");
        (refusal.code, refusal.message)
    };
    made::<f32>(&path, &[1.0, 2.0, 3.0, 4.0, 5.5, 6.0], None, &[]);
    let (fraction, message) = code();
    assert!(
        fraction == RefusalCode::NotWholeNumbers && message.starts_with("5.5 at column 1, row 1, band 1"),
        "{message}"
    );
    made::<f32>(&path, &[1.0, f32::NAN, 3.0, 4.0, 5.0, 6.0], None, &[]);
    assert_eq!(code().0, RefusalCode::NotWholeNumbers);
    made::<i32>(&path, &[1, 70_000, 3, 4, 5, 6], None, &[]);
    assert_eq!(code().0, RefusalCode::ValuesOutOfRange);
    made::<i32>(&path, &[-1, 40_000, 3, 4, 5, 6], None, &[]);
    assert_eq!(code().0, RefusalCode::ValuesOutOfRange);
    made::<u8>(&path, &[1; 3 * 64], None, &["COMPRESS=JPEG"]);
    assert_eq!(code().0, RefusalCode::Lossy);
    // A mosaic under another name would read whatever file it names.
    let other = folder.path().join("in.tif.other");
    made::<u8>(&other, &[1; 3], None, &[]);
    let mosaic = format!(
        "<VRTDataset rasterXSize=\"3\" rasterYSize=\"1\"><VRTRasterBand dataType=\"Byte\" band=\"1\"><SimpleSource><SourceFilename>{}</SourceFilename>\
         <SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>",
        other.display()
    );
    std::fs::write(&path, mosaic).expect("written");
    let (recipe, message) = code();
    assert!(recipe == RefusalCode::NotReadable && message.contains("it is a VRT"), "{message}");
    std::fs::write(&path, b"II*\0garbage").expect("written");
    assert_eq!(code().0, RefusalCode::NotReadable);
    for (name, expected) in [
        ("/vsicurl/http://127.0.0.1/x.tif", RefusalCode::NotALocalFile),
        ("http://127.0.0.1/x.tif", RefusalCode::NotALocalFile),
        ("nowhere.tif", RefusalCode::FileMissing),
    ] {
        assert_eq!(translate(Path::new(name), &out).expect_err("a refusal").code, expected);
    }
}

#[test]
fn palettes_masks_and_a_given_crs_are_carried() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, out) = (folder.path().join("in.tif"), folder.path().join("out.tif"));
    let driver = DriverManager::get_driver_by_name("GTiff").expect("GTiff");
    let mut file = driver.create_with_band_type::<u8, _>(&path, 700, 600, 1).expect("it");
    file.set_geo_transform(&[0.0, 1.0, 0.0, 0.0, 0.0, -1.0]).expect("set");
    {
        let mut band = file.rasterband(1).expect("a band");
        let mut colors = ColorTable::new(PaletteInterpretation::Rgba);
        colors.set_color_entry(7, &ColorEntry::rgba(10, 20, 30, 255));
        band.set_color_table(&colors);
        band.create_mask_band(true).expect("a mask");
        let values: Vec<u8> = (0..420_000_u32).map(|i| (i % 251) as u8).collect();
        band.write((0, 0), (700, 600), &mut Buffer::new((700, 600), values)).expect("written");
        let mask: Vec<u8> = (0..420_000_u32).map(|i| if i % 3 == 0 { 0 } else { 255 }).collect();
        let mut of_band = band.open_mask_band().expect("a mask");
        of_band.write((0, 0), (700, 600), &mut Buffer::new((700, 600), mask)).expect("written");
    }
    file.close().expect("closed");
    let crs_override = Some(text("EPSG:31976"));
    let question = RasterQuestion { path: path.clone(), crs_override, out: out.clone() };
    ask(Question::Raster(question)).expect("an answer");
    let ((file, values, _), (source, expected, _)) = (read(&out), read(&path));
    assert_eq!(values, expected);
    assert_eq!(file.spatial_ref().expect("a CRS").authority().expect("a code"), "EPSG:31976");
    let (band, from) = (file.rasterband(1).expect("a band"), source.rasterband(1).expect("a band"));
    let entry = band.color_table().and_then(|colors| colors.entry_as_rgb(7)).expect("a colour");
    assert_eq!((entry.r, entry.g, entry.b), (10, 20, 30));
    let mask = |b: &gdal::raster::RasterBand<'_>| {
        b.open_mask_band().and_then(|m| m.read_band_as::<u8>()).expect("a mask").data().to_vec()
    };
    let (found, wanted) = (mask(&band), mask(&from));
    assert!(found == wanted && found.iter().filter(|v| **v == 0).count() == 140_000);
}

#[test]
fn oddities_are_translated_or_refused_by_name() {
    let Some(folder) = shared("oddities") else { return };
    let out = tempfile::tempdir().expect("a folder");
    let cases: [(&str, Result<DType, RefusalCode>); 8] = [
        ("all_nodata.tif", Ok(DType::Int16)),
        ("complex.tif", Err(RefusalCode::Complex)),
        ("dataset_mask.tif", Ok(DType::Uint8)),
        ("geomatrix.tif", Ok(DType::Uint8)),
        ("int64.tif", Ok(DType::Uint8)),
        ("slope_classes.tif", Ok(DType::Uint8)),
        ("slope_nodata.tif", Err(RefusalCode::NotWholeNumbers)),
        ("south-up.tif", Err(RefusalCode::NotWholeNumbers)),
    ];
    for (name, expected) in cases {
        let (path, target): (PathBuf, PathBuf) = (folder.join(name), out.path().join(name));
        let found = translate(&path, &target).map(|done| done.dtype).map_err(|refusal| refusal.code);
        assert_eq!(found, expected, "{name}");
        if expected.is_ok() {
            let transform = |path: &Path| Dataset::open(path).and_then(|f| f.geo_transform()).expect("a place");
            assert_eq!(transform(&target), transform(&path), "{name}");
        }
    }
}
