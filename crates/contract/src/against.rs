//! Contracts against the network's pipeline: what both say, and say differently. Which of them is right nobody here can
//! know; findings stand at the contract and name both.

mod codes;
mod files;
mod grid;
mod nodata;
mod rounds;
mod withheld;

use std::{collections::BTreeMap, path::Path};

use mutirao_core::{
    finding::{Finding, Severity, Where},
    pipeline::{Layer, Member, NodataSpec, Pipeline},
    rule::Role,
    values::ValueSet,
};
use mutirao_pipeline::{
    NamedContract, Reading,
    text::{Sink, Spot},
};

use crate::{
    Contract, ObjectKind,
    read::{self, read},
    terms::Terms,
};

/// What came of reading a network's contracts.
#[derive(Debug, Default)]
pub struct Contracts {
    /// The contracts without an error, by the layer or member that names them, in the pipeline's order.
    pub contracts: Vec<(NamedContract, Contract)>,
    /// All that is wrong with them, and where they contradict the pipeline.
    pub findings: Vec<Finding>,
    /// The texts read, by the file name that stands in findings.
    pub sources: BTreeMap<String, String>,
}

/// Reads the contracts that a pipeline names, each once, and holds them against the pipeline, if that could be read: of a broken
/// contract, what is whole. Files that they name must be there.
pub fn read_all(of: &Reading) -> Contracts {
    let mut all = Contracts::default();
    let mut known: BTreeMap<&Path, read::Reading> = BTreeMap::new();
    for one in &of.contracts {
        if !known.contains_key(one.path.as_path()) {
            let mut reading = read(&one.path, of.legend.as_ref());
            reading.findings.iter_mut().for_each(|finding| finding.layer = Some(one.layer.clone()));
            all.findings.extend(reading.findings.iter().cloned());
            all.sources.insert(one.path.display().to_string(), reading.text.clone());
            if let Some((pipeline, contract)) = of.pipeline.as_ref().zip(reading.readable()) {
                all.findings.extend(files::missing(&pipeline.folder, one, contract));
            }
            known.insert(&one.path, reading);
        }
        let Some(reading) = known.get(one.path.as_path()) else { continue };
        if let Some((pipeline, contract)) = of.pipeline.as_ref().zip(reading.readable()) {
            let told = contradictions(pipeline, one, contract);
            all.findings.extend(told.into_iter().filter(|finding| !follows(finding, &reading.findings)));
        }
        all.contracts.extend(reading.contract.iter().map(|contract| (one.clone(), contract.clone())));
    }
    all.findings.extend(rounds::apart(&all.contracts));
    if let Some(pipeline) = &of.pipeline {
        let mut read: Vec<(&NamedContract, &Contract)> = Vec::new();
        for one in &of.contracts {
            let is_first = read.iter().all(|(known, _)| known.path != one.path);
            let readable = known.get(one.path.as_path()).filter(|_| is_first).and_then(read::Reading::readable);
            read.extend(readable.map(|contract| (one, contract)));
        }
        all.findings.extend(withheld::told_openly(&pipeline.folder, &read));
    }
    // What members of one contract share is said once.
    all.findings.dedup();
    all
}

/// Whether a finding stands on a line with an error of the contract itself: what was read there may not be what was meant.
fn follows(finding: &Finding, of_contract: &[Finding]) -> bool {
    let line = |of: &Finding| match &of.place {
        Some(Where::File(place)) => Some((place.file.clone(), place.line)),
        _ => None,
    };
    let errors = of_contract.iter().filter(|of| of.severity == Severity::Error);
    errors.filter_map(line).any(|broken| line(finding) == Some(broken))
}

/// Where a contract and the pipeline that names it say differently.
pub fn contradictions(pipeline: &Pipeline, named: &NamedContract, contract: &Contract) -> Vec<Finding> {
    let Some(layer) = pipeline.layers.iter().find(|layer| layer.name == named.layer) else { return Vec::new() };
    let Some(member) = layer.members.iter().find(|member| member.name == named.member) else { return Vec::new() };
    let mut sink = Sink::new(named.path.display().to_string());
    sink.scope.layer = Some(layer.name.clone());
    let mut against = Against { pipeline, layer, member, contract, sink };
    against.id();
    against.tenant();
    against.partner();
    let whole = [&contract.terms];
    let objects: Vec<&Terms> = contract.objects.iter().map(|object| &object.terms).collect();
    for (at, terms) in if objects.is_empty() { whole.to_vec() } else { objects }.into_iter().enumerate() {
        let is_raster = |kind| matches!(kind, ObjectKind::Raster | ObjectKind::Unsaid);
        if contract.objects.get(at).is_none_or(|object| is_raster(object.kind)) {
            against.grid(terms);
            against.nodata(terms);
        }
        against.classes(terms);
        against.crosswalk(terms);
        against.periods(terms);
        against.licence(terms);
    }
    against.sink.findings.extend(codes::unknown(layer, member, named, contract));
    against.sink.findings.extend(codes::unused(pipeline, layer, member, contract));
    against.sink.findings.extend(nodata::on_a_line(pipeline, layer, member, contract));
    against.sink.findings
}

struct Against<'a> {
    pipeline: &'a Pipeline,
    layer: &'a Layer,
    member: &'a Member,
    contract: &'a Contract,
    sink: Sink,
}

const MEND: &str = "agree on one of the two, and correct the contract or the pipeline";

impl Against<'_> {
    fn spot(&self) -> Spot {
        Spot { line: self.contract.place.line, column: self.contract.place.column }
    }

    fn at(&self, terms: &Terms, name: &str) -> Spot {
        terms.spot(name).unwrap_or_else(|| self.spot())
    }

    /// `layer`, or `layer / member`.
    fn who(&self) -> String {
        match &self.member.name {
            Some(member) => format!("`{} / {member}`", self.layer.name),
            None => format!("`{}`", self.layer.name),
        }
    }

    fn id(&mut self) {
        let layer = &self.layer.name;
        let known: Vec<String> = match &self.member.name {
            None => vec![layer.clone()],
            Some(member) => {
                let joined = ["-", ".", "_"].map(|sign| format!("{layer}{sign}{member}"));
                joined.into_iter().chain([layer.clone(), member.clone()]).collect()
            }
        };
        // That an id is missing was told already.
        if !self.contract.id.is_empty() && !known.contains(&self.contract.id) {
            let message = format!(
                "the contract is of \"{}\", and the pipeline names it for {}",
                self.contract.id.escape_debug(),
                self.who()
            );
            let mend = format!("write `id: {}`, or name another contract in the pipeline", known[0]);
            self.sink.error("contract-other-layer", self.spot(), message, mend);
        }
    }

    fn tenant(&mut self) {
        let Some(tenant) = &self.contract.tenant else { return };
        let (said, id) = (tenant.to_lowercase(), self.pipeline.id.to_lowercase());
        if said != id && said != format!("{id}-network") {
            let message = format!(
                "the contract's tenant is \"{}\", and the pipeline is {}",
                tenant.escape_debug(),
                self.pipeline.id
            );
            let mend = format!("write `tenant: {}`", self.pipeline.id);
            let at = self.contract.tenant_place.as_ref();
            let at = at.map_or_else(|| self.spot(), |place| Spot { line: place.line, column: place.column });
            self.sink.warning("contract-other-network", at, message, mend);
        }
    }

    fn partner(&mut self) {
        let delivers = self.member.partner.and_then(|at| self.pipeline.partners.get(at));
        let Some((bound, delivers)) = self.contract.terms.partner.as_ref().zip(delivers) else { return };
        if *bound != delivers.id {
            let message =
                format!("the contract binds {}, and {} delivers {}", bound.escape_debug(), delivers.id, self.who());
            let at = self.at(&self.contract.terms, "partner");
            self.sink.error("contract-other-partner", at, message, MEND);
        }
    }

    fn nodata(&mut self, terms: &Terms) {
        let Some(wanted) = terms.nodata else { return };
        let reads = match self.member.nodata {
            NodataSpec::File => return,
            NodataSpec::Value(value) => Some(value),
            NodataSpec::None => None,
        };
        if reads != wanted.value {
            let words = |value: Option<i32>| value.map_or_else(|| "none".to_owned(), |value| value.to_string());
            let message = format!(
                "the contract says nodata {}, and the pipeline reads {} as nodata {}",
                words(wanted.value),
                self.who(),
                words(reads)
            );
            let at = self.at(terms, "nodata");
            self.sink.error("contract-nodata", at, message, MEND);
        }
    }

    fn classes(&mut self, terms: &Terms) {
        let Some(classes) = &terms.classes else { return };
        let Some(declared) = self.member.declared(self.layer.role, &self.pipeline.legend) else { return };
        let said = self.member.crosswalk.is_some() || self.member.classes.is_some();
        let at = self.at(terms, "classes");
        let refused = classes.allowed.intersection(&declared.complement());
        let is_open = |set: &ValueSet| set.contains(i32::MAX) || set.contains(i32::MIN);
        if !is_open(&refused) && !refused.is_empty() {
            let message = format!(
                "the contract allows {}, and the pipeline does not take it from {}",
                refused.listed(),
                self.who()
            );
            self.sink.error("contract-classes", at, message, MEND);
        }
        let besides = declared.intersection(&classes.allowed.complement()).with_nothing(false);
        if said && self.layer.role == Role::Class && !besides.is_empty() {
            let message = format!(
                "the pipeline takes {} from {}, and the contract does not allow it",
                besides.listed(),
                self.who()
            );
            self.sink.warning("contract-classes", at, message, MEND);
        }
    }

    fn crosswalk(&mut self, terms: &Terms) {
        let Some(wanted) = terms.classes.as_ref().and_then(|classes| classes.crosswalk.as_ref()) else { return };
        let reads = self.member.crosswalk.as_ref().map(|crosswalk| crosswalk.path.as_str());
        let folder = &self.pipeline.folder;
        let same = |reads: &str| folder.join(reads).components().eq(folder.join(wanted).components());
        if !reads.is_some_and(same) {
            let reads = reads.unwrap_or("none");
            let message =
                format!("the contract's crosswalk is {wanted}, and the pipeline's for {} is {reads}", self.who());
            let at = self.at(terms, "classes");
            self.sink.error("contract-crosswalk", at, message, MEND);
        }
    }

    fn periods(&mut self, terms: &Terms) {
        let Some(covered) = &terms.periods else { return };
        if self.member.is_static {
            return;
        }
        let own = self.member.inputs.iter().filter(|input| input.carried_from.is_none());
        let labels = own.filter_map(|input| Some(self.pipeline.periods.get(input.period)?.label.as_str()));
        let missing: Vec<&str> = labels.filter(|label| !covered.contains(label)).collect();
        if !missing.is_empty() {
            let message = format!(
                "the pipeline takes {} of {}, and the contract covers {covered}",
                mutirao_pipeline::text::listed(&missing),
                self.who()
            );
            let at = self.at(terms, "periods");
            self.sink.error("contract-periods", at, message, MEND);
        }
    }

    fn licence(&mut self, terms: &Terms) {
        let Some((agreed, stated)) = terms.licence.as_ref().zip(self.member.license.as_ref()) else { return };
        if agreed.trim() != stated.trim() {
            let message = format!("the contract says {agreed}, and the pipeline says {} is under {stated}", self.who());
            let at = self.at(terms, "license");
            self.sink.error("contract-licence", at, message, MEND);
        }
    }
}
