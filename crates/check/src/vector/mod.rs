//! Vectors and tables against what a contract says of them: geometries, keys, attributes, the metrics of ODCS, and what the file
//! states of itself.
//!
//! A finding calls an attribute as the file does. Features are known by the value of the contract's key, where it has one and the
//! feature too, else by their number in the file from 1.

mod attributes;
mod encoding;
mod foreign;
mod geometry;
mod keys;
mod layer;
mod metrics;
mod missing;
mod pattern;
mod promises;
mod stated;
mod types;

pub use foreign::ForeignKeys;

use std::collections::BTreeMap;

use mutirao_contract::checks::{Check, Element};
use mutirao_contract::{Object, Property, Quality, Rule};
use mutirao_core::door::SameCrsFacts;
use mutirao_core::features::Features;

use crate::{CheckFinding, Outcome, RuleOutcome, RulePlace};
use layer::{Asked, Judgement, Layer};

/// What is known besides the features.
pub struct Inputs<'a> {
    /// What the file is called in findings.
    pub file: &'a str,
    /// The period that stands for `{period}` in names of attributes.
    pub period: Option<&'a str>,
    /// Whether the CRS that the file states is the same by definition as that of a text; or why nobody can tell.
    pub same_crs: &'a dyn Fn(&str) -> Result<SameCrsFacts, String>,
    /// The box around the area of the contract in the layer's CRS: west, south, east, north.
    pub area: Option<[f64; 4]>,
    /// The box around the network's grid in the layer's CRS.
    pub grid: Option<[f64; 4]>,
    /// What the delivery says of its licence.
    pub licence: Option<&'a str>,
    /// Keys of other files by file and attribute, as `foreign-key` names them; or why they cannot be read.
    pub keys: &'a BTreeMap<(String, String), Result<ForeignKeys, String>>,
}

/// Holds features against rules of a contract, each with the property that it stands at: findings, in the order of the rules, and what
/// came of each rule. What the object's properties promise by a word (`required`, `unique`, `primaryKey`) is judged as well.
/// Warnings that hold without a rule, such as letters that are lost, come last.
pub fn judge(
    features: &Features,
    object: &Object,
    rules: &[(Option<&Property>, &Rule)],
    inputs: &Inputs<'_>,
) -> (Vec<CheckFinding>, Vec<RuleOutcome>) {
    let layer = Layer::new(features, object, inputs);
    let (mut findings, mut outcomes) = (missing::findings(&layer, rules), Vec::new());
    for &(property, rule) in rules {
        let asked = asked(rule);
        let judgement =
            missing::of_rule(&layer, property, rule).unwrap_or_else(|| of_rule(&layer, property, rule, &asked));
        findings.extend(judgement.findings);
        outcomes.push(RuleOutcome {
            check: asked.code,
            outcome: judgement.outcome,
            severity: asked.severity,
            measured: judgement.measured,
            because: judgement.because,
            rule: asked.place,
        });
    }
    findings.extend(promises::findings(&layer));
    findings.extend(encoding::finding(&layer));
    (findings, outcomes)
}

/// How a rule is told of.
fn asked(rule: &Rule) -> Asked {
    let (code, element) = match &rule.quality {
        Quality::Check(check) => (check.name(), check.spec().element),
        Quality::Metric(metric) => (metric.counts.code(), metrics::element(&metric.counts, rule)),
        Quality::Other { engine } => (engine.as_str(), Element::Usability),
    };
    let place = RulePlace { name: rule.name.clone(), place: rule.place.clone() };
    Asked { code: code.to_owned(), element, severity: rule.severity, place: Some(place) }
}

fn of_rule(layer: &Layer<'_>, property: Option<&Property>, rule: &Rule, asked: &Asked) -> Judgement {
    match &rule.quality {
        Quality::Check(check) => of_check(layer, check, asked),
        Quality::Metric(metric) => metrics::judge(layer, property, metric, asked),
        Quality::Other { engine } => Judgement::none(Outcome::Unjudged, format!("it is for {engine}")),
    }
}

fn of_check(layer: &Layer<'_>, check: &Check, asked: &Asked) -> Judgement {
    match check {
        Check::Crs(check) => stated::crs(layer, check, asked),
        Check::Extent(check) => stated::extent(layer, check, asked),
        Check::Licence(check) => stated::licence(layer, check, asked),
        Check::GeometryType(check) => geometry::kinds(layer, check, asked),
        Check::Validity(limit) => geometry::validity(layer, limit, asked),
        Check::EmptyGeometry(limit) => geometry::empty(layer, limit, asked),
        Check::TinyGeometry(check) => geometry::tiny(layer, check, asked),
        Check::Duplicates(check) => geometry::duplicates(layer, check, asked),
        Check::Key(check) => keys::judge(layer, check, asked),
        Check::AttributeType(check) => types::judge(layer, check, asked),
        Check::Range(check) => attributes::range(layer, check, asked),
        Check::Enumeration(check) => attributes::enumeration(layer, check, asked),
        Check::ForeignKey(check) => attributes::foreign_key(layer, check, asked),
        _ => Judgement::none(Outcome::Unjudged, "it is for rasters"),
    }
}
