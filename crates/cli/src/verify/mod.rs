//! Verifying a release: everything that it holds is read again and held against everything else that it says.

mod areas;
mod areas_csv;
mod census;
mod codes;
pub mod factors;
mod files;
mod finished;
mod kinds;
mod listed;
mod made;
mod overviews;
mod patches;
pub mod periods;
mod raster;
mod region;
mod report;
mod scan;
mod transitions;

use std::path::Path;

use mutirao_core::{grid::Grid, pipeline::Pipeline};
use mutirao_engine::{EngineError, Result};
use mutirao_parquet::{
    AreaReader, AreaRow, Row, RowReader, SourceRow, Territories, TransitionReader, TransitionRow, read_sources,
    read_territories,
};

use crate::{network::Tools, release::manifest::Manifest};

pub use finished::finished_of;
pub use report::{Figures, Report};

/// What a release says of itself, read once.
struct Release<'a> {
    folder: &'a Path,
    manifest: Manifest,
    /// As it was run, or why it cannot be read any more.
    pipeline: std::result::Result<Pipeline, String>,
}

impl Release<'_> {
    fn grid(&self) -> &Grid {
        &self.manifest.grid
    }
}

/// Checks a release.
///
/// # Errors
/// Somebody's wish to stop. What is wrong with the release goes into the report instead.
pub fn verify(folder: &Path, threads: usize, tools: &Tools) -> Result<Report> {
    let mut report = Report::default();
    let manifest = match Manifest::read(folder) {
        Ok(manifest) => manifest,
        Err(error) => {
            let mend = "give the folder of a release: the one with manifest.json";
            report.find("verify-manifest", error.to_string(), mend);
            return Ok(report);
        }
    };
    files::check(folder, &manifest, threads, &*tools.progress, &mut report)?;
    listed::check(folder, &manifest, &mut report);
    if !is_usable(&manifest, &mut report) {
        return Ok(report);
    }
    let pipeline = pipeline_of(folder, &manifest);
    if let Err(why) = &pipeline {
        report.note(format!("the numbers of rules and parts were not checked, because {why}"));
    }
    let release = Release { folder, manifest, pipeline };
    content(&release, threads, tools, &mut report)?;
    Ok(report)
}

/// The grid and the rasters of a release, and its pipeline if it can still be read; none where there is no release.
pub fn rasters(folder: &Path, report: &mut Report) -> Option<(Grid, periods::Periods, Option<Pipeline>)> {
    let manifest = match Manifest::read(folder) {
        Ok(manifest) => manifest,
        Err(error) => {
            report.find("verify-manifest", error.to_string(), report::RESTORE);
            return None;
        }
    };
    if !is_usable(&manifest, report) {
        return None;
    }
    let pipeline = pipeline_of(folder, &manifest);
    let release = Release { folder, manifest, pipeline };
    let periods = periods::open(&release, report);
    Some((release.manifest.grid, periods, release.pipeline.ok()))
}

/// Holds rasters and tables against each other.
fn content(release: &Release<'_>, threads: usize, tools: &Tools, report: &mut Report) -> Result<()> {
    let rows: Option<Vec<AreaRow>> = table(release, "areas.parquet", report, |path| all_rows(AreaReader::open(path)?));
    areas_csv::check(release, report);
    let sources: Option<Vec<SourceRow>> = table(release, "sources.parquet", report, read_sources);
    let territories: Option<Territories> = table(release, "territories.parquet", report, read_territories);
    let periods = periods::open(release, report);
    let factors = match factors::of(release.grid(), &tools.door) {
        Ok(factors) => Some(factors),
        Err(why) => {
            report.note(format!("areas in hectares were not checked, because {why}"));
            None
        }
    };
    let kinds = kinds::kinds(release, territories.as_ref(), rows.as_deref().unwrap_or_default(), tools);
    let scan = scan::scan(release, &periods, &kinds, factors.as_ref(), threads, &*tools.progress, report)?;
    patches::check(release, &periods, factors.as_ref(), threads, &*tools.progress, report)?;
    codes::check(release, &periods, sources.as_deref(), &scan.census, report);
    let (periods, kinds, factors) = (&periods, &kinds, factors.as_ref());
    if let Some(rows) = rows {
        areas::check(&areas::Compared { periods, kinds, factors, scan: &scan }, &rows, report);
    }
    if !has_transitions(release) {
        return Ok(());
    }
    let rows: Option<Vec<TransitionRow>> =
        table(release, "transitions.parquet", report, |path| all_rows(TransitionReader::open(path)?));
    let Some(rows) = rows else { return Ok(()) };
    let boundless = release.pipeline.as_ref().is_ok_and(|pipeline| pipeline.coverage.within.is_none());
    let compared = transitions::Compared { periods, kinds, factors, boundless };
    transitions::check(&compared, &rows, threads, &*tools.progress, report)
}

fn all_rows<R: Row>(mut reader: RowReader<R>) -> mutirao_parquet::Result<Vec<R>> {
    reader.try_fold(Vec::new(), |mut all, rows| {
        all.extend(rows?);
        Ok(all)
    })
}

/// Whether the release should have transitions: by its pipeline, or where that cannot be read, by its files.
fn has_transitions(release: &Release<'_>) -> bool {
    match &release.pipeline {
        Ok(pipeline) => pipeline.outputs.transitions && release.manifest.periods.len() > 1,
        Err(_) => release.folder.join("transitions.parquet").exists(),
    }
}

fn table<T>(
    release: &Release<'_>,
    name: &str,
    report: &mut Report,
    read: impl FnOnce(&Path) -> mutirao_parquet::Result<T>,
) -> Option<T> {
    let path = release.folder.join(name);
    // A file that is not there was found already if the manifest lists it.
    if !path.exists() {
        report.note(format!("{name} was not checked, because it is not there"));
        return None;
    }
    match read(&path) {
        Ok(table) => Some(table),
        Err(error) => {
            report.find("verify-file-unreadable", error.to_string(), report::RESTORE);
            None
        }
    }
}

/// The pipeline as it was run: the copy in the release, with paths as they counted then.
fn pipeline_of(folder: &Path, manifest: &Manifest) -> std::result::Result<Pipeline, String> {
    let was = manifest.pipeline.path.parent().unwrap_or(Path::new(""));
    let reading = mutirao_pipeline::read_in(&folder.join("pipeline.yaml"), was);
    reading.pipeline.ok_or_else(|| {
        let is_error =
            |finding: &&mutirao_core::finding::Finding| finding.severity == mutirao_core::finding::Severity::Error;
        let first = reading.findings.iter().find(is_error).map_or_else(String::new, |finding| finding.message.clone());
        format!("the pipeline cannot be read as it was when it ran in {}: {first}", was.display())
    })
}

/// Whether grid and periods make sense at all.
fn is_usable(manifest: &Manifest, report: &mut Report) -> bool {
    let Grid { origin, resolution, size, .. } = &manifest.grid;
    let sane = origin.iter().all(|number| number.is_finite())
        && resolution.iter().all(|number| number.is_finite() && *number > 0.0)
        && size.iter().all(|side| *side > 0);
    if !sane {
        report.find("verify-manifest", format!("manifest.json: its grid is none: {}", manifest.grid), report::RESTORE);
    }
    sane && manifest.periods.len() <= usize::from(u16::MAX)
}

fn stop_if_asked(observer: &dyn mutirao_core::sink::Observer) -> Result<()> {
    if observer.is_cancelled() { Err(EngineError::Cancelled) } else { Ok(()) }
}
