//! A release, read again.

use std::path::Path;

use mutirao_core::{grid::Grid, legend::Legend, pipeline::Pipeline};
use mutirao_engine::finished::Finished;

use crate::{
    command::Failure,
    exit::Exit,
    verify::{Report, finished_of, periods::Periods, rasters},
};

/// A release whose rasters are open.
pub struct Release {
    grid: Grid,
    periods: Periods,
    /// As it was run, if it can still be read.
    pipeline: Option<Pipeline>,
    /// What people should know of it.
    pub notes: Vec<String>,
}

impl Release {
    /// Opens the rasters of a release.
    ///
    /// # Errors
    /// Where a raster that the manifest lists cannot be read.
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        let mut report = Report::default();
        let help = || Some("give the folder of a release (the one with manifest.json), or a GeoTIFF".to_owned());
        let (grid, periods, pipeline) = rasters(folder, &mut report)
            .ok_or_else(|| first(&report))
            .map_err(|error| Failure { error, help: help(), exit: Exit::Findings })?;
        if let Some(broken) = periods.periods.iter().find_map(|period| period.broken.clone()) {
            let help = Some(format!("see what `mutirao verify {}` says", folder.display()));
            return Err(Failure { error: broken, help, exit: Exit::Findings });
        }
        let is_known =
            periods.said.agreement || pipeline.as_ref().is_some_and(|pipeline| pipeline.coverage.within.is_none());
        let note = "the release does not say where its area ends, so what holds nothing is not counted";
        let notes = if is_known { Vec::new() } else { vec![note.to_owned()] };
        Ok(Release { grid, periods, pipeline, notes })
    }

    /// Its rasters, to be read.
    pub fn finished(&self) -> Finished<'_> {
        let is_boundless = self.pipeline.as_ref().is_some_and(|pipeline| pipeline.coverage.within.is_none());
        finished_of(&self.grid, &self.periods, is_boundless)
    }

    /// The legend of its pipeline.
    pub fn legend(&self) -> Option<&Legend> {
        self.pipeline.as_ref().map(|pipeline| &pipeline.legend)
    }

    /// The value of nothing.
    pub fn nodata(&self) -> u16 {
        self.periods.said.nodata
    }
}

fn first(report: &Report) -> String {
    report.findings().into_iter().next().map_or_else(|| "it is no release".to_owned(), |finding| finding.message)
}
