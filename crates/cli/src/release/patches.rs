//! The patches of a release, made of its own rasters once they are written.

use std::path::PathBuf;

use mutirao_core::{
    grid::Window,
    pipeline::{Outputs, Patches},
    sink::Observer,
};
use mutirao_engine::{
    EngineError, Result,
    finished::{Area, Finished, FinishedPeriod, Layer, Means, Wanted},
    product::Product,
    publish::Staging,
};
use mutirao_geotiff::GeoTiff;
use mutirao_mosaic::patches::SIDE;

use super::Content;
use crate::finished::{Format, layer, placed, write_patches};

/// Which patches are due in a release of so many pixels in all periods together; none where none are.
pub fn due(outputs: &Outputs, pixels: u64) -> Option<Wanted> {
    match &outputs.patches {
        Patches::None => None,
        Patches::Auto if pixels > Patches::AUTO_PIXELS => None,
        Patches::Auto => Some(Wanted { min_ha: 0.0, classes: None, side: SIDE }),
        Patches::Those { min_ha, classes } => Some(Wanted { min_ha: *min_ha, classes: classes.clone(), side: SIDE }),
    }
}

/// Writes `coverage.parquet` if it is due.
pub(super) fn write(content: &Content<'_>, staging: &Staging, observer: &dyn Observer) -> Result<()> {
    let pixels = content.plan.grid.pixels() * content.plan.periods.len() as u64;
    let Some(wanted) = due(&content.pipeline.outputs, pixels) else { return Ok(()) };
    let classes = open(content, staging, Product::Coverage)?;
    let sources = open(content, staging, Product::Provenance)?;
    let has_sources = content.outcomes.bands.iter().any(|band| band.product == Product::Provenance);
    let nodata = content.pipeline.outputs.nodata;
    let periods = content.plan.periods.iter().zip(classes.iter().zip(&sources)).map(|(label, (classes, sources))| {
        FinishedPeriod {
            label: label.clone(),
            class: of(classes, Some(nodata)),
            source: has_sources.then(|| of(sources, None)),
            rule: None,
            area: Area::Classes,
        }
    });
    let finished = Finished { grid: content.plan.grid.clone(), periods: periods.collect() };
    let means = Means { threads: content.threads, memory: content.memory, observer };
    let path = staging.folder().join("coverage.parquet");
    let Content { plan, outcomes, .. } = content;
    write_patches((&path, Format::Parquet), &finished, &plan.crs, &outcomes.factors, &wanted, means).map(|_| ())
}

/// The first band of some sheets.
fn of(sheets: &[Sheet], nothing: Option<u16>) -> Layer<'_> {
    layer(sheets.iter().map(|sheet| placed(&sheet.name, &sheet.source, 0, sheet.window, nothing)))
}

/// A sheet of a product in one period, opened.
struct Sheet {
    name: String,
    source: GeoTiff,
    window: Window,
}

/// The sheets of a product, by period.
fn open(content: &Content<'_>, staging: &Staging, product: Product) -> Result<Vec<Vec<Sheet>>> {
    let has = content.outcomes.bands.iter().any(|band| band.product == product);
    let sheets = &content.outcomes.sheets;
    let period = |(period, label): (usize, &String)| {
        let present = sheets.iter().filter(|sheet| has && (sheets.len() == 1 || sheet.contents[period].has(product)));
        let open = |sheet: &mutirao_engine::run::SheetDone| {
            let folder = product.folder();
            let name = match sheets.len() {
                1 => format!("{folder}/{label}.tif"),
                _ => format!("{folder}/{label}/{}_{}.tif", sheet.sheet.col, sheet.sheet.row),
            };
            let path: PathBuf = staging.folder().join(&name);
            let source =
                GeoTiff::open(&path).map_err(|error| EngineError::Malformed { path, what: error.to_string() })?;
            Ok(Sheet { name, source, window: sheet.sheet.window })
        };
        present.map(open).collect()
    };
    content.plan.periods.iter().enumerate().map(period).collect()
}
