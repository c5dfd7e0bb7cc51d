//! True areas on an ellipsoid of revolution, through the authalic latitude.
//!
//! The plane `x = a * longitude`, `y = a * q / 2` (Snyder 1987, "Map Projections: A Working Manual", equations 3-12 and 10-15
//! with the standard parallel at the equator) keeps areas exactly. So the area between two parallels has a closed form, and
//! the area of any small figure is that of its image in the plane.

use serde::{Deserialize, Serialize};

/// An ellipsoid of revolution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ellipsoid {
    /// Semi-major axis (equatorial radius), metres.
    pub semi_major_m: f64,
    /// Inverse flattening; 0 for a sphere, as in WKT.
    pub inverse_flattening: f64,
}

/// Latitudes nearer than this to a pole, in degrees, are the pole (about 0.1 micrometre).
const POLE_DEG: f64 = 1e-12;

impl Ellipsoid {
    /// The ellipsoid of WGS 84.
    pub const WGS84: Ellipsoid = Ellipsoid { semi_major_m: 6_378_137.0, inverse_flattening: 298.257_223_563 };

    /// The square of the first eccentricity.
    fn e2(&self) -> f64 {
        if self.inverse_flattening == 0.0 {
            return 0.0;
        }
        let f = 1.0 / self.inverse_flattening;
        f * (2.0 - f)
    }

    /// Snyder's q (3-12) of a geodetic latitude in degrees: between `-q(90)` and `q(90)`, dimensionless, about twice the
    /// sine of the latitude.
    pub fn authalic_q(&self, lat_deg: f64) -> f64 {
        self.q_difference(lat_deg, 0.0)
    }

    /// `q(a) - q(b)`, latitudes in degrees, without the loss of digits of a plain subtraction: rows of a few metres beside
    /// a pole keep about ten digits.
    fn q_difference(&self, lat_a_deg: f64, lat_b_deg: f64) -> f64 {
        let e2 = self.e2();
        let (sin_a, sin_b) = (lat_a_deg.to_radians().sin(), lat_b_deg.to_radians().sin());
        // sin a - sin b = 2 cos((a+b)/2) sin((a-b)/2), the cosine taken from the distance to the pole.
        let mean = 0.5 * (lat_a_deg + lat_b_deg);
        let cos_mean = (90.0 - mean.abs()).to_radians().sin();
        let ds = 2.0 * cos_mean * (0.5 * (lat_a_deg - lat_b_deg)).to_radians().sin();
        let first = ds * (1.0 + e2 * sin_a * sin_b) / ((1.0 - e2 * sin_a * sin_a) * (1.0 - e2 * sin_b * sin_b));
        let second = if e2 == 0.0 {
            ds
        } else {
            let e = e2.sqrt();
            (e * ds / (1.0 - e2 * sin_a * sin_b)).atanh() / e
        };
        (1.0 - e2) * (first + second)
    }

    /// The lengths, in metres, of a degree of longitude and of one of latitude at a latitude in degrees: the radii of curvature of the
    /// parallel and of the meridian (Snyder 1987, equations 4-20 and 4-18), times a degree.
    pub fn degree_m(&self, lat_deg: f64) -> [f64; 2] {
        let (e2, sin) = (self.e2(), lat_deg.to_radians().sin());
        let w = (1.0 - e2 * sin * sin).sqrt();
        let [parallel, meridian] =
            [lat_deg.to_radians().cos() * self.semi_major_m / w, self.semi_major_m * (1.0 - e2) / w.powi(3)];
        [parallel.to_radians(), meridian.to_radians()]
    }

    /// The exact area, in square metres, of a pixel of a geographic grid: between two parallels (degrees, in either order)
    /// and two meridians `width_deg` degrees apart. Latitudes beyond a pole count as the pole.
    pub fn row_pixel_area_m2(&self, lat_top_deg: f64, lat_bottom_deg: f64, width_deg: f64) -> f64 {
        let (top, bottom) = (lat_top_deg.clamp(-90.0, 90.0), lat_bottom_deg.clamp(-90.0, 90.0));
        0.5 * self.semi_major_m.powi(2) * width_deg.to_radians().abs() * self.q_difference(top, bottom).abs()
    }

    /// The area in square metres of a quadrilateral, see [`ring_area`](Self::ring_area).
    pub fn quad_area(&self, corners: &[[f64; 2]; 4]) -> f64 {
        self.ring_area(corners)
    }

    /// The area in square metres of a ring of [longitude, latitude] in degrees, not closed (the last corner is joined to the
    /// first), in either direction, smaller than a hemisphere. Sides are straight in the equal-area plane; each is taken the
    /// short way round, so a ring may cross the antimeridian, touch a pole, or hold one. NaN if a coordinate is.
    pub fn ring_area(&self, corners: &[[f64; 2]]) -> f64 {
        let sides =
            || corners.iter().zip(corners.iter().cycle().skip(1)).filter(|(a, b)| !is_pole(a[1]) && !is_pole(b[1]));
        let turn: f64 = sides().map(|(a, b)| short_way(b[0] - a[0])).sum();
        let touches_pole = corners.iter().any(|c| is_pole(c[1]));
        let Some(first) = corners.first() else { return 0.0 };
        // Heights are counted from the pole where the ring goes round it or touches it: the strip between ring and pole is
        // the area then. Else from the first corner, which keeps the digits of small rings.
        let reference =
            if touches_pole || turn.abs() > 180.0 { 90_f64.copysign(mean_latitude(corners)) } else { first[1] };
        let height = |lat: f64| self.q_difference(lat, reference);
        let sum: f64 =
            sides().map(|(a, b)| short_way(b[0] - a[0]).to_radians() * 0.5 * (height(a[1]) + height(b[1]))).sum();
        if corners.iter().any(|c| !c[0].is_finite() || !c[1].is_finite()) {
            return f64::NAN;
        }
        0.5 * self.semi_major_m.powi(2) * sum.abs()
    }
}

fn is_pole(lat_deg: f64) -> bool {
    90.0 - lat_deg.abs() < POLE_DEG
}

fn mean_latitude(corners: &[[f64; 2]]) -> f64 {
    corners.iter().map(|c| c[1]).sum::<f64>() / corners.len() as f64
}

/// A difference of longitudes in degrees, brought into [-180, 180).
fn short_way(degrees: f64) -> f64 {
    if (-180.0..180.0).contains(&degrees) { degrees } else { (degrees + 180.0).rem_euclid(360.0) - 180.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRS80: Ellipsoid = Ellipsoid { semi_major_m: 6_378_137.0, inverse_flattening: 298.257_222_101 };

    fn assert_near(found: f64, expected: f64, relative: f64) {
        let off = (found - expected).abs() / expected;
        assert!(off < relative, "{found} should be {expected}, off by {off:e}");
    }

    /// Expected values: the integral of `M(lat) N(lat) cos(lat)` between the parallels, by quadrature with 40 digits
    /// (mpmath 1.3), on WGS 84. The first five agree with the polygons of GeographicLib (pyproj 3.7.2 `Geod`) to its digits.
    #[test]
    fn rows_of_geographic_grids() {
        let d = 0.000_269_494_585_235_856_47; // 30 m at the equator
        let cases = [
            (d, 0.0, d, 893.975_058_005_665),
            (60.000_269_494_585_23, 60.0, d, 451.508_189_825_880_3),
            (-89.9, -89.900_269_494_585_25, d, 1.579_250_968_975_884_6),
            (1.0, 0.0, 1.0, 12_308_463_893.975_352),
            (61.0, 60.0, 1.0, 6_123_140_878.745_7),
            (90.0, 89.0, 1.0, 108_866_681.636_207_67),
            (90.0, 89.999_730_505_414_76, d, 0.002_130_870_378_981_202),
            (1.0 / 12_000.0, 0.0, 1.0 / 12_000.0, 85.479_667_217_296_12), // 10 m
        ];
        for (top, bottom, width, expected) in cases {
            assert_near(Ellipsoid::WGS84.row_pixel_area_m2(top, bottom, width), expected, 1e-9);
            assert_near(Ellipsoid::WGS84.row_pixel_area_m2(-bottom, -top, width), expected, 1e-9);
        }
    }

    /// Corners of cells of 64 x 64 pixels and their areas: pyproj 3.7.2, sides densified to 400 points, `Geod`
    /// polygons (GeographicLib).
    #[test]
    fn cells_of_projected_grids() {
        let utm = [
            [-51.854_051_808_626_984, 1.628_330_026_478_889_4],
            [-51.836_792_221_318_02, 1.628_337_309_559_995],
            [-51.836_785_096_140_96, 1.610_968_471_612_774_3],
            [-51.854_044_536_529_87, 1.610_961_262_256_975_4],
        ];
        assert_near(GRS80.quad_area(&utm), 3_688_542.912_744_033, 1e-6);
        let albers = [
            [-109.761_392_252_684_06, 37.555_124_994_071_99],
            [-109.739_679_811_359_96, 37.557_595_197_032_13],
            [-109.736_519_237_263_14, 37.540_641_989_383_126],
            [-109.758_226_824_282_32, 37.538_172_338_687_52],
        ];
        assert_near(GRS80.quad_area(&albers), 3_686_400.000_111_010_4, 1e-6);
    }

    #[test]
    fn rings_may_cross_the_antimeridian() {
        let here = [[10.0, 5.0], [11.0, 5.0], [11.0, 4.0], [10.0, 4.0]];
        let there = here.map(|[lon, lat]| [if lon == 10.0 { 179.5 } else { -179.5 }, lat]);
        let expected = Ellipsoid::WGS84.row_pixel_area_m2(5.0, 4.0, 1.0);
        assert_near(Ellipsoid::WGS84.quad_area(&here), expected, 1e-12);
        assert_near(Ellipsoid::WGS84.quad_area(&there), expected, 1e-12);
    }

    #[test]
    fn rings_may_hold_or_touch_a_pole() {
        for sign in [1.0, -1.0] {
            let round: Vec<[f64; 2]> = (0..360).map(|lon| [f64::from(lon), sign * 89.0]).collect();
            let cap = Ellipsoid::WGS84.row_pixel_area_m2(sign * 90.0, sign * 89.0, 360.0);
            assert_near(Ellipsoid::WGS84.ring_area(&round), cap, 1e-12);
            let wedge = [[0.0, sign * 90.0], [10.0, sign * 89.0], [30.0, sign * 89.0]];
            assert_near(Ellipsoid::WGS84.ring_area(&wedge), cap / 18.0, 1e-12);
        }
    }

    #[test]
    fn degrees_have_the_lengths_of_published_tables() {
        // Lengths on WGS 84, as tables of geodesy give them: of a degree of latitude, and of one of longitude.
        let published = [(0.0, 110_574.3, 111_319.5), (45.0, 111_131.7, 78_846.8), (90.0, 111_693.9, 0.0)];
        for (lat, latitude, longitude) in published {
            let [east, north] = Ellipsoid::WGS84.degree_m(lat);
            assert!((east - longitude).abs() < 0.1 && (north - latitude).abs() < 0.1, "{lat}: {east} {north}");
        }
    }

    #[test]
    fn a_sphere_and_the_whole_earth() {
        let sphere = Ellipsoid { semi_major_m: 1.0, inverse_flattening: 0.0 };
        assert_near(sphere.row_pixel_area_m2(90.0, -90.0, 360.0), 4.0 * std::f64::consts::PI, 1e-15);
        assert_near(sphere.authalic_q(30.0), 1.0, 1e-15);
        // The area of the ellipsoid of WGS 84: 510,065,621.724 km2 (NIMA TR8350.2, table 3.3 gives the axes).
        assert_near(Ellipsoid::WGS84.row_pixel_area_m2(-90.0, 90.0, 360.0), 510_065_621_724_088.4, 1e-12);
        assert!(sphere.quad_area(&[[0.0, f64::NAN], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]).is_nan());
    }
}
