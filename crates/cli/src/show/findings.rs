//! Findings as a good compiler tells them: what, where with the line, and how to mend it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mutirao_core::finding::{Finding, Place, Severity, Where};

pub(super) const RED: &str = "\x1b[31;1m";
pub(super) const YELLOW: &str = "\x1b[33;1m";
pub(super) const GREEN: &str = "\x1b[32;1m";
pub(super) const BLUE: &str = "\x1b[34;1m";
pub(super) const BOLD: &str = "\x1b[1m";
pub(super) const PLAIN: &str = "\x1b[0m";

/// Tells findings on standard error; colours go where the terminal takes them.
pub fn tell(findings: &[Finding], sources: &BTreeMap<String, String>) {
    let text: String = findings.iter().map(|finding| render(finding, sources)).collect();
    anstream::eprint!("{text}");
}

/// The same without notes on tables, before work that does not wait for them: they are the same at every run, and `lint` tells them.
pub fn tell_without_notes_on_tables(findings: &[Finding], sources: &BTreeMap<String, String>) {
    let told: Vec<Finding> = findings.iter().filter(|finding| note_on_a_table(finding).is_none()).cloned().collect();
    tell(&told, sources);
}

/// A line that counts findings.
pub fn count(findings: &[Finding]) -> String {
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    format!(
        "{}, {}, {}",
        counted(of(Severity::Error), "error"),
        counted(of(Severity::Warning), "warning"),
        counted(of(Severity::Info), "note")
    )
}

/// `1 error`, `2 errors`.
pub(super) fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn render(finding: &Finding, sources: &BTreeMap<String, String>) -> String {
    let (colour, word) = match finding.severity {
        Severity::Error => (RED, "error"),
        Severity::Warning => (YELLOW, "warning"),
        Severity::Info => (BLUE, "note"),
    };
    let mut text = format!("{colour}{word}{PLAIN}{BOLD}[{}]: {}{PLAIN}\n", finding.code, printable(&finding.message));
    if let Some(place) = note_on_a_table(finding) {
        arrow(&mut text, place);
        return text + "\n";
    }
    match &finding.place {
        Some(Where::File(place)) => excerpt(&mut text, place, None, sources),
        Some(Where::Regions(classes)) => {
            for class in classes {
                let regions: Vec<String> = class.regions.iter().map(i32::to_string).collect();
                let _ = writeln!(
                    text,
                    "  {BLUE}={PLAIN} class {} where {} is {}",
                    class.class,
                    class.layer,
                    regions.join(", ")
                );
            }
        }
        Some(Where::Pixels(_)) | None => {}
    }
    if let Some(mend) = &finding.mend {
        let _ = writeln!(text, "  {BLUE}help:{PLAIN} {}", printable(mend));
    }
    text.push('\n');
    text
}

/// Where a note stands that tells of lines of a table: it names them all, and nothing need be mended, so that place is enough. Most
/// networks have such notes for every partner, and they must not drown what matters; `--json` has the whole.
fn note_on_a_table(finding: &Finding) -> Option<&Place> {
    match &finding.place {
        Some(Where::File(place)) if finding.severity == Severity::Info && place.file.ends_with(".csv") => Some(place),
        _ => None,
    }
}

fn arrow(text: &mut String, place: &Place) {
    let _ = writeln!(text, "  {BLUE}-->{PLAIN} {}:{}:{}", printable(&place.file), place.line, place.column);
}

/// Longer lines are cut around the place.
const LINE: usize = 160;
/// Of a line that is cut, so much stands before the place.
const BEFORE: usize = 40;

/// The line of a text that a place is in, with the place under it and what stands there.
pub(super) fn excerpt(text: &mut String, place: &Place, name: Option<&str>, sources: &BTreeMap<String, String>) {
    arrow(text, place);
    let lines = |source: &str| source.lines().nth((place.line as usize).saturating_sub(1)).map(str::to_owned);
    if let Some(line) = sources.get(&place.file).and_then(|source| lines(source)) {
        let number = place.line.to_string();
        let gap = " ".repeat(number.len());
        let (shown, column) = cut(&line, (place.column as usize).saturating_sub(1));
        let before = " ".repeat(column);
        let name = name.filter(|name| !line.contains(name)).map(|name| format!(" {name}")).unwrap_or_default();
        let _ = writeln!(
            text,
            "{gap} {BLUE}|{PLAIN}\n{BLUE}{number} |{PLAIN} {}\n{gap} {BLUE}| {before}^{}{PLAIN}",
            printable(&shown),
            printable(&name)
        );
    }
}

/// As much of a line as there is room for around a column (from 0), and the column in it.
fn cut(line: &str, column: usize) -> (String, usize) {
    let letters: Vec<char> = line.trim_end().chars().collect();
    if letters.len() <= LINE {
        return (letters.iter().collect(), column);
    }
    let column = column.min(letters.len());
    let from = if column <= LINE / 2 { 0 } else { column - BEFORE };
    let to = (from + LINE).min(letters.len());
    let part: String = letters[from..to].iter().collect();
    let (head, tail) = (if from > 0 { "..." } else { "" }, if to < letters.len() { "..." } else { "" });
    (format!("{head}{part}{tail}"), column - from + head.len())
}

/// Control characters of partners' texts never reach the terminal. A tab is a blank, so that what follows stays in its column.
pub(super) fn printable(text: &str) -> String {
    let shown = |c: char| match c {
        '\t' => ' ',
        c if c.is_control() && c != '\n' => '\u{fffd}',
        c => c,
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tab_is_a_blank_and_the_caret_stays_right() {
        let place = Place { file: "a.yaml".to_owned(), line: 2, column: 5 };
        let sources = BTreeMap::from([("a.yaml".to_owned(), "id: x\n\tab\tcd\u{7}\n".to_owned())]);
        let mut text = String::new();
        excerpt(&mut text, &place, None, &sources);
        assert!(text.contains(&format!("2 |{PLAIN}  ab cd\u{fffd}\n")), "{text}");
        assert!(text.ends_with(&format!("|     ^{PLAIN}\n")), "{text}");
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let line: String = (0..400u32).map(|at| char::from(b'a' + (at % 26) as u8)).collect();
        assert_eq!(cut("short  ", 3), ("short".to_owned(), 3));
        for column in [0, 55, 56, 200, 399] {
            let (shown, at) = cut(&line, column);
            assert!(shown.chars().count() <= LINE + 6, "{shown}");
            assert_eq!(shown.chars().nth(at), line.chars().nth(column), "{column}");
        }
    }
}
