//! Whatever stands in the files, reading them ends with findings.

use proptest::prelude::*;

use crate::support::{Folder, GOOD, LEGEND, changed};

/// A text with a few places changed, doubled or cut.
fn mutated(text: &str, changes: &[(usize, u8, String)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (at, how, piece) in changes {
        let at = at % (bytes.len() + 1);
        match how % 5 {
            0 => bytes.truncate(at),
            1 => drop(bytes.splice(at..at, piece.bytes())),
            2 => drop(bytes.splice(at..(at + piece.len()).min(bytes.len()), piece.bytes())),
            3 => drop(bytes.splice(at..(at + 9).min(bytes.len()), std::iter::empty())),
            _ => {
                let copy = bytes[at..(at + 40).min(bytes.len())].to_vec();
                drop(bytes.splice(at..at, copy));
            }
        }
    }
    bytes
}

fn pieces() -> impl Strategy<Value = String> {
    let yaml = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ": ",
        "\n",
        "- ",
        "&a ",
        "*a",
        "<<: ",
        "? ",
        "| ",
        "> ",
        "\"",
        "'",
        "#",
        "!!",
        "---\n",
        "...",
        "%",
        "@",
        "\t",
        "{period}",
        "{version}",
        "{x}",
        "9..1",
        "..",
        "none",
        "any",
        "14+",
        "99999999999999999999",
        "-0",
        "é",
        "\u{feff}",
        "\u{0}",
        "\u{e000}",
        "not: ",
        "\r",
        ",",
        "_",
        "*",
        "..5",
        "-2147483648",
        "~",
    ]);
    prop_oneof![yaml.prop_map(str::to_owned), any::<String>()]
}

fn changes() -> impl Strategy<Value = Vec<(usize, u8, String)>> {
    prop::collection::vec((any::<usize>(), any::<u8>(), pieces()), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_pipelines_never_panic(changes in changes()) {
        let folder = Folder::with("");
        folder.write("pipeline.yaml", mutated(GOOD, &changes));
        let reading = folder.read();
        prop_assert!(reading.pipeline.is_some() || reading.has_errors());
    }

    #[test]
    fn mutated_tables_never_panic(to_legend in changes(), to_crosswalk in changes()) {
        let folder = Folder::with(&changed("classes: [1, 2] }", "crosswalk: c.csv }"));
        folder.write("legend.csv", mutated(LEGEND, &to_legend));
        folder.write("c.csv", mutated("from,to,note\n1,30,x\n2..9,,\"a, b\"\nx,3,\n", &to_crosswalk));
        let reading = folder.read();
        prop_assert!(reading.pipeline.is_some() || reading.has_errors());
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let folder = Folder::with("");
        folder.write("pipeline.yaml", bytes);
        prop_assert!(folder.read().has_errors());
    }

    #[test]
    fn random_texts_never_panic(pieces in prop::collection::vec(pieces(), 0..40)) {
        let folder = Folder::with("");
        folder.write("pipeline.yaml", pieces.concat());
        prop_assert!(folder.read().has_errors());
    }
}

#[test]
fn deep_wide_and_multiplied_pipelines_are_refused() {
    let laughs: String = (0..30).map(|n| format!("a{}: &a{} [*a{n}, *a{n}, *a{n}]\n", n + 1, n + 1)).collect();
    let long = format!("a0: &a0 \"{}\"\n", "x".repeat(1 << 20));
    let nested: String =
        (1..200).map(|n| format!("b{n}: &b{n} {}*b{} {}\n", "[".repeat(9), n - 1, "]".repeat(9))).collect();
    let cases = [
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(10_000),
        format!("a0: &a0 x\n{laughs}"),
        format!("{long}b: [{}]\n", "*a0, ".repeat(10_000)),
        format!("b0: &b0 x\n{nested}"),
        format!(
            "{}groups: {{ a: {}1{} }}\n",
            GOOD.replace("groups:\n  natural: [1+, 33]\n", ""),
            "[".repeat(20),
            "]".repeat(20)
        ),
        "a: b\n".repeat(100_000),
    ];
    for case in cases {
        let folder = Folder::with(&case);
        assert!(folder.read().has_errors(), "{}", &case[..60]);
    }
}
