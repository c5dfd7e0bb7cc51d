//! Which layer of a vector file is meant.

use std::path::Path;

use gdal::vector::{Layer, LayerAccess, OGRwkbGeometryType};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use mutirao_core::door::{Refusal, RefusalCode};

use crate::messages;

/// Opens a vector file.
pub fn open(path: &Path) -> Result<Dataset, Refusal> {
    let options = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR,
        ..DatasetOptions::default()
    };
    Dataset::open_ex(path, options).map_err(|_| {
        let message = format!("GDAL cannot read {} as a vector file", path.display());
        messages::refusal(RefusalCode::NotReadable, message, "check the file with ogrinfo")
    })
}

/// The layer named, or the only one with geometries.
pub fn choose<'a>(file: &'a Dataset, path: &Path, name: Option<&str>) -> Result<Layer<'a>, Refusal> {
    let names: Vec<String> = file.layers().map(|layer| layer.name()).collect();
    let known = format!("{} has the layers {}", path.display(), names.join(", "));
    if let Some(name) = name {
        let found = names.iter().position(|known| known == name).and_then(|index| file.layer(index).ok());
        return found.ok_or_else(|| {
            Refusal::new(
                RefusalCode::LayerUnknown,
                format!("there is no layer {name}: {known}"),
                "name one of them with `layer:`",
            )
        });
    }
    let mut spatial = file.layers().filter(has_geometries);
    match (spatial.next(), spatial.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => {
            let message = format!("{} has no layer with geometries", path.display());
            Err(Refusal::new(RefusalCode::NotPolygons, message, "name a file whose features have geometries"))
        }
        _ => Err(Refusal::new(RefusalCode::LayerNotNamed, known, "name one of them with `layer:`")),
    }
}

fn has_geometries(layer: &Layer<'_>) -> bool {
    layer.defn().geom_fields().any(|field| field.field_type() != OGRwkbGeometryType::wkbNone)
}
