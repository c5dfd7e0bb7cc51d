//! The codes of findings about deliveries that are no names of checks.

/// Every such code, with its meaning.
pub const CODES: [(&str, &str); 8] = [
    ("area-missing", "The responsible area that a contract names is not there, or cannot be laid on the files."),
    ("missing-attribute", "An attribute that the contract names is not in the file."),
    ("encoding", "A warning: names of attributes, or texts, that lost their letters."),
    ("null-values", "A metric of ODCS: values that are null."),
    ("missing-values", "A metric of ODCS: values that stand for a missing one."),
    ("invalid-values", "A metric of ODCS: values that are none of the valid ones, or do not match the pattern."),
    ("duplicate-values", "A metric of ODCS: values that stood before."),
    ("row-count", "A metric of ODCS: how many rows there are."),
];
