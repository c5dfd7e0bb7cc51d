//! Layers and tables that GDAL reads.

use std::path::Path;

use gdal::Dataset;
use gdal::vector::{Layer, LayerAccess};
use mutirao_core::door::{FeaturesFacts, FeaturesQuestion, Refusal, RefusalCode};

use super::measure::Measure;
use super::table::Table;
use super::watch::{Bounds, Watch, watched};
use super::{fields, stated};
use crate::vector::{archive, attributes, layers, topojson};
use crate::{OnProgress, messages};

/// Measures a layer of a file.
pub fn measure(question: &FeaturesQuestion, path: &Path, progress: OnProgress<'_>) -> Result<FeaturesFacts, Refusal> {
    let inner = archive::inside(path)?;
    let (asked, own) = (question.clone(), path.to_owned());
    match Bounds::of_database(&inner, path) {
        Some(bounds) => {
            let read = move |watch: &Watch, progress: OnProgress<'_>| read(&asked, &inner, &own, watch, progress);
            watched(bounds, path, progress, read)
        }
        None => read(question, &inner, path, &Watch::default(), progress),
    }
}

fn read(
    question: &FeaturesQuestion,
    inner: &Path,
    path: &Path,
    watch: &Watch,
    progress: OnProgress<'_>,
) -> Result<FeaturesFacts, Refusal> {
    let file = open(inner, path)?;
    let mut layer = layers::choose_any(&file, path, question.layer.as_deref())?;
    messages::clear();

    let mut notes = Vec::new();
    attributes::names(&layer, &mut notes);
    let (fields, spatial) = (fields::of_layer(&layer), layers::has_geometries(&layer));
    let (crs, area) = stated(topojson::crs_of(&file, &layer, path), &mut notes);
    messages::clear();
    let expected = layer.try_feature_count().unwrap_or(0).max(1);
    let mut measure = Measure::new(area);
    let mut table = Table::create(&question.out, fields.len())?;
    for (index, feature) in layer.features().enumerate() {
        watch.one_more()?;
        if index % 4096 == 0 {
            progress((index as f64 / expected as f64).min(0.99), "reading features");
        }
        // Not `geometry()`, which makes a geometry of a null pointer where there is none.
        let shape = measure.shape(feature.geometry_by_index(0).ok());
        table.add(shape, |columns| fields::add(&feature, &fields, columns))?;
    }
    check_complete(&layer, path)?;
    Ok(FeaturesFacts {
        driver: file.driver().short_name(),
        layer: layer.name(),
        layers: file.layers().map(|layer| layer.name()).collect(),
        features: table.finish()?,
        spatial,
        crs,
        bounds: measure.bounds,
        fields,
        notes,
    })
}

/// Opens a file. Of CSV the first line is the header, whatever it looks like, and an empty cell holds nothing.
pub fn open(inner: &Path, path: &Path) -> Result<Dataset, Refusal> {
    let file = layers::open(inner, path, &[])?;
    match file.driver().short_name().as_str() {
        "CSV" => layers::open(inner, path, &["HEADERS=YES", "EMPTY_STRING_AS_NULL=YES"]),
        _ => Ok(file),
    }
}

/// Whether a layer was read to its end.
///
/// # Errors
/// Where GDAL said something on the way.
pub fn check_complete(layer: &Layer<'_>, path: &Path) -> Result<(), Refusal> {
    if messages::count() == 0 {
        return Ok(());
    }
    let message = format!("layer {} of {} cannot be read to its end", layer.name(), path.display());
    Err(messages::refusal(RefusalCode::Corrupt, message, "the file is truncated or corrupt; fetch it again"))
}
