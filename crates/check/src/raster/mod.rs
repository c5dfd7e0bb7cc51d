//! Rasters held against their contract: what the files say of themselves, and what was counted in them.

mod area;
mod classes;
mod extent;
mod file;
mod grid;
mod lying;
mod nodata;
mod period;
mod places;
mod points;
mod series;
mod stated;
mod words;

use std::collections::BTreeMap;

use mutirao_contract::{Quality, checks::Check};
use mutirao_core::{
    grid::{Grid, Window},
    statement::Statement,
};
use mutirao_mosaic::{
    measure::{compare::Compared, flicker::Flicker, transition::TransitionTally},
    tally::{BandTally, Places},
};

pub use self::{
    period::{Match, match_periods, period_of},
    points::{Accuracy, Point},
    stated::unjudged,
    words::CrsHeld,
};
use crate::{
    report::{CheckFinding, RuleOutcome, Where},
    rules::{Asked, Judged},
};

/// A band of a delivered file, counted.
#[derive(Debug, Clone)]
pub struct RasterBand {
    /// The band, from 0.
    pub band: u16,
    /// The period's place among [`RasterDelivery::periods`].
    pub period: usize,
    /// What was counted.
    pub tally: BandTally,
}

/// A delivered file.
#[derive(Debug, Clone)]
pub struct RasterFile {
    /// Its path, as it was named.
    pub path: String,
    /// What it says of itself.
    pub statement: Statement,
    /// Its CRS held against the contract's.
    pub crs: CrsHeld,
    /// Its pixels of the frame; none if it does not lie on it.
    pub window: Option<Window>,
    /// The bands that speak for a period.
    pub bands: Vec<RasterBand>,
    /// By the bits of a value: class, nothing or unknown, as in [`mutirao_mosaic::measure`].
    pub classes: Vec<u32>,
    /// Whether values are signed numbers.
    pub signed: bool,
    /// Whether its pixels could be read.
    pub is_read: bool,
}

/// Two files of one period that differ where they lie upon one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// The period's place.
    pub period: usize,
    /// The places of the files: that which counts, and that which differs.
    pub files: [usize; 2],
    /// In how many pixels.
    pub count: u64,
    /// The first of them, in the frame.
    pub places: Places,
}

/// Patches that are too small, in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct SmallPatches {
    /// How many patches there are that were judged.
    pub judged: u64,
    /// How many were not, because they touch the edge of file, area or nothing.
    pub at_edges: u64,
    /// How many are too small.
    pub small: u64,
    /// The first of them: first pixel (column, row of the frame), class, hectares.
    pub first: Vec<([u32; 2], u32, f64)>,
}

/// What was measured for one rule, where the counts of values do not tell it.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Of `impossible-transitions`: by period but the first.
    Transitions(Vec<(TransitionTally, Vec<Places>)>),
    /// Of `flicker`: and the first places, by the period that says something else than those around it.
    Flicker(Flicker, Vec<Places>),
    /// Of `change`: by period; none where there is no delivery before.
    Change(Vec<Option<(Compared, Places)>>),
    /// Of `minimum-mapping-unit`: by period.
    Patches(Vec<SmallPatches>),
    /// Of `acceptance-points`.
    Points(Vec<Point>),
    /// Of `accuracy`: by the periods that samples speak for.
    Accuracy(Vec<(usize, Accuracy)>),
    /// It cannot be judged here, and the network will; why.
    Pending(String),
    /// What it needs was not there.
    Unjudged(String),
    /// What it needs was not there, and that is the delivery's or the contract's fault; where, if that is known.
    Refused(String, Option<Where>),
    /// A file that the network gave for it cannot be used; why, and where.
    Unusable(String, Where),
}

/// A delivery of rasters, read.
#[derive(Debug, Clone)]
pub struct RasterDelivery {
    /// The periods, in the order of time.
    pub periods: Vec<String>,
    /// The nodes that the files are to lie on, those that the contract names or else those of the first file, as a grid without an
    /// extent; none if no file says where it lies.
    pub lattice: Option<Grid>,
    /// The grid around the files that lie on the lattice; none if none does.
    pub frame: Option<Grid>,
    /// The files.
    pub files: Vec<RasterFile>,
    /// Whether their values pass through a crosswalk.
    pub has_crosswalk: bool,
    /// How files and bands were given to periods.
    pub matched: Match,
    /// Where files of one period differ.
    pub overlaps: Vec<Overlap>,
    /// Whether the network says which of them counts then.
    pub is_ordered: bool,
    /// Pixels of the responsible area, if one is agreed.
    pub area_pixels: Option<u64>,
    /// How wide the strips around it are that were counted apart, in metres: in the order of their zones, behind
    /// [`INSIDE`](mutirao_mosaic::tally::INSIDE).
    pub strips: Vec<f64>,
    /// Bounding boxes in the frame's CRS (west, south, east, north): of the area, and of the network's grid.
    pub area_bounds: Option<[f64; 4]>,
    /// The network's grid.
    pub network_bounds: Option<[f64; 4]>,
    /// By period and class: true area in hectares; none where it was not asked for.
    pub hectares: Option<Vec<BTreeMap<u32, f64>>>,
    /// By rule, where something was measured for it alone.
    pub answers: BTreeMap<usize, Answer>,
}

impl RasterDelivery {
    /// Pixels of a period by class, with [`mutirao_mosaic::measure::UNKNOWN`] for codes on no line of the crosswalk; nothing is none of them.
    pub fn classes_of(&self, period: usize) -> BTreeMap<u32, u64> {
        classes::by_class(self, period)
    }
}

/// Judges all rules: findings, and what came of every rule, in their order.
pub fn judge(delivery: &RasterDelivery, rules: &[Asked]) -> (Vec<CheckFinding>, Vec<RuleOutcome>) {
    let (mut findings, mut outcomes) = (lying::findings(delivery, rules), Vec::new());
    for (at, asked) in rules.iter().enumerate() {
        let (found, outcome) = asked.outcome(rule(delivery, asked, delivery.answers.get(&at)));
        findings.extend(found);
        outcomes.push(outcome);
    }
    (findings, outcomes)
}

fn rule(delivery: &RasterDelivery, asked: &Asked, answer: Option<&Answer>) -> Judged {
    let unread = delivery.files.iter().find(|file| !file.is_read).filter(|_| asked.check().is_some_and(is_of_pixels));
    if let Some(file) = unread {
        return Judged::Unjudged(format!("the pixels of {} could not be read", words::name(&file.path)));
    }
    if let Some(Answer::Pending(because)) = answer {
        return Judged::Pending(because.clone());
    }
    let check = match &asked.rule.quality {
        Quality::Check(check) => check,
        Quality::Metric(_) => return Judged::Unjudged("it counts rows, and this is a raster".to_owned()),
        Quality::Other { engine } => return Judged::for_another(engine),
    };
    match check {
        Check::Crs(wanted) => grid::crs(delivery, asked, wanted),
        Check::Grid(wanted) => grid::grid(delivery, asked, wanted),
        Check::Extent(wanted) => extent::extent(delivery, asked, wanted),
        Check::Dtype(wanted) => file::dtype(delivery, asked, wanted),
        Check::FileLayout(wanted) => file::layout(delivery, asked, wanted),
        Check::Licence(wanted) => file::licence(delivery, asked, wanted),
        Check::Nodata(wanted) => nodata::nodata(delivery, asked, wanted),
        Check::Periods(wanted) => period::periods(delivery, asked, wanted),
        Check::Classes(wanted) => classes::classes(delivery, asked, wanted),
        Check::ClassShare(wanted) => classes::share(delivery, asked, wanted),
        Check::ValidShare(wanted) => area::valid_share(delivery, asked, wanted),
        Check::OutsideArea(wanted) => area::outside(delivery, asked, wanted),
        _ => measured(delivery, asked, check, answer),
    }
}

/// Whether a check is about what pixels hold, not about what files say of themselves.
fn is_of_pixels(check: &Check) -> bool {
    !matches!(
        check,
        Check::Crs(_)
            | Check::Grid(_)
            | Check::Extent(_)
            | Check::Dtype(_)
            | Check::FileLayout(_)
            | Check::Licence(_)
            | Check::Nodata(_)
            | Check::Periods(_)
    )
}

fn measured(delivery: &RasterDelivery, asked: &Asked, check: &Check, answer: Option<&Answer>) -> Judged {
    match (check, answer) {
        (_, Some(Answer::Unjudged(because))) => Judged::Unjudged(because.clone()),
        (_, Some(Answer::Refused(because, place))) => {
            Judged::Broken(vec![CheckFinding { place: place.clone(), ..asked.broken(because.clone()) }], None)
        }
        (_, Some(Answer::Unusable(because, place))) => {
            let finding = asked.broken(because.clone()).at(place.clone());
            let mend = "it is for the network to put the file right; then check again";
            Judged::Unusable(Box::new(finding.with_mend(mend)))
        }
        (Check::Change(wanted), Some(Answer::Change(found))) => series::change(delivery, asked, wanted, found),
        (Check::ImpossibleTransitions(wanted), Some(Answer::Transitions(found))) => {
            series::transitions(delivery, asked, wanted, found)
        }
        (Check::Flicker(wanted), Some(Answer::Flicker(found, places))) => {
            series::flicker(delivery, asked, wanted, (found, places))
        }
        (Check::MinimumMappingUnit(wanted), Some(Answer::Patches(found))) => {
            series::patches(delivery, asked, wanted, found)
        }
        (Check::AcceptancePoints(wanted), Some(Answer::Points(found))) => points::acceptance(asked, wanted, found),
        (Check::Accuracy(wanted), Some(Answer::Accuracy(found))) => {
            points::accuracy(&delivery.periods, asked, wanted, found)
        }
        _ => Judged::Unjudged("it is not for rasters".to_owned()),
    }
}
