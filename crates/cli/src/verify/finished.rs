//! The rasters of a release as the engine takes a finished coverage.

use mutirao_core::grid::Grid;
use mutirao_engine::{
    finished::{Area, Finished, FinishedPeriod},
    product::AGREEMENT_OUTSIDE,
};

use super::periods::{Period, Periods, Sheet};
use crate::finished::{layer, placed};

/// The rasters of a release as one coverage. A boundless one has no edge but the grid's.
pub fn finished_of<'a>(grid: &Grid, periods: &'a Periods, is_boundless: bool) -> Finished<'a> {
    let said = periods.said;
    let period = |period: &'a Period| {
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
