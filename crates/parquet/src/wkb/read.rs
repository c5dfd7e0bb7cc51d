//! Bytes into geometries.

use mutirao_core::geometry::{MultiPolygon, Polygon};

use super::{MULTIPOLYGON, POINT, POLYGON, WkbError, check_point, check_ring};

// The flags of PostGIS in a type code: height, measure, and a CRS of its own.
const EWKB_Z: u32 = 1 << 31;
const EWKB_M: u32 = 1 << 30;
const EWKB_SRID: u32 = 1 << 29;

/// The geometry in `bytes`, which must be a polygon or a multipolygon and end with it. A polygon becomes a multipolygon of
/// one; polygons without rings are left out, so an empty geometry comes back without polygons.
pub fn read_multipolygon(bytes: &[u8]) -> Result<MultiPolygon, WkbError> {
    let mut cursor = Cursor { bytes };
    let head = cursor.head()?;
    let polygons = match head.kind {
        POLYGON => cursor.polygon(head)?.into_iter().collect(),
        MULTIPOLYGON => cursor.members(head)?,
        code => return Err(refused(code)),
    };
    match cursor.bytes.len() {
        0 => Ok(MultiPolygon { polygons }),
        count => Err(WkbError::Trailing { count }),
    }
}

/// The point in `bytes`, `[x, y]`, which must end with it.
pub fn read_point(bytes: &[u8]) -> Result<[f64; 2], WkbError> {
    let mut cursor = Cursor { bytes };
    let head = cursor.head()?;
    if head.kind != POINT {
        return Err(WkbError::NotPoint { code: head.kind });
    }
    let point = cursor.point(head)?;
    check_point(point)?;
    match cursor.bytes.len() {
        0 => Ok(point),
        count => Err(WkbError::Trailing { count }),
    }
}

/// Whether `bytes` begin as WKB of some kind of geometry, and without an SRID of its own. What follows is not looked at.
pub fn check_head(bytes: &[u8]) -> Result<(), WkbError> {
    Cursor { bytes }.head().map(|_| ())
}

/// The error for a kind that is not an area.
fn refused(code: u32) -> WkbError {
    const KINDS: [&str; 18] = [
        "Geometry",
        "Point",
        "LineString",
        "Polygon",
        "MultiPoint",
        "MultiLineString",
        "MultiPolygon",
        "GeometryCollection",
        "CircularString",
        "CompoundCurve",
        "CurvePolygon",
        "MultiCurve",
        "MultiSurface",
        "Curve",
        "Surface",
        "PolyhedralSurface",
        "TIN",
        "Triangle",
    ];
    match KINDS.get(code as usize) {
        Some(kind) => WkbError::Kind { kind },
        None => WkbError::UnknownKind { code },
    }
}

/// How a geometry begins.
#[derive(Clone, Copy)]
struct Head {
    little: bool,
    kind: u32,
    /// Bytes of one point: 16, and 8 more for each of height and measure.
    point_bytes: usize,
}

/// The bytes not yet read.
struct Cursor<'a> {
    bytes: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], WkbError> {
        let cut = WkbError::Truncated { needed: count, left: self.bytes.len() };
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or(cut)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WkbError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn u32(&mut self, little: bool) -> Result<u32, WkbError> {
        let bytes = self.array()?;
        Ok(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn f64(&mut self, little: bool) -> Result<f64, WkbError> {
        let bytes = self.array()?;
        Ok(if little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    }

    fn head(&mut self) -> Result<Head, WkbError> {
        let little = match self.array()? {
            [0] => false,
            [1] => true,
            [found] => return Err(WkbError::ByteOrder { found }),
        };
        let code = self.u32(little)?;
        if code & EWKB_SRID != 0 {
            return Err(WkbError::Srid);
        }
        let base = code & !(EWKB_Z | EWKB_M);
        let iso = base / 1000;
        if iso > 3 {
            return Err(WkbError::UnknownKind { code });
        }
        let height = iso & 1 == 1 || code & EWKB_Z != 0;
        let measure = iso & 2 == 2 || code & EWKB_M != 0;
        Ok(Head { little, kind: base % 1000, point_bytes: 16 + 8 * (usize::from(height) + usize::from(measure)) })
    }

    /// A count of things that take at least `least` bytes each.
    fn count(&mut self, head: Head, what: &'static str, least: usize) -> Result<usize, WkbError> {
        let count = self.u32(head.little)?;
        let left = self.bytes.len();
        match usize::try_from(count) {
            Ok(n) if n <= left / least => Ok(n),
            _ => Err(WkbError::Count { what, count, left }),
        }
    }

    fn members(&mut self, head: Head) -> Result<Vec<Polygon>, WkbError> {
        // The least member: a head and no rings.
        let count = self.count(head, "polygons", 9)?;
        let mut polygons = Vec::with_capacity(count);
        for _ in 0..count {
            let member = self.head()?;
            if member.kind != POLYGON {
                return Err(refused(member.kind));
            }
            polygons.extend(self.polygon(member)?);
        }
        Ok(polygons)
    }

    /// A polygon after its head; `None` where it has no rings.
    fn polygon(&mut self, head: Head) -> Result<Option<Polygon>, WkbError> {
        let count = self.count(head, "rings", 4)?;
        let rings = (0..count).map(|_| self.ring(head)).collect::<Result<Vec<_>, _>>()?;
        Ok((!rings.is_empty()).then_some(Polygon { rings }))
    }

    fn ring(&mut self, head: Head) -> Result<Vec<[f64; 2]>, WkbError> {
        let count = self.count(head, "points", head.point_bytes)?;
        let mut ring = Vec::with_capacity(count);
        for _ in 0..count {
            ring.push(self.point(head)?);
        }
        check_ring(&ring)?;
        Ok(ring)
    }

    fn point(&mut self, head: Head) -> Result<[f64; 2], WkbError> {
        let point = [self.f64(head.little)?, self.f64(head.little)?];
        self.take(head.point_bytes - 16)?;
        Ok(point)
    }
}
