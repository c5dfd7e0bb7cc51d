//! The responsible area of a contract, on the frame of a delivery.

mod regions;

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
    inspect::Reach,
    plan::{Oracle, Polygons},
};
use mutirao_mosaic::measure::strip::Strip;

use self::regions::Regions;
use super::{
    frame::{Laid, Span, span_of},
    job::Job,
};
use crate::network::Tools;

/// Where a partner is responsible.
pub struct Area {
    /// The widest strip that a rule asks for.
    buffer_m: f64,
    bounds: Option<[f64; 4]>,
    found: Found,
}

enum Found {
    /// No area is agreed, or no rule asks for it.
    Nothing,
    /// Polygons in the frame's CRS.
    Polygons(Vec<MultiPolygon>),
    /// Pixels of a raster.
    Regions(Regions),
    /// Why it cannot be had.
    Refused(String),
}

/// Reads the area that a contract agrees on, if a rule asks for it.
pub fn area(job: &Job<'_>, laid: &Laid) -> Area {
    let asked = |check: &Check| {
        matches!(check, Check::ValidShare(_) | Check::OutsideArea(_) | Check::Extent(_) | Check::MinimumMappingUnit(_))
    };
    let wants = job.rules.iter().filter_map(|asked| asked.check()).any(asked);
    let Some(term) = job.object.terms.area.as_ref().filter(|_| wants) else {
        return Area { buffer_m: 0.0, bounds: None, found: Found::Nothing };
    };
    let strip = job.rules.iter().filter_map(|asked| match asked.check() {
        Some(Check::OutsideArea(outside)) => Some(outside.buffer_m),
        _ => None,
    });
    let found = match (job.agreement.path(&term.source), laid.lattice()) {
        (path, _) if !path.exists() => Err(format!("the responsible area {} is not there", path.display())),
        (_, None) => {
            Err("no file says in which CRS and on which grid it lies, so the area cannot be laid on it".to_owned())
        }
        (path, Some(lattice)) if is_raster(&path) => {
            Regions::read(&path, term, lattice, job.setting.tools).map(Found::Regions)
        }
        (path, _) => polygons(job, laid, &path, term).map(Found::Polygons),
    };
    let found = found.unwrap_or_else(Found::Refused);
    let bounds = laid.lattice().and_then(|lattice| found.bounds(lattice));
    Area { buffer_m: strip.fold(0.0, f64::max), bounds, found }
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

impl Found {
    fn bounds(&self, lattice: &Grid) -> Option<[f64; 4]> {
        match self {
            Found::Polygons(polygons) => {
                let bounds = polygons.iter().filter_map(MultiPolygon::bounds).reduce(|a, b| a.union(b))?;
                Some([bounds.xmin, bounds.ymin, bounds.xmax, bounds.ymax])
            }
            Found::Regions(regions) => {
                let [left, top, right, bottom] = regions.span().map(|at| at as f64);
                let [west, north] = lattice.transform().to_map(left, top);
                let [east, south] = lattice.transform().to_map(right, bottom);
                Some([west, south, east, north])
            }
            Found::Nothing | Found::Refused(_) => None,
        }
    }
}

impl Area {
    /// West, south, east and north of the area in the frame's CRS, where it is known.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        self.bounds
    }

    /// The columns and rows of a lattice that the area meets.
    pub fn span(&self, lattice: &Grid) -> Option<Span> {
        match &self.found {
            Found::Regions(regions) => Some(regions.span()),
            _ => self.bounds.map(|bounds| span_of(lattice, bounds)),
        }
    }

    /// The area in pixels of the frame, with the widest strip that a rule asks for.
    pub fn reach(&mut self, laid: &Laid, tools: &Tools) -> Option<Reach> {
        self.reach_with(self.buffer_m, laid, tools)
    }

    /// The area in pixels of the frame, with a strip of so many metres around it.
    fn reach_with(&mut self, buffer_m: f64, laid: &Laid, tools: &Tools) -> Option<Reach> {
        let frame = laid.grid()?;
        let strip = || strip(buffer_m, frame, tools);
        let reach = match &self.found {
            Found::Nothing | Found::Refused(_) => return None,
            Found::Polygons(polygons) => strip().map(|strip| Reach::of_polygons(frame, polygons, strip.as_ref())),
            Found::Regions(regions) => {
                strip().map(|strip| Reach::of_rows(regions.on(frame, laid.first()), strip.as_ref()))
            }
        };
        reach.map_err(|message| self.found = Found::Refused(message)).ok()
    }

    /// By rule about what lies outside, where it does not ask for the widest strip: the area with the strip that it asks for.
    pub fn narrower(&mut self, job: &Job<'_>, laid: &Laid) -> Vec<(usize, Reach)> {
        let asked = job.rules.iter().enumerate().filter_map(|(at, asked)| match asked.check() {
            Some(Check::OutsideArea(outside)) if outside.buffer_m < self.buffer_m => Some((at, outside.buffer_m)),
            _ => None,
        });
        let asked: Vec<(usize, f64)> = asked.collect();
        let tools = job.setting.tools;
        asked.into_iter().filter_map(|(at, buffer_m)| Some((at, self.reach_with(buffer_m, laid, tools)?))).collect()
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

/// A strip of so many metres on the frame, if it has any width. Only then must the CRS be known.
fn strip<'a>(metres: f64, frame: &'a Grid, tools: &Tools) -> Result<Option<Strip<'a>>, String> {
    if metres <= 0.0 {
        return Ok(None);
    }
    let facts = crs_facts(&frame.crs, tools)?;
    Ok(Some(Strip::new(frame, metres, |row| unit_m(frame, &facts, row))))
}

/// Metres of a unit of x and of one of y at the centres of a row.
fn unit_m(frame: &Grid, crs: &CrsFacts, row: u32) -> [f64; 2] {
    let unit = crs.unit_to_metre_or_degree;
    if !crs.geographic {
        return [unit; 2];
    }
    let latitude = frame.centre(0, row)[1] * unit;
    crs.ellipsoid.degree_m(latitude.clamp(-89.9, 89.9)).map(|degree| degree * unit)
}
