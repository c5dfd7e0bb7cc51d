//! The coverage and its rules.

use super::{Key, Kind, Table};

const CONDITIONS: Kind = Kind::Named("layer", &Kind::Values);

/// `coverage`.
pub(crate) static COVERAGE: Table = Table {
    name: "coverage",
    about: "How layers become a coverage.",
    choices: &[],
    keys: &[
        Key::new("within", Kind::Text, "A region layer: where it is nothing, the coverage is nothing."),
        Key::new(
            "method",
            Kind::Words(&["prevalence", "first", "last", "majority", "most-recent", "min", "max"]),
            "How one class is chosen of many; min and max choose the smallest and the largest id that any layer says.",
        )
        .or("prevalence"),
        Key::new("order", Kind::List(&Kind::Text), "For methods without rules: the layers in their order.")
            .or("as written under `layers`"),
        Key::new("rules", Kind::List(&Kind::Table(&RULE)), "For prevalence: the first that matches wins."),
        Key::new("unclaimed", Kind::Text, "The class where no rule matches inside the area, or none.").or("none"),
    ],
};

/// A rule.
static RULE: Table = Table {
    name: "rule",
    about: "Takes values of one layer; matches where the layer holds one of them and every entry of `where` holds.",
    choices: &[],
    keys: &[
        Key::new("take", CONDITIONS, "The class layer, and which of its values.").required(),
        Key::new("where", CONDITIONS, "Layers and values: every one must hold."),
        Key::new("give", Kind::Text, "What comes out: a class, a layer whose class is copied, or none.")
            .or("the class taken"),
        Key::new(
            "unless",
            Kind::List(&Kind::Table(&EXCEPTION)),
            "Exceptions: the first that holds replaces the output.",
        ),
        Key::new("periods", Kind::Periods, "The periods in which it is in force.").or("all"),
    ],
};

/// An entry of `unless`.
static EXCEPTION: Table = Table {
    name: "exception",
    about: "Where all of `when` holds, `give` replaces the rule's output.",
    choices: &[],
    keys: &[
        Key::new("when", CONDITIONS, "Layers and values: every one must hold.").required(),
        Key::new("give", Kind::Text, "What comes out: a class, a layer whose class is copied, or none.").required(),
    ],
};
