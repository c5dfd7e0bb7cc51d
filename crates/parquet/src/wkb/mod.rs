//! Well-known binary, as GeoParquet prescribes it: reading both byte orders, writing the little-endian one.
//!
//! ISO 19125-1 (OGC 06-103r4, section 8.2). Points, polygons and multipolygons are read, all else is named and refused. Heights and
//! measures, in ISO's numbering or in PostGIS's flags, are dropped. Bytes are never trusted: every count is checked against
//! the bytes left before anything is reserved, nesting is at most two deep by construction, and nothing panics.

mod read;
mod write;

pub use read::{check_head, read_multipolygon, read_point};
pub use write::{encoded_len, polygon_len, write_multipolygon, write_point, write_polygon};

/// The type code of a point.
const POINT: u32 = 1;
/// The type code of a polygon.
const POLYGON: u32 = 3;
/// The type code of a multipolygon.
const MULTIPOLYGON: u32 = 6;

/// Why bytes are no geometry of ours, or a geometry cannot be written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WkbError {
    /// The bytes end within the geometry.
    #[error("the WKB is cut off: {needed} more bytes are needed, {left} are left")]
    Truncated {
        /// Bytes needed.
        needed: usize,
        /// Bytes left.
        left: usize,
    },
    /// There are bytes after the geometry.
    #[error("{count} bytes follow after the geometry")]
    Trailing {
        /// How many.
        count: usize,
    },
    /// The byte-order mark is neither 0 nor 1.
    #[error("the WKB begins with {found}, not with a byte order (0 or 1)")]
    ByteOrder {
        /// The byte found.
        found: u8,
    },
    /// The geometry carries a CRS of its own, which could contradict that of the file.
    #[error("the WKB has an SRID of its own (EWKB), which GeoParquet forbids")]
    Srid,
    /// A geometry that is no area.
    #[error("a {kind}, where only Polygon and MultiPolygon are taken")]
    Kind {
        /// Its name.
        kind: &'static str,
    },
    /// A geometry that is no point.
    #[error("geometry type {code}, where only Point (1) is taken")]
    NotPoint {
        /// Its type code.
        code: u32,
    },
    /// A type code that no standard gives.
    #[error("there is no geometry type {code}")]
    UnknownKind {
        /// The code.
        code: u32,
    },
    /// A count that cannot be, for want of bytes.
    #[error("{count} {what} are declared, in {left} bytes")]
    Count {
        /// What is counted.
        what: &'static str,
        /// The count declared.
        count: u32,
        /// Bytes left.
        left: usize,
    },
    /// A ring of fewer than four points bounds nothing.
    #[error("a ring of {points} points; a closed ring has at least 4")]
    ShortRing {
        /// How many points it has.
        points: usize,
    },
    /// A ring that does not end where it began.
    #[error("a ring begins at ({}, {}) and ends at ({}, {}): it is not closed", first[0], first[1], last[0], last[1])]
    OpenRing {
        /// Its first point, `[x, y]`.
        first: [f64; 2],
        /// Its last point, `[x, y]`.
        last: [f64; 2],
    },
    /// A coordinate that is no number, or infinite.
    #[error("the coordinate ({}, {}) is not finite", point[0], point[1])]
    NotFinite {
        /// The point, `[x, y]`.
        point: [f64; 2],
    },
    /// A geometry too large for a value of Parquet.
    #[error("the geometry takes {bytes} bytes, more than a value may have (1 GiB)")]
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
    },
}

/// What every point must be: finite.
fn check_point(point: [f64; 2]) -> Result<(), WkbError> {
    let [x, y] = point;
    if x.is_finite() && y.is_finite() { Ok(()) } else { Err(WkbError::NotFinite { point }) }
}

/// What every ring must be: finite, of four points at least, closed.
fn check_ring(ring: &[[f64; 2]]) -> Result<(), WkbError> {
    ring.iter().try_for_each(|point| check_point(*point))?;
    match ring {
        [first, _, _, .., last] if first == last => Ok(()),
        [first, _, _, .., last] => Err(WkbError::OpenRing { first: *first, last: *last }),
        _ => Err(WkbError::ShortRing { points: ring.len() }),
    }
}

#[cfg(test)]
mod tests;
