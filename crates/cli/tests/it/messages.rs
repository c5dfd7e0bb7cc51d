//! What people and scripts see: whole outputs, exit codes, `--json`.

use std::io::Read;
use std::process::Stdio;

use crate::support::{Net, Said, Tif};

/// A small network of two layers, with exceptions and a territory layer.
fn tiny() -> Net {
    let net = Net::of_periods([4, 2], "[2019, 2020]");
    net.tif("base_2019", &Tif::of(4, &[3, 3, 15, 15, 3, 33, 0, 15]));
    net.tif("base_2020", &Tif::of(4, &[3, 15, 15, 15, 3, 33, 0, 15]));
    net.tif("mines", &Tif::of(4, &[0, 1, 1, 0, 0, 1, 0, 0]));
    net.tif("states", &Tif::of(4, &[16, 16, 15, 15, 16, 16, 15, 15]));
    net.write("mines.csv", "from,to,note\n1,30,a mine\n");
    net.pipeline(
        "partners:
  lab: { name: Mapping Lab, license: CC-BY-4.0 }
  watch: { name: Mining Watch, license: CC-BY-4.0 }
layers:
  mines: { partner: watch, source: mines.tif, static: true, crosswalk: mines.csv }
  base: { partner: lab, source: \"base_{period}.tif\" }
  states: { source: states.tif, role: region }
territories: { state: { layer: states } }
coverage:
  rules:
    - { take: { mines: 30 }, where: { states: 16 }, unless: [ { when: { base: 33 }, give: base } ] }
    - { take: { base: any } }
license: CC-BY-4.0
",
    );
    net
}

const MISTAKES: &str = "mutirao: 1
id: net
version: \"1\"
legend: legend.csv
periods: [2019, 2020]
grid: { crs: EPSG:31976, origin: [405000, 180000], resolution: -30, size: [4, 2] }
layers:
  base: { source: \"base_{period}.tif\", overlaps: first }
  mines: { source: mine.tif, static: true, crosswalk: mines.csv }
  states: { source: states.tif, role: regoin }
coverage:
  rules:
    - { take: { mine: 30 }, where: { states: 16 } }
    - { take: { base: 99 } }
    - { take: { base: any }, periods: 2021 }
";

#[test]
fn lint_tells_all_mistakes_at_once() {
    let net = tiny();
    net.write("pipeline.yaml", MISTAKES);
    let said = net.mutirao(&["lint", "."]);
    assert_eq!(said.code, Some(1));
    insta::assert_snapshot!("lint_many", said);
    let json = net.mutirao(&["lint", ".", "--json"]);
    assert_eq!(json.code, Some(1));
    assert_eq!(json.err, "");
    insta::assert_json_snapshot!("lint_many_json", json.json());
}

#[test]
fn plan_shows_what_a_run_would_do() {
    let net = tiny();
    let said = net.mutirao(&["plan", ".", "--threads", "2"]);
    said.ok();
    // How much it writes and takes is an estimate that may become a better one.
    let estimated = |line: &str| ["writes", "memory", "time"].iter().any(|word| line.starts_with(word));
    let (estimates, said): (Vec<&str>, Vec<&str>) = said.out.lines().partition(|line| estimated(line));
    assert_eq!(estimates.len(), 3, "{estimates:?}");
    insta::assert_snapshot!("plan", said.join("\n"));
    assert!(!net.path("out").exists(), "plan writes nothing");
}

#[test]
fn run_tells_what_came_of_it() {
    let net = tiny();
    insta::assert_snapshot!("run", net.run(&[]));
    insta::assert_snapshot!("run_again", net.run(&[]));
    insta::assert_json_snapshot!("run_again_json", net.run(&["--json"]).json());
    insta::assert_json_snapshot!("run_overwrite_json", net.run(&["--json", "--overwrite"]).json());
}

#[test]
fn run_refuses_what_the_pixels_hold() {
    let net = tiny();
    net.tif("mines", &Tif::of(4, &[0, 1, 2, 0, 0, 2, 0, 0]));
    let said = net.run(&[]);
    assert_eq!(said.code, Some(1));
    insta::assert_snapshot!("run_refused", said);
    insta::assert_json_snapshot!("run_refused_json", net.run(&["--json"]).json());
}

#[test]
fn explain_says_why() {
    let net = tiny();
    net.run(&[]).ok();
    let at = |x: &str, y: &str| net.mutirao(&["explain", "out/net/1", "--xy", x, y]);
    insta::assert_snapshot!("explain_rule", at("405045", "179985"));
    insta::assert_snapshot!("explain_exception", at("405045", "179955"));
    insta::assert_snapshot!("explain_nothing", at("405075", "179955"));
    let json = net.mutirao(&["explain", "out/net/1", "--xy", "405045", "179955", "--period", "2020", "--json"]);
    insta::assert_json_snapshot!("explain_json", json.json());
    net.tif("mines", &Tif::of(4, &[0; 8]));
    let changed = at("405045", "179985");
    changed.ok();
    assert!(changed.out.contains("mines.tif changed since the release was made"), "{changed}");
    assert!(changed.out.contains("in 2020 the release holds 30: the inputs are not what they were"), "{changed}");
    std::fs::remove_file(net.path("mines.tif")).unwrap();
    at("405045", "179985").fails(1, &["mines.tif is missing", "help: put them back"]);
}

#[test]
fn every_command_has_help_with_an_example() {
    let net = tiny();
    insta::assert_snapshot!("help", net.mutirao(&["--help"]));
    for command in [
        "init",
        "check",
        "contract",
        "contract new",
        "contract pack",
        "contract calendar",
        "lint",
        "plan",
        "run",
        "explain",
        "verify",
        "patches",
        "areas",
        "accuracy",
    ] {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let said = net.mutirao(&words);
        said.ok();
        assert!(said.out.contains("Example") && said.out.contains(&format!("  mutirao {command} ")), "{said}");
        insta::assert_snapshot!(format!("help_{}", command.replace(' ', "_")), said);
    }
}

#[test]
fn colours_are_for_terminals_only() {
    let net = tiny();
    let commands: [&[&str]; 7] = [
        &["--help"],
        &["lint", "."],
        &["plan", "."],
        &["run", ".", "--out", "out"],
        &["run", ".", "--out", "out"],
        &["explain", "out/net/1", "--xy", "405045", "179985"],
        &["wrong"],
    ];
    for args in commands {
        for no_color in [false, true] {
            let mut command = net.command(args);
            if no_color {
                command.env("NO_COLOR", "1");
            }
            let said = Said::of(command.output().unwrap());
            assert!(!said.out.contains('\x1b') && !said.err.contains('\x1b'), "{args:?} {said}");
        }
    }
    net.write("pipeline.yaml", MISTAKES);
    let forced = Said::of(net.command(&["lint", "."]).env("CLICOLOR_FORCE", "1").output().unwrap());
    assert!(forced.err.contains('\x1b'), "it can be otherwise: {forced}");
}

#[test]
fn partners_cannot_write_to_the_terminal() {
    let net = tiny();
    net.write("pipeline.yaml", MISTAKES.replace("id: net", "\"i\\u001b[31md\": net"));
    let said = net.mutirao(&["lint", "."]);
    assert_eq!(said.code, Some(1), "{said}");
    assert!(!said.err.contains('\x1b'), "{said}");
}

#[test]
fn json_is_one_object_with_a_schema_whatever_happens() {
    let net = tiny();
    net.run(&[]).ok();
    net.write("broken.yaml", MISTAKES).write("damaged/manifest.json", "{");
    let cases: [(&[&str], &str, i32); 21] = [
        (&["lint", "."], "lint", 0),
        (&["lint", "broken.yaml"], "lint", 1),
        (&["lint", "nowhere"], "lint", 1),
        (&["plan", "."], "plan", 0),
        (&["plan", "broken.yaml"], "plan", 1),
        (&["run", "broken.yaml"], "run", 1),
        (&["run", "."], "run", 4),
        (&["run", ".", "--out", "legend.csv/x"], "run", 4),
        (&["run", ".", "--overwrite"], "run", 0),
        (&["init", "new"], "init", 0),
        (&["init", "new"], "init", 4),
        (&["explain", "out/net/1", "--xy", "405045", "179985"], "explain", 0),
        (&["explain", "out/net/1", "--xy", "0", "0"], "explain", 2),
        (&["explain", "out/net/1", "--xy", "405045", "179985", "--period", "1900"], "explain", 2),
        (&["explain", "nowhere", "--xy", "405045", "179985"], "explain", 4),
        (&["explain", "damaged", "--xy", "405045", "179985"], "explain", 1),
        (&["verify", "out/net/1"], "verify", 0),
        (&["verify", "nowhere"], "verify", 1),
        (&["lint", ".", "--wrong"], "error", 2),
        (&["lnt", "."], "error", 2),
        (&["run", ".", "--memory", "much"], "error", 2),
    ];
    for (args, schema, code) in cases {
        let said = net.mutirao(&[args, &["--json"]].concat());
        assert_eq!(said.code, Some(code), "{args:?} {said}");
        assert_eq!(said.json()["schema"], format!("mutirao.{schema}/1"), "{args:?}");
        let fell = said.json().get("error").is_some_and(|error| error.as_str().is_some_and(|error| !error.is_empty()));
        let found = said.json()["findings"].as_array().is_some_and(|findings| !findings.is_empty());
        assert!(code == 0 || fell || found, "{args:?} says nothing: {said}");
    }
}

#[test]
fn mistakes_on_the_command_line_say_what_was_meant() {
    let net = tiny();
    net.mutirao(&["lnt", "."]).fails(2, &["lint"]);
    net.mutirao(&["run", ".", "--overwite"]).fails(2, &["--overwrite"]);
    net.mutirao(&["run", ".", "--memory", "much"]).fails(2, &["512M or 2G"]);
    net.mutirao(&["explain", "out/net/1", "1"]).fails(2, &["LAT"]);
    let alone = net.command(&[]).env_remove("MUTIRAO_CACHE").output().unwrap();
    Said::of(alone).fails(2, &["Usage: mutirao", "Examples:"]);
    net.mutirao(&["--version"]).ok();
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let net = tiny();
    for args in [&["plan", "."][..], &["lint", ".", "--json"], &["--help"], &["completions", "bash"], &["man"]] {
        let mut child = net.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(
            (child.wait().unwrap().code(), err.as_str().contains("panicked")),
            (Some(0), false),
            "{args:?} {err}"
        );
    }
}

#[test]
fn folders_may_have_any_name() {
    let net = tiny();
    let odd = "a b\n'é$";
    for name in
        ["pipeline.yaml", "legend.csv", "mines.csv", "mines.tif", "states.tif", "base_2019.tif", "base_2020.tif"]
    {
        net.write(&format!("{odd}/{name}"), std::fs::read(net.path(name)).unwrap());
    }
    net.mutirao(&["run", odd, "--out", "o ü t"]).ok();
    net.mutirao(&["explain", "o ü t/net/1", "--xy", "405045", "179985"]).ok();
    net.mutirao(&["verify", "o ü t/net/1"]).ok();
}

/// A composite of two, with groups and periods written out.
const COMPOSITE: &str = "layers:
  biomes: { source: states.tif, role: region, classes: [14, 15, 16, 17] }
  base:
    members:
      west: { source: \"base_{period}.tif\", area: { biomes: 14+ } }
      east: { source: mines.tif, static: true, crosswalk: mines.csv, area: { biomes: [15, 16] } }
    fallback: [west]
groups: { farming: [14+, mines], mines: 30 }
coverage:
  rules:
    - { take: { base: 3 } }
    - { take: { base: farming }, where: { biomes: { not: [14+, 16] } } }
    - { take: { base: [3, farming] }, where: { biomes: 17 } }
    - { take: { base: any } }
";

#[test]
fn lint_says_what_areas_and_named_sets_mean() {
    let net = tiny();
    let head = std::fs::read_to_string(net.path("pipeline.yaml")).unwrap();
    let head = head.split("partners:").next().unwrap().to_owned();
    net.write("pipeline.yaml", format!("{head}{COMPOSITE}"));
    insta::assert_snapshot!("lint_areas", net.mutirao(&["lint", "."]));
    net.run(&[]).fails(1, &["error[area-overlap]"]);
    let apart = COMPOSITE
        .replace("[15, 16] }", "16 }")
        .replace("  biomes:", "  other: { source: states.tif, role: region }\n  biomes:");
    net.write("pipeline.yaml", format!("{head}{}", apart.replace("{ biomes: 14+ }", "{ other: [14, 15] }")));
    insta::assert_snapshot!("lint_areas_of_two_layers", net.mutirao(&["lint", "."]));
    net.write("pipeline.yaml", format!("{head}{apart}"));
    net.run(&[]).ok();
    // Where the rule that wins was written by name, its answer says what that means.
    let named = apart.replace(
        "    - { take: { base: 3 } }\n",
        "    - { take: { base: farming }, unless: [ { when: { biomes: { not: 14+ } }, give: 33 } ] }\n",
    );
    net.write("pipeline.yaml", format!("{head}{named}"));
    net.run(&["--overwrite"]).ok();
    insta::assert_snapshot!("explain_named_sets", net.mutirao(&["explain", "out/net/1", "--xy", "405045", "179985"]));
}

#[test]
fn lint_says_what_is_wrong_with_groups_periods_and_fallback() {
    let net = tiny();
    let text = std::fs::read_to_string(net.path("pipeline.yaml")).unwrap();
    let text = text
        .replace(
            "periods: [2019, 2020]",
            "periods: { 2019: { start: 2019-08-01, end: 2020-07-31 }, 2018: { start: 2018-08-01, end: 2019-08-15 }, \
             2020: { start: 2020-08-01, end: 2020-07-31 } }",
        )
        .replace("source: \"base_{period}.tif\" }", "source: \"base_{period}.tif\", missing: previous, fallback: [lab] }")
        .replace("territories:", "  many:\n    members:\n      one: { source: mines.tif, static: true, area: { states: [16, none] } }\n    fallback: [one, won, one]\nterritories:");
    net.write("pipeline.yaml", format!("{text}groups:\n  a: [b, 3]\n  b: {{ not: c }}\n  c: [a]\n  own: [own, 4]\n"));
    insta::assert_snapshot!("lint_words", net.mutirao(&["lint", "."]));
    let text = text
        .replace("fallback: [lab]", "static: false")
        .replace("[16, none]", "16")
        .replace("[one, won, one]", "[one]");
    net.write("pipeline.yaml", text.replace("2020-08-01, end: 2020-07-31", "2020-08-01, end: 2021-07-31"));
    insta::assert_snapshot!("lint_periods", net.mutirao(&["lint", "."]));
}
