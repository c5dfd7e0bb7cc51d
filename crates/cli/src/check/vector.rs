//! Vectors and tables: measured at the door, feature by feature, and judged.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mutirao_check::{
    Report, RuleOutcome,
    raster::period_of,
    vector::{File, ForeignKeys, Inputs, Judgement, judge, worse},
};
use mutirao_contract::{
    Object, ObjectKind,
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
    table,
};
use crate::{command::Failure, open::Files};

/// Foreign keys by file and attribute, as rules name them.
type Keys = BTreeMap<(String, String), Result<ForeignKeys, String>>;

/// Whether the CRS of a file is that of a text.
type SameCrs<'a> = dyn Fn(&str) -> Result<SameCrsFacts, String> + 'a;

/// A file, read.
struct Read {
    name: String,
    features: Features,
}

/// Judges vectors and tables: the files of one period as one layer, and each period by itself. A rule is kept if every period
/// keeps it.
pub fn check(job: &Job<'_>) -> Result<Checked, Failure> {
    let keys = keys(job);
    let (mut findings, mut outcomes, mut facts) = (Vec::new(), Vec::new(), Facts::default());
    let mut groups: BTreeMap<Vec<String>, Vec<Read>> = BTreeMap::new();
    for (at, path) in job.delivered.files.iter().enumerate() {
        let name = path.display().to_string();
        match features(&job.setting.tools.files(), job.object, path) {
            Ok(features) => {
                findings.extend(table::findings(path, &name));
                facts.layers.push(LayerFacts { path: name.clone(), facts: features.facts.clone() });
                groups.entry(periods(job, at, path)).or_default().push(Read { name, features });
            }
            Err(refused) => findings.push(unreadable(&name, refused.message, &refused.mend)),
        }
    }
    if groups.is_empty() {
        return Ok(job.refused(findings, facts));
    }
    for (periods, files) in &groups {
        let (found, came) = of_files(job, files, periods, &keys);
        findings.extend(found);
        outcomes = joined(outcomes, came);
    }
    let contract = &job.agreement.contract;
    Ok(Checked { report: Report::new(&contract.id, &contract.version, findings, outcomes), facts })
}

/// The periods that a file speaks for, as far as anybody says: files of other periods are other features.
fn periods(job: &Job<'_>, at: usize, path: &Path) -> Vec<String> {
    if let Some(assigned) = job.delivered.assigned.as_ref().and_then(|assigned| assigned.get(at)) {
        let labels: BTreeSet<&String> =
            assigned.iter().map(|(_, label)| label).filter(|label| !label.is_empty()).collect();
        return labels.into_iter().cloned().collect();
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    job.delivered.period.clone().or_else(|| period_of(job.object, &name)).into_iter().collect()
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
    let found = chosen(files, object, path)?;
    if object.kind == ObjectKind::Vector && !found.facts.spatial {
        let why = if found.facts.driver == "Parquet" { " (Parquet without the key \"geo\")" } else { "" };
        let message = format!("{} has no geometries: it is a table{why}", path.display());
        let mend = "deliver it as GeoParquet or GeoPackage; if a table is meant, agree on `physicalType: table`";
        return Err(Refused { code: "no-geometries".into(), message, mend: mend.into() });
    }
    Ok(found)
}

fn chosen(files: &Files<'_>, object: &Object, path: &Path) -> Result<Features, Refused> {
    let names = || [Some(object.name.as_str()), object.physical_name.as_deref()].into_iter().flatten();
    match files.features(path, None) {
        // The only layer with geometries need not be the one that is meant.
        Ok(found) => match names().find(|name| found.facts.layers.iter().any(|layer| layer == name)) {
            Some(name) if name != found.facts.layer => files.features(path, Some(name)),
            _ => Ok(found),
        },
        Err(refused) if refused.code.starts_with("layer-") => {
            let named = names().find_map(|name| files.features(path, Some(name)).ok());
            let mend = "name one of them in the contract, as `physicalName`".into();
            named.ok_or(Refused { mend, ..refused })
        }
        Err(refused) => Err(refused),
    }
}

fn of_files(job: &Job<'_>, files: &[Read], periods: &[String], keys: &Keys) -> Judgement {
    let same: Vec<Box<SameCrs<'_>>> = files.iter().map(|read| asker(job, &read.features)).collect();
    let both = files.iter().zip(&same);
    let given: Vec<File<'_>> =
        both.map(|(read, same)| File { name: &read.name, features: &read.features, same_crs: &**same }).collect();
    let inputs = Inputs {
        period: if let [one] = periods { Some(one) } else { job.delivered.period.as_deref() },
        area: files.first().and_then(|first| area(job, &first.features)),
        grid: None,
        licence: None,
        crosswalk: job.agreement.crosswalk.as_ref(),
        keys,
    };
    judge(&given, job.object, job.rules, &inputs)
}

fn asker<'a>(job: &'a Job<'_>, features: &'a Features) -> Box<SameCrs<'a>> {
    Box::new(move |wanted| same_crs(job, features, wanted))
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

/// What came of the rules in several periods: of each the worst, and the first of what is equally bad.
fn joined(all: Vec<RuleOutcome>, more: Vec<RuleOutcome>) -> Vec<RuleOutcome> {
    if all.is_empty() {
        return more;
    }
    all.into_iter().zip(more).map(|(one, other)| worse(one, other)).collect()
}
