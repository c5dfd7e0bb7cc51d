//! `mutirao explain`: why a pixel is what it is.

use std::path::{Path, PathBuf};

use mutirao_core::{
    door::{Answer, ControlGridQuestion, CrsText, Question},
    finding::Finding,
    grid::Grid,
};
use mutirao_engine::{
    EngineError,
    fingerprint::sha256_of,
    plan::{Oracle, Refused},
    probe::{Probe, probe},
};

use crate::{
    args::ExplainArgs,
    command::{Failure, Stopped, print_json, print_line},
    exit::Exit,
    explain::{Explanation, Spot, explanation},
    network::{Network, Tools, prepare_in},
    release::manifest::Manifest,
};

/// Explains one place.
pub fn explain(args: &ExplainArgs, tools: &Tools, json: bool) -> Exit {
    match answer(args, tools) {
        Ok(told) if json => print_json("explain", &told),
        Ok(told) => {
            print_line(&told.to_string());
            Exit::Ok
        }
        Err(stopped) => stopped.failure.tell("explain", &stopped.findings, &stopped.texts, json),
    }
}

fn answer(args: &ExplainArgs, tools: &Tools) -> Result<Explanation, Stopped> {
    let manifest = Manifest::read(&args.release).map_err(no_release)?;
    if let Some(period) = &args.period
        && !manifest.periods.contains(period)
    {
        let help = format!("its periods are {}", manifest.periods.join(", "));
        return Err(Failure::usage(format!("the release has no period {period}"), help).into());
    }
    let place = place(args, &manifest.grid, tools).map_err(|refused| Failure::usage(refused.message, refused.mend))?;
    let Some(pixel) = manifest.grid.pixel_at(place[0], place[1]) else {
        let error = format!("({}, {}) lies outside the grid, {}", place[0], place[1], manifest.grid);
        return Err(Failure::usage(error, "longitude comes before latitude; --xy counts in the grid's CRS").into());
    };
    let network = network(args, &manifest, tools);
    let notes = changed_inputs(&manifest, args.inputs.as_deref());
    let (Some(pipeline), Some(plan)) = (&network.pipeline, &network.plan) else {
        return Err(unreadable(network, &notes));
    };
    let probes = probe(pipeline, plan, &network.sources, pixel)?;
    let wanted = |probe: &&Probe| args.period.as_ref().is_none_or(|period| *period == plan.periods[probe.period]);
    let probes: Vec<Probe> = probes.iter().filter(wanted).cloned().collect();
    let mut told = explanation(pipeline, plan, Spot { place, pixel }, &probes, notes);
    told.compare_with(&args.release, pipeline, pixel)?;
    Ok(told)
}

fn no_release(error: EngineError) -> Stopped {
    let exit = match error {
        EngineError::Malformed { .. } => Exit::Findings,
        _ => Exit::Environment,
    };
    let help = "name the folder of a release, <out>/<id>/<version>, with its manifest.json as it was written";
    Failure { error: error.to_string(), help: Some(help.to_owned()), exit }.into()
}

fn unreadable(network: Network, notes: &[String]) -> Stopped {
    let told = notes.iter().map(|note| format!("; {note}")).collect::<String>();
    let failure = Failure {
        error: format!("the inputs of the release cannot be read as they were{told}"),
        help: Some("put them back where they were, or name the folder that they are in now with --inputs".to_owned()),
        exit: Exit::Findings,
    };
    Stopped { failure, findings: errors(&network), texts: network.texts }
}

fn errors(network: &Network) -> Vec<Finding> {
    let is_error = |finding: &&Finding| finding.severity == mutirao_core::finding::Severity::Error;
    network.findings.iter().filter(is_error).cloned().collect()
}

/// The release's own pipeline, with paths as they counted when it was run, or from another folder.
fn network(args: &ExplainArgs, manifest: &Manifest, tools: &Tools) -> Network {
    let was = manifest.pipeline.path.parent().unwrap_or(Path::new("")).to_owned();
    let folder = args.inputs.clone().unwrap_or(was);
    prepare_in(&args.release.join("pipeline.yaml"), &folder, tools)
}

/// Which recorded inputs are missing or no longer what they were.
fn changed_inputs(manifest: &Manifest, inputs: Option<&Path>) -> Vec<String> {
    let was = manifest.pipeline.path.parent().unwrap_or(Path::new(""));
    let now = |path: &PathBuf| match (inputs, path.strip_prefix(was)) {
        (Some(folder), Ok(relative)) => folder.join(relative),
        _ => path.clone(),
    };
    let state = |input: &crate::release::manifest::InputEntry| {
        let path = now(&input.path);
        match sha256_of(&path) {
            Err(_) => Some(format!("{} is missing", path.display())),
            Ok(sha256) if sha256 != input.sha256 => {
                Some(format!("{} changed since the release was made", path.display()))
            }
            Ok(_) => None,
        }
    };
    manifest.inputs.iter().filter_map(state).collect()
}

/// The place asked for, in the coverage's CRS.
fn place(args: &ExplainArgs, grid: &Grid, tools: &Tools) -> Result<[f64; 2], Refused> {
    if let Some([x, y]) = args.xy.as_deref() {
        return Ok([*x, *y]);
    }
    let [lon, lat] = [args.lon.unwrap_or_default(), args.lat.unwrap_or_default()];
    // A grid of one tiny pixel around the place: where its centre lies among the coverage's pixels says its coordinates.
    let tiny = 1e-9;
    let out = tools.door.scratch("place.bin");
    let question = ControlGridQuestion {
        from: CrsText::Text(grid.crs.clone()),
        source_transform: grid.transform(),
        source_size: grid.size,
        grid: Grid {
            crs: "EPSG:4326".to_owned(),
            origin: [lon - tiny / 2.0, lat + tiny / 2.0],
            resolution: [tiny, tiny],
            size: [1, 1],
        },
        window: None,
        bound: 0.125,
        allow_ballpark: true,
        out: out.clone(),
    };
    let Answer::ControlGrid(answer) = tools.door.ask(Question::ControlGrid(question))? else {
        return Err(outside(lon, lat, "the door answered another question"));
    };
    let position = std::fs::read(&out)
        .ok()
        .and_then(|bytes| mutirao_core::control_grid::ControlGrid::from_bytes(answer.grid, &bytes).ok())
        .and_then(|control| control.position(0, 0));
    let [col, row] =
        position.ok_or_else(|| outside(lon, lat, "it lies outside the coverage, or has no place in its CRS"))?;
    Ok(grid.transform().to_map(col, row))
}

fn outside(lon: f64, lat: f64, why: &str) -> Refused {
    Refused {
        code: "no-place".to_owned(),
        message: format!("longitude {lon}, latitude {lat}: {why}"),
        mend: "longitude comes first, then latitude, in degrees; or give --xy in the coverage's CRS".to_owned(),
    }
}
