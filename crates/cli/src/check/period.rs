//! `--period` held against the contract.

use mutirao_contract::{Quality, checks::Check, terms::PeriodList};
use mutirao_pipeline::text::{did_you_mean, listed};

use super::agreement::Agreement;
use crate::{command::Failure, exit::Exit};

/// More periods than this are not compared one by one.
const MOST: usize = 1000;

/// Whether a period is one that the contract knows: by its terms, else by its checks. Where it names none, any may be meant.
///
/// # Errors
/// That it is none, with those that are known.
pub fn agreed(agreement: &Agreement, period: &str) -> Result<(), Failure> {
    let refused = |error: String, help: String| Err(Failure { error, help: Some(help), exit: Exit::Findings });
    let lists = lists(agreement);
    let labels: Vec<String> = lists.iter().filter_map(|list| list.labels(MOST)).flatten().collect();
    let known = listed(&labels.iter().map(String::as_str).collect::<Vec<_>>());
    let help = || match lists.first() {
        None => "say which period the files speak for, or leave --period out".to_owned(),
        Some(_) if !known.is_empty() => format!("the contract's periods are {known}"),
        Some(list) => format!("the contract's periods are {list}"),
    };
    if period.trim().is_empty() {
        return refused("--period names no period".to_owned(), help());
    }
    let has = |list: &&PeriodList| match list.labels(MOST) {
        Some(labels) => labels.iter().any(|label| label == period),
        None => list.contains(period),
    };
    if lists.is_empty() || lists.iter().any(has) {
        return Ok(());
    }
    let hint = did_you_mean(period, labels.iter().map(String::as_str));
    refused(format!("the contract has no period \"{}\"{hint}", period.escape_debug()), help())
}

/// The lists of periods that a contract has.
fn lists(agreement: &Agreement) -> Vec<&PeriodList> {
    let object = agreement.object();
    if let Some(terms) = object.terms.periods.as_ref().or(agreement.contract.terms.periods.as_ref()) {
        return vec![terms];
    }
    let listed = agreement.object().rules().filter_map(|(_, rule)| match &rule.quality {
        Quality::Check(Check::Periods(wanted)) => Some(wanted),
        _ => None,
    });
    let wanted: Vec<_> = listed.collect();
    // Where a check lets further ones be there, any may be meant.
    if wanted.iter().any(|wanted| wanted.further) {
        Vec::new()
    } else {
        wanted.iter().map(|one| &one.periods).collect()
    }
}
