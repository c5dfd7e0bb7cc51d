//! What the linter says of crosswalks.

use std::path::{Path, PathBuf};

use mutirao_core::finding::{Finding, Severity, Where};
use mutirao_pipeline::{CODES, lint_crosswalks, read};

use crate::support::{Folder, shown};

const PIPELINE: &str = r#"mutirao: 1
id: test
version: 2026.10
license: CC-BY-4.0
grid: { crs: EPSG:4326, origin: [-51, 1], resolution: 0.01, size: [32, 32] }
legend: legend.csv
periods: [2020]
partners: { lab: { license: CC-BY-4.0 }, anm: { license: CC-BY-4.0 } }
layers:
  base: { partner: lab, source: base.tif, crosswalk: base.csv }
  mining: { partner: anm, source: mining.tif, crosswalk: mining.csv }
coverage: { rules: [ { take: { mining: any } }, { take: { base: any } } ] }
"#;

/// What is found with these crosswalks.
#[track_caller]
fn lint_with(pipeline: &str, base: &str, mining: &str) -> Vec<Finding> {
    let folder = Folder::with(pipeline);
    folder.write("base.csv", base).write("mining.csv", mining).write("base.tif", "").write("mining.tif", "");
    let reading = folder.read();
    assert_eq!(reading.findings, [], "{}", folder.shown(&reading.findings));
    let found = lint_crosswalks(&reading.pipeline.unwrap());
    for finding in &found {
        assert!(CODES.iter().any(|(code, _)| *code == finding.code), "{finding:?}");
        assert!(finding.mend.is_some() && finding.place.is_some() && finding.layer.is_some(), "{finding:?}");
    }
    found
}

/// What is found of the crosswalk of `base`.
#[track_caller]
fn lint(base: &str) -> Vec<Finding> {
    lint_with(PIPELINE, base, "from,to,note\n\"a mine\",30,\n")
}

/// The one finding, as code, severity, line and message.
#[track_caller]
fn only(found: Vec<Finding>) -> (String, Severity, u32, String) {
    let [one] = found.as_slice() else { panic!("{:?}", found.iter().map(shown).collect::<Vec<_>>()) };
    let Some(Where::File(place)) = &one.place else { panic!("{one:?}") };
    (one.code.clone(), one.severity, place.line, one.message.clone())
}

fn said(code: &str, severity: Severity, line: u32, message: &str) -> (String, Severity, u32, String) {
    (code.to_owned(), severity, line, message.to_owned())
}

fn fixture(code: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/invalid").join(code).join(name)
}

#[test]
fn every_code_has_a_folder_that_gives_it_alone_and_one_that_keeps() {
    let codes = [
        "crosswalk-to-nothing",
        "crosswalk-fold",
        "crosswalk-changes-top",
        "crosswalk-classes",
        "crosswalk-two-meanings",
        "crosswalk-nodata",
    ];
    for code in codes {
        assert!(CODES.iter().any(|(known, _)| *known == code));
        let found = |name: &str| lint_crosswalks(&read(&fixture(code, name)).pipeline.unwrap());
        let codes: Vec<String> = found("pipeline.yaml").into_iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [code]);
        assert_eq!(found("keeps.yaml"), [], "{code}");
    }
}

#[test]
fn codes_that_become_nothing_are_listed() {
    use Severity::{Info, Warning};
    let message = "8, 9.., \"cloud\" become nothing in base.csv (3 of 4 lines)";
    let found = lint("from,to,note\n1,3,\n8,,\n9..,,\ncloud,,\n");
    assert_eq!(only(found), said("crosswalk-to-nothing", Info, 3, message));
    let message = "every line of base.csv makes nothing of its codes, so `base` is nothing everywhere";
    // Rules that take a layer which is nothing everywhere are an error already.
    let rules = PIPELINE.find("coverage:").unwrap();
    let voted = format!("{}coverage: {{ method: first }}\n", &PIPELINE[..rules]);
    let found = lint_with(&voted, "from,to,note\n1,,\n2,,\n", "from,to,note\n1,30,\n");
    assert_eq!(only(found), said("crosswalk-to-nothing", Warning, 2, message));
}

#[test]
fn nodata_never_reaches_a_crosswalk() {
    let with = |nodata: &str| PIPELINE.replace("base.csv }", &format!("base.csv, nodata: {nodata} }}"));
    let found = |nodata: &str, lines: &str| lint_with(&with(nodata), lines, "from,to,note\nx,30,\n");
    let message = "base.csv makes 3 (Dense forest) of 255, which the pipeline declares to be the nodata of `base`: it never reaches the \
                   crosswalk, and stays nothing";
    let told = found("255", "from,to,note\n1,3,\n255,3,\n");
    assert_eq!(only(told), said("crosswalk-nodata", Severity::Warning, 3, message));
    // It is not folded with what comes, either.
    let told = found("255", "from,to,note\n1,3,\n2,3,\n255,3,\n");
    assert_eq!(told.len(), 2);
    assert!(told[0].message.ends_with(": 1, 2 become 3 (Dense forest)"), "{}", told[0].message);
    for (nodata, lines) in [("254", "1,3,\n255,15,\n"), ("none", "1,3,\n255,15,\n"), ("255", "1,3,\n2,15,\n")] {
        assert_eq!(found(nodata, &format!("from,to,note\n{lines}")), [], "{nodata} {lines}");
    }
    // What is nothing anyhow, and ranges that mean what else is in them.
    let codes = |lines: &str| -> Vec<String> {
        found("255", &format!("from,to,note\n{lines}")).into_iter().map(|one| one.code).collect()
    };
    assert_eq!(codes("1,3,\n255,,\n"), ["crosswalk-to-nothing"]);
    assert_eq!(codes("1,3,\n2..255,15,\n"), ["crosswalk-fold"]);
}

#[test]
fn rules_of_a_layer_that_is_nothing_everywhere_are_told_why() {
    let folder = Folder::with(PIPELINE);
    folder.write("base.csv", "from,to,note\n1,,\n2,,\n").write("mining.csv", "from,to,note\nx,30,\n");
    folder.write("base.tif", "").write("mining.tif", "");
    let take = PIPELINE.replace("base: any", "base: [3, 1+]");
    folder.write("pipeline.yaml", &take);
    let found = folder.read().findings;
    assert!(!found.is_empty());
    for finding in &found {
        let because = "the layer `base` is nothing everywhere: every line of base.csv makes nothing of its codes";
        assert_eq!(finding.message, because, "{}", folder.shown(&found));
    }
}

#[test]
fn folds_are_listed_by_class_with_ranges_as_they_are_written() {
    let message = "base.csv makes one class of several codes: 1, 2, \"wood\" become 3 (Dense forest); 10..2147483646 become 33 (Water)";
    let found = lint("from,to,note\n5,15,\n1,3,\n2,3,\nwood,3,\n10..2147483646,33,\n");
    assert_eq!(found[0].class, [3, 33]);
    assert_eq!(only(found), said("crosswalk-fold", Severity::Info, 3, message));
}

#[test]
fn a_huge_crosswalk_does_not_drown_its_reader() {
    let lines: String = (100..5100).map(|code| format!("{code},3,\n")).collect();
    let (.., message) = only(lint(&format!("from,to,note\n{lines}")));
    assert!(message.ends_with("110, 111 and 4988 more become 3 (Dense forest)"), "{message}");
}

#[test]
fn codes_of_one_parent_stay_under_one_top_class() {
    let kept = "from,to,note,parent\n11,1,,10\n12,3,,10\n21,15,,20\n22,,,10\n";
    assert!(lint(kept).iter().all(|finding| finding.severity == Severity::Info));
    let message = "base.csv puts codes of one parent under different top classes: of 10, 11 under 1 (Forest), 12 under 14 (Farming)";
    let found = lint("from,to,note,parent\n11,3,,10\n12,15,,10\n21,14,,20\n");
    assert_eq!(found[0].class, [3, 15]);
    assert_eq!(only(found), said("crosswalk-changes-top", Severity::Warning, 2, message));
    // A parent that stands on a line itself is one of its family, by number and by word.
    let (code, .., message) = only(lint("from,to,note,parent\nwood,3,,\nwoodlot,15,,wood\n"));
    assert_eq!(code, "crosswalk-changes-top");
    assert!(message.ends_with("of wood, \"wood\" under 1 (Forest), \"woodlot\" under 14 (Farming)"), "{message}");
    assert_eq!(lint("from,to,note,parent\n10,3,,10\n11,1,,10\n"), [], "its own parent");
}

#[test]
fn ids_of_the_legend_stay_under_their_top_class() {
    let same = "from,to,note\n1,1,\n14,14,\n33,33,\n";
    assert_eq!(lint(same), []);
    let message = "base.csv leaves most ids of the legend as they are, and puts some under another top class: 3 (Dense forest) under 1 \
                   (Forest) becomes 15 (Pasture) under 14 (Farming)";
    let found = lint(&format!("{same}3,15,\n"));
    assert_eq!(only(found), said("crosswalk-changes-top", Severity::Warning, 5, message));
    // Ranges are asked for the ids in them.
    let (code, _, line, _) = only(lint(&format!("{same}30..31,15,\n")).split_off(1));
    assert_eq!((code.as_str(), line), ("crosswalk-changes-top", 5));
    // A partner's own numbers, and one with its own parents, are not the legend's.
    assert_eq!(lint("from,to,note\n1,33,\n3,15,\n14,14,\n"), []);
    assert_eq!(lint("from,to,note,parent\n1,1,,\n14,14,,\n33,33,,\n3,15,,7\n"), []);
}

#[test]
fn classes_beside_a_crosswalk_are_what_comes_out_of_it() {
    let with = |classes: &str| PIPELINE.replace("base.csv }", &format!("base.csv, classes: {classes} }}"));
    let found = |classes| lint_with(&with(classes), "from,to,note\n7,3,\n8,15,\n", "from,to,note\nx,30,\n");
    assert_eq!(found("[3, 15]"), []);
    let message = "no line of base.csv gives 7, 8 of the `classes` of `base`, and base.csv gives 3, 15, which the `classes` of `base` lack";
    assert_eq!(only(found("[7, 8]")), said("crosswalk-classes", Severity::Warning, 10, message));
}

#[test]
fn codes_of_several_meanings_are_told_once_for_all_partners() {
    let (base, mining) = ("from,to,note\n1..5,3,\n6,15,\nwood,3,\n", "from,to,note\n4..9,30,\nwood,15,\n7,,\n");
    let mining = mining.replace("4..9", "4..6");
    let found = |pipeline: &str| -> Vec<Finding> {
        lint_with(pipeline, base, &mining).into_iter().filter(|one| one.code == "crosswalk-two-meanings").collect()
    };
    let message = "partners use one code for different classes: 4..5 is 3 (Dense forest) to base, 30 (Mining) to mining; 6 is 15 (Pasture) to \
                   base, 30 (Mining) to mining; \"wood\" is 3 (Dense forest) to base, 15 (Pasture) to mining";
    assert_eq!(only(found(PIPELINE)), said("crosswalk-two-meanings", Severity::Info, 2, message));
    assert_eq!(found(&PIPELINE.replace("partner: anm", "partner: lab")), [], "one partner may");
}

#[test]
fn ids_taken_as_they_are_are_a_meaning_too() {
    let plain = |more: &str| PIPELINE.replace("crosswalk: base.csv", more);
    let found = |pipeline: &str| lint_with(pipeline, "", "from,to,note\n3,30,\n");
    let message = "partners use one code for different classes: 3 is 3 (Dense forest) to base, 30 (Mining) to mining";
    for legend in ["static: true", "classes: [3, 15]"] {
        assert_eq!(only(found(&plain(legend))), said("crosswalk-two-meanings", Severity::Info, 2, message), "{legend}");
    }
    assert_eq!(found(&plain("classes: [15]")), [], "it has no 3");
    let own = plain("classes: [3]").replace("{ take: { base: any } }", "{ take: { base: 3 }, give: 33 }");
    assert_eq!(found(&own), [], "a code of its own, to which a rule gives a class");
}
