//! Vectors and tables against what a contract says of them: geometries, keys, attributes, the metrics of ODCS, and what the file
//! states of itself.
//!
//! A finding calls an attribute as the file does. Features are known by the value of the contract's key, where it has one and the
//! feature too, else by their number in the file from 1. Rows of a table that a key does not tell apart have their number besides.
//!
//! Several files are one delivery: what is asked of all features is judged over all files together (`together`); what a file
//! states of itself is judged file by file.

mod attributes;
mod classes;
mod constraints;
mod differ;
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
mod together;
mod types;

pub use foreign::ForeignKeys;

use std::collections::BTreeMap;

use mutirao_contract::checks::Check;
use mutirao_contract::{Object, Quality};
use mutirao_core::crosswalk::Crosswalk;
use mutirao_core::door::SameCrsFacts;
use mutirao_core::features::Features;

use crate::{
    report::{CheckFinding, Outcome, RuleOutcome},
    rules::{Asked, Heading, Judged},
};
use layer::Layer;

/// A file of a delivery, read.
pub struct File<'a> {
    /// What it is called in findings.
    pub name: &'a str,
    /// What it holds.
    pub features: &'a Features,
    /// Whether the CRS that the file states is the same by definition as that of a text; or why nobody can tell.
    pub same_crs: &'a dyn Fn(&str) -> Result<SameCrsFacts, String>,
}

/// What is known besides the features.
pub struct Inputs<'a> {
    /// The period that stands for `{period}` in names of attributes.
    pub period: Option<&'a str>,
    /// The box around the area of the contract in the layer's CRS: west, south, east, north.
    pub area: Option<[f64; 4]>,
    /// The box around the network's grid in the layer's CRS.
    pub grid: Option<[f64; 4]>,
    /// What the delivery says of its licence.
    pub licence: Option<&'a str>,
    /// The crosswalk that the codes of the classes' attribute pass through.
    pub crosswalk: Option<&'a Crosswalk>,
    /// Keys of other files by file and attribute, as `foreign-key` names them; or why they cannot be read.
    pub keys: &'a BTreeMap<(String, String), Result<ForeignKeys, String>>,
}

/// Findings, and what came of every rule.
pub type Judgement = (Vec<CheckFinding>, Vec<RuleOutcome>);

/// Holds the files of a delivery, which are one layer together, against rules of a contract: findings, in the order of the rules, and
/// what came of each rule. What the object's properties promise by a word (`required`, `unique`, `primaryKey`) and
/// say of their values (`logicalType`, `logicalTypeOptions`, `enum`) is judged as well; each of those is a rule of its own, what is not judged too.
/// Warnings that hold without a rule, such as letters that are lost, come last. Without files nothing is judged.
pub fn judge(files: &[File<'_>], object: &Object, rules: &[Asked], inputs: &Inputs<'_>) -> Judgement {
    let Some(first) = files.first() else { return Judgement::default() };
    let joined = (files.len() > 1).then(|| together::features(first, files));
    let whole = Layer::new(joined.as_ref().unwrap_or(first.features), files, object, inputs);
    let each: Vec<Layer<'_>> =
        files.iter().map(|file| Layer::new(file.features, std::slice::from_ref(file), object, inputs)).collect();
    let mut findings: Vec<CheckFinding> = each.iter().flat_map(|layer| missing::findings(layer, rules)).collect();
    findings.extend(differ::findings(&whole, rules));
    let mut outcomes = Vec::new();
    for asked in rules {
        let layers = if is_of_file(asked) { &each[..] } else { std::slice::from_ref(&whole) };
        let mut worst: Option<RuleOutcome> = None;
        for layer in layers {
            let judged = missing::of_rule(layer, asked).unwrap_or_else(|| rule(layer, asked));
            let (found, outcome) = asked.outcome(judged);
            findings.extend(found);
            worst = Some(worst.map_or_else(|| outcome.clone(), |worst| worse(worst, outcome.clone())));
        }
        outcomes.extend(worst);
    }
    let said = promises::judge(&whole).into_iter().chain(constraints::judge(&whole));
    let (found, came): (Vec<_>, Vec<_>) = said.unzip();
    findings.extend(found.into_iter().flatten());
    outcomes.extend(one_each(came));
    outcomes.extend(constraints::unjudged(object));
    findings.extend(each.iter().filter_map(encoding::finding));
    (findings, outcomes)
}

/// Whether a rule is about what each file states of itself, not about all features.
fn is_of_file(asked: &Asked) -> bool {
    matches!(asked.check(), Some(Check::Crs(_) | Check::Licence(_) | Check::AttributeType(_)))
}

/// One rule of what a property says by one code in several words, such as of the shape and length of its values: the worst.
fn one_each(outcomes: Vec<RuleOutcome>) -> Vec<RuleOutcome> {
    let mut all: Vec<RuleOutcome> = Vec::new();
    for outcome in outcomes {
        match all.iter_mut().find(|known| known.check == outcome.check && known.rule == outcome.rule) {
            Some(known) => *known = worse(known.clone(), outcome),
            None => all.push(outcome),
        }
    }
    all
}

/// The worse of two outcomes of one rule; the first of what is equally bad.
pub fn worse(one: RuleOutcome, other: RuleOutcome) -> RuleOutcome {
    let badness = |of: &RuleOutcome| match of.outcome {
        Outcome::Kept => 0,
        Outcome::Unjudged => 1,
        Outcome::Undefined => 2,
        Outcome::Pending => 3,
        Outcome::Broken => 4,
    };
    if badness(&other) > badness(&one) { other } else { one }
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
        Check::Classes(check) => classes::judge(layer, check, heading),
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
