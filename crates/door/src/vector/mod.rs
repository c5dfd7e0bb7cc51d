//! Polygons of any vector file, as GeoParquet in the coverage's CRS.

mod attributes;
mod geoparquet;
mod layers;
mod ogr;
mod placement;
mod polygons;
mod reading;

use mutirao_core::door::{Refusal, VectorQuestion, VectorTranslated};
use mutirao_parquet::FeatureTable;

use crate::staged::Staged;
use crate::{OnProgress, files, messages, srs};
use placement::Placement;
use reading::Reading;

/// Translates a layer.
pub fn answer(question: &VectorQuestion, progress: OnProgress<'_>) -> Result<VectorTranslated, Refusal> {
    let path = files::local(&question.path)?;
    messages::clear();
    match geoparquet::is_one(&path) {
        true => geoparquet::translate(question, &path, progress),
        false => ogr::translate(question, &path, progress),
    }
}

/// Writes what was read, and tells of it.
fn write(
    question: &VectorQuestion,
    placement: &Placement,
    reading: Reading<'_>,
    table: FeatureTable,
) -> Result<VectorTranslated, Refusal> {
    let staged = Staged::beside(&question.out)?;
    mutirao_parquet::write_features(staged.path(), &table).map_err(|e| staged.failed(e))?;
    staged.commit()?;
    Ok(VectorTranslated {
        layer: reading.layer.clone(),
        features: table.features.len() as u64,
        fields: table.fields,
        crs: srs::name(&placement.source),
        same_crs: placement.same,
        transformation: reading.transformation.map(|t| t.facts().clone()),
        invalid: reading.invalid,
        empty: reading.empty,
        notes: reading.into_notes(),
    })
}
