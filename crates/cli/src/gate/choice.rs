//! What a maintainer chose instead of some deliveries.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mutirao_contract::deliveries::{self, Delivery, Standing, is_withdrawal};
use mutirao_core::{
    pipeline::{Missing, Pipeline},
    rule::Role,
};
use mutirao_pipeline::NamedContract;

use crate::{
    args::ChoiceArgs,
    command::Failure,
    exit::Exit,
    network::{Network, Tools, folder_of, prepare_editing},
};

/// Layers are named `layer`, members of composites `layer/member`.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    /// Layers that are left out.
    pub without: BTreeSet<String>,
    /// Versions taken instead of those that the pipeline names.
    pub versions: BTreeMap<String, String>,
    /// The waivers, if there are any.
    pub waivers: Option<PathBuf>,
    /// The instant at which things are judged.
    pub at: Timestamp,
}

impl Chosen {
    /// Reads the choice for the pipeline at a path.
    ///
    /// # Errors
    /// Where there is no such layer, no delivery of a layer has passed, or deliveries cannot be read.
    pub fn of(args: &ChoiceArgs, pipeline: &Path) -> Result<Chosen, Failure> {
        let periods =
            if args.without.is_empty() && args.last_passing.is_empty() { None } else { known(args, pipeline)? };
        let folder = folder_of(pipeline);
        let beside = folder.join("waivers.csv");
        let at = args.at.unwrap_or_else(Timestamp::now);
        let mut chosen = Chosen {
            without: args.without.iter().cloned().collect(),
            versions: BTreeMap::new(),
            waivers: args.waivers.clone().or_else(|| beside.exists().then_some(beside)),
            at,
        };
        for layer in &args.last_passing {
            let version = last_passing(&folder.join("deliveries.csv"), layer, periods.as_deref(), at)?;
            chosen.versions.insert(layer.clone(), version);
        }
        Ok(chosen)
    }

    /// Reads and checks a pipeline as it is with this choice.
    pub fn prepare(&self, path: &Path, tools: &Tools) -> Network {
        prepare_editing(path, self.versions.clone(), tools, |pipeline| self.leave_out(pipeline))
    }

    /// Takes the files of the layers away that are left out: they are nothing in every period, by declaration. Which members
    /// these are, by layer and place.
    fn leave_out(&self, pipeline: &mut Pipeline) -> Vec<(usize, usize)> {
        let mut left_out = Vec::new();
        for (at, layer) in pipeline.layers.iter_mut().enumerate() {
            let name = layer.name.clone();
            for (place, member) in layer.members.iter_mut().enumerate() {
                let own = member.name.as_ref().map(|member| format!("{name}/{member}"));
                if self.without.contains(&name) || own.is_some_and(|own| self.without.contains(&own)) {
                    member.inputs.clear();
                    member.missing = Missing::Nothing;
                    left_out.push((at, place));
                }
            }
        }
        left_out
    }
}

/// Whether all names are those of layers that can be treated so, and the pipeline's periods. Of a pipeline that cannot be read, others tell.
fn known(args: &ChoiceArgs, path: &Path) -> Result<Option<Vec<String>>, Failure> {
    if let Some(both) = args.last_passing.iter().find(|layer| is_left_out(&args.without, layer)) {
        let help = "say one of the two";
        return Err(Failure::usage(format!("{both} cannot be left out and be taken by its last delivery"), help));
    }
    let reading = mutirao_pipeline::read(path);
    let Some(pipeline) = &reading.pipeline else { return Ok(None) };
    let mut layers = BTreeSet::new();
    for layer in pipeline.layers.iter().filter(|layer| layer.role == Role::Class) {
        let members = layer.members.iter().filter_map(|member| member.name.as_ref());
        layers.extend(members.map(|member| format!("{}/{member}", layer.name)));
        layers.insert(layer.name.clone());
    }
    let agreed: BTreeSet<String> = reading.contracts.iter().map(label).collect();
    let listed = |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    if let Some(unknown) = args.without.iter().find(|name| !layers.contains(*name)) {
        let help = format!("its layers of classes are {}", listed(&layers));
        return Err(Failure::usage(format!("the pipeline has no layer {unknown} that it can do without"), help));
    }
    if let Some(unknown) = args.last_passing.iter().find(|name| !agreed.contains(*name)) {
        let help = format!("layers with a contract are {}", listed(&agreed));
        return Err(Failure::usage(format!("the pipeline has no layer {unknown} with a contract"), help));
    }
    Ok(Some(pipeline.periods.iter().map(|period| period.label.clone()).collect()))
}

/// Whether a layer or member is among those that are left out, by its own name or its layer's.
fn is_left_out(without: &[String], label: &str) -> bool {
    let layer = label.split_once('/').map_or(label, |(layer, _)| layer);
    without.iter().any(|name| name == label || name == layer)
}

/// `layer`, or `layer/member`.
pub fn label(named: &NamedContract) -> String {
    match &named.member {
        Some(member) => format!("{}/{member}", named.layer),
        None => named.layer.clone(),
    }
}

/// The version of the last delivery of a layer that passed, stands, and had come at an instant: for every period of the pipeline, where
/// that is known, of which any version was recorded.
fn last_passing(path: &Path, layer: &str, of_pipeline: Option<&[String]>, at: Timestamp) -> Result<String, Failure> {
    let refused = |error: String, help: &str| Failure { error, help: Some(help.to_owned()), exit: Exit::Findings };
    let read = deliveries::read(path);
    if let Some(finding) = read.findings.first() {
        return Err(refused(format!("{}: {}", path.display(), finding.message), "mend the list of deliveries"));
    }
    let came: Vec<Delivery> =
        read.deliveries.into_iter().filter(|line| is_of(&line.layer, layer) && line.delivered_at <= at).collect();
    let is_due = |label: &&str| !label.is_empty() && of_pipeline.is_none_or(|all| all.iter().any(|own| own == label));
    let due: BTreeSet<&str> = came.iter().map(|line| line.period.as_str()).filter(is_due).collect();
    let passing = passing(&came, at);
    let missing = |periods: &BTreeMap<&str, &Delivery>| -> Vec<&str> {
        // What is of no period speaks for all.
        if periods.contains_key("") {
            return Vec::new();
        }
        due.iter().filter(|label| !periods.contains_key(*label)).copied().collect()
    };
    let newest = |is_whole: bool| {
        let lines = passing.values().filter(|periods| !is_whole || missing(periods).is_empty());
        lines.flat_map(BTreeMap::values).max_by_key(|line| line.delivered_at)
    };
    if let Some(last) = newest(true) {
        return Ok(last.version.clone());
    }
    let stands = format!("no delivery of {layer} that passed stands in {}", path.display());
    let error = match newest(false) {
        Some(Delivery { version, .. }) => {
            let missing = missing(&passing[version.as_str()]).join(", ");
            format!("{stands} for all of its periods: version {version} has none of {missing}")
        }
        None => stands,
    };
    Err(refused(error, "go on --without it, or with a waiver"))
}

/// By version and period what was written down last, of the versions of which nothing failed or was taken back.
fn passing(came: &[Delivery], at: Timestamp) -> BTreeMap<&str, BTreeMap<&str, &Delivery>> {
    let mut newest: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    // Lines are only ever added. One that takes back speaks of another, and one that nobody could judge of nothing.
    let speaks = |line: &Delivery| line.verdict.is_judgement() && !is_withdrawal(line);
    for (place, line) in came.iter().enumerate().filter(|(_, line)| speaks(line)) {
        newest.entry(&line.version).or_default().insert(&line.period, place);
    }
    let standing = Standing::of(came);
    let passes = |place: &usize| standing.passes(*place, at) && !standing.is_withdrawn(*place, at);
    newest.retain(|_, periods| periods.values().all(passes));
    let lines = |periods: BTreeMap<_, usize>| periods.into_iter().map(|(label, place)| (label, &came[place])).collect();
    newest.into_iter().map(|(version, periods)| (version, lines(periods))).collect()
}

/// Whether a contract's id is that of a layer or member, as contracts may write it.
pub fn is_of(id: &str, layer: &str) -> bool {
    let Some((name, member)) = layer.split_once('/') else { return id == layer };
    let joined = || ["-", ".", "_"].iter().any(|sign| id == format!("{name}{sign}{member}"));
    [layer, name, member].contains(&id) || joined()
}
