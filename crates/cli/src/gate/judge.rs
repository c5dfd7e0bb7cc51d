//! Every layer with a contract, held against it by the very checks that partners run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mutirao_check::Report;
use mutirao_contract::deliveries::{self, Delivery, Verdict};
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
    gate::choice::folder_of,
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
    let folder = folder_of(&pipeline.path);
    let delivered = deliveries::read(&folder.join("deliveries.csv"));
    let mut gate = Gate { at: format!("{:.0}", chosen.at), findings: delivered.findings, ..Gate::default() };
    let setting = Setting { is_network: true, grid: Some(&plan.grid), threads, tools };
    for (named, contract) in &network.contracts {
        let Some((at, member_at)) = place(pipeline, named) else { continue };
        let member = &pipeline.layers[at].members[member_at];
        let layer = label(named);
        let partner = member.partner.map(|partner| &pipeline.partners[partner]);
        let treatment = treatment(chosen, named, member);
        let own: Vec<Delivery> =
            delivered.deliveries.iter().filter(|delivery| delivery.layer == contract.id).cloned().collect();
        let files = files(member, (at, member_at), plan);
        if let Treatment::LastPassing(version) = &treatment {
            are_those(&layer, version, &files, &own)?;
        }
        let report = match treatment {
            Treatment::LeftOut => None,
            _ => Some(report(named, files, pipeline, setting)?),
        };
        let periods = periods(pipeline, member);
        let punctuality = punctuality(contract, &periods, &own, chosen.at);
        let id =
            partner.map_or_else(|| contract.terms.partner.clone().unwrap_or_default(), |partner| partner.id.clone());
        let waived = report.iter().flat_map(|report| waivers.of(&contract.id, report)).collect();
        gate.cards.push(Card::of(&layer, &id, &own, report.as_ref(), &punctuality, chosen.at));
        gate.layers.push(Judged {
            partner_name: partner.map_or_else(|| id.clone(), |partner| partner.name.clone()),
            partner: id,
            layer,
            contract: contract.id.clone(),
            treatment,
            report,
            waived,
            pictures: BTreeMap::new(),
            punctuality,
        });
    }
    gate.findings.extend(waivers.findings());
    gate.findings.extend(left_out(&gate));
    Ok(gate)
}

/// `layer`, or `layer/member`.
fn label(named: &NamedContract) -> String {
    match &named.member {
        Some(member) => format!("{}/{member}", named.layer),
        None => named.layer.clone(),
    }
}

fn place(pipeline: &Pipeline, named: &NamedContract) -> Option<(usize, usize)> {
    let at = pipeline.layers.iter().position(|layer| layer.name == named.layer)?;
    let is_it = |member: &Member| named.member.is_none() || member.name == named.member;
    Some((at, pipeline.layers[at].members.iter().position(is_it)?))
}

fn treatment(chosen: &Chosen, named: &NamedContract, member: &Member) -> Treatment {
    let label = label(named);
    if chosen.without.contains(&named.layer) || chosen.without.contains(&label) {
        return Treatment::LeftOut;
    }
    let version = chosen.versions.get(&label).or_else(|| chosen.versions.get(&named.layer));
    match version {
        Some(version) if member.version.as_ref() == Some(version) => Treatment::LastPassing(version.clone()),
        _ => Treatment::Merged,
    }
}

/// The periods that a member speaks for, with their last days.
fn periods(pipeline: &Pipeline, member: &Member) -> Vec<(String, Option<String>)> {
    let of = |input: &mutirao_core::pipeline::PeriodInput| {
        let period = &pipeline.periods[input.period];
        (period.label.clone(), period.end.clone())
    };
    member.inputs.iter().filter(|input| input.carried_from.is_none()).map(of).collect()
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
    let agreement = Agreement::open_in(&named.path, &pipeline.folder)?;
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
    files: &BTreeMap<PathBuf, Vec<(u16, String)>>,
    recorded: &[Delivery],
) -> Result<(), Stopped> {
    let mut by_period: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (path, bands) in files {
        for (_, period) in bands {
            by_period.entry(period).or_default().push(path.display().to_string());
        }
    }
    for (period, files) in by_period {
        let sha256 = digest(&files).map_err(|error| Failure::of(&error))?;
        let is_it = |one: &&Delivery| {
            one.version == version && one.sha256 == sha256 && (one.period == period || one.period.is_empty())
        };
        if !recorded.iter().any(|one| is_it(&one) && one.verdict == Verdict::Pass) {
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
