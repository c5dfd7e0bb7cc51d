//! Polygons or points of any vector file, as GeoParquet in the coverage's CRS.

mod archive;
mod attributes;
mod features;
mod geoparquet;
mod layers;
mod ogr;
mod outlines;
mod placement;
mod points;
mod polygons;
mod reading;
mod shape;
mod topojson;

use mutirao_core::door::{Refusal, VectorQuestion, VectorTranslated};
use mutirao_core::geometry::MultiPolygon;

use crate::staged::Staged;
use crate::{OnProgress, files, messages, srs};
pub use features::features;
pub use outlines::outlines;
use placement::Placement;
use reading::Reading;
use shape::{Found, Shape};

/// Translates a layer of polygons.
pub fn polygons(question: &VectorQuestion, progress: OnProgress<'_>) -> Result<VectorTranslated, Refusal> {
    translate::<MultiPolygon>(question, progress)
}

/// Translates a layer of points.
pub fn points(question: &VectorQuestion, progress: OnProgress<'_>) -> Result<VectorTranslated, Refusal> {
    translate::<[f64; 2]>(question, progress)
}

fn translate<S: Shape>(question: &VectorQuestion, progress: OnProgress<'_>) -> Result<VectorTranslated, Refusal> {
    let path = files::local(&question.path)?;
    messages::clear();
    match geoparquet::is_one(&path) {
        true => geoparquet::translate::<S>(question, &path, progress),
        false => ogr::translate::<S>(question, &path, progress),
    }
}

/// Writes what was read, and tells of it.
fn write<S: Shape>(
    question: &VectorQuestion,
    placement: &Placement,
    reading: Reading<'_>,
    fields: Vec<String>,
    found: Vec<Found<S>>,
) -> Result<VectorTranslated, Refusal> {
    let staged = Staged::beside(&question.out)?;
    let (features, crs) = (found.len() as u64, srs::projjson(&placement.target)?);
    S::write(staged.path(), crs, fields.clone(), found).map_err(|e| staged.failed(e))?;
    staged.commit()?;
    Ok(VectorTranslated {
        layer: reading.layer.clone(),
        features,
        fields,
        crs: srs::name(&placement.source),
        same_crs: placement.same,
        transformation: reading.transformation.map(|t| t.facts().clone()),
        invalid: reading.invalid,
        empty: reading.empty,
        notes: reading.into_notes(),
    })
}
