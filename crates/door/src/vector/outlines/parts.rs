//! A geometry's points, lines and rings, out of its well-known binary (ISO 13249-3, as GDAL writes it, little-endian).
#![allow(unsafe_code)]

use gdal::vector::{Geometry, OGRwkbGeometryType};
use mutirao_core::outline::OutlineKind;

use crate::vector::features::Bytes;

/// A point, line or ring with its vertices; those that are no numbers are left out.
pub type Part = (OutlineKind, Vec<[f64; 2]>);

/// Collections in collections are followed this far.
const DEPTH: usize = 32;
/// The chords of curves, in degrees.
const CHORD: f64 = 4.0;

/// A collection that holds a geometry with its curves as chords; none where it has no curves, or GDAL cannot.
pub fn straight(geometry: &Geometry) -> Option<Geometry> {
    // SAFETY: the handle lives as long as `geometry`; what GDAL makes is given to the collection, which frees it.
    unsafe {
        if gdal_sys::OGR_G_HasCurveGeometry(geometry.c_geometry(), 0) == 0 {
            return None;
        }
        let holder = Geometry::empty(OGRwkbGeometryType::wkbGeometryCollection).ok()?;
        let linear = gdal_sys::OGR_G_GetLinearGeometry(geometry.c_geometry(), CHORD, std::ptr::null_mut());
        if linear.is_null() {
            return None;
        }
        let code = gdal_sys::OGR_G_AddGeometryDirectly(holder.c_geometry(), linear);
        (code == gdal_sys::OGRErr::OGRERR_NONE).then_some(holder)
    }
}

/// Takes a geometry apart; none where the bytes are no well-known binary. A curve's own vertices are taken for chords.
pub fn take_apart(wkb: &[u8]) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    collect(&mut Bytes(wkb), DEPTH, &mut parts)?;
    Some(parts)
}

fn collect(bytes: &mut Bytes<'_>, depth: usize, parts: &mut Vec<Part>) -> Option<()> {
    bytes.take(1)?;
    let code = bytes.number()?;
    // Thousands say whether there are heights (1), measures (2) or both (3).
    let size = [2, 3, 3, 4].get(code as usize / 1000).copied()?;
    match code % 1000 {
        1 => parts.push((OutlineKind::Point, vertices(bytes, 1, size)?)),
        2 | 8 => {
            let count = bytes.number()?;
            parts.push((OutlineKind::Line, vertices(bytes, count, size)?));
        }
        3 | 17 => {
            for _ in 0..bytes.number()? {
                let count = bytes.number()?;
                parts.push((OutlineKind::Ring, vertices(bytes, count, size)?));
            }
        }
        4..=7 | 9..=16 => {
            for _ in 0..bytes.number()? {
                collect(bytes, depth.checked_sub(1)?, parts)?;
            }
        }
        _ => return None,
    }
    Some(())
}

fn vertices(bytes: &mut Bytes<'_>, count: u32, size: usize) -> Option<Vec<[f64; 2]>> {
    let length = usize::try_from(count).ok()?.checked_mul(size * 8)?;
    let number = |bytes: &[u8]| bytes.try_into().map_or(f64::NAN, f64::from_le_bytes);
    let vertex = |vertex: &[u8]| [number(&vertex[..8]), number(&vertex[8..16])];
    let all = bytes.take(length)?.chunks_exact(size * 8).map(vertex);
    Some(all.filter(|vertex| vertex.iter().all(|number| number.is_finite())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::features::iso_wkb;

    fn parts(wkt: &str) -> Vec<Part> {
        let geometry = Geometry::from_wkt(wkt).expect(wkt);
        let straight = straight(&geometry);
        take_apart(iso_wkb(straight.as_ref().unwrap_or(&geometry), &mut Vec::new()).expect("bytes")).expect("WKB")
    }

    #[test]
    fn every_kind_has_its_parts() {
        use OutlineKind::{Line, Point, Ring};
        let cases: [(&str, &[(OutlineKind, usize)]); 11] = [
            ("POINT(1 2)", &[(Point, 1)]),
            ("POINT EMPTY", &[(Point, 0)]),
            ("MULTIPOINT ZM((1 2 3 4),(5 6 7 8))", &[(Point, 1), (Point, 1)]),
            ("LINESTRING M(1 2 3,4 5 6,7 8 9)", &[(Line, 3)]),
            ("POLYGON((0 0,4 4,4 0,0 4,0 0),(1 1,2 1,2 2,1 1))", &[(Ring, 5), (Ring, 4)]),
            ("POLYGON Z((0 0 9,4 4 9,4 0 9,0 0 9))", &[(Ring, 4)]),
            ("MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))", &[(Ring, 4), (Ring, 4)]),
            ("GEOMETRYCOLLECTION(POINT(1 2),GEOMETRYCOLLECTION(LINESTRING(0 0,1 1)))", &[(Point, 1), (Line, 2)]),
            ("GEOMETRYCOLLECTION EMPTY", &[]),
            ("TIN(((0 0,1 0,1 1,0 0)),((0 0,1 1,0 1,0 0)))", &[(Ring, 4), (Ring, 4)]),
            ("POLYHEDRALSURFACE Z(((0 0 0,1 0 0,1 1 0,0 0 0)))", &[(Ring, 4)]),
        ];
        for (wkt, wanted) in cases {
            let found: Vec<(OutlineKind, usize)> = parts(wkt).iter().map(|(kind, all)| (*kind, all.len())).collect();
            assert_eq!(found, wanted, "{wkt}");
        }
    }

    #[test]
    fn what_is_no_number_is_left_out() {
        let geometry = Geometry::from_wkt("LINESTRING(7 1,2 1,3 7)").expect("WKT");
        let mut wkb = iso_wkb(&geometry, &mut Vec::new()).expect("bytes").to_vec();
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            // The first vertex begins behind order, code and count.
            wkb[9..17].copy_from_slice(&odd.to_le_bytes());
            assert_eq!(take_apart(&wkb), Some(vec![(OutlineKind::Line, vec![[2.0, 1.0], [3.0, 7.0]])]));
        }
    }

    #[test]
    fn curves_become_chords() {
        for (wkt, kind) in [
            ("CIRCULARSTRING(-1 0,0 1,1 0)", OutlineKind::Line),
            ("CURVEPOLYGON(CIRCULARSTRING(-1 0,0 1,1 0,0 -1,-1 0))", OutlineKind::Ring),
            ("MULTISURFACE(CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(-1 0,0 1,1 0),(1 0,-1 0))))", OutlineKind::Ring),
        ] {
            let found = parts(wkt);
            assert_eq!((found.len(), found[0].0), (1, kind), "{wkt}");
            assert!(found[0].1.len() > 20, "{wkt}");
            let on_circle = |[x, y]: &[f64; 2]| (x.hypot(*y) - 1.0).abs() < 1e-9;
            assert!(found[0].1.iter().all(on_circle), "{wkt}");
        }
    }

    #[test]
    fn bytes_that_end_too_early_are_nothing() {
        let geometry = Geometry::from_wkt("MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))").expect("WKT");
        let whole = iso_wkb(&geometry, &mut Vec::new()).expect("bytes").to_vec();
        assert!((0..whole.len()).all(|length| take_apart(&whole[..length]).is_none()));
        assert_eq!(take_apart(&[1, 6, 0, 0, 0, 255, 255, 255, 255]), None);
        let nested: Vec<u8> = [1, 7, 0, 0, 0, 1, 0, 0, 0].repeat(100_000);
        assert_eq!(take_apart(&nested), None);
    }
}
