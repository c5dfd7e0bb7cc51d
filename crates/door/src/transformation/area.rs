//! Which part of the earth a rectangle of map coordinates covers: what the choice of an operation depends on.

use gdal::spatial_ref::SpatialRef;

use super::{GeoBox, Transformation};

/// Points on each side of the rectangle.
const POINTS: u32 = 21;

/// The box [west, south, east, north], in degrees, of a rectangle [xmin, ymin, xmax, ymax]; none where part of it is not
/// on the earth, or where it may cross the antimeridian.
pub fn geo_box(srs: &SpatialRef, [xmin, ymin, xmax, ymax]: [f64; 4]) -> Option<GeoBox> {
    let geographic = crate::srs::plane(srs.geog_cs().ok()?).ok()?;
    let unit = geographic.angular_units().to_degrees();
    let mut points: Vec<[f64; 2]> = (0..=POINTS)
        .flat_map(|step| {
            let share = f64::from(step) / f64::from(POINTS);
            let (x, y) = (xmin + (xmax - xmin) * share, ymin + (ymax - ymin) * share);
            [[x, ymin], [x, ymax], [xmin, y], [xmax, y]]
        })
        .collect();
    if !srs.is_geographic() {
        Transformation::between(srs, &geographic, None, false).ok()?.apply(&mut points);
    }
    let range = |axis: usize| {
        points.iter().try_fold((f64::MAX, f64::MIN), |(low, high), point| {
            let degrees = point[axis] * unit;
            degrees.is_finite().then_some((low.min(degrees), high.max(degrees)))
        })
    };
    let ((west, east), (south, north)) = (range(0)?, range(1)?);
    let usable = east - west < 180.0 && west >= -180.0 && east <= 180.0 && south >= -90.0 && north <= 90.0;
    usable.then_some([west, south, east, north])
}
