//! Links: within the catalogue, and to what a release was made from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mutirao_core::pipeline::Pipeline;
use mutirao_engine::fingerprint::Fingerprint;
use serde_json::{Value, json};

use super::{super::Content, assets::multihash};

/// A link within the catalogue.
pub fn link(rel: &str, href: &str, title: &str) -> Value {
    json!({ "rel": rel, "href": href, "type": "application/json", "title": title })
}

/// `derived_from`: the files of one period, with the layers that read them.
pub fn of_period(content: &Content<'_>, period: usize) -> Vec<Value> {
    let readers = readers(content, |at| at == period);
    content
        .inputs
        .iter()
        .filter_map(|input| Some(derived(input, &readers.get(input.path.as_path())?.join(", "))))
        .collect()
}

/// `derived_from`: the files that no layer reads for itself, such as territories and crosswalks.
pub fn of_all(content: &Content<'_>) -> Vec<Value> {
    let readers = readers(content, |_| true);
    let others = content.inputs.iter().filter(|input| !readers.contains_key(input.path.as_path()));
    others.map(|input| derived(input, "read by the pipeline")).collect()
}

fn derived(input: &Fingerprint, readers: &str) -> Value {
    let name = input.path.file_name().unwrap_or_default().to_string_lossy();
    json!({
        "rel": "derived_from",
        "href": file_url(&input.path),
        "title": format!("{name}: {readers}; sha256 {}", input.sha256),
        "file:size": input.bytes,
        "file:checksum": multihash(&input.sha256),
    })
}

/// By file, what reads it in some periods: layer, partner and version.
fn readers<'a>(content: &'a Content<'_>, wanted: impl Fn(usize) -> bool) -> BTreeMap<&'a Path, Vec<String>> {
    let mut readers: BTreeMap<&Path, BTreeSet<(usize, usize)>> = BTreeMap::new();
    for (at, layer) in content.plan.layers.iter().enumerate() {
        let sets = layer.by_period.iter().enumerate().filter(|(period, _)| wanted(*period));
        for part in sets.filter_map(|(_, set)| *set).flat_map(|set| &layer.input_sets[set]) {
            readers.entry(&content.plan.files[part.file].path).or_default().insert((at, part.member));
        }
    }
    let words = |places: BTreeSet<(usize, usize)>| {
        places.into_iter().map(|(layer, member)| reader(content.pipeline, layer, member)).collect()
    };
    readers.into_iter().map(|(path, places)| (path, words(places))).collect()
}

fn reader(pipeline: &Pipeline, layer: usize, member: usize) -> String {
    let layer = &pipeline.layers[layer];
    let member = &layer.members[member];
    let mut words = member.name.as_ref().map_or_else(|| layer.name.clone(), |name| format!("{} / {name}", layer.name));
    words.extend(member.version.iter().map(|version| format!(" version {version}")));
    words.extend(member.partner.map(|partner| format!(" by {}", pipeline.partners[partner].name)));
    words
}

/// Where a file was when it was read. What a URL may not hold is written as `%` and two digits (RFC 3986).
fn file_url(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut url = "file://".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => url.push(char::from(*byte)),
            other => url.push_str(&format!("%{other:02X}")),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_urls() {
        assert_eq!(file_url(Path::new("/a b/ç#1.tif")), "file:///a%20b/%C3%A7%231.tif");
    }
}
