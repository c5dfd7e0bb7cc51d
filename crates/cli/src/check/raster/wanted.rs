//! What the rules of a contract want to be counted.

use mutirao_check::Asked;
use mutirao_contract::checks::{Check, ClassLimits, Connectivity};
use mutirao_engine::{
    areas::AreaFactors,
    inspect::{PatchesWanted, Reach, SeriesWanted, Wanted},
};
use mutirao_mosaic::measure::{classes::Classes, patches, transition::Transitions};

use crate::check::{frame::Laid, job::Job};

/// Which count belongs to a rule.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Of transitions.
    Transitions(usize),
    /// Of flicker.
    Flicker(usize),
    /// Against the delivery before.
    Change(usize),
    /// Of patches.
    Patches(usize),
}

/// Whether a check limits classes in hectares.
pub fn in_hectares(check: &Check) -> bool {
    let is_limited = |limits: &ClassLimits| limits.min_ha.or(limits.max_ha).is_some();
    matches!(check, Check::ClassShare(wanted) if wanted.limits.iter().any(is_limited))
}

/// The rules that need planes.
pub struct Rules<'a> {
    /// By the place of the rule.
    pub kinds: Vec<(usize, Kind)>,
    series: SeriesWanted<'a>,
    holes: bool,
}

impl<'a> Rules<'a> {
    /// Sorts the rules of a contract by what they want. Without factors no areas are weighed.
    pub fn of(job: &Job<'_>, laid: &Laid, factors: Option<&'a AreaFactors>) -> Self {
        let series = SeriesWanted {
            earlier: laid.earlier.clone(),
            own: laid.matched.periods.len(),
            factors,
            ..SeriesWanted::default()
        };
        let mut rules = Rules { kinds: Vec::new(), series, holes: false };
        for (at, asked) in job.rules.iter().enumerate() {
            rules.add(at, asked);
        }
        rules.series.weighed &= factors.is_some();
        rules
    }

    /// Whether some rule needs the true area of pixels.
    pub fn weigh(job: &Job<'_>) -> bool {
        let weighs =
            |check: &Check| matches!(check, Check::MinimumMappingUnit(_) | Check::Accuracy(_)) || in_hectares(check);
        job.rules.iter().filter_map(|asked| asked.check()).any(weighs)
    }

    fn add(&mut self, at: usize, asked: &Asked) {
        let Some(check) = asked.check() else { return };
        let series = &mut self.series;
        let compiled = |set: &Option<mutirao_core::values::ValueSet>| set.as_ref().map(Classes::new);
        let kind = match check {
            Check::ImpossibleTransitions(wanted) => {
                let pairs: Vec<_> = wanted.transitions.iter().map(|pair| (&pair.from, &pair.to)).collect();
                series.transitions.push(Transitions::new(&pairs));
                Kind::Transitions(series.transitions.len() - 1)
            }
            Check::Flicker(wanted) => {
                let away = usize::try_from(wanted.periods).unwrap_or(usize::MAX);
                series.flicker.push((compiled(&wanted.classes), away));
                Kind::Flicker(series.flicker.len() - 1)
            }
            Check::Change(wanted) => {
                series.changes.push(compiled(&wanted.classes));
                Kind::Change(series.changes.len() - 1)
            }
            Check::MinimumMappingUnit(wanted) => {
                let connectivity = match wanted.connectivity {
                    Connectivity::Four => patches::Connectivity::Four,
                    Connectivity::Eight => patches::Connectivity::Eight,
                };
                let (min_ha, at_edges, classes) = (wanted.min_ha, wanted.at_edges, compiled(&wanted.classes));
                series.patches.push(PatchesWanted { min_ha, connectivity, classes, at_edges });
                Kind::Patches(series.patches.len() - 1)
            }
            Check::ClassShare(_) => {
                series.weighed |= in_hectares(check);
                return;
            }
            Check::Accuracy(_) => {
                series.weighed = true;
                return;
            }
            Check::ValidShare(_) => {
                self.holes = true;
                return;
            }
            _ => return,
        };
        self.kinds.push((at, kind));
    }

    /// What is to be counted, with the area and the pixels at points.
    pub fn wanted<'w>(&mut self, reach: Option<&'w Reach>, points: &'w [[u32; 2]]) -> Wanted<'w>
    where
        'a: 'w,
    {
        Wanted { reach, holes: self.holes && reach.is_some(), points, series: std::mem::take(&mut self.series) }
    }
}
