//! What a merge means, as small cases with the answer written out: class, source, rule, part, and how the layers agree.
//!
//! Sources count from 1 in the order of layers and members, regions and values included. 3 and 4 lie below 1, 15 below 14.

use mutirao_core::raster::DType;

use crate::support::{Bands, LEGEND, Net, Tif};

/// A layer of one row: name, samples, and what its entry says beside its source.
type Row<'a> = (&'a str, &'a [i32], &'a str);

/// A network of one row and one period.
fn net(layers: &[Row<'_>]) -> (Net, String) {
    let width = layers[0].1.len() as u32;
    let net = Net::new([width, 1]);
    let text = layers.iter().map(|(name, samples, more)| {
        net.tif(name, &Tif::of(width, samples));
        format!("  {name}: {{ source: {name}.tif{more} }}\n")
    });
    let text = text.collect();
    (net, text)
}

fn merge(layers: &[Row<'_>], coverage: &str) -> Bands {
    let (net, layers) = net(layers);
    net.pipeline(&format!("layers:\n{layers}coverage:\n{coverage}"));
    net.merged().bands("2020")
}

fn bands<const N: usize>(all: [[i32; N]; 7]) -> Bands {
    let [class, source, rule, part, speak, same, same_top] = all.map(|band| band.to_vec());
    Bands { class, source, rule, part, speak, same, same_top }
}

/// What methods without rules give: class, source, agreement.
fn voted<const N: usize>([class, source, speak, same, same_top]: [[i32; N]; 5]) -> Bands {
    bands([class, source, [0; N], [0; N], speak, same, same_top])
}

const A: [i32; 6] = [3, 0, 0, 15, 3, 0];
const B: [i32; 6] = [4, 4, 0, 15, 30, 0];
const C: [i32; 6] = [33, 33, 33, 4, 30, 0];
const SPEAK: [i32; 6] = [3, 2, 1, 3, 3, 0];

fn three(coverage: &str) -> Bands {
    merge(&[("a", &A, ""), ("b", &B, ""), ("c", &C, "")], coverage)
}

#[test]
fn first_takes_the_first_that_speaks() {
    let expected = voted([[3, 4, 33, 15, 3, 0], [1, 2, 3, 1, 1, 0], SPEAK, [1, 1, 1, 2, 1, 0], [2, 1, 1, 2, 1, 0]]);
    assert_eq!(three("  method: first\n"), expected);
}

#[test]
fn an_order_leaves_layers_out_that_speak_all_the_same() {
    let expected = voted([[4, 4, 0, 15, 30, 0], [2, 2, 0, 2, 2, 0], SPEAK, [1, 1, 0, 2, 2, 0], [2, 1, 0, 2, 2, 0]]);
    assert_eq!(three("  method: first\n  order: [b, a]\n"), expected);
}

#[test]
fn last_takes_the_last_that_speaks() {
    let expected = voted([[33, 33, 33, 4, 30, 0], [3, 3, 3, 3, 3, 0], SPEAK, [1, 1, 1, 1, 2, 0], [1, 1, 1, 1, 2, 0]])
        .without_gap(5);
    assert_eq!(three("  method: last\n"), expected);
}

impl Bands {
    /// Nobody is the source where nothing stands.
    fn without_gap(mut self, at: usize) -> Bands {
        self.source[at] = 0;
        self
    }
}

#[test]
fn majority_breaks_ties_by_order_and_names_the_first_who_says_so() {
    let expected = voted([[3, 4, 33, 15, 30, 0], [1, 2, 3, 1, 2, 0], SPEAK, [1, 1, 1, 2, 2, 0], [2, 1, 1, 2, 2, 0]]);
    assert_eq!(three("  method: majority\n"), expected);
    let turned = three("  method: majority\n  order: [c, b, a]\n");
    assert_eq!(turned.class, [33, 33, 33, 15, 30, 0]);
    assert_eq!(turned.source, [3, 3, 3, 2, 3, 0]);
}

#[test]
fn most_recent_goes_by_date_and_of_one_date_by_order() {
    let layers: [Row<'_>; 3] =
        [("a", &A, ", date: 2001-12-31"), ("b", &B, ", date: 2020-01-01"), ("c", &C, ", date: 2020-01-01")];
    let expected = voted([[4, 4, 33, 15, 30, 0], [2, 2, 3, 2, 2, 0], SPEAK, [1, 1, 1, 2, 2, 0], [2, 1, 1, 2, 2, 0]]);
    assert_eq!(merge(&layers, "  method: most-recent\n"), expected);
}

#[test]
fn exceptions_are_tried_in_order_and_one_with_nothing_to_copy_does_not_hold() {
    let layers: [Row<'_>; 3] = [
        ("a", &[30, 30, 30, 30, 30, 0, 0, 3], ""),
        ("b", &[33, 33, 33, 4, 3, 4, 0, 4], ""),
        ("c", &[15, 3, 0, 15, 15, 15, 15, 4], ""),
    ];
    let rules = "  rules:
    - take: { a: 30 }
      unless:
        - { when: { b: 33, c: 15 }, give: 33 }
        - { when: { b: 33 }, give: c }
        - { when: { b: 4 }, give: none }
        - { when: { c: none }, give: 24 }
    - { take: { b: any } }
";
    let expected = bands([
        [33, 3, 24, 0, 30, 4, 0, 4],
        [1, 3, 1, 1, 1, 2, 0, 2],
        [1, 1, 1, 1, 1, 2, 0, 2],
        [1, 2, 4, 3, 0, 0, 0, 0],
        [3, 3, 2, 3, 3, 2, 1, 3],
        [2, 1, 1, 1, 1, 1, 0, 2],
        [2, 1, 1, 1, 1, 1, 0, 3],
    ]);
    assert_eq!(merge(&layers, rules), expected);
}

#[test]
fn a_rule_that_copies_nothing_does_not_match() {
    let layers: [Row<'_>; 2] = [("a", &[30, 30, 3, 0], ""), ("b", &[15, 0, 0, 15], "")];
    let rules = "  rules:
    - { take: { a: 30 }, give: b }
    - { take: { a: 30 }, give: none }
    - { take: { a: any }, give: 24 }
";
    let expected =
        bands([[15, 0, 24, 0], [2, 1, 1, 0], [1, 2, 3, 0], [0, 0, 0, 0], [2, 1, 1, 1], [2, 1, 1, 0], [2, 1, 1, 0]]);
    assert_eq!(merge(&layers, rules), expected);
}

#[test]
fn conditions_ask_classes_regions_and_values() {
    let (net, _) = net(&[("a", &[30, 30, 30, 30, 30], ""), ("b", &[3, 3, 3, 15, 15], "")]);
    net.tif("states", &Tif::of(5, &[335, 336, 435, 335, 0]).wide());
    net.tif("trust", &Tif { nodata: Some(255), ..Tif::of(5, &[50, 100, 49, 100, 255]) });
    net.pipeline(
        "layers:
  a: { source: a.tif }
  states: { source: states.tif, role: region }
  b: { source: b.tif }
  trust: { source: trust.tif, role: value }
coverage:
  rules:
    - { take: { a: 30 }, where: { states: [335, 435], trust: 50..100, b: 3 } }
    - { take: { b: 3 }, where: { trust: 100 } }
    - { take: { b: any }, where: { trust: none, states: none }, give: 33 }
",
    );
    let expected = bands([
        [30, 3, 0, 0, 33],
        [1, 3, 0, 0, 3],
        [1, 2, 0, 0, 3],
        [0, 0, 0, 0, 0],
        [2, 2, 2, 2, 2],
        [1, 1, 0, 0, 1],
        [1, 1, 0, 0, 1],
    ]);
    assert_eq!(net.merged().bands("2020"), expected);
}

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

#[test]
fn a_rule_holds_in_its_periods_only() {
    let net = Net::of_periods([2, 1], "[2019, 2020, 2021]");
    net.tif("a", &Tif::of(2, &[30, 0])).tif("b", &Tif::of(2, &[3, 3]));
    net.pipeline(
        "layers:
  a: { source: a.tif, static: true }
  b: { source: b.tif, static: true }
coverage:
  rules:
    - { take: { a: 30 }, periods: [2020..] }
    - { take: { b: any } }
",
    );
    let merged = net.merged();
    let without = bands([[3, 3], [2, 2], [2, 2], [0, 0], [2, 1], [1, 1], [1, 1]]);
    let with = bands([[30, 3], [1, 2], [1, 2], [0, 0], [2, 1], [1, 1], [1, 1]]);
    assert_eq!(merged.bands("2019"), without);
    assert_eq!(merged.bands("2020"), with);
    assert_eq!(merged.bands("2021"), with);
}

/// Two members by biome; outside of their areas they hold what must not count, undeclared values included.
fn composite(more: &[Row<'_>], coverage: &str) -> Bands {
    let rows: [Row<'_>; 3] = [
        ("west", &[3, 0, 3, 99, 99, 3], ""),
        ("east", &[99, 15, 15, 0, 15, 99], ""),
        ("biomes", &[1, 1, 2, 2, 0, 3], ", role: region"),
    ];
    let (net, layers) = net(&[&rows, more].concat());
    let region = layers.find("  biomes").unwrap();
    net.pipeline(&format!(
        "layers:
  base:
    members:
      west: {{ source: west.tif, area: {{ biomes: 1 }} }}
      east: {{ source: east.tif, area: {{ biomes: 2 }} }}
{}coverage:\n{coverage}",
        &layers[region..]
    ));
    net.merged().bands("2020")
}

#[test]
fn a_member_counts_in_its_area_only() {
    let expected =
        voted([[3, 0, 15, 0, 0, 0], [1, 0, 2, 0, 0, 0], [1, 0, 1, 0, 0, 0], [1, 0, 1, 0, 0, 0], [1, 0, 1, 0, 0, 0]]);
    assert_eq!(composite(&[], "  method: first\n"), expected);
}

#[test]
fn a_composite_votes_once() {
    let more: [Row<'_>; 2] = [("x", &[33; 6], ""), ("y", &[15, 15, 15, 15, 33, 3], "")];
    let expected = voted([
        [3, 33, 15, 33, 33, 33],
        [1, 4, 2, 4, 4, 4],
        [3, 2, 3, 2, 2, 2],
        [1, 1, 2, 1, 2, 1],
        [1, 1, 2, 1, 2, 1],
    ]);
    assert_eq!(composite(&more, "  method: majority\n"), expected);
}

#[test]
fn outside_of_within_there_is_nothing_and_unclaimed_fills_the_rest() {
    let layers: [Row<'_>; 3] =
        [("a", &[30, 30, 3, 0, 15], ""), ("area", &[1, 0, 2, 1, 9], ", role: region"), ("b", &[3, 3, 3, 14, 0], "")];
    let rules = "  within: area\n  unclaimed: 14\n  rules:\n    - { take: { a: 30 } }\n";
    let expected = bands([
        [30, 0, 14, 14, 14],
        [1, 0, 0, 0, 0],
        [1, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
        [2, 255, 2, 1, 1],
        [1, 255, 0, 1, 0],
        [1, 255, 0, 1, 1],
    ]);
    assert_eq!(merge(&layers, rules), expected);
    let expected =
        voted([[30, 0, 3, 14, 15], [1, 0, 1, 3, 1], [2, 255, 2, 1, 1], [1, 255, 2, 1, 1], [1, 255, 2, 1, 1]]);
    assert_eq!(merge(&layers, "  within: area\n  method: first\n"), expected);
}

#[test]
fn a_missing_period_is_nothing_or_the_one_before() {
    for (missing, middle) in [("nothing", [33, 33, 33]), ("previous", [3, 33, 3])] {
        let net = Net::of_periods([3, 1], "[2018, 2019, 2020]");
        net.tif("a_2018", &Tif::of(3, &[3, 0, 3])).tif("a_2020", &Tif::of(3, &[0, 15, 15]));
        net.tif("b", &Tif::of(3, &[33, 33, 33]));
        net.pipeline(&format!(
            "layers:
  a: {{ source: \"a_{{period}}.tif\", missing: {missing} }}
  b: {{ source: b.tif, static: true }}
coverage: {{ method: first }}
"
        ));
        let merged = net.merged();
        assert_eq!(merged.bands("2018").class, [3, 33, 3]);
        assert_eq!(merged.bands("2019").class, middle, "{missing}");
        assert_eq!(merged.bands("2020").class, [33, 15, 15]);
    }
}

#[test]
fn a_layer_is_nothing_in_periods_that_it_does_not_speak_for() {
    let net = Net::of_periods([2, 1], "[2018, 2019]");
    net.tif("a", &Tif::of(2, &[3, 3])).tif("b", &Tif::of(2, &[33, 33]));
    net.pipeline(
        "layers:
  a: { source: a.tif, periods: [2019] }
  b: { source: b.tif, static: true }
coverage: { method: first }
",
    );
    let merged = net.merged();
    assert_eq!(merged.bands("2018"), voted([[33, 33], [2, 2], [1, 1], [1, 1], [1, 1]]));
    assert_eq!(merged.bands("2019"), voted([[3, 3], [1, 1], [2, 2], [1, 1], [1, 1]]));
}

#[test]
fn nodata_comes_before_the_crosswalk_and_is_asked_of_the_file_only() {
    let (net, _) = net(&[("a", &[7, 1, 2, 5], "")]);
    net.write("a.csv", "from,to,note\n7,30,never\n1,3,\n2,,on purpose\n3..6,33,\n");
    net.pipeline("layers:\n  a: { source: a.tif, nodata: 7, crosswalk: a.csv }\ncoverage: { method: first }\n");
    assert_eq!(net.merged().bands("2020").class, [0, 3, 0, 33]);
    // 3 is the file's nodata; the class 3 that the crosswalk makes is a class.
    net.tif("a", &Tif { nodata: Some(3), ..Tif::of(4, &[3, 1, 1, 3]) });
    net.write("a.csv", "from,to,note\n1,3,\n");
    net.pipeline("layers:\n  a: { source: a.tif, crosswalk: a.csv }\ncoverage: { method: first }\n");
    assert_eq!(net.merged().bands("2020").class, [0, 3, 3, 0]);
}

#[test]
fn classes_of_16_bits_make_a_coverage_of_16_bits() {
    let net = Net::new([4, 1]);
    net.write("legend.csv", format!("{LEGEND}300,14,Agroforestry,#123456\n"));
    net.tif("a", &Tif::of(4, &[300, 1001, 0, 0]).wide()).tif("b", &Tif::of(4, &[3, 15, 15, 0]));
    net.write("a.csv", "from,to,note\n300,300,\n1000..1002,15,\n");
    net.pipeline("layers:\n  a: { source: a.tif, crosswalk: a.csv }\n  b: { source: b.tif }\ncoverage:\n  rules:\n    - { take: { a: any } }\n    - { take: { b: 14+ }, give: 300 }\n");
    let merged = net.merged();
    assert_eq!(merged.dtype("2020"), DType::Uint16);
    let expected =
        bands([[300, 15, 300, 0], [1, 1, 2, 0], [1, 1, 2, 0], [0, 0, 0, 0], [2, 2, 1, 0], [1, 1, 1, 0], [1, 2, 1, 0]]);
    // Where a wins with 15, b says what its own rule makes of 15: 300, of the same top class.
    assert_eq!(merged.bands("2020"), expected);
}

#[test]
fn a_layer_may_hold_more_than_255_values() {
    let net = Net::new([20, 20]);
    let classes: String = (1..=400).map(|id| format!("{id},,Class {id},#00{id:04x}\n")).collect();
    net.write("legend.csv", format!("id,parent,name,color\n{classes}"));
    let values: Vec<i32> = (0..400).map(|at| (at * 7) % 401).collect();
    net.tif("a", &Tif::of(20, &values).wide()).tif("b", &Tif::of(20, &[9; 400]));
    net.pipeline("layers:\n  a: { source: a.tif }\n  b: { source: b.tif }\ncoverage: { method: first }\n");
    let found = net.merged().bands("2020");
    assert_eq!(found.class, values.iter().map(|value| if *value == 0 { 9 } else { *value }).collect::<Vec<_>>());
    assert_eq!(found.source, values.iter().map(|value| if *value == 0 { 2 } else { 1 }).collect::<Vec<_>>());
}

#[test]
fn negative_codes_and_nodata_of_int16() {
    let (net, _) = net(&[("b", &[33, 33, 33, 33], "")]);
    net.tif("a", &Tif { dtype: DType::Int16, nodata: None, ..Tif::of(4, &[-9999, -1, 300, 5]) });
    net.write("a.csv", "from,to,note\n-1,3,\n5,15,\n300,,\n");
    net.pipeline("layers:\n  a: { source: a.tif, nodata: -9999, crosswalk: a.csv }\n  b: { source: b.tif }\ncoverage: { method: first }\n");
    assert_eq!(net.merged().bands("2020").class, [33, 3, 33, 15]);
}

/// Layers that all hold nothing but the last, and rules for four classes of each.
fn crowd(layers: usize, rules: usize) -> Net {
    let (net, _) = net(&[("empty", &[0, 0, 0, 0, 0], ""), ("full", &[3, 4, 15, 33, 0], "")]);
    let source = |at: usize| if at + 1 == layers { "full" } else { "empty" };
    let entries: String = (0..layers).map(|at| format!("  l{at}: {{ source: {}.tif }}\n", source(at))).collect();
    let rule = |at: usize| format!("    - {{ take: {{ l{}: {} }} }}\n", (at / 4) % layers, [3, 4, 15, 33][at % 4]);
    let rules: String = (0..rules).map(rule).collect();
    net.pipeline(&format!("layers:\n{entries}coverage:\n  rules:\n{rules}"));
    net
}

#[test]
fn layers_and_rules_up_to_the_limit() {
    let found = crowd(64, 256).merged().bands("2020");
    assert_eq!(found.class, [3, 4, 15, 33, 0]);
    assert_eq!(found.source, [64, 64, 64, 64, 0]);
    assert_eq!(found.rule, [253, 254, 255, 256, 0]);
    assert_eq!(found.speak, [1, 1, 1, 1, 0]);
    crowd(65, 4).run(&[]).fails(1, &["at most 64 layers", "here are 65", "help: take layers together"]);
    crowd(64, 257).run(&[]).fails(1, &["at most 256 rules", "here are 257"]);
}

#[test]
fn periods_up_to_the_limit() {
    let net = |last: u32| {
        let net = Net::of_periods([2, 1], &format!("[1960..{last}]"));
        net.tif("a", &Tif::of(2, &[3, 0]));
        net.pipeline("layers:\n  a: { source: a.tif, static: true }\ncoverage: { method: first }\n");
        net
    };
    let most = net(2023);
    let merged = most.merged();
    assert_eq!(merged.bands("1960").class, [3, 0]);
    assert_eq!(merged.bands("2023").class, [3, 0]);
    net(2024).run(&[]).fails(1, &["at most 64 periods"]);
}

#[test]
fn a_stack_is_read_by_description_never_by_order() {
    let net = Net::of_periods([2, 1], "[2019, 2020]");
    net.tif("stack", &Tif::of(2, &[15, 15]).described("class_2020").band("class_2019", &[3, 0]));
    net.pipeline("layers:\n  a: { source: stack.tif }\ncoverage: { method: first }\n");
    let merged = net.merged();
    assert_eq!(merged.bands("2019").class, [3, 0]);
    assert_eq!(merged.bands("2020").class, [15, 15]);
    net.tif("stack", &Tif::of(2, &[15, 15]).described("one").band("two", &[3, 0]));
    net.run(&["--overwrite"]).fails(
        1,
        &["error[missing-period]", "no band whose description is or ends in \"2019\"", "one, two", "help: say `band:`"],
    );
    net.pipeline("layers:\n  a: { source: stack.tif, bands: { 2019: 2, 2020: 1 } }\ncoverage: { method: first }\n");
    assert_eq!(net.merged().bands("2019").class, [3, 0]);
}

#[test]
fn min_and_max_go_by_the_id_and_name_the_first_who_says_so() {
    let least = voted([[3, 4, 33, 4, 3, 0], [1, 2, 3, 3, 1, 0], SPEAK, [1, 1, 1, 1, 1, 0], [2, 1, 1, 1, 1, 0]]);
    assert_eq!(three("  method: min\n"), least);
    let most = voted([[33, 33, 33, 15, 30, 0], [3, 3, 3, 1, 2, 0], SPEAK, [1, 1, 1, 2, 2, 0], [1, 1, 1, 2, 2, 0]]);
    assert_eq!(three("  method: max\n"), most);
    let turned = three("  method: max\n  order: [c, b, a]\n");
    assert_eq!((turned.class, turned.source), (most.class, vec![3, 3, 3, 2, 3, 0]));
    let fewer = three("  method: min\n  order: [b, c]\n");
    assert_eq!((fewer.class, fewer.source), (vec![4, 4, 33, 4, 30, 0], vec![2, 2, 3, 3, 2, 0]));
}

/// A composite of three by biome, of which two fill in; each holds 99, which nobody knows, where it must never be asked.
fn with_fallback(fallback: &str, east_at_1: i32) -> Net {
    let (net, _) = net(&[
        ("biomes", &[1, 1, 1, 2, 2, 0, 3, 4], ", role: region"),
        ("west", &[3, 0, 0, 99, 99, 99, 99, 99], ""),
        ("east", &[99, east_at_1, 0, 0, 0, 99, 15, 99], ""),
        ("south", &[99, 99, 33, 33, 0, 99, 0, 99], ""),
    ]);
    net.pipeline(&format!(
        "layers:
  biomes: {{ source: biomes.tif, role: region }}
  base:
    members:
      west: {{ source: west.tif, area: {{ biomes: 1 }} }}
      east: {{ source: east.tif, area: {{ biomes: 2 }} }}
      south: {{ source: south.tif, area: {{ biomes: 3 }} }}
{fallback}coverage: {{ method: first }}
"
    ));
    net
}

#[test]
fn a_fallback_speaks_where_the_responsible_member_is_nothing_and_nowhere_else() {
    let none = [0; 8];
    let ones = |class: &[i32; 8]| class.map(|class| i32::from(class > 0));
    let expected = |class: [i32; 8], source: [i32; 8]| {
        let speak = ones(&class);
        bands([class, source, none, none, speak, speak, speak])
    };
    // Where biomes is nothing or 4 nobody is responsible, so nobody fills in.
    let filled = expected([3, 15, 33, 33, 0, 0, 15, 0], [2, 3, 4, 4, 0, 0, 3, 0]);
    assert_eq!(with_fallback("    fallback: [east, south]\n", 15).merged().bands("2020"), filled);
    let net = with_fallback("    fallback: [east, south]\n", 15);
    net.run(&[]).ok();
    let told = net.mutirao(&["explain", "out/net/1", "--xy", "405045", "179985"]);
    told.fails(0, &["    base: 15 Pasture (east), since west is nothing there\n"]);
    let without = expected([3, 0, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(with_fallback("", 15).merged().bands("2020"), without);
}

#[test]
fn a_value_that_nobody_knows_counts_where_a_fallback_is_asked() {
    let said = with_fallback("    fallback: [east, south]\n", 99).run(&[]);
    said.fails(1, &["east.tif holds the undeclared value 99 in 1 pixel: (column 1, row 0)"]);
}

#[test]
fn a_fallback_may_lack_periods_and_fill_in_for_one_that_does() {
    let net = Net::of_periods([2, 1], "[2019, 2020]");
    net.tif("biomes", &Tif::of(2, &[1, 2]));
    net.tif("a", &Tif::of(2, &[3, 3])).tif("b", &Tif::of(2, &[15, 15]));
    net.pipeline(
        "layers:
  biomes: { source: biomes.tif, role: region }
  base:
    members:
      a: { source: a.tif, periods: 2020, area: { biomes: 1 } }
      b: { source: b.tif, static: true, area: { biomes: 2 } }
    fallback: [b]
coverage: { method: first }
",
    );
    let merged = net.merged();
    assert_eq!((merged.bands("2019").class, merged.bands("2019").source), (vec![15, 15], vec![3, 3]));
    assert_eq!((merged.bands("2020").class, merged.bands("2020").source), (vec![3, 15], vec![2, 3]));
}

#[test]
fn where_areas_of_two_region_layers_meet_the_first_listed_that_speaks_counts() {
    let (net, _) = net(&[("biomes", &[1, 1, 1, 0], ""), ("states", &[0, 7, 7, 7], "")]);
    net.tif("a", &Tif::of(4, &[3, 3, 0, 3])).tif("b", &Tif::of(4, &[15, 15, 15, 15]));
    net.pipeline(
        "layers:
  base:
    members:
      a: { source: a.tif, area: { biomes: any } }
      b: { source: b.tif, area: { states: { not: 8 } } }
  biomes: { source: biomes.tif, role: region }
  states: { source: states.tif, role: region }
coverage: { method: first }
",
    );
    let found = net.merged().bands("2020");
    assert_eq!((found.class, found.source), (vec![3, 3, 15, 15], vec![1, 1, 2, 2]));
}

#[test]
fn a_partner_may_take_over_from_another() {
    let net = Net::of_periods([2, 1], "[2019, 2020]");
    net.tif("biomes", &Tif::of(2, &[1, 1])).tif("a", &Tif::of(2, &[3, 0])).tif("b", &Tif::of(2, &[15, 0]));
    let pipeline = |more: &str| {
        format!(
            "layers:
  biomes: {{ source: biomes.tif, role: region, classes: 1 }}
  base:
    members:
      a: {{ source: a.tif, periods: 2019, area: {{ biomes: 1 }} }}
      b: {{ source: b.tif, periods: [2020{more}], static: {}, area: {{ biomes: any }} }}
coverage: {{ method: first }}
",
            !more.is_empty()
        )
    };
    net.pipeline(&pipeline(""));
    let merged = net.merged();
    assert_eq!((merged.bands("2019").class, merged.bands("2020").class), (vec![3, 0], vec![15, 0]));
    net.pipeline(&pipeline(", 2019"));
    net.run(&["--overwrite"]).fails(1, &["error[area-overlap]", "`a` and `b`, are responsible where `biomes` is 1"]);
}

#[test]
fn what_is_missing_comes_from_the_latest_earlier_period() {
    let net = Net::of_periods([2, 1], "[2017..2021]");
    net.tif("biomes", &Tif::of(2, &[1, 2]));
    net.tif("a_2017", &Tif::of(2, &[3, 3])).tif("a_2020", &Tif::of(2, &[4, 4]));
    net.tif("stack", &Tif::of(2, &[15, 15]).described("class_2018").band("class_2020", &[33, 33]));
    net.pipeline(
        "layers:
  biomes: { source: biomes.tif, role: region }
  base:
    missing: previous
    members:
      files: { source: \"a_{period}.tif\", area: { biomes: 1 } }
      stack: { source: stack.tif, periods: [2018, 2019, 2021], area: { biomes: 2 } }
  numbered: { source: stack.tif, bands: { 2018: 1, 2020: 2 }, periods: [2018..], missing: previous }
coverage:
  rules:
    - { take: { base: any } }
    - { take: { numbered: any } }
",
    );
    let merged = net.merged();
    let classes: Vec<Vec<i32>> = (2017..=2021).map(|year| merged.bands(&year.to_string()).class).collect();
    // In 2020 the stack is nothing by declaration, and in 2021 it holds what it held last: 2018.
    assert_eq!(classes, [[3, 0], [3, 15], [3, 15], [4, 33], [4, 15]]);
    let inputs = mutirao_parquet::read_inputs(&net.release().join("inputs.parquet")).unwrap();
    let told: Vec<(u16, &str, &str)> =
        inputs.iter().map(|row| (row.source, row.period.as_str(), row.treatment.as_str())).collect();
    let carried: Vec<_> = told.iter().filter(|(_, _, treatment)| treatment.contains("carried")).collect();
    let from = |source, period, words| (source, period, words);
    assert_eq!(
        carried,
        [
            &from(2, "2018", "as is, carried from 2017"),
            &from(2, "2019", "as is, carried from 2017"),
            &from(3, "2019", "as is, carried from 2018"),
            &from(2, "2021", "as is, carried from 2020"),
            &from(3, "2021", "as is, carried from 2018"),
            &from(4, "2019", "as is, carried from 2018"),
            &from(4, "2021", "as is, carried from 2020"),
        ]
    );
    net.mutirao(&["verify", "out/net/1"]).ok();
    let plan = net.mutirao(&["plan", "."]);
    plan.fails(
        0,
        &[
            "as is, 2018 and 2019 carried from 2017",
            "as is, 2021 carried from 2020",
            "as is, 2019 and 2021 carried from 2018",
        ],
    );
    let at = |x: &str, period: &str| {
        net.mutirao(&["explain", "out/net/1", "--xy", x, "179985", "--period", period]).ok().out.clone()
    };
    assert!(
        at("405015", "2021").contains("    base: 4 Savanna (files), carried from 2020\n"),
        "{}",
        at("405015", "2021")
    );
    assert!(at("405045", "2020").contains("    base: nothing\n"), "{}", at("405045", "2020"));
}

#[test]
fn what_has_nothing_before_it_is_refused() {
    let net = Net::of_periods([2, 1], "[2018, 2019]");
    net.tif("stack", &Tif::of(2, &[3, 3]).described("class_2019").band("class_2020", &[3, 3]));
    net.pipeline("layers:\n  a: { source: stack.tif, missing: previous }\ncoverage: { method: first }\n");
    net.run(&[]).fails(
        1,
        &["error[missing-period]", "no earlier period has one to carry forward", "begin with the first that it has"],
    );
    net.tif("other", &Tif::of(2, &[3, 3]).described("class_2018").band("class_2019", &[0, 0]));
    net.pipeline("layers:\n  a: { source: [stack.tif, other.tif], missing: nothing }\ncoverage: { method: first }\n");
    net.run(&[])
        .fails(1, &["error[missing-period]", "stack.tif has no band for 2018", "other files of the layer have one"]);
}

#[test]
fn bounds_of_periods_stand_in_the_outputs() {
    let net = Net::of_periods(
        [2, 1],
        "{ \"2019\": { start: 2018-08-01, end: 2019-07-31 }, \"2020\": { start: 2019-08-01, end: 2020-07-31 } }",
    );
    net.tif("a", &Tif::of(2, &[3, 3]));
    net.pipeline("layers:\n  a: { source: a.tif, static: true }\ncoverage: { method: first }\n");
    net.mutirao(&["plan", "."])
        .fails(0, &["periods: 2019 (2018-08-01 to 2019-07-31), 2020 (2019-08-01 to 2020-07-31)\n"]);
    net.run(&[]).ok();
    let manifest = std::fs::read_to_string(net.path("out/net/1/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["periods"], serde_json::json!(["2019", "2020"]));
    assert_eq!(manifest["period_bounds"]["2020"], serde_json::json!({ "start": "2019-08-01", "end": "2020-07-31" }));
    for product in ["coverage", "provenance", "agreement"] {
        let bytes = std::fs::read(net.path(&format!("out/net/1/{product}/2020.tif"))).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("<Item name=\"PERIOD_START\">2019-08-01</Item>"), "{product}");
        assert!(text.contains("<Item name=\"PERIOD_END\">2020-07-31</Item>"), "{product}");
    }
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

#[test]
fn files_that_overlap_differ_only_where_both_speak_and_count() {
    let (net, _) = net(&[("biomes", &[1, 1, 2], ""), ("b", &[30, 30, 30], "")]);
    net.write("a.csv", "from,to,note\n1,3,\n2,4,\n3,,on purpose\n");
    net.tif("one", &Tif::of(3, &[3, 1, 1])).tif("two", &Tif::of(3, &[2, 1, 2]));
    net.pipeline(
        "layers:
  biomes: { source: biomes.tif, role: region }
  base:
    members:
      a: { source: [one.tif, two.tif], crosswalk: a.csv, area: { biomes: 1 } }
      b: { source: b.tif, area: { biomes: 2 } }
coverage: { method: first }
",
    );
    assert_eq!(net.merged().bands("2020").class, [4, 3, 30]);
    net.pipeline(
        "layers:\n  a: { source: [one.tif, two.tif], crosswalk: a.csv, overlap: first }\ncoverage: { method: first }\n",
    );
    assert_eq!(net.merged().bands("2020").class, [4, 3, 3]);
}
