//! Geometries into bytes.

use mutirao_core::geometry::{MultiPolygon, Polygon};

use super::{MULTIPOLYGON, POINT, POLYGON, WkbError, check_point, check_ring};

/// The largest geometry that is written: Parquet counts the bytes of a page in 31 bits.
const MAX_BYTES: u64 = 1 << 30;

/// The geometry as little-endian ISO WKB of type MultiPolygon, appended to `out`. Rings are checked as on reading, so what
/// is written can be read.
pub fn write_multipolygon(geometry: &MultiPolygon, out: &mut Vec<u8>) -> Result<(), WkbError> {
    let bytes = encoded_len(geometry);
    if bytes > MAX_BYTES {
        return Err(WkbError::TooLarge { bytes });
    }
    geometry.polygons.iter().flat_map(|polygon| &polygon.rings).try_for_each(|ring| check_ring(ring))?;
    head(out, MULTIPOLYGON, geometry.polygons.len());
    geometry.polygons.iter().for_each(|polygon| put_polygon(polygon, out));
    Ok(())
}

/// How many bytes [`write_multipolygon`] appends.
pub fn encoded_len(geometry: &MultiPolygon) -> u64 {
    9 + geometry.polygons.iter().map(polygon_len).sum::<u64>()
}

/// One polygon as little-endian ISO WKB of type Polygon, appended to `out`, with the same checks.
pub fn write_polygon(polygon: &Polygon, out: &mut Vec<u8>) -> Result<(), WkbError> {
    let bytes = polygon_len(polygon);
    if bytes > MAX_BYTES {
        return Err(WkbError::TooLarge { bytes });
    }
    polygon.rings.iter().try_for_each(|ring| check_ring(ring))?;
    put_polygon(polygon, out);
    Ok(())
}

/// A point as little-endian ISO WKB; its coordinates must be finite.
pub fn write_point(point: [f64; 2]) -> Result<[u8; 21], WkbError> {
    check_point(point)?;
    let mut bytes = [0; 21];
    bytes[0] = 1;
    bytes[1..5].copy_from_slice(&POINT.to_le_bytes());
    bytes[5..13].copy_from_slice(&point[0].to_le_bytes());
    bytes[13..].copy_from_slice(&point[1].to_le_bytes());
    Ok(bytes)
}

/// How many bytes [`write_polygon`] appends.
pub fn polygon_len(polygon: &Polygon) -> u64 {
    9 + polygon.rings.iter().map(|ring| 4 + 16 * ring.len() as u64).sum::<u64>()
}

fn put_polygon(polygon: &Polygon, out: &mut Vec<u8>) {
    head(out, POLYGON, polygon.rings.len());
    for ring in &polygon.rings {
        count(out, ring.len());
        for ordinate in ring.iter().flatten() {
            out.extend(ordinate.to_le_bytes());
        }
    }
}

fn head(out: &mut Vec<u8>, kind: u32, parts: usize) {
    out.push(1);
    out.extend(kind.to_le_bytes());
    count(out, parts);
}

/// A count, which fits 32 bits because every item takes bytes and [`MAX_BYTES`] holds.
fn count(out: &mut Vec<u8>, count: usize) {
    out.extend((count as u32).to_le_bytes());
}
