//! Files beside a GeoTIFF that say what its pixels mean or where they lie, as GDAL and all that is built on it take them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use mutirao_geotiff::statement;

/// What GDAL writes into an `.aux.xml` when somebody gives a file, opened for reading, a nodata value, a CRS, a place or an alpha band.
/// Statistics, histograms, class names and colours are no matter of pixels.
const WORDS: [&str; 5] = ["<NoDataValue", "<SRS", "<GeoTransform", "<GCPList", "<ColorInterp>Alpha<"];

/// The files beside a GeoTIFF without which it is not what it is meant to be. `is_placed` is asked only where a world file is there:
/// it places a file that has no place of its own, and moves none.
pub fn bearing(path: &Path, is_placed: impl FnOnce() -> bool) -> Vec<PathBuf> {
    let (mask, aux) = (behind(path, "msk"), behind(path, "aux.xml"));
    let mut found = Vec::new();
    found.extend(mask.is_file().then_some(mask));
    found.extend(speaks(&aux).then_some(aux));
    let world = world_files(path).into_iter().find(|world| world.is_file());
    found.extend(world.filter(|_| !is_placed()));
    found
}

/// A file, and if it is a GeoTIFF by its name, the files beside it that bear on it.
pub fn with_bearing(path: &Path) -> Vec<PathBuf> {
    let mut files = vec![path.to_owned()];
    if is_tiff(path) {
        files.extend(bearing(path, || statement(path).is_ok_and(|statement| statement.transform.is_some())));
    }
    files
}

/// Whether a file is a GeoTIFF by its name.
pub fn is_tiff(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ["tif", "tiff"].iter().any(|own| ending.eq_ignore_ascii_case(own)))
}

/// A file of the same name with more behind it.
pub fn behind(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// The names that a world file may have: for `png` those with `pgw`, `pngw` and `wld`, small or capital.
pub fn world_files(path: &Path) -> Vec<PathBuf> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let short: String = ending.chars().take(1).chain(ending.chars().last()).chain(['w']).collect();
    let endings = [short, format!("{ending}w"), "wld".to_owned()];
    let both = endings.iter().flat_map(|ending| [ending.to_lowercase(), ending.to_uppercase()]);
    both.map(|ending| path.with_extension(OsString::from(ending))).collect()
}

fn speaks(aux: &Path) -> bool {
    let text = std::fs::read(aux).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    WORDS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_bears_on_pixels_or_place_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.TIF");
        let found = |is_placed: bool| {
            let names = bearing(&path, || is_placed).into_iter();
            names.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let band =
            |inside: &str| format!("<PAMDataset><PAMRasterBand band=\"1\">{inside}</PAMRasterBand></PAMDataset>");
        assert!(found(false).is_empty());
        let looks = "<Histograms/><Metadata><MDI key=\"STATISTICS_MAXIMUM\">9</MDI></Metadata><ColorInterp>Palette</ColorInterp>";
        put("m.TIF.aux.xml", &band(looks));
        put("m.TIF.ovr", "overviews");
        assert!(found(false).is_empty());
        put("m.TIF.aux.xml", &band("<NoDataValue>9</NoDataValue>"));
        put("m.tfw", "");
        assert_eq!(found(true), ["m.TIF.aux.xml"]);
        assert_eq!(found(false), ["m.TIF.aux.xml", "m.tfw"]);
        put("m.TIF.msk", "");
        assert_eq!(found(true), ["m.TIF.msk", "m.TIF.aux.xml"]);
    }
}
