//! The codes of this crate's findings, for the book and for those who sort findings by machine.

/// Every code that [`crate::read`] and [`crate::lint_crosswalks`] give, with its meaning.
pub const CODES: [(&str, &str); 46] = [
    (
        "yaml-syntax",
        "The pipeline is no YAML, or uses a part of YAML that pipelines do without: merge keys, tags, a second document.",
    ),
    ("unknown-key", "A key that means nothing where it stands."),
    ("missing-key", "A key that must be there, or that something else makes necessary."),
    ("duplicate-key", "A key that stands twice in one mapping."),
    ("wrong-type", "A value of another kind than is wanted, such as a list for a number, or none at all."),
    (
        "invalid-value",
        "A value of the right kind that cannot be meant: out of bounds, misspelled, or at odds with another.",
    ),
    ("not-built-yet", "Something that the format has and this version does not do."),
    ("too-many", "More periods, layers, rules or findings than there is room for."),
    ("name-clash", "One name for a layer and a group."),
    ("missing-file", "A file that is not there or cannot be read."),
    ("missing-period", "A period that a layer speaks for and that has no file or band."),
    ("unknown-class", "A class that the legend lacks, or a value that the layer asked can never hold."),
    ("unknown-layer", "A layer that is not there."),
    ("unknown-region", "A region layer that is not there, or a region that it can never hold."),
    ("unknown-territory", "A kind of territories that is not there."),
    (
        "unknown-period",
        "A period that the pipeline does not have; a warning where a layer speaks for none of its periods.",
    ),
    ("unknown-group", "A group that is not there."),
    ("unknown-member", "A member that a composite does not have."),
    ("group-ring", "Groups that name one another in a ring."),
    ("period-overlap", "A warning: two periods share days."),
    ("period-order", "A warning: a period begins before the one that is listed before it."),
    ("unknown-partner", "A warning: a partner that is not listed and is spelled much like one that is."),
    ("licence-missing", "A warning: a class layer, or the product, of which nobody states the licence."),
    (
        "licence-conflict",
        "The product's licence allows what a layer's forbids: commercial use, another licence, any adaptation; a warning for layers of regions and values, where names are dropped, and where a licence is not known.",
    ),
    ("class-equals-nodata", "A class of the legend has the code of nothing in the coverage."),
    ("legend-syntax", "The legend is no CSV, or a line has more or fewer fields than the header."),
    ("legend-header", "The legend lacks a column, has one twice, or is not separated by commas."),
    ("legend-empty", "The legend has no classes."),
    ("legend-value", "A field of the legend is not what its column wants."),
    ("legend-duplicate", "A class stands twice in the legend."),
    ("legend-parent", "A class has a parent that is no class."),
    ("legend-ring", "A class is its own ancestor."),
    ("crosswalk-syntax", "The crosswalk is no CSV, or a line has more or fewer fields than the header."),
    ("crosswalk-header", "The crosswalk lacks a column, has one twice, or is not separated by commas."),
    ("crosswalk-empty", "The crosswalk has no lines."),
    ("crosswalk-value", "A field of the crosswalk is not what its column wants."),
    ("crosswalk-duplicate", "A code stands on two lines of the crosswalk."),
    (
        "crosswalk-to-nothing",
        "A note: lines of a crosswalk that make nothing of their codes; a warning where all of them do.",
    ),
    (
        "crosswalk-nodata",
        "A warning: a line of a crosswalk that makes a class of the nodata that pipeline or contract declares; it never comes to that.",
    ),
    ("crosswalk-fold", "A note: several codes that become one class, so that the map does not tell them apart."),
    (
        "crosswalk-changes-top",
        "A warning: codes of one parent that become classes under different top classes, where the crosswalk has a column `parent`; \
         or ids of the legend that become classes under another top class, where the crosswalk leaves most of them as they are.",
    ),
    (
        "crosswalk-classes",
        "A warning: `classes` beside a crosswalk that are not the classes that its lines give. The lines decide.",
    ),
    (
        "crosswalk-two-meanings",
        "A note: codes that become different classes in the crosswalks of different partners, or are classes of the legend to one and \
         codes of its own to another; one finding a pipeline.",
    ),
    (
        "table-syntax",
        "A table beside a pipeline (samples, strata, admissible pairs) is no CSV, or a line has too few or too many fields.",
    ),
    ("table-header", "A table beside a pipeline lacks a column, or has one twice."),
    (
        "table-value",
        "A cell of such a table, or an attribute of a sample, that is not what its column wants; the message says what that is.",
    ),
];
