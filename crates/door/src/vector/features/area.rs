//! True areas of polygons, on the ellipsoid of their own CRS.

use gdal::spatial_ref::SpatialRef;
use mutirao_core::door::{Refusal, RefusalCode};
use mutirao_core::ellipsoid::Ellipsoid;

use super::figure::Rings;
use crate::srs;
use crate::transformation::Transformation;

/// Up to this many metres across, a polygon's area is that on the map times the map's own scale of areas around it: scales change with
/// the square of the distance from the polygon's middle, over the earth's radius; that is less than a millionth here.
const SMALL_M: f64 = 5_000.0;
/// Metres across, at least, of the square in which the scale is taken, so that enough digits are left.
const SQUARE_M: f64 = 50.0;
/// Beyond this latitude the scale of areas of a map of degrees changes too fast.
const STEEP_DEG: f64 = 80.0;
/// Metres in a degree of latitude.
const DEGREE_M: f64 = 111_320.0;

/// Areas in one CRS, of polygons whose sides are straight on its map.
pub struct TrueArea {
    ellipsoid: Ellipsoid,
    /// To longitudes and latitudes; none where the coordinates are such.
    to_geographic: Option<Transformation>,
    /// Degrees in a unit of the geographic CRS.
    unit: f64,
    /// Metres in a unit of the CRS, roughly.
    metres: f64,
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
            let unit = degrees(crs);
            return Ok(TrueArea { ellipsoid, to_geographic: None, unit, metres: unit * DEGREE_M });
        }
        let geographic = crs.geog_cs().map_err(|_| {
            let message = format!("{} has no geographic CRS beneath it", srs::name(crs));
            Refusal::new(RefusalCode::CrsUnsupported, message, "use a projected CRS with a datum")
        })?;
        let geographic = srs::plane(geographic)?;
        let to_geographic = Some(Transformation::between(crs, &geographic, None, false)?);
        Ok(TrueArea { ellipsoid, to_geographic, unit: degrees(&geographic), metres: crs.linear_units() })
    }

    /// The area of some polygons together, holes taken off, in square metres; none where a vertex has no place on the earth.
    pub fn of(&self, polygons: Vec<Rings>) -> Option<f64> {
        let area: f64 = polygons.into_iter().map(|rings| self.of_polygon(rings)).sum();
        area.is_finite().then_some(area.max(0.0))
    }

    fn of_polygon(&self, rings: Rings) -> f64 {
        if let Some(area) = self.of_small(&rings) {
            return area;
        }
        let mut areas = rings.into_iter().map(|ring| self.of_ring(ring));
        areas.next().unwrap_or(0.0) - areas.sum::<f64>()
    }

    /// Area on the map times the scale of areas around its middle; none where the polygon is not small.
    fn of_small(&self, rings: &Rings) -> Option<f64> {
        let outer = rings.first()?;
        let across = [0, 1].map(|axis| {
            let ends = |(low, high): (f64, f64), point: &[f64; 2]| (low.min(point[axis]), high.max(point[axis]));
            let (low, high) = outer.iter().fold((f64::INFINITY, f64::NEG_INFINITY), ends);
            high - low
        });
        let across = across[0].max(across[1]);
        let is_steep = self.to_geographic.is_none() && outer.first()?[1].abs() * self.unit > STEEP_DEG;
        if is_steep || !(0.0..=SMALL_M).contains(&(across * self.metres)) {
            return None;
        }
        let (area, middle) = on_map(rings)?;
        // Where parts of a ring take each other away, its middle may be anywhere.
        let first = outer.first()?;
        let is_near = (0..2).all(|axis| (middle[axis] - first[axis]).abs() <= across);
        Some(area * self.scale(if is_near { middle } else { *first }, across.max(SQUARE_M / self.metres)))
    }

    /// Square metres in a square unit of the map, in a square around a place.
    fn scale(&self, [x, y]: [f64; 2], side: f64) -> f64 {
        let half = 0.5 * side;
        let mut corners = [[x - half, y - half], [x + half, y - half], [x + half, y + half], [x - half, y + half]];
        if let Some(transformation) = &self.to_geographic {
            transformation.apply(&mut corners);
        }
        corners.iter_mut().for_each(|point| *point = point.map(|angle| angle * self.unit));
        self.ellipsoid.quad_area(&corners) / (side * side)
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

/// The area of a polygon on the map, holes taken off, and its middle; none where it has no area.
fn on_map(rings: &Rings) -> Option<(f64, [f64; 2])> {
    let [x, y] = *rings.first()?.first()?;
    let (mut area, mut moment) = (0.0, [0.0; 2]);
    for (number, ring) in rings.iter().enumerate() {
        let (mut twice, mut sums) = (0.0, [0.0; 2]);
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            // From the first vertex, which keeps the digits.
            let (a, b) = ([a[0] - x, a[1] - y], [b[0] - x, b[1] - y]);
            let cross = a[0] * b[1] - b[0] * a[1];
            twice += cross;
            sums = [sums[0] + (a[0] + b[0]) * cross, sums[1] + (a[1] + b[1]) * cross];
        }
        // Whatever the direction of rings: the first is the outer one, the others are holes.
        let sign = if (twice < 0.0) == (number == 0) { -1.0 } else { 1.0 };
        area += sign * twice / 2.0;
        moment = [moment[0] + sign * sums[0] / 6.0, moment[1] + sign * sums[1] / 6.0];
    }
    match area {
        0.0 => Some((0.0, [x, y])),
        _ => Some((area, [x + moment[0] / area, y + moment[1] / area])),
    }
}
