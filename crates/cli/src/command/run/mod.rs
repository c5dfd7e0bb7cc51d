//! `mutirao run`.

pub mod publish;
mod summary;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use mutirao_check::{Report, Verdict};
use mutirao_core::pipeline::Pipeline;
use mutirao_engine::{
    EngineError,
    plan::{Plan, fit, keep_periods},
};
use serde::Serialize;
use tempfile::TempDir;
use tracing::debug_span;

use self::{
    publish::{Job, publish},
    summary::summary,
};
use crate::{
    args::RunArgs,
    command::{
        Failure, Stopped,
        draft::{self, Cut},
        print_json, print_line,
    },
    exit::{Exit, of_error},
    gate::{Chosen, Gate, Judged, judge, pictures},
    network::{Network, Tools},
    rerun::Told,
    show::{
        checks,
        findings::{count, tell, tell_without_notes_on_tables},
    },
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
    /// Of layers that break their contracts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<&'a Report>,
}

/// Checks, merges, exports, publishes.
pub fn run(args: &RunArgs, threads: usize, tools: &Tools, json: bool) -> Exit {
    let started = Timestamp::now();
    // Nothing else listens to spans.
    let timings = if args.timings || args.flame.is_some() { Timings::begin().ok() } else { None };
    let chosen = match Chosen::of(&args.choice, &args.pipeline.path) {
        Ok(chosen) => chosen,
        Err(failure) => return failure.tell_alone("run", json),
    };
    let mut network = debug_span!("plan").in_scope(|| chosen.prepare(&args.pipeline.path, tools));
    if !json {
        tell_without_notes_on_tables(&network.findings, &network.texts);
    }
    let (Some(mut pipeline), Some(mut plan)) = (network.pipeline.take(), network.plan.take()) else {
        if let Err(Stopped { failure, .. }) = tools.kept("run") {
            let untold = if json { &network.findings[..] } else { &[] };
            return failure.tell("run", untold, &network.texts, json);
        }
        if json {
            print_json(
                "run",
                Body {
                    verdict: "refused",
                    release: None,
                    rerun: None,
                    error: None,
                    findings: &network.findings,
                    checks: Vec::new(),
                },
            );
        } else {
            anstream::eprintln!("{}: {}; nothing was run", args.pipeline.path.display(), count(&network.findings));
        }
        return Exit::Findings;
    };
    let mut gate = match gate(args, &network, (&pipeline, &plan), &chosen, threads, tools) {
        Ok(gate) => gate,
        Err(stopped) => return stopped.failure.tell("run", &stopped.findings, &stopped.texts, json),
    };
    if gate.refused().next().is_some() {
        return refuse(&gate, &network, json);
    }
    // They go into the release, and are dropped with this folder.
    let drawn = match draw(&mut gate, tools) {
        Ok(drawn) => drawn,
        Err(stopped) => return stopped.failure.tell("run", &stopped.findings, &stopped.texts, json),
    };
    if !json {
        tell(&gate.findings, &network.texts);
    }
    network.findings.extend(gate.findings.iter().cloned());
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
    let job = Job {
        args,
        pipeline: &pipeline,
        plan: &plan,
        window,
        network: &network,
        gate: &gate,
        threads,
        timings: timings.as_ref(),
    };
    let published = publish(&job, tools, started);
    drop(drawn);
    match published {
        Ok(published) => {
            if json {
                let verdict = if published.is_draft { "drafted" } else { "published" };
                let release = Some(published.path);
                print_json(
                    "run",
                    Body {
                        verdict,
                        release,
                        rerun: published.rerun,
                        error: None,
                        findings: &network.findings,
                        checks: Vec::new(),
                    },
                );
            } else {
                print_line(&summary(&pipeline, &plan, &published));
            }
            tell_timings(args, timings.as_ref())
        }
        Err(error) => fail(&error, &network, json),
    }
}

/// Holds the layers against their contracts. A draft is a try: nothing is refused.
fn gate(
    args: &RunArgs,
    network: &Network,
    planned: (&Pipeline, &Plan),
    chosen: &Chosen,
    threads: usize,
    tools: &Tools,
) -> Result<Gate, Stopped> {
    if args.draft.draft {
        return Ok(Gate { without: chosen.without.clone(), ..Gate::default() });
    }
    debug_span!("check").in_scope(|| judge(network, planned, chosen, threads, tools))
}

/// Draws what was found and lets the layers pass.
fn draw(gate: &mut Gate, tools: &Tools) -> Result<TempDir, Stopped> {
    let folder = tempfile::tempdir().map_err(EngineError::io("create", &std::env::temp_dir()))?;
    pictures(gate, folder.path(), tools)?;
    Ok(folder)
}

/// Tells which layers break their contracts, and what can be done.
fn refuse(gate: &Gate, network: &Network, json: bool) -> Exit {
    if json {
        let checks: Vec<&Report> = gate.refused().filter_map(|layer| layer.report.as_ref()).collect();
        let findings: Vec<_> = network.findings.iter().chain(&gate.findings).cloned().collect();
        let body = Body { verdict: "refused", release: None, rerun: None, error: None, findings: &findings, checks };
        print_json("run", body);
        return Exit::Findings;
    }
    tell(&gate.findings, &network.texts);
    for layer in gate.refused() {
        if let Some(report) = &layer.report {
            checks::tell_waived(report, &layer.waived, &network.texts, &BTreeMap::new());
        }
    }
    for refused in gate.refused() {
        let Judged { layer, partner_name, .. } = refused;
        let (does, help) = why_refused(refused);
        anstream::eprintln!("refused: {layer} of {partner_name} {does}; nothing was run");
        anstream::eprintln!("  help: {help}");
    }
    Exit::Findings
}

/// Why a layer is refused, and how to go on.
fn why_refused(refused: &Judged) -> (&'static str, String) {
    let layer = &refused.layer;
    let go_on = format!("go on --without {layer}, with --last-passing {layer}");
    let is_unread = refused.report.as_ref().is_some_and(|report| report.verdict == Verdict::Refused);
    match (refused.stopping().any(|finding| !finding.network), is_unread) {
        (false, _) => {
            let does = "cannot be judged, since a file of the network cannot be used, which is no fault of the partner";
            (does, format!("put right the file that is named above, or go on --without {layer}"))
        }
        (true, true) => ("cannot be judged", go_on),
        (true, false) => {
            let waiver = "with a waiver in waivers.csv (layer,code,period,allowed_by,why,until)";
            ("breaks its contract", format!("{go_on}, or {waiver}"))
        }
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
            Body {
                verdict: "failed",
                release: None,
                rerun: None,
                error: Some(error.to_string()),
                findings: &all,
                checks: Vec::new(),
            },
        );
    } else {
        tell(own, &network.texts);
        anstream::eprintln!("{}; nothing was published", count(own));
    }
    of_error(error)
}
