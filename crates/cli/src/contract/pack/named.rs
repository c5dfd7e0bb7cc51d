//! Files that a contract names, and their places in a pack.

use std::path::{Component, Path};

use mutirao_contract::{
    Contract, Quality,
    checks::{AcceptancePointsCheck, AccuracyCheck, Check, ForeignKeyCheck},
    terms::{AreaTerm, Terms},
};

/// A file that a contract names.
#[derive(Clone)]
pub struct Named {
    /// How it names it, from the network's folder.
    pub text: String,
    /// The folder of the pack for what lies outside of the network's folder.
    folder: &'static str,
    /// Whether the network keeps it to itself.
    pub withheld: bool,
    /// Of the responsible area: which part of it.
    pub area: Option<AreaTerm>,
}

impl Named {
    fn new(text: &str, folder: &'static str, withheld: bool) -> Named {
        Named { text: text.to_owned(), folder, withheld, area: None }
    }

    /// A crosswalk.
    pub fn crosswalk(text: &str) -> Named {
        Named::new(text, "crosswalks", false)
    }

    /// Its place in the pack: where it lies in the network's folder, or by its name in a folder for its kind.
    pub fn place(&self) -> String {
        let path = Path::new(&self.text);
        let parts: Vec<String> = path
            .components()
            .filter(|part| *part != Component::CurDir)
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        let is_inside = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if is_inside { parts.join("/") } else { format!("{}/{}", self.folder, parts.last().map_or("", String::as_str)) }
    }

    /// A place for it in the folder for its kind, under another name.
    pub fn place_as(&self, name: &str) -> String {
        let plain = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' };
        format!("{}/{}", self.folder, name.chars().map(plain).collect::<String>())
    }
}

/// The files that a contract names, in its order.
pub fn named(contract: &Contract) -> Vec<Named> {
    let mut all = Vec::new();
    let terms = std::iter::once(&contract.terms).chain(contract.objects.iter().map(|object| &object.terms));
    terms.for_each(|terms| of_terms(terms, &mut all));
    for (_, rule) in contract.objects.iter().flat_map(|object| object.rules()) {
        if let Quality::Check(check) = &rule.quality {
            of_check(check, &mut all);
        }
    }
    all
}

fn of_terms(terms: &Terms, all: &mut Vec<Named>) {
    if let Some(crosswalk) = terms.classes.as_ref().and_then(|classes| classes.crosswalk.as_ref()) {
        all.push(Named::crosswalk(crosswalk));
    }
    if let Some(area) = &terms.area {
        all.push(Named { area: Some(area.clone()), ..Named::new(&area.source, "area", false) });
    }
}

fn of_check(check: &Check, all: &mut Vec<Named>) {
    match check {
        Check::AcceptancePoints(AcceptancePointsCheck { points, withheld, .. }) => {
            all.push(Named::new(points, "acceptance", *withheld));
        }
        Check::Accuracy(AccuracyCheck { samples, strata, withheld, .. }) => {
            all.push(Named::new(samples, "acceptance", *withheld));
            all.extend(strata.iter().map(|strata| Named::new(strata, "acceptance", *withheld)));
        }
        Check::ForeignKey(ForeignKeyCheck { source, .. }) => all.push(Named::new(source, "tables", false)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_outside_of_the_network_gets_a_place_in_the_pack() {
        let place = |text: &str| Named::new(text, "area", false).place();
        assert_eq!(place("crosswalks/a.csv"), "crosswalks/a.csv");
        assert_eq!(place("./a.csv"), "a.csv");
        assert_eq!(place("../../fixtures/biomes.tif"), "area/biomes.tif");
        assert_eq!(place("/data/biomes.tif"), "area/biomes.tif");
        assert_eq!(place("a/../../b.tif"), "area/b.tif");
    }
}
