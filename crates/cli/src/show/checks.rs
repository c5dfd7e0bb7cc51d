//! A delivery's judgement, told as a good compiler tells: what, where, the line of the contract, and how to mend it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mutirao_check::{CheckFinding, Outcome, Report, Sure, Where};
use mutirao_core::finding::{Place, Severity};

use super::findings::{BLUE, BOLD, PLAIN, RED, YELLOW, excerpt, printable};

/// Tells a judgement on standard error.
pub fn tell(report: &Report, texts: &BTreeMap<String, String>) {
    let text: String = report.findings.iter().map(|finding| render(finding, texts)).collect();
    anstream::eprint!("{text}{}", summary(report));
}

fn render(finding: &CheckFinding, texts: &BTreeMap<String, String>) -> String {
    let (colour, word) = match finding.severity {
        Severity::Error => (RED, "error"),
        Severity::Warning => (YELLOW, "warning"),
        Severity::Info => (BLUE, "note"),
    };
    let mut text = format!("{colour}{word}{PLAIN}{BOLD}[{}]: {}{PLAIN}\n", finding.code, printable(&finding.message));
    let places = if finding.first.is_empty() {
        finding.place.iter().collect()
    } else {
        finding.first.iter().collect::<Vec<_>>()
    };
    for place in places.iter().filter_map(|place| words(place)).take(3) {
        let _ = writeln!(text, "  {BLUE}-->{PLAIN} {}", printable(&place));
    }
    if let Some(rest) = finding.count.map(|count| count.saturating_sub(3)).filter(|rest| *rest > 0 && places.len() > 3)
    {
        let _ = writeln!(text, "  {BLUE}...{PLAIN} and {rest} more");
    }
    if let Some(rule) = &finding.rule {
        excerpt(&mut text, &rule.place, texts);
    } else if let Some(Where { file: Some(file), line: Some(line), column: Some(column), .. }) = &finding.place {
        excerpt(&mut text, &Place { file: file.clone(), line: *line, column: *column }, texts);
    }
    match finding.sure {
        Sure::Certain => {}
        Sure::Estimated => text.push_str(&format!("  {BLUE}sure:{PLAIN} estimated from a sample\n")),
        Sure::Likely => text.push_str(&format!("  {BLUE}sure:{PLAIN} likely, not certain\n")),
    }
    if let Some(mend) = &finding.mend {
        let _ = writeln!(text, "  {BLUE}help:{PLAIN} {}", printable(mend));
    }
    text.push('\n');
    text
}

/// A place in data, in one line.
fn words(place: &Where) -> Option<String> {
    let mut parts: Vec<String> = place.file.iter().filter(|_| place.line.is_none()).cloned().collect();
    parts.extend(place.period.iter().filter(|period| !period.is_empty()).map(|period| format!("period {period}")));
    parts.extend(place.band.map(|band| format!("band {band}")));
    parts.extend(place.feature.iter().map(|feature| format!("feature {feature}")));
    parts.extend(
        place.window.map(|[col, row, width, height]| {
            format!("columns {col} to {}, rows {row} to {}", col + width, row + height)
        }),
    );
    parts.extend(place.pixel.map(|[col, row]| format!("column {col}, row {row}")));
    parts.extend(place.xy.map(|[x, y]| format!("at {x} {y}")));
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The verdict with its counts, and what was not judged.
fn summary(report: &Report) -> String {
    let mut text = String::new();
    for rule in &report.rules {
        let what = match rule.outcome {
            Outcome::Pending => "not run here",
            Outcome::Undefined => "cannot be told",
            Outcome::Unjudged => "not judged",
            Outcome::Kept | Outcome::Broken => continue,
        };
        let name = rule.rule.as_ref().and_then(|rule| rule.name.clone()).unwrap_or_else(|| rule.check.clone());
        let because = rule.because.as_deref().unwrap_or_default();
        let _ = writeln!(text, "{what}: {} ({}): {}", printable(&name), rule.check, printable(because));
    }
    let of = |outcome: Outcome| report.rules.iter().filter(|rule| rule.outcome == outcome).count();
    let kept = of(Outcome::Kept);
    let judged = kept + of(Outcome::Broken);
    let colour = match report.verdict {
        mutirao_check::Verdict::Pass => "\x1b[32;1m",
        mutirao_check::Verdict::Pending => YELLOW,
        mutirao_check::Verdict::Fail | mutirao_check::Verdict::Refused => RED,
    };
    let count = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let _ = writeln!(
        text,
        "{colour}{}{PLAIN}: {} (contract {}): {kept} of {judged} checks kept; {} errors, {} warnings, {} notes",
        report.verdict.word(),
        printable(&report.layer),
        printable(&report.contract),
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Info)
    );
    text
}
