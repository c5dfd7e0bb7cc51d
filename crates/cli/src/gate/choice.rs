//! What a maintainer chose instead of some deliveries.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mutirao_contract::deliveries::{self, Delivery, Verdict};
use mutirao_core::pipeline::{Missing, Pipeline};

use crate::{args::ChoiceArgs, command::Failure, exit::Exit};

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
    /// Where no delivery of a layer has passed, or deliveries cannot be read.
    pub fn of(args: &ChoiceArgs, pipeline: &Path) -> Result<Chosen, Failure> {
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
            let version = last_passing(&folder.join("deliveries.csv"), layer, at)?;
            chosen.versions.insert(layer.clone(), version);
        }
        Ok(chosen)
    }

    /// Takes the files of the layers away that are left out: they are nothing in every period, by declaration.
    pub fn leave_out(&self, pipeline: &mut Pipeline) {
        for layer in &mut pipeline.layers {
            let name = layer.name.clone();
            for member in &mut layer.members {
                let own = member.name.as_ref().map(|member| format!("{name}/{member}"));
                if self.without.contains(&name) || own.is_some_and(|own| self.without.contains(&own)) {
                    member.inputs.clear();
                    member.missing = Missing::Nothing;
                }
            }
        }
    }

    /// Names that are none of the pipeline's.
    pub fn unknown(&self, pipeline: &Pipeline) -> Option<Failure> {
        let names = names(pipeline);
        let asked = self.without.iter().chain(self.versions.keys());
        let unknown = asked.into_iter().find(|asked| !names.contains(*asked))?;
        let help = format!("its layers are {}", names.into_iter().collect::<Vec<_>>().join(", "));
        Some(Failure::usage(format!("the pipeline has no layer {unknown}"), help))
    }
}

/// The names of all layers and members.
pub fn names(pipeline: &Pipeline) -> BTreeSet<String> {
    let of = |layer: &mutirao_core::pipeline::Layer| {
        let name = layer.name.clone();
        let members =
            layer.members.iter().filter_map(|member| member.name.clone()).map(|member| format!("{name}/{member}"));
        members.chain([name.clone()]).collect::<Vec<_>>()
    };
    pipeline.layers.iter().flat_map(of).collect()
}

/// The folder of the network.
pub fn folder_of(pipeline: &Path) -> PathBuf {
    let folder = if pipeline.is_dir() { Some(pipeline) } else { pipeline.parent() };
    folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// The version of the last delivery of a layer that passed, stands, and had come at an instant.
fn last_passing(path: &Path, layer: &str, at: Timestamp) -> Result<String, Failure> {
    let refused = |error: String, help: &str| Failure { error, help: Some(help.to_owned()), exit: Exit::Findings };
    let read = deliveries::read(path);
    if let Some(finding) = read.findings.first() {
        return Err(refused(format!("{}: {}", path.display(), finding.message), "mend the list of deliveries"));
    }
    let is_it = |delivery: &&Delivery| is_of(&delivery.layer, layer) && delivery.delivered_at <= at;
    let of_layer: Vec<&Delivery> = read.deliveries.iter().filter(is_it).collect();
    let taken_back = |delivery: &Delivery| {
        let is_withdrawal = |other: &&&Delivery| other.state == Some(mutirao_contract::timeline::State::Withdrawn);
        of_layer.iter().filter(is_withdrawal).any(|other| other.version == delivery.version)
    };
    let passing = of_layer.iter().filter(|delivery| delivery.verdict == Verdict::Pass && !taken_back(delivery));
    let last = passing.max_by_key(|delivery| delivery.delivered_at);
    last.map(|delivery| delivery.version.clone()).ok_or_else(|| {
        let error = format!("no delivery of {layer} that passed stands in {}", path.display());
        refused(error, "go on --without it, or with a waiver")
    })
}

/// Whether a contract's id is that of a layer or member, as contracts may write it.
pub fn is_of(id: &str, layer: &str) -> bool {
    id == layer
        || layer
            .split_once('/')
            .is_some_and(|(name, member)| ["-", ".", "_"].iter().any(|sign| id == format!("{name}{sign}{member}")))
}
