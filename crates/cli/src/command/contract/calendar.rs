//! `mutirao contract calendar`: what is due next in a network, and for whom.

use std::collections::BTreeMap;

use mutirao_contract::{Contract, against::read_all, deliveries, timeline};
use mutirao_core::pipeline::Pipeline;
use mutirao_pipeline::NamedContract;
use serde::Serialize;

use crate::{
    args::ContractCalendarArgs,
    command::{Failure, Stopped, print_json, print_line},
    exit::Exit,
    gate::periods_of,
    network::folder_of,
    show::table::table,
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
}

/// Tells what is outstanding at an instant.
pub fn calendar(args: &ContractCalendarArgs, json: bool) -> Exit {
    let at = args.at.unwrap_or_else(jiff::Timestamp::now);
    match of(args, at) {
        Ok(due) if json => print_json("contract", Body { at: format!("{at:.0}"), due: &due }),
        Ok(due) => {
            print_line(words(&due).trim_end());
            Exit::Ok
        }
        Err(stopped) => stopped.failure.tell("contract", &stopped.findings, &stopped.texts, json),
    }
}

fn of(args: &ContractCalendarArgs, at: jiff::Timestamp) -> Result<Vec<Due>, Stopped> {
    let reading = mutirao_pipeline::read(&args.network);
    let contracts = read_all(&reading);
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
    Ok(entries.into_iter().map(due).collect())
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
