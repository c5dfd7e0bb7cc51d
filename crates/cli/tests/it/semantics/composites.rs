//! Composites: areas, fallback, files that overlap.

use super::*;

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
