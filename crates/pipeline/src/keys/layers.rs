//! Layers and members of composites.

use super::{Key, Kind, Table};

/// What a layer may say for itself, and a member of a composite too.
macro_rules! entry_keys {
    ($($more:expr),* $(,)?) => {
        &[
            Key::new("partner", Kind::Text, "Who delivers it; an id without an entry under `partners` stands for itself."),
            Key::new("version", Kind::Text, "Version of what was delivered; filled in for {version}."),
            Key::new("contract", Kind::Path, "The agreement on it, an ODCS file."),
            Key::new("license", Kind::Licence, "Licence of it, an SPDX id.").or("the partner's"),
            Key::new(
                "source",
                Kind::OneOrMany(&Kind::Path),
                "A path, a list or a glob; {period} and {version} are filled in.",
            ),
            Key::new("periods", Kind::Periods, "The periods it speaks for; in others it is nothing.").or("all"),
            Key::new("missing", Kind::Words(&["error", "nothing", "previous"]), MISSING)
                .or("error"),
            Key::new("static", Kind::Bool, "Whether one band speaks for all periods.").or("false"),
            Key::new("band", BAND, "The band: a number from 1, or a description with {period}.")
                .or("the only one, or the one whose description is the period or ends in it"),
            Key::new("bands", Kind::Named("period", &Kind::Integer(1, 65_535)), "The band of each period, from 1."),
            Key::new("attribute", Kind::Text, "For vectors: the attribute that gives the value."),
            Key::new("layer", Kind::Text, "For vectors: which layer of the file."),
            Key::new("crosswalk", Kind::Path, "The table from the partner's codes to the legend: from,to,note; a further column parent may say what stands above a code at the partner."),
            Key::new("classes", Kind::Values, "The values it may hold, where these are not the legend's."),
            Key::new("nodata", NODATA, "The value that is nothing, or none.").or("the file's"),
            Key::new("overlap", Kind::Words(&["error", "first", "last"]), "What to do where files of a period overlap and differ.")
                .or("error"),
            Key::new("resample", RESAMPLE, "How to bring it onto the grid.").or("it is refused if it is not on the grid"),
            Key::new("crs", Kind::Text, "The CRS, instead of the file's."),
            Key::new("allow_ballpark", Kind::Bool, "Whether a ballpark transformation is good enough.").or("false"),
            $($more),*
        ]
    };
}

const MISSING: &str =
    "What to do with a period without file or band: refuse, be nothing, or hold what the latest earlier period holds.";
const BAND: Kind = Kind::Either(&[Kind::Integer(1, 65_535), Kind::Text]);
const NODATA: Kind = Kind::Either(&[Kind::Integer(i32::MIN as i64, i32::MAX as i64), Kind::Words(&["none"])]);
const RESAMPLE: Kind = Kind::Either(&[Kind::Words(METHODS), Kind::Table(&RESAMPLING)]);
const METHODS: &[&str] = &["nearest", "mode"];

/// A layer.
pub(crate) static LAYER: Table = Table {
    name: "layer",
    about: "A layer: a source of its own, or members by region. What a layer says holds for its members too.",
    choices: &[&["source"], &["members"]],
    keys: entry_keys![
        Key::new("members", Kind::Named("member", &Kind::Table(&MEMBER)), "One responsible member for each region."),
        Key::new(
            "role",
            Kind::Words(&["class", "region", "value"]),
            "Classes of the map; regions or numbers for conditions."
        )
        .or("class"),
        Key::new("date", Kind::Date, "Its date, for `most-recent`."),
        Key::new(
            "fallback",
            Kind::List(&Kind::Text),
            "Members asked in this order where the responsible one is nothing, whatever their own areas; the first that speaks counts.",
        ),
    ],
};

/// A member of a composite.
pub(crate) static MEMBER: Table = Table {
    name: "member",
    about: "What one partner delivers of a composite.",
    choices: &[&["source"]],
    keys: entry_keys![
        Key::new(
            "area",
            Kind::Named("region layer", &Kind::Values),
            "The region layer and its values it is responsible for; areas of one region layer share none."
        )
        .required(),
    ],
};

/// `resample` in full.
static RESAMPLING: Table = Table {
    name: "resample",
    about: "How a layer is brought onto the grid.",
    choices: &[],
    keys: &[
        Key::new("method", Kind::Words(METHODS), "That of the pixel at the centre, or the value that covers most.")
            .required(),
        Key::new("nodata", Kind::Words(&["ignore"]), "For mode: leave nothing out of the count, as GDAL does."),
        Key::new("bound", Kind::Above(0.0, 1.0), "How far a position may be from the exact one, in source pixels.")
            .or("0.125"),
    ],
};
