//! Legends and crosswalks.

use mutirao_core::{
    crosswalk::{FromCode, Target},
    finding::Where,
};

use crate::support::{Folder, GOOD, LEGEND, changed, shown};

/// The findings of a folder in one of its files, as (code, line, column).
fn findings(folder: &Folder, file: &str) -> Vec<(String, u32, u32)> {
    let reading = folder.read();
    let file = folder.path(file).display().to_string();
    let place = |finding: &mutirao_core::finding::Finding| match &finding.place {
        Some(Where::File(place)) if place.file == file => Some((finding.code.clone(), place.line, place.column)),
        _ => panic!("{}", shown(finding)),
    };
    reading.findings.iter().filter_map(place).collect()
}

fn legend(text: &str) -> Vec<(String, u32, u32)> {
    let folder = Folder::with(GOOD);
    folder.write("legend.csv", text);
    findings(&folder, "legend.csv")
}

fn crosswalk(text: &str) -> (Folder, Vec<(String, u32, u32)>) {
    let text_of_pipeline = changed("classes: [1, 2] }", "crosswalk: crosswalks/mining.csv }");
    let folder = Folder::with(&text_of_pipeline.replace("take: { mining: 1 }", "take: { mining: any }"));
    folder.write("crosswalks/mining.csv", text);
    let found = findings(&folder, "crosswalks/mining.csv");
    (folder, found)
}

#[test]
fn every_mistake_of_a_legend_has_its_place() {
    let one = |code: &str, line, column| vec![(code.to_owned(), line, column)];
    assert_eq!(legend(&LEGEND.replace("3,1,Dense", "3,99,Dense")), one("legend-parent", 3, 3));
    assert_eq!(legend(&LEGEND.replace("3,1,Dense", "1,,Dense")), one("legend-duplicate", 3, 1));
    assert_eq!(legend(&LEGEND.replace("3,1,Dense", "3,3,Dense")), one("legend-ring", 3, 3));
    assert_eq!(legend(&LEGEND.replace("#006400", "green")), one("legend-value", 3, 18));
    assert_eq!(legend(&LEGEND.replace("3,1,Dense forest", "3,1,")), one("legend-value", 3, 5));
    assert_eq!(legend(&LEGEND.replace("3,1,Dense", "70000,1,Dense")), one("legend-value", 3, 1));
    assert_eq!(legend(&LEGEND.replace("3,1,Dense", "3,1,more,Dense")), one("legend-syntax", 3, 1));
    assert_eq!(legend(&LEGEND.replace("id,parent", "id,parents")), one("legend-header", 1, 1));
    assert_eq!(legend(&LEGEND.replace("id,parent", "id,id,parent").replace(",,", ",x,,")).len(), 3);
    assert_eq!(legend("id,parent,name,color\n"), one("legend-empty", 1, 1));
    assert_eq!(legend(""), one("legend-syntax", 1, 1));
    let two = LEGEND.replace("#1f8d49", "x").replace("#2532e4", "y");
    assert_eq!(legend(&two).len(), 2);
}

#[test]
fn further_columns_and_byte_order_marks_are_kept_and_dropped() {
    let folder = Folder::with(GOOD);
    let more =
        LEGEND.replace("color\n", "color,name_pt\n").replace("\n1,,Forest,#1f8d49", "\n1,,Forest,#1f8d49,Floresta");
    let lines: Vec<String> = more
        .lines()
        .map(|line| if line.matches(',').count() == 3 { format!("{line},\r") } else { line.to_owned() })
        .collect();
    folder.write("legend.csv", format!("\u{feff}{}\n", lines.join("\n")));
    let reading = folder.read();
    assert_eq!(reading.findings, [], "{}", folder.shown(&reading.findings));
    let legend = reading.pipeline.unwrap().legend;
    assert_eq!(legend.get(1).unwrap().more["name_pt"], "Floresta");
    assert_eq!(legend.get(1).unwrap().color, [0x1f, 0x8d, 0x49]);
    folder.write("legend.csv", b"id,parent,name,color\n1,,Floresta \xe3,#000000\n");
    let finding = folder.read().findings.remove(0);
    assert!(finding.message.contains("line 2 is not UTF-8"), "{}", shown(&finding));
}

#[test]
fn crosswalks_have_codes_ranges_and_texts() {
    let (folder, found) = crosswalk("from,to,note\n1,30,\n5..9,3,\"a, b\"\nMata Atlântica,14,text\n-1,,nothing\n");
    assert_eq!(found, []);
    let layers = folder.read().pipeline.unwrap().layers;
    let crosswalk = layers[1].members[0].crosswalk.clone().unwrap();
    assert_eq!(crosswalk.code(7), Some(Target::Class(3)));
    assert_eq!(crosswalk.code(-1), Some(Target::Nothing));
    assert_eq!(crosswalk.text("Mata Atlântica"), Some(Target::Class(14)));
    assert_eq!(crosswalk.lines[1].note, "a, b");
    assert_eq!((crosswalk.lines[2].line, &crosswalk.lines[1].from), (4, &FromCode::Codes(5, 9)));
}

#[test]
fn every_mistake_of_a_crosswalk_has_its_place() {
    let found = |text: &str| crosswalk(text).1;
    let one = |code: &str, line, column| vec![(code.to_owned(), line, column)];
    assert_eq!(found("from,to\n1,99\n"), one("unknown-class", 2, 3));
    assert_eq!(found("from,to\n1,none\n"), one("crosswalk-value", 2, 3));
    assert_eq!(found("from,to\n,3\n"), one("crosswalk-value", 2, 1));
    assert_eq!(found("from,to\n9..1,3\n"), one("crosswalk-value", 2, 1));
    assert_eq!(
        found("from,to\n1..5,3\n2,1\n5..6,1\n9,1\n"),
        [("crosswalk-duplicate".to_owned(), 3, 1), ("crosswalk-duplicate".to_owned(), 4, 1)]
    );
    assert_eq!(found("from,to\nx,3\nx,3\n"), one("crosswalk-duplicate", 3, 1));
    assert_eq!(found("from;to\n1;3\n"), one("crosswalk-header", 1, 1));
    assert_eq!(found("code,to\n1,3\n"), one("crosswalk-header", 1, 1));
    assert_eq!(found("from,to\n"), one("crosswalk-empty", 1, 1));
    assert_eq!(found("from,to\n1,3,why\n"), one("crosswalk-syntax", 2, 1));
}

#[test]
fn a_crosswalk_of_two_layers_is_reported_once() {
    let folder = Folder::with(
        &changed("classes: [1, 2] }", "crosswalk: c.csv }").replace("partner: lab, source", "crosswalk: c.csv, source"),
    );
    folder.write("c.csv", "from,to\n1,99\n");
    let codes: Vec<String> = folder.read().findings.into_iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["unknown-class"]);
}

#[test]
fn crosswalks_of_regions_lead_to_numbers_of_their_own() {
    let folder = Folder::with(&changed("role: region, classes: 1..6", "role: region, crosswalk: c.csv"));
    folder.write("c.csv", "from,to\nMata,777\n");
    let reading = folder.read();
    assert_eq!(reading.findings, []);
    assert_eq!(reading.pipeline.unwrap().declared(2).unwrap().to_string(), "777");
}
