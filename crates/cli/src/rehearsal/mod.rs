//! A rehearsal: a delivery merged into the network's coverage as a draft, and how much would change, by class and territory. Nothing
//! of it is kept, and it counts for nobody's score.

mod changes;
mod compare;
mod given;
mod merge;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mutirao_core::finding::{Finding, Severity};
use mutirao_engine::plan::keep_periods;

pub use changes::{ClassChange, PeriodChange, Rehearsal, TerritoryChange, Uncounted};
pub use words::words;

use self::{
    given::given,
    merge::{Ready, ready, run_args, window},
};
use crate::{
    check::{Agreement, Delivered},
    command::{Failure, Stopped, publish},
    exit::Exit,
    gate::Gate,
    network::{Network, Tools},
};

/// Merges the network's coverage with and without a delivery, and compares.
///
/// # Errors
/// Where the network cannot be merged here, or has no such layer.
pub fn rehearse(
    folder: &Path,
    agreement: &Agreement,
    delivered: &Delivered,
    threads: usize,
    tools: &Tools,
) -> Result<Rehearsal, Stopped> {
    let path = if folder.is_dir() { folder.join("pipeline.yaml") } else { folder.to_owned() };
    let given = given(&path, agreement, delivered, tools)?;
    let after = ready(&path, tools, |pipeline| given.put_into(pipeline)).map_err(|network| stopped(&path, network))?;
    let as_it_is = ready(&path, tools, |_| Vec::new());
    let replaces = as_it_is.is_ok();
    // A layer that was never delivered is compared with the coverage without it.
    let before = as_it_is.or_else(|_| ready(&path, tools, |pipeline| given.take_from(pipeline)));
    let before = before.map_err(|network| stopped(&path, network))?;
    let window = window(&given, &[&before, &after]);
    let scratch = tempfile::tempdir().map_err(|error| no_room(&error))?;
    let merge = |name: &str, mut ready: Ready| -> Result<(PathBuf, Ready), Stopped> {
        let periods: Vec<usize> = given.files.keys().copied().collect();
        keep_periods(&mut ready.pipeline, &mut ready.plan, &periods);
        let args = run_args(&path, scratch.path().join(name));
        let job = publish::Job {
            args: &args,
            pipeline: &ready.pipeline,
            plan: &ready.plan,
            window,
            network: &ready.network,
            gate: &Gate::default(),
            threads,
            timings: None,
        };
        let path = publish::publish(&job, tools, Timestamp::now())?.path;
        Ok((path, ready))
    };
    let (earlier, _) = merge("before", before)?;
    let (later, ready) = merge("after", after)?;
    let mut rehearsal = compare::compare([&earlier, &later], &ready.network.kinds, threads, tools)?;
    let layer = &ready.pipeline.layers[given.layer];
    let member = layer.members[given.member].name.as_ref();
    rehearsal.layer = member.map_or_else(|| layer.name.clone(), |member| format!("{}/{member}", layer.name));
    rehearsal.replaces = replaces;
    Ok(rehearsal)
}

/// What is told where a delivery was judged and could not be rehearsed: a warning that says why, and what the network has of errors.
pub fn undone(stopped: Stopped) -> (Vec<Finding>, BTreeMap<String, String>) {
    let Stopped { failure, findings, texts } = stopped;
    let message = format!("the delivery was judged, and not rehearsed: {}", failure.error);
    let warning = Finding { mend: failure.help, ..Finding::warning("rehearsal-undone", message) };
    (std::iter::once(warning).chain(findings).collect(), texts)
}

fn stopped(path: &Path, network: Box<Network>) -> Stopped {
    let findings: Vec<Finding> =
        network.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    let error = format!("{} cannot be merged here with this delivery", path.display());
    let help = "a rehearsal needs the files of all layers that the pipeline names";
    Stopped { failure: failure(error, help), findings, texts: network.texts }
}

fn failure(error: String, help: &str) -> Failure {
    Failure { error, help: Some(help.to_owned()), exit: Exit::Findings }
}

fn no_room(error: &std::io::Error) -> Failure {
    Failure {
        error: format!("no temporary folder: {error}"),
        help: Some("make room there, or name another folder by TMPDIR".to_owned()),
        exit: Exit::Environment,
    }
}
