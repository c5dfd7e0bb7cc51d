//! Assets: files of the release with size and checksum.

use std::collections::BTreeSet;

use mutirao_engine::{Result, publish::Staging};
use serde_json::{Map, Value, json};

use super::super::hashes::Hashes;

/// The files of the release that are there.
pub struct Shelf<'a> {
    names: BTreeSet<String>,
    hashes: &'a mut Hashes,
}

/// What is said of an asset besides what its file says.
pub struct Label<'a> {
    /// For people.
    pub title: &'a str,
    /// What it is for: `data`, `metadata`, `thumbnail`.
    pub roles: &'a [&'a str],
}

/// From `stac/collection.json` to the release's folder.
pub const FROM_COLLECTION: &str = "../";

/// From `stac/<period>/item.json` to the release's folder.
pub const FROM_ITEM: &str = "../../";

impl<'a> Shelf<'a> {
    /// The files written so far.
    pub fn new(staging: &Staging, hashes: &'a mut Hashes) -> Result<Self> {
        Ok(Shelf { names: staging.files()?.into_iter().collect(), hashes })
    }

    /// Whether a file is there.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// A file as an asset; none if it is not there.
    pub fn asset(&mut self, name: &str, from: &str, label: &Label<'_>) -> Result<Option<Map<String, Value>>> {
        if !self.has(name) {
            return Ok(None);
        }
        let entry = self.hashes.entry(name)?;
        let mut asset = Map::new();
        asset.insert("href".into(), format!("{from}{name}").into());
        asset.insert("title".into(), label.title.into());
        asset.insert("type".into(), media_type(name).into());
        asset.insert("roles".into(), json!(label.roles));
        asset.insert("file:size".into(), entry.bytes.into());
        asset.insert("file:checksum".into(), multihash(&entry.sha256).into());
        Ok(Some(asset))
    }
}

/// A SHA-256 as a multihash in hexadecimal digits: code 0x12, length 0x20, the hash.
pub fn multihash(sha256: &str) -> String {
    format!("1220{sha256}")
}

/// The media type of a file of a release, by its ending.
pub fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "tif" => "image/tiff; application=geotiff; profile=cloud-optimized",
        "parquet" => "application/vnd.apache.parquet",
        "png" => "image/png",
        "html" => "text/html",
        "csv" => "text/csv",
        "md" => "text/markdown",
        "json" => "application/json",
        "yaml" | "cff" => "application/yaml",
        "vrt" | "xml" | "qml" | "sld" => "application/xml",
        _ => "application/octet-stream",
    }
}
