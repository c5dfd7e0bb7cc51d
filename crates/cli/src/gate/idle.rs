//! Lines of `deliveries.csv` that hardly mean what they say.

use std::collections::{BTreeMap, BTreeSet};

use mutirao_contract::{
    Contract,
    deliveries::{Delivery, Reading, Standing},
};
use mutirao_core::{
    finding::{Finding, Place, Severity},
    pipeline::Pipeline,
};
use mutirao_pipeline::{
    NamedContract,
    text::{closest, listed},
};

use super::judge::partner_of;

/// The partners that deliver a layer, by the id of its contract.
type Partners<'a> = BTreeMap<&'a str, BTreeSet<String>>;

/// A warning for each thing that lines are wrong about, at the first of them: a layer that is spelled much like one that has a contract, another
/// partner than the one that delivers the layer, a delivery taken back that is not there. That a list tells of layers and periods that the network
/// no longer has is no fault: it is their history.
pub fn idle(
    file: &str,
    reading: &Reading,
    contracts: &[(NamedContract, Contract)],
    pipeline: &Pipeline,
) -> Vec<Finding> {
    let mut partners = Partners::new();
    for (named, contract) in contracts {
        let own = partner_of(pipeline, named, contract).filter(|own| !own.is_empty());
        partners.entry(&contract.id).or_default().extend(own);
    }
    let taken: BTreeSet<usize> = Standing::of(&reading.deliveries).idle_withdrawals().into_iter().collect();
    let mut wrong: BTreeMap<[String; 2], Vec<usize>> = BTreeMap::new();
    for (at, line) in reading.deliveries.iter().enumerate() {
        let told = other_name(line, &partners).or_else(|| taken.contains(&at).then(|| nothing_taken(line)));
        told.into_iter().for_each(|told| wrong.entry(told).or_default().push(at));
    }
    let mut wrong: Vec<_> = wrong.into_iter().collect();
    wrong.sort_by_key(|(_, lines)| lines[0]);
    let told = |([message, mend], lines): ([String; 2], Vec<usize>)| {
        let spot = reading.spots[lines[0]];
        let message = if lines.len() == 1 { message } else { format!("{message} ({} lines)", lines.len()) };
        let place = Place { file: file.to_owned(), line: spot.line, column: spot.column };
        let finding = Finding::new("delivery-doubtful", Severity::Warning, message).at(place).with_mend(mend);
        finding.with_layer(&reading.deliveries[lines[0]].layer)
    };
    wrong.into_iter().map(told).collect()
}

/// What a line names that can hardly be meant, and how to mend it.
fn other_name(line: &Delivery, partners: &Partners<'_>) -> Option<[String; 2]> {
    let Delivery { layer, partner, .. } = line;
    let Some(own) = partners.get(layer.as_str()) else {
        let near = closest(layer, partners.keys().copied())?;
        let message = format!("no contract is of the layer \"{}\"; did you mean \"{near}\"?", layer.escape_debug());
        return Some([message, format!("write `{near}`, or the delivery counts for nothing")]);
    };
    if own.is_empty() || own.contains(partner) {
        return None;
    }
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let message = format!(
        "\"{}\" is not who delivers {layer}, and the delivery counts for it all the same",
        partner.escape_debug()
    );
    Some([message, format!("{layer} is delivered by {}", listed(&own))])
}

fn nothing_taken(line: &Delivery) -> [String; 2] {
    let Delivery { layer, period, version, .. } = line;
    let of = if period.is_empty() { String::new() } else { format!(" of {period}") };
    let message =
        format!("nothing is taken back: version {version} of {layer}{of} had not come by then with these bytes");
    [message, "take period, partner, version and sha256 from the line of the delivery, and a later time".to_owned()]
}
