//! From `source` to the files of each period.

use std::path::{Path, PathBuf};

use mutirao_core::pipeline::{Missing, Period, PeriodInput};

use super::{files::missing_file, periods::labels};
use crate::{
    sink::Sink,
    suggest::did_you_mean,
    yaml::{Node, Spot},
};

/// What a member asks for.
pub(crate) struct Asked<'a> {
    pub source: &'a Node,
    pub version: Option<&'a str>,
    pub folder: &'a Path,
    /// The pipeline's periods.
    pub periods: &'a [Period],
    /// Those that the member speaks for, ascending.
    pub wanted: &'a [usize],
    /// Those that `bands` lists; none without `bands`.
    pub banded: Option<&'a [usize]>,
    pub missing: Missing,
}

/// Whether a file stands for each period.
pub(crate) fn has_period(source: &Node) -> bool {
    source.one_or_many().iter().any(|item| item.text().is_some_and(|text| text.contains("{period}")))
}

/// The files of each period; what is missing is reported, and its periods are left out.
pub(crate) fn find(asked: &Asked<'_>, sink: &mut Sink) -> Vec<PeriodInput> {
    let items = asked.source.one_or_many();
    let good = items.iter().filter(|item| placeholders_ok(item, asked, sink)).count();
    if good < items.len() || items.iter().any(|item| item.text().is_none()) {
        return Vec::new();
    }
    let patterns: Vec<Pattern> = items.iter().filter_map(|item| pattern(item, asked, sink)).collect();
    let by_period = patterns.iter().any(|pattern| pattern.fixed.is_none());
    let mut found: Vec<(usize, Option<Vec<PathBuf>>)> = Vec::new();
    for &period in asked.wanted {
        let has_band = asked.banded.is_none_or(|banded| banded.contains(&period));
        let files = if has_band { of_period(&patterns, period, asked, sink) } else { None };
        found.push((period, files));
    }
    let none_at_all = found.iter().all(|(_, files)| files.is_none());
    if by_period && none_at_all && !found.is_empty() {
        nothing_there(&patterns, asked, sink);
        return Vec::new();
    }
    fill_gaps(found, asked, sink)
}

/// An entry of `source`; its files are found already if it is the same for all periods.
struct Pattern<'a> {
    text: &'a str,
    spot: Spot,
    fixed: Option<Vec<PathBuf>>,
}

fn pattern<'a>(item: &'a Node, asked: &Asked<'_>, sink: &mut Sink) -> Option<Pattern<'a>> {
    let text = item.text()?;
    if text.contains("{period}") {
        return Some(Pattern { text, spot: item.spot, fixed: None });
    }
    let files = matches(text, None, asked);
    if files.is_empty() {
        not_there(text, item.spot, asked, sink);
    }
    Some(Pattern { text, spot: item.spot, fixed: Some(files) })
}

fn not_there(text: &str, at: Spot, asked: &Asked<'_>, sink: &mut Sink) {
    let filled = fill(text, None, asked.version, |text| text.to_owned());
    let path = asked.folder.join(&filled);
    if path.is_dir() {
        let message = format!("`{filled}` is a folder");
        sink.error(
            "missing-file",
            at,
            message,
            format!("name its files, such as {}/*.tif", filled.trim_end_matches('/')),
        );
    } else if is_glob(text) {
        let message = format!("nothing matches `{filled}`");
        sink.error("missing-file", at, message, "put the files there, or correct the pattern");
    } else {
        missing_file(&filled, &path, at, sink);
    }
}

/// The files of one period, none where no pattern with {period} has one.
fn of_period(patterns: &[Pattern<'_>], period: usize, asked: &Asked<'_>, sink: &mut Sink) -> Option<Vec<PathBuf>> {
    let label = labels(asked.periods)[period];
    let mut files: Vec<PathBuf> = Vec::new();
    let mut absent: Vec<&Pattern<'_>> = Vec::new();
    let mut present = false;
    for pattern in patterns {
        let more = match &pattern.fixed {
            Some(files) => files.clone(),
            None => matches(pattern.text, Some(label), asked),
        };
        match (&pattern.fixed, more.is_empty()) {
            (None, true) => absent.push(pattern),
            (None, false) => present = true,
            _ => {}
        }
        // A file that a list and a glob both name counts once.
        more.into_iter().for_each(|file| {
            if !files.contains(&file) {
                files.push(file)
            }
        });
    }
    if !present && !absent.is_empty() {
        return None;
    }
    for pattern in absent {
        let message = format!("`{}` has no file for {label}, though others of the layer have", pattern.text);
        sink.error(
            "missing-file",
            pattern.spot,
            message,
            "put the file there: a part of a period is never left out silently",
        );
    }
    Some(files)
}

fn nothing_there(patterns: &[Pattern<'_>], asked: &Asked<'_>, sink: &mut Sink) {
    let Some(pattern) = patterns.iter().find(|pattern| pattern.fixed.is_none()) else { return };
    let first = asked.wanted.first().map(|at| labels(asked.periods)[*at]);
    let filled = fill(pattern.text, first, asked.version, |text| text.to_owned());
    if is_glob(pattern.text) || asked.wanted.len() > 1 {
        let message = format!("`{}` has a file for no period; the first would be `{filled}`", pattern.text);
        sink.error("missing-file", pattern.spot, message, "put the files there, or correct the path");
    } else {
        missing_file(&filled, &asked.folder.join(&filled), pattern.spot, sink);
    }
}

fn fill_gaps(found: Vec<(usize, Option<Vec<PathBuf>>)>, asked: &Asked<'_>, sink: &mut Sink) -> Vec<PeriodInput> {
    let mut inputs: Vec<PeriodInput> = Vec::new();
    let mut gaps = Vec::new();
    let mut last: Option<(usize, Vec<PathBuf>)> = None;
    for (period, files) in found {
        match (files, asked.missing, &last) {
            (Some(files), ..) => {
                last = Some((period, files.clone()));
                inputs.push(PeriodInput { period, files, carried_from: None });
            }
            (None, Missing::Previous, Some((from, files))) => {
                inputs.push(PeriodInput { period, files: files.clone(), carried_from: Some(*from) });
            }
            (None, Missing::Nothing, _) => {}
            (None, Missing::Previous | Missing::Error, _) => gaps.push(period),
        }
    }
    if !gaps.is_empty() {
        let names: Vec<&str> = gaps.iter().map(|at| labels(asked.periods)[*at]).collect();
        let what = if asked.banded.is_some() { "file or band" } else { "file" };
        let (before, mend) = match asked.missing {
            Missing::Previous => (
                ", and none before to carry forward",
                "deliver it, or let `periods` begin with the first that it has, or say `missing: nothing`",
            ),
            _ => ("", "deliver it, or say which `periods` it speaks for, or `missing: nothing` or `previous`"),
        };
        let message = format!("no {what} for {}{before}", names.join(", "));
        sink.error("missing-period", asked.source.spot, message, mend);
    }
    inputs
}

/// The files that a text names, sorted where it is a glob. A file of exactly that name comes before any glob.
fn matches(text: &str, period: Option<&str>, asked: &Asked<'_>) -> Vec<PathBuf> {
    let literal = asked.folder.join(fill(text, period, asked.version, |text| text.to_owned()));
    let folder_format = literal.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("gdb"));
    if literal.is_file() || (folder_format && literal.is_dir()) {
        return vec![literal];
    }
    if !is_glob(text) {
        return Vec::new();
    }
    let inside = fill(text, period, asked.version, glob::Pattern::escape);
    let pattern = match (Path::new(&inside).is_absolute(), asked.folder.to_str()) {
        (true, _) | (false, Some("")) => inside,
        (false, Some(folder)) => format!("{}/{inside}", glob::Pattern::escape(folder.trim_end_matches('/'))),
        (false, None) => return Vec::new(),
    };
    let options =
        glob::MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };
    let Ok(paths) = glob::glob_with(&pattern, options) else { return Vec::new() };
    let mut files: Vec<PathBuf> = paths.flatten().filter(|path| path.is_file()).collect();
    files.sort();
    files
}

fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

fn fill(text: &str, period: Option<&str>, version: Option<&str>, escape: impl Fn(&str) -> String) -> String {
    let mut filled = text.to_owned();
    for (name, value) in [("{period}", period), ("{version}", version)] {
        if let Some(value) = value {
            filled = filled.replace(name, &escape(value));
        }
    }
    filled
}

fn placeholders_ok(item: &Node, asked: &Asked<'_>, sink: &mut Sink) -> bool {
    let Some(text) = item.text() else { return false };
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        if name == "version" && asked.version.is_none() {
            let message = format!("`{text}` needs a version, and none is given");
            sink.error("missing-key", item.spot, message, "add `version` to the layer or member");
            return false;
        }
        if !matches!(name, "period" | "version") {
            let hint = did_you_mean(name, ["period", "version"]);
            let message = format!("`{text}` has the unknown placeholder {{{name}}}{hint}");
            sink.error("invalid-value", item.spot, message, "write {period} or {version}, or list the files");
            return false;
        }
        rest = after;
    }
    true
}
