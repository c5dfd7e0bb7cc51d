//! True areas of polygons, on the ellipsoid of their own CRS.

use gdal::spatial_ref::SpatialRef;
use mutirao_core::door::{Refusal, RefusalCode};
use mutirao_core::ellipsoid::Ellipsoid;

use super::figure::Rings;
use crate::srs;
use crate::transformation::Transformation;

/// Areas in one CRS, of polygons whose sides are straight on its map.
pub struct TrueArea {
    ellipsoid: Ellipsoid,
    /// To longitudes and latitudes; none where the coordinates are such.
    to_geographic: Option<Transformation>,
    /// Degrees in a unit of the geographic CRS.
    unit: f64,
}

impl TrueArea {
    /// For a CRS of a plane map.
    ///
    /// # Errors
    /// Where it has no ellipsoid, or there is no way to longitudes and latitudes.
    pub fn in_crs(crs: &SpatialRef) -> Result<TrueArea, Refusal> {
        let ellipsoid = srs::ellipsoid(crs)?;
        let degrees = |crs: &SpatialRef| crs.angular_units().to_degrees();
        if crs.is_geographic() {
            return Ok(TrueArea { ellipsoid, to_geographic: None, unit: degrees(crs) });
        }
        let geographic = crs.geog_cs().map_err(|_| {
            let message = format!("{} has no geographic CRS beneath it", srs::name(crs));
            Refusal::new(RefusalCode::CrsUnsupported, message, "use a projected CRS with a datum")
        })?;
        let geographic = srs::plane(geographic)?;
        let to_geographic = Some(Transformation::between(crs, &geographic, None, false)?);
        Ok(TrueArea { ellipsoid, to_geographic, unit: degrees(&geographic) })
    }

    /// The area of some polygons together, holes taken off, in square metres; none where a vertex has no place on the earth.
    pub fn of(&self, polygons: Vec<Rings>) -> Option<f64> {
        let of_polygon = |rings: Rings| {
            let mut areas = rings.into_iter().map(|ring| self.of_ring(ring));
            areas.next().unwrap_or(0.0) - areas.sum::<f64>()
        };
        let area: f64 = polygons.into_iter().map(of_polygon).sum();
        area.is_finite().then_some(area.max(0.0))
    }

    /// From the ring of its vertices, and the ring of these and the middles of its sides: on the ellipsoid's equal-area plane sides
    /// are bent a little, and what is left of an error that goes with the square of the pieces' length is next to nothing.
    fn of_ring(&self, mut ring: Vec<[f64; 2]>) -> f64 {
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        let next = ring.iter().cycle().skip(1);
        let mut halves: Vec<[f64; 2]> =
            ring.iter().zip(next).flat_map(|(a, b)| [*a, [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])]]).collect();
        if let Some(transformation) = &self.to_geographic {
            transformation.apply(&mut halves);
        }
        halves.iter_mut().for_each(|point| *point = point.map(|angle| angle * self.unit));
        ring.iter_mut().zip(halves.iter().step_by(2)).for_each(|(vertex, moved)| *vertex = *moved);
        let (coarse, fine) = (self.ellipsoid.ring_area(&ring), self.ellipsoid.ring_area(&halves));
        fine + (fine - coarse) / 3.0
    }
}
