//! What a check has to say: findings, and a verdict on the whole delivery.

use mutirao_contract::{checks::Element, deliveries::Verdict};
use mutirao_core::finding::{Place, Severity};
use serde::{Deserialize, Serialize};

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sure {
    /// It was seen: counted or read, without a guess.
    Certain,
    /// It was estimated from a sample, with the error that is told.
    Estimated,
    /// It is likely: the check follows a rule of thumb, or lacked means to be certain; the message says which.
    Likely,
}

/// Where something is. What does not apply is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Where {
    /// The file, as it was named: a delivered one, or the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line of a text, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column of a text, from 1, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The band, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<u16>,
    /// Pixels of the file: column, row, width, height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<[u32; 4]>,
    /// A pixel of the file: column, row, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixel: Option<[u32; 2]>,
    /// Coordinates in the file's CRS: east, north. Of a pixel, its centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xy: Option<[f64; 2]>,
    /// A feature: its key where it has one, else its number in the file from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feature: Option<String>,
    /// The row of a table, from 1, where `feature` does not tell it from others. For people: no file of ours has it.
    #[serde(skip)]
    pub row: Option<u64>,
}

impl Where {
    /// In a file as a whole.
    pub fn file(file: impl Into<String>) -> Where {
        Where { file: Some(file.into()), ..Where::default() }
    }

    /// In a text.
    pub fn text(place: &Place) -> Where {
        Where { line: Some(place.line), column: Some(place.column), ..Where::file(&place.file) }
    }

    /// In a period.
    pub fn in_period(mut self, period: impl Into<String>) -> Where {
        self.period = Some(period.into());
        self
    }
}

/// A number or some words: what was agreed, or measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// How many.
    Count(u64),
    /// A number; of shares, of 1.
    Number(f64),
    /// Words.
    Text(String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Value {
        Value::Count(count)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Number(number)
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Count(count) => write!(f, "{count}"),
            Value::Number(number) => write!(f, "{number}"),
            Value::Text(text) => f.write_str(text),
        }
    }
}

/// The line of the contract that asks for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulePlace {
    /// What the contract calls it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
}

/// One finding about a delivery. What does not apply is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckFinding {
    /// The check's name, or another stable kebab-case word.
    pub code: String,
    /// What of the quality it is about (ISO 19157-1), in [`Element::words`].
    pub element: String,
    /// Whether it stops a merge.
    pub severity: Severity,
    /// What is the matter, in one sentence.
    pub message: String,
    /// Where, if it is at one place, or its first place.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none", default)]
    pub place: Option<Where>,
    /// What was agreed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected: Option<Value>,
    /// What there is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub measured: Option<Value>,
    /// How many pixels, patches, features or files it is about, in all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub count: Option<u64>,
    /// The first places.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub first: Vec<Where>,
    /// How sure it is.
    pub sure: Sure,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mend: Option<String>,
    /// The line of the contract that is broken.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rule: Option<RulePlace>,
    /// Whether it is about a file that the network gave, and so no fault of the delivery.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub network: bool,
}

impl CheckFinding {
    /// A finding that is certain, with a sentence; the rest by its fields and the functions below.
    pub fn new(code: &str, element: Element, severity: Severity, message: impl Into<String>) -> Self {
        CheckFinding {
            code: code.to_owned(),
            element: element.words().to_owned(),
            severity,
            message: message.into(),
            place: None,
            expected: None,
            measured: None,
            count: None,
            first: Vec::new(),
            sure: Sure::Certain,
            mend: None,
            rule: None,
            network: false,
        }
    }

    /// At a place.
    pub fn at(mut self, place: Where) -> Self {
        self.place = Some(place);
        self
    }

    /// At so many places in all, of which the first are given. The first of them is where it is.
    pub fn at_places(mut self, count: u64, first: Vec<Where>) -> Self {
        self.place = self.place.or_else(|| first.first().cloned());
        (self.count, self.first) = (Some(count), first);
        self
    }

    /// What was agreed, and what there is.
    pub fn but(mut self, expected: impl Into<Value>, measured: impl Into<Value>) -> Self {
        (self.expected, self.measured) = (Some(expected.into()), Some(measured.into()));
        self
    }

    /// How to mend it.
    pub fn with_mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }
}

/// What came of a rule of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is kept.
    Kept,
    /// It is broken; findings say how.
    Broken,
    /// Only the network can run it.
    Pending,
    /// What was delivered cannot tell it: the share of nothing, an accuracy of too few samples.
    Undefined,
    /// It is not for this engine, or what it needs was not given; `because` says which.
    Unjudged,
}

/// A rule of the contract, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleOutcome {
    /// The check or metric.
    pub check: String,
    /// What came of it.
    pub outcome: Outcome,
    /// How bad it is, or would be, if it is broken.
    pub severity: Severity,
    /// What was measured, as far as one number or word tells it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub measured: Option<Value>,
    /// Why it was not judged.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub because: Option<String>,
    /// Where the contract asks for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rule: Option<RulePlace>,
}

impl RuleOutcome {
    /// Whether the rule binds: one of severity info tells something, and nobody promised it.
    pub fn binds(&self) -> bool {
        self.severity > Severity::Info
    }
}

/// How many of the rules that bind are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Those that are kept.
    pub kept: u64,
    /// Those that are kept or broken.
    pub judged: u64,
    /// Those that were not judged, or could not be told.
    pub left: u64,
}

/// A delivery, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The layer, or `layer-member`: the contract's id.
    pub layer: String,
    /// The partner, where the contract or pipeline names one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub partner: Option<String>,
    /// The contract's own version.
    pub contract: String,
    /// The verdict.
    pub verdict: Verdict,
    /// What was found, errors first.
    pub findings: Vec<CheckFinding>,
    /// Every rule of the contract, in its order.
    pub rules: Vec<RuleOutcome>,
}

impl Report {
    /// Puts together what came of a delivery: sorts the findings, errors first, and draws the verdict. Where all that stands in the way is
    /// a file of the network, the delivery could not be judged, and did not fail.
    pub fn new(layer: &str, contract: &str, mut findings: Vec<CheckFinding>, rules: Vec<RuleOutcome>) -> Report {
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let mut errors = findings.iter().filter(|finding| finding.severity == Severity::Error).peekable();
        let verdict = if errors.peek().is_some() {
            if errors.all(|finding| finding.network) { Verdict::Refused } else { Verdict::Fail }
        } else if rules.iter().any(|rule| rule.outcome == Outcome::Pending) {
            Verdict::Pending
        } else {
            Verdict::Pass
        };
        let (layer, contract) = (layer.to_owned(), contract.to_owned());
        Report { layer, partner: None, contract, verdict, findings, rules }
    }

    /// How many of the rules that bind are kept: the count that people are told, on the terminal and on scorecards.
    pub fn kept(&self) -> Kept {
        let mut count = Kept::default();
        for rule in self.rules.iter().filter(|rule| rule.binds()) {
            match rule.outcome {
                Outcome::Kept => (count.kept, count.judged) = (count.kept + 1, count.judged + 1),
                Outcome::Broken => count.judged += 1,
                Outcome::Pending | Outcome::Undefined | Outcome::Unjudged => count.left += 1,
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_network_fails_no_delivery() {
        let error = |network| CheckFinding {
            network,
            ..CheckFinding::new("accuracy", Element::Quantitative, Severity::Error, "no file")
        };
        let verdict = |findings| Report::new("mines", "1", findings, Vec::new()).verdict;
        assert_eq!(verdict(vec![error(true), error(true)]), Verdict::Refused);
        assert_eq!(verdict(vec![error(true), error(false)]), Verdict::Fail);
        let warning = CheckFinding { severity: Severity::Warning, ..error(true) };
        assert_eq!(verdict(vec![warning]), Verdict::Pass);
    }

    #[test]
    fn rules_that_only_tell_are_neither_kept_nor_broken() {
        let outcomes = [Outcome::Kept, Outcome::Broken, Outcome::Pending, Outcome::Undefined, Outcome::Unjudged];
        let severities = [Severity::Error, Severity::Warning, Severity::Info];
        let rule = |severity, outcome| RuleOutcome {
            check: "grid".into(),
            outcome,
            severity,
            measured: None,
            because: None,
            rule: None,
        };
        let rules = severities.iter().flat_map(|severity| outcomes.map(|outcome| rule(*severity, outcome))).collect();
        assert_eq!(Report::new("mines", "1", Vec::new(), rules).kept(), Kept { kept: 2, judged: 4, left: 6 });
    }
}
