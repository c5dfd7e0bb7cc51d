//! Value sets, wherever they stand.

use super::*;

/// Where a set holds of a layer `v` beside one that speaks everywhere.
#[track_caller]
fn holds(v: &Row<'_>, set: &str, expected: &[i32]) {
    let spoken = vec![3; v.1.len()];
    let rules = format!(
        "  rules:\n    - {{ take: {{ a: any }}, where: {{ v: {set} }}, give: 24 }}\ngroups: {{ natural: [1+, 33] }}\n"
    );
    let found = merge(&[("a", &spoken, ""), *v], &rules);
    let found: Vec<i32> = found.rule;
    assert_eq!(found, expected, "{set}");
}

#[test]
fn sets_of_numbers() {
    let v: Row<'_> = ("v", &[0, 49, 50, 100, 101, 255], ", role: value, nodata: 255");
    holds(&v, "50..100", &[0, 0, 1, 1, 0, 0]);
    holds(&v, "..49", &[1, 1, 0, 0, 0, 0]);
    holds(&v, "101..", &[0, 0, 0, 0, 1, 0]);
    holds(&v, "any", &[1, 1, 1, 1, 1, 0]);
    holds(&v, "none", &[0, 0, 0, 0, 0, 1]);
    holds(&v, "[0, none]", &[1, 0, 0, 0, 0, 1]);
    holds(&v, "{ not: 50..100 }", &[1, 1, 0, 0, 1, 1]);
    holds(&v, "255", &[0, 0, 0, 0, 0, 1]);
    holds(&v, "[50, 255]", &[0, 0, 1, 0, 0, 1]);
    holds(&v, "{ not: 255 }", &[1, 1, 1, 1, 1, 0]);
}

#[test]
fn sets_of_classes() {
    let v: Row<'_> = ("v", &[1, 3, 4, 14, 15, 33, 0], "");
    holds(&v, "14+", &[0, 0, 0, 1, 1, 0, 0]);
    holds(&v, "1", &[1, 0, 0, 0, 0, 0, 0]);
    holds(&v, "natural", &[1, 1, 1, 0, 0, 1, 0]);
    holds(&v, "{ not: natural }", &[0, 0, 0, 1, 1, 0, 1]);
    holds(&v, "{ not: [natural, none] }", &[0, 0, 0, 1, 1, 0, 0]);
    holds(&v, "0", &[0, 0, 0, 0, 0, 0, 1]);
    holds(&v, "{ not: 0 }", &[1, 1, 1, 1, 1, 1, 0]);
    holds(&v, "{ not: [0, 14+] }", &[1, 1, 1, 0, 0, 1, 0]);
    holds(&v, "[15.., 1]", &[1, 0, 0, 0, 1, 1, 0]);
}

/// Groups that name others above and below them.
const GROUPS: &str =
    "groups: { dry: { not: wet }, wet: [water, none], water: 33, green: [1+, meadow], meadow: 14.. }\n";

#[test]
fn groups_name_groups_wherever_they_stand() {
    let v: Row<'_> = ("v", &[1, 3, 14, 24, 33, 0], "");
    let holds = |set: &str, expected: &[i32]| {
        let rules = format!("  rules:\n    - {{ take: {{ a: any }}, where: {{ v: {set} }}, give: 24 }}\n{GROUPS}");
        assert_eq!(merge(&[("a", &[3; 6], ""), v], &rules).rule, expected, "{set}");
    };
    holds("wet", &[0, 0, 0, 0, 1, 1]);
    holds("dry", &[1, 1, 1, 1, 0, 0]);
    holds("green", &[1, 1, 1, 1, 1, 0]);
    holds("{ not: [dry, none] }", &[0, 0, 0, 0, 1, 0]);
    holds("[meadow, 1]", &[1, 0, 1, 1, 1, 0]);
}

#[test]
fn sets_stand_wherever_values_are_taken() {
    let a: Row<'_> = ("a", &[1, 3, 4, 14, 15, 33, 0], "");
    let takes = |set: &str, expected: &[i32]| {
        let rules = format!("  rules:\n    - {{ take: {{ a: {set} }} }}\n{GROUPS}");
        assert_eq!(merge(&[a], &rules).rule, expected, "take {set}");
        // An exception that holds where it does.
        let rules = format!(
            "  rules:\n    - {{ take: {{ full: any }}, unless: [ {{ when: {{ a: {set} }}, give: 24 }} ] }}\n{GROUPS}"
        );
        let held = merge(&[("full", &[30; 7], ""), a], &rules).part;
        assert_eq!(held[..6], expected[..6], "when {set}");
    };
    takes("14+", &[0, 0, 0, 1, 1, 0, 0]);
    takes("wet", &[0, 0, 0, 0, 0, 1, 0]);
    takes("{ not: 1+ }", &[0, 0, 0, 1, 1, 1, 0]);
    takes("3..14", &[0, 1, 1, 1, 0, 0, 0]);
    takes("..3", &[1, 1, 0, 0, 0, 0, 0]);
    takes("[15.., 1]", &[1, 0, 0, 0, 1, 1, 0]);
    takes("any", &[1, 1, 1, 1, 1, 1, 0]);
}

#[test]
fn sets_stand_in_areas_and_classes() {
    let area = |set: &str, expected: [i32; 7]| {
        let (net, _) = net(&[("biomes", &[1, 3, 4, 14, 15, 33, 0], ""), ("a", &[30; 7], "")]);
        net.pipeline(&format!(
            "layers:\n  biomes: {{ source: biomes.tif, role: region }}\n  base: {{ members: {{ a: {{ source: a.tif, \
             area: {{ biomes: {set} }} }} }} }}\ncoverage: {{ method: first }}\n{GROUPS}"
        ));
        assert_eq!(net.merged().bands("2020").class, expected.map(|inside| inside * 30), "area {set}");
    };
    area("14+", [0, 0, 0, 1, 1, 0, 0]);
    area("[water, ..3]", [1, 1, 0, 0, 0, 1, 0]);
    area("{ not: 4..14 }", [1, 1, 0, 0, 1, 1, 0]);
    area("dry", [1, 1, 1, 1, 1, 0, 0]);
    area("any", [1, 1, 1, 1, 1, 1, 0]);
    for (classes, holds) in [("1+", true), ("[3, 4]", true), ("3..4", true), ("green", false), ("3", false)] {
        let (net, _) = net(&[("a", &[3, 4, 0], "")]);
        net.pipeline(&format!(
            "layers:\n  a: {{ source: a.tif, classes: {classes} }}\ncoverage: {{ method: first }}\n\
             groups: {{ green: [14+, water], water: 33 }}\n"
        ));
        assert_eq!(net.run(&[]).code, Some(i32::from(!holds)), "classes {classes}");
    }
}

#[test]
fn ranges_of_a_crosswalk_may_be_open() {
    let (net, _) = net(&[("a", &[1, 9, 10, 20, 21, 255], "")]);
    net.write("a.csv", "from,to,note\n..9,3,\n10..20,15,\n21..,33,\n");
    net.pipeline("layers:\n  a: { source: a.tif, nodata: none, crosswalk: a.csv }\ncoverage: { method: first }\n");
    assert_eq!(net.merged().bands("2020").class, [3, 3, 15, 15, 33, 33]);
}
