//! The method of a pipeline, ready to judge combinations in every period.

use mutirao_core::{
    pipeline::{Method, Pipeline},
    rule::{LayerId, RuleTable},
};
use mutirao_mosaic::{
    outcome::Outcome,
    slot::SlotMeaning,
    table::{Prevalence, Tops},
    vote::{Choice, Vote},
};

/// What decides in one period.
#[derive(Debug)]
pub enum Judge<'a> {
    /// Rules.
    Prevalence(Prevalence<'a>),
    /// Votes.
    Vote(Vote<'a>),
}

impl Judge<'_> {
    /// What becomes of one combination of slots.
    pub fn judge(&self, slots: &[usize]) -> Outcome {
        match self {
            Judge::Prevalence(prevalence) => prevalence.judge(slots),
            Judge::Vote(vote) => vote.judge(slots),
        }
    }
}

/// The judges of a pipeline, one a period.
pub fn judges<'a>(pipeline: &Pipeline, table: &'a RuleTable, meanings: &'a [Vec<SlotMeaning>]) -> Vec<Judge<'a>> {
    let tops = Tops::new(&pipeline.legend);
    let vote = |choice, order| {
        Judge::Vote(Vote {
            choice,
            order,
            layers: &table.layers,
            meanings,
            within: table.within,
            unclaimed: table.unclaimed,
            tops: tops.clone(),
        })
    };
    let order = &pipeline.coverage.order;
    (0..pipeline.periods.len())
        .map(|period| match pipeline.coverage.method {
            Method::Prevalence => Judge::Prevalence(Prevalence::new(table, meanings, tops.clone(), period)),
            Method::First => vote(Choice::First, order.clone()),
            Method::Last => vote(Choice::First, order.iter().rev().copied().collect()),
            Method::MostRecent => vote(Choice::First, by_date(pipeline, order)),
            Method::Majority => vote(Choice::Majority, order.clone()),
            Method::Min => vote(Choice::Min, order.clone()),
            Method::Max => vote(Choice::Max, order.clone()),
        })
        .collect()
}

/// The latest first; of one date the earlier in order. Dates are written year first, so their text sorts as they do.
fn by_date(pipeline: &Pipeline, order: &[LayerId]) -> Vec<LayerId> {
    let mut order = order.to_vec();
    order.sort_by(|a, b| pipeline.layers[*b].date.cmp(&pipeline.layers[*a].date));
    order
}
