//! The space of all that may occur, and boxes in it.

use mutirao_core::rule::{Condition, Exception, Give, LayerId, Rule, RuleTable};
use mutirao_core::values::ValueSet;

use super::variable::{Variable, named};

/// A product of one set of elementary classes a variable, as bits. Empty where any of the sets is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Cube {
    words: Vec<u64>,
}

/// A box with the variables on which it asks for anything, ascending.
pub(super) struct Claim {
    pub(super) cube: Cube,
    pub(super) asks: Vec<usize>,
}

/// All variables: the layers by their id, then the period.
pub(super) struct Space {
    variables: Vec<Variable>,
    /// Where each variable's words begin in a cube, and the end of the last.
    first: Vec<usize>,
}

impl Space {
    /// The space of a table, cut as finely as the table's own sets and constants ask.
    pub(super) fn new(table: &RuleTable) -> Self {
        let sets = Sets::of(table);
        let mut variables = Vec::with_capacity(table.layers.len() + 1);
        for (layer, cuts) in table.layers.iter().zip(&sets.layers) {
            let domain = layer.declared.clone().unwrap_or_else(ValueSet::any);
            variables.push(Variable::new(&domain, table.within != Some(variables.len()), cuts));
        }
        // A pipeline without periods still has one moment that its rules speak of.
        let last = i32::try_from(table.periods.len().max(1) - 1).unwrap_or(i32::MAX);
        variables.push(Variable::new(&ValueSet::range(0, last), false, &sets.periods));
        let mut first = vec![0];
        for variable in &variables {
            first.push(first[first.len() - 1] + variable.len().div_ceil(64));
        }
        Space { variables, first }
    }

    /// The variable that is the period.
    pub(super) fn period(&self) -> usize {
        self.variables.len() - 1
    }

    /// A variable with its classes.
    pub(super) fn variable(&self, variable: usize) -> &Variable {
        &self.variables[variable]
    }

    /// Everything that may occur.
    pub(super) fn whole(&self) -> Cube {
        let mut cube = Cube { words: vec![0; self.first[self.variables.len()]] };
        for (variable, classes) in self.variables.iter().enumerate() {
            self.assign(&mut cube, variable, 0..classes.len());
        }
        cube
    }

    /// The bits of one variable.
    pub(super) fn part<'a>(&self, cube: &'a Cube, variable: usize) -> &'a [u64] {
        &cube.words[self.first[variable]..self.first[variable + 1]]
    }

    /// The bits of one variable, to be changed.
    pub(super) fn part_mut<'a>(&self, cube: &'a mut Cube, variable: usize) -> &'a mut [u64] {
        &mut cube.words[self.first[variable]..self.first[variable + 1]]
    }

    /// The classes of one variable, ascending.
    pub(super) fn classes(&self, cube: &Cube, variable: usize) -> Vec<usize> {
        (0..self.variables[variable].len()).filter(|&class| self.holds(cube, variable, class)).collect()
    }

    /// Whether a cube holds a class of a variable.
    pub(super) fn holds(&self, cube: &Cube, variable: usize, class: usize) -> bool {
        self.part(cube, variable)[class / 64] >> (class % 64) & 1 == 1
    }

    /// Sets one variable to exactly these classes.
    pub(super) fn assign(&self, cube: &mut Cube, variable: usize, classes: impl IntoIterator<Item = usize>) {
        let part = self.part_mut(cube, variable);
        part.fill(0);
        for class in classes {
            part[class / 64] |= 1 << (class % 64);
        }
    }

    /// Narrows one variable to a set that the space was cut with.
    pub(super) fn keep(&self, cube: &mut Cube, variable: usize, set: &ValueSet) {
        let kept = self.classes(cube, variable);
        let kept = kept.into_iter().filter(|&class| self.variables[variable].admits(set, class));
        self.assign(cube, variable, kept);
    }

    /// Narrows one cube to another.
    pub(super) fn intersect(&self, cube: &mut Cube, other: &Cube) {
        cube.words.iter_mut().zip(&other.words).for_each(|(word, with)| *word &= with);
    }

    /// The first variable of which nothing is left; none if the cube is not empty.
    pub(super) fn emptied(&self, cube: &Cube) -> Option<usize> {
        (0..self.variables.len()).find(|&variable| self.part(cube, variable).iter().all(|&word| word == 0))
    }

    /// Whether a claim and a cube that is not empty have anything in common.
    pub(super) fn meets(&self, claim: &Claim, cube: &Cube) -> bool {
        let meets = |&variable: &usize| {
            let parts = self.part(&claim.cube, variable).iter().zip(self.part(cube, variable));
            parts.into_iter().any(|(a, b)| a & b != 0)
        };
        claim.asks.iter().all(meets)
    }

    /// The numbers of some classes of a variable, as one set.
    pub(super) fn numbers(&self, variable: usize, classes: &[usize]) -> ValueSet {
        classes
            .iter()
            .filter_map(|&class| self.variables[variable].numbers(class))
            .fold(ValueSet::empty(), |set, numbers| set.union(numbers))
    }

    /// A cube with the variables on which it asks for anything.
    pub(super) fn claim(&self, cube: Cube) -> Claim {
        let asks = (0..self.variables.len())
            .filter(|&variable| {
                let held: u32 = self.part(&cube, variable).iter().map(|word| word.count_ones()).sum();
                held as usize != self.variables[variable].len()
            })
            .collect();
        Claim { cube, asks }
    }

    /// Where a rule matches, whatever earlier rules do.
    pub(super) fn of_rule(&self, rule: &Rule) -> Claim {
        let mut cube = self.whole();
        self.keep(&mut cube, rule.layer, &rule.take.clone().with_nothing(false));
        self.narrow(&mut cube, &rule.conditions, rule.give);
        if let Some(periods) = &rule.periods {
            self.keep(&mut cube, self.period(), &period_set(periods));
        }
        self.claim(cube)
    }

    /// Where an exception of a rule holds, whatever earlier rules and exceptions do.
    pub(super) fn of_exception(&self, rule: &Claim, exception: &Exception) -> Claim {
        let mut cube = rule.cube.clone();
        self.narrow(&mut cube, &exception.when, Some(exception.give));
        self.claim(cube)
    }

    fn narrow(&self, cube: &mut Cube, conditions: &[Condition], give: Option<Give>) {
        for condition in conditions {
            self.keep(cube, condition.layer, &condition.values);
        }
        if let Some(Give::Layer(copied)) = give {
            self.keep(cube, copied, &ValueSet::any());
        }
    }
}

/// The sets that the variables have to be cut with.
struct Sets {
    layers: Vec<Vec<ValueSet>>,
    periods: Vec<ValueSet>,
}

impl Sets {
    fn of(table: &RuleTable) -> Self {
        let mut sets = Sets { layers: vec![Vec::new(); table.layers.len()], periods: Vec::new() };
        for rule in &table.rules {
            sets.add(rule.layer, &rule.take);
            sets.add_all(&rule.conditions);
            sets.add_constant(rule.layer, rule.give);
            for exception in &rule.unless {
                sets.add_all(&exception.when);
                sets.add_constant(rule.layer, Some(exception.give));
            }
            sets.periods.extend(rule.periods.as_deref().map(period_set));
        }
        for list in sets.layers.iter_mut().chain([&mut sets.periods]) {
            list.sort_by(|a, b| a.ranges().cmp(b.ranges()));
            list.dedup_by(|a, b| a.ranges() == b.ranges());
        }
        sets
    }

    fn add(&mut self, layer: LayerId, set: &ValueSet) {
        self.layers[layer].extend([set.clone(), named(set)]);
    }

    fn add_all(&mut self, conditions: &[Condition]) {
        conditions.iter().for_each(|condition| self.add(condition.layer, &condition.values));
    }

    /// Whether a constant differs from the class taken depends on that one class.
    fn add_constant(&mut self, taken: LayerId, give: Option<Give>) {
        if let Some(Give::Class(class)) = give {
            self.layers[taken].push(ValueSet::of(i32::from(class)));
        }
    }
}

fn period_set(periods: &[usize]) -> ValueSet {
    ValueSet::from_values(periods.iter().filter_map(|&period| i32::try_from(period).ok()))
}
