//! Rules, conditions, exceptions, and their limits.

use super::*;

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
