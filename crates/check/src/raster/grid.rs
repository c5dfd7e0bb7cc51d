//! Where files lie: CRS, grid, extent.

use mutirao_contract::checks::{Check, CrsCheck, Extent, ExtentCheck, GridCheck};
use mutirao_core::grid::{Misfit, align};

use super::{
    RasterDelivery, RasterFile,
    words::{CrsHeld, files, name, verb},
};
use crate::{
    report::{CheckFinding, Sure, Where},
    rules::{Asked, Judged},
};

pub(super) fn crs(delivery: &RasterDelivery, asked: &Asked, check: &Check, wanted: &CrsCheck) -> Judged {
    let mut groups: Vec<(&CrsHeld, Vec<&RasterFile>)> = Vec::new();
    for file in delivery.files.iter().filter(|file| !matches!(file.crs, CrsHeld::Same | CrsHeld::Unasked)) {
        match groups.iter_mut().find(|(known, _)| **known == file.crs) {
            Some((_, files)) => files.push(file),
            None => groups.push((&file.crs, vec![file])),
        }
    }
    let findings = groups.into_iter().map(|(held, of)| {
        let finding = crs_finding(asked, check, &wanted.crs, held, (&files(&of), of.len()));
        finding.at_places(
            of.len() as u64,
            of.iter().take(super::places::FIRST).map(|file| Where::file(&file.path)).collect(),
        )
    });
    Judged::by(findings.collect(), Some(wanted.crs.as_str().into()))
}

/// What is the matter with the CRS of so many files, by their names.
pub(crate) fn crs_finding(
    asked: &Asked,
    check: &Check,
    wanted: &str,
    held: &CrsHeld,
    (names, count): (&str, usize),
) -> CheckFinding {
    match held {
        CrsHeld::Missing => {
            let message = format!("{names} {} no CRS, and {wanted} is agreed", verb(count, "states", "state"));
            let mend = format!(
                "write it into the file if it is known for certain: `gdal_edit.py -a_srs {wanted} FILE` (vectors: `ogr2ogr -a_srs`)"
            );
            asked.broken(check, message).but(wanted, "none").with_mend(mend)
        }
        CrsHeld::Unknown(stated, because) => {
            let message =
                format!("whether the CRS of {names} ({stated}) is {wanted} could not be found out: {because}");
            let mut finding = asked.broken(check, message).but(wanted, stated.as_str());
            finding.sure = Sure::Likely;
            finding.with_mend("check where libgdal is installed, or write the CRS with its EPSG code")
        }
        CrsHeld::Other(stated) => {
            let message = format!("{names} {} in {stated}, and {wanted} is agreed", verb(count, "is", "are"));
            let mend = format!(
                "if the place is right and only its name differs, `gdal_edit.py -a_srs {wanted} FILE`; else warp it: `gdalwarp -t_srs {wanted} -r near IN OUT`"
            );
            asked.broken(check, message).but(wanted, stated.as_str()).with_mend(mend)
        }
        CrsHeld::Same | CrsHeld::Unasked => asked.broken(check, format!("{names}: {wanted}")),
    }
}

pub(super) fn grid(delivery: &RasterDelivery, asked: &Asked, check: &Check, wanted: &GridCheck) -> Judged {
    let Some(frame) = &delivery.frame else {
        let message = "no file says where its pixels lie";
        let mend = "write the geotransform into the files: `gdal_edit.py -a_ullr`";
        return Judged::Broken(vec![asked.broken(check, message).with_mend(mend)], None);
    };
    let [x, y] = wanted.resolution;
    let expected = format!("pixels of {x} x {y}, corners within {} of a pixel from a node", wanted.tolerance);
    let (mut findings, mut farthest) = (Vec::new(), 0.0_f64);
    for file in &delivery.files {
        let name = name(&file.path);
        let Some(transform) = &file.statement.transform else {
            let finding = asked.broken(check, format!("{name} does not say where its pixels lie"));
            let mend = "write the geotransform into it: `gdal_edit.py -a_ullr`";
            findings
                .push(finding.but(expected.as_str(), "no geotransform").at(Where::file(&file.path)).with_mend(mend));
            continue;
        };
        match align(frame, transform, file.statement.size, wanted.tolerance, None) {
            Ok(offset) => farthest = farthest.max(offset.snapped),
            Err(misfit) => {
                let finding = asked.broken(check, format!("{name} is not on the grid: {misfit}"));
                let finding = finding.but(expected.as_str(), misfit.to_string()).at(Where::file(&file.path));
                findings.push(finding.with_mend(mend(&misfit, [x, y])));
            }
        }
    }
    Judged::by(findings, Some(farthest.into()))
}

fn mend(misfit: &Misfit, [x, y]: [f64; 2]) -> String {
    match misfit {
        Misfit::SouthUp => "write it with rows from north to south: `gdalwarp -r near IN OUT` does".to_owned(),
        Misfit::Rotated => format!("warp it onto the grid: `gdalwarp -tr {x} {y} -tap -r near IN OUT`"),
        Misfit::Resolution { .. } | Misfit::Shifted { .. } => {
            format!("make it on the network's grid, or warp it: `gdalwarp -tr {x} {y} -te W S E N -r near IN OUT`")
        }
    }
}

pub(super) fn extent(delivery: &RasterDelivery, asked: &Asked, check: &Check, wanted: &ExtentCheck) -> Judged {
    let (bounds, what) = match wanted.covers {
        Extent::Area => (delivery.area_bounds, "the area"),
        Extent::Grid => (delivery.network_bounds, "the network's grid"),
        Extent::Box(bounds) => (Some(bounds), "the agreed box"),
    };
    let (Some(bounds), Some(frame)) = (bounds, &delivery.frame) else {
        return Judged::Unjudged(format!("{what} is not at hand; the network's run judges it"));
    };
    let [w, s, e, n] = bounds;
    let mut findings = Vec::new();
    for (at, period) in delivery.periods.iter().enumerate() {
        let of = delivery.files.iter().filter(|file| file.bands.iter().any(|band| band.period == at));
        let windows = of.filter_map(|file| file.window);
        let union = windows.reduce(|a, b| {
            let [col, row] = [a.col.min(b.col), a.row.min(b.row)];
            let [right, bottom] = [a.col_end().max(b.col_end()), a.row_end().max(b.row_end())];
            mutirao_core::grid::Window { col, row, width: right - col, height: bottom - row }
        });
        // A period without files is for another check.
        let Some(window) = union else { continue };
        let part = frame.part(&window);
        let [west, north] = part.origin;
        let [east, south] =
            [west + f64::from(part.size[0]) * part.resolution[0], north - f64::from(part.size[1]) * part.resolution[1]];
        let [half_x, half_y] = part.resolution.map(|side| side / 2.0);
        let short: Vec<String> = [
            (west - w, half_x, "west"),
            (south - s, half_y, "south"),
            (e - east, half_x, "east"),
            (n - north, half_y, "north"),
        ]
        .into_iter()
        .filter(|(by, half, _)| by > half)
        .map(|(by, _, side)| format!("by {by} in the {side}"))
        .collect();
        if !short.is_empty() {
            let period_words = if period.is_empty() { String::new() } else { format!(" of {period}") };
            let message =
                format!("the files{period_words} do not cover {what}: they end short of it {}", short.join(", "));
            let measured = format!("{west}, {south}, {east}, {north}");
            let finding = asked.broken(check, message).but(format!("{w}, {s}, {e}, {n}"), measured);
            let place = Where { period: Some(period.clone()), ..Where::default() };
            findings.push(finding.at(place).with_mend("deliver the missing part, with nodata where nothing is known"));
        }
    }
    Judged::by(findings, None)
}
