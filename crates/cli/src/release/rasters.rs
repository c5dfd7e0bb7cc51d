//! The rasters of a release: COGs of every product and period, sheets, VRTs, and the names of classes beside them.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use mutirao_core::{
    grid::{Grid, Window},
    pipeline::{Compression, Outputs, Period, Pipeline, ResampleMethod},
    raster::{DType, GeoTransform},
    sink::Observer,
};
use mutirao_engine::{
    EngineError, Result,
    contents::Contents,
    plan::Plan,
    product::{Band, Meaning, Product},
    publish::Staging,
    run::SheetDone,
};
use mutirao_geotiff::{
    aux_xml,
    cog::{self, CogError, CogSpec, Statistics, assemble},
    vrt,
};

use tracing::debug_span;

use super::{Content, store::SpooledTiles};

/// What all files of a product share.
#[derive(Debug, Clone)]
struct Look {
    bands: Vec<Band>,
    first_band: u16,
    palette: Option<Vec<[u8; 3]>>,
    names: Vec<Option<String>>,
}

impl Look {
    /// Of one product; none if the release has none of it.
    fn of(product: Product, bands: &[Band], pipeline: &Pipeline) -> Option<Self> {
        let first_band = bands.iter().position(|band| band.product == product)?;
        let own: Vec<Band> = bands.iter().copied().filter(|band| band.product == product).collect();
        let is_coverage = product == Product::Coverage;
        Some(Look {
            palette: is_coverage.then(|| palette(pipeline, own[0].wide)),
            names: if is_coverage { names(pipeline) } else { Vec::new() },
            bands: own,
            first_band: first_band as u16,
        })
    }

    fn dtype(&self) -> DType {
        if self.bands[0].wide { DType::Uint16 } else { DType::Uint8 }
    }

    fn descriptions(&self, period: &str) -> Vec<String> {
        let describe = |band: &Band| match band.meaning {
            Meaning::Class => period.to_owned(),
            Meaning::Source => "source".to_owned(),
            Meaning::Rule => "rule".to_owned(),
            Meaning::Part => "part".to_owned(),
            Meaning::Speak => "layers that speak".to_owned(),
            Meaning::Same => "layers that say the winning class".to_owned(),
            Meaning::SameTop => "layers that say one of the same top class".to_owned(),
        };
        self.bands.iter().map(describe).collect()
    }
}

fn palette(pipeline: &Pipeline, wide: bool) -> Vec<[u8; 3]> {
    let mut palette = vec![[0; 3]; if wide { 1 << 16 } else { 1 << 8 }];
    for class in pipeline.legend.classes() {
        palette[usize::from(class.id)] = class.color;
    }
    palette
}

fn names(pipeline: &Pipeline) -> Vec<Option<String>> {
    let last = pipeline.legend.ids().last().unwrap_or(0);
    (0..=last).map(|id| pipeline.legend.get(id).map(|class| class.name.clone())).collect()
}

/// The compression of COGs that a pipeline asks for.
fn compression(outputs: &Outputs) -> cog::Compression {
    match outputs.compression {
        Compression::Deflate(level) => cog::Compression::Deflate { level: i32::from(level) },
        Compression::Zstd(level) => cog::Compression::Zstd { level: i32::from(level) },
    }
}

/// A file of these pixels of the grid, without bands' words and colours.
pub fn spec_of(pipeline: &Pipeline, plan: &Plan, window: &Window, bands: u16, dtype: DType) -> CogSpec {
    let [x, y] = corner(&plan.grid, window);
    let [width, height] = plan.grid.resolution;
    CogSpec {
        width: window.width,
        height: window.height,
        tile: pipeline.outputs.tile,
        bands,
        dtype,
        compression: compression(&pipeline.outputs),
        nodata: None,
        palette: None,
        transform: GeoTransform([x, width, 0.0, y, 0.0, -height]),
        geo_keys: plan.crs.geo_keys.clone(),
        band_descriptions: Vec::new(),
        metadata: Vec::new(),
        band_statistics: Vec::new(),
        overview_resampling: match pipeline.outputs.overviews {
            ResampleMethod::Mode => "MODE".to_owned(),
            ResampleMethod::Nearest => "NEAREST".to_owned(),
        },
    }
}

fn corner(grid: &Grid, window: &Window) -> [f64; 2] {
    grid.transform().to_map(f64::from(window.col), f64::from(window.row))
}

/// The name of a raster of a release; `sheet` is [column, row] where there are several.
pub fn raster_name(product: Product, period: &str, sheet: Option<[u32; 2]>) -> String {
    let folder = product.folder();
    sheet.map_or(format!("{folder}/{period}.tif"), |[col, row]| format!("{folder}/{period}/{col}_{row}.tif"))
}

/// Writes all rasters.
pub(super) fn write(content: &Content<'_>, staging: &Staging, observer: &dyn Observer) -> Result<()> {
    for product in [Product::Coverage, Product::Provenance, Product::Agreement] {
        let Some(look) = Look::of(product, &content.outcomes.bands, content.pipeline) else { continue };
        for period in 0..content.plan.periods.len() {
            if observer.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            write_period(content, staging, product, &look, period)?;
        }
        if product == Product::Coverage {
            staging.write("coverage.vrt", &periods_vrt(content, &look))?;
        }
    }
    Ok(())
}

fn write_period(content: &Content<'_>, staging: &Staging, product: Product, look: &Look, period: usize) -> Result<()> {
    let label = &content.plan.periods[period];
    let folder = product.folder();
    let sheets = &content.outcomes.sheets;
    if let [only] = &sheets[..] {
        return write_sheet(content, staging, &raster_name(product, label, None), look, only, period);
    }
    let mut written = Vec::new();
    for sheet in sheets.iter().filter(|sheet| sheet.contents[period].has(product)) {
        let [sheet_col, sheet_row] = [sheet.sheet.col, sheet.sheet.row];
        let path = raster_name(product, label, Some([sheet_col, sheet_row]));
        write_sheet(content, staging, &path, look, sheet, period)?;
        let Window { col, row, width, height } = sheet.sheet.window;
        let [col, row] = [col - content.window.col, row - content.window.row];
        written.push(vrt::Sheet { path: format!("{label}/{sheet_col}_{sheet_row}.tif"), col, row, width, height });
    }
    let text = vrt::mosaic(&frame(content, look), &look.descriptions(label), &written);
    staging.write(&format!("{folder}/{label}.vrt"), &text)
}

fn write_sheet(
    content: &Content<'_>,
    staging: &Staging,
    name: &str,
    look: &Look,
    sheet: &SheetDone,
    period: usize,
) -> Result<()> {
    let mut spec = spec_of(content.pipeline, content.plan, &sheet.sheet.window, look.bands.len() as u16, look.dtype());
    spec.nodata = Some(i32::from(look.bands[0].nodata));
    spec.palette = look.palette.clone();
    spec.band_descriptions = look.descriptions(&content.plan.periods[period]);
    if look.bands[0].meaning == Meaning::Class {
        spec.band_statistics = vec![statistics(&sheet.contents[period], &sheet.sheet.window)];
    }
    spec.metadata = metadata(content.pipeline, &content.pipeline.periods[period]);
    let tiles = SpooledTiles { spool: &sheet.spool, period: period as u16, first_band: look.first_band };
    let path = staging.folder().join(name);
    if let Some(missing) = tiles.missing(&spec) {
        return Err(EngineError::Malformed { path, what: format!("{missing:?} was never encoded") });
    }
    write_cog(&path, &spec, &tiles)?;
    if look.names.is_empty() {
        return Ok(());
    }
    staging.write(&format!("{name}.aux.xml"), &aux_xml(&look.names))
}

fn write_cog(path: &Path, spec: &CogSpec, tiles: &SpooledTiles<'_>) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(EngineError::io("create", parent))?;
    }
    let file = File::create(path).map_err(EngineError::io("create", path))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    let _writing = debug_span!("write").entered();
    assemble(spec, tiles, &mut out).map_err(|error| match error {
        CogError::Io(error) => EngineError::io("write", path)(error),
        other => EngineError::Malformed { path: path.to_owned(), what: other.to_string() },
    })?;
    out.flush().map_err(EngineError::io("write", path))
}

fn metadata(pipeline: &Pipeline, period: &Period) -> Vec<(String, String)> {
    let mut items = vec![
        ("TITLE".to_owned(), pipeline.title.clone()),
        ("VERSION".to_owned(), pipeline.version.clone()),
        ("PERIOD".to_owned(), period.label.clone()),
    ];
    items.extend(period.start.clone().map(|start| ("PERIOD_START".to_owned(), start)));
    items.extend(period.end.clone().map(|end| ("PERIOD_END".to_owned(), end)));
    items.extend(pipeline.license.clone().map(|license| ("LICENSE".to_owned(), license)));
    items
}

/// Statistics of the class codes of a sheet, as other tools keep them of every band; none where there is no class.
fn statistics(contents: &Contents, window: &Window) -> Option<Statistics> {
    let counts = || contents.classes.iter().map(|(class, pixels)| (f64::from(*class), *pixels as f64));
    let total: f64 = counts().map(|(_, pixels)| pixels).sum();
    let mean = counts().map(|(class, pixels)| class * pixels).sum::<f64>() / total;
    let variance = counts().map(|(class, pixels)| (class - mean).powi(2) * pixels).sum::<f64>() / total;
    let pixels = f64::from(window.width) * f64::from(window.height);
    Some(Statistics {
        min: counts().next()?.0,
        max: counts().next_back()?.0,
        mean,
        stddev: variance.sqrt(),
        valid_percent: (10_000.0 * total / pixels).round() / 100.0,
    })
}

fn frame(content: &Content<'_>, look: &Look) -> vrt::Frame {
    let grid = content.plan.grid.part(&content.window);
    vrt::Frame {
        width: grid.width(),
        height: grid.height(),
        dtype: look.dtype(),
        tile: content.pipeline.outputs.tile,
        transform: grid.transform(),
        crs_wkt: content.plan.crs.wkt1_gdal.clone().unwrap_or_else(|| content.plan.crs.wkt.clone()),
        nodata: Some(i32::from(look.bands[0].nodata)),
        palette: look.palette.clone(),
        category_names: look.names.clone(),
    }
}

fn periods_vrt(content: &Content<'_>, look: &Look) -> String {
    let ending = if content.outcomes.sheets.len() == 1 { "tif" } else { "vrt" };
    let bands: Vec<vrt::PeriodBand> = content
        .plan
        .periods
        .iter()
        .map(|label| vrt::PeriodBand { path: format!("coverage/{label}.{ending}"), description: label.clone() })
        .collect();
    vrt::periods(&frame(content, look), &bands)
}
