//! What a geometry is made of, out of the well-known binary (ISO 13249-3, as GDAL writes it, little-endian): kind, parts, rings, and a
//! digest that does not depend on how the same geometry is written down.

use mutirao_core::features::ShapeKind;
use twox_hash::XxHash3_128;

/// The rings of a polygon, the outer one first; closed as they are written.
pub type Rings = Vec<Vec<[f64; 2]>>;

/// A geometry, taken apart.
#[derive(Debug, Default, PartialEq)]
pub struct Figure {
    /// Whether its type is one for several parts.
    pub multi: bool,
    /// How many parts there are.
    pub parts: u32,
    /// The first vertex.
    pub first: Option<[f64; 2]>,
    /// Its polygons, straight ones only.
    pub polygons: Vec<Rings>,
    /// Digest of the geometry.
    pub digest: u128,
}

/// Type codes.
const POINT: u32 = 1;
const LINE: u32 = 2;
const POLYGON: u32 = 3;
const MULTIPOINT: u32 = 4;
const MULTILINE: u32 = 5;
const MULTIPOLYGON: u32 = 6;
const COLLECTION: u32 = 7;
const CIRCULAR: u32 = 8;
const COMPOUND: u32 = 9;
const CURVE_POLYGON: u32 = 10;
const MULTICURVE: u32 = 11;
const MULTISURFACE: u32 = 12;
const TRIANGLE: u32 = 17;

/// The kind of a geometry's type code, heights and measures aside.
pub fn kind_of(code: u32) -> ShapeKind {
    match code % 1000 {
        POINT | MULTIPOINT => ShapeKind::Point,
        LINE | MULTILINE | CIRCULAR | COMPOUND | MULTICURVE => ShapeKind::Line,
        POLYGON | MULTIPOLYGON | CURVE_POLYGON | MULTISURFACE | TRIANGLE => ShapeKind::Polygon,
        COLLECTION => ShapeKind::Collection,
        _ => ShapeKind::Other,
    }
}

/// Takes a geometry apart; none where the bytes are no well-known binary.
pub fn take_apart(wkb: &[u8]) -> Option<Figure> {
    let mut figure = Figure::default();
    let mut bytes = Bytes(wkb);
    figure.digest = figure.geometry(&mut bytes, true)?;
    Some(figure)
}

impl Figure {
    /// Reads a geometry and gives its digest. `outermost`: it is the whole, whose parts are counted.
    fn geometry(&mut self, bytes: &mut Bytes<'_>, outermost: bool) -> Option<u128> {
        let whole = bytes.0;
        bytes.take(1)?;
        let code = bytes.number()?;
        // Thousands say whether there are heights (1), measures (2) or both (3).
        let size = [2, 3, 3, 4].get(code as usize / 1000).copied()?;
        if outermost {
            (self.multi, self.parts) = (false, 1);
        }
        let digest = match code % 1000 {
            POINT => {
                let points = self.points(bytes, 1, size)?;
                digest(kind_code(POINT, size), &points)
            }
            LINE | CIRCULAR => {
                let count = bytes.number()?;
                let points = self.points(bytes, count, size)?;
                digest(kind_code(code % 1000, size), &points)
            }
            POLYGON | TRIANGLE => self.polygon(bytes, size)?,
            MULTIPOINT | MULTILINE | MULTIPOLYGON | COLLECTION | COMPOUND | CURVE_POLYGON | MULTICURVE
            | MULTISURFACE => self.several(bytes, code, size, outermost)?,
            // Faceted surfaces: as they are.
            _ => XxHash3_128::oneshot(whole),
        };
        Some(digest)
    }

    fn several(&mut self, bytes: &mut Bytes<'_>, code: u32, size: usize, outermost: bool) -> Option<u128> {
        let (count, base) = (bytes.number()?, code % 1000);
        // Lines of a compound line and rings of a curved polygon are pieces of one part.
        let (pieces, is_multi) = (matches!(base, COMPOUND | CURVE_POLYGON), !matches!(base, COMPOUND | CURVE_POLYGON));
        if outermost && is_multi {
            (self.multi, self.parts) = (true, count);
        }
        let mut digests = Vec::with_capacity(bytes.at_most(count, 5));
        for _ in 0..count {
            digests.push(self.geometry(bytes, false)?);
        }
        if !pieces {
            digests.sort_unstable();
        }
        match digests[..] {
            // One part, written as several.
            [only] if is_multi && base != COLLECTION => Some(only),
            _ => Some(joined(kind_code(base, size), &digests)),
        }
    }

    fn polygon(&mut self, bytes: &mut Bytes<'_>, size: usize) -> Option<u128> {
        let count = bytes.number()?;
        let mut rings = Vec::with_capacity(bytes.at_most(count, 4));
        let mut digests = Vec::with_capacity(rings.capacity());
        for _ in 0..count {
            let vertices = bytes.number()?;
            let points = self.points(bytes, vertices, size)?;
            rings.push(points.chunks_exact(size).map(|point| [point[0], point[1]]).collect());
            digests.push(digest(kind_code(POLYGON, size), &normalised(points, size)));
        }
        self.polygons.push(rings);
        if let Some(inner) = digests.get_mut(1..) {
            inner.sort_unstable();
        }
        Some(joined(kind_code(POLYGON, size), &digests))
    }

    fn points(&mut self, bytes: &mut Bytes<'_>, count: u32, size: usize) -> Option<Vec<f64>> {
        let length = usize::try_from(count).ok()?.checked_mul(size)?;
        let taken = bytes.take(length.checked_mul(8)?)?;
        // A zero has no sign here.
        let value = |bytes: &[u8]| bytes.try_into().map_or(f64::NAN, f64::from_le_bytes) + 0.0;
        let points: Vec<f64> = taken.chunks_exact(8).map(value).collect();
        if let (None, [x, y, ..]) = (self.first, &points[..]) {
            self.first = Some([*x, *y]);
        }
        Some(points)
    }
}

/// A ring without its closing vertex, from its least vertex on, towards the lesser of that one's neighbours.
fn normalised(mut ring: Vec<f64>, size: usize) -> Vec<f64> {
    let count = ring.len() / size;
    if count < 2 {
        return ring;
    }
    let is_closed = ring[..size] == ring[(count - 1) * size..];
    let count = count - usize::from(is_closed);
    ring.truncate(count * size);
    let point = |index: usize| &ring[index % count * size..][..size];
    let before = |a: &usize, b: &usize| compare(point(*a), point(*b));
    let Some(least) = (0..count).min_by(before) else { return ring };
    let forwards = compare(point(least + 1), point(least + count - 1)).is_le();
    let step = if forwards { 1 } else { count - 1 };
    (0..count).flat_map(|i| point((least + i * step) % count)).copied().collect()
}

fn compare(a: &[f64], b: &[f64]) -> std::cmp::Ordering {
    let differing = a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
    differing.unwrap_or(std::cmp::Ordering::Equal)
}

fn kind_code(base: u32, size: usize) -> u32 {
    base * 10 + size as u32
}

fn digest(kind: u32, numbers: &[f64]) -> u128 {
    let mut bytes = Vec::with_capacity(4 + numbers.len() * 8);
    bytes.extend(kind.to_le_bytes());
    numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
    XxHash3_128::oneshot(&bytes)
}

fn joined(kind: u32, digests: &[u128]) -> u128 {
    if let [only] = digests {
        return *only;
    }
    let mut bytes = Vec::with_capacity(4 + digests.len() * 16);
    bytes.extend(kind.to_le_bytes());
    digests.iter().for_each(|digest| bytes.extend(digest.to_le_bytes()));
    XxHash3_128::oneshot(&bytes)
}

/// What is left to read.
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    /// So many bytes; none where there are not as many.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, left) = self.0.split_at_checked(count)?;
        self.0 = left;
        Some(taken)
    }

    /// A whole number of four bytes.
    pub fn number(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    /// How many things of a size can still follow, of those that are declared.
    fn at_most(&self, declared: u32, size: usize) -> usize {
        (declared as usize).min(self.0.len() / size)
    }
}

#[cfg(test)]
mod tests {
    use gdal::vector::Geometry;

    use super::*;

    fn figure(wkt: &str) -> Figure {
        let geometry = Geometry::from_wkt(wkt).expect(wkt);
        take_apart(super::super::measure::iso_wkb(&geometry, &mut Vec::new()).expect("bytes")).expect("WKB")
    }

    fn same(a: &str, b: &str) -> bool {
        figure(a).digest == figure(b).digest
    }

    #[test]
    fn how_a_geometry_is_written_down_does_not_count() {
        let square = "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,2 1,2 2,1 1),(3 3,3 2,2 3,3 3))";
        for other in [
            "POLYGON((4 4,0 4,0 0,4 0,4 4),(1 1,2 1,2 2,1 1),(3 3,3 2,2 3,3 3))",
            "POLYGON((0 0,0 4,4 4,4 0,0 0),(2 1,1 1,2 2,2 1),(3 3,3 2,2 3,3 3))",
            "POLYGON((0 0,4 0,4 4,0 4,0 0),(2 3,3 3,3 2,2 3),(1 1,2 1,2 2,1 1))",
            "MULTIPOLYGON(((-0 0,4 0,4 4,0 4,0 -0),(1 1,2 1,2 2,1 1),(3 3,3 2,2 3,3 3)))",
        ] {
            assert!(same(square, other), "{other}");
        }
        assert!(same(
            "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))",
            "MULTIPOLYGON(((5 5,6 6,6 5,5 5)),((1 0,1 1,0 0,1 0)))"
        ));
        assert!(same("MULTIPOINT((1 2),(3 4))", "MULTIPOINT((3 4),(1 2))"));
    }

    #[test]
    fn what_differs_has_another_digest() {
        let all = [
            "POLYGON((0 0,4 0,4 4,0 4,0 0))",
            "POLYGON((0 0,4 0,4 4,0 4.0000000001,0 0))",
            "POLYGON((0 0,4 4,4 0,0 4,0 0))",
            "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,2 1,2 2,1 1))",
            "POLYGON((1 1,2 1,2 2,1 1),(0 0,4 0,4 4,0 4,0 0))",
            "MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0)),((1 1,2 1,2 2,1 1)))",
            "POLYGON Z((0 0 1,4 0 1,4 4 1,0 4 1,0 0 1))",
            "LINESTRING(0 0,4 0,4 4,0 4,0 0)",
            "LINESTRING(0 0,0 4,4 4,4 0,0 0)",
            "POINT(0 0)",
            "POINT Z(0 0 0)",
            "MULTIPOINT((0 0),(4 0))",
            "GEOMETRYCOLLECTION(POINT(0 0),POINT(4 0))",
            "CIRCULARSTRING(0 0,4 0,4 4)",
            "LINESTRING(0 0,4 0,4 4)",
        ];
        let mut digests: Vec<u128> = all.iter().map(|wkt| figure(wkt).digest).collect();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), all.len());
    }

    #[test]
    fn parts_and_rings_are_counted() {
        let two = figure("MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,9 5,9 9,5 5),(6 6,7 6,7 7,6 6)))");
        assert_eq!((two.multi, two.parts, two.first), (true, 2, Some([0.0, 0.0])));
        assert_eq!(two.polygons.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
        let curved = figure("CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(0 0,1 1,2 0),(2 0,0 0)))");
        assert_eq!((curved.multi, curved.parts), (false, 1));
        let measured = figure("MULTIPOLYGON ZM(((7 8 1 2,9 8 1 2,9 9 1 2,7 8 1 2)))");
        assert_eq!((measured.parts, measured.polygons[0][0][1]), (1, [9.0, 8.0]));
    }

    #[test]
    fn bytes_that_end_too_early_are_nothing() {
        let geometry = Geometry::from_wkt("MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))").expect("WKT");
        let whole = super::super::measure::iso_wkb(&geometry, &mut Vec::new()).expect("bytes").to_vec();
        for length in 0..whole.len() {
            assert_eq!(take_apart(&whole[..length]), None, "{length}");
        }
        assert_eq!(take_apart(&[1, 6, 0, 0, 0, 255, 255, 255, 255]), None);
    }
}
