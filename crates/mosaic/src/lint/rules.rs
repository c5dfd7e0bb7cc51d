//! Rules that never win, and values within a part that never come into effect.

use mutirao_core::finding::{Finding, Severity};
use mutirao_core::rule::{Condition, LayerId, RuleTable};
use mutirao_core::values::ValueSet;

use super::MAX_LISTED;
use super::causes::{Verdict, taken};
use super::space::{Claim, Cube, Space};
use super::variable::{list, named};
use super::words::{About, rules, values};

/// A rule under judgement, with what it is judged by.
pub(super) struct Case<'a> {
    pub(super) table: &'a RuleTable,
    pub(super) space: &'a Space,
    /// Its place, from 0.
    pub(super) place: usize,
    pub(super) own: &'a Claim,
    pub(super) earlier: &'a [Claim],
    pub(super) bound: usize,
}

/// The findings on a rule itself. True where it wins somewhere, so that its exceptions are worth judging.
pub(super) fn judge(case: &Case<'_>, findings: &mut Vec<Finding>) -> bool {
    match case.taken(&case.own.cube, &[]) {
        Verdict::Taken(because) => findings.push(case.never_wins(&because)),
        Verdict::Undecided => {
            let about = case.about(None);
            findings.push(about.undecided("whether it ever wins, and with it its exceptions,", case.bound));
        }
        Verdict::Reaches => {
            let rule = &case.table.rules[case.place];
            let take = Condition { layer: rule.layer, values: rule.take.clone() };
            let conditions: Vec<&Condition> = std::iter::once(&take).chain(&rule.conditions).collect();
            findings.extend(case.idle_values(None, &case.own.cube, &conditions, &[]));
            return true;
        }
    }
    false
}

impl Case<'_> {
    /// Whether earlier rules, with the claims given, take all of a box.
    pub(super) fn taken(&self, target: &Cube, fixed: &[&Claim]) -> Verdict {
        taken(self.space, target, self.earlier, fixed, self.bound)
    }

    /// What a finding about the rule or its nth exception starts from.
    pub(super) fn about(&self, exception: Option<usize>) -> About<'_> {
        About { table: self.table, rule: self.place, exception }
    }

    fn never_wins(&self, because: &[usize]) -> Finding {
        let about = self.about(None);
        let (cause, mend) = match self.space.emptied(&self.own.cube) {
            Some(variable) => (self.emptiness(variable), "correct what it takes or asks for, or delete it".to_owned()),
            None => {
                let by = rules(because);
                let verb = if because.len() == 1 { "matches" } else { "match" };
                let which = if because.len() == 1 { by.clone() } else { "one of them".to_owned() };
                let first = because.first().map_or(0, |rule| rule + 1);
                (
                    format!("{by} {verb} first wherever it would"),
                    format!("delete it, or move it above rule {first}, or let {which} ask for more"),
                )
            }
        };
        about
            .finding("never-wins", Severity::Warning, because, format!("{} never wins: {cause}", about.words()))
            .with_mend(mend)
    }

    /// Why a rule takes nothing at all.
    fn emptiness(&self, variable: usize) -> String {
        let rule = &self.table.rules[self.place];
        let Some(layer) = self.table.layers.get(variable) else {
            return "it is in force in no period of the pipeline".to_owned();
        };
        let mut taken = self.space.whole();
        self.space.keep(&mut taken, rule.layer, &rule.take.clone().with_nothing(false));
        match self.space.emptied(&taken) {
            Some(empty) if empty == rule.layer => format!("`{}` holds no value that it takes", layer.name),
            _ => format!("what it takes and asks for leaves no value of `{}`", layer.name),
        }
    }

    /// `value-never-applies`, one a layer: the values that `conditions` name and that never come into effect in a box that
    /// otherwise does, because of earlier rules.
    pub(super) fn idle_values(
        &self,
        exception: Option<usize>,
        cube: &Cube,
        conditions: &[&Condition],
        fixed: &[&Claim],
    ) -> Vec<Finding> {
        let mut layers: Vec<LayerId> = conditions.iter().map(|condition| condition.layer).collect();
        layers.sort_unstable();
        layers.dedup();
        let mut findings = Vec::new();
        for layer in layers {
            let sets = conditions.iter().filter(|condition| condition.layer == layer);
            let named = sets.fold(ValueSet::empty(), |all, condition| all.union(&named(&condition.values)));
            match self.idle_classes(cube, layer, &named, fixed) {
                Some(idle) if idle.is_empty() => {}
                Some(idle) => findings.push(self.idle(exception, cube, (layer, &idle), fixed)),
                None => {
                    let question = format!("whether each value of `{}` ever applies", self.table.layers[layer].name);
                    findings.push(self.about(exception).undecided(&question, self.bound));
                }
            }
        }
        findings
    }

    /// The classes of values among `named` at which all of the box is taken; none if a question passed the bound.
    fn idle_classes(&self, cube: &Cube, layer: LayerId, named: &ValueSet, fixed: &[&Claim]) -> Option<Vec<usize>> {
        let held = self.space.classes(cube, layer);
        if held.len() == 1 {
            // The part as a whole reaches, and this value is all of it.
            return Some(Vec::new());
        }
        let mut idle = Vec::new();
        for class in held {
            let variable = self.space.variable(layer);
            if variable.numbers(class).is_none() || !variable.admits(named, class) {
                continue;
            }
            match self.taken(&self.at(cube, layer, &[class]), fixed) {
                Verdict::Taken(because) if !because.is_empty() => idle.push(class),
                Verdict::Taken(_) | Verdict::Reaches => {}
                Verdict::Undecided => return None,
            }
        }
        Some(idle)
    }

    fn at(&self, cube: &Cube, layer: LayerId, classes: &[usize]) -> Cube {
        let mut cube = cube.clone();
        self.space.assign(&mut cube, layer, classes.iter().copied());
        cube
    }

    fn idle(
        &self,
        exception: Option<usize>,
        cube: &Cube,
        (layer, idle): (LayerId, &[usize]),
        fixed: &[&Claim],
    ) -> Finding {
        let because = match self.taken(&self.at(cube, layer, idle), fixed) {
            Verdict::Taken(because) => because,
            Verdict::Reaches | Verdict::Undecided => Vec::new(),
        };
        let about = self.about(exception);
        let set = self.space.numbers(layer, idle);
        let name = &self.table.layers[layer].name;
        let cause = match because.as_slice() {
            [] => "earlier rules match".to_owned(),
            [one] => format!("{} matches", rules(&[*one])),
            several => format!("{} match", rules(several)),
        };
        let message =
            format!("in {}, `{name}` {} never applies: {cause} first wherever it would", about.words(), values(&set));
        let mut finding = about.finding("value-never-applies", Severity::Info, &because, message);
        finding.layer = Some(name.clone());
        finding.class = list(&set, MAX_LISTED).unwrap_or_default();
        finding.with_mend(format!("strike {} out there", values(&set).replace(" or ", " and ")))
    }
}
