//! Fewer periods than the pipeline has: for drafts.

use mutirao_core::{pipeline::Pipeline, rule::Rule};

use super::Plan;

/// Keeps some of the periods of a pipeline and its plan, by their places, ascending. What the others would have given does not change.
pub fn keep_periods(pipeline: &mut Pipeline, plan: &mut Plan, keep: &[usize]) {
    retain(&mut pipeline.periods, keep);
    retain(&mut plan.periods, keep);
    retain(&mut plan.table.periods, keep);
    for layer in &mut plan.layers {
        retain(&mut layer.by_period, keep);
    }
    plan.table.rules.iter_mut().chain(&mut pipeline.coverage.rules).for_each(|rule| renumber(rule, keep));
    for member in pipeline.layers.iter_mut().flat_map(|layer| &mut layer.members) {
        member.inputs.retain(|input| keep.contains(&input.period));
        for input in &mut member.inputs {
            input.period = keep.iter().position(|period| *period == input.period).unwrap_or_default();
        }
    }
}

fn retain<T>(items: &mut Vec<T>, keep: &[usize]) {
    let mut at = 0;
    items.retain(|_| {
        at += 1;
        keep.contains(&(at - 1))
    });
}

fn renumber(rule: &mut Rule, keep: &[usize]) {
    if let Some(periods) = &mut rule.periods {
        *periods = keep.iter().enumerate().filter(|(_, was)| periods.contains(was)).map(|(now, _)| now).collect();
    }
}
