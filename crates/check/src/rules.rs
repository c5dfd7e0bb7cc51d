//! The rules that a delivery is held against, and what every judge of them needs.

use mutirao_contract::{
    LIBRARY, Object, Property, Quality, Rule,
    checks::{Check, Element},
    implied,
    metric::Counts,
};
use mutirao_core::finding::Severity;

use crate::report::{CheckFinding, Outcome, RuleOutcome, RulePlace, Value};

/// A rule of a contract, and the band or attribute that it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The rule.
    pub rule: Rule,
    /// The property; none for a rule about the whole.
    pub property: Option<Property>,
}

/// All rules of an object: those that it asks for, in order, and those that its terms imply.
pub fn rules_of(object: &Object) -> Vec<Asked> {
    let asked = object.rules().map(|(property, rule)| Asked { rule: rule.clone(), property: property.cloned() });
    asked.chain(implied(object).into_iter().map(|rule| Asked { rule, property: None })).collect()
}

impl Asked {
    /// The check, if it is one of ours.
    pub fn check(&self) -> Option<&Check> {
        match &self.rule.quality {
            Quality::Check(check) => Some(check),
            Quality::Metric(_) | Quality::Other { .. } => None,
        }
    }

    /// Where the contract asks for it.
    pub fn place(&self) -> RulePlace {
        RulePlace { name: self.rule.name.clone(), place: self.rule.place.clone() }
    }

    /// The check's name, the metric's code, or who else it is for.
    pub fn code(&self) -> &str {
        match &self.rule.quality {
            Quality::Check(check) => check.name(),
            Quality::Metric(metric) => metric.counts.code(),
            Quality::Other { engine } => engine,
        }
    }

    /// What findings of it have in common.
    pub fn heading(&self) -> Heading {
        let element = match &self.rule.quality {
            Quality::Check(check) => check.spec().element,
            Quality::Metric(metric) => element(&metric.counts, &self.rule),
            Quality::Other { .. } => Element::Usability,
        };
        Heading { code: self.code().to_owned(), element, severity: self.rule.severity, rule: Some(self.place()) }
    }

    /// A finding that the rule is broken.
    pub fn broken(&self, message: impl Into<String>) -> CheckFinding {
        self.heading().finding(message)
    }

    /// What came of it.
    pub fn outcome(&self, judged: Judged) -> (Vec<CheckFinding>, RuleOutcome) {
        self.heading().outcome(judged)
    }
}

/// What the findings of a rule have in common, or those of what holds without one.
#[derive(Debug, Clone, PartialEq)]
pub struct Heading {
    /// The check's name, or another stable kebab-case word.
    pub code: String,
    /// What of the quality it is about.
    pub element: Element,
    /// Whether it stops a merge.
    pub severity: Severity,
    /// Where the contract asks for it.
    pub rule: Option<RulePlace>,
}

impl Heading {
    /// A finding under it.
    pub fn finding(&self, message: impl Into<String>) -> CheckFinding {
        let mut finding = CheckFinding::new(&self.code, self.element, self.severity, message);
        finding.rule = self.rule.clone();
        finding
    }

    /// What came of what it heads.
    pub fn outcome(self, judged: Judged) -> (Vec<CheckFinding>, RuleOutcome) {
        let (outcome, findings, measured, because) = match judged {
            Judged::Kept(measured) => (Outcome::Kept, Vec::new(), measured, None),
            Judged::Broken(findings, measured) => (Outcome::Broken, findings, measured, None),
            Judged::Told(because) => (Outcome::Broken, Vec::new(), None, Some(because)),
            Judged::Unusable(finding) => {
                let because = "a file that the network gave for it cannot be used".to_owned();
                (Outcome::Unjudged, vec![CheckFinding { network: true, ..*finding }], None, Some(because))
            }
            Judged::Pending(because) => (Outcome::Pending, Vec::new(), None, Some(because)),
            Judged::Undefined(because) => (Outcome::Undefined, Vec::new(), None, Some(because)),
            Judged::Unjudged(because) => (Outcome::Unjudged, Vec::new(), None, Some(because)),
        };
        let Heading { code: check, severity, rule, .. } = self;
        (findings, RuleOutcome { check, outcome, severity, measured, because, rule })
    }
}

/// What a metric measures: by the rule's dimension, if it says one that has an element, else by its nature.
fn element(counts: &Counts, rule: &Rule) -> Element {
    match (rule.dimension.as_deref(), counts) {
        (Some("completeness" | "coverage"), _) => Element::Omission,
        (Some("conformity"), _) => Element::Domain,
        (Some("consistency"), _) => Element::Conceptual,
        (Some("uniqueness"), _) => Element::Commission,
        (Some("accuracy"), _) => Element::Quantitative,
        (_, Counts::NullValues | Counts::MissingValues(_) | Counts::RowCount) => Element::Omission,
        (_, Counts::InvalidValues { .. }) => Element::Domain,
        (_, Counts::DuplicateValues(_)) => Element::Commission,
    }
}

/// What a judge says of one rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Judged {
    /// It is kept, with what was measured.
    Kept(Option<Value>),
    /// It is broken.
    Broken(Vec<CheckFinding>, Option<Value>),
    /// It is broken, and a finding of something else tells it; why.
    Told(String),
    /// It was not judged, for want of a file that the network gave; the finding says which.
    Unusable(Box<CheckFinding>),
    /// Only the network can run it; why.
    Pending(String),
    /// What was delivered cannot tell it; why.
    Undefined(String),
    /// It was not judged; why.
    Unjudged(String),
}

impl Judged {
    /// Broken if there are findings, else kept.
    pub fn by(findings: Vec<CheckFinding>, measured: Option<Value>) -> Judged {
        if findings.is_empty() { Judged::Kept(measured) } else { Judged::Broken(findings, measured) }
    }

    /// The same, with a number or word that was measured in any case.
    pub fn of(findings: Vec<CheckFinding>, measured: impl Into<Value>) -> Judged {
        Judged::by(findings, Some(measured.into()))
    }

    /// A rule that is not for this engine.
    pub fn for_another(engine: &str) -> Judged {
        Judged::Unjudged(match engine {
            LIBRARY => "ODCS does not define what it means".to_owned(),
            engine => format!("it is for {engine}, not for mutirao"),
        })
    }
}
