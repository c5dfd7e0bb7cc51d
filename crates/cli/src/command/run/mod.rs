//! `mutirao run`.

mod publish;
mod summary;

use std::path::PathBuf;

use jiff::Timestamp;
use mutirao_engine::{
    EngineError,
    plan::{fit, keep_periods},
};
use serde::Serialize;
use tracing::debug_span;

use self::{
    publish::{Job, publish},
    summary::summary,
};
use crate::{
    args::RunArgs,
    command::{
        Failure,
        draft::{self, Cut},
        print_json, print_line,
    },
    exit::{Exit, of_error},
    network::{Network, Tools, prepare},
    rerun::Told,
    show::findings::{count, tell, tell_without_notes_on_tables},
    timings::Timings,
};

#[derive(Serialize)]
struct Body<'a> {
    verdict: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rerun: Option<Told>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    findings: &'a [mutirao_core::finding::Finding],
}

/// Checks, merges, exports, publishes.
pub fn run(args: &RunArgs, threads: usize, tools: &Tools, json: bool) -> Exit {
    let started = Timestamp::now();
    // Nothing else listens to spans.
    let timings = if args.timings || args.flame.is_some() { Timings::begin().ok() } else { None };
    let mut network = debug_span!("plan").in_scope(|| prepare(&args.pipeline.path, tools));
    if !json {
        tell_without_notes_on_tables(&network.findings, &network.texts);
    }
    let (Some(mut pipeline), Some(mut plan)) = (network.pipeline.take(), network.plan.take()) else {
        if json {
            print_json(
                "run",
                Body { verdict: "refused", release: None, rerun: None, error: None, findings: &network.findings },
            );
        } else {
            anstream::eprintln!("{}: {}; nothing was run", args.pipeline.path.display(), count(&network.findings));
        }
        return Exit::Findings;
    };
    let window = match draft::cut(&args.draft, &plan, &network.kinds, pipeline.outputs.tile, tools) {
        Ok(Cut { window, periods }) => {
            keep_periods(&mut pipeline, &mut plan, &periods);
            window
        }
        Err(failure) => {
            let untold = if json { &network.findings[..] } else { &[] };
            return failure.tell("run", untold, &network.texts, json);
        }
    };
    // What waits between the rows of tiles of a small window is little.
    if window == plan.grid.window() {
        fit(&pipeline, &mut plan, args.memory);
    }
    let job =
        Job { args, pipeline: &pipeline, plan: &plan, window, network: &network, threads, timings: timings.as_ref() };
    match publish(&job, tools, started) {
        Ok(published) => {
            if json {
                let verdict = if published.is_draft { "drafted" } else { "published" };
                let release = Some(published.path);
                print_json(
                    "run",
                    Body { verdict, release, rerun: published.rerun, error: None, findings: &network.findings },
                );
            } else {
                print_line(&summary(&pipeline, &plan, &published));
            }
            tell_timings(args, timings.as_ref())
        }
        Err(error) => fail(&error, &network, json),
    }
}

/// Tells where the time went, and draws it.
fn tell_timings(args: &RunArgs, timings: Option<&Timings>) -> Exit {
    let Some(timings) = timings else { return Exit::Ok };
    if args.timings {
        anstream::eprintln!("{}", timings.report().table());
    }
    match args.flame.as_ref().map(|path| (path, timings.draw(path))) {
        Some((path, Err(error))) => {
            anstream::eprintln!(
                "error: cannot write the flame graph {}: {error}; the release is there",
                path.display()
            );
            Exit::Environment
        }
        _ => Exit::Ok,
    }
}

/// Tells why nothing was published; the findings so far stand in the object, since they were not told yet.
fn fail(error: &EngineError, network: &Network, json: bool) -> Exit {
    let EngineError::Findings(own) = error else {
        let findings = if json { &network.findings[..] } else { &[] };
        return Failure::of(error).tell("run", findings, &network.texts, json);
    };
    if json {
        let all: Vec<_> = network.findings.iter().chain(own).cloned().collect();
        print_json(
            "run",
            Body { verdict: "failed", release: None, rerun: None, error: Some(error.to_string()), findings: &all },
        );
    } else {
        tell(own, &network.texts);
        anstream::eprintln!("{}; nothing was published", count(own));
    }
    of_error(error)
}
