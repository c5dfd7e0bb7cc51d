//! What counts as right: levels of the legend, alternate classes, admissible confusions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mutirao_accuracy::Terms;
use mutirao_core::legend::Legend;
use mutirao_pipeline::{Cell, read_table};

use super::{Stopped, samples};
use crate::{args::AccuracyArgs, command::Failure};

/// The terms that were asked for.
pub fn of(args: &AccuracyArgs, legend: Option<&Legend>) -> Result<Terms, Stopped> {
    let groups = args.level.map(|level| groups(level, legend)).transpose()?.unwrap_or_default();
    let admissible = args.admissible.as_deref().map(admissible).transpose()?.unwrap_or_default();
    Ok(Terms { groups, alternate: args.alternate, admissible })
}

/// For each class of the legend the one above it on a level, or itself where it stands higher.
fn groups(level: usize, legend: Option<&Legend>) -> Result<BTreeMap<u16, u16>, Failure> {
    let legend = legend.ok_or_else(|| {
        Failure::usage(
            "--level needs a legend, and a GeoTIFF has none",
            "give the folder of a release, or group the classes beforehand",
        )
    })?;
    if level == 0 || level > legend.depth() {
        let help = format!("its levels are 1 to {}", legend.depth());
        return Err(Failure::usage(format!("the legend has no level {level}"), help));
    }
    let above = |id: u16| legend.path(id).get(level - 1).map_or(id, |class| class.id);
    Ok(legend.ids().map(|id| (id, above(id))).collect())
}

/// Pairs of `map` and `reference` that count as right.
fn admissible(path: &Path) -> Result<BTreeSet<(u16, u16)>, Stopped> {
    let table = read_table(path, &["map", "reference"]);
    let table = table.map_err(|(findings, text)| Stopped::found(path, findings, text))?;
    let place = |name: &str| table.header.iter().position(|own| own == name).unwrap_or_default();
    let [map, reference] = ["map", "reference"].map(place);
    let mut findings = Vec::new();
    let mut class = |cell: &Cell| {
        cell.text.parse::<u16>().unwrap_or_else(|_| {
            let what = format!("\"{}\" is no class id", cell.text.escape_debug());
            let at = samples::At::Line(cell.place.clone());
            findings.push(samples::wrong(path, &at, what, "write an id of the legend"));
            0
        })
    };
    let pairs = table.rows.iter().map(|row| (class(&row[map]), class(&row[reference]))).collect();
    if findings.is_empty() { Ok(pairs) } else { Err(Stopped::found(path, findings, Some(table.text.clone()))) }
}
