//! From classes to what counts.

use crate::design::{Sample, Terms};

/// A sample as it is counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Its stratum, by its place.
    pub stratum: usize,
    /// With which others it was drawn; none by itself.
    pub cluster: Option<String>,
    /// The map's class, grouped.
    pub map: u16,
    /// The reference class under which it stands in the matrix, grouped.
    pub reference: u16,
    /// The first reference class, grouped: what areas are counted by.
    pub primary: u16,
    /// Whether the map is right.
    pub right: bool,
    /// For how much it stands beside others of its stratum.
    pub weight: f64,
}

/// Groups classes and says whether the map is right.
pub fn judge(sample: &Sample, terms: &Terms) -> Unit {
    let group = |class: u16| terms.groups.get(&class).copied().unwrap_or(class);
    let map = group(sample.map);
    let primary = group(sample.reference);
    let is_alternate = terms.alternate && sample.alternate.map(group) == Some(map);
    let reference = if is_alternate { map } else { primary };
    let admits = |other: u16| terms.admissible.contains(&(sample.map, other));
    let is_admitted = admits(sample.reference) || terms.alternate && sample.alternate.is_some_and(admits);
    let right = map == reference || is_admitted;
    let weight = sample.weight.unwrap_or(1.0);
    Unit { stratum: sample.stratum, cluster: sample.cluster.clone(), map, reference, primary, right, weight }
}
