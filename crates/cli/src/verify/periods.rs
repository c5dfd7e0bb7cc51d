//! The rasters of every period: one sheet or many, each with what stands beside its classes.

use mutirao_core::{
    grid::{Grid, Window},
    pipeline::{Pipeline, ResampleMethod},
};
use mutirao_engine::sheet::sheets;
use mutirao_mosaic::overview::Reduce;

use super::{
    Release,
    raster::Raster,
    report::{RESTORE, Report},
};

/// One sheet in one period.
pub struct Sheet {
    /// Its pixels of the grid.
    pub window: Window,
    /// The class.
    pub coverage: Raster,
    /// Source, or source, rule and part.
    pub provenance: Option<Raster>,
    /// How many layers agree; 255 outside.
    pub agreement: Option<Raster>,
}

impl Sheet {
    /// Its rasters, the class first.
    pub fn rasters(&self) -> impl Iterator<Item = &Raster> {
        std::iter::once(&self.coverage).chain(&self.provenance).chain(&self.agreement)
    }

    /// Levels that can be compared in all rasters.
    pub fn depth(&self) -> usize {
        self.rasters().map(Raster::depth).min().unwrap_or(0)
    }
}

/// A period.
pub struct Period {
    /// Its label.
    pub label: String,
    /// Its sheets; empty ones are left out of a release.
    pub sheets: Vec<Sheet>,
    /// Windows of the grid for which there is no sheet.
    pub left_out: Vec<Window>,
    /// Why its rows cannot be counted, if they cannot.
    pub broken: Option<String>,
}

/// What the rasters of a release are.
pub struct Periods {
    /// The periods, in the manifest's order.
    pub periods: Vec<Period>,
    /// The value of nothing.
    pub nodata: u16,
    /// Bands of provenance: 0, 1 (source) or 3 (source, rule, part).
    pub provenance: u16,
    /// Whether there is agreement.
    pub agreement: bool,
    /// How overviews were made; none if nobody says.
    pub reduce: Option<Reduce>,
}

/// Opens the rasters of all periods.
pub fn open(release: &Release<'_>, report: &mut Report) -> Periods {
    let mut periods: Vec<Period> =
        release.manifest.periods.iter().map(|label| open_period(release, label, report)).collect();
    let pipeline = release.pipeline.as_ref().ok();
    let side = sheet_side(release.grid(), pipeline, &periods);
    for period in periods.iter_mut().filter(|period| period.broken.is_none()) {
        let taken = |window: &Window| period.sheets.iter().any(|sheet| sheet.window == *window);
        let due: Vec<Window> = sheets(release.grid(), side).into_iter().map(|sheet| sheet.window).collect();
        for sheet in period.sheets.iter().filter(|sheet| !due.contains(&sheet.window)) {
            let message = format!("{}: it lies where no sheet of {side} pixels does", sheet.coverage.name);
            report.find("verify-manifest", message, RESTORE);
            period.broken = Some(format!("{} lies where it should not", sheet.coverage.name));
        }
        period.left_out = due.into_iter().filter(|window| !taken(window)).collect();
    }
    let all = || periods.iter().flat_map(|period| &period.sheets);
    let found = Periods {
        nodata: all().find_map(|sheet| sheet.coverage.facts().nodata).map_or(0, |nodata| nodata as u16),
        provenance: all().find_map(|sheet| sheet.provenance.as_ref()).map_or(0, Raster::bands),
        agreement: all().any(|sheet| sheet.agreement.is_some()),
        reduce: reduce(release, pipeline, &periods),
        periods,
    };
    say_what_is_unknown(&found, report);
    found
}

fn say_what_is_unknown(found: &Periods, report: &mut Report) {
    match found.provenance {
        0 => report.note(
            "sources and rules were not checked, because the release has no provenance: rows were added up over them"
                .into(),
        ),
        1 => report.note(
            "rules were not checked, because provenance holds the source alone: rows were added up over rules".into(),
        ),
        _ => {}
    }
    if !found.agreement {
        report.note("where the area ends was not checked, because the release has no agreement: rows of nothing may lie outside".into());
    }
    if found.reduce.is_none() {
        report
            .note("overviews were not checked, because neither the pipeline nor a file says how they were made".into());
    }
    for period in found.periods.iter().filter(|period| !period.left_out.is_empty() && period.broken.is_none()) {
        let count = period.left_out.len();
        report.note(format!(
            "{}: rows of nothing were checked as bounds only, because {count} sheets without a class are left out",
            period.label
        ));
    }
}

fn open_period(release: &Release<'_>, label: &str, report: &mut Report) -> Period {
    let mut period = Period { label: label.to_owned(), sheets: Vec::new(), left_out: Vec::new(), broken: None };
    let names = sheet_names(release, label);
    if names.is_empty() && !is_listed(release, &format!("coverage/{label}.vrt")) {
        report.find("verify-manifest", format!("manifest.json: it lists no coverage of {label}"), RESTORE);
        period.broken = Some(format!("there is no coverage of {label}"));
    }
    for name in names {
        match open_sheet(release, &name, report) {
            Ok(sheet) => period.sheets.push(sheet),
            Err(why) => period.broken = Some(why),
        }
    }
    period
}

fn is_listed(release: &Release<'_>, name: &str) -> bool {
    release.manifest.files.iter().any(|entry| entry.path == name)
}

/// What stands after `coverage/`: `2019.tif`, or `2019/0_0.tif` and so on.
fn sheet_names(release: &Release<'_>, label: &str) -> Vec<String> {
    let whole = format!("{label}.tif");
    let folder = format!("{label}/");
    let names = release.manifest.files.iter().filter_map(|entry| entry.path.strip_prefix("coverage/"));
    names
        .filter(|name| *name == whole || (name.starts_with(&folder) && name.ends_with(".tif")))
        .map(str::to_owned)
        .collect()
}

fn open_sheet(release: &Release<'_>, name: &str, report: &mut Report) -> Result<Sheet, String> {
    let mut raster = |product: &str| open_raster(release, &format!("{product}/{name}"), report);
    let coverage = raster("coverage")?;
    let mut beside = |product: &str| {
        let any = release.manifest.files.iter().any(|entry| entry.path.starts_with(&format!("{product}/")));
        any.then(|| raster(product)).transpose()
    };
    let (provenance, agreement) = (beside("provenance")?, beside("agreement")?);
    let window = coverage.window(release.grid());
    let sheet = Sheet { window: window.unwrap_or(release.grid().window()), coverage, provenance, agreement };
    for raster in sheet.rasters() {
        if window.is_none() || raster.window(release.grid()) != window || raster.side() != sheet.coverage.side() {
            let message =
                format!("{}: it does not lie on the manifest's grid as it should, {}", raster.name, release.grid());
            report.find("verify-manifest", message.clone(), RESTORE);
            return Err(message);
        }
    }
    let bands = [&sheet.provenance, &sheet.agreement].map(|raster| raster.as_ref().map(Raster::bands));
    if sheet.coverage.bands() != 1 || !matches!(bands[0], None | Some(1 | 3)) || !matches!(bands[1], None | Some(3)) {
        let message = format!("{name}: coverage has 1 band, provenance 1 or 3, agreement 3");
        report.find("verify-manifest", message.clone(), RESTORE);
        return Err(message);
    }
    Ok(sheet)
}

fn open_raster(release: &Release<'_>, name: &str, report: &mut Report) -> Result<Raster, String> {
    match Raster::open(release.folder, name) {
        Ok((raster, wrong)) => {
            if let Some(wrong) = wrong {
                report.find("verify-overview", wrong, RESTORE);
            }
            Ok(raster)
        }
        Err(why) => {
            // A file that is not there was found already.
            if release.folder.join(name).exists() || !is_listed(release, name) {
                report.find("verify-file-unreadable", why.clone(), RESTORE);
            }
            Err(why)
        }
    }
}

/// Pixels on a side of a sheet: the pipeline's, or as the sheets lie.
fn sheet_side(grid: &Grid, pipeline: Option<&Pipeline>, periods: &[Period]) -> u32 {
    let largest =
        periods.iter().flat_map(|period| &period.sheets).map(|sheet| sheet.window.width.max(sheet.window.height)).max();
    let whole = grid.width().max(grid.height());
    pipeline.map(|pipeline| pipeline.outputs.sheet).or(largest).unwrap_or(whole).max(1)
}

fn reduce(release: &Release<'_>, pipeline: Option<&Pipeline>, periods: &[Period]) -> Option<Reduce> {
    match pipeline.map(|pipeline| pipeline.outputs.overviews) {
        Some(ResampleMethod::Mode) => Some(Reduce::Mode),
        Some(ResampleMethod::Nearest) => Some(Reduce::Nearest),
        None => {
            let file = periods.iter().flat_map(|period| &period.sheets).find(|sheet| sheet.depth() > 1);
            file.map_or(Some(Reduce::Mode), |sheet| stated(&release.folder.join(&sheet.coverage.name)))
        }
    }
}

/// What a COG says in its header of how its overviews were made.
fn stated(path: &std::path::Path) -> Option<Reduce> {
    use std::io::Read;
    const HEADER: u64 = 1 << 20;
    let mut header = Vec::new();
    std::fs::File::open(path).ok()?.take(HEADER).read_to_end(&mut header).ok()?;
    let text = String::from_utf8_lossy(&header);
    let (_, after) = text.split_once("OVERVIEW_RESAMPLING")?;
    let value = after.split_once('>')?.1;
    if value.starts_with("MODE") { Some(Reduce::Mode) } else { value.starts_with("NEAREST").then_some(Reduce::Nearest) }
}
