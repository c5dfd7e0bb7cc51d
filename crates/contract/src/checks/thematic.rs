//! Checks against reference data: points that must be right, and accuracy from a sample.

use mutirao_pipeline::text::{Key, Kind};

use super::{Check, Params, check};

/// `acceptance-points`: places whose class is known for certain.
#[derive(Debug, Clone, PartialEq)]
pub struct AcceptancePointsCheck {
    /// The table or vector of points, from the network's folder.
    pub points: String,
    /// The attribute that holds the class.
    pub class: String,
    /// At least this share of the points is right, of 1.
    pub min_share: f64,
    /// A point is right if a pixel within so many pixels of it is.
    pub within_pixels: u64,
    /// Whether the network keeps the points to itself: a partner's own run cannot judge this check.
    pub withheld: bool,
}

/// `accuracy`: area-adjusted accuracy from a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct AccuracyCheck {
    /// The sample, from the network's folder.
    pub samples: String,
    /// Sizes of the strata (`stratum,pixels,area_ha`), from the network's folder; none where they are the map's classes.
    pub strata: Option<String>,
    /// How it is estimated.
    pub estimator: Estimator,
    /// What is judged.
    pub measure: Measure,
    /// The estimate is at least this.
    pub min: Option<f64>,
    /// The lower end of the interval is at least this.
    pub min_lower: Option<f64>,
    /// The interval's confidence, of 1.
    pub confidence: f64,
    /// Whether the network keeps the sample to itself.
    pub withheld: bool,
}

/// How accuracy is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Estimator {
    /// Strata are the classes of the map (Olofsson and others, 2014).
    Olofsson2014,
    /// Strata are not the classes of the map (Stehman, 2014).
    Stehman2014,
}

/// A measure of accuracy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Of the whole map.
    Overall,
    /// User's: of what the map calls this class, how much is so.
    Users(u16),
    /// Producer's: of what is this class, how much the map calls so.
    Producers(u16),
}

const WITHHELD: &str = "Whether the network keeps them to itself: a partner's own run says `pending`.";
const SHARE: Kind = Kind::Between(0.0, 1.0);

check!(
    ACCEPTANCE_POINTS,
    "acceptance-points",
    Raster,
    Classification,
    Error,
    points,
    "Places that are known for certain are right.",
    [
        Key::new("points", Kind::Path, "The table or vector of points, from the network's folder.").required(),
        Key::new("class", Kind::Text, "The attribute that holds the class.").or("class"),
        Key::new("min_share", SHARE, "At least this share of them is right, of 1.").or("1"),
        Key::new("within_pixels", Kind::Integer(0, 100), "Right if a pixel as near as this is.").or("0"),
        Key::new("withheld", Kind::Bool, WITHHELD).or("false"),
    ]
);
check!(
    ACCURACY,
    "accuracy",
    Raster,
    Classification,
    Error,
    accuracy,
    "Accuracy from a sample, adjusted for area.",
    [
        Key::new("samples", Kind::Path, "The sample, from the network's folder.").required(),
        Key::new("strata", Kind::Path, "Sizes of the strata: CSV (stratum,pixels,area_ha).").or("the map's classes"),
        Key::new(
            "estimator",
            Kind::Words(&["olofsson2014", "stehman2014"]),
            "Strata that are the map's classes, or others."
        )
        .or("olofsson2014"),
        Key::new("measure", Kind::Words(&["overall", "users", "producers"]), "What is judged.").or("overall"),
        Key::new("class", Kind::Integer(0, 65_535), "The class, for users and producers."),
        Key::new("min", SHARE, "The estimate is at least this, of 1."),
        Key::new("min_lower", SHARE, "The lower end of the interval is at least this."),
        Key::new("confidence", Kind::Between(0.5, 0.9999), "The interval's confidence, of 1.").or("0.95"),
        Key::new("withheld", Kind::Bool, WITHHELD).or("false"),
    ]
);

fn points(params: &mut Params<'_, '_>) -> Option<Check> {
    Some(Check::AcceptancePoints(AcceptancePointsCheck {
        points: params.text("points")?,
        class: params.text("class").unwrap_or_else(|| "class".to_owned()),
        min_share: params.number("min_share").unwrap_or(1.0),
        within_pixels: params.whole("within_pixels").unwrap_or(0),
        withheld: params.flag("withheld", false),
    }))
}

fn accuracy(params: &mut Params<'_, '_>) -> Option<Check> {
    params.one_of(&["min", "min_lower"])?;
    let estimator = match params.text("estimator").as_deref() {
        Some("stehman2014") => Estimator::Stehman2014,
        _ => Estimator::Olofsson2014,
    };
    Some(Check::Accuracy(AccuracyCheck {
        measure: measure(params)?,
        samples: params.text("samples")?,
        strata: params.text("strata"),
        estimator,
        min: params.number("min"),
        min_lower: params.number("min_lower"),
        confidence: params.number("confidence").unwrap_or(0.95),
        withheld: params.flag("withheld", false),
    }))
}

fn measure(params: &mut Params<'_, '_>) -> Option<Measure> {
    let class = params.whole("class").and_then(|class| u16::try_from(class).ok());
    let named = params.text("measure");
    match (named.as_deref(), class) {
        (Some("users"), Some(class)) => Some(Measure::Users(class)),
        (Some("producers"), Some(class)) => Some(Measure::Producers(class)),
        (Some(measure @ ("users" | "producers")), None) => {
            let message = format!("`measure: {measure}` needs a `class`");
            params.error("missing-key", message, "add `class`, or judge `measure: overall`");
            None
        }
        (_, Some(_)) => {
            let message = "`class` means nothing for `measure: overall`";
            params.error_at(
                "class",
                "invalid-value",
                message,
                "take it away, or write `measure: users` or `producers`",
            );
            None
        }
        _ => Some(Measure::Overall),
    }
}
