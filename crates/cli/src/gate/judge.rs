//! Every layer with a contract, held against it by the very checks that partners run.

use std::collections::BTreeMap;
use std::path::PathBuf;

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

use super::{Card, Chosen, Gate, Judged, Treatment, card::punctuality, waived::Waivers};
use crate::{
    check::{Agreement, Assigned, Delivered, Setting, check, digest},
    command::{Failure, Stopped},
    exit::Exit,
    gate::choice::{folder_of, label},
    network::{Network, Tools},
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
    let deliveries = deliveries::read(&folder_of(&pipeline.path).join("deliveries.csv"));
    let setting = Setting { is_network: true, grid: Some(&plan.grid), threads, tools };
    let mut gate = Gate { at: format!("{:.0}", chosen.at), findings: deliveries.findings, ..Gate::default() };
    let judging = Judging { pipeline, plan, chosen, setting, deliveries: &deliveries.deliveries };
    for (named, contract) in &network.contracts {
        let Some((judged, card)) = judging.layer(named, contract, &mut waivers)? else { continue };
        gate.layers.push(judged);
        gate.cards.push(card);
    }
    gate.findings.extend(waivers.findings());
    gate.findings.extend(left_out(&gate));
    Ok(gate)
}

/// What all layers are judged by.
struct Judging<'a> {
    pipeline: &'a Pipeline,
    plan: &'a Plan,
    chosen: &'a Chosen,
    setting: Setting<'a>,
    /// Of all layers.
    deliveries: &'a [Delivery],
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
        let own: Vec<Delivery> = self.deliveries.iter().filter(|one| one.layer == contract.id).cloned().collect();
        if let Treatment::LastPassing(version) = &treatment {
            are_those(&layer, version, (self.pipeline, member), &own)?;
        }
        let files = files(member, (at, member_at), self.plan);
        let report = match treatment {
            Treatment::LeftOut => None,
            _ => Some(report(named, files, self.pipeline, self.setting)?),
        };
        // Where no list is kept, nobody knows what came when.
        let periods = if self.deliveries.is_empty() { Vec::new() } else { periods(self.pipeline, member, contract) };
        let punctuality = punctuality(contract, &periods, &own, self.chosen.at);
        let known = member.partner.map(|partner| &self.pipeline.partners[partner]);
        let partner =
            known.map_or_else(|| contract.terms.partner.clone().unwrap_or_default(), |partner| partner.id.clone());
        let card = Card::of(&layer, &partner, &own, report.as_ref(), &punctuality, self.chosen.at);
        let judged = Judged {
            layer,
            partner_name: known.map_or_else(|| partner.clone(), |partner| partner.name.clone()),
            partner,
            contract: contract.id.clone(),
            treatment,
            waived: report.iter().flat_map(|report| waivers.of(&contract.id, report)).collect(),
            report,
            pictures: BTreeMap::new(),
            punctuality,
        };
        Ok(Some((judged, card)))
    }
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

/// The periods that are to be delivered: those of the pipeline that the contract covers; one without a name for a static layer.
fn periods(pipeline: &Pipeline, member: &Member, contract: &Contract) -> Vec<String> {
    if member.is_static {
        return vec![String::new()];
    }
    let objects = contract.objects.iter().map(|object| &object.terms);
    let agreed = objects.chain([&contract.terms]).find_map(|terms| terms.periods.as_ref());
    let labels = pipeline.periods.iter().map(|period| period.label.clone());
    labels.filter(|label| agreed.is_none_or(|agreed| agreed.contains(label))).collect()
}

/// The files of a member with the bands and periods that the plan gave them; without any where it does not read them as rasters.
fn files(member: &Member, (layer, place): (usize, usize), plan: &Plan) -> BTreeMap<PathBuf, Vec<(u16, String)>> {
    let planned = &plan.layers[layer];
    let mut files: BTreeMap<PathBuf, Vec<(u16, String)>> = BTreeMap::new();
    for (period, set) in planned.by_period.iter().enumerate() {
        let Some(set) = set.filter(|_| planned.carried_from(period, place).is_none()) else { continue };
        for part in planned.input_sets[set].iter().filter(|part| part.member == place) {
            let own = files.entry(plan.files[part.file].path.clone()).or_default();
            // One band that speaks for all periods is one delivery.
            if own.iter().all(|(band, _)| *band != part.band) {
                own.push((part.band, plan.periods[period].clone()));
            }
        }
    }
    if files.is_empty() {
        let named = member.inputs.iter().flat_map(|input| input.files.iter().cloned());
        files = named.map(|file| (file, Vec::new())).collect();
    }
    files
}

/// Holds files against a contract.
fn report(
    named: &NamedContract,
    files: BTreeMap<PathBuf, Vec<(u16, String)>>,
    pipeline: &Pipeline,
    setting: Setting<'_>,
) -> Result<Report, Stopped> {
    let mut agreement = Agreement::open_in(&named.path, &pipeline.folder)?;
    agreement.take_from(pipeline, named);
    let assigned: Assigned = files.values().cloned().collect();
    let assigned = assigned.iter().all(|bands| !bands.is_empty()).then_some(assigned);
    let delivered = Delivered { files: files.into_keys().collect(), assigned, ..Delivered::default() };
    Ok(check(&agreement, &delivered, setting)?.report)
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
