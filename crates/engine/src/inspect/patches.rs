//! Patches below a minimum mapping unit: labelled unit by unit, joined as units come.

use std::sync::{Mutex, PoisonError};

use mutirao_core::grid::Window;
use mutirao_mosaic::measure::{
    EMPTIED, NOTHING,
    classes::Classes,
    patches::{Connectivity, Join, Sieve, Sieved},
};

use super::{SeriesWanted, Wanted};

/// A patch is too small if it falls short of the unit by more than this share. Partners sieve by numbers of pixels, and the scale of a
/// projection such as UTM makes true areas differ by as much from nominal ones.
const TOLERANCE: f64 = 0.002;

/// How many small patches are kept.
const KEEP: usize = 10;

/// A minimum mapping unit.
pub struct PatchesWanted {
    /// A smaller patch is too small, hectares.
    pub min_ha: f64,
    /// Which pixels belong together.
    pub connectivity: Connectivity,
    /// The classes whose patches are judged; all, if none are given.
    pub classes: Option<Classes>,
    /// Whether patches are judged that touch the edge of the files, of the area, or nothing.
    pub at_edges: bool,
}

/// Whether a patch of so many pixels and such an area is too small.
type IsSmall<'a> = Box<dyn Fn(u64, u128) -> bool + Send + Sync + 'a>;

/// What is looked for, by rule; nothing where true areas are not known.
pub(super) fn sieves<'a>(wanted: &'a SeriesWanted<'a>, frame: [u32; 2]) -> Vec<Sieve<IsSmall<'a>>> {
    let Some(factors) = wanted.factors else { return Vec::new() };
    let sieve = |rule: &PatchesWanted| {
        let least = rule.min_ha * (1.0 - TOLERANCE);
        let is_small: IsSmall<'a> = Box::new(move |_, area| factors.hectares(area) < least);
        Sieve { connectivity: rule.connectivity, frame, at_edges: rule.at_edges, is_small, keep: KEEP }
    };
    wanted.patches.iter().map(sieve).collect()
}

/// The patches of all units, by rule and period.
pub(super) struct Joins<'a> {
    sieves: &'a [Sieve<IsSmall<'a>>],
    joins: Vec<Vec<Mutex<Join<'a, IsSmall<'a>>>>>,
}

impl<'a> Joins<'a> {
    pub(super) fn new(sieves: &'a [Sieve<IsSmall<'a>>], periods: usize) -> Self {
        let of = |sieve| (0..periods).map(|_| Mutex::new(Join::new(sieve))).collect();
        Joins { sieves, joins: sieves.iter().map(of).collect() }
    }

    /// Labels the planes of a unit.
    pub(super) fn add(&self, wanted: &Wanted<'_>, window: &Window, planes: &[Vec<u32>]) {
        let Some(factors) = wanted.series.factors.filter(|_| !self.sieves.is_empty()) else { return };
        for (period, plane) in planes.iter().take(wanted.series.own).enumerate() {
            let plane = masked(wanted, window, plane);
            for ((sieve, joins), rule) in self.sieves.iter().zip(&self.joins).zip(&wanted.series.patches) {
                let is_of = |class: u32| rule.classes.as_ref().is_none_or(|classes| classes.hold(class));
                let chosen = |class: u32| class != EMPTIED && is_of(class);
                let weigh = |row: u32, start: u32, end: u32| factors.weigh(row, start, end).area;
                let unit = sieve.label(window, &plane, chosen, weigh);
                joins[period].lock().unwrap_or_else(PoisonError::into_inner).add(unit);
            }
        }
    }

    /// What was found.
    pub(super) fn finish(self) -> Vec<Vec<Sieved>> {
        let done =
            |join: Mutex<Join<'a, IsSmall<'a>>>| join.into_inner().unwrap_or_else(PoisonError::into_inner).finish();
        self.joins.into_iter().map(|periods| periods.into_iter().map(done).collect()).collect()
    }
}

/// A plane that holds nothing outside the area: what reaches beyond its edge is not judged.
fn masked<'p>(wanted: &Wanted<'_>, window: &Window, plane: &'p [u32]) -> std::borrow::Cow<'p, [u32]> {
    let Some(reach) = wanted.reach else { return plane.into() };
    let mut plane = plane.to_vec();
    for (row, line) in (window.row..).zip(plane.chunks_exact_mut(window.width as usize)) {
        reach.outside(row, window.col, window.col_end(), |from, to| {
            line[(from - window.col) as usize..(to - window.col) as usize].fill(NOTHING);
        });
    }
    plane.into()
}
