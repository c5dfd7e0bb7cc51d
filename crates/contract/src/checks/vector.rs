//! Checks of vectors and tables: geometries, keys and attributes.

use mutirao_pipeline::text::{Key, Kind};

use super::{Check, Params, check};

/// `geometry-type`: of which kind the geometries are.
#[derive(Debug, Clone, PartialEq)]
pub struct GeometryTypeCheck {
    /// Kinds that may be.
    pub allowed: Vec<GeometryType>,
    /// Whether geometries of several parts may be.
    pub multi: bool,
}

/// A kind of geometries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GeometryType {
    /// Points.
    Point,
    /// Lines.
    Line,
    /// Polygons.
    Polygon,
}

/// `validity` and `empty-geometry`: how many features may fail.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureLimit {
    /// At most so many.
    pub max_features: u64,
}

/// `key`: the attribute that features are known by.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyCheck {
    /// The attribute.
    pub attribute: String,
    /// Whether no key may stand twice.
    pub unique: bool,
    /// Its shape: `#` a digit, `@` a letter, `?` any character, `*` any number of them; others stand for themselves.
    pub format: Option<String>,
}

/// `attribute-type`: an attribute is there, and of this type.
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeTypeCheck {
    /// The attribute.
    pub attribute: String,
    /// Its type. Whole numbers of any width are integers; an integer is a number too.
    pub kind: AttributeType,
    /// Whether every feature must have it.
    pub required: bool,
}

/// A type of attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeType {
    /// Whole numbers of any width.
    Integer,
    /// Numbers, whole ones too.
    Number,
    /// Text.
    Text,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// An instant.
    Timestamp,
}

/// `range`: numbers within bounds, inclusive.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeCheck {
    /// The attribute.
    pub attribute: String,
    /// The least.
    pub min: Option<f64>,
    /// The most.
    pub max: Option<f64>,
}

/// `enumeration`: one of a list of words.
#[derive(Debug, Clone, PartialEq)]
pub struct EnumerationCheck {
    /// The attribute.
    pub attribute: String,
    /// The words, as written.
    pub allowed: Vec<String>,
}

/// `foreign-key`: every value is a key of another table.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignKeyCheck {
    /// The attribute.
    pub attribute: String,
    /// The other file, from the network's folder.
    pub source: String,
    /// The attribute of it.
    pub key: String,
}

/// `duplicates`: features that stand twice.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicatesCheck {
    /// What makes two the same.
    pub of: DuplicatesOf,
    /// At most so many beyond the first of each.
    pub max_features: u64,
}

/// What makes two features the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DuplicatesOf {
    /// Geometry and all attributes.
    Everything,
    /// The geometry alone.
    Geometry,
}

/// `tiny-geometry`: polygons too small to be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct TinyGeometryCheck {
    /// A smaller one is tiny, in square metres of true area.
    pub min_m2: f64,
    /// At most so many.
    pub max_features: u64,
}

const COUNT: Kind = Kind::Integer(0, i64::MAX);
const ATTRIBUTE: Key = Key::new("attribute", Kind::Text, "The attribute.").or("the property that the check stands at");
const MAX_FEATURES: Key = Key::new("max_features", COUNT, "At most so many features.").or("0");
const TYPES: &[&str] = &["integer", "number", "text", "boolean", "date", "timestamp"];

check!(
    GEOMETRY_TYPE,
    "geometry-type",
    Vector,
    Conceptual,
    Error,
    geometry_type,
    "The geometries are of this kind.",
    [
        Key::new(
            "allowed",
            Kind::OneOrMany(&Kind::Words(&["point", "line", "polygon"])),
            "The kind, or those that may be."
        )
        .required(),
        Key::new("multi", Kind::Bool, "Whether geometries of several parts may be.").or("true"),
    ]
);
check!(
    VALIDITY,
    "validity",
    Vector,
    Topological,
    Error,
    validity,
    "Geometries are valid: rings are closed and do not cross themselves. The direction of rings does not count.",
    [MAX_FEATURES,]
);
check!(
    KEY,
    "key",
    Vector,
    Domain,
    Error,
    key,
    "Features are known by a key, which every one has.",
    [
        ATTRIBUTE,
        Key::new("unique", Kind::Bool, "Whether no key may stand twice.").or("true"),
        Key::new("format", Kind::Text, "Its shape: # a digit, @ a letter, ? any character, * any number of them.")
            .or("any"),
    ]
);
check!(
    ATTRIBUTE_TYPE,
    "attribute-type",
    Vector,
    Conceptual,
    Error,
    attribute_type,
    "An attribute is there, and of this type; integers of any width are integers, and numbers too.",
    [
        ATTRIBUTE,
        Key::new("type", Kind::Words(TYPES), "The type.").required(),
        Key::new("required", Kind::Bool, "Whether every feature must have it.").or("false"),
    ]
);
check!(
    RANGE,
    "range",
    Vector,
    Domain,
    Error,
    range,
    "Numbers lie within bounds, inclusive; features without one do not count.",
    [ATTRIBUTE, Key::new("min", Kind::Number, "The least."), Key::new("max", Kind::Number, "The most."),]
);
check!(
    ENUMERATION,
    "enumeration",
    Vector,
    Domain,
    Error,
    enumeration,
    "A text is one of these; features without one do not count.",
    [ATTRIBUTE, Key::new("allowed", Kind::OneOrMany(&Kind::Text), "The texts, as written.").required(),]
);
check!(
    FOREIGN_KEY,
    "foreign-key",
    Vector,
    Conceptual,
    Error,
    foreign_key,
    "Every value is a key of another table.",
    [
        ATTRIBUTE,
        Key::new("source", Kind::Path, "The other file, from the network's folder.").required(),
        Key::new("key", Kind::Text, "The attribute of it.").required(),
    ]
);
check!(
    DUPLICATES,
    "duplicates",
    Vector,
    Commission,
    Error,
    duplicates,
    "No feature stands twice.",
    [
        Key::new(
            "of",
            Kind::Words(&["everything", "geometry"]),
            "What makes two the same: all attributes too, or the geometry alone."
        )
        .or("everything"),
        MAX_FEATURES,
    ]
);
check!(
    EMPTY_GEOMETRY,
    "empty-geometry",
    Vector,
    Topological,
    Error,
    empty_geometry,
    "Every feature has a geometry that is not empty.",
    [MAX_FEATURES,]
);
check!(
    TINY_GEOMETRY,
    "tiny-geometry",
    Vector,
    Topological,
    Warning,
    tiny_geometry,
    "No polygon is too small to be meant.",
    [
        Key::new("min_m2", Kind::Above(0.0, f64::INFINITY), "A smaller one is tiny, in square metres of true area.")
            .required(),
        MAX_FEATURES,
    ]
);

fn geometry_type(params: &mut Params<'_, '_>) -> Option<Check> {
    let kind = |text: &String| match text.as_str() {
        "point" => Some(GeometryType::Point),
        "line" => Some(GeometryType::Line),
        "polygon" => Some(GeometryType::Polygon),
        _ => None,
    };
    let allowed: Vec<GeometryType> = params.texts("allowed").iter().filter_map(kind).collect();
    let check = GeometryTypeCheck { allowed, multi: params.flag("multi", true) };
    (!check.allowed.is_empty()).then_some(Check::GeometryType(check))
}

fn limit(params: &Params<'_, '_>) -> u64 {
    params.whole("max_features").unwrap_or(0)
}

fn validity(params: &mut Params<'_, '_>) -> Option<Check> {
    Some(Check::Validity(FeatureLimit { max_features: limit(params) }))
}

fn empty_geometry(params: &mut Params<'_, '_>) -> Option<Check> {
    Some(Check::EmptyGeometry(FeatureLimit { max_features: limit(params) }))
}

fn key(params: &mut Params<'_, '_>) -> Option<Check> {
    let attribute = params.attribute()?;
    Some(Check::Key(KeyCheck { attribute, unique: params.flag("unique", true), format: params.text("format") }))
}

fn attribute_type(params: &mut Params<'_, '_>) -> Option<Check> {
    let attribute = params.attribute()?;
    let kind = match params.text("type")?.as_str() {
        "integer" => AttributeType::Integer,
        "number" => AttributeType::Number,
        "text" => AttributeType::Text,
        "boolean" => AttributeType::Boolean,
        "date" => AttributeType::Date,
        "timestamp" => AttributeType::Timestamp,
        _ => return None,
    };
    Some(Check::AttributeType(AttributeTypeCheck { attribute, kind, required: params.flag("required", false) }))
}

fn range(params: &mut Params<'_, '_>) -> Option<Check> {
    let attribute = params.attribute()?;
    params.one_of(&["min", "max"])?;
    params.in_order("min", "max")?;
    Some(Check::Range(RangeCheck { attribute, min: params.number("min"), max: params.number("max") }))
}

fn enumeration(params: &mut Params<'_, '_>) -> Option<Check> {
    let attribute = params.attribute()?;
    let allowed = params.texts("allowed");
    (!allowed.is_empty()).then_some(Check::Enumeration(EnumerationCheck { attribute, allowed }))
}

fn foreign_key(params: &mut Params<'_, '_>) -> Option<Check> {
    let attribute = params.attribute()?;
    Some(Check::ForeignKey(ForeignKeyCheck { attribute, source: params.text("source")?, key: params.text("key")? }))
}

fn duplicates(params: &mut Params<'_, '_>) -> Option<Check> {
    let of = match params.text("of").as_deref() {
        Some("geometry") => DuplicatesOf::Geometry,
        _ => DuplicatesOf::Everything,
    };
    Some(Check::Duplicates(DuplicatesCheck { of, max_features: limit(params) }))
}

fn tiny_geometry(params: &mut Params<'_, '_>) -> Option<Check> {
    let min_m2 = params.number("min_m2")?;
    Some(Check::TinyGeometry(TinyGeometryCheck { min_m2, max_features: limit(params) }))
}
