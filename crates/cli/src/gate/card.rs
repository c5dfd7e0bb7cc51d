//! The scorecard: how each partner keeps quality and time, by the same rule for all. What was only tried out never counts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use mutirao_check::{Outcome, Report};
use mutirao_contract::{
    Contract,
    deliveries::{Delivery, is_withdrawn},
    timeline::{State, judge},
};
use mutirao_core::finding::Severity;
use serde::{Deserialize, Serialize};

/// Whether a layer came in time for one milestone and period whose due date has passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Punctuality {
    /// The period; empty for a layer that is the same in all.
    pub period: String,
    /// The milestone.
    pub milestone: String,
    /// When it was due, as the contract says it.
    pub due: String,
    /// What it was at the instant of judgement.
    pub state: State,
}

/// How a partner does with one layer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The layer, or `layer/member`.
    pub layer: String,
    /// The partner's id.
    pub partner: String,
    /// Recorded deliveries by verdict, a period's version each; those that were withdrawn do not count.
    pub deliveries: BTreeMap<String, u64>,
    /// Due dates that have passed, by state: a milestone of a period each.
    pub due: BTreeMap<String, u64>,
    /// Rules of the contract that could be judged in this run, and those of them that are kept.
    pub judged: u64,
    /// Those that are kept.
    pub kept: u64,
    /// Findings of this run that are errors or warnings, by element of quality.
    pub findings: BTreeMap<String, u64>,
}

impl Card {
    /// Of one layer: its recorded deliveries up to an instant, this run's report, its due dates.
    pub fn of(
        layer: &str,
        partner: &str,
        deliveries: &[Delivery],
        report: Option<&Report>,
        punctuality: &[Punctuality],
        at: Timestamp,
    ) -> Card {
        let mut card = Card { layer: layer.to_owned(), partner: partner.to_owned(), ..Card::default() };
        let stands = |place: &usize| deliveries[*place].delivered_at <= at && !is_withdrawn(deliveries, *place, at);
        // A period's version is one delivery, however often it was judged: what was written down last of it counts.
        let mut last: BTreeMap<(&str, &str), &Delivery> = BTreeMap::new();
        for one in (0..deliveries.len()).filter(stands).map(|place| &deliveries[place]) {
            last.insert((&one.period, &one.version), one);
        }
        for one in last.values() {
            *card.deliveries.entry(one.verdict.word().to_owned()).or_default() += 1;
        }
        for one in punctuality {
            *card.due.entry(one.state.word().to_owned()).or_default() += 1;
        }
        let Some(report) = report else { return card };
        let count = |outcome: Outcome| report.rules.iter().filter(|rule| rule.outcome == outcome).count() as u64;
        card.kept = count(Outcome::Kept);
        card.judged = card.kept + count(Outcome::Broken);
        for finding in report.findings.iter().filter(|finding| finding.severity > Severity::Info) {
            *card.findings.entry(finding.element.clone()).or_default() += 1;
        }
        card
    }

    /// Recorded deliveries in all.
    pub fn delivered(&self) -> u64 {
        self.deliveries.values().sum()
    }

    /// Those that passed.
    pub fn passed(&self) -> u64 {
        self.deliveries.get("pass").copied().unwrap_or(0)
    }

    /// Due dates that have passed in all.
    pub fn due_dates(&self) -> u64 {
        self.due.values().sum()
    }

    /// Those for which the layer was there by the due date.
    pub fn in_time(&self) -> u64 {
        [State::Early, State::OnTime].iter().filter_map(|state| self.due.get(state.word())).sum()
    }
}

/// How the due dates stand that have passed, by period and milestone: of one layer, by its deliveries.
pub fn punctuality(
    contract: &Contract,
    periods: &[String],
    deliveries: &[Delivery],
    at: Timestamp,
) -> Vec<Punctuality> {
    let timeline = &contract.timeline;
    let mut all = Vec::new();
    for period in periods {
        let speaks = |one: &&Delivery| one.period == *period || one.period.is_empty() || period.is_empty();
        let own: Vec<Delivery> = deliveries.iter().filter(speaks).cloned().collect();
        for judged in judge(timeline, &own, at) {
            let milestone = &timeline.milestones[judged.milestone];
            if milestone.window.due_at < at {
                all.push(Punctuality {
                    period: period.clone(),
                    milestone: milestone.name.clone(),
                    due: milestone.due.to_string(),
                    state: judged.state,
                });
            }
        }
    }
    all
}
