//! The rasters of every period: one sheet or many, each with what stands beside its classes.

use std::collections::BTreeSet;

use mutirao_core::{
    grid::{Grid, Window},
    pipeline::Pipeline,
};
use mutirao_engine::{product::AGREEMENT_OUTSIDE, sheet::sheets};
use mutirao_mosaic::overview::Reduce;

use super::{
    Release, made,
    raster::Raster,
    report::{RESTORE, Report},
};

/// What a sheet may hold, in the order in which its bands are read.
pub const PRODUCTS: [&str; 3] = ["coverage", "provenance", "agreement"];

/// One sheet in one period.
pub struct Sheet {
    /// Its name in the folders of the products, such as `2019.tif` or `2019/0_0.tif`.
    pub name: String,
    /// Its pixels of the grid.
    pub window: Window,
    /// Pixels on a side of a tile.
    pub side: u32,
    /// Columns and rows of the levels that can be compared in all of its rasters.
    pub levels: Vec<[u32; 2]>,
    /// Class; source, or source, rule and part; how many layers agree. None where a raster is left out, holding nothing.
    pub rasters: [Option<Raster>; 3],
}

/// What the rasters of a release say.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// The value of nothing.
    pub nodata: u16,
    /// Bands of provenance: 0, 1 (source) or 3 (source, rule, part).
    pub provenance: u16,
    /// Whether there is agreement.
    pub agreement: bool,
}

impl Said {
    /// Bands of each product.
    pub fn bands(&self) -> [u16; 3] {
        [1, self.provenance, if self.agreement { 3 } else { 0 }]
    }

    /// What each product holds where it says nothing.
    pub fn blanks(&self) -> [u16; 3] {
        [self.nodata, 0, AGREEMENT_OUTSIDE]
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

/// The rasters of a release.
pub struct Periods {
    /// The periods, in the manifest's order.
    pub periods: Vec<Period>,
    /// What they say.
    pub said: Said,
    /// How overviews were made; none if nobody says.
    pub reduce: Option<Reduce>,
}

/// Opens the rasters of all periods.
pub(super) fn open(release: &Release<'_>, report: &mut Report) -> Periods {
    let mut periods: Vec<Period> =
        release.manifest.periods.iter().map(|label| open_period(release, label, report)).collect();
    let pipeline = release.pipeline.as_ref().ok();
    let side = sheet_side(release.grid(), pipeline, &periods);
    for period in periods.iter_mut().filter(|period| period.broken.is_none()) {
        let due: Vec<Window> = sheets(&release.grid().window(), side).into_iter().map(|sheet| sheet.window).collect();
        for sheet in period.sheets.iter().filter(|sheet| !due.contains(&sheet.window)) {
            let message = format!("{}: it lies where no sheet of {side} pixels does", sheet.name);
            report.find("verify-manifest", message.clone(), RESTORE);
            period.broken = Some(message);
        }
        let taken = |window: &Window| period.sheets.iter().any(|sheet| sheet.window == *window);
        period.left_out = due.into_iter().filter(|window| !taken(window)).collect();
    }
    let all = |product: usize| {
        periods.iter().flat_map(|period| &period.sheets).find_map(move |sheet| sheet.rasters[product].as_ref())
    };
    let stated = all(0).and_then(|raster| raster.facts().nodata).map(|nodata| nodata as u16);
    let said = Said {
        nodata: stated.or(pipeline.map(|pipeline| pipeline.outputs.nodata)).unwrap_or(0),
        provenance: all(1).map_or(0, Raster::bands),
        agreement: has_product(release, PRODUCTS[2]),
    };
    let layered = || {
        let mut rasters =
            periods.iter().flat_map(|period| &period.sheets).flat_map(|sheet| sheet.rasters.iter().flatten());
        rasters.find(|raster| raster.depth() > 1).map(|raster| release.folder.join(&raster.name))
    };
    let found = Periods { said, reduce: made::reduce(pipeline, layered), periods };
    say_what_is_unknown(&found, report);
    found
}

fn say_what_is_unknown(found: &Periods, report: &mut Report) {
    match found.said.provenance {
        0 => report.note(
            "sources and rules were not checked, because no provenance can be read: rows were added up over them"
                .into(),
        ),
        1 => report.note(
            "rules were not checked, because provenance holds the source alone: rows were added up over rules".into(),
        ),
        _ => {}
    }
    if !found.said.agreement {
        report.note(
            "where the area ends was not checked, because the release has no agreement: what holds nothing may lie outside"
                .into(),
        );
    }
    if found.reduce.is_none() {
        report
            .note("overviews were not checked, because neither the pipeline nor a file says how they were made".into());
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

/// The sheets of a period in any product: `2019.tif`, or `2019/0_0.tif` and so on.
fn sheet_names(release: &Release<'_>, label: &str) -> BTreeSet<String> {
    let whole = format!("{label}.tif");
    let folder = format!("{label}/");
    let names =
        release.manifest.files.iter().filter_map(|entry| {
            PRODUCTS.iter().find_map(|product| entry.path.strip_prefix(product)?.strip_prefix('/'))
        });
    names
        .filter(|name| *name == whole || (name.starts_with(&folder) && name.ends_with(".tif")))
        .map(str::to_owned)
        .collect()
}

fn has_product(release: &Release<'_>, product: &str) -> bool {
    let folder = format!("{product}/");
    release.manifest.files.iter().any(|entry| entry.path.starts_with(&folder))
}

fn open_sheet(release: &Release<'_>, name: &str, report: &mut Report) -> Result<Sheet, String> {
    let is_there = |product: &str| is_listed(release, &format!("{product}/{name}"));
    let mut rasters = [None, None, None];
    for (raster, product) in rasters.iter_mut().zip(PRODUCTS) {
        if is_there(product) {
            *raster = Some(open_raster(release, &format!("{product}/{name}"), report)?);
        } else if is_there(PRODUCTS[0]) && has_product(release, product) {
            // A sheet without a class may lack what it has nothing to say of; one of classes has all.
            let message = format!("manifest.json: it lists coverage/{name}, and no {product}/{name}");
            report.find("verify-manifest", message.clone(), RESTORE);
            return Err(message);
        }
    }
    let mut wrong = |message: String| {
        report.find("verify-manifest", message.clone(), RESTORE);
        Err(message)
    };
    let present = || rasters.iter().flatten();
    let Some((window, side)) = present().next().map(|raster| (raster.window(release.grid()), raster.side())) else {
        return wrong(format!("{name}: it has no raster"));
    };
    let astray = present().find(|raster| raster.window(release.grid()) != window || raster.side() != side);
    let Some(window) = window.filter(|_| astray.is_none()) else {
        let name = astray.or(present().next()).map_or(name, |raster| &raster.name);
        return wrong(format!("{name}: it does not lie on the manifest's grid as it should, {}", release.grid()));
    };
    let bands = rasters.each_ref().map(|raster| raster.as_ref().map(Raster::bands));
    if !matches!(bands, [None | Some(1), None | Some(1 | 3), None | Some(3)]) {
        return wrong(format!("{name}: coverage has 1 band, provenance 1 or 3, agreement 3"));
    }
    let depth = present().map(Raster::depth).min().unwrap_or(1);
    let levels = present().next().map_or_else(Vec::new, |raster| (0..depth).map(|level| raster.size(level)).collect());
    Ok(Sheet { name: name.to_owned(), window, side, levels, rasters })
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
