//! A delivery's judgement, told as a good compiler tells: what, where, the line of the contract, and how to mend it.
//!
//! Findings of one rule and code are told once, the worst in full. What matters most stands last, where a terminal is when a
//! command ends: notes, warnings, errors, what was not judged, the verdict.

mod group;
mod place;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use mutirao_check::{CheckFinding, Kept, Outcome, Report, Sure, Verdict, Where};
use mutirao_contract::waivers::Waiver;
use mutirao_core::finding::{Place, Severity};

use self::group::{Group, groups};
use super::findings::{BLUE, BOLD, GREEN, PLAIN, RED, YELLOW, counted, excerpt, printable};

pub use place::words;

/// Tells a judgement on standard error. Of findings that were drawn, `pictures` holds the files, by the finding's place.
pub fn tell(report: &Report, texts: &BTreeMap<String, String>, pictures: &BTreeMap<usize, PathBuf>) {
    tell_waived(report, &[], texts, pictures);
}

/// The same, with the waivers that let findings pass, by finding.
pub fn tell_waived(
    report: &Report,
    waivers: &[Option<Waiver>],
    texts: &BTreeMap<String, String>,
    pictures: &BTreeMap<usize, PathBuf>,
) {
    let groups = groups(&report.findings, waivers);
    let mut text: String = groups.iter().rev().map(|group| render(group, texts, pictures)).collect();
    text.push_str(&unjudged(report));
    let is_shortened = groups.iter().any(|group| !group.others.is_empty() || group.worst.first.len() > place::SHOWN);
    if is_shortened && report.verdict == Verdict::Fail {
        let how = if pictures.is_empty() { "; `--preview DIR` draws the places" } else { "" };
        let _ = writeln!(text, "{BLUE}help:{PLAIN} `--json` tells all findings, each with its first places{how}");
    }
    anstream::eprint!("{text}{}", verdict(report, waivers));
}

fn render(group: &Group<'_>, texts: &BTreeMap<String, String>, pictures: &BTreeMap<usize, PathBuf>) -> String {
    let finding = group.worst;
    let (colour, word) = match finding.severity {
        _ if group.waiver.is_some() => (YELLOW, "waived"),
        Severity::Error => (RED, "error"),
        Severity::Warning => (YELLOW, "warning"),
        Severity::Info => (BLUE, "note"),
    };
    let mut text = format!("{colour}{word}{PLAIN}{BOLD}[{}]: {}{PLAIN}\n", finding.code, printable(&finding.message));
    text.push_str(&place::places(finding));
    if let Some(picture) = pictures.get(&group.at) {
        let _ = writeln!(text, "      drawn in {}", printable(&picture.display().to_string()));
    }
    if let Some((place, name)) = asked_at(finding) {
        excerpt(&mut text, &place, name, texts);
    }
    text.push_str(&group.others());
    match finding.sure {
        Sure::Certain => {}
        Sure::Estimated => text.push_str(&format!("  {BLUE}sure:{PLAIN} estimated from a sample\n")),
        Sure::Likely => text.push_str(&format!("  {BLUE}sure:{PLAIN} likely, not certain\n")),
    }
    match (group.waiver, &finding.mend) {
        (Some(Waiver { allowed_by, why, until, .. }), _) => {
            let words = format!("{allowed_by} allowed it until {until}: {why}");
            let _ = writeln!(text, "  {BLUE}waived:{PLAIN} {}", printable(&words));
        }
        (None, Some(mend)) => _ = writeln!(text, "  {BLUE}help:{PLAIN} {}", printable(mend)),
        (None, None) => {}
    }
    text.push('\n');
    text
}

/// The place in a text, and what the rule there is called.
fn asked_at(finding: &CheckFinding) -> Option<(Place, Option<&str>)> {
    if let Some(rule) = &finding.rule {
        return Some((rule.place.clone(), rule.name.as_deref()));
    }
    let Where { file: Some(file), line: Some(line), column: Some(column), .. } = finding.place.as_ref()? else {
        return None;
    };
    Some((Place { file: file.clone(), line: *line, column: *column }, None))
}

/// The rules that were not judged, and why.
fn unjudged(report: &Report) -> String {
    let mut text = String::new();
    for rule in &report.rules {
        let what = match rule.outcome {
            Outcome::Pending => "not run here",
            Outcome::Undefined => "cannot be told",
            Outcome::Unjudged => "not judged",
            Outcome::Kept | Outcome::Broken => continue,
        };
        let because = printable(rule.because.as_deref().unwrap_or_default());
        match rule.rule.as_ref().and_then(|rule| rule.name.as_ref()) {
            Some(name) => _ = writeln!(text, "{BLUE}{what}{PLAIN}[{}]: {}: {because}", rule.check, printable(name)),
            None => _ = writeln!(text, "{BLUE}{what}{PLAIN}[{}]: {because}", rule.check),
        }
    }
    text
}

/// The verdict with its counts, in one line.
fn verdict(report: &Report, waivers: &[Option<Waiver>]) -> String {
    let Kept { kept, judged, left } = report.kept();
    let (colour, means) = match report.verdict {
        Verdict::Pass => (GREEN, "is as agreed"),
        Verdict::Pending => (YELLOW, "is as agreed, as far as it can be judged here"),
        Verdict::Fail => (RED, "is not as agreed"),
        Verdict::Refused => (RED, "could not be judged"),
    };
    let count = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let mut parts = vec![format!("{kept} of {} kept", counted(judged as usize, "rule"))];
    if left > 0 {
        parts.push(format!("{left} not judged"));
    }
    let errors = counted(count(Severity::Error), "error");
    match waivers.iter().flatten().count() {
        0 => parts.push(errors),
        waived => parts.push(format!("{errors} ({waived} waived)")),
    }
    parts.push(counted(count(Severity::Warning), "warning"));
    parts.push(counted(count(Severity::Info), "note"));
    format!(
        "{colour}{}{PLAIN}{BOLD}: {} {means}{PLAIN} (contract {}): {}\n",
        report.verdict.word(),
        printable(&report.layer),
        printable(&report.contract),
        parts.join(", ")
    )
}
