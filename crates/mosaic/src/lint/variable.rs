//! One variable of the model, its domain cut into elementary classes.

use std::collections::BTreeMap;

use mutirao_core::values::ValueSet;

/// What a layer (or the period) may hold, as elementary classes, numbered from 0. No set that the variable was cut with tells
/// two values of one class apart. Nothing, where it may occur, is the last class.
pub(super) struct Variable {
    /// The classes of numbers, ascending by their smallest number; none is empty.
    numbers: Vec<ValueSet>,
    may_be_nothing: bool,
}

impl Variable {
    /// Cuts `domain` (numbers only) with `sets`.
    pub(super) fn new(domain: &ValueSet, may_be_nothing: bool, sets: &[ValueSet]) -> Self {
        let mut classes: BTreeMap<Vec<bool>, Vec<(i32, i32)>> = BTreeMap::new();
        for interval in intervals(domain, sets) {
            let signature = sets.iter().map(|set| set.contains(interval.0)).collect();
            classes.entry(signature).or_default().push(interval);
        }
        let mut numbers: Vec<ValueSet> = classes.into_values().map(|ranges| union(&ranges)).collect();
        numbers.sort_by_key(|class| class.ranges()[0].0);
        Variable { numbers, may_be_nothing }
    }

    /// How many classes there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len() + usize::from(self.may_be_nothing)
    }

    /// The numbers of a class; none for nothing.
    pub(super) fn numbers(&self, class: usize) -> Option<&ValueSet> {
        self.numbers.get(class)
    }

    /// Whether a set that the variable was cut with holds a class.
    pub(super) fn admits(&self, set: &ValueSet, class: usize) -> bool {
        set.admits(self.numbers(class).map(|numbers| numbers.ranges()[0].0))
    }

    /// The class that a number belongs to, if it may occur.
    pub(super) fn class_of(&self, number: i32) -> Option<usize> {
        self.numbers.iter().position(|class| class.contains(number))
    }
}

/// The domain cut at every bound of every set, ascending.
fn intervals(domain: &ValueSet, sets: &[ValueSet]) -> Vec<(i32, i32)> {
    let mut starts: Vec<i64> =
        sets.iter().flat_map(ValueSet::ranges).flat_map(|&(from, to)| [i64::from(from), i64::from(to) + 1]).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut cut = Vec::new();
    for &(from, to) in domain.ranges() {
        let (mut next, to) = (i64::from(from), i64::from(to));
        let first = starts.partition_point(|&start| start <= next);
        for &start in starts[first..].iter().take_while(|&&start| start <= to) {
            cut.push((next as i32, (start - 1) as i32));
            next = start;
        }
        cut.push((next as i32, to as i32));
    }
    cut
}

/// One set of several ranges.
fn union(ranges: &[(i32, i32)]) -> ValueSet {
    ranges.iter().fold(ValueSet::empty(), |set, &(from, to)| set.union(&ValueSet::range(from, to)))
}

/// The part of a set that names numbers one by one or in ranges closed at both ends.
pub(super) fn named(set: &ValueSet) -> ValueSet {
    let closed: Vec<_> =
        set.ranges().iter().copied().filter(|&(from, to)| from != i32::MIN && to != i32::MAX).collect();
    union(&closed)
}

/// The numbers of a set, ascending, unless there are more than `most`.
pub(super) fn list(set: &ValueSet, most: usize) -> Option<Vec<i32>> {
    let count: i64 = set.ranges().iter().map(|&(from, to)| i64::from(to) - i64::from(from) + 1).sum();
    (count <= i64::try_from(most).unwrap_or(i64::MAX))
        .then(|| set.ranges().iter().flat_map(|&(from, to)| from..=to).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_no_set_tells_apart_are_one_class() {
        let sets = [ValueSet::from_values([3, 5]), ValueSet::range(5, 9)];
        let all = Variable::new(&ValueSet::any(), true, &sets);
        assert_eq!(all.len(), 5);
        assert_eq!(all.numbers(0).map(ToString::to_string).as_deref(), Some("[..2, 4, 10..]"));
        assert_eq!(all.class_of(3), Some(1));
        assert_eq!(all.class_of(7), all.class_of(9));
        assert!(all.numbers(4).is_none() && all.admits(&ValueSet::nothing(), 4));
        assert_eq!(Variable::new(&ValueSet::from_values([1, 2, 3]), false, &sets).len(), 2);
    }
}
