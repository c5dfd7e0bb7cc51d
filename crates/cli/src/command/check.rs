//! `mutirao check`.

use mutirao_check::{Report, Verdict};
use serde::Serialize;

use crate::{
    args::CheckArgs,
    check::{Agreement, Checked, Delivered, Facts, Setting, check as judge},
    command::{Stopped, print_json},
    exit::Exit,
    network::Tools,
    show::{checks, findings::tell},
};

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    report: &'a Report,
    facts: &'a Facts,
}

/// Holds a delivery against its contract.
pub fn check(args: &CheckArgs, threads: usize, tools: &Tools, json: bool) -> Exit {
    match judged(args, threads, tools) {
        Ok((agreement, checked)) => {
            if json {
                print_json("check", Body { report: &checked.report, facts: &checked.facts });
            } else {
                tell(&agreement.findings, &agreement.texts);
                checks::tell(&checked.report, &agreement.texts);
            }
            match checked.report.verdict {
                Verdict::Pass | Verdict::Pending => Exit::Ok,
                Verdict::Fail | Verdict::Refused => Exit::Findings,
            }
        }
        Err(stopped) => stopped.failure.tell("check", &stopped.findings, &stopped.texts, json),
    }
}

fn judged(args: &CheckArgs, threads: usize, tools: &Tools) -> Result<(Agreement, Checked), Stopped> {
    let agreement = Agreement::open(&args.contract)?;
    let delivered =
        Delivered { files: args.files.clone(), period: args.period.clone(), previous: args.previous.clone() };
    let setting = Setting { is_network: false, grid: agreement.grid(), threads, tools };
    let checked = judge(&agreement, &delivered, setting)?;
    Ok((agreement, checked))
}
