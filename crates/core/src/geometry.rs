//! Areas bounded by straight lines: the geometry of territories, regions and districts.
//!
//! Coordinates are `[x, y]`, so `[east, north]` or `[longitude, latitude]` whatever the axis order of the CRS. Everything
//! here is planar: edges are straight in the plane of the coordinates, and areas are in squared units of the coordinates.

use serde::{Deserialize, Serialize};

/// One area with holes.
///
/// Rings are closed (the last point equals the first), the exterior comes first and the holes follow. Their orientation
/// is whatever the source had.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Polygon {
    /// The rings, each a list of `[x, y]`.
    pub rings: Vec<Vec<[f64; 2]>>,
}

/// Any number of areas that belong together; none at all is an empty geometry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MultiPolygon {
    /// The areas, in the order of the source.
    pub polygons: Vec<Polygon>,
}

/// The rectangle that holds a geometry, its edges included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// The smallest x.
    pub xmin: f64,
    /// The smallest y.
    pub ymin: f64,
    /// The largest x.
    pub xmax: f64,
    /// The largest y.
    pub ymax: f64,
}

impl Bounds {
    /// The rectangle of a single point.
    pub fn of_point([x, y]: [f64; 2]) -> Self {
        Bounds { xmin: x, ymin: y, xmax: x, ymax: y }
    }

    /// The smallest rectangle that holds both.
    pub fn union(self, other: Bounds) -> Self {
        Bounds {
            xmin: self.xmin.min(other.xmin),
            ymin: self.ymin.min(other.ymin),
            xmax: self.xmax.max(other.xmax),
            ymax: self.ymax.max(other.ymax),
        }
    }

    /// The centre, `[x, y]`. Halves are added, so that no sum overflows.
    pub fn centre(self) -> [f64; 2] {
        [self.xmin / 2.0 + self.xmax / 2.0, self.ymin / 2.0 + self.ymax / 2.0]
    }
}

impl Polygon {
    /// The rectangle around all rings; `None` where there is no point.
    pub fn bounds(&self) -> Option<Bounds> {
        self.rings.iter().flatten().map(|&p| Bounds::of_point(p)).reduce(Bounds::union)
    }

    /// The planar area: the exterior's less the holes', whatever the orientation of the rings; in squared units of the
    /// coordinates.
    pub fn area(&self) -> f64 {
        let mut rings = self.rings.iter().map(|ring| ring_signed_area(ring).abs());
        let exterior = rings.next().unwrap_or(0.0);
        exterior - rings.sum::<f64>()
    }
}

impl MultiPolygon {
    /// The rectangle around all polygons; `None` where there is no point.
    pub fn bounds(&self) -> Option<Bounds> {
        self.polygons.iter().filter_map(Polygon::bounds).reduce(Bounds::union)
    }

    /// The sum of the polygons' planar areas, in squared units of the coordinates. Overlaps count twice.
    pub fn area(&self) -> f64 {
        self.polygons.iter().map(Polygon::area).sum()
    }

    /// Whether there is no point at all.
    pub fn is_empty(&self) -> bool {
        self.polygons.iter().all(|polygon| polygon.rings.iter().all(Vec::is_empty))
    }
}

/// The planar signed area of a ring by the shoelace formula: positive where it runs counterclockwise with y upwards, zero
/// for fewer than three points. A ring left open is taken as closed.
///
/// Coordinates are taken relative to the first point, so that small rings far from the origin keep their digits.
pub fn ring_signed_area(ring: &[[f64; 2]]) -> f64 {
    let Some(&[x0, y0]) = ring.first() else {
        return 0.0;
    };
    let twice: f64 = ring
        .windows(2)
        .map(|edge| {
            let ([ax, ay], [bx, by]) = (edge[0], edge[1]);
            (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
        })
        .sum();
    twice / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, side: f64) -> Vec<[f64; 2]> {
        vec![[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    }

    #[test]
    fn orientation_gives_the_sign() {
        let mut ring = square(1e7, 5e6, 30.0);
        assert_eq!(ring_signed_area(&ring), 900.0);
        ring.reverse();
        assert_eq!(ring_signed_area(&ring), -900.0);
        ring.pop();
        assert_eq!(ring_signed_area(&ring), -900.0, "an open ring is taken as closed");
        assert_eq!(ring_signed_area(&[[1.0, 2.0], [3.0, 4.0]]), 0.0);
    }

    #[test]
    fn holes_are_taken_off_whatever_their_orientation() {
        let mut hole = square(2.0, 2.0, 1.0);
        let mut polygon = Polygon { rings: vec![square(0.0, 0.0, 10.0), hole.clone()] };
        assert_eq!(polygon.area(), 99.0);
        hole.reverse();
        polygon.rings[1] = hole;
        let both = MultiPolygon { polygons: vec![polygon, Polygon { rings: vec![square(-5.0, 20.0, 2.0)] }] };
        assert_eq!(both.area(), 103.0);
        let bounds = both.bounds().unwrap();
        assert_eq!(bounds, Bounds { xmin: -5.0, ymin: 0.0, xmax: 10.0, ymax: 22.0 });
        assert_eq!(bounds.centre(), [2.5, 11.0]);
    }

    #[test]
    fn nothing_has_no_bounds() {
        assert_eq!(MultiPolygon::default().bounds(), None);
        assert_eq!(MultiPolygon::default().area(), 0.0);
        let hollow = MultiPolygon { polygons: vec![Polygon { rings: vec![vec![]] }] };
        assert!(hollow.is_empty());
        assert_eq!(hollow.bounds(), None);
    }
}
