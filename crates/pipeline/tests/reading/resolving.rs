//! From sources and periods to files.

use mutirao_core::pipeline::{BandSpec, Member, Missing, PeriodInput};

use crate::support::{Folder, changed};

const BASE: &str = "{ partner: lab, source: data/base_{period}.tif }";

/// The first member of the first layer, which has this entry.
fn member(folder: &Folder) -> Member {
    let reading = folder.read();
    assert!(!reading.has_errors(), "{}", folder.shown(&reading.findings));
    reading.pipeline.unwrap().layers.remove(0).members.remove(0)
}

fn with(base: &str) -> Folder {
    Folder::with(&changed(BASE, base))
}

fn input(folder: &Folder, period: usize, files: &[&str]) -> PeriodInput {
    let files = files.iter().map(|file| folder.path(file)).collect();
    PeriodInput { period, files, carried_from: None }
}

#[test]
fn globs_are_sorted_and_count_files_once() {
    let folder = with("{ source: [\"data/á b/{period}/*.tif\", data/á b/2019/2.tif], static: false }");
    for name in ["2019/2", "2019/10", "2019/.hidden", "2020/x[1]"] {
        folder.write(&format!("data/á b/{name}.tif"), "");
    }
    let inputs = member(&folder).inputs;
    assert_eq!(inputs[0], input(&folder, 0, &["data/á b/2019/10.tif", "data/á b/2019/2.tif"]));
    assert_eq!(inputs[1], input(&folder, 1, &["data/á b/2020/x[1].tif", "data/á b/2019/2.tif"]));
}

#[test]
fn a_file_of_that_very_name_comes_before_a_glob() {
    let folder = with("{ source: \"data/x[1].tif\", static: true }");
    folder.write("data/x[1].tif", "").write("data/x1.tif", "");
    assert_eq!(member(&folder).inputs[0], input(&folder, 0, &["data/x[1].tif"]));
}

#[test]
fn versions_are_filled_in_as_written() {
    let folder = with("{ version: 2026.10, source: data/v{version}/b_{period}.tif }");
    folder.write("data/v2026.10/b_2019.tif", "").write("data/v2026.10/b_2020.tif", "");
    assert_eq!(member(&folder).inputs[1], input(&folder, 1, &["data/v2026.10/b_2020.tif"]));
}

#[test]
fn missing_periods_are_refused_left_out_or_carried_forward() {
    let gap = |missing: &str| {
        let folder = with(&format!("{{ source: data/base_{{period}}.tif{missing} }}"));
        std::fs::remove_file(folder.path("data/base_2020.tif")).unwrap();
        folder
    };
    let refused = gap("").read();
    assert_eq!(refused.findings[0].code, "missing-period");
    assert!(refused.pipeline.is_some(), "rules can be judged all the same");

    let folder = gap(", missing: nothing");
    let nothing = member(&folder);
    assert_eq!((nothing.missing, nothing.inputs), (Missing::Nothing, vec![input(&folder, 0, &["data/base_2019.tif"])]));

    let folder = gap(", missing: previous");
    let carried = PeriodInput { carried_from: Some(0), ..input(&folder, 1, &["data/base_2019.tif"]) };
    assert_eq!(member(&folder).inputs[1], carried);

    let folder = gap(", missing: previous");
    std::fs::rename(folder.path("data/base_2019.tif"), folder.path("data/base_2020.tif")).unwrap();
    let reading = folder.read();
    assert_eq!(reading.findings[0].code, "missing-period");
    assert!(reading.findings[0].message.contains("none before"));
}

#[test]
fn a_part_of_a_period_is_never_left_out() {
    let folder = with("{ source: [data/base_{period}.tif, data/more_{period}.tif], missing: nothing }");
    folder.write("data/more_2019.tif", "");
    let reading = folder.read();
    assert_eq!(reading.findings.len(), 1);
    assert!(reading.findings[0].message.contains("no file for 2020"), "{}", folder.shown(&reading.findings));
}

#[test]
fn layers_may_speak_for_years_that_the_pipeline_lacks() {
    for periods in ["[2016..2019]", "2019", "[2015, 2019]", "..2019"] {
        let folder = with(&format!("{{ source: data/base_{{period}}.tif, periods: {periods} }}"));
        assert_eq!(member(&folder).inputs, [input(&folder, 0, &["data/base_2019.tif"])], "{periods}");
    }
    let folder = with("{ source: data/base_{period}.tif, periods: [1990..1995] }");
    let reading = folder.read();
    assert!(!reading.has_errors() && reading.findings[0].code == "unknown-period");
}

#[test]
fn bands_speak_for_their_periods() {
    let folder = with("{ source: data/mining.tif, bands: { 2018: 1, 2020: 3 } }");
    let member = member(&folder);
    assert_eq!(member.band, BandSpec::ByPeriod(vec![(1, 3)]));
    assert_eq!(member.inputs, [input(&folder, 1, &["data/mining.tif"])]);
    let reading = with("{ source: data/mining.tif, bands: { 2020: 3 }, periods: 2019..2020 }").read();
    assert_eq!(reading.findings[0].code, "missing-period");
    let reading = with("{ source: data/mining.tif, bands: { 2020: 0 } }").read();
    assert_eq!(reading.findings[0].code, "invalid-value");
}

#[test]
fn one_band_for_several_periods_must_be_meant() {
    assert_eq!(with("{ source: data/mining.tif, band: 2 }").read().findings[0].code, "missing-key");
    assert_eq!(member(&with("{ source: data/mining.tif, band: 2, static: true }")).band, BandSpec::Number(2));
    assert_eq!(with("{ source: data/base_{period}.tif, static: true }").read().findings[0].code, "invalid-value");
    // Whether the file has one band or more is for the plan to see.
    assert_eq!(member(&with("{ source: data/mining.tif }")).band, BandSpec::Auto);
}

#[test]
fn a_relative_folder_stays_relative_and_a_folder_stands_for_its_pipeline() {
    let folder = Folder::with(crate::support::GOOD);
    let reading = mutirao_pipeline::read(folder.0.path());
    assert_eq!(reading.pipeline.unwrap().path, folder.path("pipeline.yaml"));
}
