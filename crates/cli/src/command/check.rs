//! `mutirao check`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mutirao_check::{Report, Verdict};
use mutirao_contract::deliveries::Delivery;
use mutirao_core::finding::Finding;
use serde::Serialize;

use crate::{
    args::CheckArgs,
    check::{Agreement, Checked, Delivered, Due, Facts, Setting, check as judge, due, record},
    command::{Stopped, print_json, print_line},
    exit::Exit,
    network::Tools,
    rehearsal::{Rehearsal, rehearse, undone, words},
    show::{checks, findings::tell},
    told::{Drawn, Tellings, draw},
};

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    report: &'a Report,
    facts: Known<'a>,
    /// The pictures of `--preview`.
    #[serde(skip_serializing_if = "Option::is_none")]
    previews: Option<Vec<Preview<'a>>>,
    /// What is odd about the contract itself.
    #[serde(skip_serializing_if = "<[Finding]>::is_empty")]
    contract_findings: &'a [Finding],
    /// Why the delivery could not be rehearsed, where it was to be.
    #[serde(skip_serializing_if = "<[Finding]>::is_empty")]
    rehearsal_findings: &'a [Finding],
}

/// What was seen of the delivery, and what follows from it.
#[derive(Serialize)]
struct Known<'a> {
    #[serde(flatten)]
    facts: &'a Facts,
    /// What is due of the layer at the instant of judgement.
    #[serde(skip_serializing_if = "<[Due]>::is_empty")]
    due: &'a [Due],
    /// How the network's coverage would change, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    rehearsal: Option<&'a Rehearsal>,
}

/// A picture of a finding.
#[derive(Serialize)]
struct Preview<'a> {
    /// Which of the findings, from 0.
    finding: usize,
    path: &'a Path,
}

/// Holds a delivery against its contract.
pub fn check(args: &CheckArgs, threads: usize, tools: &Tools, json: bool) -> Exit {
    match judged(args, threads, tools, json) {
        Ok(Told { agreement, checked, due, rehearsal, undone, drawn }) => {
            let (rehearsal_findings, texts) = undone;
            if json {
                let previews = args.preview.is_some().then(|| previews(&drawn));
                let facts = Known { facts: &checked.facts, due: &due, rehearsal: rehearsal.as_ref() };
                let contract_findings = &agreement.findings;
                let rehearsal_findings = &rehearsal_findings;
                let report = &checked.report;
                print_json("check", Body { report, facts, previews, contract_findings, rehearsal_findings });
            } else {
                tell(&agreement.findings, &agreement.texts);
                checks::tell(&checked.report, &agreement.texts, &drawn);
                tell_known(&agreement, rehearsal.as_ref(), &due);
                tell(&rehearsal_findings, &texts);
            }
            match checked.report.verdict {
                Verdict::Pass | Verdict::Pending => Exit::Ok,
                Verdict::Fail | Verdict::Refused => Exit::Findings,
            }
        }
        Err(stopped) => stopped.failure.tell("check", &stopped.findings, &stopped.texts, json),
    }
}

fn previews(drawn: &Drawn) -> Vec<Preview<'_>> {
    drawn.iter().map(|(finding, path)| Preview { finding: *finding, path }).collect()
}

/// A delivery that was judged, and told to whom it was asked for.
struct Told {
    agreement: Agreement,
    checked: Checked,
    due: Vec<Due>,
    rehearsal: Option<Rehearsal>,
    undone: (Vec<Finding>, BTreeMap<String, String>),
    drawn: Drawn,
}

fn judged(args: &CheckArgs, threads: usize, tools: &Tools, json: bool) -> Result<Told, Stopped> {
    let tellings = Tellings::begin(args, json)?;
    let agreement = Agreement::open(&args.contract)?;
    let (files, previous) = (args.files.clone(), args.previous.clone());
    let delivered = Delivered { files, period: args.period.clone(), previous, assigned: None };
    let setting = Setting { is_network: args.record.record, grid: agreement.grid(), threads, tools };
    let checked = judge(&agreement, &delivered, setting)?;
    if args.record.record {
        tell_recorded(&record(&agreement, &delivered, &checked, &args.record)?);
    }
    let periods: Vec<String> = checked.facts.periods.iter().map(|period| period.period.clone()).collect();
    let due = due(&agreement, &periods, args.at.unwrap_or_else(jiff::Timestamp::now));
    let network = args.network.as_ref().filter(|_| checked.report.verdict != Verdict::Refused);
    let rehearse = |network: &PathBuf| rehearse(network, &agreement, &delivered, threads, tools);
    // What keeps a network from being merged says nothing about the delivery: the judgement is told all the same.
    let (rehearsal, undone) = match network.map(rehearse) {
        Some(Err(stopped)) if stopped.failure.exit != Exit::Interrupted => (None, undone(stopped)),
        came => (came.transpose()?, Default::default()),
    };
    tellings.write(&checked.report)?;
    let drawn = match &args.preview {
        Some(folder) => draw(&checked.report, &agreement, folder, tools)?,
        None => Drawn::new(),
    };
    Ok(Told { agreement, checked, due, rehearsal, undone, drawn })
}

fn tell_recorded(lines: &[Delivery]) {
    for line in lines {
        let state = line.state.map_or("", |state| state.word());
        let period = if line.period.is_empty() { "all periods" } else { &line.period };
        anstream::eprintln!(
            "recorded: {} {period}, version {}: {} {state}",
            line.layer,
            line.version,
            line.verdict.word()
        );
    }
}

/// Tells what would change in the network, and what is due.
fn tell_known(agreement: &Agreement, rehearsal: Option<&Rehearsal>, due: &[Due]) {
    if let Some(rehearsal) = rehearsal {
        print_line(words(rehearsal, agreement.legend.as_ref()).trim_end());
    }
    for due in due {
        let period = due.period.as_deref().map(|period| format!(" of {period}")).unwrap_or_default();
        anstream::eprintln!("due {}: {}{period} ({})", due.date, due.event, due.state);
    }
}
