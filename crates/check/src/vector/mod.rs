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

use mutirao_contract::checks::Check;
use mutirao_contract::{Object, Quality};
use mutirao_core::door::SameCrsFacts;
use mutirao_core::features::Features;

use crate::{
    report::{CheckFinding, RuleOutcome},
    rules::{Asked, Heading, Judged},
};
use layer::Layer;

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

/// Holds features against rules of a contract: findings, in the order of the rules, and what came of each rule. What the object's
/// properties promise by a word (`required`, `unique`, `primaryKey`) is judged as well. Warnings that hold without a rule, such as
/// letters that are lost, come last.
pub fn judge(
    features: &Features,
    object: &Object,
    rules: &[Asked],
    inputs: &Inputs<'_>,
) -> (Vec<CheckFinding>, Vec<RuleOutcome>) {
    let layer = Layer::new(features, object, inputs);
    let (mut findings, mut outcomes) = (missing::findings(&layer, rules), Vec::new());
    for asked in rules {
        let judged = missing::of_rule(&layer, asked).unwrap_or_else(|| rule(&layer, asked));
        let (found, outcome) = asked.outcome(judged);
        findings.extend(found);
        outcomes.push(outcome);
    }
    findings.extend(promises::findings(&layer));
    findings.extend(encoding::finding(&layer));
    (findings, outcomes)
}

fn rule(layer: &Layer<'_>, asked: &Asked) -> Judged {
    match &asked.rule.quality {
        Quality::Check(check) => of_check(layer, check, &asked.heading()),
        Quality::Metric(metric) => metrics::judge(layer, asked.property.as_ref(), metric, &asked.heading()),
        Quality::Other { engine } => Judged::for_another(engine),
    }
}

fn of_check(layer: &Layer<'_>, check: &Check, heading: &Heading) -> Judged {
    match check {
        Check::Crs(check) => stated::crs(layer, check, heading),
        Check::Extent(check) => stated::extent(layer, check, heading),
        Check::Licence(check) => stated::licence(layer, check, heading),
        Check::GeometryType(check) => geometry::kinds(layer, check, heading),
        Check::Validity(limit) => geometry::validity(layer, limit, heading),
        Check::EmptyGeometry(limit) => geometry::empty(layer, limit, heading),
        Check::TinyGeometry(check) => geometry::tiny(layer, check, heading),
        Check::Duplicates(check) => geometry::duplicates(layer, check, heading),
        Check::Key(check) => keys::judge(layer, check, heading),
        Check::AttributeType(check) => types::judge(layer, check, heading),
        Check::Range(check) => attributes::range(layer, check, heading),
        Check::Enumeration(check) => attributes::enumeration(layer, check, heading),
        Check::ForeignKey(check) => attributes::foreign_key(layer, check, heading),
        _ => Judged::Unjudged("it is for rasters".to_owned()),
    }
}
