//! Places in delivered files, in words.

use std::fmt::Write as _;

use mutirao_check::{CheckFinding, Where};

use crate::show::findings::{BLUE, PLAIN, printable};

/// At most so many places of a finding are told.
pub const SHOWN: usize = 3;

/// Where a finding is: files with their periods, and below each the first places in it.
pub fn places(finding: &CheckFinding) -> String {
    // A place in a text that no rule asks for is told with its line.
    let is_told = |place: &&Where| place.column.is_some() && finding.rule.is_none();
    let all: Vec<&Where> = match finding.first.is_empty() {
        true => finding.place.iter().filter(|place| !is_told(place)).collect(),
        false => finding.first.iter().collect(),
    };
    let mut text = String::new();
    let shown = &all[..all.len().min(SHOWN)];
    for run in shown.chunk_by(|a, b| whole(a) == whole(b)) {
        let whole = whole(run[0]);
        if !whole.is_empty() {
            let _ = writeln!(text, "  {BLUE}-->{PLAIN} {}", printable(&whole));
        }
        for point in run.iter().map(|place| point(place)).filter(|point| !point.is_empty()) {
            let _ = writeln!(text, "      {}", printable(&point));
        }
    }
    let rest = finding.count.unwrap_or(all.len() as u64).saturating_sub(shown.len() as u64);
    if rest > 0 && !finding.first.is_empty() {
        let _ = writeln!(text, "      ... and {rest} more");
    }
    text
}

/// A place in data, in one line.
pub fn words(place: &Where) -> String {
    [whole(place), point(place)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// File, period and band.
fn whole(place: &Where) -> String {
    let mut parts: Vec<String> = place.file.iter().cloned().collect();
    parts.extend(place.period.iter().filter(|period| !period.is_empty()).map(|period| format!("period {period}")));
    parts.extend(place.band.map(|band| format!("band {band}")));
    parts.join(", ")
}

/// Where in them.
fn point(place: &Where) -> String {
    let mut parts: Vec<String> = place.line.iter().map(|line| format!("line {line}")).collect();
    parts.extend(place.feature.iter().map(|feature| format!("feature {feature}")));
    parts.extend(place.row.map(|row| format!("row {row} of the data")));
    parts.extend(
        place.window.map(|[col, row, width, height]| {
            format!("columns {col} to {}, rows {row} to {}", col + width, row + height)
        }),
    );
    parts.extend(place.pixel.map(|[col, row]| format!("column {col}, row {row}")));
    parts.extend(place.xy.map(coordinates));
    parts.join(", ")
}

/// To a centimetre of metres, and about a decimetre of degrees. Whether it is degrees is told by their size.
fn coordinates([x, y]: [f64; 2]) -> String {
    let decimals = if x.abs() <= 360.0 && y.abs() <= 90.0 { 6 } else { 2 };
    format!("at {x:.decimals$} {y:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_rounded_by_their_size() {
        assert_eq!(coordinates([447_758.481_716_469, 273_273.786_263]), "at 447758.48 273273.79");
        assert_eq!(coordinates([-51.250_000_4, 0.95]), "at -51.250000 0.950000");
        assert_eq!(coordinates([359.0, 91.0]), "at 359.00 91.00");
    }

    #[test]
    fn a_file_is_told_once_for_its_places() {
        let pixel = |col| Where { pixel: Some([col, 7]), ..Where::file("a.tif").in_period("2019") };
        let mut finding = CheckFinding::new(
            "classes",
            mutirao_contract::checks::Element::Domain,
            mutirao_core::finding::Severity::Error,
            "",
        );
        finding = finding.at_places(12, (0..5).map(pixel).collect());
        let told = places(&finding).replace(BLUE, "").replace(PLAIN, "");
        let lines: Vec<&str> = told.lines().map(str::trim).collect();
        let wanted =
            ["--> a.tif, period 2019", "column 0, row 7", "column 1, row 7", "column 2, row 7", "... and 9 more"];
        assert_eq!(lines, wanted);
    }
}
