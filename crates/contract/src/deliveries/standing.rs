//! Which deliveries stand: those that nobody took back, as they were judged last.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Delivery, Verdict};
use crate::timeline::State;

/// A list of deliveries, and what later lines say of earlier ones.
#[derive(Debug)]
pub struct Standing<'a> {
    /// The list.
    pub deliveries: &'a [Delivery],
    /// By place: when it was taken back.
    taken_back: Vec<Option<Timestamp>>,
    /// By place: when the same version came that was judged again further down, and failed.
    overruled: Vec<Option<Timestamp>>,
}

impl<'a> Standing<'a> {
    /// Of a list. Lines are only ever added, so of those of one version the last says how it was judged; else any order will do.
    pub fn of(deliveries: &'a [Delivery]) -> Standing<'a> {
        Standing { deliveries, taken_back: taken_back(deliveries), overruled: overruled(deliveries) }
    }

    /// Whether a delivery had been taken back by an instant: by a line of the same layer, period, partner, version and bytes, no earlier
    /// than its own, whose state is `withdrawn`.
    pub fn is_withdrawn(&self, place: usize, at: Timestamp) -> bool {
        self.taken_back[place].is_some_and(|back| back <= at)
    }

    /// Whether a line says that a delivery had passed by an instant, and none further down that the same version failed.
    pub fn passes(&self, place: usize, at: Timestamp) -> bool {
        let own = &self.deliveries[place];
        own.verdict == Verdict::Pass
            && !is_withdrawal(own)
            && own.delivered_at <= at
            && self.overruled[place].is_none_or(|again| again > at)
    }

    /// The places of lines that take back what nobody had delivered by then.
    pub fn idle_withdrawals(&self) -> Vec<usize> {
        let mut first: HashMap<_, Timestamp> = HashMap::new();
        for one in self.deliveries.iter().filter(|one| !is_withdrawal(one)) {
            let known = first.entry(bytes(one)).or_insert(one.delivered_at);
            *known = one.delivered_at.min(*known);
        }
        let is_idle = |line: &Delivery| {
            is_withdrawal(line) && first.get(&bytes(line)).is_none_or(|first| *first > line.delivered_at)
        };
        (0..self.deliveries.len()).filter(|place| is_idle(&self.deliveries[*place])).collect()
    }
}

/// Whether a line takes a delivery back.
pub fn is_withdrawal(line: &Delivery) -> bool {
    line.state == Some(State::Withdrawn)
}

type Version<'a> = (&'a str, &'a str, &'a str, &'a str);

fn version(one: &Delivery) -> Version<'_> {
    (&one.layer, &one.period, &one.partner, &one.version)
}

fn bytes(one: &Delivery) -> (Version<'_>, &str) {
    (version(one), &one.sha256)
}

fn taken_back(deliveries: &[Delivery]) -> Vec<Option<Timestamp>> {
    let mut lines: HashMap<_, Vec<Timestamp>> = HashMap::new();
    for line in deliveries.iter().filter(|line| is_withdrawal(line)) {
        lines.entry(bytes(line)).or_default().push(line.delivered_at);
    }
    lines.values_mut().for_each(|times| times.sort_unstable());
    let of = |own: &Delivery| {
        let times = lines.get(&bytes(own))?;
        times.get(times.partition_point(|time| *time < own.delivered_at)).copied()
    };
    deliveries.iter().map(of).collect()
}

fn overruled(deliveries: &[Delivery]) -> Vec<Option<Timestamp>> {
    let mut said: HashMap<_, Timestamp> = HashMap::new();
    let mut overruled = vec![None; deliveries.len()];
    for (place, line) in deliveries.iter().enumerate().rev().filter(|(_, line)| !is_withdrawal(line)) {
        overruled[place] = said.get(&version(line)).copied();
        if line.verdict == Verdict::Fail {
            let first = said.entry(version(line)).or_insert(line.delivered_at);
            *first = line.delivered_at.min(*first);
        }
    }
    overruled
}
