//! A release, read again.

use std::path::Path;

use mutirao_core::{grid::Grid, legend::Legend, pipeline::Pipeline};
use mutirao_engine::{
    finished::{Area, Finished, FinishedPeriod},
    product::AGREEMENT_OUTSIDE,
};

use super::{layer, placed};
use crate::{
    command::Failure,
    exit::Exit,
    verify::{
        Report,
        periods::{Periods, Sheet},
        rasters,
    },
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

/// The rasters of a release as one coverage. A boundless one has no edge but the grid's.
pub fn finished_of<'a>(grid: &Grid, periods: &'a Periods, is_boundless: bool) -> Finished<'a> {
    let said = periods.said;
    let period = |period: &'a crate::verify::periods::Period| {
        let of = |product: usize, band: u16, nothing: Option<u16>| {
            let file = move |sheet: &'a Sheet| {
                let raster = sheet.rasters[product].as_ref()?;
                Some(placed(&raster.name, raster.full(), band, sheet.window, nothing))
            };
            layer(period.sheets.iter().filter_map(file))
        };
        FinishedPeriod {
            label: period.label.clone(),
            class: of(0, 0, Some(said.nodata)),
            source: (said.provenance > 0).then(|| of(1, 0, None)),
            rule: (said.provenance > 1).then(|| of(1, 1, None)),
            area: match (said.agreement, is_boundless) {
                (true, _) => Area::Where(of(2, 0, Some(AGREEMENT_OUTSIDE))),
                (false, true) => Area::Whole,
                (false, false) => Area::Classes,
            },
        }
    };
    Finished { grid: grid.clone(), periods: periods.periods.iter().map(period).collect() }
}
