//! `mutirao contract new`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use mutirao_engine::EngineError;
use mutirao_pipeline::Reading;
use serde::Serialize;

use crate::{
    args::ContractNewArgs,
    check::Setting,
    command::{Failure, Stopped, print_json, print_line},
    contract::draft::{Draft, Wanted, draft},
    coverage::Target,
    exit::Exit,
    network::Tools,
};

#[derive(Serialize)]
struct Body<'a> {
    verdict: &'static str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<&'a Path>,
    text: &'a str,
    /// Pixels by class, period by period.
    periods: Vec<Period<'a>>,
}

#[derive(Serialize)]
struct Period<'a> {
    period: &'a str,
    classes: &'a BTreeMap<u32, u64>,
    nothing: u64,
}

/// Drafts a contract from a layer.
pub fn new(args: &ContractNewArgs, threads: usize, tools: &Tools, json: bool) -> Exit {
    let written = write(args, threads, tools).map_err(|stopped| tools.kept("drafted").err().unwrap_or(stopped));
    match written {
        Ok((draft, out)) => {
            tell(&draft, out.as_deref(), json);
            Exit::Ok
        }
        Err(stopped) => stopped.failure.tell("contract", &stopped.findings, &stopped.texts, json),
    }
}

fn write(args: &ContractNewArgs, threads: usize, tools: &Tools) -> Result<(Draft, Option<PathBuf>), Stopped> {
    let target = args.out.as_ref().map(|out| Target::begin(out, args.overwrite)).transpose()?;
    let network = args.network.as_deref().map(network).transpose()?;
    let network = network.as_ref().and_then(|reading| reading.pipeline.as_ref());
    let setting = Setting { is_network: true, grid: None, threads, tools };
    let wanted = Wanted {
        files: &args.files,
        id: args.id.as_deref(),
        layer: args.layer.as_deref(),
        network: network.map(|pipeline| (pipeline.folder.as_path(), pipeline)),
        setting,
    };
    let draft = draft(&wanted)?;
    let out = target.map(|target| put(&draft.text, target)).transpose()?;
    Ok((draft, out))
}

/// Reads a network of which the pipeline is whole.
///
/// # Errors
/// What stands in its way.
pub fn network(path: &Path) -> Result<Reading, Stopped> {
    let reading = mutirao_pipeline::read(path);
    if reading.pipeline.is_some() {
        return Ok(reading);
    }
    let error = format!("the pipeline of {} cannot be read", path.display());
    let help = Some("mend what is told above; `mutirao lint` tells it too".to_owned());
    Err(Stopped {
        failure: Failure { error, help, exit: Exit::Findings },
        findings: reading.findings,
        texts: reading.sources,
    })
}

fn put(text: &str, target: Target) -> Result<PathBuf, Failure> {
    fs::write(target.file(), text)
        .map_err(EngineError::io("write", target.file()))
        .map_err(|error| Failure::of(&error))?;
    target.finish()
}

fn tell(draft: &Draft, out: Option<&Path>, json: bool) {
    if json {
        let periods = draft.measured.iter().flat_map(|measured| &measured.periods).map(|period| Period {
            period: &period.label,
            classes: &period.classes,
            nothing: period.nothing,
        });
        let body = Body { verdict: "drafted", id: &draft.id, out, text: &draft.text, periods: periods.collect() };
        print_json("contract", body);
    } else if let Some(out) = out {
        print_line(&out.display().to_string());
    } else {
        print_line(draft.text.trim_end());
    }
}
