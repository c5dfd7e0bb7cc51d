//! Territories and outputs.

use super::{Key, Kind, Table};

/// A kind of territories.
pub(crate) static TERRITORY: Table = Table {
    name: "territory",
    about: "Territories of one kind: polygons of a vector file, the values of a region layer, or a crossing.",
    choices: &[&["source", "key"], &["cross"], &["layer"]],
    keys: &[
        Key::new("source", Kind::Path, "A vector file."),
        Key::new("key", Kind::Text, "For vectors: the attribute that tells territories apart."),
        Key::new("name", Kind::Text, "For vectors: the attribute with the name.").or("the key"),
        Key::new("layer", Kind::Text, "A region layer; with `source`, which layer of the file."),
        Key::new("crs", Kind::Text, "The CRS, instead of the file's."),
        Key::new("allow_ballpark", Kind::Bool, "Whether a ballpark transformation is good enough.").or("false"),
        Key::new("cross", Kind::Pair(&Kind::Text), "Two kinds that are no crossings; keys are joined by `|`."),
    ],
};

/// `outputs`.
pub(crate) static OUTPUTS: Table = Table {
    name: "outputs",
    about: "What is written, and how.",
    choices: &[],
    keys: &[
        Key::new(
            "compression",
            Kind::Either(&[Kind::Words(&["deflate", "zstd"]), Kind::Table(&COMPRESSION)]),
            "Of the COGs: a method, or a method with its level.",
        )
        .or("deflate"),
        Key::new("tile", Kind::Integer(64, 4096), "Pixels on a side of a tile, a multiple of 16.").or("512"),
        Key::new("overviews", Kind::Words(&["mode", "nearest"]), "How overviews are made.").or("mode"),
        Key::new("sheet", Kind::Integer(64, 1 << 31), "Pixels on a side of a sheet, a multiple of the tile.")
            .or("65536"),
        Key::new("nodata", Kind::Integer(0, 65_535), "The value of nothing in the coverage.").or("0"),
        Key::new("agreement", Kind::Bool, "Whether agreement is written.").or("true"),
        Key::new("provenance", Kind::Words(&["true", "source", "false"]), "Which bands of provenance are written.")
            .or("true"),
        Key::new("transitions", Kind::Bool, "Whether areas of transitions are written.").or("true"),
        Key::new(
            "patches",
            Kind::Either(&[Kind::Words(&["auto", "none"]), Kind::Table(&PATCHES)]),
            "Patches of one class and source as polygons.",
        )
        .or("auto"),
    ],
};

/// `compression` with a level.
static COMPRESSION: Table = Table {
    name: "compression",
    about: "A method of compression with its level.",
    choices: &[&["deflate"], &["zstd"]],
    keys: &[
        Key::new(
            "deflate",
            Kind::Integer(1, 12),
            "The level of DEFLATE; 5 where only the word is written. 5 and 6 are an encoder made for class maps, mostly smaller and quicker than the levels of libdeflate around them.",
        ),
        Key::new("zstd", Kind::Integer(1, 19), "The level of ZSTD; 3 where only the word is written."),
    ],
};

/// `patches` in full.
static PATCHES: Table = Table {
    name: "patches",
    about: "Which patches are written.",
    choices: &[],
    keys: &[
        Key::new("min_ha", Kind::Number, "Patches of at least so many hectares."),
        Key::new("classes", Kind::Values, "Patches of these classes."),
    ],
};
