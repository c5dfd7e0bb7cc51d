//! The item of a period.

use mutirao_core::{
    grid::{Grid, Window},
    pipeline::Pipeline,
};
use mutirao_engine::{
    Result,
    product::{Band, Meaning, Product},
};
use serde_json::{Map, Value, json};

use super::{
    super::{Content, footprint::Footprint},
    CLASSIFICATION, FILE, PROCESSING, PROJECTION, RENDER, VERSION,
    assets::{FROM_ITEM, Label, Shelf},
    classes::{classes, renders},
    collection_id,
    links::{link, of_period},
    software,
    time::{Span, span, whole},
};

/// The item of a period, by its place.
pub fn item(content: &Content<'_>, period: usize, shelf: &mut Shelf<'_>) -> Result<Value> {
    let pipeline = content.pipeline;
    let label = &content.plan.periods[period];
    let mut item = Map::new();
    item.insert("type".into(), "Feature".into());
    item.insert("stac_version".into(), "1.1.0".into());
    item.insert("stac_extensions".into(), json!([PROJECTION, CLASSIFICATION, FILE, PROCESSING, VERSION, RENDER]));
    item.insert("id".into(), format!("{}-{label}", collection_id(content)).into());
    item.insert("collection".into(), collection_id(content).into());
    item.extend(content.footprint.map(|footprint| ("bbox".into(), json!(footprint.bbox))));
    item.insert("geometry".into(), content.footprint.map_or(Value::Null, geometry));
    item.insert("properties".into(), properties(content, period));
    let above = |rel| link(rel, "../collection.json", &pipeline.title);
    let mut links = vec![above("root"), above("parent"), above("collection")];
    links.extend(of_period(content, period));
    item.insert("links".into(), links.into());
    item.insert("assets".into(), assets(content, period, shelf)?.into());
    Ok(item.into())
}

fn geometry(footprint: &Footprint) -> Value {
    match &footprint.rings[..] {
        [one] => json!({ "type": "Polygon", "coordinates": [one] }),
        several => {
            let polygons: Vec<_> = several.iter().map(|ring| [ring]).collect();
            json!({ "type": "MultiPolygon", "coordinates": polygons })
        }
    }
}

fn properties(content: &Content<'_>, period: usize) -> Value {
    let pipeline = content.pipeline;
    let mut properties = Map::new();
    properties.insert("title".into(), format!("{}: {}", pipeline.title, content.plan.periods[period]).into());
    properties.extend(times(content, period));
    properties.insert("created".into(), content.started.into());
    properties.insert("version".into(), pipeline.version.as_str().into());
    properties.insert("processing:software".into(), software());
    properties.insert("processing:lineage".into(), lineage(pipeline).into());
    properties.extend(projection(content));
    properties.insert("classification:classes".into(), classes(pipeline));
    properties.insert("renders".into(), renders(pipeline));
    properties.into()
}

/// In one sentence how the map came about.
pub fn lineage(pipeline: &Pipeline) -> String {
    let layers = pipeline.layers.iter().filter(|layer| layer.role == mutirao_core::rule::Role::Class).count();
    let rules = pipeline.coverage.rules.len();
    let by = if rules > 0 { format!("{rules} rules of prevalence") } else { "one method for all".to_owned() };
    format!("Merged from {layers} layers by {by}; pipeline.yaml holds them all")
}

/// A period without bounds may lie anywhere within those of the others; where none has any, only the time of the run is known.
fn times(content: &Content<'_>, period: usize) -> Vec<(String, Value)> {
    let periods = &content.pipeline.periods;
    match periods.get(period).and_then(span).or_else(|| whole(periods)) {
        Some(Span { start, end }) => vec![
            ("datetime".into(), Value::Null),
            ("start_datetime".into(), start.into()),
            ("end_datetime".into(), end.into()),
        ],
        None => vec![("datetime".into(), content.started.into())],
    }
}

fn projection(content: &Content<'_>) -> Vec<(String, Value)> {
    let (grid, crs) = (&content.plan.grid, &content.plan.crs);
    let mut fields = vec![("proj:code".to_owned(), crs.authority.as_deref().map_or(Value::Null, Value::from))];
    if crs.authority.is_none() {
        fields.push(("proj:wkt2".to_owned(), crs.wkt.as_str().into()));
        fields.push(("proj:projjson".to_owned(), crs.projjson.clone()));
    }
    let corner = grid.transform().to_map(f64::from(grid.width()), f64::from(grid.height()));
    fields.push(("proj:bbox".to_owned(), json!([grid.origin[0], corner[1], corner[0], grid.origin[1]])));
    fields.extend(place(grid, &grid.window()));
    fields
}

/// `proj:shape` is rows, columns; `proj:transform` the affine one from columns and rows to the map, row by row.
fn place(grid: &Grid, window: &Window) -> [(String, Value); 2] {
    let [x, y] = grid.transform().to_map(f64::from(window.col), f64::from(window.row));
    let [width, height] = grid.resolution;
    [
        ("proj:shape".to_owned(), json!([window.height, window.width])),
        ("proj:transform".to_owned(), json!([width, 0.0, x, 0.0, -height, y])),
    ]
}

fn assets(content: &Content<'_>, period: usize, shelf: &mut Shelf<'_>) -> Result<Map<String, Value>> {
    let label = &content.plan.periods[period];
    let mut assets = Map::new();
    for product in [Product::Coverage, Product::Provenance, Product::Agreement] {
        let bands: Vec<Band> = content.outcomes.bands.iter().copied().filter(|band| band.product == product).collect();
        let folder = product.folder();
        let own = facts(content.pipeline, product, &bands);
        for ending in ["tif", "vrt"] {
            let title = format!("{}, {label}", title(product));
            let of = Label { title: &title, roles: roles(product) };
            if let Some(mut asset) = shelf.asset(&format!("{folder}/{label}.{ending}"), FROM_ITEM, &of)? {
                asset.extend(own.clone());
                assets.insert(folder.to_owned(), asset.into());
            }
        }
        assets.extend(sheets(content, product, label, &own, shelf)?);
    }
    let preview = Label { title: "Preview", roles: &["thumbnail"] };
    let preview = shelf.asset(&format!("preview/{label}.png"), FROM_ITEM, &preview)?;
    assets.extend(preview.map(|asset| ("thumbnail".to_owned(), asset.into())));
    Ok(assets)
}

/// The sheets of a coverage too large for one file, each with its own place.
fn sheets(
    content: &Content<'_>,
    product: Product,
    label: &str,
    facts: &Map<String, Value>,
    shelf: &mut Shelf<'_>,
) -> Result<Map<String, Value>> {
    let folder = product.folder();
    let mut assets = Map::new();
    for done in &content.outcomes.sheets {
        let (col, row) = (done.sheet.col, done.sheet.row);
        let title = format!("{}, {label}, sheet {col}, {row}", title(product));
        let of = Label { title: &title, roles: roles(product) };
        if let Some(mut asset) = shelf.asset(&format!("{folder}/{label}/{col}_{row}.tif"), FROM_ITEM, &of)? {
            asset.extend(place(&content.plan.grid, &done.sheet.window));
            asset.extend(facts.clone());
            assets.insert(format!("{folder}-{col}-{row}"), asset.into());
        }
    }
    Ok(assets)
}

/// What a product is, for people.
pub fn title(product: Product) -> &'static str {
    match product {
        Product::Coverage => "Class of every pixel",
        Product::Provenance => "Source, rule and part of every pixel",
        Product::Agreement => "How many layers speak and agree",
    }
}

/// What a product is for.
pub fn roles(product: Product) -> &'static [&'static str] {
    match product {
        Product::Coverage => &["data"],
        Product::Provenance | Product::Agreement => &["data", "metadata"],
    }
}

/// What holds of a product in all periods: bands, type, nodata, classes.
pub fn facts(pipeline: &Pipeline, product: Product, bands: &[Band]) -> Map<String, Value> {
    let mut facts = Map::new();
    let Some(first) = bands.first() else { return facts };
    facts.insert("data_type".into(), if first.wide { "uint16" } else { "uint8" }.into());
    facts.insert("nodata".into(), first.nodata.into());
    let bands: Vec<Value> = bands
        .iter()
        .map(|band| words(band.meaning))
        .map(|(name, text)| json!({ "name": name, "description": text }))
        .collect();
    facts.insert("bands".into(), bands.into());
    if product == Product::Coverage {
        facts.insert("classification:classes".into(), classes(pipeline));
    }
    facts
}

fn words(meaning: Meaning) -> (&'static str, &'static str) {
    match meaning {
        Meaning::Class => ("class", "the class, as in legend.csv"),
        Meaning::Source => ("source", "whose class it is, as in sources.parquet"),
        Meaning::Rule => ("rule", "the rule that gave it, from 1; 0 for none"),
        Meaning::Part => ("part", "0 the rule itself, n its n-th exception"),
        Meaning::Speak => ("speak", "how many layers speak; 0 is a gap"),
        Meaning::Same => ("same", "how many of them say the winning class"),
        Meaning::SameTop => ("same_top", "how many of them say one of the same top class"),
    }
}
