//! Vector files that GDAL reads.

use std::path::Path;

use gdal::vector::{Feature, LayerAccess};
use mutirao_core::door::{Refusal, VectorQuestion, VectorTranslated};

use super::placement::Placement;
use super::reading::Reading;
use super::shape::Shape;
use super::{attributes, layers, topojson, write};
use crate::{OnProgress, messages};

/// Translates a layer of a file.
pub fn translate<S: Shape>(
    question: &VectorQuestion,
    path: &Path,
    progress: OnProgress<'_>,
) -> Result<VectorTranslated, Refusal> {
    let file = layers::open(path, path, &[])?;
    let mut layer = layers::choose(&file, path, question.layer.as_deref())?;
    let placement = Placement::of(question, topojson::crs_of(&file, &layer, path).map(Ok), path)?;
    let extent = layer.try_get_extent().ok().flatten();
    let transformation = placement.transformation(extent, question.allow_ballpark)?;
    messages::clear();

    let expected = layer.try_feature_count().unwrap_or(0).max(1);
    let mut reading = Reading::new(layer.name(), path, transformation.as_ref());
    let fields = attributes::names(&layer, &mut reading.notes);
    let mut found = Vec::new();
    for (index, feature) in layer.features().enumerate() {
        if index % 4096 == 0 {
            progress((index as f64 / expected as f64).min(0.9), "reading features");
        }
        // Not `geometry()`, which makes a geometry of a null pointer where there is none.
        let shape = S::of(&mut reading, &name(index, &feature), feature.geometry_by_index(0).ok())?;
        found.push((attributes::texts(&feature, fields.len()), shape));
    }
    reading.check_complete()?;
    write(question, &placement, reading, fields, found)
}

/// What a feature is called in messages.
fn name(index: usize, feature: &Feature<'_>) -> String {
    let fid = feature.fid().map_or(String::new(), |fid| format!(" (id {fid})"));
    format!("feature {index}{fid}")
}
