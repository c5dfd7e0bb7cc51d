//! What is measured of a geometry.
#![allow(unsafe_code)]

use gdal::cpl::CslStringList;
use gdal::vector::{Geometry, OGRwkbGeometryType, geometry_type_flatten};
use gdal_sys::OGRwkbByteOrder::wkbNDR;
use mutirao_core::features::{Defect, FeatureShape, ShapeKind};

use super::area::TrueArea;
use super::figure::{self, Rings};
use crate::messages;
use crate::vector::polygons::straightened;

/// Between the kind of a defect and its place, in what GEOS says.
const AT: &str = " at or near point ";

/// Measures geometries one after the other.
#[derive(Default)]
pub struct Measure {
    area: Option<TrueArea>,
    /// The box around everything so far: west, south, east, north.
    pub bounds: Option<[f64; 4]>,
    wkb: Vec<u8>,
}

impl Measure {
    /// Before the first geometry; `area` is how true areas are found, none where the CRS is not known.
    pub fn new(area: Option<TrueArea>) -> Measure {
        Measure { area, ..Measure::default() }
    }

    /// All about a geometry, but for the digest of everything.
    pub fn shape(&mut self, geometry: Option<&Geometry>) -> FeatureShape {
        let Some(geometry) = geometry else { return FeatureShape::missing() };
        // What cannot be exported is known by its kind alone.
        let figure = iso_wkb(geometry, &mut self.wkb).and_then(figure::take_apart).unwrap_or_default();
        let kind = figure::kind_of(geometry_type_flatten(geometry.geometry_type()));
        let empty = geometry.is_empty();
        if empty {
            let (multi, geometry) = (figure.multi, figure.digest);
            return FeatureShape { kind, multi, empty, geometry, ..FeatureShape::missing() };
        }
        self.widen(geometry);
        let defect = defect(geometry);
        let area_m2 = match (kind, &defect) {
            (ShapeKind::Polygon, None) => self.area(geometry, figure.polygons),
            (ShapeKind::Polygon, Some(_)) => self.area_made_valid(geometry),
            _ => None,
        };
        FeatureShape {
            kind,
            multi: figure.multi,
            parts: figure.parts,
            empty,
            at: figure.first.filter(|at| at.iter().all(|number| number.is_finite())),
            defect,
            area_m2,
            geometry: figure.digest,
            everything: 0,
        }
    }

    fn area(&self, geometry: &Geometry, polygons: Vec<Rings>) -> Option<f64> {
        let area = self.area.as_ref()?;
        if !is_curved(geometry) {
            return area.of(polygons);
        }
        area.of(polygons_of(&straightened(geometry)?)?)
    }

    /// The area of what an invalid geometry becomes when it is made valid. Rings that cross, and holes that lie outside of their
    /// shell, have no areas that could be added and taken off as they are.
    fn area_made_valid(&self, geometry: &Geometry) -> Option<f64> {
        let area = self.area.as_ref()?;
        let straight = if is_curved(geometry) { Some(straightened(geometry)?) } else { None };
        let made = || straight.as_ref().unwrap_or(geometry).make_valid(&CslStringList::new());
        let (valid, _) = messages::aside(made);
        area.of(polygons_of(&valid.ok()?)?)
    }

    fn widen(&mut self, geometry: &Geometry) {
        let e = geometry.envelope();
        let own = [e.MinX, e.MinY, e.MaxX, e.MaxY];
        if own.iter().all(|number| number.is_finite()) {
            let [west, south, east, north] = self.bounds.unwrap_or(own);
            self.bounds = Some([west.min(own[0]), south.min(own[1]), east.max(own[2]), north.max(own[3])]);
        }
    }
}

fn is_curved(geometry: &Geometry) -> bool {
    use OGRwkbGeometryType::{wkbCurvePolygon, wkbMultiSurface};
    [wkbCurvePolygon, wkbMultiSurface].contains(&geometry_type_flatten(geometry.geometry_type()))
}

/// The polygons of a geometry without curves; those of a collection too.
fn polygons_of(geometry: &Geometry) -> Option<Vec<Rings>> {
    Some(figure::take_apart(iso_wkb(geometry, &mut Vec::new())?)?.polygons)
}

/// Why a geometry is invalid; none where it is valid.
fn defect(geometry: &Geometry) -> Option<Defect> {
    let (valid, said) = messages::aside(|| geometry.is_valid());
    (!valid).then(|| read_defect(said.as_deref().unwrap_or("invalid")))
}

/// Reads what GEOS says, such as `Self-intersection at or near point 1 2`, or `IllegalArgumentException: ...`.
fn read_defect(said: &str) -> Defect {
    let Some((kind, place)) = said.split_once(AT) else {
        let words = said.rsplit("Exception: ").next().unwrap_or(said);
        return Defect { kind: words.to_owned(), at: None };
    };
    let numbers: Vec<f64> = place.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let at = match numbers[..] {
        [x, y, ..] if x.is_finite() && y.is_finite() => Some([x, y]),
        _ => None,
    };
    Defect { kind: kind.to_owned(), at }
}

/// A geometry as well-known binary of ISO's kind, little-endian, in a buffer that is used again; none where GDAL cannot.
pub fn iso_wkb<'a>(geometry: &Geometry, buffer: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    // SAFETY: the handle lives as long as `geometry`; the buffer has as many bytes as GDAL says that it writes.
    let code = unsafe {
        let size = usize::try_from(gdal_sys::OGR_G_WkbSize(geometry.c_geometry())).ok()?;
        buffer.clear();
        buffer.resize(size, 0);
        gdal_sys::OGR_G_ExportToIsoWkb(geometry.c_geometry(), wkbNDR, buffer.as_mut_ptr())
    };
    (code == gdal_sys::OGRErr::OGRERR_NONE).then_some(buffer.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(wkt: &str) -> FeatureShape {
        crate::messages::collect();
        Measure::default().shape(Some(&Geometry::from_wkt(wkt).expect(wkt)))
    }

    /// Kinds and places as PostGIS' manual and GEOS' own tests have them.
    #[test]
    fn defects_have_a_kind_and_a_place() {
        let cases = [
            ("POLYGON((0 0,4 4,4 0,0 4,0 0))", "Self-intersection", Some([2.0, 2.0])),
            ("POLYGON((0 0,4 0,2 2,4 4,0 4,2 2,0 0))", "Ring Self-intersection", Some([2.0, 2.0])),
            ("POLYGON((0 0,4 0,4 4,0 4,0 0),(5 5,6 5,6 6,5 5))", "Hole lies outside shell", Some([5.0, 5.0])),
            ("MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0)),((1 1,2 1,2 2,1 1)))", "Nested shells", Some([1.0, 1.0])),
            ("LINESTRING(1 1,1 1)", "Too few points in geometry component", Some([1.0, 1.0])),
        ];
        for (wkt, kind, at) in cases {
            assert_eq!(shape(wkt).defect, Some(Defect { kind: kind.to_owned(), at }), "{wkt}");
        }
        // Neighbours touch in a point: valid, whatever the direction of rings.
        for wkt in ["POLYGON((0 0,0 4,4 4,4 0,0 0))", "POLYGON((0 0,4 0,4 4,0 4,0 0),(0 0,1 2,2 1,0 0))", "POINT(1 2)"]
        {
            assert_eq!(shape(wkt).defect, None, "{wkt}");
        }
    }

    #[test]
    fn a_place_that_is_no_number_is_none() {
        let defect = read_defect("Invalid Coordinate at or near point nan 3");
        assert_eq!((defect.kind.as_str(), defect.at), ("Invalid Coordinate", None));
        let thrown = read_defect("IllegalArgumentException: Points of LinearRing do not form a closed linestring");
        assert_eq!(thrown.kind, "Points of LinearRing do not form a closed linestring");
    }

    #[test]
    fn what_is_empty_has_a_kind_and_no_place() {
        let empty = shape("MULTIPOLYGON EMPTY");
        assert_eq!((empty.kind, empty.empty, empty.parts, empty.at), (ShapeKind::Polygon, true, 0, None));
        assert_eq!(Measure::default().shape(None), FeatureShape::missing());
        assert!(shape("POINT EMPTY").is_nowhere());
    }
}
