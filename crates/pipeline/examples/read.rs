//! Reads a pipeline and prints what is wrong: `cargo run -p mutirao-pipeline --example read -- pipeline.yaml`.

use std::path::PathBuf;

use mutirao_core::finding::Where;

fn main() {
    let path = std::env::args_os().nth(1).map(PathBuf::from).unwrap_or_else(|| PathBuf::from("pipeline.yaml"));
    let reading = mutirao_pipeline::read(&path);
    for finding in &reading.findings {
        let place = match &finding.place {
            Some(Where::File(place)) => format!("{}:{}:{}", place.file, place.line, place.column),
            _ => String::new(),
        };
        println!("{place} {:?} {}: {}", finding.severity, finding.code, finding.message);
        println!("    {}", finding.mend.as_deref().unwrap_or_default());
    }
    match reading.pipeline {
        Some(pipeline) => println!("{} layers, {} rules", pipeline.layers.len(), pipeline.coverage.rules.len()),
        None => println!("no pipeline"),
    }
}
