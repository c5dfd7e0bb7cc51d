//! Files that a contract names, from the network's folder. The crosswalk is not among them: it is the pipeline's too, which tells
//! where it is missing.

use std::{collections::BTreeSet, path::Path};

use mutirao_core::finding::Finding;
use mutirao_pipeline::{
    NamedContract,
    text::{Sink, Spot, missing_file},
};

use crate::{
    Contract, Quality, Rule,
    checks::{AcceptancePointsCheck, AccuracyCheck, Check, ForeignKeyCheck},
    terms::Terms,
};

/// Files that are not there. What the network keeps to itself (`withheld`) need not be where others read the contract.
pub fn missing(folder: &Path, named: &NamedContract, contract: &Contract) -> Vec<Finding> {
    let mut sink = Sink::new(named.path.display().to_string());
    sink.scope.layer = Some(named.layer.clone());
    // Objects have the terms of the whole contract too.
    let mut told = BTreeSet::new();
    for (text, at) in of_contract(contract) {
        let path = folder.join(text);
        let has_placeholder = text.contains('{');
        if !has_placeholder && !path.exists() && told.insert((text, at.line, at.column)) {
            missing_file(text, &path, at, &mut sink);
        }
    }
    sink.findings
}

/// The files named that partners get, with their places.
pub fn of_contract(contract: &Contract) -> impl Iterator<Item = (&str, Spot)> {
    let terms = std::iter::once(&contract.terms).chain(contract.objects.iter().map(|object| &object.terms));
    let rules = contract.objects.iter().flat_map(|object| object.rules().map(|(_, rule)| rule));
    terms.filter_map(of_terms).chain(rules.flat_map(of_rule))
}

/// The files that the network keeps to itself.
pub fn withheld(contract: &Contract) -> impl Iterator<Item = &str> {
    let rules = contract.objects.iter().flat_map(|object| object.rules().map(|(_, rule)| rule));
    rules.flat_map(|rule| withheld_of(&rule.quality)).flatten().map(String::as_str)
}

fn withheld_of(quality: &Quality) -> [Option<&String>; 2] {
    match quality {
        Quality::Check(Check::AcceptancePoints(AcceptancePointsCheck { points, withheld: true, .. })) => {
            [Some(points), None]
        }
        Quality::Check(Check::Accuracy(AccuracyCheck { samples, strata, withheld: true, .. })) => {
            [Some(samples), strata.as_ref()]
        }
        _ => [None, None],
    }
}

fn of_terms(terms: &Terms) -> Option<(&str, Spot)> {
    Some((terms.area.as_ref()?.source.as_str(), terms.spot("area")?))
}

fn of_rule(rule: &Rule) -> impl Iterator<Item = (&str, Spot)> {
    let files = match &rule.quality {
        Quality::Check(Check::AcceptancePoints(AcceptancePointsCheck { points, withheld: false, .. })) => {
            [Some(points), None]
        }
        Quality::Check(Check::Accuracy(AccuracyCheck { samples, strata, withheld: false, .. })) => {
            [Some(samples), strata.as_ref()]
        }
        Quality::Check(Check::ForeignKey(ForeignKeyCheck { source, .. })) => [Some(source), None],
        _ => [None, None],
    };
    let spot = Spot { line: rule.place.line, column: rule.place.column };
    files.into_iter().flatten().map(move |file| (file.as_str(), spot))
}
