//! What is wrong with the data, as findings.

use std::collections::BTreeMap;

use mutirao_core::finding::{Finding, PixelPlaces, Where};

use crate::{fill::UnknownValue, plan::Plan, worker::Faults};

/// Pixels in which two files differ: how many, and the first of them, [column, row] of the grid.
type Differing = (u64, [u32; 2]);

/// The findings of a run's faults, in the order of layers, periods and files.
pub fn findings(plan: &Plan, faults: Faults) -> Vec<Finding> {
    let mut unknown: BTreeMap<(usize, usize, usize, i32), UnknownValue> = BTreeMap::new();
    for (layer, period, found) in faults.unknown {
        let key = (layer, period, found.file, found.value);
        match unknown.get_mut(&key) {
            Some(known) => known.merge(&found),
            None => {
                unknown.insert(key, found);
            }
        }
    }
    let mut findings: Vec<Finding> =
        unknown.into_iter().map(|((layer, period, _, _), found)| unknown_class(plan, layer, period, &found)).collect();

    let mut overlaps: BTreeMap<(usize, usize, [usize; 2]), Differing> = BTreeMap::new();
    for (layer, period, conflict) in faults.conflicts {
        let entry = overlaps.entry((layer, period, conflict.files)).or_insert((0, conflict.first));
        entry.0 += conflict.count;
        entry.1 = entry.1.min_by_row(conflict.first);
    }
    findings.extend(overlaps.into_iter().map(|((layer, _, files), (count, first))| {
        let [one, other] = files.map(|file| plan.files[file].path.display().to_string());
        let at = plan.grid.centre(first[0], first[1]);
        let message =
            format!("{one} and {other} differ in {count} pixels where they overlap, first at ({}, {})", at[0], at[1]);
        Finding::error("overlap-differs", message)
            .with_layer(&plan.layers[layer].name)
            .with_mend("say `overlap: first` or `overlap: last` on the layer, or mend the files")
    }));
    findings
}

trait ByRow {
    fn min_by_row(self, other: Self) -> Self;
}

impl ByRow for [u32; 2] {
    fn min_by_row(self, other: Self) -> Self {
        if (other[1], other[0]) < (self[1], self[0]) { other } else { self }
    }
}

fn unknown_class(plan: &Plan, layer: usize, period: usize, found: &UnknownValue) -> Finding {
    let planned = &plan.layers[layer];
    let path = plan.files[found.file].path.display().to_string();
    let places: Vec<String> = found.first.iter().map(|[col, row]| format!("(column {col}, row {row})")).collect();
    let more = if found.count > found.first.len() as u64 { ", ..." } else { "" };
    let pixels = if found.count == 1 { "1 pixel".to_owned() } else { format!("{} pixels", found.count) };
    let message = format!("{path} holds the undeclared value {} in {pixels}: {}{more}", found.value, places.join(", "));
    let known = planned.members.iter().find_map(|member| member.declared.as_ref().map(ToString::to_string));
    let mend = format!(
        "{} may hold {}; add {} to its `classes`, its crosswalk or the legend, or map it to nothing in a crosswalk",
        planned.name,
        known.unwrap_or_else(|| "any number".to_owned()),
        found.value
    );
    let mut finding = Finding::error("unknown-class", message).with_layer(&planned.name).with_mend(mend);
    finding.class = vec![found.value];
    finding.place = Some(Where::Pixels(PixelPlaces {
        file: path,
        period: plan.periods.get(period).cloned(),
        count: found.count,
        pixels: found.first.clone(),
    }));
    finding
}
