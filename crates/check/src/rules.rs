//! The rules that a delivery is held against, and what every judge of them needs.

use mutirao_contract::{Object, Property, Quality, Rule, checks::Check, implied};

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

    /// A finding that the rule is broken.
    pub fn broken(&self, check: &Check, message: impl Into<String>) -> CheckFinding {
        let spec = check.spec();
        let mut finding = CheckFinding::new(spec.name, spec.element, self.rule.severity, message);
        finding.rule = Some(self.place());
        finding
    }

    /// What came of it.
    pub fn outcome(&self, judged: Judged) -> (Vec<CheckFinding>, RuleOutcome) {
        let check = match &self.rule.quality {
            Quality::Check(check) => check.name().to_owned(),
            Quality::Metric(metric) => metric.counts.code().to_owned(),
            Quality::Other { engine } => engine.clone(),
        };
        let (outcome, findings, measured, because) = match judged {
            Judged::Kept(measured) => (Outcome::Kept, Vec::new(), measured, None),
            Judged::Broken(findings, measured) => (Outcome::Broken, findings, measured, None),
            Judged::Pending(because) => (Outcome::Pending, Vec::new(), None, Some(because)),
            Judged::Undefined(because) => (Outcome::Undefined, Vec::new(), None, Some(because)),
            Judged::Unjudged(because) => (Outcome::Unjudged, Vec::new(), None, Some(because)),
        };
        let severity = self.rule.severity;
        (findings, RuleOutcome { check, outcome, severity, measured, because, rule: Some(self.place()) })
    }
}

/// What a judge says of one rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Judged {
    /// It is kept, with what was measured.
    Kept(Option<Value>),
    /// It is broken.
    Broken(Vec<CheckFinding>, Option<Value>),
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
}
