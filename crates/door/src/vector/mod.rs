//! Polygons of any vector file, as GeoParquet in the coverage's CRS.

mod attributes;
mod layers;
mod polygons;

use gdal::spatial_ref::SpatialRef;
use gdal::vector::{Feature, LayerAccess};
use mutirao_core::door::{Refusal, RefusalCode, VectorQuestion, VectorTranslated};
use mutirao_core::geometry::MultiPolygon;
use mutirao_parquet::FeatureTable;

use crate::staged::Staged;
use crate::transformation::{Transformation, geo_box};
use crate::{OnProgress, files, messages, same, srs};
use polygons::Collected;

/// Translates a layer.
pub fn answer(question: &VectorQuestion, progress: OnProgress<'_>) -> Result<VectorTranslated, Refusal> {
    let path = files::local(&question.path)?;
    messages::clear();
    let file = layers::open(&path)?;
    let mut layer = layers::choose(&file, &path, question.layer.as_deref())?;
    let (source, target) = (source_crs(question, layer.spatial_ref(), &path)?, srs::parse(&question.target_crs)?);
    let same_crs = same::compare(&source, &target)?.same;
    let transformation = if same_crs {
        None
    } else {
        let extent = layer.try_get_extent().ok().flatten();
        let area = extent.and_then(|e| geo_box(&source, [e.MinX, e.MinY, e.MaxX, e.MaxY]));
        Some(Transformation::between(&source, &target, area, question.allow_ballpark)?)
    };
    messages::clear();

    let expected = layer.try_feature_count().unwrap_or(0).max(1);
    let mut reading = Reading::new(&layer, transformation.as_ref(), path.display().to_string());
    let fields = attributes::names(&layer, &mut reading.notes);
    let mut table = FeatureTable { crs: srs::projjson(&target)?, fields, features: Vec::new() };
    for (index, feature) in layer.features().enumerate() {
        if index % 4096 == 0 {
            progress((index as f64 / expected as f64).min(0.9), "reading features");
        }
        let geometry = reading.geometry(index, &feature)?;
        let attributes = attributes::texts(&feature, table.fields.len());
        table.features.push(mutirao_parquet::Feature { attributes, geometry });
    }
    reading.check_complete()?;
    let staged = Staged::beside(&question.out)?;
    mutirao_parquet::write_features(staged.path(), &table).map_err(|e| staged.failed(e))?;
    staged.commit()?;
    Ok(VectorTranslated {
        layer: reading.layer.clone(),
        features: table.features.len() as u64,
        fields: table.fields,
        crs: srs::name(&source),
        same_crs,
        transformation: transformation.as_ref().map(|t| t.facts().clone()),
        invalid: reading.invalid,
        empty: reading.empty,
        notes: reading.into_notes(),
    })
}

fn source_crs(
    question: &VectorQuestion,
    stated: Option<SpatialRef>,
    path: &std::path::Path,
) -> Result<SpatialRef, Refusal> {
    match (&question.crs_override, stated) {
        (Some(crs), _) => srs::parse(crs),
        (None, Some(stated)) => srs::plane(stated),
        (None, None) => {
            let message = format!("{} does not say in which CRS its coordinates are", path.display());
            Err(Refusal::new(RefusalCode::CrsMissing, message, "say `crs:` on the layer"))
        }
    }
}

/// What is found on the way through the features.
struct Reading<'a> {
    file: String,
    layer: String,
    transformation: Option<&'a Transformation>,
    notes: Vec<String>,
    invalid: u64,
    empty: u64,
    collected: Collected,
}

impl<'a> Reading<'a> {
    fn new(layer: &impl LayerAccess, transformation: Option<&'a Transformation>, file: String) -> Self {
        let collected = Collected::default();
        Reading { file, layer: layer.name(), transformation, notes: Vec::new(), invalid: 0, empty: 0, collected }
    }

    /// The polygons of a feature in the target CRS.
    fn geometry(&mut self, index: usize, feature: &Feature<'_>) -> Result<Option<MultiPolygon>, Refusal> {
        let found = feature.geometry().filter(|geometry| !geometry.is_empty());
        let Some(found) = found else {
            self.empty += 1;
            return Ok(None);
        };
        let mut area = self.collected.polygons_of(found).map_err(|kind| self.not_polygons(index, feature, &kind))?;
        if !found.is_valid() {
            self.invalid += 1;
            // GEOS says why through GDAL's messages, which are for errors of reading.
            messages::clear();
        }
        for ring in area.polygons.iter_mut().flat_map(|polygon| &mut polygon.rings) {
            if let Some(transformation) = self.transformation {
                transformation.apply(ring);
            }
            if let Some(vertex) = ring.iter().position(|p| !p[0].is_finite() || !p[1].is_finite()) {
                return Err(self.unplaced(index, feature, vertex));
            }
        }
        Ok(Some(area))
    }

    fn feature_name(&self, index: usize, feature: &Feature<'_>) -> String {
        let fid = feature.fid().map_or(String::new(), |fid| format!(" (id {fid})"));
        format!("feature {index}{fid} of layer {} in {}", self.layer, self.file)
    }

    fn not_polygons(&self, index: usize, feature: &Feature<'_>, kind: &str) -> Refusal {
        let message = format!("{} is a {kind}, not a polygon", self.feature_name(index, feature));
        Refusal::new(RefusalCode::NotPolygons, message, "name a layer of polygons with `layer:`")
    }

    fn unplaced(&self, index: usize, feature: &Feature<'_>, vertex: usize) -> Refusal {
        let feature = self.feature_name(index, feature);
        let message = format!("vertex {vertex} of {feature} has no finite place in the target CRS");
        Refusal::new(RefusalCode::VertexUntransformable, message, "check the coordinates and the layer's CRS")
    }

    /// Refuses a layer that ended before its end.
    fn check_complete(&self) -> Result<(), Refusal> {
        if messages::count() == 0 {
            return Ok(());
        }
        let message = format!("layer {} of {} cannot be read to its end", self.layer, self.file);
        Err(messages::refusal(RefusalCode::Corrupt, message, "the file is truncated or corrupt; fetch it again"))
    }

    fn into_notes(mut self) -> Vec<String> {
        self.notes.extend(self.collected.notes());
        self.notes
    }
}
