//! The codes of findings about deliveries that are no names of checks.

/// Every such code, with its meaning.
pub const CODES: [(&str, &str); 16] = [
    (
        "unreadable",
        "A delivered file is not there, is cut off or damaged, or its pixels are of a kind that is not read.",
    ),
    (
        "overlap-differs",
        "Of a delivery: files of one period say different things where they lie upon one another (a note, where the network says which counts).",
    ),
    (
        "apart",
        "A file cannot be laid on one grid with the other files of its delivery, and no check of the contract says why.",
    ),
    (
        "no-period",
        "Nothing says for which period a file or band speaks, and the contract has no `periods` that would tell it.",
    ),
    (
        "period-differs",
        "A warning: the name of a file, or the description of its only band, says another period than `--period` does.",
    ),
    (
        "contract-refused",
        "The contract cannot be opened, or something else stood in the way before anything was judged.",
    ),
    ("area-missing", "The responsible area that a contract names is not there, or cannot be laid on the files."),
    ("files-differ", "A warning: files of one vector layer that are not of one CRS, or have other attributes."),
    (
        "table-lines",
        "A CSV file has a column twice, or lines longer (an error) or shorter (a warning) than its header.",
    ),
    ("missing-attribute", "An attribute that the contract names is not in the file."),
    ("encoding", "A warning: names of attributes, or texts, that lost their letters."),
    ("null-values", "A metric of ODCS: values that are null."),
    ("missing-values", "A metric of ODCS: values that stand for a missing one."),
    ("invalid-values", "A metric of ODCS: values that are none of the valid ones, or do not match the pattern."),
    ("duplicate-values", "A metric of ODCS: values that stood before."),
    ("row-count", "A metric of ODCS: how many rows there are."),
];
