//! The collection: who made it, what it holds, under which licence.

use mutirao_core::pipeline::{Partner, Pipeline};
use mutirao_engine::{Result, product::Product};
use serde_json::{Map, Value, json};

use super::{
    super::Content,
    CLASSIFICATION, FILE, PROCESSING, PROJECTION, RENDER, SCIENTIFIC, VERSION,
    assets::{FROM_COLLECTION, Label, Shelf, media_type},
    classes::{classes, renders},
    collection_id,
    item::{facts, lineage, roles, title},
    links::{link, of_all},
    software,
    time::whole,
};

/// Files for the whole release: name, key, title, role. What is not there is left out.
const FILES: [(&str, &str, &str, &str); 15] = [
    ("README.md", "readme", "What the release is", "overview"),
    ("report/index.html", "report", "The release as a page", "overview"),
    ("coverage.vrt", "coverage", "The periods as bands of one raster", "data"),
    ("coverage.parquet", "patches", "Patches of one class and source", "data"),
    ("areas.parquet", "areas", "Areas by period, territory, class, source and rule", "data"),
    ("areas.csv", "areas-csv", "Areas by period, territory and class", "data"),
    ("transitions.parquet", "transitions", "What became of every class, by territory", "data"),
    ("territories.parquet", "territories", "The territories, as they were counted", "data"),
    ("sources.parquet", "sources", "Who speaks in the release", "metadata"),
    ("inputs.parquet", "inputs", "The files it was made from", "metadata"),
    ("qa.parquet", "qa", "The checks that its layers went through", "metadata"),
    ("districts.parquet", "districts", "Districts with what partners know of them", "data"),
    ("legend.csv", "legend", "The classes", "metadata"),
    ("pipeline.yaml", "pipeline", "What the network agreed on", "metadata"),
    ("CITATION.cff", "citation", "How to cite it", "metadata"),
];

/// The collection of a release.
pub fn collection(content: &Content<'_>, shelf: &mut Shelf<'_>) -> Result<Value> {
    let pipeline = content.pipeline;
    let mut collection = Map::new();
    collection.insert("type".into(), "Collection".into());
    collection.insert("stac_version".into(), "1.1.0".into());
    collection.insert("stac_extensions".into(), extensions(pipeline));
    collection.insert("id".into(), collection_id(content).into());
    collection.insert("title".into(), pipeline.title.as_str().into());
    collection.insert("description".into(), format!("{}. {}.", pipeline.title, lineage(pipeline)).into());
    collection.insert("version".into(), pipeline.version.as_str().into());
    collection.insert("created".into(), content.started.into());
    collection.insert("license".into(), licence(pipeline).into());
    collection.extend(scientific(pipeline));
    collection.insert("providers".into(), providers(content));
    collection.insert("extent".into(), extent(content));
    collection.insert("summaries".into(), summaries(content));
    collection.insert("renders".into(), renders(pipeline));
    collection.insert("item_assets".into(), item_assets(content).into());
    collection.insert("links".into(), links(content).into());
    collection.insert("assets".into(), assets(shelf)?.into());
    Ok(collection.into())
}

fn extensions(pipeline: &Pipeline) -> Value {
    let mut extensions = vec![PROJECTION, CLASSIFICATION, FILE, PROCESSING, VERSION, RENDER];
    extensions.extend((!scientific(pipeline).is_empty()).then_some(SCIENTIFIC));
    json!(extensions)
}

/// An SPDX id, or `other` where there is none or it is something else.
fn licence(pipeline: &Pipeline) -> &str {
    let is_id =
        |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.+".contains(&b));
    pipeline.license.as_deref().filter(is_id).unwrap_or("other")
}

fn scientific(pipeline: &Pipeline) -> Vec<(String, Value)> {
    let mut fields = Vec::new();
    fields.extend(doi(pipeline).map(|doi| ("sci:doi".to_owned(), doi.into())));
    fields.extend(pipeline.citation.as_deref().map(|text| ("sci:citation".to_owned(), text.into())));
    fields
}

/// The DOI without a resolver's address; none where it is no DOI.
fn doi(pipeline: &Pipeline) -> Option<&str> {
    let doi = pipeline.doi.as_deref()?;
    let doi =
        ["https://doi.org/", "http://doi.org/", "doi:"].iter().find_map(|start| doi.strip_prefix(start)).unwrap_or(doi);
    let (registrant, name) = doi.strip_prefix("10.")?.split_once('/')?;
    let is_doi = registrant.len() >= 4 && registrant.bytes().all(|b| b.is_ascii_alphanumeric());
    (is_doi && !name.is_empty() && !name.contains(char::is_whitespace)).then_some(doi)
}

fn providers(content: &Content<'_>) -> Value {
    let pipeline = content.pipeline;
    let mut providers: Vec<Value> = content.partners().into_iter().map(provider).collect();
    let mut network = Map::new();
    network.insert("name".into(), pipeline.id.as_str().into());
    let contact = pipeline.contact.as_ref().map(|contact| format!("; contact: {contact}")).unwrap_or_default();
    network.insert("description".into(), format!("The network that merges the layers{contact}").into());
    network.insert("roles".into(), json!(["processor", "host"]));
    network.insert("processing:software".into(), software());
    providers.push(network.into());
    providers.into()
}

fn provider(partner: &Partner) -> Value {
    let mut provider = Map::new();
    provider.insert("name".into(), partner.name.as_str().into());
    let licence = partner.license.as_ref().map(|licence| format!("licence {licence}"));
    let words: Vec<&str> = partner.attribution.iter().chain(&licence).map(String::as_str).collect();
    if !words.is_empty() {
        provider.insert("description".into(), words.join("; ").into());
    }
    provider.insert("roles".into(), json!(["producer", "licensor"]));
    provider
        .extend(partner.url.as_deref().filter(|url| url.starts_with("http")).map(|url| ("url".to_owned(), url.into())));
    provider.into()
}

/// The whole world where the place of the grid is not known: a collection must have an extent.
fn extent(content: &Content<'_>) -> Value {
    let bbox = content.footprint.map_or([-180.0, -90.0, 180.0, 90.0], |footprint| footprint.bbox);
    let interval = match whole(&content.pipeline.periods) {
        Some(span) => json!([span.start, span.end]),
        None => json!([content.started, content.started]),
    };
    json!({ "spatial": { "bbox": [bbox] }, "temporal": { "interval": [interval] } })
}

fn summaries(content: &Content<'_>) -> Value {
    let mut summaries = Map::new();
    summaries.extend(content.plan.crs.authority.as_ref().map(|code| ("proj:code".to_owned(), json!([code]))));
    summaries.insert("version".into(), json!([content.pipeline.version]));
    summaries.insert("classification:classes".into(), classes(content.pipeline));
    summaries.into()
}

fn item_assets(content: &Content<'_>) -> Map<String, Value> {
    let mut assets = Map::new();
    let ending = if content.outcomes.sheets.len() == 1 { ".tif" } else { ".vrt" };
    for product in [Product::Coverage, Product::Provenance, Product::Agreement] {
        let bands: Vec<_> = content.outcomes.bands.iter().copied().filter(|band| band.product == product).collect();
        if bands.is_empty() {
            continue;
        }
        let mut asset = Map::new();
        asset.insert("title".into(), title(product).into());
        asset.insert("type".into(), media_type(ending).into());
        asset.insert("roles".into(), json!(roles(product)));
        asset.extend(facts(content.pipeline, product, &bands));
        assets.insert(product.folder().to_owned(), asset.into());
    }
    assets
}

fn links(content: &Content<'_>) -> Vec<Value> {
    let pipeline = content.pipeline;
    let mut links = vec![link("root", "./collection.json", &pipeline.title)];
    let items = content.plan.periods.iter();
    links.extend(items.map(|period| {
        let mut link = link("item", &format!("./{period}/item.json"), period);
        link["type"] = "application/geo+json".into();
        link
    }));
    links.extend(doi(pipeline).map(|doi| json!({ "rel": "cite-as", "href": format!("https://doi.org/{doi}") })));
    links.extend(of_all(content));
    links
}

fn assets(shelf: &mut Shelf<'_>) -> Result<Map<String, Value>> {
    let mut assets = Map::new();
    for (name, key, title, role) in FILES {
        let asset = shelf.asset(name, FROM_COLLECTION, &Label { title, roles: &[role] })?;
        assets.extend(asset.map(|asset| (key.to_owned(), asset.into())));
    }
    Ok(assets)
}
