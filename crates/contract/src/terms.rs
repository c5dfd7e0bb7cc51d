//! Our terms among the `customProperties` of a contract: what is agreed about the layer besides its checks.

use mutirao_core::{legend::Legend, values::ValueSet};
use mutirao_pipeline::text::{Entry, Node, Sink, Spot, Value, boolean, integer, number, read_values_at, walk_part};

use crate::{doubtful, keys::TERMS};

/// How far a corner may lie from a node, in pixels, unless said otherwise; as in pipelines.
const TOLERANCE: f64 = 0.01;

/// What is agreed about a layer. What the contract leaves out is none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Terms {
    /// The grid of the files.
    pub grid: Option<GridTerm>,
    /// What is nothing.
    pub nodata: Option<NodataTerm>,
    /// The classes.
    pub classes: Option<ClassesTerm>,
    /// Where the partner is responsible.
    pub area: Option<AreaTerm>,
    /// The periods that are delivered.
    pub periods: Option<PeriodList>,
    /// SPDX expression of the licence.
    pub licence: Option<String>,
    /// The partner's id.
    pub partner: Option<String>,
    /// Where each of them stands, by its name.
    pub spots: Vec<(String, Spot)>,
}

/// A grid without an extent.
#[derive(Debug, Clone, PartialEq)]
pub struct GridTerm {
    /// The CRS.
    pub crs: String,
    /// Width and height of a pixel in the CRS's units, [x, y].
    pub resolution: [f64; 2],
    /// A node, [x, y], if one is agreed on.
    pub origin: Option<[f64; 2]>,
    /// How far a corner may lie from a node, in pixels.
    pub tolerance: f64,
}

/// What is nothing in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodataTerm {
    /// The value; none where every pixel must speak.
    pub value: Option<i32>,
    /// Whether the file itself must declare it.
    pub declared: bool,
}

/// Classes, after the crosswalk where there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassesTerm {
    /// Those that may be.
    pub allowed: ValueSet,
    /// Those that must be somewhere.
    pub required: ValueSet,
    /// The crosswalk, from the network's folder.
    pub crosswalk: Option<String>,
    /// Of a vector: the attribute that holds the class or, with a crosswalk, the partner's code.
    pub attribute: Option<String>,
}

/// Where a partner is responsible.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaTerm {
    /// A vector or a raster of regions, from the network's folder.
    pub source: String,
    /// Of regions: those of this partner; all where none.
    pub values: Option<ValueSet>,
    /// Of a vector: the attribute that `values` are of.
    pub attribute: Option<String>,
    /// Of a vector: which layer of the file.
    pub layer: Option<String>,
    /// Width of a strip around it that may be mapped too, in metres from its outline to the centre of a pixel.
    pub buffer_m: f64,
}

/// Periods as a contract names them: labels, and ranges of whole numbers with both ends or one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeriodList {
    /// Its terms, in order.
    pub terms: Vec<PeriodTerm>,
}

/// A part of a list of periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodTerm {
    /// A label, as written.
    Label(String),
    /// Whole numbers, inclusive; an open end is none.
    Range(Option<i64>, Option<i64>),
}

impl PeriodList {
    /// Reads a list; what is no range is a label. A range that holds nothing is reported.
    pub(crate) fn read(node: &Node, sink: &mut Sink) -> PeriodList {
        let mut terms = Vec::new();
        for item in node.one_or_many() {
            let Some(text) = item.text() else { continue };
            let term = PeriodTerm::of(text);
            if let PeriodTerm::Label(label) = &term {
                doubtful::period(label, item, sink);
            }
            if let PeriodTerm::Range(Some(from), Some(to)) = term
                && from > to
            {
                let message = format!("the range {text} is the wrong way round");
                sink.error("invalid-value", item.spot, message, "write the smaller end first");
            }
            terms.push(term);
        }
        PeriodList { terms }
    }

    /// Whether a period is in the list.
    pub fn contains(&self, label: &str) -> bool {
        let year = integer(label);
        self.terms.iter().any(|term| match term {
            PeriodTerm::Label(known) => known == label,
            PeriodTerm::Range(from, to) => {
                year.is_some_and(|year| from.is_none_or(|from| from <= year) && to.is_none_or(|to| year <= to))
            }
        })
    }

    /// The labels one by one, at most `most` of them; None where a range is open, or where there are more.
    pub fn labels(&self, most: usize) -> Option<Vec<String>> {
        let mut labels: Vec<String> = Vec::new();
        for term in &self.terms {
            match term {
                PeriodTerm::Label(label) => labels.push(label.clone()),
                PeriodTerm::Range(Some(from), Some(to)) => {
                    let count = usize::try_from(to.checked_sub(*from)?.checked_add(1)?.max(0)).ok()?;
                    if labels.len().saturating_add(count) > most {
                        return None;
                    }
                    labels.extend((*from..=*to).map(|year| year.to_string()));
                }
                PeriodTerm::Range(..) => return None,
            }
        }
        (labels.len() <= most).then_some(labels)
    }
}

impl PeriodTerm {
    fn of(text: &str) -> PeriodTerm {
        let end = |text: &str| if text.trim().is_empty() { Some(None) } else { integer(text.trim()).map(Some) };
        match text.split_once("..").and_then(|(from, to)| end(from).zip(end(to))) {
            Some((from, to)) => PeriodTerm::Range(from, to),
            None => PeriodTerm::Label(text.to_owned()),
        }
    }
}

impl std::fmt::Display for PeriodList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = |end: &Option<i64>| end.map(|year| year.to_string()).unwrap_or_default();
        let words = self.terms.iter().map(|term| match term {
            PeriodTerm::Label(label) => label.clone(),
            PeriodTerm::Range(from, to) => format!("{}..{}", end(from), end(to)),
        });
        f.write_str(&words.collect::<Vec<_>>().join(", "))
    }
}

impl Terms {
    /// Where a term stands, if it is there.
    pub fn spot(&self, name: &str) -> Option<Spot> {
        self.spots.iter().rev().find(|(known, _)| known == name).map(|(_, spot)| *spot)
    }

    /// These terms, and where they say nothing those of the whole contract.
    pub(crate) fn or(mut self, contract: &Terms) -> Terms {
        self.grid = self.grid.or_else(|| contract.grid.clone());
        self.nodata = self.nodata.or(contract.nodata);
        self.classes = self.classes.or_else(|| contract.classes.clone());
        self.area = self.area.or_else(|| contract.area.clone());
        self.periods = self.periods.or_else(|| contract.periods.clone());
        self.licence = self.licence.or_else(|| contract.licence.clone());
        self.partner = self.partner.or_else(|| contract.partner.clone());
        self.spots.splice(0..0, contract.spots.iter().cloned());
        self
    }
}

/// Our entries of `customProperties` as one mapping, walked: unknown keys within them and wrong values are told.
pub(crate) fn ours(list: Option<&Node>, path: &[String], sink: &mut Sink) -> Node {
    let mut entries: Vec<Entry> = Vec::new();
    for item in list.map(Node::items).unwrap_or_default() {
        let (Some(name), Some(value)) = (item.get("property"), item.entry("value")) else { continue };
        let Some(text) = name.text() else { continue };
        if TERMS.key(text).is_none() {
            misspelled(text, name.spot, &TERMS.names(), "customProperties", sink);
        } else if entries.iter().any(|known| known.key == text) {
            let message = format!("`{text}` stands twice among the customProperties");
            sink.error("contract-twice", name.spot, message, "take one of them away");
        } else {
            entries.push(Entry { key: text.to_owned(), spot: name.spot, value: value.value.clone() });
        }
    }
    let spot = list.map_or(Spot { line: 1, column: 1 }, |list| list.spot);
    let node = Node { spot, value: Value::Mapping(entries) };
    walk_part(&node, &TERMS, path, sink);
    node
}

/// A name that is not ours is somebody else's, unless it is spelled much like one of ours.
pub(crate) fn misspelled(name: &str, at: Spot, known: &[&str], of: &str, sink: &mut Sink) {
    if let Some(near) = mutirao_pipeline::text::closest(name, known.iter().copied()) {
        let message = format!("`{name}` is none of our {of}; did you mean \"{near}\"?");
        let mend = format!("write `{near}`, or give what is not ours another name");
        sink.warning("contract-unknown-property", at, message, mend);
    }
}

/// Reads the terms of a walked mapping.
pub(crate) fn read(node: &Node, legend: Option<&Legend>, sink: &mut Sink) -> Terms {
    let spots = node.entries().iter().map(|entry| (entry.key.clone(), entry.value.spot)).collect();
    let text = |key: &str| node.get_text(key).map(str::to_owned);
    Terms {
        grid: node.get("grid").and_then(grid),
        nodata: node.get("nodata").and_then(nodata),
        classes: node.get("classes").and_then(|node| classes(node, legend, sink)),
        area: node.get("area").and_then(|node| area(node, legend, sink)),
        periods: node.get("periods").map(|node| PeriodList::read(node, sink)),
        licence: text("license"),
        partner: text("partner"),
        spots,
    }
}

fn pair(node: &Node) -> Option<[f64; 2]> {
    if let Some(both) = node.text() {
        return number(both).map(|both| [both, both]);
    }
    let numbers: Vec<f64> = node.items().iter().filter_map(|item| number(item.text()?)).collect();
    numbers.try_into().ok()
}

fn grid(node: &Node) -> Option<GridTerm> {
    Some(GridTerm {
        crs: node.get_text("crs")?.to_owned(),
        resolution: pair(node.get("resolution")?)?,
        origin: node.get("origin").and_then(pair),
        tolerance: node.get_text("tolerance").and_then(number).unwrap_or(TOLERANCE),
    })
}

fn nodata(node: &Node) -> Option<NodataTerm> {
    let value = match node.text().or_else(|| node.get_text("value"))? {
        "none" => None,
        text => Some(i32::try_from(integer(text)?).ok()?),
    };
    Some(NodataTerm { value, declared: node.get_text("declared").and_then(boolean).unwrap_or(false) })
}

fn classes(node: &Node, legend: Option<&Legend>, sink: &mut Sink) -> Option<ClassesTerm> {
    let allowed = node.get("allowed").and_then(|node| {
        let allowed = read_values_at(node, legend, sink)?;
        doubtful::classes(&allowed, node, sink);
        Some(allowed)
    });
    let required = node.get("required").and_then(|node| read_values_at(node, legend, sink)).unwrap_or_default();
    let text = |key: &str| node.get_text(key).map(str::to_owned);
    let term = ClassesTerm { allowed: allowed?, required, crosswalk: text("crosswalk"), attribute: text("attribute") };
    if term.required.intersection(&term.allowed) != term.required {
        let message = format!("`required` has {}, and `allowed` only {}", term.required, term.allowed);
        sink.error("invalid-value", node.spot, message, "allow what is required");
    }
    Some(term)
}

fn area(node: &Node, legend: Option<&Legend>, sink: &mut Sink) -> Option<AreaTerm> {
    let text = |key: &str| node.get_text(key).map(str::to_owned);
    Some(AreaTerm {
        source: text("source")?,
        values: node.get("values").and_then(|node| read_values_at(node, legend, sink)),
        attribute: text("attribute"),
        layer: text("layer"),
        buffer_m: node.get_text("buffer_m").and_then(number).unwrap_or(0.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_labels_and_ranges() {
        let terms = ["1985..1987", "2020-2021", "2024..", "1999"].map(PeriodTerm::of);
        let list = PeriodList { terms: terms.to_vec() };
        for period in ["1985", "1987", "2020-2021", "2030", "1999"] {
            assert!(list.contains(period), "{period}");
        }
        for period in ["1984", "1988", "2020", "2023", "1985-1987", ""] {
            assert!(!list.contains(period), "{period}");
        }
        assert_eq!(list.to_string(), "1985..1987, 2020-2021, 2024.., 1999");
        assert_eq!(list.labels(100), None, "2024.. has no end");
        let closed = PeriodList { terms: terms[..2].to_vec() };
        assert_eq!(closed.labels(4).unwrap(), ["1985", "1986", "1987", "2020-2021"]);
        assert_eq!(closed.labels(3), None);
        let endless = PeriodList { terms: vec![PeriodTerm::Range(Some(i64::MIN), Some(i64::MAX))] };
        assert_eq!(endless.labels(1000), None);
    }
}
