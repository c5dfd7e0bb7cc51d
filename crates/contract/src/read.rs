//! From a file to the model, with all that is wrong on the way.

use std::path::Path;

use mutirao_core::{
    finding::{Finding, Severity},
    legend::Legend,
};
use mutirao_pipeline::text::{self, Node, Sink, Spot, Value, boolean, integer, number, walk_part};

use crate::{
    checks::{Check, Dtype},
    constraints, doubtful,
    keys::CONTRACT,
    model::{Contract, Object, ObjectKind, Property, Quality},
    quality,
    terms::{self, Terms},
    timeline,
};

/// Versions of ODCS that are read.
const VERSIONS: [&str; 5] = ["v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0"];

/// What came of reading a contract.
#[derive(Debug)]
pub struct Reading {
    /// The contract; none where an error stands among the findings.
    pub contract: Option<Contract>,
    /// What could be read of it where an error does.
    pub remains: Option<Contract>,
    /// All that is wrong, by line and column.
    pub findings: Vec<Finding>,
    /// The text read.
    pub text: String,
}

impl Reading {
    /// The contract, or what could be read of it.
    pub fn readable(&self) -> Option<&Contract> {
        self.contract.as_ref().or(self.remains.as_ref())
    }
}

/// Reads a contract. `legend` gives meaning to classes such as `14+`; without one, those are an error.
///
/// Whatever is wrong is a finding, an unreadable file too.
pub fn read(path: &Path, legend: Option<&Legend>) -> Reading {
    let name = path.display().to_string();
    match text::read_utf8(path) {
        Ok(text) => read_text(&name, &text, legend),
        Err(text::Unreadable { message, spot }) => {
            let mut sink = Sink::new(name);
            let message = format!("the contract cannot be read: {message}");
            let code = if spot.is_some() { "yaml-syntax" } else { "missing-file" };
            sink.error(code, spot.unwrap_or(START), message, "give a readable text file in UTF-8");
            Reading { contract: None, remains: None, findings: sink.findings, text: String::new() }
        }
    }
}

/// Reads the text of a contract that findings call `name`.
pub fn read_text(name: &str, text: &str, legend: Option<&Legend>) -> Reading {
    let mut sink = Sink::new(name);
    let contract = read_into(text, legend, &mut sink);
    let mut findings = sink.findings;
    findings.sort_by_key(|finding| match &finding.place {
        Some(mutirao_core::finding::Where::File(place)) => (place.line, place.column),
        _ => (0, 0),
    });
    let broken = findings.iter().any(|finding| finding.severity == Severity::Error);
    let (contract, remains) = if broken { (None, contract) } else { (contract, None) };
    Reading { contract, remains, findings, text: text.to_owned() }
}

const START: Spot = Spot { line: 1, column: 1 };

fn read_into(text: &str, legend: Option<&Legend>, sink: &mut Sink) -> Option<Contract> {
    let root = text::load(text, sink).filter(|root| !root.is_null());
    let Some(root) = root else {
        if !sink.has_errors() {
            let mend = "begin with `apiVersion: v3.1.0`, `kind: DataContract`, `id` and `version`";
            sink.error("missing-key", START, "the contract is empty", mend);
        }
        return None;
    };
    if !is_read(&root, sink) {
        // The keys of another version mean something else, or nothing.
        return None;
    }
    walk_part(&root, &CONTRACT, &[], sink);
    quotes(&root, sink);
    let own = terms::ours(root.get("customProperties"), &path(&["customProperties"]), sink);
    let contract_terms = terms::read(&own, legend, sink);
    let id = root.get_text("id").unwrap_or_default().to_owned();
    let listed = root.get("schema").map(Node::items).unwrap_or_default();
    let names: Vec<&str> = listed.iter().filter_map(|object| object.get_text("name")).collect();
    let timeline = timeline::read(&id, root.get("slaProperties"), &own, &names, sink);
    let objects = listed.iter().enumerate().map(|(at, node)| object(at, node, &contract_terms, legend, sink)).collect();
    let text = |key: &str| root.get_text(key).map(str::to_owned);
    let place = sink.place(root.get("id").map_or(root.spot, |node| node.spot));
    let contract = Contract {
        path: sink.file.clone().into(),
        api_version: text("apiVersion")?,
        id,
        name: text("name"),
        version: text("version")?,
        status: text("status"),
        tenant: text("tenant"),
        terms: contract_terms,
        objects,
        timeline,
        place,
        tenant_place: root.get("tenant").map(|node| sink.place(node.spot)),
        document: root.to_json(),
    };
    one_layer(&contract, sink);
    Some(contract)
}

/// A contract is of one layer: of what else it describes nothing is checked, and that must not go unnoticed.
fn one_layer(contract: &Contract, sink: &mut Sink) {
    let judged = contract.delivered().map(|at| contract.objects[at].name.escape_debug().to_string());
    for object in contract.passed_over() {
        let message = format!(
            "`{}` is not checked: a contract is of one layer, and `{}` is judged by this one",
            object.name.escape_debug(),
            judged.as_deref().unwrap_or_default()
        );
        let spot = Spot { line: object.place.line, column: object.place.column };
        sink.warning("contract-several-layers", spot, message, "give it a contract of its own");
    }
}

/// Whether the contract is of a version that is read.
fn is_read(root: &Node, sink: &mut Sink) -> bool {
    let Some(node) = root.get("apiVersion") else { return true };
    let Some(version) = node.text() else { return true };
    if VERSIONS.contains(&version) {
        return true;
    }
    let message = format!("the contract is of ODCS {}, which is not read", version.escape_debug());
    let mend = match version.strip_prefix('v') {
        Some(_) => format!("read are {}", VERSIONS.join(", ")),
        None => format!("read are {}; the v belongs to it", VERSIONS.join(", ")),
    };
    sink.error("contract-version", node.spot, message, mend);
    false
}

/// Texts that other readers of YAML take for numbers or truth values: to them the contract is no ODCS.
fn quotes(root: &Node, sink: &mut Sink) {
    for key in ["id", "version", "name", "status", "tenant"] {
        let Some(node) = root.get(key) else { continue };
        let Value::Scalar { text, plain: true } = &node.value else { continue };
        if integer(text).is_some() || number(text).is_some() || boolean(text).is_some() {
            let message = format!("`{key}` is {text}, which other tools do not read as a text");
            sink.warning("contract-needs-quotes", node.spot, message, format!("write \"{text}\""));
        }
    }
}

fn path(steps: &[&str]) -> Vec<String> {
    steps.iter().map(|step| (*step).to_owned()).collect()
}

fn object(at: usize, node: &Node, contract: &Terms, legend: Option<&Legend>, sink: &mut Sink) -> Object {
    let here = ["schema".to_owned(), (at + 1).to_string()];
    let step = |more: &str| [&here[..], &[more.to_owned()]].concat();
    let own = terms::ours(node.get("customProperties"), &step("customProperties"), sink);
    not_here(&own, sink);
    let terms = terms::read(&own, legend, sink).or(contract);
    let kind = kind(node);
    let listed = node.get("properties").map(Node::items).unwrap_or_default();
    // The values of a raster are those of its only property, or of the one called `class`.
    let values = listed.iter().find(|one| one.get_text("name") == Some("class")).or(listed.first());
    let physical_type = values.and_then(|one| one.get_text("physicalType"));
    let whole = quality::Around { kind, terms: &terms, property: None, physical_type, legend };
    let rules = quality::read(node.get("quality"), &step("quality"), &whole, sink);
    let properties = listed
        .iter()
        .enumerate()
        .map(|(at, property)| {
            let physical_type = property.get_text("physicalType");
            let around = quality::Around { property: Some(property), physical_type, ..whole };
            let path = [&step("properties")[..], &[(at + 1).to_string(), "quality".to_owned()]].concat();
            let rules = quality::read(property.get("quality"), &path, &around, sink);
            self::property(property, rules, sink)
        })
        .collect();
    let object = Object {
        name: node.get_text("name").unwrap_or_default().to_owned(),
        physical_name: node.get_text("physicalName").map(str::to_owned),
        kind,
        properties,
        quality: rules,
        terms,
        place: sink.place(node.spot),
    };
    doubtful_nodata(&object, physical_type, sink);
    object
}

/// Terms that bind the whole contract and stand at one object of it.
fn not_here(own: &Node, sink: &mut Sink) {
    for key in ["milestones", "timezone", "partner"] {
        if let Some(entry) = own.entry(key) {
            let message = format!("`{key}` is said of the whole contract, and stands at one object of it");
            sink.error(
                "contract-misplaced-term",
                entry.spot,
                message,
                "move it to the contract's own customProperties",
            );
        }
    }
}

fn kind(node: &Node) -> ObjectKind {
    let text = node.get_text("physicalType").map(str::to_ascii_lowercase);
    match text.as_deref() {
        Some("raster" | "geotiff" | "cog" | "tiff" | "tif" | "vrt") => ObjectKind::Raster,
        Some("vector" | "geopackage" | "gpkg" | "geoparquet" | "geojson" | "shapefile" | "flatgeobuf") => {
            ObjectKind::Vector
        }
        Some("table" | "view" | "csv" | "parquet") => ObjectKind::Table,
        _ => ObjectKind::Unsaid,
    }
}

fn property(node: &Node, quality: Vec<crate::model::Rule>, sink: &Sink) -> Property {
    let text = |key: &str| node.get_text(key).map(str::to_owned);
    let flag = |key: &str| node.get_text(key) == Some("true");
    Property {
        name: text("name").unwrap_or_default(),
        physical_name: text("physicalName"),
        logical_type: text("logicalType"),
        physical_type: text("physicalType"),
        required: flag("required"),
        unique: flag("unique"),
        primary_key: flag("primaryKey"),
        constraints: constraints::read(node),
        quality,
        place: sink.place(node.spot),
    }
}

/// A nodata that no agreed type of the pixels holds. `physical_type` is that of the values; a check of the type goes before it.
fn doubtful_nodata(object: &Object, physical_type: Option<&str>, sink: &mut Sink) {
    let Some((value, at)) = object.terms.nodata.and_then(|term| term.value).zip(object.terms.spot("nodata")) else {
        return;
    };
    let checked = object.rules().find_map(|(_, rule)| match &rule.quality {
        Quality::Check(Check::Dtype(check)) => Some(check.allowed.clone()),
        _ => None,
    });
    let types = checked.unwrap_or_else(|| physical_type.and_then(Dtype::of).into_iter().collect());
    let is_raster = matches!(object.kind, ObjectKind::Raster | ObjectKind::Unsaid);
    if !is_raster || types.is_empty() || types.iter().any(|of| of.holds(value)) {
        return;
    }
    let names: Vec<&str> = types.iter().map(|of| of.name()).collect();
    let message = format!("nodata is {value}, which no pixel of {} can hold", names.join(" or "));
    let mend = "write a value that the type holds, or correct the type";
    sink.warning(doubtful::CODE, at, message, mend);
}
