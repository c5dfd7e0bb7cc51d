//! Whether deliveries came in time.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Milestone, Timeline, Window};
use crate::deliveries::{Delivery, Standing, is_withdrawal};

/// How a milestone stands, or what a delivery was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nothing that passes is there, and it is not due yet.
    Expected,
    /// It was there before the milestone's window opened.
    Early,
    /// It came within the window.
    OnTime,
    /// It came after the due date and within the grace; of a milestone without a delivery: grace is running.
    InGrace,
    /// It came after the grace.
    Late,
    /// Grace is over and nothing that passes is there.
    Missing,
    /// A delivery that replaces one that had passed before, and decides no milestone.
    Superseding,
    /// It was taken back.
    Withdrawn,
}

impl State {
    /// Its word, as files and reports have it.
    pub fn word(self) -> &'static str {
        match self {
            State::Expected => "expected",
            State::Early => "early",
            State::OnTime => "on-time",
            State::InGrace => "in-grace",
            State::Late => "late",
            State::Missing => "missing",
            State::Superseding => "superseding",
            State::Withdrawn => "withdrawn",
        }
    }

    /// The state of a word.
    pub fn of(word: &str) -> Option<State> {
        use State::*;
        [Expected, Early, OnTime, InGrace, Late, Missing, Superseding, Withdrawn]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// How one milestone stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The milestone's place in the timeline.
    pub milestone: usize,
    /// How it stands.
    pub state: State,
    /// The delivery that decides, by its place in the list; none where nothing came.
    pub delivery: Option<usize>,
}

/// How every milestone stands at an instant, by the deliveries of one layer and period as they are listed. What comes after `at` is not
/// known yet.
///
/// A milestone is decided by the first delivery that passes and is not withdrawn: the first within its window; else the first before
/// it (early); else the first after the due date. So what is decided at the due date stays decided, but for a withdrawal, and for a
/// version that was judged again and failed. Where all that passed was withdrawn, the milestone is withdrawn, once its grace is over.
pub fn judge(timeline: &Timeline, deliveries: &[Delivery], at: Timestamp) -> Vec<Judged> {
    judge_standing(timeline, &Standing::of(deliveries), at)
}

fn judge_standing(timeline: &Timeline, deliveries: &Standing<'_>, at: Timestamp) -> Vec<Judged> {
    let of = |(place, milestone): (usize, &Milestone)| {
        let (state, delivery) = judge_window(&milestone.window, deliveries, at);
        Judged { milestone: place, state, delivery }
    };
    timeline.milestones.iter().enumerate().map(of).collect()
}

/// The same for one window: how it stands, and the delivery that decides, by its place in the list.
pub fn judge_window(window: &Window, deliveries: &Standing<'_>, at: Timestamp) -> (State, Option<usize>) {
    let passed = passed(deliveries, at);
    let stands = |place: &usize| !deliveries.is_withdrawn(*place, at);
    let standing: Vec<usize> = passed.iter().copied().filter(stands).collect();
    match decisive(window, &standing, deliveries.deliveries) {
        Some((state, delivery)) => (state, Some(delivery)),
        None => waiting(window, &passed, at),
    }
}

/// What each delivery was, as it stands at an instant: withdrawn; else what it decides, of the earliest milestone that it
/// decides; else superseding, if another had passed before it. None for one that did not pass, that decides nothing and
/// supersedes nothing, or that is not there yet.
pub fn states(timeline: &Timeline, deliveries: &[Delivery], at: Timestamp) -> Vec<Option<State>> {
    let standing = Standing::of(deliveries);
    let judged = judge_standing(timeline, &standing, at);
    let rank: HashMap<usize, usize> = passed(&standing, at).into_iter().zip(0..).collect();
    let of = |place: usize| {
        if deliveries[place].delivered_at > at {
            return None;
        }
        if is_withdrawal(&deliveries[place]) || standing.is_withdrawn(place, at) {
            return Some(State::Withdrawn);
        }
        let rank = *rank.get(&place)?;
        let decided = judged.iter().find(|judged| judged.delivery == Some(place)).map(|judged| judged.state);
        decided.or((rank > 0).then_some(State::Superseding))
    };
    (0..deliveries.len()).map(of).collect()
}

/// Deliveries that passed, by time, then by their order.
fn passed(standing: &Standing<'_>, at: Timestamp) -> Vec<usize> {
    let deliveries = standing.deliveries;
    let mut passed: Vec<usize> = (0..deliveries.len()).filter(|place| standing.passes(*place, at)).collect();
    passed.sort_by_key(|place| deliveries[*place].delivered_at);
    passed
}

fn decisive(window: &Window, standing: &[usize], deliveries: &[Delivery]) -> Option<(State, usize)> {
    let time = |place: usize| deliveries[place].delivered_at;
    let is_open = |place: usize| window.opens_at.is_none_or(|opens| time(place) > opens);
    let in_window = standing.iter().copied().find(|place| is_open(*place) && time(*place) <= window.due_at);
    if let Some(place) = in_window {
        return Some((State::OnTime, place));
    }
    if let Some(place) = standing.iter().copied().find(|place| !is_open(*place)) {
        return Some((State::Early, place));
    }
    let place = *standing.first()?;
    let state = if time(place) <= window.grace_until { State::InGrace } else { State::Late };
    Some((state, place))
}

fn waiting(window: &Window, passed: &[usize], at: Timestamp) -> (State, Option<usize>) {
    if at <= window.due_at {
        (State::Expected, None)
    } else if at <= window.grace_until {
        (State::InGrace, None)
    } else {
        match passed.last() {
            Some(taken_back) => (State::Withdrawn, Some(*taken_back)),
            None => (State::Missing, None),
        }
    }
}
