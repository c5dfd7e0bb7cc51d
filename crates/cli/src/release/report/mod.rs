//! `report/`: the release as one static page that opens from a folder, without a network and without scripts.
//!
//! Nothing stands within the page that a policy of `default-src 'self'` would forbid: styles and scripts are files beside it, colours are
//! attributes of SVG. Where a server answers range requests, a script puts a map in place of the previews.

mod agreement;
mod areas;
mod charts;
mod files;
mod head;
mod map;
mod page;
mod sources;
mod territories;
mod transitions;
mod warnings;
mod words;

use askama::Template;
use mutirao_engine::{EngineError, Result, publish::Staging};

use self::page::Page;
use super::Content;

/// What lies beside the page: style, and the map with its licences (`map/README.md` says where it comes from).
const BESIDE: [(&str, &str); 4] = [
    ("report/style.css", include_str!("style.css")),
    ("report/map.css", include_str!("map/map.css")),
    ("report/map.js", include_str!("map/map.js")),
    ("report/LICENSES.txt", include_str!("map/LICENSES.txt")),
];

/// Writes the page; the tables and previews that it tells of must be there.
pub(super) fn write(content: &Content<'_>, staging: &Staging) -> Result<()> {
    for (name, text) in BESIDE {
        staging.write(name, text)?;
    }
    let malformed = |error: askama::Error| EngineError::Malformed {
        path: staging.folder().join("report/index.html"),
        what: error.to_string(),
    };
    staging.write("report/index.html", &Page::of(content, staging)?.render().map_err(malformed)?)
}
