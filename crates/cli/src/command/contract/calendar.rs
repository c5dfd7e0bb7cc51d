//! `mutirao contract calendar`: what is due next in a network, and for whom.

use std::{collections::BTreeMap, path::Path};

use mutirao_contract::{
    Contract,
    against::{Contracts, read_all},
    deliveries, timeline,
};
use mutirao_core::{
    finding::{Finding, Severity, Where},
    pipeline::Pipeline,
};
use mutirao_pipeline::{NamedContract, Reading};
use serde::Serialize;

use crate::{
    args::ContractCalendarArgs,
    command::{Failure, Stopped, print_json, print_line},
    exit::Exit,
    gate::periods_of,
    network::folder_of,
    show::{findings::tell, table::table},
};

/// Something that is to happen.
#[derive(Serialize)]
struct Due {
    date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    partner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<String>,
    event: String,
    state: &'static str,
}

#[derive(Serialize)]
struct Body<'a> {
    at: String,
    due: &'a [Due],
    /// What is wrong with contracts of which nothing can be told.
    findings: &'a [Finding],
}

/// What is outstanding, and what is wrong with the contracts that are left out for it.
struct Told {
    due: Vec<Due>,
    findings: Vec<Finding>,
    texts: BTreeMap<String, String>,
}

/// Tells what is outstanding at an instant.
pub fn calendar(args: &ContractCalendarArgs, json: bool) -> Exit {
    let at = args.at.unwrap_or_else(jiff::Timestamp::now);
    match of(args, at) {
        Ok(Told { due, findings, texts }) => {
            if json {
                print_json("contract", Body { at: format!("{at:.0}"), due: &due, findings: &findings });
            } else {
                tell(&findings, &texts);
                print_line(words(&due).trim_end());
            }
            if findings.is_empty() { Exit::Ok } else { Exit::Findings }
        }
        Err(stopped) => stopped.failure.tell("contract", &stopped.findings, &stopped.texts, json),
    }
}

fn of(args: &ContractCalendarArgs, at: jiff::Timestamp) -> Result<Told, Stopped> {
    let reading = mutirao_pipeline::read(&args.network);
    let contracts = read_all(&reading);
    let findings = broken(&reading, &contracts);
    let Some(pipeline) = reading.pipeline else {
        let error = format!("{} is not in order", args.network.display());
        let failure = Failure { error, help: Some("mend what is told above".to_owned()), exit: Exit::Findings };
        return Err(Stopped { failure, findings: reading.findings, texts: reading.sources });
    };
    let known = deliveries::read(&folder_of(&args.network).join("deliveries.csv"));
    if !known.findings.is_empty() {
        let error = "deliveries.csv is not in order".to_owned();
        let failure = Failure { error, help: Some("mend what is told above".to_owned()), exit: Exit::Findings };
        return Err(Stopped { failure, findings: known.findings, texts: BTreeMap::new() });
    }
    let bound: Vec<Bound> =
        contracts.contracts.iter().map(|(named, contract)| bound(&pipeline, named, contract)).collect();
    let agreements: Vec<timeline::Agreement<'_>> = contracts
        .contracts
        .iter()
        .zip(&bound)
        .map(|((_, contract), (partner, periods))| timeline::Agreement {
            timeline: &contract.timeline,
            partner,
            periods,
        })
        .collect();
    let entries = timeline::calendar(&agreements, &known.deliveries, at);
    Ok(Told { due: entries.into_iter().map(due).collect(), findings, texts: contracts.sources })
}

/// The errors of the contracts that cannot be relied on, and so have no place in the calendar.
fn broken(reading: &Reading, contracts: &Contracts) -> Vec<Finding> {
    let is_read = |path: &Path| contracts.contracts.iter().any(|(named, _)| named.path == path);
    let left_out: Vec<String> = reading
        .contracts
        .iter()
        .map(|named| &named.path)
        .filter(|path| !is_read(path))
        .map(|path| path.display().to_string())
        .collect();
    let is_of = |finding: &&Finding| matches!(&finding.place, Some(Where::File(place)) if finding.severity == Severity::Error && left_out.contains(&place.file));
    contracts.findings.iter().filter(is_of).cloned().collect()
}

/// A partner, and the periods of a layer with their last days.
type Bound = (String, Vec<(String, Option<String>)>);

/// The partner who delivers a layer or member, and the periods that it speaks for with their last days.
fn bound(pipeline: &Pipeline, named: &NamedContract, contract: &Contract) -> Bound {
    let layer = pipeline.layers.iter().find(|layer| layer.name == named.layer);
    let member = layer.and_then(|layer| layer.members.iter().find(|member| member.name == named.member));
    let Some(member) = member else { return (String::new(), Vec::new()) };
    let partner = member.partner.map(|at| pipeline.partners[at].name.clone()).unwrap_or_default();
    let last_day = |label: &String| {
        let period = pipeline.periods.iter().find(|period| period.label == *label)?;
        period.end.clone()
    };
    let periods = periods_of(pipeline, member, contract).into_iter().map(|label| (last_day(&label), label));
    (partner, periods.map(|(end, label)| (label, end)).collect())
}

fn due(entry: timeline::Entry) -> Due {
    let timeline::Entry { date, partner, layer, period, event, state, .. } = entry;
    Due { date, partner, layer, period, event: event.words(), state: state.word() }
}

fn words(due: &[Due]) -> String {
    if due.is_empty() {
        return "nothing is due".to_owned();
    }
    let cell = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let header = ["due", "partner", "layer", "period", "what", "state"].map(str::to_owned).to_vec();
    let rows = due.iter().map(|due| {
        vec![
            due.date.clone(),
            cell(&due.partner),
            cell(&due.layer),
            cell(&due.period),
            due.event.clone(),
            due.state.to_owned(),
        ]
    });
    table(&std::iter::once(header).chain(rows).collect::<Vec<_>>(), &[0, 1, 2, 3, 4, 5])
}
