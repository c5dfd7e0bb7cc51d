//! The scorecard: how each partner keeps quality and time, by the same rule for all. What was only tried out never counts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use mutirao_check::{Kept, Report};
use mutirao_contract::{
    Contract,
    deliveries::{Delivery, Standing},
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

/// What is counted of a layer, or of all layers of a partner; every number with what it is of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Recorded deliveries by verdict, a period's version each; those that were withdrawn do not count.
    pub deliveries: BTreeMap<String, u64>,
    /// Due dates that have passed, by state: a milestone of a period each.
    pub due: BTreeMap<String, u64>,
    /// Rules of the contract that bind and could be judged in this run.
    pub judged: u64,
    /// Those that are kept.
    pub kept: u64,
    /// Findings of this run that are errors or warnings, by element of quality.
    pub findings: BTreeMap<String, u64>,
}

/// How a partner does with one layer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The layer, or `layer/member`.
    pub layer: String,
    /// The partner's id.
    pub partner: String,
    /// What is counted of it.
    #[serde(flatten)]
    pub score: Score,
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
        let mut score = Score::default();
        let standing = Standing::of(deliveries);
        let stands = |place: &usize| deliveries[*place].delivered_at <= at && !standing.is_withdrawn(*place, at);
        // A period's version is one delivery, however often it was judged: what was said last of it counts, and that it could not be judged
        // only where nothing else was said.
        let mut last: BTreeMap<(&str, &str), &Delivery> = BTreeMap::new();
        for one in (0..deliveries.len()).filter(stands).map(|place| &deliveries[place]) {
            let known = last.entry((&one.period, &one.version)).or_insert(one);
            if one.verdict.is_judgement() || !known.verdict.is_judgement() {
                *known = one;
            }
        }
        for one in last.values() {
            count(&mut score.deliveries, one.verdict.word(), 1);
        }
        punctuality.iter().for_each(|one| count(&mut score.due, one.state.word(), 1));
        if let Some(report) = report {
            let Kept { kept, judged, .. } = report.kept();
            (score.judged, score.kept) = (judged, kept);
            let told = report.findings.iter().filter(|finding| finding.severity > Severity::Info);
            told.for_each(|finding| count(&mut score.findings, &finding.element, 1));
        }
        Card { layer: layer.to_owned(), partner: partner.to_owned(), score }
    }
}

fn count(counts: &mut BTreeMap<String, u64>, word: &str, times: u64) {
    *counts.entry(word.to_owned()).or_default() += times;
}

fn add(sum: &mut BTreeMap<String, u64>, counts: &BTreeMap<String, u64>) {
    counts.iter().for_each(|(word, times)| count(sum, word, *times));
}

impl Score {
    /// Adds what was judged in this run: rules and findings.
    pub(super) fn add_judged(&mut self, other: &Score) {
        self.judged += other.judged;
        self.kept += other.kept;
        add(&mut self.findings, &other.findings);
    }

    /// Adds what is written down: deliveries and due dates.
    pub(super) fn add_recorded(&mut self, other: &Score) {
        add(&mut self.deliveries, &other.deliveries);
        add(&mut self.due, &other.due);
    }

    /// How many of the rules that could be judged are kept.
    pub fn kept_words(&self) -> String {
        format!("{} of {}", self.kept, self.judged)
    }

    /// How many of the recorded deliveries passed.
    pub fn passed_words(&self) -> String {
        match self.deliveries.values().sum::<u64>() {
            0 => "none recorded".to_owned(),
            all => format!("{} of {all}", self.deliveries.get("pass").unwrap_or(&0)),
        }
    }

    /// For how many of the due dates that have passed it was there in time.
    pub fn in_time_words(&self) -> String {
        let in_time = [State::Early, State::OnTime].iter().filter_map(|state| self.due.get(state.word()));
        match self.due.values().sum::<u64>() {
            0 => "-".to_owned(),
            all => format!("{} of {all}", in_time.sum::<u64>()),
        }
    }

    /// Findings by element, in words.
    pub fn element_words(&self) -> String {
        let words = self.findings.iter().map(|(element, count)| format!("{element} {count}"));
        let words: Vec<String> = words.collect();
        if words.is_empty() { "none".to_owned() } else { words.join("; ") }
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
