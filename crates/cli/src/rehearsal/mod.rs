//! A rehearsal: a delivery merged into the network's coverage as a draft, and how much would change, by class and territory. Nothing
//! of it is kept, and it counts for nobody's score.

mod compare;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mutirao_check::raster::match_periods;
use mutirao_core::{
    finding::{Finding, Severity},
    grid::Window,
    pipeline::{Member, Missing, PeriodInput, Pipeline},
    statement::Statement,
};
use mutirao_engine::plan::{Placement, Plan, keep_periods};
use serde::Serialize;

pub use words::words;

use crate::{
    args::{ChoiceArgs, DraftArgs, PipelineArg, RunArgs},
    check::{Agreement, Delivered, statements},
    command::{Failure, Stopped, of_tiles, publish},
    exit::Exit,
    finished::MEMORY,
    gate::{Gate, is_of},
    network::{Network, Tools, prepare_editing},
};

/// How the network's coverage would change.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Rehearsal {
    /// The layer of the network, or `layer/member`.
    pub layer: String,
    /// Whether the layer speaks in the network's coverage already; else it is compared with the coverage without it.
    pub replaces: bool,
    /// By period.
    pub periods: Vec<PeriodChange>,
    /// What would become of which class, the largest first; none stands for nothing.
    pub classes: Vec<ClassChange>,
    /// Where, by kind and territory: those in which anything would change, the largest change first.
    pub territories: Vec<TerritoryChange>,
    /// The kinds of territories that are not counted: they are no polygons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<Uncounted>,
}

/// A period.
#[derive(Debug, Clone, Serialize)]
pub struct PeriodChange {
    /// Its label.
    pub period: String,
    /// Pixels of the part of the coverage that was merged: the tiles that the layer touches.
    pub pixels: u64,
    /// Those whose class would change.
    pub changed: u64,
    /// Their true area.
    pub changed_ha: f64,
}

/// What would become of a class.
#[derive(Debug, Clone, Serialize)]
pub struct ClassChange {
    /// The period.
    pub period: String,
    /// The class as it is.
    pub from: Option<u16>,
    /// The class as it would be.
    pub to: Option<u16>,
    /// Pixels.
    pub pixels: u64,
    /// Their true area.
    pub area_ha: f64,
}

/// What would change in a territory.
#[derive(Debug, Clone, Serialize)]
pub struct TerritoryChange {
    /// The period.
    pub period: String,
    /// The kind.
    pub kind: String,
    /// The key; empty for what lies in none.
    pub territory: String,
    /// The name.
    pub name: String,
    /// Pixels whose class would change.
    pub changed: u64,
    /// Their true area.
    pub changed_ha: f64,
    /// Pixels of the territory in the part that was merged.
    pub pixels: u64,
}

/// A kind of territories by which changes are not counted.
#[derive(Debug, Clone, Serialize)]
pub struct Uncounted {
    /// The kind.
    pub kind: String,
    /// Why.
    pub because: String,
}

/// Which files speak for which of the pipeline's periods.
struct Given {
    layer: usize,
    member: usize,
    files: BTreeMap<usize, Vec<PathBuf>>,
}

/// A pipeline, ready to be merged.
struct Ready {
    network: Network,
    pipeline: Pipeline,
    plan: Plan,
}

/// Merges the network's coverage with and without a delivery, and compares.
///
/// # Errors
/// Where the network cannot be merged here, or has no such layer.
pub fn rehearse(
    folder: &Path,
    agreement: &Agreement,
    delivered: &Delivered,
    threads: usize,
    tools: &Tools,
) -> Result<Rehearsal, Stopped> {
    let path = if folder.is_dir() { folder.join("pipeline.yaml") } else { folder.to_owned() };
    let given = given(&path, agreement, delivered, tools)?;
    let after = ready(&path, tools, |pipeline| given.put_into(pipeline)).map_err(|network| stopped(&path, network))?;
    let as_it_is = ready(&path, tools, |_| Vec::new());
    let replaces = as_it_is.is_ok();
    // A layer that was never delivered is compared with the coverage without it.
    let before = as_it_is.or_else(|_| ready(&path, tools, |pipeline| given.take_from(pipeline)));
    let before = before.map_err(|network| stopped(&path, network))?;
    let window = window(&given, &[&before, &after]);
    let scratch = tempfile::tempdir().map_err(|error| no_room(&error))?;
    let merge = |name: &str, mut ready: Ready| -> Result<(PathBuf, Ready), Stopped> {
        let periods: Vec<usize> = given.files.keys().copied().collect();
        keep_periods(&mut ready.pipeline, &mut ready.plan, &periods);
        let args = run_args(&path, scratch.path().join(name));
        let job = publish::Job {
            args: &args,
            pipeline: &ready.pipeline,
            plan: &ready.plan,
            window,
            network: &ready.network,
            gate: &Gate::default(),
            threads,
            timings: None,
        };
        let path = publish::publish(&job, tools, Timestamp::now())?.path;
        Ok((path, ready))
    };
    let (earlier, _) = merge("before", before)?;
    let (later, ready) = merge("after", after)?;
    let mut rehearsal = compare::compare([&earlier, &later], &ready.network.kinds, threads, tools)?;
    let layer = &ready.pipeline.layers[given.layer];
    let member = layer.members[given.member].name.as_ref();
    rehearsal.layer = member.map_or_else(|| layer.name.clone(), |member| format!("{}/{member}", layer.name));
    rehearsal.replaces = replaces;
    Ok(rehearsal)
}

/// Finds the layer that a contract is about, and the periods of its files.
fn given(path: &Path, agreement: &Agreement, delivered: &Delivered, tools: &Tools) -> Result<Given, Stopped> {
    let reading = mutirao_pipeline::read(path);
    let Some(pipeline) = &reading.pipeline else {
        return Err(Stopped {
            failure: failure(format!("{} cannot be merged here", path.display()), "mend what is told above"),
            findings: reading.findings,
            texts: reading.sources,
        });
    };
    let (layer, member) = of_contract(pipeline, agreement)?;
    let stated = statements(&delivered.files, tools)?;
    let files: Vec<(&PathBuf, &Statement)> = delivered.files.iter().zip(&stated).collect();
    let named: Vec<_> = files.iter().map(|(path, statement)| (path.display().to_string(), *statement)).collect();
    let matched = match_periods(agreement.object(), &named, delivered.period.as_deref());
    let mut by_period: BTreeMap<usize, Vec<PathBuf>> = BTreeMap::new();
    for ((path, _), bands) in files.iter().zip(&matched.bands) {
        for label in bands.iter().map(|(_, own)| &matched.periods[*own]) {
            let speaks = |known: &str| known == label || label.is_empty();
            for (at, _) in pipeline.periods.iter().enumerate().filter(|(_, period)| speaks(&period.label)) {
                by_period.entry(at).or_default().push(path.to_path_buf());
            }
        }
    }
    if by_period.is_empty() {
        let labels: Vec<&str> = pipeline.periods.iter().map(|period| period.label.as_str()).collect();
        let help = format!("the network's periods are {}", labels.join(", "));
        return Err(failure("the delivery speaks for no period of the network".to_owned(), &help).into());
    }
    Ok(Given { layer, member, files: by_period })
}

/// The layer and member that a contract is about: by its id, and by its partner where members share an id.
fn of_contract(pipeline: &Pipeline, agreement: &Agreement) -> Result<(usize, usize), Stopped> {
    let id = &agreement.contract.id;
    let is_of_partner = |own: &Member| match (agreement.partner(), own.partner) {
        (Some(bound), Some(known)) => pipeline.partners[known].id == bound,
        _ => true,
    };
    let mut found = Vec::new();
    for (layer, known) in pipeline.layers.iter().enumerate() {
        let own = known.members.iter().enumerate().filter(|(_, own)| is_of(id, &label(&known.name, own)));
        found.extend(own.filter(|(_, own)| is_of_partner(own)).map(|(member, _)| (layer, member)));
    }
    let names: Vec<&str> = pipeline.layers.iter().map(|layer| layer.name.as_str()).collect();
    match found[..] {
        [one] => Ok(one),
        [] => {
            Err(failure(format!("the network has no layer {id}"), &format!("its layers are {}", names.join(", ")))
                .into())
        }
        _ => {
            let help = "give each member a contract of its own, whose id is that of layer and member, as base-mata";
            Err(failure(format!("the contract {id} is that of several members"), help).into())
        }
    }
}

fn label(layer: &str, member: &Member) -> String {
    member.name.as_ref().map_or_else(|| layer.to_owned(), |member| format!("{layer}/{member}"))
}

impl Given {
    fn member<'p>(&self, pipeline: &'p mut Pipeline) -> Option<&'p mut Member> {
        pipeline.layers.get_mut(self.layer)?.members.get_mut(self.member)
    }

    /// The delivered files instead of those that the pipeline names.
    fn put_into(&self, pipeline: &mut Pipeline) -> Vec<(usize, usize)> {
        let Some(member) = self.member(pipeline) else { return Vec::new() };
        let inputs = self.files.iter().map(|(period, files)| {
            let mut files = files.clone();
            files.dedup();
            PeriodInput { period: *period, files, carried_from: None }
        });
        member.inputs = inputs.collect();
        // In other periods nobody asks.
        member.missing = Missing::Nothing;
        vec![(self.layer, self.member)]
    }

    fn take_from(&self, pipeline: &mut Pipeline) -> Vec<(usize, usize)> {
        let Some(member) = self.member(pipeline) else { return Vec::new() };
        member.inputs.clear();
        member.missing = Missing::Nothing;
        vec![(self.layer, self.member)]
    }
}

/// Plans a pipeline, with nothing written that is not compared.
fn ready(
    path: &Path,
    tools: &Tools,
    edit: impl FnOnce(&mut Pipeline) -> Vec<(usize, usize)>,
) -> Result<Ready, Box<Network>> {
    let mut network = prepare_editing(path, BTreeMap::new(), tools, |pipeline| {
        pipeline.outputs.agreement = false;
        pipeline.outputs.transitions = false;
        edit(pipeline)
    });
    match (network.pipeline.take(), network.plan.take()) {
        (Some(pipeline), Some(plan)) => Ok(Ready { network, pipeline, plan }),
        _ => Err(Box::new(network)),
    }
}

/// The tiles that the layer touches, in either coverage: elsewhere nothing can change. All, where it is warped or takes part in areas.
fn window(given: &Given, both: &[&Ready]) -> Window {
    let whole = both[0].plan.grid.window();
    let mut span: Option<[i64; 4]> = None;
    for ready in both {
        let layer = &ready.plan.layers[given.layer];
        let sets = layer.by_period.iter().flatten().map(|set| &layer.input_sets[*set]);
        for part in sets.flatten().filter(|part| part.member == given.member) {
            let file = &ready.plan.files[part.file];
            let Placement::OnGrid(offset) = &file.placement else { return whole };
            let own = [
                offset.col,
                offset.row,
                offset.col + i64::from(file.facts.width),
                offset.row + i64::from(file.facts.height),
            ];
            let join = |a: [i64; 4]| [a[0].min(own[0]), a[1].min(own[1]), a[2].max(own[2]), a[3].max(own[3])];
            span = Some(span.map_or(own, join));
        }
    }
    let Some([left, top, right, bottom]) = span else { return whole };
    let clip = |at: i64, most: u32| at.clamp(0, i64::from(most)) as u32;
    let [col, row] = [clip(left, whole.width), clip(top, whole.height)];
    let [col_end, row_end] = [clip(right, whole.width), clip(bottom, whole.height)];
    if col >= col_end || row >= row_end {
        return whole;
    }
    let window = Window { col, row, width: col_end - col, height: row_end - row };
    of_tiles(window, both[0].pipeline.outputs.tile, whole)
}

fn run_args(path: &Path, out: PathBuf) -> RunArgs {
    RunArgs {
        pipeline: PipelineArg { path: path.to_owned() },
        out,
        threads: None,
        memory: MEMORY,
        overwrite: true,
        timings: false,
        flame: None,
        fresh: false,
        choice: ChoiceArgs::default(),
        draft: DraftArgs { draft: true, bbox: None, territory: None, period: Vec::new() },
    }
}

fn stopped(path: &Path, network: Box<Network>) -> Stopped {
    let findings: Vec<Finding> =
        network.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    let error = format!("{} cannot be merged here with this delivery", path.display());
    let help = "a rehearsal needs the files of all layers that the pipeline names";
    Stopped { failure: failure(error, help), findings, texts: network.texts }
}

fn failure(error: String, help: &str) -> Failure {
    Failure { error, help: Some(help.to_owned()), exit: Exit::Findings }
}

fn no_room(error: &std::io::Error) -> Failure {
    Failure {
        error: format!("no temporary folder: {error}"),
        help: Some("make room there, or name another folder by TMPDIR".to_owned()),
        exit: Exit::Environment,
    }
}
