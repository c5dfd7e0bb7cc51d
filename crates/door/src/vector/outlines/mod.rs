//! The outlines of any layer as they are, thinned for a picture.

mod collector;
mod parts;
mod sieve;

use std::path::Path;

use gdal::vector::{Geometry, LayerAccess};
use mutirao_core::door::{OutlinesFacts, OutlinesQuestion, Refusal, RefusalCode};
use mutirao_parquet::FeatureReader;

use super::features::{check_complete, iso_wkb, open};
use super::geoparquet::{geometry, is_one, layer, unreadable};
use super::{archive, layers};
use crate::{OnProgress, files, messages};
use collector::Collector;

const READING: &str = "reading outlines";

/// Collects the outlines of a layer, and writes them.
pub fn outlines(question: &OutlinesQuestion, progress: OnProgress<'_>) -> Result<OutlinesFacts, Refusal> {
    let path = files::local(&question.path)?;
    messages::clear();
    match is_one(&path) {
        true => of_geoparquet(question, &path, progress),
        false => of_layer(question, &path, progress),
    }
}

fn of_geoparquet(question: &OutlinesQuestion, path: &Path, progress: OnProgress<'_>) -> Result<OutlinesFacts, Refusal> {
    let mut reader = FeatureReader::open(path).map_err(|error| unreadable(RefusalCode::NotReadable, &error))?;
    let layer = layer(question.layer.as_deref(), path)?;
    let rows = reader.rows.max(1) as f64;
    let mut collector = Collector::begin(question)?;
    for batch in &mut reader {
        progress((collector.read as f64 / rows).min(0.99), READING);
        for feature in batch.map_err(|error| unreadable(RefusalCode::Corrupt, &error))? {
            let geometry = feature.wkb.map(|wkb| geometry(&wkb, collector.read as usize)).transpose()?;
            add(&mut collector, geometry.as_ref())?;
        }
    }
    collector.finish(layer)
}

fn of_layer(question: &OutlinesQuestion, path: &Path, progress: OnProgress<'_>) -> Result<OutlinesFacts, Refusal> {
    let file = open(&archive::inside(path)?, path)?;
    let mut layer = layers::choose_any(&file, path, question.layer.as_deref())?;
    messages::clear();
    let expected = layer.try_feature_count().unwrap_or(0).max(1) as f64;
    let mut collector = Collector::begin(question)?;
    for feature in layer.features() {
        if collector.read.is_multiple_of(4096) {
            progress((collector.read as f64 / expected).min(0.99), READING);
        }
        // Not `geometry()`, which makes a geometry of a null pointer where there is none.
        add(&mut collector, feature.geometry_by_index(0).ok())?;
    }
    check_complete(&layer, path)?;
    collector.finish(layer.name())
}

/// What cannot be taken apart has no outline.
fn add(collector: &mut Collector<'_>, geometry: Option<&Geometry>) -> Result<(), Refusal> {
    let straight = geometry.and_then(parts::straight);
    let wkb = straight.as_ref().or(geometry).and_then(|geometry| iso_wkb(geometry, &mut collector.wkb));
    let parts = wkb.and_then(parts::take_apart).unwrap_or_default();
    collector.add(parts)
}
