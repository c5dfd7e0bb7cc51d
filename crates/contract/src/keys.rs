//! What may stand in a contract: the keys of ODCS 3.0 to 3.2, and those of our own parts.
//!
//! What ODCS has and nothing here reads is `Anything`: it is kept as it is. A key that neither ODCS nor this table has would be
//! dropped without a word by one tool and refused by the next, so it is an error.

use mutirao_pipeline::text::{Key, Kind, Table};

/// A value of nothing, or that there is none.
pub(crate) const NODATA_VALUE: Kind =
    Kind::Either(&[Kind::Integer(i32::MIN as i64, i32::MAX as i64), Kind::Words(&["none"])]);

/// A contract.
pub(crate) static CONTRACT: Table = Table {
    name: "contract",
    about: "An agreement between a network and a partner about one layer, in ODCS.",
    choices: &[],
    keys: &[
        Key::new("apiVersion", Kind::Text, "The version of ODCS, v3.0.0 to v3.2.0.").required(),
        Key::new("kind", Kind::Words(&["DataContract"]), "What this file is.").required(),
        Key::new("id", Kind::Text, "The layer's name, or layer-member for members of composites.").required(),
        Key::new("version", Kind::Text, "The contract's own version.").required(),
        Key::new("name", Kind::Text, "A name for people."),
        Key::new("status", Kind::Text, "proposed, draft, active, deprecated or retired."),
        Key::new("tenant", Kind::Text, "The network: its id, with or without `-network`."),
        Key::new("schema", Kind::List(&Kind::Table(&OBJECT)), "What is delivered: a raster, a vector, a table."),
        Key::new("slaProperties", Kind::List(&Kind::Table(&SLA)), "What is due when."),
        Key::new("customProperties", Kind::List(&Kind::Table(&CUSTOM)), "Further terms, ours among them."),
        other("tags"),
        other("servers"),
        other("dataProduct"),
        other("description"),
        other("domain"),
        other("context"),
        other("support"),
        other("price"),
        other("team"),
        other("roles"),
        other("slaDefaultElement"),
        other("authoritativeDefinitions"),
        other("contractCreatedTs"),
    ],
};

/// A key of ODCS that is kept and not read.
const fn other(name: &'static str) -> Key {
    Key::new(name, Kind::Anything, "As ODCS has it; kept.")
}

/// An entry of `schema`.
static OBJECT: Table = Table {
    name: "object",
    about: "A raster, vector or table that is delivered.",
    choices: &[],
    keys: &[
        Key::new("name", Kind::Text, "Its name.").required(),
        Key::new("physicalName", Kind::Text, "Its file, with {period}."),
        Key::new("physicalType", Kind::Text, "raster, vector or table; or a format that is one."),
        Key::new("properties", Kind::List(&Kind::Table(&PROPERTY)), "Its bands or attributes."),
        Key::new("quality", Kind::List(&Kind::Table(&QUALITY)), "What it must keep."),
        Key::new("customProperties", Kind::List(&Kind::Table(&CUSTOM)), "Further terms, ours among them."),
        other("logicalType"),
        other("id"),
        other("description"),
        other("businessName"),
        other("deprecated"),
        other("synonyms"),
        other("authoritativeDefinitions"),
        other("tags"),
        other("dataGranularityDescription"),
        other("relationships"),
        other("context"),
    ],
};

/// An entry of `properties`.
static PROPERTY: Table = Table {
    name: "property",
    about: "A band or an attribute.",
    choices: &[],
    keys: &[
        Key::new("name", Kind::Text, "Its name.").required(),
        Key::new("physicalName", Kind::Text, "What it is called in the file, with {period}."),
        Key::new("physicalType", Kind::Text, "Its type in the file, such as uint8."),
        Key::new("logicalType", Kind::Text, "Its type, such as integer."),
        Key::new("required", Kind::Bool, "Whether it may not be null."),
        Key::new("unique", Kind::Bool, "Whether no value stands twice."),
        Key::new("primaryKey", Kind::Bool, "Whether it is the key."),
        Key::new("quality", Kind::List(&Kind::Table(&QUALITY)), "What it must keep."),
        other("primaryKeyPosition"),
        Key::new(
            "logicalTypeOptions",
            Kind::Anything,
            "What its values must be: minimum, maximum, pattern and others.",
        ),
        Key::new("enum", Kind::Anything, "The values that may be."),
        other("partitioned"),
        other("partitionKeyPosition"),
        other("classification"),
        other("encryptedName"),
        other("transformSourceObjects"),
        other("transformLogic"),
        other("transformDescription"),
        other("examples"),
        other("map"),
        other("items"),
        other("properties"),
        other("semanticType"),
        other("criticalDataElement"),
        other("relationships"),
        other("id"),
        other("description"),
        other("businessName"),
        other("deprecated"),
        other("synonyms"),
        other("authoritativeDefinitions"),
        other("tags"),
        other("customProperties"),
    ],
};

const NUMBER: Kind = Kind::Number;
const LIMITS: Kind = Kind::Pair(&Kind::Number);

/// An entry of `quality`.
static QUALITY: Table = Table {
    name: "quality",
    about: "Something that must hold.",
    choices: &[],
    keys: &[
        Key::new("type", Kind::Words(&["text", "library", "sql", "custom"]), "Who judges it.").or("library"),
        Key::new("name", Kind::Text, "A name for people."),
        Key::new("engine", Kind::Text, "For custom: mutirao for the checks of this book."),
        Key::new("implementation", Kind::Anything, "For custom: the check and its parameters."),
        Key::new("severity", Kind::Text, "How bad it is if it does not hold: error, warning or info.")
            .or("the check's"),
        Key::new("dimension", Kind::Words(DIMENSIONS), "What it is about, in the words of ODCS."),
        Key::new("metric", Kind::Text, "For library: what is counted."),
        Key::new("rule", Kind::Text, "The same, before 3.1."),
        Key::new("arguments", Kind::Anything, "For library: what the metric needs."),
        Key::new("unit", Kind::Words(&["rows", "percent"]), "For library: what is compared.").or("rows"),
        Key::new("mustBe", Kind::Anything, "It is this."),
        Key::new("mustNotBe", Kind::Anything, "It is not this."),
        Key::new("mustBeGreaterThan", NUMBER, "It is more than this."),
        Key::new("mustBeGreaterOrEqualTo", NUMBER, "It is this or more."),
        Key::new("mustBeLessThan", NUMBER, "It is less than this."),
        Key::new("mustBeLessOrEqualTo", NUMBER, "It is this or less."),
        Key::new("mustBeBetween", LIMITS, "It is one of these or between them."),
        Key::new("mustNotBeBetween", LIMITS, "It is less than the first or more than the second."),
        other("query"),
        other("validValues"),
        other("id"),
        other("description"),
        other("businessImpact"),
        other("method"),
        other("schedule"),
        other("scheduler"),
        other("tags"),
        other("authoritativeDefinitions"),
        other("customProperties"),
    ],
};

const DIMENSIONS: &[&str] =
    &["accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness"];

/// An entry of `slaProperties`.
static SLA: Table = Table {
    name: "sla",
    about: "A part of the timeline.",
    choices: &[],
    keys: &[
        Key::new("property", Kind::Text, "dueDate, grace, window, frequency, latency, retention; others are kept.")
            .required(),
        Key::new("value", Kind::Anything, "An instant, a day, or a number of units.").required(),
        Key::new("unit", Kind::Text, "d, w, mo or y; h and min for instants."),
        Key::new("element", Kind::Text, "What it is said of: the layer, or layer.milestone."),
        Key::new("driver", Kind::Text, "Why: regulatory, analytics, operational."),
        other("valueExt"),
        other("description"),
        other("id"),
        other("scheduler"),
        other("schedule"),
        other("customProperties"),
        other("authoritativeDefinitions"),
    ],
};

/// An entry of `customProperties`.
static CUSTOM: Table = Table {
    name: "custom",
    about: "A term of one's own.",
    choices: &[],
    keys: &[
        Key::new("property", Kind::Text, "Its name.").required(),
        Key::new("value", Kind::Anything, "Its value.").required(),
        other("id"),
        other("description"),
        other("vendor"),
    ],
};

/// Our terms among the `customProperties`, of the contract or of an object of its schema. A term of the object goes before the
/// same of the contract.
pub(crate) static TERMS: Table = Table {
    name: "terms",
    about: "Our terms among the customProperties, each by its `property`, with its `value`.",
    choices: &[],
    keys: &[
        Key::new("grid", Kind::Table(&GRID), "The grid of the files."),
        Key::new("nodata", Kind::Either(&[NODATA_VALUE, Kind::Table(&NODATA)]), "What is nothing."),
        Key::new("classes", Kind::Table(&CLASSES), "The classes, after the crosswalk where there is one."),
        Key::new("area", Kind::Table(&AREA), "Where the partner is responsible."),
        Key::new("periods", Kind::Periods, "The periods that are delivered."),
        Key::new("license", Kind::Licence, "The licence of what is delivered, SPDX."),
        Key::new("partner", Kind::Text, "Who delivers: the partner's id in the pipeline."),
        Key::new("timezone", Kind::Text, "Where days begin and end, such as America/Belem.").or("UTC"),
        Key::new(
            "milestones",
            Kind::Named("milestone", &Kind::Either(&[Kind::Text, Kind::Table(&MILESTONE)])),
            "Milestones of the release, or of one layer as layer.milestone: a day, an instant, or before or after another.",
        ),
    ],
};

static GRID: Table = Table {
    name: "contract-grid",
    about: "The grid of the files.",
    choices: &[],
    keys: &[
        Key::new("crs", Kind::Text, "The CRS, such as EPSG:31976.").required(),
        Key::new("resolution", RESOLUTION, "Width and height of a pixel: one number or [x, y].").required(),
        Key::new("origin", Kind::Pair(&Kind::Number), "A node of the grid, [east, north]."),
        Key::new("tolerance", Kind::Above(0.0, 0.5), "How far a corner may lie from a node, in pixels.").or("0.01"),
    ],
};

const SIZE: Kind = Kind::Above(0.0, f64::INFINITY);
const RESOLUTION: Kind = Kind::Either(&[SIZE, Kind::Pair(&SIZE)]);

static NODATA: Table = Table {
    name: "contract-nodata",
    about: "What is nothing.",
    choices: &[],
    keys: &[
        Key::new("value", NODATA_VALUE, "The value, or none where every pixel must speak.").required(),
        Key::new("declared", Kind::Bool, "Whether the file itself must declare it.").or("false"),
    ],
};

static CLASSES: Table = Table {
    name: "contract-classes",
    about: "The classes.",
    choices: &[],
    keys: &[
        Key::new("allowed", Kind::Values, "Classes that may be.").required(),
        Key::new("required", Kind::Values, "Classes that must be somewhere.").or("none"),
        Key::new("crosswalk", Kind::Path, "The table from the partner's codes, from the network's folder."),
        Key::new(
            "attribute",
            Kind::Text,
            "Of a vector: the attribute that holds the class or code; else a property `class`.",
        ),
    ],
};

static AREA: Table = Table {
    name: "contract-area",
    about: "Where the partner is responsible.",
    choices: &[],
    keys: &[
        Key::new("source", Kind::Path, "A vector or a raster of regions, from the network's folder.").required(),
        Key::new("values", Kind::Values, "Of regions: those of this partner.").or("all"),
        Key::new("attribute", Kind::Text, "Of a vector: the attribute that `values` are of."),
        Key::new("layer", Kind::Text, "Of a vector: which layer of the file."),
        Key::new(
            "buffer_m",
            Kind::Between(0.0, f64::INFINITY),
            "Width of a strip around it that may be mapped too, in metres from its outline to a pixel's centre.",
        )
        .or("0"),
    ],
};

/// A milestone that counts from another.
pub(crate) static MILESTONE: Table = Table {
    name: "milestone",
    about: "A milestone that counts from another: `{ before: freeze, by: 30, unit: d }`.",
    choices: &[&["before"], &["after"]],
    keys: &[
        Key::new("before", Kind::Text, "The milestone that it comes before."),
        Key::new("after", Kind::Text, "The milestone that it comes after."),
        Key::new("by", Kind::Integer(0, 1_000_000), "By how many units.").or("the `value` of its dueDate"),
        Key::new("unit", Kind::Words(crate::timeline::UNITS), "The unit of `by`.").or("d"),
    ],
};
