//! Polygons out of whatever geometry holds them.
#![allow(unsafe_code)]

use gdal::vector::{Geometry, OGRwkbGeometryType, geometry_type_flatten, geometry_type_has_z, geometry_type_to_name};
use mutirao_core::geometry::{MultiPolygon, Polygon};

/// Counts what was changed while collecting.
#[derive(Debug, Default)]
pub struct Collected {
    flattened: u64,
    curved: u64,
    closed: u64,
    dropped: u64,
}

impl Collected {
    /// The polygons of a geometry in two dimensions, curves as chords, rings closed; parts of a collection that are no
    /// polygons are counted and left out.
    ///
    /// # Errors
    /// The name of the geometry's type where it holds no polygon.
    pub fn polygons_of(&mut self, geometry: &Geometry) -> Result<MultiPolygon, String> {
        let mut area = MultiPolygon::default();
        let dropped = self.collect(geometry, &mut area);
        if area.polygons.is_empty() {
            return Err(geometry_type_to_name(geometry.geometry_type()));
        }
        self.dropped += u64::from(dropped > 0);
        self.flattened += u64::from(geometry_type_has_z(geometry.geometry_type()));
        Ok(area)
    }

    /// Adds the polygons, and returns how many parts were none.
    fn collect(&mut self, geometry: &Geometry, area: &mut MultiPolygon) -> u64 {
        use OGRwkbGeometryType::{
            wkbCurvePolygon, wkbGeometryCollection, wkbMultiPolygon, wkbMultiSurface, wkbPolygon, wkbPolyhedralSurface,
            wkbTIN, wkbTriangle,
        };
        match geometry_type_flatten(geometry.geometry_type()) {
            #[allow(non_upper_case_globals)]
            wkbPolygon | wkbTriangle => {
                area.polygons.push(self.polygon(geometry));
                0
            }
            #[allow(non_upper_case_globals)]
            wkbMultiPolygon | wkbGeometryCollection | wkbMultiSurface => {
                (0..geometry.geometry_count()).map(|part| self.collect(&geometry.get_geometry(part), area)).sum()
            }
            #[allow(non_upper_case_globals)]
            wkbCurvePolygon | wkbPolyhedralSurface | wkbTIN => {
                self.curved += 1;
                straightened(geometry).map_or(1, |straight| self.collect(&straight, area))
            }
            _ => 1,
        }
    }

    fn polygon(&mut self, geometry: &Geometry) -> Polygon {
        let rings = (0..geometry.geometry_count()).map(|ring| self.ring(&geometry.get_geometry(ring)));
        Polygon { rings: rings.collect() }
    }

    fn ring(&mut self, ring: &Geometry) -> Vec<[f64; 2]> {
        let mut points = Vec::new();
        ring.get_points(&mut points);
        let mut points: Vec<[f64; 2]> = points.into_iter().map(|(x, y, _)| [x, y]).collect();
        if let Some(&first) = points.first().filter(|first| points.last() != Some(first)) {
            points.push(first);
            self.closed += 1;
        }
        points
    }

    /// What was changed, in sentences.
    pub fn notes(&self) -> Vec<String> {
        let all = [
            (self.flattened, "features had heights, which are left out"),
            (self.curved, "curved or faceted surfaces became polygons with straight sides"),
            (self.closed, "rings were open and are closed"),
            (self.dropped, "collections held more than polygons; the rest is left out"),
        ];
        all.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect()
    }
}

/// A collection that holds a surface as a multipolygon, its curves as chords of 4 degrees; none where GDAL cannot.
pub fn straightened(surface: &Geometry) -> Option<Geometry> {
    let holder = Geometry::empty(OGRwkbGeometryType::wkbGeometryCollection).ok()?;
    // SAFETY: the clone is given to `ForceToMultiPolygon`, its result to the collection, which frees it.
    let code = unsafe {
        let forced = gdal_sys::OGR_G_ForceToMultiPolygon(gdal_sys::OGR_G_Clone(surface.c_geometry()));
        let kind = geometry_type_flatten(gdal_sys::OGR_G_GetGeometryType(forced));
        if kind != OGRwkbGeometryType::wkbMultiPolygon {
            gdal_sys::OGR_G_DestroyGeometry(forced);
            return None;
        }
        gdal_sys::OGR_G_AddGeometryDirectly(holder.c_geometry(), forced)
    };
    (code == gdal_sys::OGRErr::OGRERR_NONE).then_some(holder)
}
