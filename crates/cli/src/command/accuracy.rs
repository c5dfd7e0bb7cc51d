//! `mutirao accuracy`.

use std::path::PathBuf;

use mutirao_engine::EngineError;
use serde::Serialize;

use crate::{
    accuracy::{Report, csv_into, survey, words},
    args::AccuracyArgs,
    command::{Failure, Stopped, print_json, print_line},
    coverage::Target,
    exit::Exit,
    network::Tools,
};

#[derive(Serialize)]
struct Body<'a> {
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<PathBuf>,
    #[serde(flatten)]
    report: &'a Report,
}

/// Estimates how right a coverage is.
pub fn accuracy(args: &AccuracyArgs, threads: usize, tools: &Tools, json: bool) -> Exit {
    match estimate(args, threads, tools) {
        Ok((report, out)) => {
            tell(&report, out, json);
            Exit::Ok
        }
        Err(stopped) => stopped.failure.tell("accuracy", &stopped.findings, &stopped.texts, json),
    }
}

fn estimate(args: &AccuracyArgs, threads: usize, tools: &Tools) -> Result<(Report, Option<PathBuf>), Stopped> {
    let target = args.out.as_ref().map(|out| Target::begin(out, args.overwrite)).transpose()?;
    let report = survey(args, threads, tools)?;
    let out = target.map(|target| put(&report, target)).transpose()?;
    Ok((report, out))
}

fn put(report: &Report, target: Target) -> Result<PathBuf, Failure> {
    let path = target.file().to_owned();
    let written = std::fs::File::create(&path).and_then(|file| csv_into(report, file));
    written.map_err(|error| Failure::of(&EngineError::io("write", &path)(error)))?;
    target.finish()
}

fn tell(report: &Report, out: Option<PathBuf>, json: bool) {
    if json {
        print_json("accuracy", Body { verdict: "estimated", out, report });
        return;
    }
    anstream::eprintln!("samples: {}", report.treatment);
    report.notes.iter().for_each(|note| anstream::eprintln!("note: {note}"));
    for (period, count) in &report.other_periods {
        let samples = if *count == 1 { "sample speaks" } else { "samples speak" };
        anstream::eprintln!("note: {count} {samples} for {period}, which is not in question");
    }
    print_line(words(report).trim_end());
    if let Some(out) = out {
        anstream::eprintln!("written: {}", out.display());
    }
}
