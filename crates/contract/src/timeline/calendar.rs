//! What is due next, and for whom.

use jiff::Timestamp;

use super::{Milestone, State, Timeline, judge_window};
use crate::deliveries::{Delivery, Standing};

/// A timeline, who it binds, and the periods that it is for.
#[derive(Debug, Clone, Copy)]
pub struct Agreement<'a> {
    /// The timeline.
    pub timeline: &'a Timeline,
    /// The partner.
    pub partner: &'a str,
    /// The periods, each with its last day, `YYYY-MM-DD`, where it is known.
    pub periods: &'a [(String, Option<String>)],
}

/// Something that is to happen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The last instant that is on time; of an event of the release, its last instant.
    pub at: Timestamp,
    /// The date as people write it.
    pub date: String,
    /// For whom; none for an event of the release, which is for all.
    pub partner: Option<String>,
    /// The layer.
    pub layer: Option<String>,
    /// The period; none where it is no delivery of one.
    pub period: Option<String>,
    /// What it is.
    pub event: Event,
    /// How it stands: expected, in grace, missing or withdrawn; expected for what is no delivery.
    pub state: State,
}

/// What is to happen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// A milestone of the release.
    Release(String),
    /// A delivery for a milestone.
    Milestone(String),
    /// A period must be there, so long after its end.
    Latency,
    /// The next delivery, so long after the last.
    Frequency,
}

impl Event {
    /// What it is, in words.
    pub fn words(&self) -> String {
        match self {
            Event::Release(name) => format!("{name} of the network"),
            Event::Milestone(name) => name.clone(),
            Event::Latency => "latency".to_owned(),
            Event::Frequency => "next delivery".to_owned(),
        }
    }
}

/// All that is outstanding at an instant: deliveries that are not there, also those that are late, and milestones of the release
/// to come. By date, then by partner and layer; the same milestone of a release stands once.
pub fn calendar(agreements: &[Agreement<'_>], deliveries: &[Delivery], at: Timestamp) -> Vec<Entry> {
    let mut entries: Vec<Entry> = agreements.iter().flat_map(|one| outstanding(one, deliveries, at)).collect();
    entries.sort();
    entries.dedup();
    entries
}

fn outstanding(agreement: &Agreement<'_>, deliveries: &[Delivery], at: Timestamp) -> Vec<Entry> {
    let timeline = agreement.timeline;
    let to_come = timeline.release.iter().filter(|milestone| milestone.at >= at);
    let mut entries: Vec<Entry> = to_come
        .map(|milestone| Entry {
            at: milestone.at,
            date: milestone.date.to_string(),
            partner: None,
            layer: None,
            period: None,
            event: Event::Release(milestone.name.clone()),
            state: State::Expected,
        })
        .collect();
    let own: Vec<Delivery> = deliveries.iter().filter(|one| one.layer == timeline.layer).cloned().collect();
    entries.extend(of_frequency(agreement, &Standing::of(&own), at));
    for (period, last_day) in agreement.periods {
        let own: Vec<Delivery> = own.iter().filter(|delivery| delivery.period == *period).cloned().collect();
        let own = Standing::of(&own);
        entries.extend(of_milestones(agreement, period, &own, at));
        entries.extend(last_day.as_deref().and_then(|day| of_latency(agreement, period, day, &own, at)));
    }
    entries
}

fn entry(
    agreement: &Agreement<'_>,
    date: (Timestamp, String),
    period: Option<&str>,
    event: Event,
    state: State,
) -> Entry {
    Entry {
        at: date.0,
        date: date.1,
        partner: Some(agreement.partner.to_owned()),
        layer: Some(agreement.timeline.layer.clone()),
        period: period.map(str::to_owned),
        event,
        state,
    }
}

fn of_milestones(agreement: &Agreement<'_>, period: &str, own: &Standing<'_>, at: Timestamp) -> Vec<Entry> {
    let of = |milestone: &Milestone| {
        let event = Event::Milestone(milestone.name.clone());
        let state = outstanding_state(judge_window(&milestone.window, own, at))?;
        Some(entry(agreement, (milestone.window.due_at, milestone.due.to_string()), Some(period), event, state))
    };
    agreement.timeline.milestones.iter().filter_map(of).collect()
}

/// The state of what nobody has delivered, or what was taken back.
fn outstanding_state((state, delivery): (State, Option<usize>)) -> Option<State> {
    (delivery.is_none() || state == State::Withdrawn).then_some(state)
}

fn of_latency(
    agreement: &Agreement<'_>,
    period: &str,
    last_day: &str,
    own: &Standing<'_>,
    at: Timestamp,
) -> Option<Entry> {
    let due = agreement.timeline.due_by_latency(last_day)?;
    let window = agreement.timeline.window(&due)?;
    let state = outstanding_state(judge_window(&window, own, at))?;
    Some(entry(agreement, (window.due_at, due.to_string()), Some(period), Event::Latency, state))
}

fn of_frequency(agreement: &Agreement<'_>, own: &Standing<'_>, at: Timestamp) -> Option<Entry> {
    let timeline = agreement.timeline;
    let counts = |place: &usize| own.passes(*place, at) && !own.is_withdrawn(*place, at);
    let last = (0..own.deliveries.len()).filter(counts).map(|place| own.deliveries[place].delivered_at).max()?;
    let due = timeline.next_after(last)?;
    let window = timeline.window(&due)?;
    let (state, _) = judge_window(&window, &Standing::of(&[]), at);
    Some(entry(agreement, (window.due_at, due.to_string()), None, Event::Frequency, state))
}
