//! A network's folder read: `pipeline.yaml`, its legend and its crosswalks, from text to the checked model of
//! [`mutirao_core::pipeline`].
//!
//! [`read`] never stops at the first mistake: everything that is wrong comes back as a [`Finding`] with its line and column,
//! what is known instead, and how to mend it. Values are text until a reader asks for a type, so `2026.10` stays what it
//! is and `NO` is not false. No raster is opened here: which grid, nodata and bands the files have joins in the plan.
//!
//! ```
//! let reading = mutirao_pipeline::read(std::path::Path::new("no/such/pipeline.yaml"));
//! assert!(reading.pipeline.is_none());
//! assert_eq!(reading.findings[0].code, "missing-file");
//! ```
#![forbid(unsafe_code)]

mod beside;
mod build;
mod codes;
mod crosswalk;
mod crosswalks;
mod csvfile;
mod keys;
mod legend;
mod reference;
mod scalar;
mod schema;
mod sink;
mod suggest;
mod table;
mod template;
pub mod text;
mod walk;
mod yaml;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use mutirao_core::{
    finding::{Finding, Severity, Where},
    legend::Legend,
    pipeline::Pipeline,
    values::ValueSet,
};

pub use beside::{crosswalk_of, legend_of};
pub use codes::CODES;
pub use crosswalks::{lint_crosswalks, nodata_on_a_line};
pub use reference::{KeyFacts, TableFacts, reference};
pub use schema::{json_schema, json_schema_text};
pub use table::{Cell, Table, read_table};
pub use template::{Template, template};

use build::files::{Files, read_text};
use sink::Sink;
use yaml::Spot;

/// What came of reading a pipeline.
#[derive(Debug)]
pub struct Reading {
    /// The pipeline, if what is wrong still leaves its meaning whole: files and periods that are missing, a class that equals
    /// nodata, licences at odds, or parts that are not built yet. Before a run, no finding may be an error.
    pub pipeline: Option<Pipeline>,
    /// Everything that is wrong or odd: of the pipeline first, then of other files, each by line and column.
    pub findings: Vec<Finding>,
    /// The texts read, by the file name that stands in findings.
    pub sources: BTreeMap<String, String>,
    /// The contracts that layers and members name and that are there, even if the pipeline itself is broken; what stands in
    /// them is not read here.
    pub contracts: Vec<NamedContract>,
    /// The legend, if it could be read, even if the pipeline itself is broken.
    pub legend: Option<Legend>,
}

/// A contract that a layer or a member names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedContract {
    /// The layer.
    pub layer: String,
    /// The member, for composites.
    pub member: Option<String>,
    /// The file.
    pub path: PathBuf,
}

impl Reading {
    /// Whether an error stands among the findings.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// Errors that leave a pipeline's meaning whole.
const HARMLESS: [&str; 5] =
    ["missing-file", "missing-period", "class-equals-nodata", "not-built-yet", "licence-conflict"];

/// Reads a pipeline and what it names. A folder stands for the `pipeline.yaml` in it.
///
/// Whatever is wrong is a finding, an unreadable file too.
pub fn read(path: &Path) -> Reading {
    read_versions(path, BTreeMap::new())
}

/// Reads a pipeline as [`read`], with other versions of some layers than it names: by `layer` or `layer/member`.
pub fn read_versions(path: &Path, versions: BTreeMap<String, String>) -> Reading {
    let path = if path.is_dir() { path.join("pipeline.yaml") } else { path.to_owned() };
    read_with(&path, path.parent().unwrap_or(Path::new("")), versions)
}

/// Reads a pipeline whose relative paths count from `folder`, wherever its own file is: the copy in a release.
pub fn read_in(path: &Path, folder: &Path) -> Reading {
    read_with(path, folder, BTreeMap::new())
}

fn read_with(path: &Path, folder: &Path, versions: BTreeMap<String, String>) -> Reading {
    let mut sink = Sink::new(path.display().to_string());
    let mut files = Files::new(folder.to_owned(), versions);
    let pipeline = read_into(path, &mut sink, &mut files);
    let mut findings = sink.findings;
    findings.sort_by_key(place);
    files.findings.sort_by_key(place);
    findings.append(&mut files.findings);
    // What a layer says for all of its members is read for each of them.
    findings.dedup();
    let breaks = |finding: &Finding| finding.severity == Severity::Error && !HARMLESS.contains(&finding.code.as_str());
    let pipeline = pipeline.filter(|_| !findings.iter().any(breaks));
    Reading { pipeline, findings, sources: files.sources, contracts: files.contracts, legend: files.legend }
}

/// Reads a value set as rules write it (`3`, `[3, 4]`, `50..100`, `14+`, `{ not: 3 }`), by itself: there are no groups, and `14+`
/// needs a legend.
///
/// # Errors
/// What is wrong with it, in places of `text`.
///
/// ```
/// let set = mutirao_pipeline::read_values("[3, 10..12]", None)?;
/// assert!(set.contains(11));
/// # Ok::<(), Vec<mutirao_core::finding::Finding>>(())
/// ```
pub fn read_values(text: &str, legend: Option<&Legend>) -> Result<ValueSet, Vec<Finding>> {
    let mut sink = Sink::new("the value set");
    let node = yaml::load(text, &mut sink);
    let read = node.as_ref().and_then(|node| build::sets::read_values_at(node, legend, &mut sink));
    match read.filter(|_| !sink.has_errors()) {
        Some(set) => Ok(set),
        None if sink.has_errors() => Err(sink.findings),
        None => {
            let message = format!("\"{}\" is no set of values", text.escape_debug());
            let mend = "write a number, a range such as 10..20, a list, or { not: SET }; 14+ needs a legend";
            sink.error("invalid-value", Spot { line: 1, column: 1 }, message, mend);
            Err(sink.findings)
        }
    }
}

fn read_into(path: &Path, sink: &mut Sink, files: &mut Files) -> Option<Pipeline> {
    let start = Spot { line: 1, column: 1 };
    let text = match read_text(path) {
        Ok(text) => text,
        Err(message) => {
            let message = format!("the pipeline cannot be read: {message}");
            let mend = "name a pipeline.yaml, or make a new network with `mutirao init`";
            sink.error("missing-file", start, message, mend);
            return None;
        }
    };
    files.sources.insert(path.display().to_string(), text.clone());
    let root = yaml::load(&text, sink).filter(|root| !root.is_null());
    let Some(root) = root else {
        if !sink.has_errors() {
            let mend = "begin with `mutirao: 1`, or make a new network with `mutirao init`";
            sink.error("missing-key", start, "the pipeline is empty", mend);
        }
        return None;
    };
    walk::walk(&root, &keys::top::PIPELINE, sink);
    build::build(&root, path, sink, files)
}

fn place(finding: &Finding) -> Option<(String, u32, u32)> {
    match &finding.place {
        Some(Where::File(place)) => Some((place.file.clone(), place.line, place.column)),
        _ => None,
    }
}
