//! `mutirao lint`.

use mutirao_core::finding::Finding;
use serde::Serialize;

use crate::{
    args::PipelineArg,
    command::print_json,
    exit::Exit,
    gate::lint_lists,
    network::{Tools, prepare},
    show::findings::{count, tell},
};

#[derive(Serialize)]
struct Body<'a> {
    pipeline: String,
    findings: &'a [Finding],
}

/// Checks a pipeline, its contracts and the lists beside it without reading a pixel.
pub fn lint(arg: &PipelineArg, tools: &Tools, json: bool) -> Exit {
    let mut network = prepare(&arg.path, tools);
    let (findings, texts) = lint_lists(&network, &arg.path);
    network.findings.extend(findings);
    network.texts.extend(texts);
    if json {
        print_json("lint", Body { pipeline: arg.path.display().to_string(), findings: &network.findings });
    } else {
        tell(&network.findings, &network.texts);
        anstream::eprintln!("{}: {}", arg.path.display(), count(&network.findings));
    }
    if network.has_errors() { Exit::Findings } else { Exit::Ok }
}
