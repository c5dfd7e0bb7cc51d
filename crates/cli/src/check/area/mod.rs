//! The responsible area of a contract, on the frame of a delivery.

mod regions;

use std::collections::BTreeMap;
use std::path::Path;

use mutirao_check::{CheckFinding, raster};
use mutirao_contract::{
    checks::{Check, Element, Extent},
    terms::AreaTerm,
};
use mutirao_core::{
    axis_unit::AxisUnit,
    door::{Answer, CrsText, Question},
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
    job::{Job, without_door},
};
use crate::network::Tools;

/// Where a partner is responsible.
pub struct Area {
    /// How wide the strips around it are that rules ask for, in metres: ascending, each once.
    strips: Vec<f64>,
    bounds: Option<[f64; 4]>,
    found: Found,
}

enum Found {
    /// No area is agreed, or no rule asks for it.
    Nothing,
    /// Polygons in the frame's CRS, and its unit if it is known from them.
    Polygons(Vec<MultiPolygon>, Option<AxisUnit>),
    /// Pixels of a raster.
    Regions(Regions),
    /// Why it cannot be had.
    Refused(String),
}

/// Reads the area that a contract agrees on, if a rule asks for it.
pub fn area(job: &Job<'_>, laid: &Laid) -> Area {
    let wants = job.rules.iter().filter_map(|asked| asked.check()).any(asks);
    let Some(term) = job.object.terms.area.as_ref().filter(|_| wants) else {
        return Area { strips: Vec::new(), bounds: None, found: Found::Nothing };
    };
    let found = match (job.agreement.path(&term.source), laid.lattice()) {
        (path, _) if !path.exists() => Err(format!("the responsible area {} is not there", path.display())),
        (_, None) => {
            Err("no file says in which CRS and on which grid it lies, so the area cannot be laid on it".to_owned())
        }
        (path, Some(lattice)) if is_raster(&path) => {
            Regions::read(&path, term, lattice, job.setting.tools).map(Found::Regions)
        }
        (path, _) => polygons(job, laid, &path, term),
    };
    let found = found.unwrap_or_else(Found::Refused);
    let bounds = laid.lattice().and_then(|lattice| found.bounds(lattice));
    Area { strips: strips(job), bounds, found }
}

/// Whether a check asks for the area.
fn asks(check: &Check) -> bool {
    match check {
        Check::ValidShare(_) | Check::OutsideArea(_) | Check::MinimumMappingUnit(_) => true,
        Check::Extent(wanted) => wanted.covers == Extent::Area,
        _ => false,
    }
}

fn strips(job: &Job<'_>) -> Vec<f64> {
    let asked = job.rules.iter().filter_map(|asked| match asked.check() {
        Some(Check::OutsideArea(outside)) => Some(outside.buffer_m),
        _ => None,
    });
    let mut strips: Vec<f64> = asked.filter(|metres| *metres > 0.0).collect();
    strips.sort_by(f64::total_cmp);
    strips.dedup();
    strips
}

/// Whether an area is a raster of regions, by its name.
pub fn is_raster(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ["tif", "tiff", "vrt"].iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

fn polygons(job: &Job<'_>, laid: &Laid, path: &Path, term: &AreaTerm) -> Result<Found, String> {
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
    if polygons.is_empty() {
        return Err(format!("{} holds no polygon of this partner", path.display()));
    }
    Ok(Found::Polygons(polygons, drawing.unit))
}

impl Found {
    fn bounds(&self, lattice: &Grid) -> Option<[f64; 4]> {
        match self {
            Found::Polygons(polygons, _) => {
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

    /// How wide the strips around it are, in metres, in the order of their zones.
    pub fn strips(&self) -> &[f64] {
        &self.strips
    }

    /// The area in pixels of the frame, with the strips.
    pub fn reach(&mut self, laid: &Laid, tools: &Tools) -> Option<Reach> {
        let frame = laid.grid()?;
        let strips = |unit: &Option<AxisUnit>| strips_on(frame, &self.strips, unit, tools);
        let reach = match &self.found {
            Found::Nothing | Found::Refused(_) => return None,
            Found::Polygons(polygons, unit) => strips(unit).map(|strips| Reach::of_polygons(frame, polygons, &strips)),
            Found::Regions(regions) => {
                strips(&None).map(|strips| Reach::of_rows(regions.on(frame, laid.first()), &strips))
            }
        };
        reach.map_err(|message| self.found = Found::Refused(message)).ok()
    }

    /// The rules that nobody can judge on this machine, because the area cannot be had without the door.
    pub fn pending(&self, job: &Job<'_>) -> BTreeMap<usize, raster::Answer> {
        let is_pending = matches!(self.found, Found::Refused(_)) && job.setting.tools.door.is_missing();
        let rules = job.rules.iter().enumerate().filter(|(_, asked)| is_pending && asked.check().is_some_and(asks));
        rules.map(|(at, _)| (at, without_door())).collect()
    }

    /// Why the area cannot be had, if that is so and no fault of this machine.
    pub fn findings(&self, job: &Job<'_>) -> Option<CheckFinding> {
        let Found::Refused(message) = &self.found else { return None };
        if job.setting.tools.door.is_missing() {
            return None;
        }
        let place = job.object.terms.spot("area");
        let finding = CheckFinding::new("area-missing", Element::Usability, Severity::Error, message.clone());
        let mut finding =
            finding.with_mend("ask the network for the area, or for a pack of the contract, which holds it");
        finding.network = job.object.terms.area.as_ref().is_some_and(|term| !job.agreement.path(&term.source).exists());
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

/// Strips of so many metres on the frame. Only if there are any must the unit of its CRS be known.
fn strips_on<'a>(
    frame: &'a Grid,
    metres: &[f64],
    known: &Option<AxisUnit>,
    tools: &Tools,
) -> Result<Vec<Strip<'a>>, String> {
    if metres.is_empty() {
        return Ok(Vec::new());
    }
    let unit = known.map_or_else(|| unit_of(&frame.crs, tools), Ok)?;
    let strip = |metres: &f64| Strip::new(frame, *metres, |row| unit.metres_at(frame.centre(0, row)[1]));
    Ok(metres.iter().map(strip).collect())
}

fn unit_of(crs: &str, tools: &Tools) -> Result<AxisUnit, String> {
    match tools.door.ask(Question::Crs { crs: CrsText::Text(crs.to_owned()) }) {
        Ok(Answer::Crs(facts)) => Ok(AxisUnit::of_facts(&facts)),
        Ok(_) => Err("the door answered another question".to_owned()),
        Err(refused) => Err(refused.message),
    }
}
