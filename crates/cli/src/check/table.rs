//! Lines of CSV files that do not fit their header: what reads them drops values, and says nothing.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};
use mutirao_check::{CheckFinding, Where};
use mutirao_contract::checks::Element;
use mutirao_core::finding::Severity;

/// The code of these findings.
const CODE: &str = "table-lines";

/// So many lines are told.
const FIRST: usize = 10;

/// Lines of a length that is not the header's.
#[derive(Default)]
struct Lines {
    count: u64,
    first: Vec<Where>,
}

/// What is wrong with the lines of a CSV file; nothing of other files, and of those that cannot be read.
pub fn findings(path: &Path, name: &str) -> Vec<CheckFinding> {
    let is_csv = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv") || e.eq_ignore_ascii_case("tsv"));
    if is_csv { of_lines(path, name).unwrap_or_default() } else { Vec::new() }
}

fn of_lines(path: &Path, name: &str) -> Option<Vec<CheckFinding>> {
    let mut head = String::new();
    BufReader::new(File::open(path).ok()?).read_line(&mut head).ok()?;
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(&head)).from_path(path).ok()?;
    let mut record = ByteRecord::new();
    if !reader.read_byte_record(&mut record).ok()? {
        return None;
    }
    let text = |field: &[u8]| String::from_utf8_lossy(field).trim_start_matches('\u{feff}').trim().to_owned();
    let header: Vec<String> = record.iter().map(text).collect();
    let mut findings: Vec<CheckFinding> = twice(&header).into_iter().map(|column| doubled(name, &column)).collect();
    let (mut longer, mut shorter) = (Lines::default(), Lines::default());
    while reader.read_byte_record(&mut record).ok()? {
        let lines = match record.len().cmp(&header.len()) {
            std::cmp::Ordering::Equal => continue,
            std::cmp::Ordering::Greater => &mut longer,
            std::cmp::Ordering::Less => &mut shorter,
        };
        lines.count += 1;
        if lines.first.len() < FIRST {
            let line = record.position().map(|position| u32::try_from(position.line()).unwrap_or(u32::MAX));
            lines.first.push(Where { line, ..Where::file(name) });
        }
    }
    findings.extend(longer.finding(Severity::Error, "more", header.len(), "values without a column are dropped"));
    findings.extend(shorter.finding(Severity::Warning, "fewer", header.len(), "what is not there is taken for empty"));
    Some(findings)
}

/// The sign that stands most often in the header outside of quotes, as GDAL finds it.
fn delimiter(head: &str) -> u8 {
    let bare: Vec<&str> = head.split('"').step_by(2).collect();
    let count = |sign: &u8| bare.iter().map(|part| part.bytes().filter(|byte| byte == sign).count()).sum::<usize>();
    // Of equals the last is taken.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn twice(header: &[String]) -> Vec<String> {
    let again = header.iter().enumerate().filter(|(at, column)| header[..*at].contains(column));
    let mut columns: Vec<String> = again.map(|(_, column)| column.clone()).collect();
    columns.dedup();
    columns
}

fn doubled(name: &str, column: &str) -> CheckFinding {
    let message =
        format!("{name} has the column \"{}\" twice; which of them is meant nobody can know", column.escape_debug());
    let finding = CheckFinding::new(CODE, Element::Format, Severity::Error, message);
    finding
        .at(Where { line: Some(1), ..Where::file(name) })
        .with_mend("give every column a name of its own, or take one out")
}

impl Lines {
    fn finding(self, severity: Severity, than: &str, columns: usize, so: &str) -> Option<CheckFinding> {
        if self.count == 0 {
            return None;
        }
        let (lines, have) = if self.count == 1 { ("line", "has") } else { ("lines", "have") };
        let message =
            format!("{} {lines} {have} {than} values than the header has columns ({columns}): {so}", self.count);
        let finding = CheckFinding::new(CODE, Element::Format, severity, message).at_places(self.count, self.first);
        Some(finding.with_mend("give every line the same columns; put texts with the separating sign in quotes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_separated_by_what_stands_most() {
        for (head, sign) in [("a,b;c,d", b','), ("a;b;c", b';'), ("a\tb", b'\t'), ("\"a;b;c\",d", b','), ("a", b',')] {
            assert_eq!(delimiter(head), sign, "{head}");
        }
    }
}
