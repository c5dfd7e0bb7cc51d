//! Timelines: what is due when, and whether it came in time. Pure functions over values; nothing here asks for the present, so
//! the same question has the same answer at any time.
//!
//! # How a contract says it
//!
//! `slaProperties` say what is due of the layer, `milestones` (among the `customProperties`) what the release goes through:
//!
//! - `dueDate` of `layer.milestone` with a day or an instant: due then. A day lasts to its end, where the contract's `timezone` is,
//!   else in UTC.
//! - `dueDate` with a number of units counts from another milestone, which the entry `layer.milestone` (or `milestone`) of
//!   `milestones` names: `{ before: freeze }` with -30 d is due thirty days before the freeze. The sign must agree with the
//!   word. A milestone of the release may count from another by itself: `{ before: release, by: 30, unit: d }`.
//! - Days, weeks, months and years are counted on the calendar: a month after 31 January is the last day of February, a
//!   year after 29 February is 28 February. From a day, the result is a day; from an instant, the same time of day, in
//!   the contract's `timezone`, else at the instant's own offset. Where clocks skip that time of day, it is as much later as they skip;
//!   where they pass it twice, it is the first.
//! - A name is looked up as the due date of this layer first, then as a milestone of the release.
//! - `grace`: so long after the due date is still in grace. `window`: from so long before it a delivery is for this milestone;
//!   without one, from the layer's due date before it.
//! - `frequency`: a new delivery so long after the last. `latency`: a period is delivered so long after its last day at
//!   the latest. `retention`: a delivery is kept so long.
//!
//! What is said of `layer.milestone` goes before what is said of the layer, and that before what is said of nothing.
//!
//! # Zones
//!
//! The time zone database is part of the program, so a judgement is the same on every machine, one without any database too.

mod calendar;
mod judge;
mod moment;
mod resolve;
mod said;
mod unknown;

use jiff::{Span, Timestamp};
use mutirao_core::finding::Place;

pub use calendar::{Agreement, Entry, Event, calendar};
pub use judge::{Judged, State, judge, judge_window, states};
pub use moment::{Moment, MomentError, zone};
pub(crate) use resolve::read;

/// Units of time that contracts count in.
pub(crate) const UNITS: &[&str] =
    &["min", "h", "d", "day", "days", "w", "week", "weeks", "mo", "month", "months", "y", "yr", "year", "years"];

/// The timeline of one layer, resolved: every due date is an instant.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// The layer: the contract's id.
    pub layer: String,
    /// The time zone, by its name.
    pub zone: String,
    /// What the layer must be delivered for, by due date, then by name.
    pub milestones: Vec<Milestone>,
    /// What the release goes through besides, by date, then by name.
    pub release: Vec<ReleaseMilestone>,
    /// A new delivery so long after the last.
    pub frequency: Option<Span>,
    /// A period is delivered so long after its last day at the latest.
    pub latency: Option<Span>,
    /// A delivery is kept so long.
    pub retention: Option<Span>,
    /// So long after a due date is still in grace, for what is due by `frequency` and `latency`.
    pub grace: Option<Span>,
}

/// A date by which the layer must be delivered.
#[derive(Debug, Clone)]
pub struct Milestone {
    /// Its name without the layer, such as `first-version`.
    pub name: String,
    /// The date as people would write it.
    pub due: Moment,
    /// When a delivery is in time for it.
    pub window: Window,
    /// Why it is due then, in the contract's word.
    pub driver: Option<String>,
    /// Where it stands in the contract.
    pub place: Place,
}

/// When a delivery is in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// After this instant a delivery is for it; always where none.
    pub opens_at: Option<Timestamp>,
    /// The last instant that is on time.
    pub due_at: Timestamp,
    /// The last instant that is in grace; the same as `due_at` where there is none.
    pub grace_until: Timestamp,
}

/// A date of the release that asks for no delivery by itself.
#[derive(Debug, Clone)]
pub struct ReleaseMilestone {
    /// Its name, such as `freeze`.
    pub name: String,
    /// The date as people would write it.
    pub date: Moment,
    /// Its last instant.
    pub at: Timestamp,
    /// Where it stands in the contract.
    pub place: Place,
}

impl Timeline {
    /// When the next delivery is due by `frequency`, from the day of the last. None without one, or beyond the calendar.
    pub fn next_after(&self, last: Timestamp) -> Option<Moment> {
        self.day_after(last, self.frequency?)
    }

    /// When a period is due by `latency`, from its last day, `YYYY-MM-DD`. None without one, or where that is no day.
    pub fn due_by_latency(&self, last_day: &str) -> Option<Moment> {
        Moment::Day(last_day.parse().ok()?).plus(self.latency?, None).ok()
    }

    /// Until when a delivery is kept by `retention`, from the day on which it came.
    pub fn kept_until(&self, delivered: Timestamp) -> Option<Moment> {
        self.day_after(delivered, self.retention?)
    }

    /// When a delivery is in time for what is due then, with the layer's grace and without an opening.
    pub fn window(&self, due: &Moment) -> Option<Window> {
        let zone = zone(&self.zone).ok()?;
        let late = match self.grace {
            Some(grace) => due.plus(grace, Some(&zone)).ok()?,
            None => due.clone(),
        };
        let (due_at, grace_until) = (due.last_instant(&zone).ok()?, late.last_instant(&zone).ok()?);
        Some(Window { opens_at: None, due_at, grace_until })
    }

    /// From the day of an instant in the contract's zone; hours from the instant itself.
    fn day_after(&self, from: Timestamp, span: Span) -> Option<Moment> {
        let from = from.to_zoned(zone(&self.zone).ok()?);
        let day = Moment::Day(from.date()).plus(span, None);
        day.or_else(|_| Moment::At(from).plus(span, None)).ok()
    }
}

/// So many of a unit.
pub(crate) fn span(count: i64, unit: &str) -> Option<Span> {
    let span = Span::new();
    match unit {
        "min" => span.try_minutes(count),
        "h" => span.try_hours(count),
        "d" | "day" | "days" => span.try_days(count),
        "w" | "week" | "weeks" => span.try_weeks(count),
        "mo" | "month" | "months" => span.try_months(count),
        "y" | "yr" | "year" | "years" => span.try_years(count),
        _ => return None,
    }
    .ok()
}
