//! Polygons as GeoPackage's geometry blobs (OGC 12-128r19, section 2.1.3): a header with the bounds, then ISO WKB.

use mutirao_core::geometry::{Bounds, Polygon};

/// Little-endian, with bounds in x and y.
const FLAGS: u8 = 0b0000_0011;
const WKB_LITTLE_ENDIAN: u8 = 1;
const WKB_POLYGON: u32 = 3;

/// Writes the blob of a polygon into `out`, replacing what it holds; its bounds. None where there is no point, or a ring has more
/// points than WKB can count.
pub fn write(polygon: &Polygon, srs_id: i32, out: &mut Vec<u8>) -> Option<Bounds> {
    let bounds = polygon.bounds()?;
    out.clear();
    out.extend(b"GP\0");
    out.push(FLAGS);
    out.extend(srs_id.to_le_bytes());
    for side in [bounds.xmin, bounds.xmax, bounds.ymin, bounds.ymax] {
        out.extend(side.to_le_bytes());
    }
    out.push(WKB_LITTLE_ENDIAN);
    out.extend(WKB_POLYGON.to_le_bytes());
    out.extend(u32::try_from(polygon.rings.len()).ok()?.to_le_bytes());
    for ring in &polygon.rings {
        out.extend(u32::try_from(ring.len()).ok()?.to_le_bytes());
        for ordinate in ring.iter().flatten() {
            out.extend(ordinate.to_le_bytes());
        }
    }
    Some(bounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triangle_is_what_the_standard_says() {
        let polygon = Polygon { rings: vec![vec![[1.0, 2.0], [5.0, 2.0], [1.0, 4.0], [1.0, 2.0]]] };
        let mut out = vec![9; 500];
        let bounds = write(&polygon, 4326, &mut out);
        assert_eq!(bounds, Some(Bounds { xmin: 1.0, ymin: 2.0, xmax: 5.0, ymax: 4.0 }));
        assert_eq!(&out[..8], [b'G', b'P', 0, 3, 0xE6, 0x10, 0, 0]);
        let numbers: Vec<f64> =
            out[8..40].chunks_exact(8).map(|eight| f64::from_le_bytes(eight.try_into().unwrap())).collect();
        assert_eq!(numbers, [1.0, 5.0, 2.0, 4.0]);
        assert_eq!(&out[40..53], [1, 3, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0]);
        assert_eq!(out.len(), 53 + 4 * 16);
    }

    #[test]
    fn a_polygon_without_points_is_none() {
        assert_eq!(write(&Polygon::default(), 0, &mut Vec::new()), None);
    }
}
