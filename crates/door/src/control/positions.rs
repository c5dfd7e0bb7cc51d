//! Exact positions in the source of pixels of the target.

use gdal::spatial_ref::SpatialRef;
use mutirao_core::door::{ControlGridQuestion, Refusal, RefusalCode};
use mutirao_core::raster::GeoTransform;

use crate::transformation::Transformation;

/// From target pixels to source pixels.
pub struct Positions {
    transformation: Transformation,
    target: GeoTransform,
    /// From source map to source pixels.
    source: GeoTransform,
    /// Columns and rows of the source.
    pub size: [f64; 2],
    wrap: Option<Wrap>,
}

/// Longitudes are brought within half a turn of the source's centre.
struct Wrap {
    turn: f64,
    west: f64,
}

impl Positions {
    /// Ready to answer, for a source CRS and the operation from the target's CRS to it.
    pub fn new(
        question: &ControlGridQuestion,
        source: &SpatialRef,
        transformation: Transformation,
    ) -> Result<Positions, Refusal> {
        let inverse = inverse(&question.source_transform).ok_or_else(|| {
            let message = format!("the source's transform {:?} cannot be inverted", question.source_transform.0);
            Refusal::new(RefusalCode::GridInvalid, message, "check the file's georeference")
        })?;
        let size = question.source_size.map(f64::from);
        let wrap = source.is_geographic().then(|| {
            let turn = std::f64::consts::TAU / source.angular_units();
            // 360 where the unit is the degree, whose radians in the definition are rounded.
            let turn = if (turn - 360.0).abs() < 1e-9 { 360.0 } else { turn };
            Wrap { turn, west: question.source_transform.to_map(size[0] / 2.0, size[1] / 2.0)[0] - turn / 2.0 }
        });
        Ok(Positions { transformation, target: question.grid.transform(), source: inverse, size, wrap })
    }

    /// Turns target pixels, meaning their centres, into source positions; NaN where there is none.
    pub fn exact(&self, points: &mut [[f64; 2]]) {
        for [col, row] in points.iter_mut() {
            [*col, *row] = self.target.to_map(*col + 0.5, *row + 0.5);
        }
        self.transformation.apply(points);
        for [x, y] in points.iter_mut() {
            if let Some(wrap) = &self.wrap {
                *x -= wrap.turn * ((*x - wrap.west) / wrap.turn).floor();
            }
            [*x, *y] = self.source.to_map(*x, *y);
        }
    }

    /// Whether a rectangle of source positions [xmin, ymin, xmax, ymax] touches the source raster.
    pub fn touches(&self, [xmin, ymin, xmax, ymax]: [f64; 4]) -> bool {
        xmin <= self.size[0] && xmax >= 0.0 && ymin <= self.size[1] && ymax >= 0.0
    }
}

/// The inverse of an affine transform; none where it is flat or not finite.
fn inverse(transform: &GeoTransform) -> Option<GeoTransform> {
    let t = &transform.0;
    let determinant = t[1] * t[5] - t[2] * t[4];
    if !t.iter().all(|v| v.is_finite()) || determinant == 0.0 || !determinant.is_normal() {
        return None;
    }
    let (a, b, d, e) = (t[5] / determinant, -t[2] / determinant, -t[4] / determinant, t[1] / determinant);
    Some(GeoTransform([-(a * t[0] + b * t[3]), a, b, -(d * t[0] + e * t[3]), d, e]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_leads_back() {
        let there = GeoTransform([405_000.0, 29.0, 3.0, 180_000.0, -4.0, -31.0]);
        let back = inverse(&there).expect("it is not flat");
        let [x, y] = there.to_map(1234.5, 77.25);
        let [col, row] = back.to_map(x, y);
        assert!((col - 1234.5).abs() < 1e-8 && (row - 77.25).abs() < 1e-8);
        assert!(inverse(&GeoTransform([0.0, 1.0, 2.0, 0.0, 2.0, 4.0])).is_none());
        assert!(inverse(&GeoTransform([0.0, f64::NAN, 0.0, 0.0, 0.0, -1.0])).is_none());
    }
}
