//! `mutirao explain`: why a pixel is what it is.

use std::path::{Path, PathBuf};

use mutirao_core::{
    door::{Answer, ControlGridQuestion, CrsText, Question},
    finding::Finding,
    grid::Grid,
};
use mutirao_engine::{
    Result,
    fingerprint::sha256_of,
    plan::{Oracle, Refused},
    probe::{Probe, probe},
};

use crate::{
    args::ExplainArgs,
    command::{print_json, print_line},
    exit::{Exit, of_error},
    explain::{Spot, explanation},
    network::{Network, Tools, prepare_in},
    release::manifest::Manifest,
    show::findings::tell,
};

/// Explains one place.
pub fn explain(args: &ExplainArgs, tools: &Tools, json: bool) -> Exit {
    match answer(args, tools, json) {
        Ok(exit) => exit,
        Err(error) => {
            anstream::eprintln!("error: {error}");
            of_error(&error)
        }
    }
}

fn answer(args: &ExplainArgs, tools: &Tools, json: bool) -> Result<Exit> {
    let manifest = Manifest::read(&args.release)?;
    if let Some(period) = &args.period
        && !manifest.periods.contains(period)
    {
        anstream::eprintln!("error: the release has no period {period}\n  help: its periods are {}", manifest.periods.join(", "));
        return Ok(Exit::Usage);
    }
    let place = match place(args, &manifest.grid, tools) {
        Ok(place) => place,
        Err(refused) => {
            anstream::eprintln!("error: {}\n  help: {}", refused.message, refused.mend);
            return Ok(Exit::Usage);
        }
    };
    let Some(pixel) = manifest.grid.pixel_at(place[0], place[1]) else {
        anstream::eprintln!("error: ({}, {}) lies outside the grid, {}", place[0], place[1], manifest.grid);
        return Ok(Exit::Usage);
    };
    let network = network(args, &manifest, tools);
    let notes = changed_inputs(&manifest, args.inputs.as_deref());
    let (Some(pipeline), Some(plan)) = (&network.pipeline, &network.plan) else {
        tell(&errors(&network), &network.texts);
        notes.iter().for_each(|note| anstream::eprintln!("note: {note}"));
        anstream::eprintln!("the inputs of the release cannot be read as they were");
        return Ok(Exit::Findings);
    };
    let probes = probe(pipeline, plan, &network.sources, pixel)?;
    let wanted = |probe: &&Probe| args.period.as_ref().is_none_or(|period| *period == plan.periods[probe.period]);
    let probes: Vec<Probe> = probes.iter().filter(wanted).cloned().collect();
    let mut told = explanation(pipeline, plan, Spot { place, pixel }, &probes, notes);
    told.compare_with(&args.release, pipeline, pixel)?;
    if json {
        return Ok(print_json("explain", &told));
    }
    print_line(&told.to_string());
    Ok(Exit::Ok)
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
            Ok(sha256) if sha256 != input.sha256 => Some(format!("{} changed since the release was made", path.display())),
            Ok(_) => None,
        }
    };
    manifest.inputs.iter().filter_map(state).collect()
}

/// The place asked for, in the coverage's CRS.
fn place(args: &ExplainArgs, grid: &Grid, tools: &Tools) -> std::result::Result<[f64; 2], Refused> {
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
    let [col, row] = position.ok_or_else(|| outside(lon, lat, "it lies outside the coverage, or has no place in its CRS"))?;
    Ok(grid.transform().to_map(col, row))
}

fn outside(lon: f64, lat: f64, why: &str) -> Refused {
    Refused {
        code: "no-place".to_owned(),
        message: format!("longitude {lon}, latitude {lat}: {why}"),
        mend: "longitude comes first, then latitude, in degrees; or give --xy in the coverage's CRS".to_owned(),
    }
}
