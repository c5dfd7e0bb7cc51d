//! Days and instants, and counting from them.

use std::{fmt, sync::LazyLock};

use jiff::{
    Span, Timestamp, Zoned,
    civil::{Date, DateTime},
    fmt::temporal::{DateTimeParser, Pieces},
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
};

/// Always the database that was built in: the system's may be older, newer, or missing.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);
static PARSER: DateTimeParser = DateTimeParser::new();

/// A time zone by its IANA name.
///
/// # Errors
/// [`MomentError::Zone`] where there is none of that name.
pub fn zone(name: &str) -> Result<TimeZone, MomentError> {
    match name {
        "UTC" => Ok(TimeZone::UTC),
        _ => ZONES.get(name).map_err(|_| MomentError::Zone { name: name.to_owned() }),
    }
}

/// A day, or an instant with the zone or offset that it was written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// A whole day.
    Day(Date),
    /// An instant.
    At(Zoned),
}

/// Why a text or a result is no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MomentError {
    /// It is written as neither a day nor an instant.
    #[error("\"{text}\" is neither a day nor an instant")]
    Unreadable {
        /// What is written.
        text: String,
    },
    /// The zone is unknown.
    #[error("there is no time zone \"{name}\"")]
    Zone {
        /// Its name.
        name: String,
    },
    /// A time of day without offset that clocks skip.
    #[error("clocks in {zone} skip {text}")]
    Skipped {
        /// What is written.
        text: String,
        /// The zone.
        zone: String,
    },
    /// A time of day without offset that clocks pass twice.
    #[error("clocks in {zone} pass {text} twice")]
    Twice {
        /// What is written.
        text: String,
        /// The zone.
        zone: String,
    },
    /// An offset that the zone beside it does not have then.
    #[error("\"{text}\" has another offset than its zone")]
    Offset {
        /// What is written.
        text: String,
    },
    /// Hours or minutes counted from a whole day.
    #[error("hours are counted from an instant, not from a day")]
    HoursFromDay,
    /// Beyond the calendar.
    #[error("the date lies beyond the calendar")]
    Beyond,
}

impl Moment {
    /// Reads `2026-06-15`, `2026-06-15T23:59:00-03:00`, or an instant with its zone in brackets. A time of day without an offset is in
    /// `zone`, and must be there once.
    ///
    /// # Errors
    /// [`MomentError`].
    pub fn read(text: &str, zone: &TimeZone) -> Result<Moment, MomentError> {
        let unreadable = || MomentError::Unreadable { text: text.to_owned() };
        let pieces = Pieces::parse(text).map_err(|_| unreadable())?;
        let Some(time) = pieces.time() else {
            let plain = pieces.offset().is_none() && pieces.time_zone_annotation().is_none();
            return if plain { Ok(Moment::Day(pieces.date())) } else { Err(unreadable()) };
        };
        if let Some(annotation) = pieces.time_zone_annotation() {
            let named = annotation.to_time_zone_with(&ZONES);
            let named = named.map_err(|_| MomentError::Zone { name: text.to_owned() })?;
            if pieces.offset().is_none() {
                return once(text, DateTime::from_parts(pieces.date(), time), &named).map(Moment::At);
            }
            let parsed = PARSER.parse_zoned_with(&ZONES, text);
            return parsed.map(Moment::At).map_err(|_| MomentError::Offset { text: text.to_owned() });
        }
        let civil = DateTime::from_parts(pieces.date(), time);
        match pieces.to_numeric_offset() {
            Some(offset) => {
                let at = offset.to_timestamp(civil).map_err(|_| MomentError::Beyond)?;
                Ok(Moment::At(at.to_zoned(offset.to_time_zone())))
            }
            None => once(text, civil, zone).map(Moment::At),
        }
    }

    /// So much later (or earlier) on the calendar of `zone`; without one, an instant is counted at its own offset. A whole day needs
    /// none.
    ///
    /// # Errors
    /// [`MomentError::HoursFromDay`], [`MomentError::Beyond`].
    pub fn plus(&self, span: Span, zone: Option<&TimeZone>) -> Result<Moment, MomentError> {
        match self {
            Moment::Day(_) if span.get_hours() != 0 || span.get_minutes() != 0 => Err(MomentError::HoursFromDay),
            Moment::Day(day) => day.checked_add(span).map(Moment::Day).map_err(|_| MomentError::Beyond),
            Moment::At(at) => {
                let at = zone.map_or_else(|| at.clone(), |zone| at.with_time_zone(zone.clone()));
                at.checked_add(span).map(Moment::At).map_err(|_| MomentError::Beyond)
            }
        }
    }

    /// The last instant of a day in `zone`; an instant itself.
    ///
    /// # Errors
    /// [`MomentError::Beyond`].
    pub fn last_instant(&self, zone: &TimeZone) -> Result<Timestamp, MomentError> {
        match self {
            Moment::Day(day) => {
                // Days may have 23 or 25 hours, and may begin at one o'clock: the next one's first instant knows.
                let next = day.tomorrow().and_then(|next| next.to_zoned(zone.clone()));
                let next = next.and_then(|next| next.start_of_day()).map_err(|_| MomentError::Beyond)?;
                next.timestamp().checked_sub(Span::new().nanoseconds(1)).map_err(|_| MomentError::Beyond)
            }
            Moment::At(at) => Ok(at.timestamp()),
        }
    }

    /// The day, as its writer's calendar has it.
    pub fn day(&self) -> Date {
        match self {
            Moment::Day(day) => *day,
            Moment::At(at) => at.date(),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moment::Day(day) => write!(f, "{day}"),
            Moment::At(at) if at.time_zone().iana_name().is_some() => write!(f, "{at}"),
            Moment::At(at) => write!(f, "{}", at.timestamp().display_with_offset(at.offset())),
        }
    }
}

/// A time of day that clocks in a zone show exactly once.
fn once(text: &str, civil: DateTime, zone: &TimeZone) -> Result<Zoned, MomentError> {
    let (text, name) = (text.to_owned(), zone.iana_name().unwrap_or("UTC").to_owned());
    let ambiguous = zone.to_ambiguous_zoned(civil);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => Err(MomentError::Skipped { text, zone: name }),
        AmbiguousOffset::Fold { .. } => Err(MomentError::Twice { text, zone: name }),
        AmbiguousOffset::Unambiguous { .. } => ambiguous.unambiguous().map_err(|_| MomentError::Beyond),
    }
}
