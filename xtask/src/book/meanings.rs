//! What the codes of findings mean, where no other place says it.

/// A code and its meaning.
pub type Described<'a> = (&'a str, &'a str);

/// Of the linter of rules.
pub const RULES: &[Described<'static>] = &[
    (
        "never-wins",
        "A warning: earlier rules, alone or together, always match first; `because` lists them. Its exceptions are not judged.",
    ),
    (
        "exception-never-applies",
        "A warning: an exception that can never hold, or that earlier rules or exceptions always come before.",
    ),
    (
        "exception-always-applies",
        "A warning: an exception that holds wherever its rule wins, so the rule's own output never stands.",
    ),
    ("exception-without-effect", "A warning: an exception that gives what would stand without it, of the same source."),
    ("value-never-applies", "A note: a value within a rule or exception that earlier rules have always taken."),
    (
        "class-unclaimed",
        "A class that a layer may hold and that no rule takes up, everywhere or in the regions named; one finding a layer. \
     A warning; a note where the coverage has `unclaimed`.",
    ),
    ("class-never-given", "A note: classes of the legend that no output can be."),
    ("layer-unused", "A warning: a layer that nothing asks for."),
    ("undecided", "A note: a question about a rule that the bounded search did not decide. Never a guess."),
    (
        "area-overlap",
        "Two members of a composite are responsible for one region; a warning where areas are asked of several region layers.",
    ),
    ("area-uncovered", "A warning: a region for which no member of a composite is responsible."),
];

/// Of planning and reading layers.
pub const LAYERS: &[Described<'static>] = &[
    (
        "off-grid",
        "A layer is not on the grid: another CRS, another resolution, or shifted by more than the tolerance; the message says which.",
    ),
    ("misses-grid", "No file of a layer shares a pixel with the grid."),
    ("not-georeferenced", "A raster does not say where its pixels lie."),
    ("crs-missing", "A file does not say in which CRS it is, nor does the pipeline."),
    ("nodata-missing", "A raster declares no nodata, nor does the pipeline; the message shows the values present."),
    ("static-needed", "One band would speak for several periods, and the pipeline does not say `static: true`."),
    ("missing-period", "A period that a layer speaks for and that has no file or band."),
    ("missing-file", "A file that is not there or cannot be read."),
    (
        "unknown-class",
        "Before pixels are read: a class that the legend lacks or a layer never holds. While they are read: values that a layer may not \
     hold; the message has their counts and first places.",
    ),
    ("unknown-attribute", "A vector has no such attribute."),
    ("no-geometries", "A file without geometries, such as plain CSV or Parquet, where a vector is agreed on."),
    ("territory-key-missing", "A feature of a kind of territories has no key."),
    ("unreadable", "A file begins like one that can be read, and is damaged or is not."),
    ("cache", "The folder for translations of foreign files cannot be written."),
    ("door-failed", "`mutirao-door` is not there, or ended without an answer."),
    (
        "overlap-differs",
        "Files of one layer and period overlap with differing values, and the pipeline does not say `overlap: first` or `last`.",
    ),
];

/// Of a run that holds layers against their contracts.
pub const GATE: &[Described<'static>] = &[
    ("layer-left-out", "A warning: a layer that the maintainer went on without."),
    ("layer-last-passing", "A warning: a layer of which the last delivery that passed is taken."),
    ("waived", "A warning: an error of a layer that a waiver lets pass; who, why and until when."),
    ("waiver-ended", "A warning: a waiver that no longer counts."),
    (
        "waiver-unknown",
        "A warning: a waiver that names a layer without a contract, a code that no finding has, or a period that is none.",
    ),
    (
        "delivery-doubtful",
        "A warning: a line of `deliveries.csv` of a layer that is spelled much like one with a contract, of another partner than the one that \
     delivers the layer, or that takes back what had not come.",
    ),
    ("waiver-unused", "A note: a waiver that was not needed."),
    (
        "rehearsal-undone",
        "A warning: `check --network` judged the delivery and could not merge it into the network; the verdict stands, and what the network has \
     of errors follows.",
    ),
    (
        "unrecorded",
        "`check --record` judged the delivery and could not write it down; the verdict stands, and what is wrong with the list follows.",
    ),
];

/// Of `mutirao verify`.
pub const VERIFY: &[Described<'static>] = &[
    (
        "verify-manifest",
        "The manifest is missing or damaged, contradicts itself or the files, or is another than `releases.json` lists.",
    ),
    ("verify-file-missing", "A file of the manifest is not there."),
    ("verify-file-changed", "A file has another size or hash than the manifest says."),
    ("verify-file-unlisted", "A file that the manifest does not list."),
    ("verify-file-unreadable", "A file that is listed cannot be read as what it is."),
    ("verify-class", "A class that the legend lacks, or a pixel outside the area that holds something."),
    ("verify-source", "A source that `sources.parquet` lacks or lists twice, or a class without one."),
    ("verify-rule", "A rule, or a part of one, that the pipeline does not have."),
    ("verify-overview", "An overview that is not made of the pixels below it."),
    ("verify-area-row", "A row of `areas.parquet` that differs from the pixels, or is missing."),
    ("verify-areas-csv", "A row of `areas.csv` that differs from `areas.parquet`, or is missing."),
    ("verify-transition-row", "A row of `transitions.parquet` that differs from the pixels, or is missing."),
    ("verify-patch", "A row of `coverage.parquet` that differs from the pixels, or is missing."),
];

/// Hyphenated words of the sources that are no codes.
pub const NO_CODES: &[&str] = &[
    "last-passing",
    "left-out",
    "mutirao-door",
    "kebab-case",
    "re-tiling",
    "most-recent",
    "no-place",
    "areas-csv",
    "cite-as",
    "class-limits",
    "contract-area",
    "in-grace",
    "on-time",
];
