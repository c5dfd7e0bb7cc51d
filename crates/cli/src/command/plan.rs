//! `mutirao plan`.

use std::path::Path;

use mutirao_core::{
    finding::Finding,
    pipeline::{Period, Pipeline},
    sink::{Event, Observer},
};
use mutirao_engine::{
    plan::{Carried, Estimate, Part, Plan, PlannedLayer, estimate, fit},
    territories::KindFrom,
};
use serde::Serialize;

use crate::{
    args::PipelineArg,
    command::{print_json, print_line},
    exit::Exit,
    network::{Network, Tools, prepare},
    rerun::{Told, Wanted},
    show::{
        findings::{count, tell_without_notes_on_tables},
        table::{bytes, table, thousands},
    },
};

#[derive(Serialize)]
struct Body<'a> {
    findings: &'a [Finding],
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a Plan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimate: Option<Estimate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rerun: Option<Told>,
}

/// Shows what a run would do.
pub fn plan(arg: &PipelineArg, out: &Path, threads: usize, memory: u64, tools: &Tools, json: bool) -> Exit {
    let mut network = prepare(&arg.path, tools);
    if let (Some(pipeline), Some(plan)) = (&network.pipeline, &mut network.plan) {
        fit(pipeline, plan, memory);
    }
    let estimated = match (&network.pipeline, &network.plan) {
        (Some(pipeline), Some(plan)) => Some(estimate(pipeline, plan, threads, memory)),
        _ => None,
    };
    let rerun = rerun(&network, out, threads, tools);
    if json {
        print_json(
            "plan",
            Body { findings: &network.findings, plan: network.plan.as_ref(), estimate: estimated, rerun },
        );
    } else {
        tell_without_notes_on_tables(&network.findings, &network.texts);
        match (&network.pipeline, &network.plan, estimated) {
            (Some(pipeline), Some(plan), Some(estimate)) => {
                print_line(&words(pipeline, plan, &network, &estimate, rerun.as_ref(), threads))
            }
            _ => anstream::eprintln!("{}: {}", arg.path.display(), count(&network.findings)),
        }
    }
    if network.plan.is_some() { Exit::Ok } else { Exit::Findings }
}

/// What a run would copy from an earlier release, if there is one. Nothing is hashed: a file of the same length and time counts as the
/// same.
fn rerun(network: &Network, out: &Path, threads: usize, tools: &Tools) -> Option<Told> {
    let (pipeline, plan) = (network.pipeline.as_ref()?, network.plan.as_ref()?);
    let releases = out.join(&pipeline.id);
    let tell = |text: &str| tools.progress.event(Event::Note(text));
    let wanted = Wanted { pipeline, plan, network, releases: &releases, threads };
    if !wanted.has_earlier(tools) {
        return None;
    }
    let prospect = wanted.prospect(tools, false, None, &tell);
    // What cannot be read is told by the run.
    prospect.map_err(|error| tell(&error.to_string())).ok().map(|prospect| prospect.told())
}

fn words(
    pipeline: &Pipeline,
    plan: &Plan,
    network: &Network,
    estimate: &Estimate,
    rerun: Option<&Told>,
    threads: usize,
) -> String {
    let mut text = format!("{} {}: {}\n", pipeline.id, pipeline.version, plan.grid);
    let periods: Vec<String> = pipeline.periods.iter().map(period).collect();
    text.push_str(&format!("periods: {}\n\n", periods.join(", ")));
    let mut rows = vec![["layer", "member", "file", "grid", "what is done to it"].map(str::to_owned).to_vec()];
    for (layer, planned) in pipeline.layers.iter().zip(&plan.layers) {
        let mut seen = std::collections::BTreeSet::new();
        for part in planned.input_sets.iter().flatten().filter(|part| seen.insert((part.member, part.file))) {
            let file = &plan.files[part.file];
            let facts = &file.facts;
            let block = if facts.is_striped() { "strips" } else { "tiles" };
            let spool = if file.spool { ", re-tiled into a spool on disk first" } else { "" };
            rows.push(vec![
                layer.name.clone(),
                layer.members[part.member].name.clone().unwrap_or_default(),
                file.path.display().to_string(),
                format!("{}x{} {} {} {block}", facts.width, facts.height, facts.dtype, facts.compression),
                format!("{}{}{spool}", file.treatment, carried(plan, planned, part)),
            ]);
        }
    }
    text.push_str(&table(&rows, &[1, 2, 3, 4]));
    for kind in &network.kinds {
        let count = match kind.territories.len() {
            0 if kind.from != KindFrom::Polygons => "as many as are met".to_owned(),
            count => count.to_string(),
        };
        text.push_str(&format!("\nterritories {}: {count}, {}", kind.name, kind.treatment));
    }
    if !network.kinds.is_empty() {
        text.push('\n');
    }
    text.push_str(&format!(
        "\nreads    {} blocks of {} files ({}), skips {} outside the grid\n",
        thousands(estimate.blocks_read),
        plan.files.len(),
        bytes(estimate.bytes_read),
        thousands(estimate.blocks_skipped)
    ));
    text.push_str(&format!(
        "writes   {} tiles, about {}\n",
        thousands(estimate.tiles_written),
        bytes(estimate.bytes_written)
    ));
    if let Some(words) = rerun.and_then(|rerun| rerun.words(false)) {
        text.push_str(&format!("tiles    {words}\n"));
    }
    text.push_str(&format!("memory   about {} with {threads} threads\n", bytes(estimate.memory)));
    let wall = estimate.cpu_seconds.div_ceil(threads as u64);
    text.push_str(&format!("time     about {wall} s ({} s of CPU)\n", estimate.cpu_seconds));
    text.push_str(&format!("findings {}", count(&network.findings)));
    text
}

/// A period's label, with its days where these are no calendar year of that name.
fn period(period: &Period) -> String {
    let Period { label, start, end } = period;
    match start.as_ref().zip(end.as_ref()) {
        Some((start, end)) if [start, end] != [&format!("{label}-01-01"), &format!("{label}-12-31")] => {
            format!("{label} ({start} to {end})")
        }
        _ => label.clone(),
    }
}

/// For which periods a file's bands stand in, by `missing: previous`.
fn carried(plan: &Plan, layer: &PlannedLayer, part: &Part) -> String {
    let of_file = |carried: &&Carried| {
        let set = layer.by_period[carried.period].map(|set| &layer.input_sets[set]);
        let holds = |own: &Part| (own.member, own.file) == (part.member, part.file);
        carried.member == part.member && set.is_some_and(|parts| parts.iter().any(holds))
    };
    let mut words = String::new();
    let found: Vec<&Carried> = layer.carried.iter().filter(of_file).collect();
    for same in found.chunk_by(|a, b| a.from == b.from) {
        let to: Vec<&str> = same.iter().map(|carried| plan.periods[carried.period].as_str()).collect();
        words.push_str(&format!(", {} carried from {}", to.join(" and "), plan.periods[same[0].from]));
    }
    words
}
