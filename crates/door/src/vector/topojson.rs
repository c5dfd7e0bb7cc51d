//! The CRS of TopoJSON, which GDAL reads only from version 3.9 on.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use gdal::Dataset;
use gdal::spatial_ref::SpatialRef;
use gdal::vector::{Layer, LayerAccess};
use serde::Deserialize;

use crate::messages;

/// The beginning of every name of a CRS that needs no network to be understood.
const URN: &str = "urn:ogc:def:crs:";

#[derive(Deserialize)]
struct Topology {
    crs: Option<Crs>,
}

#[derive(Deserialize)]
struct Crs {
    properties: Named,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// The CRS that a layer of a file states.
pub fn crs_of(file: &Dataset, layer: &Layer<'_>, path: &Path) -> Option<SpatialRef> {
    layer.spatial_ref().or_else(|| if file.driver().short_name() == "TopoJSON" { stated(path) } else { None })
}

fn stated(path: &Path) -> Option<SpatialRef> {
    let topology: Topology = serde_json::from_reader(BufReader::new(File::open(path).ok()?)).ok()?;
    let name = topology.crs?.properties.name;
    let crs = if name.starts_with(URN) { SpatialRef::from_definition(&name).ok() } else { None };
    messages::clear();
    crs
}
