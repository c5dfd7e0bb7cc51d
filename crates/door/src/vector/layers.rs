//! Which layer of a vector file is meant.

use std::path::Path;

use gdal::vector::{Layer, LayerAccess, OGRwkbGeometryType};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use mutirao_core::door::{Refusal, RefusalCode};

use crate::messages;

/// Opens a vector file by GDAL's name for it, with options of its driver; `path` is its name in messages.
pub fn open(name: &Path, path: &Path, options: &[&str]) -> Result<Dataset, Refusal> {
    let options = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR,
        open_options: (!options.is_empty()).then_some(options),
        ..DatasetOptions::default()
    };
    Dataset::open_ex(name, options).map_err(|_| {
        let message = format!("GDAL cannot read {} as a vector file", path.display());
        messages::refusal(RefusalCode::NotReadable, message, "check the file with ogrinfo")
    })
}

/// The layer named, or the only one with geometries.
pub fn choose<'a>(file: &'a Dataset, path: &Path, name: Option<&str>) -> Result<Layer<'a>, Refusal> {
    if let Some(name) = name {
        return named(file, path, name);
    }
    let mut spatial = file.layers().filter(has_geometries);
    match (spatial.next(), spatial.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => {
            let message = format!("{} has no layer with geometries", path.display());
            Err(Refusal::new(RefusalCode::NotPolygons, message, "name a file whose features have geometries"))
        }
        _ => Err(Refusal::new(RefusalCode::LayerNotNamed, known(file, path), "name one of them with `layer:`")),
    }
}

/// The layer named, the only one with geometries, or the only one.
pub fn choose_any<'a>(file: &'a Dataset, path: &Path, name: Option<&str>) -> Result<Layer<'a>, Refusal> {
    match (name, file.layer_count()) {
        (None, 1) => file.layer(0).map_err(|_| {
            let message = format!("the layer of {} cannot be read", path.display());
            messages::refusal(RefusalCode::NotReadable, message, "check the file with ogrinfo")
        }),
        (None, _) if !file.layers().any(|layer| has_geometries(&layer)) => {
            Err(Refusal::new(RefusalCode::LayerNotNamed, known(file, path), "name one of them with `layer:`"))
        }
        _ => choose(file, path, name),
    }
}

fn named<'a>(file: &'a Dataset, path: &Path, name: &str) -> Result<Layer<'a>, Refusal> {
    let found = file.layers().position(|layer| layer.name() == name).and_then(|index| file.layer(index).ok());
    found.ok_or_else(|| {
        let message = format!("there is no layer {name}: {}", known(file, path));
        Refusal::new(RefusalCode::LayerUnknown, message, "name one of them with `layer:`")
    })
}

fn known(file: &Dataset, path: &Path) -> String {
    let names: Vec<String> = file.layers().map(|layer| layer.name()).collect();
    format!("{} has the layers {}", path.display(), names.join(", "))
}

/// Whether features of a layer can have geometries.
pub fn has_geometries(layer: &Layer<'_>) -> bool {
    layer.defn().geom_fields().any(|field| field.field_type() != OGRwkbGeometryType::wkbNone)
}
