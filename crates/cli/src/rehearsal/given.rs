//! What is delivered, as the network's pipeline would name it: the layer, and which files speak for which period.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mutirao_check::raster::{match_periods, period_of};
use mutirao_contract::ObjectKind;
use mutirao_core::{
    pipeline::{Member, Missing, PeriodInput, Pipeline},
    rule::Role,
    statement::Statement,
};

use super::failure;
use crate::{
    check::{Agreement, Delivered, statements},
    command::Stopped,
    gate::is_of,
    network::Tools,
};

/// Which files speak for which of the pipeline's periods.
pub(super) struct Given {
    /// The layer's place in the pipeline.
    pub layer: usize,
    /// The member's place in the layer.
    pub member: usize,
    /// The files by the place of their period.
    pub files: BTreeMap<usize, Vec<PathBuf>>,
}

/// Files by the place of the period that they speak for.
type ByPeriod = BTreeMap<usize, Vec<PathBuf>>;

/// Finds the layer that a contract is about, and the periods of its files.
pub(super) fn given(
    path: &Path,
    agreement: &Agreement,
    delivered: &Delivered,
    tools: &Tools,
) -> Result<Given, Stopped> {
    let reading = mutirao_pipeline::read(path);
    let Some(pipeline) = &reading.pipeline else {
        return Err(Stopped {
            failure: failure(format!("{} cannot be merged here", path.display()), "mend what is told above"),
            findings: reading.findings,
            texts: reading.sources,
        });
    };
    let (layer, member) = of_contract(pipeline, agreement)?;
    let files = match agreement.object().kind {
        ObjectKind::Vector | ObjectKind::Table => of_vectors(pipeline, (layer, member), agreement, delivered)?,
        ObjectKind::Raster | ObjectKind::Unsaid => of_rasters(pipeline, agreement, delivered, tools)?,
    };
    if files.is_empty() {
        let labels: Vec<&str> = pipeline.periods.iter().map(|period| period.label.as_str()).collect();
        let help = format!("the network's periods are {}", labels.join(", "));
        return Err(failure("the delivery speaks for no period of the network".to_owned(), &help).into());
    }
    Ok(Given { layer, member, files })
}

fn of_rasters(
    pipeline: &Pipeline,
    agreement: &Agreement,
    delivered: &Delivered,
    tools: &Tools,
) -> Result<ByPeriod, Stopped> {
    let stated = statements(&delivered.files, tools)?;
    let files: Vec<(&PathBuf, &Statement)> = delivered.files.iter().zip(&stated).collect();
    let named: Vec<_> = files.iter().map(|(path, statement)| (path.display().to_string(), *statement)).collect();
    let matched = match_periods(agreement.object(), &named, delivered.period.as_deref());
    let mut by_period = ByPeriod::new();
    for ((path, _), bands) in files.iter().zip(&matched.bands) {
        for label in bands.iter().map(|(_, own)| &matched.periods[*own]) {
            for at in places(pipeline, |known| known == label || label.is_empty()) {
                by_period.entry(at).or_default().push(path.to_path_buf());
            }
        }
    }
    Ok(by_period)
}

/// Vectors have no bands: a file speaks for the period that it is named after, and of a layer that is one for all periods for all.
fn of_vectors(
    pipeline: &Pipeline,
    (layer, member): (usize, usize),
    agreement: &Agreement,
    delivered: &Delivered,
) -> Result<ByPeriod, Stopped> {
    let layer = &pipeline.layers[layer];
    let member = &layer.members[member];
    let is_one_for_all = member.is_static || layer.role != Role::Class || pipeline.periods.len() == 1;
    let mut by_period = ByPeriod::new();
    for path in &delivered.files {
        let by_name = || period_of(agreement.object(), &path.display().to_string()).filter(|_| !member.is_static);
        let label = delivered.period.clone().or_else(by_name);
        if label.is_none() && !is_one_for_all {
            let error = format!("nobody says for which period {} speaks", path.display());
            let help = "say --period, or name the file as the contract does (physicalName)";
            return Err(failure(error, help).into());
        }
        for at in places(pipeline, |known| label.as_deref().is_none_or(|label| label == known)) {
            by_period.entry(at).or_default().push(path.clone());
        }
    }
    Ok(by_period)
}

/// The places of the periods with such a label.
fn places(pipeline: &Pipeline, speaks: impl Fn(&str) -> bool) -> impl Iterator<Item = usize> {
    let labels = pipeline.periods.iter().enumerate();
    labels.filter(move |(_, period)| speaks(&period.label)).map(|(at, _)| at)
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
    pub fn put_into(&self, pipeline: &mut Pipeline) -> Vec<(usize, usize)> {
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

    /// The pipeline without the layer.
    pub fn take_from(&self, pipeline: &mut Pipeline) -> Vec<(usize, usize)> {
        let Some(member) = self.member(pipeline) else { return Vec::new() };
        member.inputs.clear();
        member.missing = Missing::Nothing;
        vec![(self.layer, self.member)]
    }
}
