//! The table of MapBiomas Brazil, collection 11.

use std::collections::{BTreeMap, BTreeSet};

use mutirao_core::finding::{ClassRegions, Finding, Severity, Where};
use mutirao_core::rule::{Condition, Exception, Give, Role, Rule, RuleLayer, RuleTable};
use mutirao_core::values::ValueSet;
use serde_json::Value;

use crate::lint::lint;

const REGIONS: [&str; 5] = ["biomes", "states", "pampa_lagoa_do_peixe", "cerrado_protected", "caatinga_irece"];

/// Layers by first mention, and the classes that the table names for each.
#[derive(Default)]
struct Names {
    ids: BTreeMap<String, usize>,
    classes: Vec<BTreeSet<i32>>,
}

impl Names {
    fn id(&mut self, name: &str) -> usize {
        let next = self.ids.len();
        let id = *self.ids.entry(name.to_owned()).or_insert(next);
        self.classes.resize_with(self.ids.len(), BTreeSet::new);
        id
    }

    fn condition(&mut self, entry: &Value) -> Condition {
        let name = entry["layer"].as_str().unwrap();
        let layer = self.id(name);
        let classes: Vec<i32> =
            entry["classes"].as_array().unwrap().iter().map(|class| class.as_i64().unwrap() as i32).collect();
        self.classes[layer].extend(&classes);
        let nodata = REGIONS.contains(&name).then_some(0);
        Condition { layer, values: ValueSet::from_values(classes).with_nodata(nodata) }
    }

    fn conditions(&mut self, entries: &Value) -> Vec<Condition> {
        entries.as_array().into_iter().flatten().map(|entry| self.condition(entry)).collect()
    }

    fn output(&mut self, output: &Value) -> Give {
        match output["copy_from"].as_str() {
            Some(layer) => Give::Layer(self.id(layer)),
            None => Give::Class(output.as_u64().unwrap() as u16),
        }
    }

    fn rule(&mut self, entry: &Value) -> Rule {
        let Condition { layer, values: take } = self.condition(entry);
        let give = self.output(&entry["output"]);
        let exception = &entry["unless"];
        let unless = (!exception.is_null()).then(|| Exception {
            when: self.conditions(&exception["all_of"]),
            give: self.output(&exception["output"]),
        });
        Rule {
            layer,
            // A rule that gives the class it takes is written without `give`.
            give: (Give::Class(take.ranges()[0].0 as u16) != give).then_some(give),
            take,
            conditions: self.conditions(&entry["within"]),
            unless: unless.into_iter().collect(),
            periods: None,
        }
    }

    fn layers(&self) -> Vec<RuleLayer> {
        let mut layers: Vec<(&String, &usize)> = self.ids.iter().collect();
        layers.sort_by_key(|(_, id)| **id);
        let layer = |(name, id): (&String, &usize)| {
            let region = REGIONS.contains(&name.as_str());
            let declared = self.classes[*id].iter().copied().filter(|&class| !(region && class == 0));
            let role = if region { Role::Region } else { Role::Class };
            RuleLayer { name: name.clone(), role, declared: Some(ValueSet::from_values(declared)) }
        };
        layers.into_iter().map(layer).collect()
    }
}

fn table() -> Option<RuleTable> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/mapbiomas-c11-prevalence.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: ../shared is not here");
        return None;
    };
    let json: Value = serde_json::from_str(&text).unwrap();
    let mut names = Names::default();
    let (base, biomes) = (names.id("base"), names.id("biomes"));
    names.classes[base].insert(1);
    names.classes[biomes].extend(1..=6);
    let rules: Vec<Rule> = json["rules"].as_array().unwrap().iter().map(|rule| names.rule(rule)).collect();
    let layers = names.layers();
    Some(RuleTable { layers, rules, within: Some(biomes), unclaimed: None, periods: vec!["2020".to_owned()] })
}

fn of<'a>(findings: &'a [Finding], code: &str) -> Vec<(u16, Option<&'a str>, &'a [u16])> {
    findings
        .iter()
        .filter(|finding| finding.code == code)
        .map(|finding| (finding.rule.unwrap_or(0), finding.part.as_deref(), finding.because.as_slice()))
        .collect()
}

#[test]
fn the_table_of_collection_11_is_judged_as_by_hand() {
    let Some(table) = table() else { return };
    assert_eq!(table.rules.len(), 67);
    let findings = lint(&table, &[], &[]);
    let rule = Some("rule");
    assert_eq!(of(&findings, "never-wins"), [(51, rule, &[50][..]), (54, rule, &[53]), (67, rule, &[42])]);
    let first = Some("unless:1");
    assert_eq!(of(&findings, "exception-never-applies"), [(61, first, &[43, 45, 50, 53][..])]);
    assert_eq!(of(&findings, "exception-always-applies"), [(58, first, &[][..])]);
    assert_eq!(of(&findings, "exception-without-effect"), [(50, first, &[][..]), (53, first, &[])]);
    let told = |finding: &&Finding| finding.severity != Severity::Info;
    assert_eq!(findings.iter().filter(told).count(), 3 + 1 + 1 + 2 + 2);
    let infos: BTreeSet<&str> =
        findings.iter().filter(|finding| !told(finding)).map(|finding| finding.code.as_str()).collect();
    assert_eq!(infos, BTreeSet::from(["value-never-applies"]));
}

#[test]
fn the_table_of_collection_11_leaves_these_classes_unclaimed() {
    let Some(table) = table() else { return };
    let findings = lint(&table, &[], &[]);
    let found: Vec<_> = findings
        .iter()
        .filter(|finding| finding.code == "class-unclaimed")
        .map(|finding| (finding.layer.as_deref(), finding.place.clone()))
        .collect();
    let regions =
        |class, regions: &[i32]| ClassRegions { class, layer: "biomes".to_owned(), regions: regions.to_vec() };
    let base = [
        regions(1, &[1, 2, 3, 4, 5, 6]),
        regions(6, &[2, 3, 4, 5, 6]),
        regions(7, &[1, 2, 3, 4, 5]),
        regions(15, &[2, 5]),
        regions(84, &[1, 2, 3, 4, 6]),
    ];
    let agriculture = [regions(47, &[1, 2, 5, 6])];
    assert_eq!(
        found,
        [
            (Some("base"), Some(Where::Regions(base.to_vec()))),
            (Some("agriculture"), Some(Where::Regions(agriculture.to_vec())))
        ]
    );
}

#[test]
fn classes_of_the_legend_that_collection_11_never_gives_are_listed() {
    let Some(table) = table() else { return };
    // 21 comes from an exception alone, 49 from a rule and by copy, 1 from nowhere, 27 is in no rule.
    let findings = lint(&table, &[1, 21, 27, 49, 75], &[]);
    let never: Vec<&Finding> = findings.iter().filter(|finding| finding.code == "class-never-given").collect();
    assert_eq!(never.len(), 1);
    assert_eq!(never[0].class, [1, 27]);
}
