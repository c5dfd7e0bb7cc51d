//! `mutirao check`.

use std::path::Path;

use mutirao_check::{Report, Verdict};
use serde::Serialize;

use crate::{
    args::CheckArgs,
    check::{Agreement, Checked, Delivered, Facts, Setting, check as judge},
    command::{Stopped, print_json},
    exit::Exit,
    network::Tools,
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
    let delivered =
        Delivered { files: args.files.clone(), period: args.period.clone(), previous: args.previous.clone() };
    let setting = Setting { is_network: false, grid: None, threads, tools };
    let checked = judge(&agreement, &delivered, setting)?;
    tellings.write(&checked.report)?;
    let drawn = match &args.preview {
        Some(folder) => draw(&checked.report, &agreement, folder, tools)?,
        None => Drawn::new(),
    };
    Ok(Told { agreement, checked, drawn })
}
