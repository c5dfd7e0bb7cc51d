//! The rules of a drafted contract: few, and each with what was measured.

use std::collections::BTreeMap;

use mutirao_core::legend::Legend;

use super::{
    class_name,
    lines::{Lines, percent, pixels},
};
use crate::{check::Measured, show::table::thousands};

/// At most so many classes get a limit in the suggestion.
const MOST: usize = 8;

/// Pixels by class in all periods.
pub fn totals(measured: &Measured) -> BTreeMap<u32, u64> {
    let mut totals = BTreeMap::new();
    for (class, count) in measured.periods.iter().flat_map(|period| &period.classes) {
        *totals.entry(*class).or_default() += count;
    }
    totals
}

/// Writes the rules.
pub fn quality(lines: &mut Lines, measured: &Measured, legend: Option<&Legend>) {
    let totals = totals(measured);
    let has_rules = !totals.is_empty() || measured.flicker.is_some_and(|flicker| flicker.ever > 0);
    lines.add("    # CRS, grid, type, nodata and periods are held by the terms above, without a rule of their own.");
    if has_rules {
        lines.add("    quality:");
    }
    if !totals.is_empty() {
        classes(lines, measured);
    }
    flicker(lines, measured);
    patches(lines, measured);
    if !totals.is_empty() {
        shares(lines, measured, &totals, legend);
    }
}

fn classes(lines: &mut Lines, measured: &Measured) {
    let mut unknown: BTreeMap<i32, u64> = BTreeMap::new();
    for (value, count) in measured.periods.iter().flat_map(|period| &period.unknown) {
        *unknown.entry(*value).or_default() += count;
    }
    lines.add("      - type: custom\n        name: no class but those agreed on\n        engine: mutirao");
    if unknown.is_empty() {
        lines.add("        implementation: { check: classes }");
    } else {
        let told: Vec<String> =
            unknown.iter().take(MOST).map(|(value, count)| format!("{value} ({})", pixels(*count))).collect();
        let more = if unknown.len() > MOST { ", ..." } else { "" };
        lines.add(format!("        # measured: numbers that are no classes: {}{more}.", told.join(", ")));
        lines.add("        # They are let pass by `known: false`; agree on what they mean, and take it away.");
        lines.add("        implementation: { check: classes, known: false }");
    }
    lines.add("        dimension: conformity");
}

fn flicker(lines: &mut Lines, measured: &Measured) {
    let Some(flicker) = measured.flicker.filter(|flicker| flicker.ever > 0) else { return };
    let share = flicker.flickering as f64 / flicker.ever as f64;
    lines.add(format!(
        "      # measured: {} of {} that ever hold a class leave it and return in the period after ({}).",
        pixels(flicker.flickering),
        thousands(flicker.ever),
        percent(flicker.flickering, flicker.ever)
    ));
    lines.add("      - type: custom\n        name: pixels do not flicker more than now\n        engine: mutirao");
    lines.add(format!("        implementation: {{ check: flicker, max_share: {} }}", raised(share)));
    lines.add("        dimension: consistency\n        severity: warning");
}

/// A share with two digits, not less than it is.
fn raised(share: f64) -> String {
    if share <= 0.0 {
        return "0".to_owned();
    }
    let decimals = (1 - share.log10().floor() as i32).clamp(1, 12);
    let scale = 10f64.powi(decimals);
    let raised = ((share * scale).ceil() / scale).min(1.0);
    // A number of so many decimals may stand a little below itself.
    let raised = if raised < share { (raised + 1.0 / scale).min(1.0) } else { raised };
    format!("{raised:.*}", decimals as usize)
}

fn patches(lines: &mut Lines, measured: &Measured) {
    let Some(smallest) = measured.smallest_ha else { return };
    if !smallest.is_finite() || smallest <= 0.0 {
        lines.add("      # The true areas of patches cannot be told: by their CRS, pixels lie where there is no ground. Is it the right");
        lines.add("      # CRS? A smallest patch cannot be drafted.");
        return;
    }
    lines.add(format!(
        "      # measured: the smallest patch that touches no edge has {smallest:.4} ha. A minimum, for example:"
    ));
    lines.add(
        "      # - type: custom\n      #   name: no patch below the minimum mapping unit\n      #   engine: mutirao",
    );
    lines.add(format!(
        "      #   implementation: {{ check: minimum-mapping-unit, min_ha: {}, connectivity: 8 }}",
        lowered(smallest)
    ));
}

/// An area with two digits, not more than it is.
fn lowered(area: f64) -> String {
    if !area.is_finite() || area <= 0.0 {
        return "0".to_owned();
    }
    let decimals = (1 - area.log10().floor() as i32).clamp(0, 12);
    let scale = 10f64.powi(decimals);
    format!("{:.*}", decimals as usize, (area * scale).floor() / scale)
}

fn shares(lines: &mut Lines, measured: &Measured, totals: &BTreeMap<u32, u64>, legend: Option<&Legend>) {
    let share = |class: u32| {
        let of = |period: &crate::check::MeasuredPeriod| {
            period.classes.get(&class).copied().unwrap_or(0) as f64 / period.pixels().max(1) as f64
        };
        let shares = measured.periods.iter().filter(|period| period.pixels() > 0).map(of);
        shares.fold([1.0_f64, 0.0_f64], |[least, most], share| [least.min(share), most.max(share)])
    };
    let mut largest: Vec<(&u32, &u64)> = totals.iter().collect();
    largest.sort_by_key(|(class, count)| (std::cmp::Reverse(**count), **class));
    lines.add("      # Shares of classes, a tenth below the least and above the most that was measured in a period:");
    lines.add("      # - type: custom\n      #   name: as much of each class as before\n      #   engine: mutirao");
    lines.add(
        "      #   severity: warning\n      #   implementation:\n      #     check: class-share\n      #     limits:",
    );
    for (class, _) in largest.into_iter().take(MOST) {
        let [least, most] = share(*class);
        let name = class_name(legend, *class).map(|name| format!(" # {}", name.escape_debug())).unwrap_or_default();
        let max = raised((most * 1.1).min(1.0));
        let min = if least * 0.9 >= 1e-6 { format!("min_share: {}, ", lowered(least * 0.9)) } else { String::new() };
        lines.add(format!("      #       \"{class}\": {{ {min}max_share: {max} }}{name}"));
    }
}
