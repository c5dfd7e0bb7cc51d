//! The codes of this crate's findings, besides those that it shares with pipelines (`unknown-key`, `missing-key`, `wrong-type`,
//! `invalid-value`, `duplicate-key`, `yaml-syntax`, `missing-file`, `too-many`, `unknown-class`, `unknown-group`).

/// Every code of a contract and of `deliveries.csv` that pipelines do not have, with its meaning.
pub const CODES: [(&str, &str); 34] = [
    ("contract-version", "A contract of a version of ODCS that is not read."),
    (
        "contract-needs-quotes",
        "A warning: a text that other readers of YAML take for a number or a truth value, so that to them the contract is no ODCS.",
    ),
    ("contract-unknown-check", "A check of mutirao that does not exist."),
    ("contract-unknown-metric", "A metric that the library of ODCS does not have."),
    (
        "contract-unknown-property",
        "A warning: a property or an engine that is none of ours, and is spelled much like one.",
    ),
    (
        "contract-misplaced-check",
        "A check of rasters at a vector, of vectors at a raster, or a metric of values at a whole object.",
    ),
    ("contract-misplaced-term", "A term of the whole contract that stands at one object of its schema."),
    ("contract-twice", "A term, or a part of the timeline, that stands twice."),
    (
        "contract-several-layers",
        "A warning: a raster, a vector or something else with rules, besides the one that the contract is of; it is not checked.",
    ),
    ("contract-time", "A date, time or zone that is not there, or is there twice."),
    (
        "contract-milestone",
        "A due date or milestone that counts from one that is not there, from nothing, or in the wrong direction.",
    ),
    ("contract-milestone-ring", "Milestones that count from one another in a ring."),
    (
        "contract-unknown-milestone",
        "A warning: a due date, a grace or a window of a milestone that is spelled much like one that is there, or by which nothing is due.",
    ),
    (
        "contract-doubtful-value",
        "A warning: a value that can hardly be meant: a nodata that the pixels' type does not hold, a class that none can be, a period \
         that looks like a range and is none.",
    ),
    (
        "contract-milestones-apart",
        "A warning: a milestone of the release that two contracts of the network date differently.",
    ),
    ("contract-due-order", "A warning: a layer is due after the milestone of the release that it is due for."),
    (
        "contract-other-layer",
        "A contract whose id is another layer's, or a part of its timeline that is said of another one.",
    ),
    ("contract-other-network", "A warning: a contract whose tenant is another network."),
    ("contract-other-partner", "A contract that binds another partner than the one that delivers the layer."),
    (
        "contract-grid",
        "A contract that wants another CRS, another resolution or other nodes than the pipeline takes without a warp.",
    ),
    (
        "contract-withheld",
        "A file that a rule withholds from partners, and that another rule or term of the network's contracts gives them.",
    ),
    ("contract-nodata", "A contract that wants another nodata than the pipeline reads."),
    (
        "contract-classes",
        "Classes that a contract allows and the pipeline refuses; a warning for those that the pipeline takes and the contract does not allow.",
    ),
    ("contract-crosswalk", "A contract that names another crosswalk than the pipeline."),
    (
        "crosswalk-unknown-code",
        "Words that a contract allows (`enumeration`) in the attribute that gives the value, and that stand on no line of the crosswalk.",
    ),
    ("crosswalk-unused-line", "A note: lines of a crosswalk whose codes the contract does not allow (`enumeration`)."),
    ("contract-periods", "A period that the pipeline takes from a layer and its contract does not cover."),
    ("contract-licence", "A contract with another licence than the pipeline states for the layer."),
    ("deliveries-syntax", "The deliveries are no CSV, or a line has more or fewer fields than the header."),
    ("deliveries-header", "The deliveries lack a column, have one twice, or are not separated by commas."),
    ("deliveries-value", "A field of the deliveries is not what its column wants."),
    ("waivers-syntax", "The waivers are no CSV, or a line has more or fewer fields than the header."),
    ("waivers-header", "The waivers lack a column, have one twice, or are not separated by commas."),
    ("waivers-value", "A field of the waivers is not what its column wants, or is missing."),
];
