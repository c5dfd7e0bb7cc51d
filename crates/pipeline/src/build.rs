//! From the walked tree to the model: names become places, patterns become files.

pub(crate) mod coverage;
pub(crate) mod files;
pub(crate) mod grid;
pub(crate) mod groups;
pub(crate) mod inputs;
pub(crate) mod layers;
pub(crate) mod licences;
pub(crate) mod members;
pub(crate) mod outputs;
pub(crate) mod partners;
pub(crate) mod periods;
pub(crate) mod rules;
pub(crate) mod sets;
pub(crate) mod territories;

use std::path::Path;

use mutirao_core::{
    legend::Legend,
    pipeline::{Period, Pipeline},
};

use crate::{legend::read_legend, scalar, sink::Sink, yaml::Node};
use files::Files;
use sets::Groups;

/// What all readers of parts look things up in.
pub(crate) struct Known {
    pub legend: Option<Legend>,
    pub groups: Groups,
    pub periods: Vec<Period>,
}

/// Reads all parts, so that all of them report, and puts together what there is.
pub(crate) fn build(root: &Node, path: &Path, sink: &mut Sink, files: &mut Files) -> Option<Pipeline> {
    name_like_file(root, "id", sink);
    name_like_file(root, "version", sink);
    let legend_path = root.get("legend").and_then(|node| files.locate(node, sink));
    let legend = legend_path.as_ref().and_then(|path| {
        let text = files.text(path, root.get("legend")?, sink)?;
        files.aside(path, &sink.scope, |aside| read_legend(&text, aside))
    });
    files.legend = legend.clone();
    let groups = groups::read_groups(root, legend.as_ref(), sink);
    let periods = root.get("periods").map(|node| periods::read_periods(node, sink)).unwrap_or_default();
    let known = Known { legend, groups, periods };
    let grid = root.get("grid").and_then(|node| grid::read_grid(node, files, sink));
    let mut partners = partners::read_partners(root);
    let layers = layers::read_layers(root, &known, &mut partners, files, sink);
    licences::check_licences(root, &layers.facts, sink);
    let coverage = root.get("coverage").and_then(|node| coverage::read_coverage(node, &known, &layers, sink));
    let territories = territories::read_territories(root, &layers.facts, files, sink);
    let outputs = outputs::read_outputs(root, &known, sink);
    let (grid, tolerance) = grid?;
    let (coverage, named_values) = coverage?;
    let text = |key: &str| root.get_text(key).map(str::to_owned);
    let id = text("id")?;
    Some(Pipeline {
        path: path.to_owned(),
        folder: files.folder.clone(),
        title: text("title").unwrap_or_else(|| id.clone()),
        id,
        version: text("version")?,
        license: text("license"),
        citation: text("citation"),
        contact: text("contact"),
        doi: text("doi"),
        grid,
        tolerance,
        legend: known.legend?,
        legend_path: legend_path?,
        periods: known.periods,
        partners,
        layers: layers.layers.into_iter().collect::<Option<Vec<_>>>()?,
        coverage,
        territories: territories?,
        outputs: outputs?,
        named_values,
    })
}

/// Ids and versions become folders of a release.
fn name_like_file(root: &Node, key: &str, sink: &mut Sink) {
    let Some(node) = root.get(key) else { return };
    if node.text().is_some_and(|text| !scalar::is_file_name(text)) {
        let message = format!("`{key}` is {}, which can be no folder's name", node.shown());
        sink.error("invalid-value", node.spot, message, "use letters, digits, `.`, `_` and `-`, no dot first");
    } else if key == "version" && node.text() == Some("draft") {
        let message = "`version` is draft, the folder of drafts";
        sink.error("invalid-value", node.spot, message, "give the release another version");
    }
}

/// Whether a name may stand for a layer, a group or a kind of territories; reports it if not.
pub(crate) fn check_name(what: &str, name: &str, at: crate::yaml::Spot, sink: &mut Sink) {
    if !scalar::is_name(name) {
        let message = format!("\"{}\" cannot name a {what}", name.escape_debug());
        let mend = "use letters, digits, `_` and `-`, with at least one letter; not any, none or not";
        sink.error("invalid-value", at, message, mend);
    }
}
