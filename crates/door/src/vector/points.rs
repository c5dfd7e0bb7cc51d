//! Points out of whatever geometry holds one.

use gdal::vector::{Geometry, OGRwkbGeometryType, geometry_type_flatten, geometry_type_to_name};

/// The point of a point, or of a multipoint of one, `[x, y]`; heights are left out.
///
/// # Errors
/// What the geometry is instead.
pub fn point_of(geometry: &Geometry) -> Result<[f64; 2], String> {
    use OGRwkbGeometryType::{wkbMultiPoint, wkbPoint};
    let kind = geometry_type_flatten(geometry.geometry_type());
    if kind == wkbPoint {
        let (x, y, _) = geometry.get_point(0);
        return Ok([x, y]);
    }
    match (kind == wkbMultiPoint, geometry.geometry_count()) {
        (true, 1) => point_of(&geometry.get_geometry(0)),
        (true, count) => Err(format!("MultiPoint of {count}")),
        _ => Err(geometry_type_to_name(geometry.geometry_type())),
    }
}
