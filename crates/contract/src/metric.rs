//! Metrics of the library of ODCS: a number that is counted, and what it must be. Counting is for the room that runs checks.

use mutirao_pipeline::text::{Node, Sink, closest, listed, number};

/// A metric with its limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// What is counted.
    pub counts: Counts,
    /// Whether the number of rows is compared, or how many percent of all rows they are.
    pub unit: Unit,
    /// What must hold, all of it; at least one.
    pub limits: Vec<Limit>,
}

/// What a metric counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Counts {
    /// Rows whose value is null.
    NullValues,
    /// Rows whose value is one of those that stand for a missing one; none is null.
    MissingValues(Vec<Option<String>>),
    /// Rows whose value is none of the valid ones, or does not match the pattern.
    InvalidValues {
        /// The valid values as text; any where empty.
        valid: Vec<String>,
        /// A regular expression.
        pattern: Option<String>,
    },
    /// Rows whose value, or values of these properties together, stood before.
    DuplicateValues(Vec<String>),
    /// All rows.
    RowCount,
}

impl Counts {
    /// The code of findings about it.
    pub fn code(&self) -> &'static str {
        match self {
            Counts::NullValues => "null-values",
            Counts::MissingValues(_) => "missing-values",
            Counts::InvalidValues { .. } => "invalid-values",
            Counts::DuplicateValues(_) => "duplicate-values",
            Counts::RowCount => "row-count",
        }
    }
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The number of rows.
    Rows,
    /// Percent of all rows.
    Percent,
}

/// What a number must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// `mustBe`.
    Be(f64),
    /// `mustNotBe`.
    NotBe(f64),
    /// `mustBeGreaterThan`.
    GreaterThan(f64),
    /// `mustBeGreaterOrEqualTo`.
    GreaterOrEqualTo(f64),
    /// `mustBeLessThan`.
    LessThan(f64),
    /// `mustBeLessOrEqualTo`.
    LessOrEqualTo(f64),
    /// `mustBeBetween`: either end or between them.
    Between(f64, f64),
    /// `mustNotBeBetween`: below the first or above the second.
    NotBetween(f64, f64),
}

impl Limit {
    /// Whether a number keeps it.
    ///
    /// ODCS writes `mustBeBetween` with the sign of membership in a closed interval and says in words that it is the same as
    /// greater and less; the tools that run ODCS take both ends in, and so does this.
    pub fn holds(self, measured: f64) -> bool {
        match self {
            Limit::Be(value) => measured == value,
            Limit::NotBe(value) => measured != value,
            Limit::GreaterThan(value) => measured > value,
            Limit::GreaterOrEqualTo(value) => measured >= value,
            Limit::LessThan(value) => measured < value,
            Limit::LessOrEqualTo(value) => measured <= value,
            Limit::Between(low, high) => low <= measured && measured <= high,
            Limit::NotBetween(low, high) => measured < low || measured > high,
        }
    }
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Limit::Be(value) => write!(f, "{value}"),
            Limit::NotBe(value) => write!(f, "not {value}"),
            Limit::GreaterThan(value) => write!(f, "more than {value}"),
            Limit::GreaterOrEqualTo(value) => write!(f, "at least {value}"),
            Limit::LessThan(value) => write!(f, "less than {value}"),
            Limit::LessOrEqualTo(value) => write!(f, "at most {value}"),
            Limit::Between(low, high) => write!(f, "{low} to {high}"),
            Limit::NotBetween(low, high) => write!(f, "below {low} or above {high}"),
        }
    }
}

/// What came of holding a count against a metric.
#[derive(Debug, Clone, PartialEq)]
pub enum Judged {
    /// All limits hold.
    Holds {
        /// What was compared, in the metric's unit.
        measured: f64,
    },
    /// Some do not.
    Broken {
        /// What was compared, in the metric's unit.
        measured: f64,
        /// The limits that do not hold.
        limits: Vec<Limit>,
    },
    /// Percent of no rows at all.
    Undefined,
}

impl Metric {
    /// Holds a count of rows against the limits. `total` is how many rows there are in all; only percent asks for it.
    pub fn judge(&self, count: u64, total: u64) -> Judged {
        let measured = match self.unit {
            Unit::Rows => count as f64,
            Unit::Percent if total == 0 => return Judged::Undefined,
            // Counts below 2^46 give the number nearest to the true quotient, so 1 of 1000 is what `0.1` is read as.
            Unit::Percent => count as f64 * 100.0 / total as f64,
        };
        let broken: Vec<Limit> = self.limits.iter().copied().filter(|limit| !limit.holds(measured)).collect();
        match broken.is_empty() {
            true => Judged::Holds { measured },
            false => Judged::Broken { measured, limits: broken },
        }
    }
}

pub(crate) const METRICS: [&str; 5] = ["nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"];

/// The operators of ODCS.
pub(crate) const OPERATORS: [&str; 8] = [
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
    "mustNotBeBetween",
];

/// Whether an entry has a `rule` of ODCS 3.0 that is none of its metrics, and that no limit says more of.
pub(crate) fn is_undefined_rule(node: &Node) -> bool {
    let name = node.get_text("rule").filter(|_| node.get("metric").is_none());
    let has_limit = OPERATORS.iter().any(|operator| node.entry(operator).is_some());
    name.is_some_and(|name| counts(name, None).is_none()) && !has_limit
}

/// Reads a walked entry of `quality`. None where it cannot be judged, which is told. `at_property`: whether it stands at a
/// property.
pub(crate) fn read(node: &Node, at_property: bool, sink: &mut Sink) -> Option<Metric> {
    let Some(named) = node.get("metric").or_else(|| node.get("rule")) else {
        let message = "a library metric without `metric`";
        sink.error("missing-key", node.spot, message, format!("write `metric`: {}", METRICS.join(", ")));
        return None;
    };
    let name = named.text()?;
    let limits = limits(node, sink);
    let counts = counts(name, node.get("arguments"));
    if counts.is_none() {
        let hint = closest(name, METRICS).map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
        let message = format!("ODCS has no metric `{}`{hint}", name.escape_debug());
        sink.error("contract-unknown-metric", named.spot, message, format!("known metrics: {}", listed(&METRICS)));
    }
    let counts = counts?;
    misplaced(&counts, at_property, node, sink)?;
    expression(&counts, node, sink)?;
    let unit = if node.get_text("unit") == Some("percent") { Unit::Percent } else { Unit::Rows };
    (!limits.is_empty()).then_some(Metric { counts, unit, limits })
}

fn counts(name: &str, arguments: Option<&Node>) -> Option<Counts> {
    let list = |key: &str| arguments.and_then(|node| node.get(key)).map(Node::one_or_many).unwrap_or_default();
    let texts = |key: &str| list(key).iter().filter_map(Node::text).map(str::to_owned).collect::<Vec<_>>();
    Some(match name {
        "nullValues" => Counts::NullValues,
        "missingValues" => {
            Counts::MissingValues(list("missingValues").iter().map(|item| item.text().map(str::to_owned)).collect())
        }
        "invalidValues" => Counts::InvalidValues {
            valid: texts("validValues"),
            pattern: arguments.and_then(|node| node.get_text("pattern")).map(str::to_owned),
        },
        // `duplicateCount` is its name in 3.0.
        "duplicateValues" | "duplicateCount" => Counts::DuplicateValues(texts("properties")),
        "rowCount" => Counts::RowCount,
        _ => return None,
    })
}

/// Reports a pattern that is no regular expression; None then.
fn expression(counts: &Counts, node: &Node, sink: &mut Sink) -> Option<()> {
    let Counts::InvalidValues { pattern: Some(pattern), .. } = counts else { return Some(()) };
    let Err(error) = regex::Regex::new(pattern) else { return Some(()) };
    let spot = node.get("arguments").and_then(|arguments| arguments.get("pattern")).map_or(node.spot, |node| node.spot);
    // Its last line says what is wrong, those above show where, in letters of one width.
    let why = error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let message = format!("`pattern` is no regular expression: {why}");
    let mend = "write one without looking ahead or back; put it in single quotes, so that YAML leaves `\\` alone";
    sink.error("invalid-value", spot, message, mend);
    None
}

fn misplaced(counts: &Counts, at_property: bool, node: &Node, sink: &mut Sink) -> Option<()> {
    let problem = match counts {
        Counts::NullValues | Counts::MissingValues(_) | Counts::InvalidValues { .. } if !at_property => {
            Some(("counts values of a property, and stands at none", "move it to the `quality` of a property"))
        }
        Counts::RowCount if at_property => {
            Some(("counts rows of the whole, and stands at a property", "move it to the `quality` of the object"))
        }
        Counts::DuplicateValues(properties) if !at_property && properties.is_empty() => Some((
            "says no properties, and stands at none",
            "add `arguments: { properties: [...] }`, or move it to the `quality` of a property",
        )),
        Counts::InvalidValues { valid, pattern } if valid.is_empty() && pattern.is_none() => {
            Some(("says neither `validValues` nor a `pattern`", "add `arguments` with one of them"))
        }
        _ => None,
    };
    let Some((message, mend)) = problem else { return Some(()) };
    let name = node.get_text("metric").or_else(|| node.get_text("rule")).unwrap_or_default();
    sink.error("contract-misplaced-check", node.spot, format!("`{name}` {message}"), mend);
    None
}

fn limits(node: &Node, sink: &mut Sink) -> Vec<Limit> {
    let mut limits = Vec::new();
    for name in OPERATORS {
        let Some(value) = node.get(name) else { continue };
        let one = value.text().and_then(number);
        let both: Vec<f64> = value.items().iter().filter_map(|item| number(item.text()?)).collect();
        let limit = match (name, one, &both[..]) {
            ("mustBe", Some(one), _) => Limit::Be(one),
            ("mustNotBe", Some(one), _) => Limit::NotBe(one),
            ("mustBeGreaterThan", Some(one), _) => Limit::GreaterThan(one),
            ("mustBeGreaterOrEqualTo", Some(one), _) => Limit::GreaterOrEqualTo(one),
            ("mustBeLessThan", Some(one), _) => Limit::LessThan(one),
            ("mustBeLessOrEqualTo", Some(one), _) => Limit::LessOrEqualTo(one),
            (_, None, [low, high]) if low > high => {
                let message = format!("nothing lies between {low} and {high}");
                sink.error("invalid-value", value.spot, message, "write the smaller one first");
                continue;
            }
            ("mustBeBetween", None, [low, high]) => Limit::Between(*low, *high),
            ("mustNotBeBetween", None, [low, high]) => Limit::NotBetween(*low, *high),
            ("mustBe" | "mustNotBe", ..) => {
                let message = format!("`{name}` is {}", value.shown());
                sink.error("wrong-type", value.spot, message, "write a number: a metric is a count or percent");
                continue;
            }
            // Another wrong kind was told by the walker.
            _ => continue,
        };
        limits.push(limit);
    }
    if OPERATORS.iter().all(|name| node.entry(name).is_none()) {
        let message = "a library metric without a limit";
        sink.error("missing-key", node.spot, message, format!("write one of {}", OPERATORS.join(", ")));
    }
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(unit: Unit, limits: &[Limit]) -> Metric {
        Metric { counts: Counts::NullValues, unit, limits: limits.to_vec() }
    }

    #[test]
    fn every_operator_is_judged_at_its_edge() {
        let cases = [
            (Limit::Be(5.0), [false, true, false]),
            (Limit::NotBe(5.0), [true, false, true]),
            (Limit::GreaterThan(5.0), [false, false, true]),
            (Limit::GreaterOrEqualTo(5.0), [false, true, true]),
            (Limit::LessThan(5.0), [true, false, false]),
            (Limit::LessOrEqualTo(5.0), [true, true, false]),
            (Limit::Between(5.0, 9.0), [false, true, true]),
            (Limit::NotBetween(0.0, 5.0), [false, false, true]),
        ];
        for (limit, expected) in cases {
            assert_eq!([4.0, 5.0, 6.0].map(|measured| limit.holds(measured)), expected, "{limit}");
        }
    }

    #[test]
    fn percent_is_of_all_rows() {
        let at_most = metric(Unit::Percent, &[Limit::LessOrEqualTo(0.1)]);
        assert_eq!(at_most.judge(1, 1000), Judged::Holds { measured: 0.1 });
        assert_eq!(at_most.judge(2, 1000), Judged::Broken { measured: 0.2, limits: vec![Limit::LessOrEqualTo(0.1)] });
        assert_eq!(at_most.judge(0, 0), Judged::Undefined);
        // A third of the rows is what a third is read as, whatever their number.
        let third = metric(Unit::Percent, &[Limit::Be(100.0 / 3.0)]);
        assert!(matches!(third.judge(333_333_333, 999_999_999), Judged::Holds { .. }));
        assert_eq!(metric(Unit::Rows, &[Limit::Be(0.0)]).judge(0, 0), Judged::Holds { measured: 0.0 });
    }

    #[test]
    fn several_limits_hold_together() {
        let both = metric(Unit::Rows, &[Limit::GreaterThan(0.0), Limit::LessThan(100.0)]);
        assert!(matches!(both.judge(50, 0), Judged::Holds { .. }));
        assert_eq!(both.judge(100, 0), Judged::Broken { measured: 100.0, limits: vec![Limit::LessThan(100.0)] });
    }
}
