//! Every layer with a contract, held against it by the very checks that partners run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mutirao_check::Report;
use mutirao_contract::{
    Contract,
    deliveries::{self, Delivery, Verdict},
};
use mutirao_core::{
    finding::{Finding, Severity},
    pipeline::{Member, Pipeline},
};
use mutirao_engine::plan::Plan;
use mutirao_pipeline::NamedContract;

use super::{
    Card, Chosen, Gate, Judged, Treatment,
    card::punctuality,
    waived::{Known, Waivers, broken},
};
use crate::{
    check::{Agreement, Assigned, Delivered, Setting, check, digest},
    command::{Failure, Stopped},
    exit::Exit,
    gate::choice::label,
    network::{Network, Tools, folder_of},
};

/// Judges the layers of a network that is planned.
///
/// # Errors
/// Where the machine fails, or a list beside the pipeline cannot be read.
pub fn judge(
    network: &Network,
    (pipeline, plan): (&Pipeline, &Plan),
    chosen: &Chosen,
    threads: usize,
    tools: &Tools,
) -> Result<Gate, Stopped> {
    let mut waivers = Waivers::read(chosen)?;
    let deliveries = listed(&folder_of(&pipeline.path).join("deliveries.csv"))?;
    let setting = Setting { is_network: true, grid: Some(&plan.grid), threads, tools };
    let mut gate = Gate { at: format!("{:.0}", chosen.at), without: chosen.without.clone(), ..Gate::default() };
    let is_kept = deliveries.text.is_some();
    let contracts = &network.contracts;
    let judging = Judging { pipeline, plan, chosen, setting, contracts, deliveries: &deliveries.deliveries, is_kept };
    for (named, contract) in &network.contracts {
        let Some((judged, card)) = judging.layer(named, contract, &mut waivers)? else { continue };
        gate.layers.push(judged);
        gate.cards.push(card);
    }
    gate.findings.extend(waivers.findings(&Known::of(&network.contracts, pipeline)));
    gate.findings.extend(left_out(&gate));
    Ok(gate)
}

/// The list of deliveries.
///
/// # Errors
/// All that is wrong with it: what is misread could be anybody's delay.
fn listed(path: &Path) -> Result<deliveries::Reading, Stopped> {
    let read = deliveries::read(path);
    match read.findings.is_empty() {
        true => Ok(read),
        false => Err(broken(path, read.findings, read.text.unwrap_or_default())),
    }
}

/// What all layers are judged by.
struct Judging<'a> {
    pipeline: &'a Pipeline,
    plan: &'a Plan,
    chosen: &'a Chosen,
    setting: Setting<'a>,
    contracts: &'a [(NamedContract, Contract)],
    /// Of all layers.
    deliveries: &'a [Delivery],
    /// Whether a list of them is kept, be it empty.
    is_kept: bool,
}

impl Judging<'_> {
    fn layer(
        &self,
        named: &NamedContract,
        contract: &Contract,
        waivers: &mut Waivers,
    ) -> Result<Option<(Judged, Card)>, Stopped> {
        let Some((at, member_at)) = place(self.pipeline, named) else { return Ok(None) };
        let member = &self.pipeline.layers[at].members[member_at];
        let (layer, treatment) = (label(named), treatment(self.chosen, named));
        let (partner, partner_name) = partner(self.pipeline, member, contract);
        let own = self.delivered(named, contract, &partner);
        if let Treatment::LastPassing(version) = &treatment {
            are_those(&layer, version, (self.pipeline, member), &own)?;
        }
        let mut files = files(member, (at, member_at), self.plan);
        if member.is_static && agreed_periods(contract).is_none() {
            // What is the same in all periods is of none, as in the partner's own check.
            files.iter_mut().flat_map(|(_, given)| given).for_each(|(_, label)| label.clear());
        }
        let (agreement, report) = match treatment {
            Treatment::LeftOut => (None, None),
            _ => {
                let (agreement, report) = held(named, files, (self.pipeline, member), self.setting)?;
                // Members may share a contract, so the network's own name tells which of them it is.
                (Some(agreement), Some(Report { layer: layer.clone(), ..report }))
            }
        };
        // Where no list is kept, nobody knows what came when.
        let periods = if self.is_kept { periods_of(self.pipeline, member, contract) } else { Vec::new() };
        let punctuality = punctuality(contract, &periods, &own, self.chosen.at);
        let card = Card::of(&layer, &partner, &own, report.as_ref(), &punctuality, self.chosen.at);
        let judged = Judged {
            layer,
            partner_name,
            partner,
            contract: contract.id.clone(),
            treatment,
            agreement,
            waived: report.iter().flat_map(|report| waivers.of(&contract.id, report)).collect(),
            report,
            pictures: BTreeMap::new(),
            punctuality,
        };
        Ok(Some((judged, card)))
    }

    /// The recorded deliveries of a contract, without those of other partners that share it, as members of a composite may.
    fn delivered(&self, named: &NamedContract, contract: &Contract, partner: &str) -> Vec<Delivery> {
        let same = self.contracts.iter().filter(|(one, _)| one.path == named.path);
        let places = same.filter_map(|(one, _)| place(self.pipeline, one));
        let partners = places.filter_map(|(at, member_at)| self.pipeline.layers[at].members[member_at].partner);
        let ids = partners.map(|at| self.pipeline.partners[at].id.as_str());
        let others: BTreeSet<&str> = ids.filter(|id| *id != partner).collect();
        let is_own = |one: &&Delivery| one.layer == contract.id && !others.contains(one.partner.as_str());
        self.deliveries.iter().filter(is_own).cloned().collect()
    }
}

/// Id and name of the partner that delivers a member: the pipeline's, or else the one that the contract binds.
fn partner(pipeline: &Pipeline, member: &Member, contract: &Contract) -> (String, String) {
    match member.partner.map(|partner| &pipeline.partners[partner]) {
        Some(known) => (known.id.clone(), known.name.clone()),
        None => {
            let bound = contract.terms.partner.clone().unwrap_or_default();
            (bound.clone(), bound)
        }
    }
}

/// The id of the partner that delivers what a contract is of; none where the pipeline has no such layer.
pub(super) fn partner_of(pipeline: &Pipeline, named: &NamedContract, contract: &Contract) -> Option<String> {
    let (at, member_at) = place(pipeline, named)?;
    Some(partner(pipeline, &pipeline.layers[at].members[member_at], contract).0)
}

fn place(pipeline: &Pipeline, named: &NamedContract) -> Option<(usize, usize)> {
    let at = pipeline.layers.iter().position(|layer| layer.name == named.layer)?;
    let is_it = |member: &Member| named.member.is_none() || member.name == named.member;
    Some((at, pipeline.layers[at].members.iter().position(is_it)?))
}

fn treatment(chosen: &Chosen, named: &NamedContract) -> Treatment {
    let label = label(named);
    if chosen.without.contains(&named.layer) || chosen.without.contains(&label) {
        return Treatment::LeftOut;
    }
    chosen.versions.get(&label).map_or(Treatment::Merged, |version| Treatment::LastPassing(version.clone()))
}

/// The periods that are to be delivered: those of the pipeline that the contract covers; one without a name for a static layer whose
/// contract names none.
pub fn periods_of(pipeline: &Pipeline, member: &Member, contract: &Contract) -> Vec<String> {
    let agreed = agreed_periods(contract);
    if member.is_static && agreed.is_none() {
        return vec![String::new()];
    }
    let labels = pipeline.periods.iter().map(|period| period.label.clone());
    labels.filter(|label| agreed.is_none_or(|agreed| agreed.contains(label))).collect()
}

/// The periods that a contract covers, where it says so.
fn agreed_periods(contract: &Contract) -> Option<&mutirao_contract::terms::PeriodList> {
    let objects = contract.objects.iter().map(|object| &object.terms);
    objects.chain([&contract.terms]).find_map(|terms| terms.periods.as_ref())
}

/// A file with the bands and periods that the plan gave it; without any where it does not read it as a raster.
type Given = (PathBuf, Vec<(u16, String)>);

/// The files of a member, in the order in which the pipeline names them.
fn files(member: &Member, (layer, place): (usize, usize), plan: &Plan) -> Vec<Given> {
    let planned = &plan.layers[layer];
    let mut files: Vec<Given> = Vec::new();
    for (period, set) in planned.by_period.iter().enumerate() {
        let Some(set) = set.filter(|_| planned.carried_from(period, place).is_none()) else { continue };
        for part in planned.input_sets[set].iter().filter(|part| part.member == place) {
            let path = &plan.files[part.file].path;
            let at = files.iter().position(|(known, _)| known == path).unwrap_or_else(|| {
                files.push((path.clone(), Vec::new()));
                files.len() - 1
            });
            let own = &mut files[at].1;
            // One band that speaks for all periods is one delivery.
            if own.iter().all(|(band, _)| *band != part.band) {
                own.push((part.band, plan.periods[period].clone()));
            }
        }
    }
    if files.is_empty() {
        let named = member.inputs.iter().flat_map(|input| input.files.iter().cloned());
        named.for_each(|file| match files.iter().any(|(known, _)| *known == file) {
            true => {}
            false => files.push((file, Vec::new())),
        });
    }
    files
}

/// Holds files against a contract, which is opened for it.
fn held(
    named: &NamedContract,
    files: Vec<Given>,
    (pipeline, member): (&Pipeline, &Member),
    setting: Setting<'_>,
) -> Result<(Agreement, Report), Stopped> {
    let mut agreement = Agreement::open_in(&named.path, &pipeline.folder)?;
    agreement.take_from(member);
    let (files, assigned): (Vec<PathBuf>, Assigned) = files.into_iter().unzip();
    let assigned = assigned.iter().all(|bands| !bands.is_empty()).then_some(assigned);
    let delivered = Delivered { files, assigned, ..Delivered::default() };
    let report = check(&agreement, &delivered, setting)?.report;
    Ok((agreement, report))
}

/// Whether files are, byte for byte, those of a delivery that was recorded and passed.
///
/// # Errors
/// If they are not: the pipeline names the same files whatever the version, or somebody changed them since.
fn are_those(
    layer: &str,
    version: &str,
    (pipeline, member): (&Pipeline, &Member),
    recorded: &[Delivery],
) -> Result<(), Stopped> {
    for input in member.inputs.iter().filter(|input| input.carried_from.is_none()) {
        let period = &pipeline.periods[input.period].label;
        let files: Vec<String> = input.files.iter().map(|path| path.display().to_string()).collect();
        let sha256 = digest(&files).map_err(|error| Failure::of(&error))?;
        let is_it = |one: &Delivery| {
            let speaks = one.period == *period || one.period.is_empty() || member.is_static;
            one.version == version && one.sha256 == sha256 && speaks && one.verdict == Verdict::Pass
        };
        if !recorded.iter().any(is_it) {
            let error = format!("{layer} {period}: {} is not what was recorded as version {version}", files.join(", "));
            let help = "keep earlier deliveries, and give the layer's `source` a {version}; or go on --without it";
            return Err(Failure { error, help: Some(help.to_owned()), exit: Exit::Findings }.into());
        }
    }
    Ok(())
}

/// That a layer was left out or replaced is worth a warning wherever findings are told.
fn left_out(gate: &Gate) -> Vec<Finding> {
    let warn = |code: &str, layer: &Judged, message: String, mend: &str| {
        Finding::new(code, Severity::Warning, message).with_layer(&layer.layer).with_mend(mend)
    };
    let of = |layer: &Judged| match &layer.treatment {
        Treatment::Merged => None,
        Treatment::LeftOut => {
            let message = format!("{} of {} is left out, as the maintainer said", layer.layer, layer.partner_name);
            Some(warn("layer-left-out", layer, message, "merge it again once a delivery passes"))
        }
        Treatment::LastPassing(version) => {
            let message = format!(
                "{} of {}: its last delivery that passed, version {version}, is taken",
                layer.layer, layer.partner_name
            );
            Some(warn("layer-last-passing", layer, message, "take the newest one once it passes"))
        }
    };
    gate.layers.iter().filter_map(of).collect()
}
