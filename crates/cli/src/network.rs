//! A network's pipeline made ready: read, joined with its files, checked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use mutirao_contract::Contract;
use mutirao_core::{
    finding::{Finding, Severity, Where},
    pipeline::{GridSpec, Layer, Member, Method, Pipeline, TerritorySource},
    raster::RasterSource,
    rule::LayerId,
};
use mutirao_engine::{
    fingerprint::Stamp,
    plan::{Opener, Plan, Refused, build},
    territories::{Kind, load},
};
use mutirao_mosaic::lint::{lint, lint_areas};
use mutirao_pipeline::NamedContract;

use crate::{
    command::{Failure, Stopped},
    door::{Door, default_cache},
    exit::Exit,
    open::{Files, companions::read_with},
    show::progress::Progress,
};

/// The folder of the network.
pub fn folder_of(pipeline: &Path) -> PathBuf {
    let folder = if pipeline.is_dir() { Some(pipeline) } else { pipeline.parent() };
    folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// A pipeline with everything that is known of it before a pixel is read.
pub struct Network {
    /// The pipeline, if it could be read.
    pub pipeline: Option<Pipeline>,
    /// The plan, if nothing stands in its way.
    pub plan: Option<Plan>,
    /// The opened rasters, by their place in the plan.
    pub sources: Vec<Arc<dyn RasterSource>>,
    /// The stamps of all inputs, taken before the first of them was opened.
    pub stamps: Vec<Stamp>,
    /// The territories.
    pub kinds: Vec<Kind>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// The texts read, by file name.
    pub texts: BTreeMap<String, String>,
    /// The contracts, by the layer or member that names them.
    pub contracts: Vec<(NamedContract, Contract)>,
}

impl Network {
    /// Whether an error stands among the findings.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// What opens files and asks the door, for one command.
pub struct Tools {
    /// Progress and the wish to stop.
    pub progress: Arc<Progress>,
    /// The door.
    pub door: Door,
    cache: PathBuf,
    no_cache: OnceLock<Refused>,
}

impl Tools {
    /// With translations kept in `cache`, or in the user's own cache folder.
    ///
    /// # Errors
    /// Where no temporary folder can be made.
    pub fn new(cache: Option<PathBuf>) -> std::io::Result<Self> {
        let progress = Arc::new(Progress::new());
        let door = Door::new(progress.clone())?;
        Ok(Tools { progress, door, cache: cache.unwrap_or_else(default_cache), no_cache: OnceLock::new() })
    }

    /// The folder in which translations are kept, and records of tiles.
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// What opens files.
    pub fn files(&self) -> Files<'_> {
        Files { door: &self.door, cache: self.cache.clone(), no_cache: &self.no_cache }
    }

    /// Whether translations could be kept, as far as any were made. Where one could not, that says nothing of the files, and nothing
    /// is `done` with them.
    ///
    /// # Errors
    /// What the machine cannot do, which ends the command.
    pub fn kept(&self, done: &str) -> Result<(), Stopped> {
        let Some(refused) = self.no_cache.get() else { return Ok(()) };
        let failure = Failure {
            error: format!("there is no place for translations of the files, so nothing was {done}"),
            help: Some(refused.mend.clone()),
            exit: Exit::Environment,
        };
        let finding = Finding::new("cache", Severity::Error, refused.message.as_str());
        Err(Stopped { failure, findings: vec![finding], texts: BTreeMap::new() })
    }

    /// How a command ends: findings of files that could not be translated are the machine's.
    pub fn ended(&self, exit: Exit) -> Exit {
        if exit == Exit::Findings && self.no_cache.get().is_some() { Exit::Environment } else { exit }
    }
}

/// Reads and checks a pipeline and all that it names, its contracts too.
pub fn prepare(path: &Path, tools: &Tools) -> Network {
    prepare_editing(path, BTreeMap::new(), tools, |_| Vec::new())
}

/// As [`prepare`], of a pipeline that was changed after it was read, with other versions of some layers. `edit` says of which members,
/// by layer and place, it took other files: that those of the pipeline are missing is no matter then.
pub fn prepare_editing(
    path: &Path,
    versions: BTreeMap<String, String>,
    tools: &Tools,
    edit: impl FnOnce(&mut Pipeline) -> Vec<(usize, usize)>,
) -> Network {
    let mut reading = mutirao_pipeline::read_versions(path, versions);
    if let Some(pipeline) = &mut reading.pipeline {
        let edited = edit(pipeline);
        reading.findings.retain(|finding| !edited.iter().any(|member| is_missing_of(finding, pipeline, *member)));
    }
    let mut contracts = mutirao_contract::against::read_all(&reading);
    reading.findings.append(&mut contracts.findings);
    reading.sources.append(&mut contracts.sources);
    reading.findings.extend(reading.pipeline.iter().flat_map(mutirao_pipeline::lint_crosswalks));
    let mut network = prepare_reading(reading, tools);
    let beside = contracts.contracts.iter().map(|(named, _)| named.path.clone());
    network.stamps.extend(beside.filter_map(|path| Stamp::of(&path).ok()));
    network.stamps.sort_by(|a, b| a.path.cmp(&b.path));
    network.stamps.dedup_by(|a, b| a.path == b.path);
    network.contracts = contracts.contracts;
    network
}

/// Whether a finding says that a file is missing which the pipeline names for a member.
fn is_missing_of(finding: &Finding, pipeline: &Pipeline, (layer, place): (usize, usize)) -> bool {
    let layer = &pipeline.layers[layer];
    let Some(Where::File(at)) = finding.place.as_ref().filter(|_| finding.code == "missing-file") else { return false };
    let is_here = finding.layer.as_ref() == Some(&layer.name) && at.file == layer.members[place].source_place.file;
    // Of a member, what stands from its source's line on belongs to it, up to the next.
    let starts = |line: u32| layer.members.iter().map(|member| member.place.line).filter(|own| *own <= line).max();
    is_here && starts(at.line) == Some(layer.members[place].place.line)
}

/// Reads and checks the copy of a pipeline whose relative paths count from `folder`. Contracts bind what is delivered next, not what
/// is published: they are not read.
pub fn prepare_in(path: &Path, folder: &Path, tools: &Tools) -> Network {
    prepare_reading(mutirao_pipeline::read_in(path, folder), tools)
}

fn prepare_reading(reading: mutirao_pipeline::Reading, tools: &Tools) -> Network {
    let mut network = Network {
        pipeline: reading.pipeline,
        plan: None,
        sources: Vec::new(),
        stamps: Vec::new(),
        kinds: Vec::new(),
        findings: reading.findings,
        texts: reading.sources,
        contracts: Vec::new(),
    };
    let Some(pipeline) = &network.pipeline else { return network };
    network.stamps = stamps(pipeline);
    let files = tools.files();
    let built = build(pipeline, &files, &tools.door);
    tools.door.rest();
    // What is missing was told already, with its line in the pipeline.
    let own = pipeline.path.display().to_string();
    let is_own = |place: &Where| matches!(place, Where::File(place) if place.file == own);
    let told = |finding: &Finding| {
        let is_same = |known: &Finding| known.code == finding.code && known.place.as_ref().is_some_and(is_own);
        finding.code == "missing-file" && network.findings.iter().any(is_same)
    };
    let news: Vec<Finding> = built.findings.into_iter().filter(|finding| !told(finding)).collect();
    network.findings.extend(news);
    network.sources = built.sources;
    network.plan = built.plan;
    lint_rules(&mut network);
    load_territories(&mut network, &files);
    if network.has_errors() {
        network.plan = None;
    }
    network
}

/// Everything that is read besides the pipeline and its legend, each once: rasters and vectors with the files that belong to them,
/// crosswalks, the raster that gives the grid. What is not there is told by others.
fn stamps(pipeline: &Pipeline) -> Vec<Stamp> {
    let members = || pipeline.layers.iter().flat_map(|layer| &layer.members);
    let mut named: Vec<&Path> =
        members().flat_map(|member| &member.inputs).flat_map(|input| &input.files).map(PathBuf::as_path).collect();
    named.extend(pipeline.territories.iter().filter_map(|kind| match &kind.from {
        TerritorySource::Vector { path, .. } => Some(path.as_path()),
        TerritorySource::Layer(_) | TerritorySource::Crossing(_) => None,
    }));
    if let GridSpec::Like { file, .. } = &pipeline.grid {
        named.push(file);
    }
    let mut paths: Vec<PathBuf> = named.into_iter().flat_map(read_with).collect();
    paths.extend(members().filter_map(|member| Some(pipeline.folder.join(&member.crosswalk.as_ref()?.path))));
    paths.sort();
    paths.dedup();
    paths.into_iter().filter_map(|path| Stamp::of(&path).ok()).collect()
}

fn load_territories(network: &mut Network, files: &dyn Opener) {
    let (Some(pipeline), Some(plan)) = (&network.pipeline, &network.plan) else { return };
    match load(pipeline, &plan.grid, files) {
        Ok(kinds) => network.kinds = kinds,
        Err(findings) => network.findings.extend(findings),
    }
}

fn lint_rules(network: &mut Network) {
    let Some(pipeline) = &network.pipeline else { return };
    network.findings.extend(lint_areas(pipeline));
    if pipeline.coverage.method != Method::Prevalence {
        return;
    }
    let table = network.plan.as_ref().map_or_else(|| pipeline.rule_table(), |plan| plan.table.clone());
    // Classes that have classes below them are headings: no rule need give them.
    let is_heading = |id: &u16| pipeline.legend.classes().iter().any(|class| class.parent == Some(*id));
    let ids: Vec<u16> = pipeline.legend.ids().filter(|id| !is_heading(id)).collect();
    let places = &pipeline.coverage.rule_places;
    let findings = lint(&table, &ids, &used_elsewhere(pipeline));
    network.findings.extend(findings.into_iter().map(|finding| {
        let place = finding.rule.and_then(|rule| places.get(usize::from(rule) - 1)).cloned();
        match (&finding.place, place) {
            (None, Some(place)) => finding.at(place),
            _ => finding,
        }
    }));
}

/// Layers that territories or areas use.
fn used_elsewhere(pipeline: &Pipeline) -> Vec<LayerId> {
    let of_territories = pipeline.territories.iter().filter_map(|kind| match kind.from {
        TerritorySource::Layer(layer) => Some(layer),
        TerritorySource::Vector { .. } | TerritorySource::Crossing(_) => None,
    });
    let of_areas =
        pipeline.layers.iter().flat_map(|layer| &layer.members).filter_map(|member| Some(member.area.as_ref()?.layer));
    of_territories.chain(of_areas).collect()
}

/// The layer or member that a contract of this id is for.
pub fn member_by_id<'a>(pipeline: &'a Pipeline, id: &str) -> Option<&'a Member> {
    let mut all = pipeline.layers.iter().flat_map(|layer| layer.members.iter().map(move |member| (layer, member)));
    let is_it = |(layer, member): &(&Layer, &Member)| match &member.name {
        Some(name) => id == format!("{}-{name}", layer.name),
        None => id == layer.name,
    };
    all.find(is_it).map(|(_, member)| member)
}

/// The layer or member that a contract is named for.
pub fn member_bound<'a>(pipeline: &'a Pipeline, named: &NamedContract) -> Option<&'a Member> {
    let layer = pipeline.layers.iter().find(|layer| layer.name == named.layer)?;
    layer.members.iter().find(|member| member.name == named.member)
}
