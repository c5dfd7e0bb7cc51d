//! Waivers, and which findings they let pass.

use std::collections::BTreeMap;
use std::path::Path;

use mutirao_check::{CODES, Report, rules_of};
use mutirao_contract::{
    Contract,
    checks::CHECKS,
    deliveries,
    waivers::{Waiver, read as read_waivers},
};
use mutirao_core::{
    finding::{Finding, Severity},
    pipeline::Pipeline,
};
use mutirao_pipeline::{
    NamedContract,
    text::{did_you_mean, mend_name},
};

use super::{Chosen, idle::idle};
use crate::network::folder_of;
use crate::{
    command::{Failure, Stopped},
    exit::Exit,
    network::Network,
};

/// More periods of a contract than this are not listed one by one.
const MOST: usize = 1000;

/// The waivers of a network, and which of them served.
pub struct Waivers {
    waivers: Vec<Waiver>,
    served: Vec<bool>,
    at: jiff::Timestamp,
}

impl Waivers {
    /// Reads the waivers that were chosen.
    ///
    /// # Errors
    /// All that is wrong with them: a waiver that is misread could let anything pass.
    pub fn read(chosen: &Chosen) -> Result<Waivers, Stopped> {
        let Some(path) = &chosen.waivers else {
            return Ok(Waivers { waivers: Vec::new(), served: Vec::new(), at: chosen.at });
        };
        let read = read_waivers(path);
        if !read.findings.is_empty() {
            return Err(broken(path, read.findings, read.text));
        }
        Ok(Waivers { served: vec![false; read.waivers.len()], waivers: read.waivers, at: chosen.at })
    }

    /// By finding of a layer's report: the waiver that lets it pass, and counts. What a file of the network stands in the way of was not
    /// judged, so there is nothing to waive.
    pub fn of(&mut self, layer: &str, report: &Report) -> Vec<Option<Waiver>> {
        let mut waived = Vec::new();
        for finding in &report.findings {
            let period = finding.place.as_ref().and_then(|place| place.period.as_deref());
            let is_it = |waiver: &Waiver| waiver.is_of(layer, &finding.code, period) && waiver.counts_at(self.at);
            let found =
                self.waivers.iter().position(is_it).filter(|_| finding.severity == Severity::Error && !finding.network);
            if let Some(found) = found {
                self.served[found] = true;
            }
            waived.push(found.map(|found| self.waivers[found].clone()));
        }
        waived
    }

    /// What people should know of the waivers: each that let something pass, and each that has ended or was not needed.
    pub fn findings(&self, known: &Known) -> Vec<Finding> {
        let of = |(waiver, served): (&Waiver, &bool)| {
            let Waiver { layer, code, allowed_by, why, until, place, .. } = waiver;
            let finding = |name: &str, severity, message: String, mend: &str| {
                Finding::new(name, severity, message).with_layer(layer).at(place.clone()).with_mend(mend)
            };
            if *served {
                let message = format!("{code} of {layer} passes by a waiver of {allowed_by} until {until}: {why}");
                finding(
                    "waived",
                    Severity::Warning,
                    message,
                    "a waiver is for the time until the partner delivers again",
                )
            } else if let Some(unknown) = known.unknown(waiver) {
                unknown
            } else if waiver.counts_at(self.at) {
                let message = format!("the waiver for {code} of {layer} was not needed");
                finding("waiver-unused", Severity::Info, message, "take it away")
            } else {
                let message = format!("the waiver for {code} of {layer} ended on {until}");
                finding("waiver-ended", Severity::Warning, message, "renew it, or take it away")
            }
        };
        self.waivers.iter().zip(&self.served).map(of).collect()
    }
}

/// What waivers can name.
pub struct Known {
    layers: Vec<String>,
    codes: Vec<String>,
    periods: Vec<String>,
}

impl Known {
    /// The layers with a contract, the codes of findings about deliveries, and the periods of the pipeline and its contracts.
    pub fn of(contracts: &[(NamedContract, Contract)], pipeline: &Pipeline) -> Known {
        let contracts = || contracts.iter().map(|(_, contract)| contract);
        let asked = contracts().flat_map(|contract| &contract.objects).flat_map(rules_of);
        let mut codes: Vec<String> = CHECKS.iter().map(|spec| spec.name.to_owned()).collect();
        codes.extend(CODES.iter().map(|(code, _)| (*code).to_owned()));
        codes.extend(asked.map(|asked| asked.code().to_owned()));
        codes.sort();
        codes.dedup();
        let agreed = contracts().flat_map(|contract| {
            let objects = contract.objects.iter().map(|object| &object.terms);
            objects.chain([&contract.terms]).filter_map(|terms| terms.periods.as_ref()?.labels(MOST)).flatten()
        });
        let mut periods: Vec<String> = pipeline.periods.iter().map(|period| period.label.clone()).collect();
        let further: Vec<String> = agreed.filter(|label| !periods.contains(label)).collect();
        periods.extend(further);
        periods.dedup();
        Known { layers: contracts().map(|contract| contract.id.clone()).collect(), codes, periods }
    }

    /// That a waiver names something of which there can be no finding.
    fn unknown(&self, waiver: &Waiver) -> Option<Finding> {
        let Waiver { layer, code, period, place, .. } = waiver;
        let named = [
            (layer, &self.layers, "no layer", "layers with a contract"),
            (code, &self.codes, "no code of a finding", "codes"),
            (period, &self.periods, "no period", "periods"),
        ];
        let is_unknown = |(name, known, ..): &(&String, &Vec<String>, _, _)| !name.is_empty() && !known.contains(name);
        let (name, known, what, all) = named.into_iter().find(is_unknown)?;
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let hint = did_you_mean(name, known.iter().copied());
        let message =
            format!("the waiver for {code} of {layer} lets nothing pass: \"{}\" is {what}{hint}", name.escape_debug());
        let finding = Finding::new("waiver-unknown", Severity::Warning, message).with_layer(layer).at(place.clone());
        Some(finding.with_mend(mend_name(all, name, &known)))
    }
}

/// What is wrong with the lists beside a pipeline, and their texts: what a run would refuse, waivers of what there is not, and
/// deliveries that hardly mean what they say.
pub fn lint_lists(network: &Network, path: &Path) -> (Vec<Finding>, BTreeMap<String, String>) {
    let folder = folder_of(path);
    let (deliveries, waivers) = (folder.join("deliveries.csv"), folder.join("waivers.csv"));
    // Of a network with errors not all contracts may be known.
    let pipeline = network.pipeline.as_ref().filter(|_| !network.has_errors());
    let read = deliveries::read(&deliveries);
    let doubtful =
        pipeline.map(|pipeline| idle(&deliveries.display().to_string(), &read, &network.contracts, pipeline));
    let mut findings = read.findings;
    findings.extend(doubtful.unwrap_or_default());
    let mut texts: BTreeMap<String, String> =
        read.text.map(|text| (deliveries.display().to_string(), text)).into_iter().collect();
    if waivers.exists() {
        let read = read_waivers(&waivers);
        findings.extend(read.findings);
        texts.insert(waivers.display().to_string(), read.text);
        if let Some(pipeline) = pipeline {
            let known = Known::of(&network.contracts, pipeline);
            findings.extend(read.waivers.iter().filter_map(|waiver| known.unknown(waiver)));
        }
    }
    (findings, texts)
}

/// A list that cannot be relied on.
pub fn broken(path: &Path, findings: Vec<Finding>, text: String) -> Stopped {
    let failure = Failure {
        error: format!("{} is not in order", path.display()),
        help: Some("mend what is told above; nothing was run".to_owned()),
        exit: Exit::Findings,
    };
    Stopped { failure, findings, texts: [(path.display().to_string(), text)].into() }
}
