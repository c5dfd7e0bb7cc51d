//! `mutirao check`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use mutirao_check::{Report, Verdict};
use mutirao_contract::deliveries::Delivery;
use mutirao_core::finding::Finding;
use serde::Serialize;

use crate::{
    args::CheckArgs,
    check::{
        Agreement, Checked, Delivered, Due, Facts, Recorded, Setting, agreed, check as judge, due, record, recordable,
        refusal, unrecorded,
    },
    command::{Stopped, print_json, print_line},
    exit::Exit,
    network::Tools,
    rehearsal::{Rehearsal, rehearse, undone, words},
    show::{checks, findings::tell, progress::is_cancelled},
    told::{Drawn, Tellings, draw, of_option},
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
    /// Why the delivery could not be written down, where it was to be.
    #[serde(skip_serializing_if = "<[Finding]>::is_empty")]
    record_findings: &'a [Finding],
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
        Ok(Told { agreement, checked, due, rehearsal, undone, unrecorded, drawn }) => {
            let (rehearsal_findings, texts) = undone;
            let (record_exit, record_findings, record_texts) = unrecorded;
            if json {
                let previews = args.preview.is_some().then(|| previews(&drawn));
                let facts = Known { facts: &checked.facts, due: &due, rehearsal: rehearsal.as_ref() };
                let contract_findings = &agreement.findings;
                let rehearsal_findings = &rehearsal_findings;
                let report = &checked.report;
                let record_findings = &record_findings;
                let body = Body { report, facts, previews, contract_findings, rehearsal_findings, record_findings };
                print_json("check", body);
            } else {
                tell(&agreement.findings, &agreement.texts);
                checks::tell(&checked.report, &agreement.texts, &drawn);
                tell_known(&agreement, rehearsal.as_ref(), &due);
                tell(&rehearsal_findings, &texts);
                tell(&record_findings, &record_texts);
            }
            if record_exit != Exit::Ok {
                return record_exit;
            }
            match checked.report.verdict {
                Verdict::Pass | Verdict::Pending => Exit::Ok,
                Verdict::Fail | Verdict::Refused => Exit::Findings,
            }
        }
        Err(stopped) => {
            // What is wrong with the contract refuses the delivery; what the machine cannot do says nothing of it.
            let verdict = if stopped.failure.exit == Exit::Findings { Verdict::Refused.word() } else { "failed" };
            stopped.failure.tell_as(("check", verdict), &stopped.findings, &stopped.texts, json)
        }
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
    /// How the command ends where it could not be written down, and why.
    unrecorded: (Exit, Vec<Finding>, BTreeMap<String, String>),
    drawn: Drawn,
}

fn judged(args: &CheckArgs, threads: usize, tools: &Tools, json: bool) -> Result<Told, Stopped> {
    let tellings = Tellings::begin(args, json)?;
    let Held { agreement, delivered, received, checked } = match held(args, threads, tools) {
        Ok(held) => held,
        Err(stopped) => {
            if !is_cancelled() {
                tellings.write(&refusal(&args.contract, &stopped))?;
            }
            return Err(stopped);
        }
    };
    tellings.write(&checked.report)?;
    let mut unwritten = (Exit::Ok, Vec::new(), BTreeMap::new());
    if let Some(received) = received {
        tell_ahead(received, Timestamp::now());
        match record(&agreement, &delivered, &checked, (&args.record, received)) {
            Ok(recorded) => tell_recorded(&recorded),
            // The judgement is told all the same.
            Err(stopped) => unwritten = unrecorded(stopped),
        }
    }
    let periods: Vec<String> = checked.facts.periods.iter().map(|period| period.period.clone()).collect();
    let due = due(&agreement, &periods, args.at.unwrap_or_else(Timestamp::now));
    let network = args.network.as_ref().filter(|_| checked.report.verdict != Verdict::Refused);
    let rehearse = |network: &PathBuf| rehearse(network, &agreement, &delivered, threads, tools);
    // What keeps a network from being merged says nothing about the delivery: the judgement is told all the same.
    let (rehearsal, undone) = match network.map(rehearse) {
        Some(Err(stopped)) if stopped.failure.exit != Exit::Interrupted => (None, undone(stopped)),
        came => (came.transpose()?, Default::default()),
    };
    let drawn = match &args.preview {
        Some(folder) => {
            draw(&checked.report, &agreement, folder, tools).map_err(|failure| of_option(failure, "--preview"))?
        }
        None => Drawn::new(),
    };
    Ok(Told { agreement, checked, due, rehearsal, undone, unrecorded: unwritten, drawn })
}

/// A delivery held against its contract.
struct Held {
    agreement: Agreement,
    delivered: Delivered,
    /// When it came, if it is to be recorded.
    received: Option<Timestamp>,
    checked: Checked,
}

fn held(args: &CheckArgs, threads: usize, tools: &Tools) -> Result<Held, Stopped> {
    let received = args.record.record.then(|| recordable(args)).transpose()?;
    let agreement = Agreement::open(&args.contract, args.network.as_deref())?;
    if let Some(period) = &args.period {
        agreed(&agreement, period)?;
    }
    let (files, previous) = (args.files.clone(), args.previous.clone());
    let delivered = Delivered { files, period: args.period.clone(), previous, assigned: None };
    let setting = Setting { is_network: args.record.record, grid: agreement.grid(), threads, tools };
    let checked = judge(&agreement, &delivered, setting)?;
    Ok(Held { agreement, delivered, received, checked })
}

/// Warns of a delivery that is still to come. Clocks and zones may be wrong by a day.
fn tell_ahead(received: Timestamp, now: Timestamp) {
    if received > now.saturating_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX) {
        anstream::eprintln!("warning: by --received the delivery came at {received}, which is still to come");
    }
}

fn tell_recorded(recorded: &Recorded) {
    let told = |line: &Delivery, what: &str, more: &str| {
        let state = line.state.map_or("", |state| state.word());
        let period = if line.period.is_empty() { "all periods" } else { &line.period };
        let (layer, version, verdict) = (&line.layer, &line.version, line.verdict.word());
        let line = format!("{what}: {layer} {period}, version {version}: {verdict} {state}");
        anstream::eprintln!("{}{more}", line.trim_end());
    };
    recorded.known.iter().for_each(|line| {
        told(line, "recorded already", "; nothing is added (--delivery VERSION adds it all the same)")
    });
    recorded.added.iter().for_each(|line| told(line, "recorded", ""));
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
