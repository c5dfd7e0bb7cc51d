//! GeoParquet, and tables that are plain Parquet, by our own reader.

use std::path::Path;

use mutirao_core::door::{FeaturesFacts, FeaturesQuestion, FieldFacts, Refusal, RefusalCode};
use mutirao_parquet::FeatureReader;

use super::measure::Measure;
use super::stated;
use super::table::Table;
use crate::OnProgress;
use crate::vector::geoparquet::{geometry, layer, stated_crs, unreadable};

/// Measures the one layer of a file.
pub fn measure(question: &FeaturesQuestion, path: &Path, progress: OnProgress<'_>) -> Result<FeaturesFacts, Refusal> {
    let mut reader = FeatureReader::open_any(path).map_err(|error| unreadable(RefusalCode::NotReadable, &error))?;
    let layer = layer(question.layer.as_deref(), path)?;
    let mut notes = Vec::new();
    if reader.geometries > 1 {
        notes.push(format!("only the primary of {} geometry columns is read", reader.geometries));
    }
    let crs = if reader.crs.is_null() { None } else { Some(stated_crs(&reader, path)?) };
    let (crs, area) = stated(crs, &mut notes);
    let named = reader.fields.iter().cloned().zip(reader.kinds.iter().copied());
    let fields: Vec<FieldFacts> = named.map(|(name, kind)| FieldFacts { name, kind }).collect();
    let (mut measure, rows) = (Measure::new(area), reader.rows.max(1) as f64);
    let mut table = Table::create(&question.out, fields.len())?;
    for batch in &mut reader {
        progress((table.features as f64 / rows).min(0.99), "reading features");
        for feature in batch.map_err(|error| unreadable(RefusalCode::Corrupt, &error))? {
            let geometry = feature.wkb.map(|wkb| geometry(&wkb, table.features as usize)).transpose()?;
            let values = feature.attributes;
            table.add(measure.shape(geometry.as_ref()), |columns| {
                columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value.as_deref()));
            })?;
        }
    }
    let (features, layers, spatial) = (table.finish()?, vec![layer.clone()], reader.geometries > 0);
    let (driver, bounds) = ("Parquet".to_owned(), measure.bounds);
    Ok(FeaturesFacts { driver, layer, layers, features, spatial, crs, bounds, fields, notes })
}
