//! The features of a layer, one after the other, into the target CRS.

use std::path::Path;

use gdal::vector::Geometry;
use mutirao_core::door::{Refusal, RefusalCode};
use mutirao_core::geometry::MultiPolygon;

use super::points;
use super::polygons::Collected;
use crate::messages;
use crate::transformation::Transformation;

/// What is found on the way through the features.
pub struct Reading<'a> {
    file: String,
    /// The layer that is read.
    pub layer: String,
    /// How vertices are carried over; none where the CRSs are the same.
    pub transformation: Option<&'a Transformation>,
    /// What was left out, beside what happens to geometries.
    pub notes: Vec<String>,
    /// Features whose geometry is invalid.
    pub invalid: u64,
    /// Features without geometry.
    pub empty: u64,
    collected: Collected,
}

impl<'a> Reading<'a> {
    /// Before the first feature.
    pub fn new(layer: String, path: &Path, transformation: Option<&'a Transformation>) -> Self {
        let (file, collected) = (path.display().to_string(), Collected::default());
        Reading { file, layer, transformation, notes: Vec::new(), invalid: 0, empty: 0, collected }
    }

    /// The polygons of a feature in the target CRS; `feature` is its name in messages.
    pub fn area(&mut self, feature: &str, geometry: Option<&Geometry>) -> Result<Option<MultiPolygon>, Refusal> {
        let Some(found) = geometry.filter(|geometry| !geometry.is_empty()) else {
            self.empty += 1;
            return Ok(None);
        };
        let mut area = self.collected.polygons_of(found).map_err(|kind| self.not_polygons(feature, &kind))?;
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
                return Err(self.unplaced(feature, vertex));
            }
        }
        Ok(Some(area))
    }

    /// The place of a feature in the target CRS, heights left out; `feature` is its name in messages.
    pub fn point(&mut self, feature: &str, geometry: Option<&Geometry>) -> Result<Option<[f64; 2]>, Refusal> {
        let Some(found) = geometry.filter(|geometry| !geometry.is_empty()) else {
            self.empty += 1;
            return Ok(None);
        };
        let mut place = [points::point_of(found).map_err(|kind| self.not_points(feature, &kind))?];
        if let Some(transformation) = self.transformation {
            transformation.apply(&mut place);
        }
        match place {
            [[x, y]] if x.is_finite() && y.is_finite() => Ok(Some([x, y])),
            _ => Err(self.unplaced(feature, 0)),
        }
    }

    fn not_points(&self, feature: &str, kind: &str) -> Refusal {
        let message = format!("{feature} of layer {} in {} is a {kind}, not a point", self.layer, self.file);
        Refusal::new(RefusalCode::NotPoints, message, "give a file, or a layer, whose features are single points")
    }

    fn not_polygons(&self, feature: &str, kind: &str) -> Refusal {
        let message = format!("{feature} of layer {} in {} is a {kind}, not a polygon", self.layer, self.file);
        Refusal::new(RefusalCode::NotPolygons, message, "name a layer of polygons with `layer:`")
    }

    fn unplaced(&self, feature: &str, vertex: usize) -> Refusal {
        let message = format!(
            "vertex {vertex} of {feature} of layer {} in {} has no finite place in the target CRS",
            self.layer, self.file
        );
        Refusal::new(RefusalCode::VertexUntransformable, message, "check the coordinates and the layer's CRS")
    }

    /// Refuses a layer that ended before its end.
    pub fn check_complete(&self) -> Result<(), Refusal> {
        if messages::count() == 0 {
            return Ok(());
        }
        let message = format!("layer {} of {} cannot be read to its end", self.layer, self.file);
        Err(messages::refusal(RefusalCode::Corrupt, message, "the file is truncated or corrupt; fetch it again"))
    }

    /// What was changed or left out on the way.
    pub fn into_notes(mut self) -> Vec<String> {
        self.notes.extend(self.collected.notes());
        self.notes
    }
}
