//! The metrics of ODCS's library.

use std::collections::HashSet;

use mutirao_contract::Property;
use mutirao_contract::metric::{self, Counts, Limit, Metric, Unit};
use mutirao_core::features::Texts;
use regex::Regex;

use super::layer::{Layer, Rows, most_frequent_or_null, quoted};
use super::missing::of_property;
use crate::{
    report::{CheckFinding, Value},
    rules::{Heading, Judged},
};

/// Counts, and holds the count against the limits.
pub fn judge(layer: &Layer<'_>, property: Option<&Property>, metric: &Metric, heading: &Heading) -> Judged {
    let names: Vec<String> = match &metric.counts {
        Counts::DuplicateValues(names) if !names.is_empty() => {
            names.iter().map(|name| of_property(layer, name)).collect()
        }
        _ => property.map(|property| layer.file_name(property)).into_iter().collect(),
    };
    let columns: Vec<&Texts> = names.iter().filter_map(|name| layer.column(name)).collect();
    if columns.len() < names.len() {
        return Judged::Told("the attribute is missing".to_owned());
    }
    let counted = match count(layer, &metric.counts, &columns) {
        Ok(counted) => counted,
        Err(why) => return Judged::Unjudged(why),
    };
    let rows: Rows = counted.iter().copied().collect();
    match metric.judge(rows.count, layer.len()) {
        metric::Judged::Holds { measured } => Judged::of(Vec::new(), value(metric.unit, rows.count, measured)),
        metric::Judged::Undefined => Judged::Undefined("there are no rows".to_owned()),
        metric::Judged::Broken { measured, limits } => {
            let mut message = sentence(layer, metric, &names.join(" and "), &rows, measured, &limits);
            if let (Counts::InvalidValues { .. } | Counts::DuplicateValues(_) | Counts::MissingValues(_), [column]) =
                (&metric.counts, &columns[..])
                && too_many(&limits, measured)
            {
                let values = counted.iter().map(|row| column.get(*row));
                message = format!("{message}: {}", most_frequent_or_null(values));
            }
            let unit = unit(metric.unit);
            let expected: Vec<String> = limits.iter().map(|limit| format!("{limit}{unit}")).collect();
            let finding = finding(layer, heading, &rows, message, too_many(&limits, measured));
            let value = value(metric.unit, rows.count, measured);
            let finding =
                CheckFinding { count: Some(rows.count), ..finding }.but(expected.join(" and "), value.clone());
            Judged::of(vec![finding.with_mend(mend(&metric.counts, too_many(&limits, measured)))], value)
        }
    }
}

/// The rows that are counted are the trouble only where there are too many of them.
fn finding(layer: &Layer<'_>, heading: &Heading, rows: &Rows, message: String, is_trouble: bool) -> CheckFinding {
    if is_trouble && heading.code != "row-count" {
        layer.finding_at(heading, rows, message)
    } else {
        layer.finding(heading, message)
    }
}

/// What is compared: a count of rows, or percent.
fn value(unit: Unit, count: u64, measured: f64) -> Value {
    match unit {
        Unit::Rows => Value::Count(count),
        Unit::Percent => Value::Number(measured),
    }
}

fn too_many(limits: &[Limit], measured: f64) -> bool {
    limits.iter().any(|limit| match *limit {
        Limit::Be(value) | Limit::LessThan(value) | Limit::LessOrEqualTo(value) | Limit::Between(_, value) => {
            measured >= value
        }
        Limit::NotBe(_) | Limit::NotBetween(..) | Limit::GreaterThan(_) | Limit::GreaterOrEqualTo(_) => false,
    })
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Rows => "",
        Unit::Percent => " %",
    }
}

fn sentence(layer: &Layer<'_>, metric: &Metric, names: &str, rows: &Rows, measured: f64, limits: &[Limit]) -> String {
    let unit = unit(metric.unit);
    let wanted: Vec<String> = limits.iter().map(|limit| format!("{limit}{unit}")).collect();
    let what = match &metric.counts {
        Counts::RowCount if rows.count == 1 => "there is 1 row".to_owned(),
        Counts::RowCount => format!("there are {} rows", rows.count),
        Counts::NullValues => format!("{names} is null in {} of {} rows", rows.count, layer.len()),
        Counts::MissingValues(_) => {
            format!("{names} stands for a missing value in {} of {} rows", rows.count, layer.len())
        }
        Counts::InvalidValues { .. } => format!("{names} is not valid in {} of {} rows", rows.count, layer.len()),
        Counts::DuplicateValues(_) => format!("{names} stood before in {} of {} rows", rows.count, layer.len()),
    };
    let share = if metric.unit == Unit::Percent { format!(" ({measured:.4} %)") } else { String::new() };
    format!("{what}{share}; agreed is {}", wanted.join(" and "))
}

fn mend(counts: &Counts, is_trouble: bool) -> &'static str {
    match counts {
        Counts::RowCount => "see that the delivery is whole, and that nothing stands in it twice",
        _ if !is_trouble => "see that the delivery is whole; if it is, talk about the limit",
        Counts::NullValues | Counts::MissingValues(_) => "fill in the values, or talk about the limit",
        Counts::InvalidValues { .. } => "write the values as agreed (QGIS: field calculator)",
        Counts::DuplicateValues(_) => "give each row a value of its own, or take out what stands twice",
    }
}

/// The rows that are counted, all of them.
fn count(layer: &Layer<'_>, counts: &Counts, columns: &[&Texts]) -> Result<Vec<usize>, String> {
    let values = || columns.first().into_iter().flat_map(|column| column.iter().enumerate());
    Ok(match counts {
        Counts::RowCount => (0..layer.features.shapes.len()).collect(),
        Counts::NullValues => values().filter(|(_, value)| value.is_none()).map(|(row, _)| row).collect(),
        Counts::MissingValues(missing) => {
            let missing: HashSet<Option<&str>> = missing.iter().map(Option::as_deref).collect();
            values().filter(|(_, value)| missing.contains(value)).map(|(row, _)| row).collect()
        }
        Counts::InvalidValues { valid, pattern } => {
            let pattern = pattern.as_deref().map(Regex::new).transpose();
            let pattern =
                pattern.map_err(|error| format!("{} is no regular expression", quoted(&error.to_string())))?;
            let valid: HashSet<&str> = valid.iter().map(String::as_str).collect();
            let is_valid = |value: &str| {
                (valid.is_empty() || valid.contains(value)) && pattern.as_ref().is_none_or(|p| p.is_match(value))
            };
            // What is null is missing, not invalid.
            values().filter(|(_, value)| value.is_some_and(|value| !is_valid(value))).map(|(row, _)| row).collect()
        }
        Counts::DuplicateValues(_) => repeated(layer.features.shapes.len(), columns),
    })
}

/// Rows whose values together stood before. Rows that hold null in all of them are no duplicates of one another.
fn repeated(rows: usize, columns: &[&Texts]) -> Vec<usize> {
    let mut seen: HashSet<Vec<Option<&str>>> = HashSet::with_capacity(rows);
    let values = |row: usize| columns.iter().map(|column| column.get(row)).collect::<Vec<_>>();
    let stood = |row: &usize| {
        let values = values(*row);
        values.iter().any(Option::is_some) && !seen.insert(values)
    };
    (0..rows).filter(stood).collect()
}
