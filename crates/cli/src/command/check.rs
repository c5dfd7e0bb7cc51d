//! `mutirao check`.

use std::path::Path;

use mutirao_check::{Report, Verdict};
use serde::Serialize;

use crate::{
    args::CheckArgs,
    check::{Agreement, Checked, Delivered, Facts, Setting, check as judge, due, record},
    command::{Stopped, print_json, print_line},
    exit::Exit,
    network::Tools,
    rehearsal::{rehearse, words},
    show::{checks, findings::tell},
    told::{Drawn, Tellings, draw},
};

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    report: &'a Report,
    facts: &'a Facts,
    /// The pictures of `--preview`.
    #[serde(skip_serializing_if = "Option::is_none")]
    previews: Option<Vec<Preview<'a>>>,
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
        Ok(Told { agreement, checked, drawn }) => {
            if json {
                let previews = args.preview.is_some().then(|| previews(&drawn));
                print_json("check", Body { report: &checked.report, facts: &checked.facts, previews });
            } else {
                tell(&agreement.findings, &agreement.texts);
                checks::tell(&checked.report, &agreement.texts, &drawn);
                tell_facts(&agreement, &checked.facts);
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
    drawn: Drawn,
}

fn judged(args: &CheckArgs, threads: usize, tools: &Tools, json: bool) -> Result<Told, Stopped> {
    let tellings = Tellings::begin(args, json)?;
    let agreement = Agreement::open(&args.contract)?;
    let (files, previous) = (args.files.clone(), args.previous.clone());
    let delivered = Delivered { files, period: args.period.clone(), previous, assigned: None };
    let setting = Setting { is_network: args.record.record, grid: agreement.grid(), threads, tools };
    let mut checked = judge(&agreement, &delivered, setting)?;
    if args.record.record {
        for line in record(&agreement, &delivered, &checked, &args.record)? {
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
    let periods: Vec<String> = checked.facts.periods.iter().map(|period| period.period.clone()).collect();
    checked.facts.due = due(&agreement, &periods, args.at.unwrap_or_else(jiff::Timestamp::now));
    if let Some(network) = args.network.as_ref().filter(|_| checked.report.verdict != Verdict::Refused) {
        checked.facts.rehearsal = Some(rehearse(network, &agreement, &delivered, threads, tools)?);
    }
    tellings.write(&checked.report)?;
    let drawn = match &args.preview {
        Some(folder) => draw(&checked.report, &agreement, folder, tools)?,
        None => Drawn::new(),
    };
    Ok(Told { agreement, checked, drawn })
}

/// Tells what would change in the network, and what is due.
fn tell_facts(agreement: &Agreement, facts: &Facts) {
    if let Some(rehearsal) = &facts.rehearsal {
        print_line(words(rehearsal, agreement.legend.as_ref()).trim_end());
    }
    for due in &facts.due {
        let period = due.period.as_deref().map(|period| format!(" of {period}")).unwrap_or_default();
        anstream::eprintln!("due {}: {}{period} ({})", due.date, due.event, due.state);
    }
}
