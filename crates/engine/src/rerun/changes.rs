//! What a rerun does again, and why.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

/// How many tiles are made again, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Tiles of the coverage, each with all its periods.
    pub tiles: u64,
    /// Tiles that are taken over from the earlier release.
    pub copied: u64,
    /// Tiles that are made.
    pub redone: u64,
    /// Why; a tile may be made again for several reasons.
    pub causes: Vec<Cause>,
}

/// Why tiles are made again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum Cause {
    /// All of them.
    Everything {
        /// What changed that concerns all tiles, or why no earlier release can be used.
        why: String,
    },
    /// A file of a layer holds something else, or is new to it.
    File {
        /// The layer.
        layer: String,
        /// The file, as the pipeline names it.
        file: String,
        /// In how many tiles.
        tiles: u64,
    },
    /// What the pipeline says of a layer: crosswalk, nodata, members, resampling; or a file less.
    Layer {
        /// The layer.
        layer: String,
        /// In how many tiles.
        tiles: u64,
    },
    /// A kind of territories lies elsewhere, or has other keys.
    Territories {
        /// The kind.
        kind: String,
        /// In how many tiles.
        tiles: u64,
    },
    /// So many different combinations that they are not recorded.
    Unrecorded {
        /// In how many tiles.
        tiles: u64,
    },
    /// Rules, method or classes give something else for what the tile holds.
    Rules {
        /// In how many tiles.
        tiles: u64,
    },
}

impl Cause {
    /// In words, for people.
    pub fn words(&self) -> String {
        let in_tiles = |tiles: &u64| if *tiles == 1 { "1 tile".to_owned() } else { format!("{tiles} tiles") };
        match self {
            Cause::Everything { why } => format!("everything: {why}"),
            Cause::File { layer, file, tiles } => format!("layer {layer}: {file} changed in {}", in_tiles(tiles)),
            Cause::Layer { layer, tiles } => {
                format!("layer {layer}: what the pipeline says of it changed, in {}", in_tiles(tiles))
            }
            Cause::Territories { kind, tiles } => format!("territories {kind}: changed in {}", in_tiles(tiles)),
            Cause::Unrecorded { tiles } => format!("too varied to be recorded: {}", in_tiles(tiles)),
            Cause::Rules { tiles } => format!("rules, method or classes: another result in {}", in_tiles(tiles)),
        }
    }
}

/// Counts tiles by cause.
#[derive(Debug, Default)]
pub(super) struct Tallied {
    files: BTreeMap<(String, String), u64>,
    layers: BTreeMap<String, u64>,
}

impl Tallied {
    /// A tile more in which a file of a layer changed.
    pub fn file(&mut self, layer: &str, file: &Path) {
        *self.files.entry((layer.to_owned(), file.display().to_string())).or_default() += 1;
    }

    /// A tile more in which what is said of a layer changed.
    pub fn layer(&mut self, layer: &str) {
        *self.layers.entry(layer.to_owned()).or_default() += 1;
    }

    /// All causes, in the order of their names.
    pub fn into_causes(self) -> Vec<Cause> {
        let file = |((layer, file), tiles)| Cause::File { layer, file, tiles };
        let layer = |(layer, tiles)| Cause::Layer { layer, tiles };
        self.files.into_iter().map(file).chain(self.layers.into_iter().map(layer)).collect()
    }
}
