//! Where files lie: CRS and grid.

use mutirao_contract::checks::{CrsCheck, GridCheck};
use mutirao_core::grid::{Grid, Misfit, align};

use super::{
    RasterDelivery, RasterFile,
    words::{CrsHeld, files, name, verb},
};
use crate::{
    report::{CheckFinding, Sure, Where},
    rules::{Asked, Judged},
};

pub(super) fn crs(delivery: &RasterDelivery, asked: &Asked, wanted: &CrsCheck) -> Judged {
    let mut groups: Vec<(&CrsHeld, Vec<&RasterFile>)> = Vec::new();
    for file in delivery.files.iter().filter(|file| !matches!(file.crs, CrsHeld::Same | CrsHeld::Unasked)) {
        match groups.iter_mut().find(|(known, _)| **known == file.crs) {
            Some((_, files)) => files.push(file),
            None => groups.push((&file.crs, vec![file])),
        }
    }
    let findings = groups.into_iter().map(|(held, of)| {
        let finding = crs_finding(asked, &wanted.crs, held, (&files(&of), of.len()));
        finding.at_places(
            of.len() as u64,
            of.iter().take(super::places::FIRST).map(|file| Where::file(&file.path)).collect(),
        )
    });
    Judged::by(findings.collect(), Some(wanted.crs.as_str().into()))
}

/// What is the matter with the CRS of so many files, by their names.
pub(crate) fn crs_finding(asked: &Asked, wanted: &str, held: &CrsHeld, (names, count): (&str, usize)) -> CheckFinding {
    match held {
        CrsHeld::Missing => {
            let message = format!("{names} {} no CRS, and {wanted} is agreed", verb(count, "states", "state"));
            let mend = format!(
                "write it into the file if it is known for certain: `gdal_edit.py -a_srs {wanted} FILE` (vectors: `ogr2ogr -a_srs`)"
            );
            asked.broken(message).but(wanted, "none").with_mend(mend)
        }
        CrsHeld::Unknown(stated, because) => {
            let message =
                format!("whether the CRS of {names} ({stated}) is {wanted} could not be found out: {because}");
            let mut finding = asked.broken(message).but(wanted, stated.as_str());
            finding.sure = Sure::Likely;
            finding.with_mend("check where libgdal is installed, or write the CRS with its EPSG code")
        }
        CrsHeld::Other(stated) => {
            let message = format!("{names} {} in {stated}, and {wanted} is agreed", verb(count, "is", "are"));
            let mend = format!(
                "if the place is right and only its name differs, `gdal_edit.py -a_srs {wanted} FILE`; else warp it: `gdalwarp -t_srs {wanted} -r near IN OUT`"
            );
            asked.broken(message).but(wanted, stated.as_str()).with_mend(mend)
        }
        CrsHeld::Meaningless(because) => {
            let message = format!("the contract agrees on {wanted}, and that is no CRS: {because}");
            asked.broken(message).with_mend("mend the contract: an EPSG code such as EPSG:31976, or the CRS as WKT")
        }
        CrsHeld::Same | CrsHeld::Unasked => asked.broken(format!("{names}: {wanted}")),
    }
}

pub(super) fn grid(delivery: &RasterDelivery, asked: &Asked, wanted: &GridCheck) -> Judged {
    // Numbers of another CRS say nothing about this grid; that it is another is told by itself.
    let files: Vec<&RasterFile> = delivery.files.iter().filter(|file| !matches!(file.crs, CrsHeld::Other(_))).collect();
    if files.is_empty() {
        return Judged::Unjudged("the files are in another CRS".to_owned());
    }
    let (mut findings, mut farthest) = (Vec::new(), 0.0_f64);
    for file in files {
        match off_grid(delivery, file, wanted) {
            Ok(by) => farthest = farthest.max(by),
            Err((what, mend)) => {
                farthest = farthest.max(what.map_or(0.0, by));
                findings.push(off_grid_finding(asked, wanted, file, (what, mend)));
            }
        }
    }
    Judged::by(findings, Some(farthest.into()))
}

/// How far the corners of a file lie from nodes, in pixels; or why it is not on the grid, and how to mend it.
fn off_grid(delivery: &RasterDelivery, file: &RasterFile, wanted: &GridCheck) -> Result<f64, (Option<Misfit>, String)> {
    let Some(transform) = &file.statement.transform else {
        return Err((None, "write the geotransform into it: `gdal_edit.py -a_ullr`".to_owned()));
    };
    let t = &transform.0;
    let own = || Grid { crs: String::new(), origin: [t[0], t[3]], resolution: wanted.resolution, size: [1, 1] };
    let lattice = Grid { resolution: wanted.resolution, ..delivery.lattice.clone().unwrap_or_else(own) };
    let found = align(&lattice, transform, file.statement.size, wanted.tolerance, None);
    found.map(|offset| offset.snapped).map_err(|misfit| (Some(misfit), mend(&misfit, wanted.resolution)))
}

/// By how many pixels it misses, where that is one number.
fn by(misfit: Misfit) -> f64 {
    match misfit {
        Misfit::Shifted { east, south } => east.abs().max(south.abs()),
        Misfit::SouthUp | Misfit::Rotated | Misfit::Resolution { .. } => 0.0,
    }
}

fn off_grid_finding(
    asked: &Asked,
    wanted: &GridCheck,
    file: &RasterFile,
    (misfit, mend): (Option<Misfit>, String),
) -> CheckFinding {
    let [x, y] = wanted.resolution;
    let expected = format!("pixels of {x} x {y}, corners within {} of a pixel from a node", wanted.tolerance);
    let name = name(&file.path);
    let (message, measured) = match misfit {
        None => (format!("{name} does not say where its pixels lie"), "no geotransform".to_owned()),
        Some(misfit) => (format!("{name} is not on the grid: {misfit}"), misfit.to_string()),
    };
    asked.broken(message).but(expected, measured).at(Where::file(&file.path)).with_mend(mend)
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
