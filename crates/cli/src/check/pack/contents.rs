//! What stands in a pack beside its contract: the network's grid, what its pipeline says of the layer, and polygons.

use std::path::{Component, Path};

use mutirao_core::{axis_unit::AxisUnit, grid::Grid, pipeline::Overlap};
use mutirao_engine::plan::{Drawing, Feature, Polygons};
use mutirao_pipeline::text::{Node, Sink, load, number, read_text};

use super::wrong;
use crate::command::Failure;

/// The file of a pack with the network's grid.
pub const GRID: &str = "grid.yaml";

/// The file of a pack with what the network's pipeline says of the layer.
pub const LAYER: &str = "layer.yaml";

/// What the network's pipeline says of a layer.
#[derive(Debug, Default)]
pub struct PackedLayer {
    /// The attribute of a vector that gives the value, and the crosswalk's place.
    pub values: Option<(String, String)>,
    /// Which of several files counts where they differ.
    pub overlap: Option<Overlap>,
}

/// What a pack says of its layer.
pub fn layer_of(path: &Path, name: &str) -> Result<PackedLayer, Failure> {
    if !path.exists() {
        return Ok(PackedLayer::default());
    }
    let broken =
        || wrong(name, &format!("has a {LAYER} that cannot be read: attribute and crosswalk are wanted, or overlap"));
    let text = read_text(path).map_err(|_| broken())?;
    let node = load(&text, &mut Sink::new(format!("{name}/{LAYER}"))).ok_or_else(broken)?;
    let overlap = match node.get_text("overlap") {
        None => None,
        Some("first") => Some(Overlap::First),
        Some("last") => Some(Overlap::Last),
        Some(_) => return Err(broken()),
    };
    let is_inside = |place: &str| Path::new(place).components().all(|part| matches!(part, Component::Normal(_)));
    let values = match (node.get_text("attribute"), node.get_text("crosswalk")) {
        (None, None) => None,
        (Some(attribute), Some(crosswalk)) if is_inside(crosswalk) => {
            Some((attribute.to_owned(), crosswalk.to_owned()))
        }
        _ => return Err(broken()),
    };
    Ok(PackedLayer { values, overlap })
}

/// The grid of a pack that has one.
pub fn grid_of(path: &Path, name: &str) -> Result<Option<Grid>, Failure> {
    if !path.exists() {
        return Ok(None);
    }
    let broken = || wrong(name, &format!("has a {GRID} that is no grid: crs, origin, resolution and size are wanted"));
    let text = read_text(path).map_err(|_| broken())?;
    let node = load(&text, &mut Sink::new(format!("{name}/{GRID}"))).ok_or_else(broken)?;
    let pair = |key: &str| -> Option<[f64; 2]> {
        let numbers = node.get(key).map(Node::items).unwrap_or_default().iter().map(|item| number(item.text()?));
        numbers.collect::<Option<Vec<f64>>>()?.try_into().ok()
    };
    let grid = || {
        let (crs, size) = (node.get_text("crs")?.to_owned(), pair("size")?);
        let grid =
            Grid { crs, origin: pair("origin")?, resolution: pair("resolution")?, size: size.map(|side| side as u32) };
        let is_fine = grid.resolution.iter().all(|side| *side > 0.0)
            && size.iter().all(|side| *side >= 1.0 && *side <= f64::from(u32::MAX) && side.fract() == 0.0);
        is_fine.then_some(grid)
    };
    grid().map(Some).ok_or_else(broken)
}

/// The polygons of a pack, which stand in it as the door hands them over; none where they are in another CRS, or in another format.
pub fn polygons(wanted: &Polygons<'_>) -> Option<Drawing> {
    if wanted.path.extension()? != "parquet" {
        return None;
    }
    let table = mutirao_parquet::read_features(wanted.path).ok()?;
    let id = table.crs.get("id")?;
    let code = format!("{}:{}", id.get("authority")?.as_str()?, id.get("code")?);
    if code.replace('"', "") != wanted.target {
        return None;
    }
    let unit = AxisUnit::of_projjson(&table.crs);
    let column = |name: &&str| table.fields.iter().position(|field| field == name);
    let columns: Vec<usize> = wanted.attributes.iter().map(column).collect::<Option<_>>()?;
    let features = table.features.into_iter().filter_map(|feature| {
        let attributes = columns.iter().map(|column| feature.attributes[*column].clone()).collect();
        Some(Feature { attributes, geometry: feature.geometry? })
    });
    Some(Drawing { features: features.collect(), treatment: "as packed".to_owned(), unit })
}
