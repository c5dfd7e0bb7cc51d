//! `mutirao patches`.

use std::path::PathBuf;

use mutirao_core::{door::CrsText, values::ValueSet};
use mutirao_engine::finished::{Means, Wanted};
use mutirao_mosaic::patches::SIDE;
use serde::Serialize;

use crate::{
    args::PatchesArgs,
    command::{Failure, print_json, print_line},
    coverage::{Coverage, Target, crs_facts},
    exit::Exit,
    finished::{Format, MEMORY, Written, write_patches},
    network::Tools,
    show::table::{bytes, thousands},
    verify::factors,
};

#[derive(Serialize)]
struct Body<'a> {
    verdict: &'static str,
    out: PathBuf,
    periods: Vec<String>,
    #[serde(flatten)]
    written: Written,
    notes: &'a [String],
}

/// Writes the patches of a finished coverage.
pub fn patches(args: &PatchesArgs, threads: usize, tools: &Tools, json: bool) -> Exit {
    match write(args, threads, tools, json) {
        Ok(()) => Exit::Ok,
        Err(failure) => failure.tell_alone("patches", json),
    }
}

fn write(args: &PatchesArgs, threads: usize, tools: &Tools, json: bool) -> Result<(), Failure> {
    let format = Format::of(&args.out).ok_or_else(|| {
        let error = format!("--out {}: patches are written to no file of this ending", args.out.display());
        Failure::usage(error, "end it in .parquet (GeoParquet) or .gpkg (GeoPackage)")
    })?;
    let target = Target::begin(&args.out, args.overwrite)?;
    let coverage = Coverage::open(&args.coverage, args.provenance.as_deref(), tools)?;
    let finished = coverage.finished();
    let classes = args.classes.as_deref().map(|text| classes(text, &coverage)).transpose()?;
    let wanted = Wanted { min_ha: args.min_ha, classes, side: SIDE };
    let crs = crs_facts(CrsText::Text(finished.grid.crs.clone()), &tools.door)?;
    let factors = factors::of(&finished.grid, &tools.door).map_err(|error| Failure {
        error,
        help: None,
        exit: Exit::Findings,
    })?;
    let means = Means { threads, memory: MEMORY, observer: &*tools.progress };
    let written = write_patches((target.file(), format), &finished, &crs, &factors, &wanted, means)
        .map_err(|error| Failure::of(&error))?;
    let out = target.finish()?;
    if json {
        let periods = finished.periods.iter().map(|period| period.label.clone()).collect();
        print_json("patches", Body { verdict: "written", out, periods, written, notes: coverage.notes() });
        return Ok(());
    }
    coverage.notes().iter().for_each(|note| anstream::eprintln!("note: {note}"));
    let Written { patches, parts, pixels, bytes: size } = written;
    print_line(&format!(
        "{}: {} patches in {} parts, {} pixels, {} periods ({})",
        out.display(),
        thousands(patches),
        thousands(parts),
        thousands(pixels),
        finished.periods.len(),
        bytes(size)
    ));
    Ok(())
}

/// A value set as it was written on the command line, where `3, 4` is a list too.
fn classes(text: &str, coverage: &Coverage) -> Result<ValueSet, Failure> {
    let is_list = text.contains(',') && !text.contains(['[', '{']);
    let text = if is_list { format!("[{text}]") } else { text.to_owned() };
    mutirao_pipeline::read_values(&text, coverage.legend()).map_err(|findings| {
        let first = findings.into_iter().next();
        let message = first.as_ref().map_or(String::new(), |finding| finding.message.clone());
        Failure::usage(format!("--classes: {message}"), first.and_then(|finding| finding.mend).unwrap_or_default())
    })
}
