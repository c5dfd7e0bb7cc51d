//! Delivered rasters: what each says of itself, and its pixels.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mutirao_check::CheckFinding;
use mutirao_core::{
    door::RasterStated,
    raster::{DType, RasterFacts, RasterSource},
    statement::Statement,
};
use mutirao_geotiff::{OpenError, statement};

use super::{facts::FileFacts, job::unreadable};
use crate::{network::Tools, open::sidecars::bearing};

/// A delivered raster.
pub struct RasterFile {
    /// Its path.
    pub path: PathBuf,
    /// What it says of itself.
    pub statement: Statement,
    /// Reads its pixels; none where that cannot be.
    pub source: Option<Arc<dyn RasterSource>>,
}

impl RasterFile {
    /// What is told of it.
    pub fn facts(&self) -> FileFacts {
        FileFacts { path: self.path.display().to_string(), periods: Vec::new(), statement: self.statement.clone() }
    }

    /// Whether values are signed numbers, by their bits two's complements.
    pub fn is_signed(&self) -> bool {
        self.source.as_ref().is_some_and(|source| source.facts().dtype == DType::Int16)
    }
}

/// Opens rasters. What cannot be read is told; a file whose statement alone can be read is kept.
pub fn open(paths: &[PathBuf], tools: &Tools) -> (Vec<RasterFile>, Vec<CheckFinding>) {
    let (mut files, mut findings) = (Vec::new(), Vec::new());
    for path in paths {
        match one(path, tools) {
            Ok((file, finding)) => {
                files.push(file);
                findings.extend(finding);
            }
            Err(finding) => findings.push(*finding),
        }
    }
    (files, findings)
}

fn one(path: &Path, tools: &Tools) -> Result<(RasterFile, Option<CheckFinding>), Box<CheckFinding>> {
    let name = path.display().to_string();
    if !path.is_file() {
        let message = format!("there is no file {name}");
        return Err(Box::new(unreadable(&name, message, "see that the path is right")));
    }
    let stated = statement(path);
    let opened = match &stated {
        Err(error @ (OpenError::Io { .. } | OpenError::Corrupt { .. })) => {
            return Err(Box::new(unreadable(&name, format!("{name}: {error}"), "deliver the file again")));
        }
        Ok(_) | Err(OpenError::NotTiff | OpenError::Unsupported { .. }) => tools.files().raster(path),
    };
    match (stated, opened) {
        (stated, Ok(raster)) => {
            let facts = raster.opened.source.facts();
            let statement = match (stated, &raster.translated) {
                (Ok(statement), None) => statement,
                (Ok(statement), Some(translated)) => amended(path, statement, facts, &translated.stated),
                (Err(_), translated) => foreign(path, facts, translated.as_ref().map(|facts| &facts.stated)),
            };
            Ok((RasterFile { path: path.to_owned(), statement, source: Some(raster.opened.source) }, None))
        }
        (Ok(statement), Err(refused)) => {
            let message = format!("the pixels of {name} could not be read: {}", refused.message);
            let finding = unreadable(&name, message, &refused.mend);
            Ok((RasterFile { path: path.to_owned(), statement, source: None }, Some(finding)))
        }
        (Err(_), Err(_)) if is_vector(path) => {
            let message = format!("{name} is a vector or a table, and the contract is of a raster");
            let mend = "say `physicalType: vector` or `table` in the contract's schema, or deliver the raster";
            Err(Box::new(unreadable(&name, message, mend)))
        }
        (Err(_), Err(refused)) => Err(Box::new(unreadable(&name, refused.message, &refused.mend))),
    }
}

/// Whether a file is a vector or a table by its ending.
fn is_vector(path: &Path) -> bool {
    let endings = ["csv", "tsv", "gpkg", "shp", "geojson", "json", "topojson", "parquet", "fgb", "kml", "gml"];
    path.extension().is_some_and(|ending| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// What a TIFF says together with the files beside it. An alpha band of it is a mask, and none of its bands.
fn amended(path: &Path, own: Statement, facts: &RasterFacts, stated: &RasterStated) -> Statement {
    let whole =
        Statement { bands: facts.bands, mask: facts.mask, band_descriptions: facts.band_descriptions.clone(), ..own };
    if bearing(path, || whole.transform.is_some()).is_empty() {
        return whole;
    }
    Statement { nodata: stated.nodata.clone(), transform: facts.transform, geo_keys: facts.geo_keys.clone(), ..whole }
}

/// What a file that is no TIFF says, by its translation.
fn foreign(path: &Path, facts: &RasterFacts, stated: Option<&RasterStated>) -> Statement {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    Statement {
        format: if ending.is_empty() { "another format".to_owned() } else { ending },
        size: [facts.width, facts.height],
        bands: facts.bands,
        dtype: stated.map_or_else(|| facts.dtype.to_string(), |stated| stated.dtype.clone()),
        nodata: stated.and_then(|stated| stated.nodata.clone()),
        mask: facts.mask,
        transform: facts.transform,
        geo_keys: facts.geo_keys.clone(),
        band_descriptions: facts.band_descriptions.clone(),
        compression: None,
        block: [facts.width, facts.height],
        overviews: 0,
        is_cog: false,
        licence: None,
    }
}
