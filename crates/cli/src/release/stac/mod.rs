//! `stac/`: the release as a STAC 1.1 collection with an item for each period, for catalogues and their tools.
//!
//! All links are relative, so that a release can be moved as a whole.

mod assets;
mod classes;
mod collection;
mod item;
mod links;
mod time;

use mutirao_engine::{EngineError, Result, publish::Staging};
use serde_json::Value;

use self::assets::Shelf;
use super::{Content, hashes::Hashes};

const PROJECTION: &str = "https://stac-extensions.github.io/projection/v2.0.0/schema.json";
const CLASSIFICATION: &str = "https://stac-extensions.github.io/classification/v2.0.0/schema.json";
const FILE: &str = "https://stac-extensions.github.io/file/v2.1.0/schema.json";
const PROCESSING: &str = "https://stac-extensions.github.io/processing/v1.1.0/schema.json";
const VERSION: &str = "https://stac-extensions.github.io/version/v1.2.0/schema.json";
const RENDER: &str = "https://stac-extensions.github.io/render/v2.0.0/schema.json";
const SCIENTIFIC: &str = "https://stac-extensions.github.io/scientific/v1.0.0/schema.json";

/// The name and version of what made a release, for `processing:software`.
fn software() -> Value {
    serde_json::json!({ "mutirao": env!("CARGO_PKG_VERSION") })
}

/// The collection's id; an item's has its period behind it.
fn collection_id(content: &Content<'_>) -> String {
    format!("{}-{}", content.pipeline.id, content.pipeline.version)
}

/// Writes the collection and its items; the files that they name must be there.
pub(super) fn write(content: &Content<'_>, staging: &Staging, hashes: &mut Hashes) -> Result<()> {
    let mut shelf = Shelf::new(staging, hashes)?;
    let collection = collection::collection(content, &mut shelf)?;
    put(staging, "stac/collection.json", &collection)?;
    for (at, period) in content.plan.periods.iter().enumerate() {
        put(staging, &format!("stac/{period}/item.json"), &item::item(content, at, &mut shelf)?)?;
    }
    Ok(())
}

fn put(staging: &Staging, name: &str, document: &Value) -> Result<()> {
    let text = serde_json::to_string_pretty(document)
        .map_err(|error| EngineError::Malformed { path: staging.folder().join(name), what: error.to_string() })?;
    staging.write(name, &(text + "\n"))
}
