//! Values that a contract may say and that can hardly be meant. Each is a warning: whoever wrote it knows better.

use mutirao_core::values::ValueSet;
use mutirao_pipeline::text::{Node, Sink};

/// The code of these warnings.
pub(crate) const CODE: &str = "contract-doubtful-value";

/// Classes that none can be: classes are whole numbers from 0 to 65,535. What a set leaves open is no class that somebody named.
pub(crate) fn classes(allowed: &ValueSet, node: &Node, sink: &mut Sink) {
    let is_open = |(from, to): &&(i32, i32)| *from == i32::MIN || *to == i32::MAX;
    let closed = allowed.ranges().iter().filter(|range| !is_open(range));
    let all = closed.fold(ValueSet::empty(), |all, (from, to)| all.union(&ValueSet::range(*from, *to)));
    let odd = all.intersection(&ValueSet::range(0, i32::from(u16::MAX)).complement()).with_nothing(false);
    if !odd.is_empty() {
        let message = format!("`allowed` has {}, which no class can be", odd.listed());
        sink.warning(CODE, node.spot, message, "write ids of the legend: whole numbers from 0 to 65535");
    }
}

/// A label of a period that looks like a range: with dots, or two years with a dash between them.
pub(crate) fn period(label: &str, node: &Node, sink: &mut Sink) {
    let is_year = |text: &str| text.trim().len() == 4 && text.trim().bytes().all(|digit| digit.is_ascii_digit());
    let years = ['-', '\u{2013}', '\u{2014}'].iter().find_map(|dash| label.split_once(*dash));
    let years = years.filter(|(from, to)| is_year(from) && is_year(to));
    if years.is_none() && !label.contains("..") {
        return;
    }
    let message =
        format!("the period \"{}\" is taken as one label, though it looks like a range", label.escape_debug());
    let mend = match years {
        Some((from, to)) => {
            format!("write {}..{} for all of them; leave it if it is one period", from.trim(), to.trim())
        }
        None => "write a range as 2019..2022, with whole numbers at its ends".to_owned(),
    };
    sink.warning(CODE, node.spot, message, mend);
}
