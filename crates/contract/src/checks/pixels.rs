//! Checks of the classes of a raster: which there are, where, how much, and how they change.

use mutirao_core::values::ValueSet;
use mutirao_pipeline::text::{Key, Kind, Node, Table, integer, number, read_values_at};

use super::{Check, Params, check};

/// `classes`: which classes there are. After the crosswalk, where there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassesCheck {
    /// Classes that may be.
    pub allowed: ValueSet,
    /// Classes that must be somewhere.
    pub required: ValueSet,
    /// Whether a code that stands on no line of the crosswalk fails the check.
    pub known: bool,
}

/// `valid-share`: how much of the responsible area is not nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidShareCheck {
    /// At least this share, of 1, in every period.
    pub min_share: f64,
}

/// `outside-area`: what is not nothing outside the responsible area and the strip around it.
#[derive(Debug, Clone, PartialEq)]
pub struct OutsideAreaCheck {
    /// At most so many pixels in a period.
    pub max_pixels: Option<u64>,
    /// At most this share, of 1, of all pixels that are not nothing.
    pub max_share: Option<f64>,
    /// Width of the strip around the area that does not count, in metres from its outline to the centre of a pixel.
    pub buffer_m: f64,
}

/// `minimum-mapping-unit`: patches too small to be mapped.
#[derive(Debug, Clone, PartialEq)]
pub struct MinimumMappingUnitCheck {
    /// A patch smaller than this, in hectares, is too small.
    pub min_ha: f64,
    /// Which pixels belong together.
    pub connectivity: Connectivity,
    /// The classes whose patches are judged; all where none.
    pub classes: Option<ValueSet>,
    /// At most so many patches may be too small.
    pub max_patches: u64,
    /// Whether patches count that touch the edge of the files or the area, or nothing: how far they go on there nobody sees. What a
    /// crosswalk turns into nothing on purpose is no such edge.
    pub at_edges: bool,
}

/// Which pixels belong to one patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connectivity {
    /// Those that share a side.
    Four,
    /// Those that share a side or a corner.
    Eight,
}

/// `class-share`: how much of the map a class is.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassShareCheck {
    /// The limits, in the contract's order.
    pub limits: Vec<ClassLimits>,
}

/// Limits of one class, or of a set of them together, in every period.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassLimits {
    /// The class or classes.
    pub classes: ValueSet,
    /// At least this share, of 1, of what is not nothing.
    pub min_share: Option<f64>,
    /// At most this share.
    pub max_share: Option<f64>,
    /// At least so many hectares.
    pub min_ha: Option<f64>,
    /// At most so many hectares.
    pub max_ha: Option<f64>,
}

/// `change`: pixels that differ from the previous delivery of the same period.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeCheck {
    /// At most this share, of 1, of the pixels that speak in either.
    pub max_share: f64,
    /// Only pixels that hold one of these in either; all where none.
    pub classes: Option<ValueSet>,
}

/// `impossible-transitions`: what cannot become of a class from one period to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct ImpossibleTransitionsCheck {
    /// The transitions.
    pub transitions: Vec<Transition>,
    /// At most this share, of 1, of the pixels that hold a `from` in the period before.
    pub max_share: f64,
}

/// Classes, and what does not become of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// In the period before.
    pub from: ValueSet,
    /// In the period after.
    pub to: ValueSet,
}

/// `flicker`: pixels that leave a class and return to it at once.
#[derive(Debug, Clone, PartialEq)]
pub struct FlickerCheck {
    /// The classes; all where none.
    pub classes: Option<ValueSet>,
    /// At most this share, of 1, of the pixels that ever hold one of the classes.
    pub max_share: f64,
    /// Away for at most so many periods.
    pub periods: u64,
}

const SHARE: Kind = Kind::Between(0.0, 1.0);
const COUNT: Kind = Kind::Integer(0, i64::MAX);
const AMOUNT: Kind = Kind::Between(0.0, f64::INFINITY);
const ONLY: &str = "Only these classes.";

check!(
    CLASSES,
    "classes",
    Raster,
    Domain,
    Error,
    classes,
    "No class but those agreed on, after the crosswalk.",
    [
        Key::new("allowed", Kind::Values, "Classes that may be.").or("those of `classes`"),
        Key::new("required", Kind::Values, "Classes that must be somewhere.").or("those of `classes`, else none"),
        Key::new("known", Kind::Bool, "Whether a code on no line of the crosswalk fails.").or("true"),
    ]
);
check!(
    VALID_SHARE,
    "valid-share",
    Raster,
    Omission,
    Error,
    valid_share,
    "So much of the responsible area is not nothing, in every period.",
    [Key::new("min_share", SHARE, "At least this share, of 1.").required(),]
);
check!(
    OUTSIDE_AREA,
    "outside-area",
    Raster,
    Commission,
    Warning,
    outside_area,
    "Nothing stands outside the responsible area and the strip around it.",
    [
        Key::new("max_pixels", COUNT, "At most so many pixels in a period.").or("0, without `max_share`"),
        Key::new("max_share", SHARE, "At most this share, of 1, of all pixels that are not nothing."),
        Key::new("buffer_m", AMOUNT, "Width of the strip, in metres.").or("that of `area`"),
    ]
);
check!(
    MINIMUM_MAPPING_UNIT,
    "minimum-mapping-unit",
    Raster,
    Topological,
    Error,
    minimum_mapping_unit,
    "No patch is smaller than can be mapped.",
    [
        Key::new("min_ha", Kind::Above(0.0, f64::INFINITY), "A smaller patch is too small, in hectares.").required(),
        Key::new(
            "connectivity",
            Kind::Words(&["4", "8"]),
            "Whether pixels belong together by sides, or by corners too."
        )
        .or("8"),
        Key::new("classes", Kind::Values, ONLY).or("all"),
        Key::new("max_patches", COUNT, "At most so many may be too small.").or("0"),
        Key::new(
            "at_edges",
            Kind::Bool,
            "Whether patches count that touch the edge of files or area, or nothing that is not on purpose."
        )
        .or("false"),
    ]
);
check!(
    CLASS_SHARE,
    "class-share",
    Raster,
    Quantitative,
    Warning,
    class_share,
    "A class is as much of the map as expected, in every period.",
    [Key::new("limits", Kind::Named("class", &Kind::Table(&LIMITS)), "Limits by class, or by set such as 14+.")
        .required(),]
);
check!(
    CHANGE,
    "change",
    Raster,
    TemporalConsistency,
    Warning,
    change,
    "The previous delivery of the same period, on the same grid, said much the same.",
    [
        Key::new("max_share", SHARE, "At most this share of pixels differs, of 1.").required(),
        Key::new("classes", Kind::Values, "Only pixels that hold one of these in either delivery.").or("all"),
    ]
);
check!(
    IMPOSSIBLE_TRANSITIONS,
    "impossible-transitions",
    Raster,
    TemporalConsistency,
    Warning,
    impossible_transitions,
    "A class does not become what it cannot become, from one period to the next.",
    [
        Key::new("transitions", Kind::List(&Kind::Table(&TRANSITION)), "What does not happen.").required(),
        Key::new("max_share", SHARE, "At most this share, of 1, of the pixels with a `from` before.").or("0"),
    ]
);
check!(
    FLICKER,
    "flicker",
    Raster,
    TemporalConsistency,
    Warning,
    flicker,
    "Pixels do not leave a class and return to it at once; places are in the first period that says something else.",
    [
        Key::new("max_share", SHARE, "At most this share, of 1, of the pixels that ever hold one of the classes.")
            .required(),
        Key::new("classes", Kind::Values, ONLY).or("all"),
        Key::new(
            "periods",
            Kind::Integer(1, 64),
            "Away for at most so many periods, with another class in one of them: nothing alone between is a gap in the data.",
        )
        .or("1"),
    ]
);

static LIMITS: Table = Table {
    name: "class-limits",
    about: "Limits of a class.",
    choices: &[],
    keys: &[
        Key::new("min_share", SHARE, "At least this share, of 1, of what is not nothing."),
        Key::new("max_share", SHARE, "At most this share."),
        Key::new("min_ha", AMOUNT, "At least so many hectares."),
        Key::new("max_ha", AMOUNT, "At most so many hectares."),
    ],
};

static TRANSITION: Table = Table {
    name: "transition",
    about: "What cannot become of a class.",
    choices: &[],
    keys: &[
        Key::new("from", Kind::Values, "In the period before.").required(),
        Key::new("to", Kind::Values, "In the period after.").required(),
    ],
};

fn classes(params: &mut Params<'_, '_>) -> Option<Check> {
    let term = params.terms.classes.as_ref();
    let allowed = params.values("allowed").or_else(|| term.map(|term| term.allowed.clone()));
    if allowed.is_none() {
        params.lacking("classes", "classes", "add `allowed`, or `classes` to the customProperties");
    }
    let allowed = allowed?;
    let required = params.values("required").or_else(|| term.map(|term| term.required.clone())).unwrap_or_default();
    if required.intersection(&allowed) != required {
        let message = format!("`required` has {required}, and `allowed` only {allowed}");
        params.error_at("required", "invalid-value", message, "allow what is required");
        return None;
    }
    Some(Check::Classes(ClassesCheck { allowed, required, known: params.flag("known", true) }))
}

fn needs_area(params: &mut Params<'_, '_>) -> Option<f64> {
    if params.terms.area.is_none() {
        params.lacking("area", "an area", "add an `area` to the customProperties: { source, buffer_m }");
    }
    params.terms.area.as_ref().map(|area| area.buffer_m)
}

fn valid_share(params: &mut Params<'_, '_>) -> Option<Check> {
    needs_area(params)?;
    Some(Check::ValidShare(ValidShareCheck { min_share: params.number("min_share")? }))
}

fn outside_area(params: &mut Params<'_, '_>) -> Option<Check> {
    let buffer = needs_area(params)?;
    let max_share = params.number("max_share");
    let max_pixels = params.whole("max_pixels").or(max_share.is_none().then_some(0));
    let buffer_m = params.number("buffer_m").unwrap_or(buffer);
    Some(Check::OutsideArea(OutsideAreaCheck { max_pixels, max_share, buffer_m }))
}

fn minimum_mapping_unit(params: &mut Params<'_, '_>) -> Option<Check> {
    let connectivity = match params.text("connectivity").as_deref() {
        Some("4") => Connectivity::Four,
        _ => Connectivity::Eight,
    };
    Some(Check::MinimumMappingUnit(MinimumMappingUnitCheck {
        min_ha: params.number("min_ha")?,
        connectivity,
        classes: params.values("classes"),
        max_patches: params.whole("max_patches").unwrap_or(0),
        at_edges: params.flag("at_edges", false),
    }))
}

fn class_share(params: &mut Params<'_, '_>) -> Option<Check> {
    let entries = params.node.get("limits").map(Node::entries).unwrap_or_default();
    let mut limits = Vec::new();
    for entry in entries {
        // The key is a set of classes, so it is read as one, at its own place.
        let value = mutirao_pipeline::text::Value::Scalar { text: entry.key.clone(), plain: true };
        let key = Node { spot: entry.spot, value };
        let classes = read_values_at(&key, params.legend, params.sink);
        let of = |name: &str| entry.value.get_text(name).and_then(number);
        let [min_share, max_share, min_ha, max_ha] = ["min_share", "max_share", "min_ha", "max_ha"].map(of);
        let crossed = |low: Option<f64>, high: Option<f64>| low.zip(high).is_some_and(|(low, high)| low > high);
        if [min_share, max_share, min_ha, max_ha] == [None; 4] && entry.value.is_mapping() {
            let message = format!("`limits.{}` has no limit", entry.key);
            params.sink.error("missing-key", entry.spot, message, "add min_share, max_share, min_ha or max_ha");
        } else if crossed(min_share, max_share) || crossed(min_ha, max_ha) {
            let message = format!("the least of `limits.{}` is above the most", entry.key);
            params.sink.error("invalid-value", entry.spot, message, "write the smaller one as the least");
        } else if let Some(classes) = classes {
            limits.push(ClassLimits { classes, min_share, max_share, min_ha, max_ha });
        }
    }
    (!limits.is_empty()).then_some(Check::ClassShare(ClassShareCheck { limits }))
}

fn change(params: &mut Params<'_, '_>) -> Option<Check> {
    let classes = params.values("classes");
    Some(Check::Change(ChangeCheck { max_share: params.number("max_share")?, classes }))
}

fn impossible_transitions(params: &mut Params<'_, '_>) -> Option<Check> {
    let items = params.node.get("transitions").map(Node::items).unwrap_or_default();
    let mut transitions = Vec::new();
    for item in items {
        let mut side = |key: &str| read_values_at(item.get(key)?, params.legend, params.sink);
        if let (Some(from), Some(to)) = (side("from"), side("to")) {
            transitions.push(Transition { from, to });
        }
    }
    if items.is_empty() && params.node.get("transitions").is_some() {
        params.error_at("transitions", "invalid-value", "`transitions` is empty", "list what does not happen");
    }
    let max_share = params.number("max_share").unwrap_or(0.0);
    let check = ImpossibleTransitionsCheck { transitions, max_share };
    (!check.transitions.is_empty()).then_some(Check::ImpossibleTransitions(check))
}

fn flicker(params: &mut Params<'_, '_>) -> Option<Check> {
    let classes = params.values("classes");
    let periods = params.text("periods").and_then(|text| integer(&text)).and_then(|count| u64::try_from(count).ok());
    let max_share = params.number("max_share")?;
    Some(Check::Flicker(FlickerCheck { classes, max_share, periods: periods.unwrap_or(1) }))
}
