//! The responsible area of a contract, on the frame of a delivery.

use std::path::Path;

use mutirao_check::CheckFinding;
use mutirao_contract::{
    checks::{Check, Element},
    terms::AreaTerm,
};
use mutirao_core::{
    door::{Answer, CrsFacts, CrsText, Question},
    finding::Severity,
    geometry::MultiPolygon,
    grid::Grid,
};
use mutirao_engine::{
    finished::{Layer, Placed},
    inspect::Reach,
    plan::{Opener, Oracle, Polygons},
};
use mutirao_mosaic::measure::NOTHING;

use super::{Job, raster::Laid};
use crate::network::Tools;

/// Where a partner is responsible.
pub struct Area {
    buffer_m: f64,
    found: Found,
}

/// Reads runs of the area by row, once the frame is known.
type ReadRows = Box<dyn Fn(&Grid, &Tools) -> Result<Vec<Vec<(u32, u32)>>, String> + Send + Sync>;

enum Found {
    /// No area is agreed, or no rule asks for it.
    Nothing,
    /// Polygons in the frame's CRS.
    Polygons(Vec<MultiPolygon>),
    /// A raster of regions; opened when the frame is known.
    Raster(ReadRows),
    /// Why it cannot be had.
    Refused(String),
}

/// Reads the area that a contract agrees on, if a rule asks for it.
pub fn area(job: &Job<'_>, laid: &Laid) -> Area {
    let asked = |check: &Check| {
        matches!(check, Check::ValidShare(_) | Check::OutsideArea(_) | Check::Extent(_) | Check::MinimumMappingUnit(_))
    };
    let wants = job.rules.iter().filter_map(|asked| asked.check()).any(asked);
    let strip = job.rules.iter().filter_map(|asked| match asked.check() {
        Some(Check::OutsideArea(outside)) => Some(outside.buffer_m),
        _ => None,
    });
    let Some(term) = job.object.terms.area.as_ref().filter(|_| wants) else {
        return Area { buffer_m: 0.0, found: Found::Nothing };
    };
    let buffer_m = strip.fold(term.buffer_m, f64::max);
    let path = job.agreement.path(&term.source);
    let found = if !path.exists() {
        Found::Refused(format!("the responsible area {} is not there", path.display()))
    } else if is_raster(&path) {
        raster(path, term.clone())
    } else {
        match polygons(job, laid, &path, term) {
            Ok(polygons) => Found::Polygons(polygons),
            Err(message) => Found::Refused(message),
        }
    };
    Area { buffer_m, found }
}

/// Whether an area is a raster of regions, by its name.
pub fn is_raster(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ["tif", "tiff", "vrt"].iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

fn polygons(job: &Job<'_>, laid: &Laid, path: &Path, term: &AreaTerm) -> Result<Vec<MultiPolygon>, String> {
    if laid.crs_name().is_empty() {
        return Err("the CRS of the files is not known, so the area cannot be laid on them".to_owned());
    }
    let attribute: Vec<&str> = term.attribute.as_deref().into_iter().collect();
    let wanted = Polygons {
        path,
        layer: term.layer.as_deref(),
        crs: None,
        allow_ballpark: false,
        target: laid.crs_name(),
        attributes: &attribute,
    };
    let drawing = job.agreement.polygons(&wanted, job.setting.tools).map_err(|refused| refused.message)?;
    let is_ours = |attributes: &[Option<String>]| match (&term.values, attributes.first()) {
        (Some(values), Some(Some(text))) => text.trim().parse().is_ok_and(|value| values.contains(value)),
        (Some(_), _) => false,
        (None, _) => true,
    };
    let ours = drawing.features.into_iter().filter(|feature| is_ours(&feature.attributes));
    let polygons: Vec<MultiPolygon> = ours.map(|feature| feature.geometry).collect();
    if polygons.is_empty() { Err(format!("{} holds no polygon of this partner", path.display())) } else { Ok(polygons) }
}

/// A raster of regions: read when it is known on which frame.
fn raster(path: std::path::PathBuf, term: AreaTerm) -> Found {
    Found::Raster(Box::new(move |frame, tools| {
        let name = path.display();
        let source = tools.files().open(&path).map_err(|refused| refused.message)?.source;
        let facts = source.facts();
        let transform = facts.transform.ok_or_else(|| format!("{name} does not say where it lies"))?;
        let offset = mutirao_core::grid::align(frame, &transform, [facts.width, facts.height], 0.01, None)
            .map_err(|misfit| format!("{name} is not on the grid of the files: {misfit}"))?;
        let clip = |at: i64, size: u32, len: u32| {
            let (from, to) = (at.max(0), (at + i64::from(size)).min(i64::from(len)));
            (from < to).then_some((from as u32, to as u32))
        };
        let (cols, rows) =
            (clip(offset.col, facts.width, frame.width()), clip(offset.row, facts.height, frame.height()));
        let mut runs = vec![Vec::new(); frame.height() as usize];
        let (Some((left, right)), Some((top, bottom))) = (cols, rows) else { return Ok(runs) };
        // In pixels of the raster itself, a band of rows at a time.
        let own = mutirao_core::grid::Window { col: 0, row: 0, width: facts.width, height: facts.height };
        let placed = Placed { path: path.clone(), source: &*source, band: 0, window: own, nothing: facts.nodata };
        let layer = Layer { files: vec![placed] };
        let step = facts.block_height.clamp(1, 512);
        let [skip_cols, skip_rows] =
            [i64::from(left) - offset.col, i64::from(top) - offset.row].map(|skip| skip as u32);
        let width = right - left;
        for first in (0..bottom - top).step_by(step as usize) {
            let height = step.min(bottom - top - first);
            let window = mutirao_core::grid::Window { col: skip_cols, row: skip_rows + first, width, height };
            let mut values = vec![NOTHING; window.pixels()];
            layer.read(&window, &mut values).map_err(|error| error.to_string())?;
            for (row, line) in values.chunks_exact(width as usize).enumerate() {
                let is_ours = |value: u32| {
                    value != NOTHING
                        && term
                            .values
                            .as_ref()
                            .is_none_or(|values| i32::try_from(value).is_ok_and(|v| values.contains(v)))
                };
                runs[(top + first) as usize + row] = runs_of(line, left, is_ours);
            }
        }
        Ok(runs)
    }))
}

fn runs_of(line: &[u32], left: u32, is_ours: impl Fn(u32) -> bool) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for (col, _) in (left..).zip(line).filter(|(_, value)| is_ours(**value)) {
        match runs.last_mut() {
            Some((_, end)) if *end == col => *end += 1,
            _ => runs.push((col, col + 1)),
        }
    }
    runs
}

impl Area {
    /// West, south, east and north of the area, where it is known beforehand.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        let Found::Polygons(polygons) = &self.found else { return None };
        let bounds = polygons.iter().filter_map(MultiPolygon::bounds).reduce(|a, b| a.union(b))?;
        Some([bounds.xmin, bounds.ymin, bounds.xmax, bounds.ymax])
    }

    /// The area in pixels of the frame, with the strip around it.
    pub fn reach(&mut self, laid: &Laid, tools: &Tools) -> Option<Reach> {
        let frame = laid.grid()?;
        let reach = match &self.found {
            Found::Nothing | Found::Refused(_) => return None,
            Found::Polygons(polygons) => Reach::of_polygons(frame, polygons),
            Found::Raster(read) => match read(frame, tools) {
                Ok(rows) => Reach::of_rows(rows),
                Err(message) => {
                    self.found = Found::Refused(message);
                    return None;
                }
            },
        };
        if self.buffer_m <= 0.0 {
            return Some(reach);
        }
        match crs_facts(&frame.crs, tools) {
            Ok(facts) => Some(reach.with_strip(frame, self.buffer_m, |row| pixel_m(frame, &facts, row))),
            Err(message) => {
                self.found = Found::Refused(message);
                None
            }
        }
    }

    /// Why the area cannot be had, if that is so.
    pub fn findings(&self, job: &Job<'_>) -> Option<CheckFinding> {
        let Found::Refused(message) = &self.found else { return None };
        let place = job.object.terms.spot("area");
        let finding = CheckFinding::new("area-missing", Element::Usability, Severity::Error, message.clone());
        let finding = finding.with_mend("ask the network for the area, or for a pack of the contract, which holds it");
        Some(match place {
            Some(spot) => finding.at(mutirao_check::Where {
                line: Some(spot.line),
                column: Some(spot.column),
                ..mutirao_check::Where::file(&job.object.place.file)
            }),
            None => finding,
        })
    }
}

fn crs_facts(crs: &str, tools: &Tools) -> Result<CrsFacts, String> {
    match tools.door.ask(Question::Crs { crs: CrsText::Text(crs.to_owned()) }) {
        Ok(Answer::Crs(facts)) => Ok(*facts),
        Ok(_) => Err("the door answered another question".to_owned()),
        Err(refused) => Err(refused.message),
    }
}

/// Width and height in metres of the pixels of a row.
fn pixel_m(frame: &Grid, crs: &CrsFacts, row: u32) -> [f64; 2] {
    let [x, y] = frame.resolution.map(|side| side * crs.unit_to_metre_or_degree);
    if !crs.geographic {
        return [x, y];
    }
    let latitude = frame.centre(0, row)[1] * crs.unit_to_metre_or_degree;
    let [east, north] = crs.ellipsoid.degree_m(latitude.clamp(-89.9, 89.9));
    [x * east, y * north]
}
