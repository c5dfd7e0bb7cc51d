//! The features of any layer or table as they are, one by one.

mod area;
mod fields;
mod figure;
mod gdal_layer;
mod geoparquet;
mod measure;
mod table;
mod watch;

use gdal::spatial_ref::SpatialRef;
use mutirao_core::door::{FeaturesFacts, FeaturesQuestion, Refusal, StatedCrs};

use super::geoparquet::is_one;
use crate::{OnProgress, files, messages, srs};
use area::TrueArea;
pub use figure::Bytes;
pub use gdal_layer::{check_complete, open};
pub use measure::iso_wkb;

/// Measures a layer, and writes what was measured.
pub fn features(question: &FeaturesQuestion, progress: OnProgress<'_>) -> Result<FeaturesFacts, Refusal> {
    let path = files::local(&question.path)?;
    messages::clear();
    match is_one(&path) {
        true => geoparquet::measure(question, &path, progress),
        false => gdal_layer::measure(question, &path, progress),
    }
}

/// What is told of the CRS that a file states, and how areas are found in it. Why that is not possible becomes a note.
fn stated(crs: Option<SpatialRef>, notes: &mut Vec<String>) -> (Option<StatedCrs>, Option<TrueArea>) {
    let Some(crs) = crs else { return (None, None) };
    let name = srs::name(&crs);
    let plane = match srs::plane(crs) {
        Ok(plane) => plane,
        Err(refusal) => return (Some(StatedCrs::Other { name, why: refusal.message }), None),
    };
    let area = TrueArea::in_crs(&plane).map_err(|refusal| notes.push(format!("no areas: {}", refusal.message))).ok();
    let facts = srs::facts(&plane).map(|facts| StatedCrs::Plane(Box::new(facts)));
    (Some(facts.unwrap_or_else(|refusal| StatedCrs::Other { name, why: refusal.message })), area)
}
