//! Sets of values: what rules take, what conditions ask for.

use serde::{Deserialize, Serialize};

use std::{
    fmt,
    hash::{Hash, Hasher},
};

/// A set over all numbers and *nothing*. Ranges are inclusive, sorted, apart from one another.
///
/// A set that people wrote by name, such as `14+` or a group, remembers how, for messages; what it holds is the same set, and equal.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ValueSet {
    ranges: Vec<(i32, i32)>,
    nothing: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    written: Option<String>,
}

impl PartialEq for ValueSet {
    fn eq(&self, other: &Self) -> bool {
        (&self.ranges, self.nothing) == (&other.ranges, other.nothing)
    }
}

impl Eq for ValueSet {}

impl Hash for ValueSet {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.ranges, self.nothing).hash(state);
    }
}

impl ValueSet {
    /// The empty set.
    pub fn empty() -> Self {
        Self::default()
    }

    /// `none`: nothing alone.
    pub fn nothing() -> Self {
        ValueSet { nothing: true, ..Self::empty() }
    }

    /// `any`: every number, but not nothing.
    pub fn any() -> Self {
        Self::range(i32::MIN, i32::MAX)
    }

    /// One number.
    pub fn of(value: i32) -> Self {
        Self::range(value, value)
    }

    /// Both ends inclusive; empty if they are the wrong way round.
    pub fn range(from: i32, to: i32) -> Self {
        ValueSet { ranges: if from <= to { vec![(from, to)] } else { Vec::new() }, ..Self::empty() }
    }

    /// The numbers given.
    pub fn from_values(values: impl IntoIterator<Item = i32>) -> Self {
        Self::normal(values.into_iter().map(|v| (v, v)).collect(), false)
    }

    fn normal(mut ranges: Vec<(i32, i32)>, nothing: bool) -> Self {
        ranges.sort_unstable();
        let mut joined: Vec<(i32, i32)> = Vec::with_capacity(ranges.len());
        for (from, to) in ranges {
            match joined.last_mut() {
                Some(last) if i64::from(from) <= i64::from(last.1) + 1 => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        ValueSet { ranges: joined, nothing, written: None }
    }

    /// Whether a number is in the set.
    pub fn contains(&self, value: i32) -> bool {
        let after = self.ranges.partition_point(|range| range.0 <= value);
        after > 0 && self.ranges[after - 1].1 >= value
    }

    /// Whether nothing is in the set.
    pub fn contains_nothing(&self) -> bool {
        self.nothing
    }

    /// Whether what a layer holds, a number or nothing, is in the set.
    pub fn admits(&self, held: Option<i32>) -> bool {
        held.map_or(self.nothing, |value| self.contains(value))
    }

    /// Whether the set holds neither a number nor nothing.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty() && !self.nothing
    }

    /// The ranges of numbers, inclusive, ascending.
    pub fn ranges(&self) -> &[(i32, i32)] {
        &self.ranges
    }

    /// What is in either set.
    pub fn union(&self, other: &ValueSet) -> ValueSet {
        Self::normal(self.ranges.iter().chain(&other.ranges).copied().collect(), self.nothing || other.nothing)
    }

    /// What is in both sets.
    pub fn intersection(&self, other: &ValueSet) -> ValueSet {
        self.complement().union(&other.complement()).complement()
    }

    /// `{ not: SET }`: every number that is not in the set, and nothing unless it is.
    pub fn complement(&self) -> ValueSet {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = i64::from(i32::MIN);
        for &(from, to) in &self.ranges {
            if next < i64::from(from) {
                ranges.push((next as i32, from - 1));
            }
            next = i64::from(to) + 1;
        }
        if next <= i64::from(i32::MAX) {
            ranges.push((next as i32, i32::MAX));
        }
        ValueSet { ranges, nothing: !self.nothing, written: None }
    }

    /// The set as people wrote it, by name. Sets made from it by union, intersection or complement forget it.
    pub fn written_as(mut self, words: impl Into<String>) -> ValueSet {
        self.written = Some(words.into());
        self
    }

    /// How people wrote it, if by name.
    pub fn written(&self) -> Option<&str> {
        self.written.as_deref()
    }

    /// The members of the set one by one or as ranges: `14, 15, 20..29, none`, or `not 1..5, none` where most is in it.
    pub fn listed(&self) -> String {
        let runs_to_both_ends = self.contains(i32::MIN) && self.contains(i32::MAX);
        if runs_to_both_ends && self.ranges.len() > 1 {
            return format!("not {}", self.complement().listed());
        }
        let mut parts: Vec<String> = Vec::new();
        for &(from, to) in &self.ranges {
            match i64::from(to) - i64::from(from) {
                1 => parts.extend([from.to_string(), to.to_string()]),
                _ => parts.push(range_words(from, to)),
            }
        }
        parts.extend(self.nothing.then(|| "none".to_owned()));
        parts.join(", ")
    }

    /// The set with nothing added or taken away.
    pub fn with_nothing(mut self, nothing: bool) -> ValueSet {
        self.nothing = nothing;
        self
    }

    /// The set as a layer with this nodata is asked for it: a number that is the layer's own nodata means nothing too, as the 0 of
    /// published tables does. Within `not` (a set that runs to both ends, with nothing, and has the number in a gap) it means so as well.
    pub fn with_nodata(self, nodata: Option<i32>) -> ValueSet {
        let Some(value) = nodata else { return self };
        let runs_to_both_ends = self.contains(i32::MIN) && self.contains(i32::MAX);
        let is_denied = self.nothing && runs_to_both_ends && self.complement().names(value);
        let nothing = (self.nothing || self.names(value)) && !is_denied;
        self.with_nothing(nothing)
    }

    /// Whether a number stands in the set by itself or in a closed range; `any` and open ranges name no single number.
    fn names(&self, value: i32) -> bool {
        self.ranges.iter().any(|&(from, to)| from <= value && value <= to && from != i32::MIN && to != i32::MAX)
    }
}

/// A range as it is written.
fn range_words(from: i32, to: i32) -> String {
    match (from, to) {
        (i32::MIN, i32::MAX) => "any".to_owned(),
        (i32::MIN, to) => format!("..{to}"),
        (from, i32::MAX) => format!("{from}.."),
        (from, to) if from == to => from.to_string(),
        (from, to) => format!("{from}..{to}"),
    }
}

/// As it is written; one that was written by name with what it means, such as `14+ (14, 15)`.
impl fmt::Display for ValueSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(written) = &self.written {
            return write!(f, "{written} ({})", self.listed());
        }
        let mut parts: Vec<String> = self.ranges.iter().map(|&(from, to)| range_words(from, to)).collect();
        if self.nothing {
            parts.push("none".to_owned());
        }
        match parts.len() {
            1 => f.write_str(&parts[0]),
            _ => write!(f, "[{}]", parts.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set() -> impl Strategy<Value = ValueSet> {
        (prop::collection::vec((-20i32..20, -3i32..6), 0..5), any::<bool>()).prop_map(|(ranges, nothing)| {
            ranges
                .iter()
                .map(|&(from, len)| ValueSet::range(from, from + len))
                .fold(ValueSet::empty(), |a, b| a.union(&b))
                .with_nothing(nothing)
        })
    }

    proptest! {
        #[test]
        fn sets_obey_the_laws_of_sets(a in set(), b in set(), value in -30i32..30) {
            for held in [Some(value), Some(i32::MIN), Some(i32::MAX), None] {
                prop_assert_eq!(a.union(&b).admits(held), a.admits(held) || b.admits(held));
                prop_assert_eq!(a.intersection(&b).admits(held), a.admits(held) && b.admits(held));
                prop_assert_eq!(a.complement().admits(held), !a.admits(held));
            }
            prop_assert_eq!(a.complement().complement(), a);
        }
    }

    #[test]
    fn a_set_written_by_name_says_what_it_means() {
        let farming = ValueSet::from_values([14, 15, 18, 20, 21, 22]).written_as("14+");
        assert_eq!(farming.to_string(), "14+ (14, 15, 18, 20..22)");
        assert_eq!(farming, ValueSet::from_values([14, 15, 18, 20, 21, 22]), "it is the same set");
        let other = farming.complement().written_as("not 14+");
        assert_eq!(other.to_string(), "not 14+ (not 14, 15, 18, 20..22)");
        assert_eq!(other.complement().written(), None);
        assert_eq!(farming.with_nothing(true).to_string(), "14+ (14, 15, 18, 20..22, none)");
    }

    #[test]
    fn a_named_nodata_means_nothing() {
        assert!(ValueSet::of(0).with_nodata(Some(0)).contains_nothing());
        assert!(!ValueSet::of(1).with_nodata(Some(0)).contains_nothing());
        assert!(!ValueSet::any().with_nodata(Some(0)).contains_nothing());
        assert!(ValueSet::from_values([1, 3]).with_nothing(true).with_nodata(Some(2)).contains_nothing());
    }

    #[test]
    fn a_number_that_is_nodata_means_nothing_within_not_too() {
        let not = |values: &[i32]| ValueSet::from_values(values.iter().copied()).complement();
        assert!(!not(&[0]).with_nodata(Some(0)).contains_nothing());
        assert!(!not(&[0, 3]).with_nodata(Some(0)).contains_nothing());
        assert!(not(&[3]).with_nodata(Some(0)).contains_nothing());
        assert!(not(&[0]).with_nodata(None).contains_nothing());
        let below = ValueSet::range(i32::MIN, 5).complement();
        assert!(below.with_nodata(Some(0)).contains_nothing(), "an open range names no single number");
    }
}
