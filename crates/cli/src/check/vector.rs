//! Vectors and tables: measured at the door, feature by feature, and judged.

use std::collections::BTreeMap;
use std::path::Path;

use mutirao_check::{
    CheckFinding, Outcome, Report, RuleOutcome,
    vector::{ForeignKeys, Inputs, judge},
};
use mutirao_contract::{
    Object,
    checks::{Check, Extent},
};
use mutirao_core::{
    door::{Answer, CrsText, Question, SameCrsFacts, StatedCrs},
    features::Features,
    geometry::MultiPolygon,
};
use mutirao_engine::plan::{Oracle, Polygons, Refused};

use super::{
    facts::{Facts, LayerFacts},
    job::{Checked, Job, unreadable},
};
use crate::{command::Failure, open::Files};

/// Foreign keys by file and attribute, as rules name them.
type Keys = BTreeMap<(String, String), Result<ForeignKeys, String>>;

/// Judges vectors and tables, each file by itself; a rule is kept if every file keeps it.
pub fn check(job: &Job<'_>) -> Result<Checked, Failure> {
    let keys = keys(job);
    let (mut findings, mut outcomes, mut facts) = (Vec::new(), Vec::new(), Facts::default());
    let mut opened = false;
    for (at, path) in job.delivered.files.iter().enumerate() {
        let name = path.display().to_string();
        match features(&job.setting.tools.files(), job.object, path) {
            Ok(features) => {
                opened = true;
                let (found, came) = of_file(job, &features, (&name, period(job, at)), &keys);
                findings.extend(found);
                outcomes = joined(outcomes, came);
                facts.layers.push(LayerFacts { path: name, facts: features.facts });
            }
            Err(refused) => findings.push(unreadable(&name, refused.message, &refused.mend)),
        }
    }
    if !opened {
        return Ok(job.refused(findings, facts));
    }
    let contract = &job.agreement.contract;
    Ok(Checked { report: Report::new(&contract.id, &contract.version, findings, outcomes), facts })
}

/// The period of a file: that which somebody said, or to which the network gave it.
fn period<'j>(job: &Job<'j>, file: usize) -> Option<&'j str> {
    let assigned = job.delivered.assigned.as_ref().and_then(|assigned| assigned.get(file)).map(Vec::as_slice);
    let own = if let Some([(_, label)]) = assigned { Some(label.as_str()) } else { None };
    job.delivered.period.as_deref().or(own.filter(|label| !label.is_empty()))
}

/// The features of a file that are judged; of one with several layers, of that which the contract names.
///
/// # Errors
/// Why they cannot be read, in words, and how to mend it.
pub fn features(files: &Files<'_>, object: &Object, path: &Path) -> Result<Features, Refused> {
    if !path.exists() {
        let message = format!("there is no file {}", path.display());
        return Err(Refused { code: "missing-file".into(), message, mend: "see that the path is right".into() });
    }
    let names = || [Some(object.name.as_str()), object.physical_name.as_deref()].into_iter().flatten();
    match files.features(path, None) {
        // The only layer with geometries need not be the one that is meant.
        Ok(found) => match names().find(|name| found.facts.layers.iter().any(|layer| layer == name)) {
            Some(name) if name != found.facts.layer => files.features(path, Some(name)),
            _ => Ok(found),
        },
        Err(refused) => {
            let named = names().find_map(|name| files.features(path, Some(name)).ok());
            named.ok_or_else(|| match refused.code.starts_with("layer-") {
                true => Refused { mend: "name one of them in the contract, as `physicalName`".into(), ..refused },
                false => refused,
            })
        }
    }
}

fn of_file(
    job: &Job<'_>,
    features: &Features,
    (name, period): (&str, Option<&str>),
    keys: &Keys,
) -> (Vec<CheckFinding>, Vec<RuleOutcome>) {
    let same_crs = |wanted: &str| same_crs(job, features, wanted);
    let inputs =
        Inputs { file: name, period, same_crs: &same_crs, area: area(job, features), grid: None, licence: None, keys };
    judge(features, job.object, job.rules, &inputs)
}

fn same_crs(job: &Job<'_>, features: &Features, wanted: &str) -> Result<SameCrsFacts, String> {
    let Some(StatedCrs::Plane(stated)) = &features.facts.crs else { return Err("it states no CRS".to_owned()) };
    let (a, b) = (CrsText::Text(stated.wkt.clone()), CrsText::Text(wanted.to_owned()));
    match job.setting.tools.door.ask(Question::SameCrs { a, b }) {
        Ok(Answer::SameCrs(facts)) => Ok(facts),
        Ok(_) => Err("the door answered another question".to_owned()),
        Err(refused) => Err(refused.message),
    }
}

/// The box around the responsible area in the layer's CRS, if a rule asks for it.
fn area(job: &Job<'_>, features: &Features) -> Option<[f64; 4]> {
    let asks = |check: &Check| matches!(check, Check::Extent(extent) if extent.covers == Extent::Area);
    let term = job.object.terms.area.as_ref()?;
    let Some(StatedCrs::Plane(stated)) = &features.facts.crs else { return None };
    if !job.rules.iter().filter_map(|asked| asked.check()).any(asks) {
        return None;
    }
    let path = job.agreement.path(&term.source);
    let wanted = Polygons {
        path: &path,
        layer: term.layer.as_deref(),
        crs: None,
        allow_ballpark: false,
        target: &stated.wkt,
        attributes: &[],
    };
    let drawing = job.agreement.polygons(&wanted, job.setting.tools).ok()?;
    let bounds = drawing.features.iter().filter_map(|feature| MultiPolygon::bounds(&feature.geometry));
    let bounds = bounds.reduce(|a, b| a.union(b))?;
    Some([bounds.xmin, bounds.ymin, bounds.xmax, bounds.ymax])
}

/// The keys of all files that rules refer to.
fn keys(job: &Job<'_>) -> Keys {
    let asked = job.rules.iter().filter_map(|asked| match asked.check() {
        Some(Check::ForeignKey(check)) => Some((check.source.clone(), check.key.clone())),
        _ => None,
    });
    let files = job.setting.tools.files();
    let read = |(source, key): (String, String)| {
        let keys = files.foreign_keys(&job.agreement.path(&source), &key).map_err(|refused| refused.message);
        ((source, key), keys)
    };
    asked.map(read).collect()
}

/// What came of the rules in several files: of each the worst, and the first of what is equally bad.
fn joined(all: Vec<RuleOutcome>, more: Vec<RuleOutcome>) -> Vec<RuleOutcome> {
    if all.is_empty() {
        return more;
    }
    let worse = |(one, other): (RuleOutcome, RuleOutcome)| if badness(&other) > badness(&one) { other } else { one };
    all.into_iter().zip(more).map(worse).collect()
}

fn badness(of: &RuleOutcome) -> u8 {
    match of.outcome {
        Outcome::Kept => 0,
        Outcome::Unjudged => 1,
        Outcome::Undefined => 2,
        Outcome::Pending => 3,
        Outcome::Broken => 4,
    }
}
