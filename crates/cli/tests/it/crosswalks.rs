//! What `lint`, `plan` and `run` say of crosswalks.

use crate::support::{Net, Said, Tif};

/// A base map that speaks the legend and tears a class out of its family, and a theme that loses codes.
fn net() -> Net {
    let net = Net::of_periods([2, 1], "[2020]");
    net.tif("base", &Tif::of(2, &[4, 3])).tif("mines", &Tif::of(2, &[1, 0]));
    net.write("base.csv", "from,to,note\n3,3,\n4,4,\n15,15,\n14,3,\n");
    net.write("mines.csv", "from,to,note\n1,30,\n2..9,30,\n10..,,looked at and no mine\n");
    net.pipeline(
        "license: CC-BY-4.0
partners: { lab: { license: CC-BY-4.0 }, anm: { license: CC-BY-4.0 } }
layers:
  mines: { partner: anm, source: mines.tif, static: true, crosswalk: mines.csv }
  base: { partner: lab, source: base.tif, static: true, crosswalk: base.csv }
coverage: { method: first }
",
    );
    net
}

fn codes(said: &Said) -> Vec<String> {
    let found = said.json()["findings"].clone();
    found.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn notes_stand_in_two_lines_and_warnings_in_full() {
    insta::assert_snapshot!("crosswalk_findings", net().mutirao(&["lint", "."]));
}

#[test]
fn plan_and_run_tell_the_warnings_and_leave_the_notes_to_lint() {
    let net = net();
    let all = codes(net.mutirao(&["lint", ".", "--json"]).ok());
    assert_eq!(all.len(), 5, "{all:?}");
    assert_eq!(codes(net.mutirao(&["plan", ".", "--json"]).ok()), all);
    for said in [net.mutirao(&["plan", "."]), net.run(&["--draft"])] {
        let text = said.to_string();
        assert!(text.contains("warning[crosswalk-changes-top]") && !text.contains("note["), "{text}");
    }
}
