//! The files of a release, and what they are.

use mutirao_engine::{EngineError, Result, publish::Staging};

use crate::show::table::bytes;

/// Files that stand alone.
const KNOWN: [(&str, &str); 17] = [
    ("README.md", "what this release is, in words"),
    ("CITATION.cff", "how to cite it, for programs"),
    ("legend.csv", "the classes: code, parent, name, colour"),
    ("pipeline.yaml", "what the network agreed on: layers, rules, territories"),
    ("coverage.vrt", "the periods as bands of one raster"),
    ("areas.parquet", "areas by period, territory, class, source and rule"),
    ("areas.csv", "areas by period, territory and class"),
    ("transitions.parquet", "what became of every class, by territory"),
    ("territories.parquet", "the territories, as they were counted (GeoParquet)"),
    ("coverage.parquet", "patches of one class and source (GeoParquet)"),
    ("sources.parquet", "who speaks: layer, partner, version, licence"),
    ("inputs.parquet", "the files it was made from, with hashes"),
    ("districts.parquet", "districts with what partners know of them (GeoParquet)"),
    ("edits.parquet", "what was edited in districts"),
    ("indicators.parquet", "indicators by district"),
    ("qa.parquet", "the checks that the layers went through"),
    ("stac/collection.json", "the release for STAC catalogues"),
];

/// Folders with a file for each period, and sheets below it where there are several.
const FOLDERS: [(&str, &str); 4] = [
    ("coverage", "the class of every pixel (Cloud-Optimized GeoTIFF)"),
    ("provenance", "source, rule and part of every pixel"),
    ("agreement", "how many layers speak and agree"),
    ("preview", "pictures with legend"),
];

/// A line of the list.
pub struct FileRow {
    /// Name and address of each file, seen from the page.
    pub links: Vec<(String, String)>,
    /// The folder they stand in; empty for a file that stands alone.
    pub folder: &'static str,
    /// What they are.
    pub says: &'static str,
    /// How large.
    pub size: String,
}

/// The files that are there.
pub fn rows(staging: &Staging, periods: &[String]) -> Result<Vec<FileRow>> {
    let names = staging.files()?;
    let mut rows = Vec::new();
    for (folder, says) in FOLDERS {
        let own: Vec<&String> = names.iter().filter(|name| name.starts_with(&format!("{folder}/"))).collect();
        let direct = |label: &String| {
            let of = |ending: &str| format!("{folder}/{label}.{ending}");
            let found = ["tif", "vrt", "png"].map(of).into_iter().find(|name| names.contains(name))?;
            Some((label.clone(), format!("../{found}")))
        };
        let links: Vec<_> = periods.iter().filter_map(direct).collect();
        if !links.is_empty() {
            rows.push(FileRow { links, folder, says, size: size(staging, &own)? });
        }
    }
    for (name, says) in KNOWN {
        // The catalogue and the manifest are written after this page.
        let is_there = name.starts_with("stac/") || names.iter().any(|there| there == name);
        if is_there {
            let own: Vec<&String> = names.iter().filter(|there| *there == name).collect();
            let links = vec![(name.to_owned(), format!("../{name}"))];
            rows.push(FileRow { links, folder: "", says, size: size(staging, &own)? });
        }
    }
    let links = vec![("manifest.json".to_owned(), "../manifest.json".to_owned())];
    rows.push(FileRow { links, folder: "", says: "every file and input with its sha256", size: String::new() });
    Ok(rows)
}

fn size(staging: &Staging, names: &[&String]) -> Result<String> {
    let mut sum = 0;
    for name in names {
        let path = staging.folder().join(name);
        sum += std::fs::metadata(&path).map_err(EngineError::io("read", &path))?.len();
    }
    Ok(if names.is_empty() { String::new() } else { bytes(sum) })
}
