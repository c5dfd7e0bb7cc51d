//! Periods: those of the pipeline, and selections of them.

use mutirao_core::pipeline::Period;

use crate::{
    keys::top::MAX_PERIODS,
    scalar,
    sink::Sink,
    suggest::{did_you_mean, mend_name},
    yaml::{Node, Spot},
};

/// A part of a list of periods.
enum Term<'a> {
    Label(&'a str),
    /// Whole numbers, inclusive; an open end is none.
    Range(Option<i64>, Option<i64>),
}

fn term(text: &str) -> Term<'_> {
    let end = |text: &str| if text.trim().is_empty() { Some(None) } else { scalar::integer(text.trim()).map(Some) };
    match text.split_once("..").map(|(from, to)| (end(from), end(to))) {
        Some((Some(None), Some(None))) | None => Term::Label(text),
        Some((Some(from), Some(to))) => Term::Range(from, to),
        Some(_) => Term::Label(text),
    }
}

/// The pipeline's own periods, in the order in which they stand.
pub(crate) fn read_periods(node: &Node, sink: &mut Sink) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    if node.is_mapping() {
        for entry in node.entries() {
            let [start, end] = ["start", "end"].map(|key| entry.value.get_text(key).map(str::to_owned));
            if start > end && end.is_some() {
                let message = format!("the period {} ends before it starts", entry.key);
                sink.error("invalid-value", entry.spot, message, "write `start` and `end` the other way round");
            }
            add(Period { label: entry.key.clone(), start, end }, entry.spot, &mut periods, sink);
        }
    }
    for item in node.one_or_many() {
        match item.text().map(term) {
            Some(Term::Label(label)) => add(bare(label), item.spot, &mut periods, sink),
            Some(Term::Range(Some(from), Some(to))) if from <= to && to - from < MAX_PERIODS as i64 => {
                (from..=to).for_each(|year| add(bare(&year.to_string()), item.spot, &mut periods, sink));
            }
            Some(Term::Range(Some(from), Some(to))) if from <= to => too_many(item.spot, sink),
            Some(Term::Range(..)) => {
                let message = format!("{} is no range of periods", item.shown());
                sink.error("invalid-value", item.spot, message, "write the first and the last, such as 2016..2020");
            }
            None => {}
        }
    }
    if periods.len() > MAX_PERIODS {
        too_many(node.spot, sink);
    }
    let spot = |label: &str| node.entry(label).map_or(node.spot, |entry| entry.spot);
    check_order(&periods, spot, sink);
    check_overlap(&periods, spot, sink);
    periods
}

/// The first and the last day of a period that has both in their order.
fn bounds(period: &Period) -> Option<(&str, &str)> {
    let (start, end) = (period.start.as_deref()?, period.end.as_deref()?);
    (start <= end).then_some((start, end))
}

/// Transitions go from one period to the next as listed, and what is carried forward comes from an earlier one as listed.
fn check_order(periods: &[Period], spot: impl Fn(&str) -> Spot, sink: &mut Sink) {
    for pair in periods.windows(2) {
        let [before, after] = [&pair[0], &pair[1]].map(|period| bounds(period).map(|(start, _)| start));
        if before.zip(after).is_some_and(|(before, after)| after < before) {
            let message =
                format!("the period {} begins before {}, which is listed first", pair[1].label, pair[0].label);
            let mend = "list periods as they follow one another: changes are counted from one to the next";
            sink.warning("period-order", spot(&pair[1].label), message, mend);
        }
    }
}

/// Dates are written year first, so their text sorts as they do.
fn check_overlap(periods: &[Period], spot: impl Fn(&str) -> Spot, sink: &mut Sink) {
    let mut known: Vec<(&str, &str, &Period)> =
        periods.iter().filter_map(|period| bounds(period).map(|(start, end)| (start, end, period))).collect();
    known.sort_by_key(|(start, end, _)| (*start, *end));
    let mut latest: Option<(&str, &str)> = None;
    for (start, end, period) in known {
        if let Some((until, before)) = latest.filter(|(until, _)| start <= *until) {
            let message =
                format!("the periods {before} and {} share days, {start} to {}", period.label, until.min(end));
            let mend = "let one end on the day before the other begins, if that is not meant";
            sink.warning("period-overlap", spot(&period.label), message, mend);
        }
        latest = latest.max(Some((end, &period.label)));
    }
}

fn too_many(at: Spot, sink: &mut Sink) {
    let message = format!("a pipeline has at most {MAX_PERIODS} periods");
    sink.error("too-many", at, message, "split it into several pipelines");
}

fn bare(label: &str) -> Period {
    let year = label.len() == 4 && label.bytes().all(|b| b.is_ascii_digit());
    let day = |day: &str| year.then(|| format!("{label}-{day}"));
    Period { label: label.to_owned(), start: day("01-01"), end: day("12-31") }
}

fn add(period: Period, at: Spot, periods: &mut Vec<Period>, sink: &mut Sink) {
    if !scalar::is_file_name(&period.label) {
        let message = format!("the period \"{}\" can be no file's name", period.label.escape_debug());
        sink.error("invalid-value", at, message, "use letters, digits, `.`, `_` and `-`, no dot first");
    }
    if periods.iter().any(|known| known.label == period.label) {
        let message = format!("the period {} stands twice", period.label);
        sink.error("invalid-value", at, message, "take one of them away");
    } else {
        periods.push(period);
    }
}

/// Who selects periods.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaker {
    /// A layer, which may speak for years that the pipeline does not have.
    Layer,
    /// A rule, which may not.
    Rule,
}

/// The places of the pipeline's periods that a node names, ascending. Unknown ones are reported; so is a range where labels
/// are no whole numbers.
pub(crate) fn select(node: &Node, periods: &[Period], speaker: Speaker, sink: &mut Sink) -> Vec<usize> {
    let mut chosen = vec![false; periods.len()];
    for item in node.one_or_many() {
        let Some(text) = item.text() else { continue };
        match term(text) {
            Term::Label(label) => {
                if let Some(at) = place(label, item.spot, periods, speaker, sink) {
                    chosen[at] = true;
                }
            }
            Term::Range(from, to) => range(text, (from, to), item.spot, periods, &mut chosen, speaker, sink),
        }
    }
    chosen.iter().enumerate().filter(|(_, chosen)| **chosen).map(|(at, _)| at).collect()
}

fn range(
    text: &str,
    (from, to): (Option<i64>, Option<i64>),
    at: Spot,
    periods: &[Period],
    chosen: &mut [bool],
    speaker: Speaker,
    sink: &mut Sink,
) {
    let years: Vec<Option<i64>> = periods.iter().map(|period| scalar::integer(&period.label)).collect();
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        let message = format!("the range {text} is the wrong way round");
        return sink.error("invalid-value", at, message, "write the smaller end first");
    }
    if !years.is_empty() && years.iter().all(Option::is_none) {
        let message = format!("the range {text} needs periods that are whole numbers");
        return sink.error("invalid-value", at, message, "list the periods one by one");
    }
    let mut any = false;
    for (place, year) in years.iter().enumerate() {
        if year.is_some_and(|year| from.is_none_or(|from| from <= year) && to.is_none_or(|to| year <= to)) {
            chosen[place] = true;
            any = true;
        }
    }
    if !any && speaker == Speaker::Rule && !periods.is_empty() {
        let message = format!("no period of the pipeline lies in {text}");
        sink.error("unknown-period", at, message, mend_name("periods", text, &labels(periods)));
    }
}

/// The place of one label. A layer may name years that the pipeline does not have, if its periods are years too.
pub(crate) fn place(label: &str, at: Spot, periods: &[Period], speaker: Speaker, sink: &mut Sink) -> Option<usize> {
    let found = periods.iter().position(|period| period.label == label);
    let is_year = |label: &str| scalar::integer(label).is_some();
    let alike = is_year(label) && periods.iter().all(|period| is_year(&period.label));
    if found.is_none() && !periods.is_empty() && !(speaker == Speaker::Layer && alike) {
        let known = labels(periods);
        let hint = did_you_mean(label, known.iter().copied());
        let message = format!("the pipeline has no period \"{}\"{hint}", label.escape_debug());
        sink.error("unknown-period", at, message, mend_name("periods", label, &known));
    }
    found
}

/// The labels of periods.
pub(crate) fn labels(periods: &[Period]) -> Vec<&str> {
    periods.iter().map(|period| period.label.as_str()).collect()
}
