//! The pipeline itself, its grid, periods and partners.

use super::{Key, Kind, Table, coverage::COVERAGE, layers::LAYER, outputs::OUTPUTS, outputs::TERRITORY};

pub(crate) const MAX_PERIODS: usize = 64;
pub(crate) const MAX_LAYERS: usize = 64;
pub(crate) const MAX_RULES: usize = 256;
pub(crate) const MAX_SIZE: i64 = 1 << 31;

/// `pipeline.yaml`.
pub(crate) static PIPELINE: Table = Table {
    name: "pipeline",
    about: "How the layers of a network become one coverage.",
    choices: &[],
    keys: &[
        Key::new("mutirao", Kind::Integer(1, 1), "Version of this format.").required(),
        Key::new("id", Kind::Text, "The network's id, a part of the release's folder.").required(),
        Key::new("title", Kind::Text, "A title for people.").or("the id"),
        Key::new("version", Kind::Text, "The release's version, text as written.").required(),
        Key::new("license", Kind::Licence, "Licence of the merged product, an SPDX id."),
        Key::new("citation", Kind::Text, "How to cite it."),
        Key::new("contact", Kind::Text, "Whom to ask."),
        Key::new("doi", Kind::Text, "Its DOI."),
        Key::new("grid", Kind::Table(&GRID), "The grid of the coverage.").required(),
        Key::new("legend", Kind::Path, "The table of classes: id,parent,name,color.").required(),
        Key::new(
            "periods",
            Kind::Either(&[Kind::Periods, Kind::Named("period", &Kind::Table(&BOUNDS))]),
            "The periods that the coverage has a map for, as labels or with their first and last day.",
        )
        .required(),
        Key::new("partners", Kind::Named("partner", &Kind::Table(&PARTNER)), "Who delivers layers."),
        Key::new("layers", Kind::Named("layer", &Kind::Table(&LAYER)), "What the coverage is made of.").required(),
        Key::new(
            "groups",
            Kind::Named("group", &Kind::Values),
            "Names for sets of values; a group may name others, but not in a ring.",
        ),
        Key::new("coverage", Kind::Table(&COVERAGE), "How layers become a coverage.").required(),
        Key::new("filters", Kind::List(&Kind::Anything), "Filters over the coverage.").or("[]").unbuilt(),
        Key::new("territories", Kind::Named("kind", &Kind::Table(&TERRITORY)), "By what areas are counted."),
        Key::new("outputs", Kind::Table(&OUTPUTS), "What is written, and how."),
    ],
};

/// `grid`.
static GRID: Table = Table {
    name: "grid",
    about: "The grid of the coverage, given outright or taken from a raster file.",
    choices: &[&["like"], &["crs", "origin", "resolution", "size"]],
    keys: &[
        Key::new("crs", Kind::Text, "The CRS, such as EPSG:31976; with `like`, instead of the file's."),
        Key::new(
            "origin",
            Kind::Pair(&Kind::Number),
            "Outer corner of the upper left pixel, [east, north] whatever the CRS's axis order.",
        ),
        Key::new(
            "resolution",
            Kind::Either(&[Kind::Above(0.0, f64::INFINITY), Kind::Pair(&Kind::Above(0.0, f64::INFINITY))]),
            "Width and height of a pixel in the CRS's units: one number or [x, y].",
        ),
        Key::new("size", Kind::Pair(&Kind::Integer(1, MAX_SIZE)), "Columns and rows."),
        Key::new("like", Kind::Path, "A raster file whose grid is taken."),
        Key::new("tolerance", Kind::Above(0.0, 0.5), "How far a layer's corner may lie from a node, in pixels.")
            .or("0.01"),
    ],
};

/// A period with bounds.
static BOUNDS: Table = Table {
    name: "bounds",
    about: "The days that a period spans.",
    choices: &[],
    keys: &[
        Key::new("start", Kind::Date, "Its first day.").required(),
        Key::new("end", Kind::Date, "Its last day.").required(),
    ],
};

/// A partner.
static PARTNER: Table = Table {
    name: "partner",
    about: "Someone who delivers layers.",
    choices: &[],
    keys: &[
        Key::new("name", Kind::Text, "Its name.").or("the id"),
        Key::new("url", Kind::Text, "Its home page."),
        Key::new("license", Kind::Licence, "Licence of what it delivers, an SPDX id."),
        Key::new("attribution", Kind::Text, "How it wants to be named."),
    ],
};
