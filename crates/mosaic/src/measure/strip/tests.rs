//! Strips against brute force: the distance of every centre to every edge, or square.

use mutirao_core::{ellipsoid::Ellipsoid, geometry::Polygon};
use proptest::prelude::*;

use super::*;
use crate::zones::{NO_ZONE, Zones};

/// Centres nearer than this to the edge of the strip may fall on either side, as a share of its width.
const MARGIN: f64 = 1e-6;

fn frame(origin: [f64; 2], resolution: [f64; 2], size: [u32; 2]) -> Grid {
    Grid { crs: String::new(), origin, resolution, size }
}

/// A star around a place, a hole in it or none; corners in shares of a frame's sides.
fn star() -> impl Strategy<Value = Polygon> {
    let middle = (-0.1..1.1, -0.1..1.1);
    let reach = prop::collection::vec(0.05..0.6, 3..9);
    (middle, reach, prop::option::of(0.1..0.9)).prop_map(|((x, y), reach, hole)| {
        let ring = |scale: f64| -> Vec<[f64; 2]> {
            let corner = |at: usize| {
                let angle = at as f64 / reach.len() as f64 * std::f64::consts::TAU;
                let reach = reach[at % reach.len()] * scale;
                [x + reach * angle.cos(), y + reach * angle.sin()]
            };
            (0..=reach.len()).map(corner).collect()
        };
        Polygon { rings: std::iter::once(ring(1.0)).chain(hole.map(ring)).collect() }
    })
}

/// Polygons apart and upon one another, in shares of a frame's sides.
fn stars() -> impl Strategy<Value = Vec<MultiPolygon>> {
    let several = prop::collection::vec(star(), 1..3).prop_map(|polygons| MultiPolygon { polygons });
    prop::collection::vec(several, 1..3)
}

fn placed(mut polygons: Vec<MultiPolygon>, frame: &Grid) -> Vec<MultiPolygon> {
    let points = polygons.iter_mut().flat_map(|geometry| &mut geometry.polygons);
    for point in points.flat_map(|polygon| &mut polygon.rings).flatten() {
        *point = frame.transform().to_map(point[0] * f64::from(frame.width()), point[1] * f64::from(frame.height()));
    }
    polygons
}

fn inside(frame: &Grid, polygons: &[MultiPolygon]) -> Vec<RowRuns> {
    let zones = Zones::new(frame, 64, polygons.iter().map(|polygon| (0, polygon)));
    let rows = zones.rows(0, frame.height());
    let held = |row| rows.row(row).iter().filter(|run| run.zone != NO_ZONE).map(|run| (run.start, run.end)).collect();
    (0..frame.height()).map(held).collect()
}

fn edges(polygons: &[MultiPolygon]) -> Vec<[[f64; 2]; 2]> {
    let rings = polygons.iter().flat_map(|geometry| &geometry.polygons).flat_map(|polygon| &polygon.rings);
    rings.flat_map(|ring| ring.windows(2)).map(|edge| [edge[0], edge[1]]).collect()
}

fn has(runs: &RowRuns, col: u32) -> bool {
    runs.iter().any(|run| (run.0..run.1).contains(&col))
}

/// The distance of a place to a segment on a plane, by the foot of the perpendicular.
fn planar(place: [f64; 2], [a, b]: [[f64; 2]; 2], [x_m, y_m]: [f64; 2]) -> f64 {
    let of = |from: [f64; 2], to: [f64; 2]| [(to[0] - from[0]) * x_m, (to[1] - from[1]) * y_m];
    let (edge, to) = (of(a, b), of(a, place));
    let squared = edge[0] * edge[0] + edge[1] * edge[1];
    let along = ((to[0] * edge[0] + to[1] * edge[1]) / squared).clamp(0.0, 1.0);
    (to[0] - along * edge[0]).hypot(to[1] - along * edge[1])
}

/// A place on the ellipsoid in space, in metres.
fn in_space([longitude, latitude]: [f64; 2]) -> [f64; 3] {
    let Ellipsoid { semi_major_m, inverse_flattening } = Ellipsoid::WGS84;
    let e2 = (2.0 - 1.0 / inverse_flattening) / inverse_flattening;
    let (lon, lat) = (longitude.to_radians(), latitude.to_radians());
    let normal = semi_major_m / (1.0 - e2 * lat.sin().powi(2)).sqrt();
    [normal * lat.cos() * lon.cos(), normal * lat.cos() * lon.sin(), normal * (1.0 - e2) * lat.sin()]
}

/// The distance of a place to the nearest of many points of an edge, straight through the ellipsoid: at some kilometres, no shorter than
/// that on it by a ten millionth.
fn through(place: [f64; 2], [a, b]: [[f64; 2]; 2]) -> f64 {
    let from = in_space(place);
    let point = |at: u32| [0, 1].map(|axis| a[axis] + (b[axis] - a[axis]) * f64::from(at) / 400.0);
    let away = |to: [f64; 3]| (0..3).map(|axis| (from[axis] - to[axis]).powi(2)).sum::<f64>().sqrt();
    (0..=400).map(|at| away(in_space(point(at)))).fold(f64::INFINITY, f64::min)
}

/// The area with its strip must hold what a distance says, but for centres at just the width.
fn hold(
    frame: &Grid,
    found: &[RowRuns],
    inside: &[RowRuns],
    metres: f64,
    margin: f64,
    away: impl Fn([f64; 2], u32) -> f64,
) {
    for row in 0..frame.height() {
        let found = &found[row as usize];
        assert!(found.windows(2).all(|pair| pair[0].1 < pair[1].0), "{found:?}");
        for col in 0..frame.width() {
            let away = away(frame.centre(col, row), row);
            let is_in = has(&inside[row as usize], col);
            if is_in || (away - metres).abs() > margin * metres {
                assert_eq!(has(found, col), is_in || away <= metres, "column {col}, row {row}: {away} of {metres} m");
            }
        }
    }
}

proptest! {
    #[test]
    fn polygons_on_a_plane(
        polygons in stars(),
        resolution in (1.0..40.0, 1.0..40.0),
        size in (1u32..30, 1u32..30),
        metres in prop_oneof![0.0..20.0, 0.0..900.0],
    ) {
        let frame = frame([612_345.0, 7_654_321.0], [resolution.0, resolution.1], [size.0, size.1]);
        let polygons = placed(polygons, &frame);
        let (inside, edges) = (inside(&frame, &polygons), edges(&polygons));
        for unit in [1.0, 0.3048] {
            let found = Strip::new(&frame, metres, |_| [unit; 2]).around_polygons(&polygons, &inside);
            let away = |place, _| edges.iter().map(|edge| planar(place, *edge, [unit; 2])).fold(f64::INFINITY, f64::min);
            hold(&frame, &found, &inside, metres, MARGIN, away);
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn polygons_in_degrees(
        polygons in stars(),
        latitude in -60.0..60.0,
        size in (1u32..20, 1u32..20),
        resolution in 0.0003..0.003,
        metres in 10.0..4_000.0,
    ) {
        let frame = frame([-51.0, latitude], [resolution; 2], [size.0, size.1]);
        let polygons = placed(polygons, &frame);
        let (inside, edges) = (inside(&frame, &polygons), edges(&polygons));
        let unit_m = |row: u32| Ellipsoid::WGS84.degree_m(frame.centre(0, row)[1]);
        let found = Strip::new(&frame, metres, unit_m).around_polygons(&polygons, &inside);
        let away = |place, _| edges.iter().map(|edge| through(place, *edge)).fold(f64::INFINITY, f64::min);
        // The points of an edge lie at most 13 m apart: 6.5 m to the side of 10 m make 1.9 m.
        hold(&frame, &found, &inside, metres, 0.0005 + 2.5 / metres, away);
    }
}

proptest! {
    #[test]
    fn pixels_are_squares(
        pixels in prop::collection::vec(prop::collection::vec(prop::bool::weighted(0.3), 13), 1..12),
        units in prop::collection::vec((1u32..4, 1u32..4), 12),
        metres in prop_oneof![0.0..8.0, 0.0..60.0, (0u32..20).prop_map(|metres| f64::from(metres) / 2.0)],
    ) {
        let frame = frame([0.0, 0.0], [2.0, 3.0], [13, pixels.len() as u32]);
        let unit_m = |row: u32| [f64::from(units[row as usize].0), f64::from(units[row as usize].1)];
        let runs = |row: &Vec<bool>| {
            together((0..).zip(row).filter(|(_, ours)| **ours).map(|(col, _)| (col, col + 1)).collect())
        };
        let inside: Vec<RowRuns> = pixels.iter().map(runs).collect();
        let strip = Strip::new(&frame, metres, unit_m);
        let found = strip.around_pixels(&inside);
        // Every run as a polygon of its own.
        let outline = |row: usize, run: (u32, u32)| {
            let corner = |col: u32, row: usize| frame.transform().to_map(f64::from(col), row as f64);
            let ring = [(run.0, row), (run.1, row), (run.1, row + 1), (run.0, row + 1), (run.0, row)];
            Polygon { rings: vec![ring.map(|(col, row)| corner(col, row)).to_vec()] }
        };
        let each = inside.iter().enumerate().flat_map(|(row, runs)| runs.iter().map(move |run| (row, *run)));
        let area = MultiPolygon { polygons: each.map(|(row, run)| outline(row, run)).collect() };
        prop_assert_eq!(&found, &strip.around_polygons([&area], &inside));
        let edges = edges(&[area]);
        let away = |place, row| {
            edges.iter().map(|edge| planar(place, *edge, unit_m(row))).fold(f64::INFINITY, f64::min)
        };
        hold(&frame, &found, &inside, metres, MARGIN, away);
    }

    #[test]
    fn uncovered_is_what_others_leave(pair in prop::collection::vec((any::<bool>(), any::<bool>()), 0..40)) {
        let runs = |of: &dyn Fn(&(bool, bool)) -> bool| -> RowRuns {
            together((0..).zip(&pair).filter(|(_, pixel)| of(pixel)).map(|(col, _)| (col, col + 1)).collect())
        };
        prop_assert_eq!(uncovered(&runs(&|pixel| pixel.0), &runs(&|pixel| pixel.1)), runs(&|pixel| pixel.0 && !pixel.1));
    }
}

#[test]
fn a_centre_at_just_the_distance_is_within() {
    let frame = frame([600_000.0, 200_000.0], [0.1, 0.1], [101, 101]);
    let mut area = vec![RowRuns::new(); 101];
    area[50].push((50, 51));
    let near = |metres: f64| Strip::new(&frame, metres, |_| [1.0, 1.0]).around_pixels(&area);
    let found = near(2.95);
    assert_eq!(found[50][..], [(20, 81)]);
    assert_eq!((&found[20][..], &found[19][..]), (&[(50, 51)][..], &[][..]));
    assert_eq!(near(0.0), area);
    assert_eq!(near(f64::INFINITY), vec![RowRuns::from([(0, 101)].as_slice()); 101]);
}

#[test]
fn edges_that_are_nowhere_are_left_out() {
    let frame = frame([0.0, 3.0], [1.0, 1.0], [3, 3]);
    let strip = Strip::new(&frame, f64::INFINITY, |_| [1.0, 1.0]);
    let around = |ring: &[[f64; 2]]| {
        let polygon = MultiPolygon { polygons: vec![Polygon { rings: vec![ring.to_vec()] }] };
        strip.around_polygons([&polygon], &vec![RowRuns::new(); 3])
    };
    assert_eq!(around(&[[f64::NAN, 1.0], [1.0, 1.0]]), vec![RowRuns::new(); 3]);
    assert_eq!(around(&[[9.0, 9.0], [10.0, 9.0]]), vec![RowRuns::from([(0, 3)].as_slice()); 3]);
}
