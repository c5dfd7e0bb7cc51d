//! The text of a drafted contract, with what was measured in its comments.

use mutirao_core::legend::Legend;
use serde_json::Value;

use super::{
    Nodata, Stated, class_name,
    lines::{Lines, percent, pixels, plain, word},
    quality,
};
use crate::check::Measured;

/// At most so many classes are told one by one.
const MOST: usize = 12;

/// Writes the draft.
pub fn text(stated: &Stated<'_>, measured: &Measured, legend: Option<&Legend>) -> String {
    let mut lines = Lines::default();
    head(&mut lines, stated, measured);
    object(&mut lines, stated);
    lines.add("    customProperties:");
    grid(&mut lines, measured);
    nodata(&mut lines, stated, measured);
    classes(&mut lines, stated, measured, legend);
    periods(&mut lines, stated);
    quality::quality(&mut lines, measured, legend);
    sla(&mut lines, &stated.id);
    terms(&mut lines, stated);
    lines.text()
}

fn head(lines: &mut Lines, stated: &Stated<'_>, measured: &Measured) {
    let files = measured.files.len();
    let of = if files == 1 { "one file says and holds".to_owned() } else { format!("{files} files say and hold") };
    head_terms(lines, stated, &of);
}

/// Writes the head: what the draft is of, in words, and its identity.
pub fn head_terms(lines: &mut Lines, stated: &Stated<'_>, of: &str) {
    lines.add(format!("# A draft made by `mutirao contract new` of what {of}. Comments tell what was measured."));
    lines.add("# What is to hold is for both sides to agree on: read every line, then write `status: active`. That word is for people:");
    lines.add("# deliveries are held against every contract that the pipeline names, whatever its status.");
    lines.add("apiVersion: v3.1.0\nkind: DataContract");
    lines.add(format!("id: {}\nversion: 0.1.0\nstatus: draft", word(&stated.id)));
    if let Some(network) = stated.network {
        lines.add(format!("tenant: {}", word(&network.id)));
    }
}

fn object(lines: &mut Lines, stated: &Stated<'_>) {
    lines.add(format!("schema:\n  - name: {}", word(&stated.id)));
    if let Some(name) = &stated.physical_name {
        lines.add(format!("    physicalName: {}", word(name)));
    }
    lines.add("    physicalType: raster\n    logicalType: object\n    properties:\n      - name: class");
    if let Some(name) = &stated.band_name {
        lines.add(format!("        physicalName: {}", word(name)));
    }
    lines.add("        logicalType: integer");
    match &stated.dtypes[..] {
        [one] => lines.add(format!("        physicalType: {one}")),
        several => lines.add(format!(
            "        # The files are of several types: {}. Agree on one, as {{ physicalType: uint8 }}.",
            several.join(", ")
        )),
    }
    lines.add("        required: true");
}

fn grid(lines: &mut Lines, measured: &Measured) {
    let Some(grid) = &measured.grid else {
        lines.add(format!("      # {} Agree on a grid:", nowhere(measured)));
        lines.add("      # - property: grid");
        lines.add("      #   value: { crs: \"EPSG:31976\", resolution: 30, tolerance: 0.01 }");
        return;
    };
    let [width, height] = grid.size;
    let [x, y] = grid.origin;
    lines.add(format!("      # measured: {width} x {height} pixels, all files together."));
    let [across, down] = grid.resolution;
    lines.add("      - property: grid\n        value:");
    lines.add(format!("          crs: {}\n          resolution: [{across}, {down}]", word(&grid.crs)));
    lines.add(format!("          origin: [{x}, {y}]\n          tolerance: 0.01"));
}

/// Why the files have no grid in common.
fn nowhere(measured: &Measured) -> &'static str {
    let mut all = measured.files.iter().filter_map(|(_, statement)| statement.transform);
    let odd = all.find(|transform| !transform.is_north_up()).map(|transform| transform.0);
    match odd {
        Some([_, _, across, _, down, _]) if across != 0.0 || down != 0.0 => {
            "A file is rotated: its rows do not run from west to east. Warp it onto a grid (gdalwarp)."
        }
        Some([_, _, _, _, _, height]) if height > 0.0 => {
            "A file is south-up: its first row is the southernmost. Turn it over (gdalwarp)."
        }
        Some(_) => "A file is mirrored: its first column is the easternmost. Turn it over (gdalwarp).",
        None => "The files do not say where they lie, or lie on several grids.",
    }
}

fn nodata(lines: &mut Lines, stated: &Stated<'_>, measured: &Measured) {
    let nothing: u64 = measured.periods.iter().map(|period| period.nothing).sum();
    let example = |lines: &mut Lines| {
        lines.add("      # Agree on a value that is no class, and let files declare it:");
        lines.add("      # - property: nodata\n      #   value: { value: 0, declared: true }");
    };
    match &stated.nodata {
        Nodata::Value(value, declared) => {
            let who = if *declared { "Every file declares" } else { "Some files, not all, declare" };
            lines.add(format!("      # {who} it. measured: {} hold nothing.", pixels(nothing)));
            lines.add("      - property: nodata");
            lines.add(format!("        value: {{ value: {value}, declared: {declared} }}"));
        }
        Nodata::Undeclared => {
            let seen = values(measured);
            lines.add(format!("      # No file declares a nodata value. Values present: {seen}."));
            if nothing > 0 {
                lines.add(format!("      # A mask says that {} hold nothing.", pixels(nothing)));
            }
            example(lines);
        }
        Nodata::Odd(words) => {
            lines.add(format!("      # What files declare as nodata is not one whole number: {}.", plain(words)));
            example(lines);
        }
    }
}

/// The values that are there, in short.
fn values(measured: &Measured) -> String {
    let mut all: Vec<i64> = Vec::new();
    for period in &measured.periods {
        all.extend(period.classes.keys().map(|class| i64::from(*class)));
        all.extend(period.unknown.keys().map(|value| i64::from(*value)));
    }
    let words =
        ranges(all).into_iter().map(|(from, to)| if from == to { from.to_string() } else { format!("{from}..{to}") });
    let words: Vec<String> = words.collect();
    let more = if words.len() > 40 { ", ..." } else { "" };
    if words.is_empty() { "none".to_owned() } else { format!("{}{more}", words[..words.len().min(40)].join(", ")) }
}

/// Values as ranges; two in a row are no range.
fn ranges(mut values: Vec<i64>) -> Vec<(i64, i64)> {
    values.sort_unstable();
    values.dedup();
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some((_, to)) if *to + 1 == value => *to = value,
            _ => runs.push((value, value)),
        }
    }
    let split = |(from, to): (i64, i64)| if to == from + 1 { vec![(from, from), (to, to)] } else { vec![(from, to)] };
    runs.into_iter().flat_map(split).collect()
}

fn classes(lines: &mut Lines, stated: &Stated<'_>, measured: &Measured, legend: Option<&Legend>) {
    let totals = quality::totals(measured);
    let all: u64 = totals.values().sum();
    if all == 0 {
        lines.add("      # measured: no pixel holds a class. Agree on the classes:");
        lines.add("      # - property: classes\n      #   value: { allowed: [1, 2] }");
        return;
    }
    let mut by_size: Vec<(&u32, &u64)> = totals.iter().collect();
    by_size.sort_by_key(|(class, count)| (std::cmp::Reverse(**count), **class));
    let several = if by_size.len() == 1 { "class" } else { "classes" };
    let parts = if stated.periods.is_empty() { "bands" } else { "periods" };
    let periods =
        if measured.periods.len() > 1 { format!(" in {} {parts}", measured.periods.len()) } else { String::new() };
    lines.add(format!("      # measured: {}{periods}, {} {several}:", pixels(all), by_size.len()));
    for (class, count) in by_size.iter().take(MOST) {
        let name = class_name(legend, **class).map(|name| format!(" {}", plain(name))).unwrap_or_default();
        lines.add(format!("      #   {class}{name} ({})", percent(**count, all)));
    }
    if by_size.len() > MOST {
        lines.add(format!("      #   and {} more", by_size.len() - MOST));
    }
    let allowed = ranges(totals.keys().map(|class| i64::from(*class)).collect());
    let allowed = allowed.into_iter().map(|(from, to)| match from == to {
        true => from.to_string(),
        false => format!("{from}..{to}"),
    });
    let allowed: Vec<String> = allowed.collect();
    lines.add(format!("      - property: classes\n        value:\n          allowed: [{}]", allowed.join(", ")));
    if let Some(crosswalk) = stated.crosswalk() {
        lines.add(format!("          crosswalk: {}", word(crosswalk)));
    }
}

fn periods(lines: &mut Lines, stated: &Stated<'_>) {
    if stated.periods.is_empty() {
        lines.add("      # Neither the files' names nor their bands tell a period. If they speak for some, name them:");
        lines.add("      # - property: periods\n      #   value: [\"2020\"]");
        return;
    }
    let labels: Vec<String> = stated.periods.iter().map(|label| Value::from(label.as_str()).to_string()).collect();
    lines.add(format!("      - property: periods\n        value: [{}]", labels.join(", ")));
}

/// Writes what is due when, as an example.
pub fn sla(lines: &mut Lines, id: &str) {
    lines.add("# What is due when, for example:\n# slaProperties:");
    lines.add(format!("#   - {{ property: dueDate, value: \"2027-06-30\", element: {id}.first-version }}"));
    lines.add(format!("#   - {{ property: grace, value: 5, unit: d, element: {id} }}"));
    lines.add(format!("#   - {{ property: frequency, value: 1, unit: y, element: {id} }}"));
}

/// Writes the licence and the partner.
pub fn terms(lines: &mut Lines, stated: &Stated<'_>) {
    let partner = stated.network.zip(stated.member).and_then(|(network, member)| network.partners.get(member.partner?));
    let spdx = stated.spdx();
    if spdx.is_some() || partner.is_some() {
        lines.add("customProperties:");
    }
    match (spdx, &stated.licence) {
        (Some(licence), _) => lines.add(format!("  - property: license\n    value: {}", word(licence))),
        (None, Some(words)) => lines.add(format!(
            "# The files state a licence in their own words: {}. Agree on its SPDX id as `license` here.",
            plain(words)
        )),
        (None, None) => lines
            .add("# The files state no licence. Agree on one, as an SPDX id: { property: license, value: CC-BY-4.0 }"),
    }
    if let Some(partner) = partner {
        lines.add(format!("  - property: partner\n    value: {}", word(&partner.id)));
    }
}
