//! `mutirao verify`.

use std::collections::BTreeMap;
use std::path::Path;

use mutirao_core::finding::Finding;
use serde::Serialize;

use crate::{
    command::{Failure, print_json, print_line},
    exit::Exit,
    network::Tools,
    show::{
        findings::tell,
        table::{bytes, thousands},
    },
    verify::{Figures, Report},
};

#[derive(Serialize)]
struct Body<'a> {
    release: String,
    verdict: &'static str,
    /// The first of each kind.
    findings: Vec<Finding>,
    /// How many there are of each kind; pixels, for findings about pixels.
    counts: &'a BTreeMap<&'static str, u64>,
    /// What was not checked, and why.
    notes: &'a [String],
    checked: Figures,
}

/// Checks a release against itself.
pub fn verify(release: &Path, threads: usize, tools: &Tools, json: bool) -> Exit {
    let report = match crate::verify::verify(release, threads, tools) {
        Ok(report) => report,
        Err(error) => return Failure::of(&error).tell_alone("verify", json),
    };
    if json {
        let told = print_json("verify", body(release, &report));
        if told != Exit::Ok {
            return told;
        }
    } else {
        tell(&report.findings(), &BTreeMap::new());
        report.untold().for_each(|(code, count)| anstream::eprintln!("and {} more of {code}", thousands(count)));
        report.notes.iter().for_each(|note| anstream::eprintln!("note: {note}"));
        print_line(&summary(release, &report));
    }
    if report.is_clean() { Exit::Ok } else { Exit::Findings }
}

fn body<'a>(release: &Path, report: &'a Report) -> Body<'a> {
    Body {
        release: release.display().to_string(),
        verdict: if report.is_clean() { "pass" } else { "fail" },
        findings: report.findings(),
        counts: report.counts(),
        notes: &report.notes,
        checked: report.figures,
    }
}

fn summary(release: &Path, report: &Report) -> String {
    let Figures { files, bytes: size, rows, patch_rows, pixels, overview_pixels } = report.figures;
    let verdict = if report.is_clean() { "all is well" } else { "it is not what it says" };
    format!(
        "{}: {verdict}\nchecked {} files ({}), {} rows of areas and transitions, {} of patches, {} pixels, {} pixels of overviews",
        release.display(),
        thousands(files),
        bytes(size),
        thousands(rows),
        thousands(patch_rows),
        thousands(pixels),
        thousands(overview_pixels)
    )
}
