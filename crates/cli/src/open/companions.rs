//! The files that a foreign file consists of: a translation holds only as long as none of them changes.

use std::path::{Path, PathBuf};

use super::sidecars::{behind, is_tiff, with_bearing, world_files};

/// Endings that stand in place of the file's own: the parts of a shapefile, types of a CSV's columns, a header, a large ERDAS file's pixels.
const INSTEAD: [&str; 9] = ["dbf", "shx", "prj", "cpg", "csvt", "hdr", "aux", "ige", "rrd"];

/// Endings that follow the file's whole name: GDAL's own remarks, a mask, a header.
const BEHIND: [&str; 3] = ["aux.xml", "msk", "hdr"];

/// Formats of one file: what stands beside it under the same name belongs to another.
const ALONE: [&str; 7] = ["gpkg", "parquet", "fgb", "geojson", "json", "topojson", "kml"];

/// Mosaics of mosaics are followed this far.
const DEPTH: u32 = 4;

/// The files that are read together: a GeoTIFF is read by itself unless files beside it say more of it; other formats may consist of several.
pub fn read_with(path: &Path) -> Vec<PathBuf> {
    if is_tiff(path) { with_bearing(path) } else { parts_of(path) }
}

/// The file and those beside it that belong to it, or that it is a mosaic of; the files of a folder.
pub fn parts_of(path: &Path) -> Vec<PathBuf> {
    if path.is_dir() {
        let mut files: Vec<PathBuf> = std::fs::read_dir(path)
            .map(|entries| entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect())
            .unwrap_or_default();
        files.sort();
        return files;
    }
    let mut parts = Vec::new();
    gather(path, DEPTH, &mut parts);
    parts
}

fn gather(path: &Path, depth: u32, parts: &mut Vec<PathBuf>) {
    if parts.iter().any(|known| known == path) {
        return;
    }
    parts.push(path.to_owned());
    if ALONE.iter().any(|own| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(own))) {
        return;
    }
    for beside in beside(path) {
        if beside.is_file() && !parts.contains(&beside) {
            parts.push(beside);
        }
    }
    if depth > 0 && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("vrt")) {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        for part in mosaic_parts(&text).map(|part| path.parent().unwrap_or(Path::new("")).join(part)) {
            if part.is_file() {
                gather(&part, depth - 1, parts);
            }
        }
    }
}

fn beside(path: &Path) -> impl Iterator<Item = PathBuf> {
    let instead = INSTEAD.iter().map(|ending| path.with_extension(ending));
    instead.chain(world_files(path)).chain(BEHIND.iter().map(|ending| behind(path, ending)))
}

/// The files that the text of a VRT names, as it names them.
fn mosaic_parts(text: &str) -> impl Iterator<Item = String> {
    ["SourceFilename", "SourceDataset"].into_iter().flat_map(move |element| {
        let (open, close) = (format!("<{element}"), format!("</{element}>"));
        let mut rest = text;
        std::iter::from_fn(move || {
            let behind = &rest[rest.find(&open)? + open.len()..];
            let content = &behind[behind.find('>')? + 1..];
            let (name, after) = content.split_at(content.find(&close)?);
            rest = after;
            Some(unescaped(name))
        })
    })
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mosaic_is_made_of_its_parts_and_of_those_of_its_parts() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let source = |name: &str| format!("<SourceFilename relativeToVRT=\"1\">{name}</SourceFilename>");
        put("all.vrt", &format!("<VRTDataset>{}{}</VRTDataset>", source("a &amp; b.tif"), source("more.vrt")));
        put("more.vrt", &format!("<VRTDataset>{}{}{}", source("c.png"), source("all.vrt"), source("gone.tif")));
        for name in ["a & b.tif", "a & b.tif.msk", "c.png", "c.pgw", "c.qml"] {
            put(name, "");
        }
        let parts = parts_of(&folder.path().join("all.vrt"));
        let names: Vec<_> = parts.iter().map(|part| part.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(parts_of(&folder.path().join("c.gpkg")).len(), 1);
        assert_eq!(names, ["all.vrt", "a & b.tif", "a & b.tif.msk", "more.vrt", "c.png", "c.pgw"]);
    }
}
