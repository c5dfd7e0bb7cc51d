//! The `geo` metadata of GeoParquet 1.1.0, written and read.

use mutirao_core::geometry::Bounds;
use serde_json::{Map, Value, json};

use crate::error::GeoError;

/// The key of the file's metadata.
pub(crate) const KEY: &str = "geo";
/// The beginnings of the versions that are read. What is used here has not changed its meaning among them.
const VERSIONS: [&str; 3] = ["0.4.", "1.", "2.0"];

/// The metadata of a file with one column of multipolygons and one that covers it.
///
/// `crs` is PROJJSON, or null where it is not known. `bounds` are those of all geometries, `None` where there is none.
/// Orientation is left out: the rings are as their source had them.
pub(crate) fn metadata(geometry: &str, covering: &str, crs: &Value, bounds: Option<Bounds>) -> String {
    of_types(Map::from_iter([types("MultiPolygon")]), geometry, covering, crs, bounds)
}

/// The same of a column of single polygons, of which exteriors run counter-clockwise and holes clockwise.
pub(crate) fn polygons(geometry: &str, covering: &str, crs: &Value, bounds: Option<Bounds>) -> String {
    let orientation = ("orientation".into(), "counterclockwise".into());
    of_types(Map::from_iter([types("Polygon"), orientation]), geometry, covering, crs, bounds)
}

/// The same of a column of points.
pub(crate) fn points(geometry: &str, covering: &str, crs: &Value, bounds: Option<Bounds>) -> String {
    of_types(Map::from_iter([types("Point")]), geometry, covering, crs, bounds)
}

fn types(only: &str) -> (String, Value) {
    ("geometry_types".into(), json!([only]))
}

fn of_types(
    mut column: Map<String, Value>,
    geometry: &str,
    covering: &str,
    crs: &Value,
    bounds: Option<Bounds>,
) -> String {
    column.insert("encoding".into(), "WKB".into());
    column.insert("crs".into(), crs.clone());
    if let Some(b) = bounds {
        column.insert("bbox".into(), json!([b.xmin, b.ymin, b.xmax, b.ymax]));
    }
    let sides = ["xmin", "ymin", "xmax", "ymax"].map(|side| (side.to_string(), json!([covering, side])));
    column.insert("covering".into(), json!({ "bbox": Map::from_iter(sides) }));
    json!({ "version": "1.1.0", "primary_column": geometry, "columns": { geometry: column } }).to_string()
}

/// What the metadata of a file say of its primary column.
pub(crate) struct GeoColumn {
    /// Its name.
    pub(crate) name: String,
    /// Its CRS as PROJJSON; null where the file says that it is not known; `None` where the file does not say, which means
    /// [`crs84`].
    pub(crate) crs: Option<Value>,
    /// Columns that are no attributes: other geometries, and those that cover a geometry.
    pub(crate) aside: Vec<String>,
    /// How many columns of geometries there are.
    pub(crate) geometries: usize,
}

/// Reads the metadata. Refused is what would be read wrongly: encodings other than WKB, edges that are not planar,
/// versions unknown.
pub(crate) fn parse(text: &str) -> Result<GeoColumn, GeoError> {
    let geo: Value = serde_json::from_str(text).map_err(GeoError::Json)?;
    let version = string(&geo, "version")?;
    if !VERSIONS.iter().any(|known| version.starts_with(known)) {
        return Err(GeoError::Version { found: version.to_string() });
    }
    let name = string(&geo, "primary_column")?.to_string();
    let columns = geo.get("columns").and_then(Value::as_object);
    let columns = columns.ok_or(GeoError::Key { key: "columns", expected: "an object" })?;
    let column = columns.get(&name).ok_or_else(|| GeoError::PrimaryNotDescribed { column: name.clone() })?;
    let encoding = string(column, "encoding")?;
    if encoding != "WKB" {
        return Err(GeoError::Encoding { found: encoding.to_string() });
    }
    match column.get("edges").map(|edges| edges.as_str().unwrap_or_default()) {
        None | Some("planar") => {}
        Some(found) => return Err(GeoError::Edges { found: found.to_string() }),
    }
    let others = columns.keys().filter(|other| **other != name).cloned();
    let aside = others.chain(columns.values().filter_map(covering)).collect();
    Ok(GeoColumn { crs: crs(column)?, name, aside, geometries: columns.len() })
}

/// The CRS of a column: an object or null, or nothing.
fn crs(column: &Value) -> Result<Option<Value>, GeoError> {
    match column.get("crs") {
        None => Ok(None),
        Some(crs @ (Value::Null | Value::Object(_))) => Ok(Some(crs.clone())),
        Some(_) => Err(GeoError::Key { key: "crs", expected: "PROJJSON or null" }),
    }
}

/// The name of the column that covers a geometry column with boxes.
fn covering(column: &Value) -> Option<String> {
    column.pointer("/covering/bbox/xmin/0").and_then(Value::as_str).map(str::to_string)
}

fn string<'a>(object: &'a Value, key: &'static str) -> Result<&'a str, GeoError> {
    object.get(key).and_then(Value::as_str).ok_or(GeoError::Key { key, expected: "a text" })
}

/// The CRS of a file that names none: OGC:CRS84, as the standard writes it (GeoParquet 1.1.0, "crs").
pub(crate) fn crs84() -> Value {
    let axis = |name, abbreviation, direction| json!({ "name": name, "abbreviation": abbreviation, "direction": direction, "unit": "degree" });
    json!({
        "$schema": "https://proj.org/schemas/v0.7/projjson.schema.json",
        "type": "GeographicCRS",
        "name": "WGS 84 longitude-latitude",
        "datum": {
            "type": "GeodeticReferenceFrame",
            "name": "World Geodetic System 1984",
            "ellipsoid": {
                "name": "WGS 84",
                "semi_major_axis": 6_378_137,
                "inverse_flattening": 298.257_223_563
            }
        },
        "coordinate_system": {
            "subtype": "ellipsoidal",
            "axis": [
                axis("Geodetic longitude", "Lon", "east"),
                axis("Geodetic latitude", "Lat", "north")
            ]
        },
        "id": { "authority": "OGC", "code": "CRS84" }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let bounds = Bounds { xmin: -1.5, ymin: 0.0, xmax: 2.0, ymax: 1e7 };
        let column = parse(&metadata("shape", "box", &crs84(), Some(bounds))).unwrap();
        assert_eq!((column.name.as_str(), column.crs, column.aside), ("shape", Some(crs84()), vec!["box".to_string()]));
        let text = metadata("geometry", "bbox", &Value::Null, None);
        assert!(!text.contains("\"bbox\":["), "an empty file has no bounds");
        assert_eq!(parse(&text).unwrap().crs, Some(Value::Null));
    }

    #[test]
    fn a_missing_crs_is_not_a_null_crs() {
        let text =
            r#"{"version":"1.0.0","primary_column":"g","columns":{"g":{"encoding":"WKB"},"h":{"encoding":"x"}}}"#;
        let column = parse(text).unwrap();
        assert_eq!((column.crs, column.aside), (None, vec!["h".to_string()]));
    }

    #[test]
    fn what_would_be_read_wrongly_is_refused() {
        let with = |version: &str, column: &str| {
            parse(&format!(r#"{{"version":"{version}","primary_column":"g","columns":{{"g":{column}}}}}"#))
                .err()
                .unwrap()
        };
        assert!(matches!(parse("{,}").err().unwrap(), GeoError::Json(_)));
        assert!(matches!(parse("[]").err().unwrap(), GeoError::Key { key: "version", .. }));
        assert!(matches!(parse(&"[".repeat(100_000)).err().unwrap(), GeoError::Json(_)));
        assert!(matches!(with("99.0.0", "{}"), GeoError::Version { .. }));
        assert!(matches!(with("1.1.0", "{}"), GeoError::Key { key: "encoding", .. }));
        assert!(matches!(with("1.1.0", r#"{"encoding":"multipolygon"}"#), GeoError::Encoding { .. }));
        assert!(matches!(with("1.1.0", r#"{"encoding":"WKB","edges":"spherical"}"#), GeoError::Edges { .. }));
        assert!(matches!(with("1.1.0", r#"{"encoding":"WKB","edges":7}"#), GeoError::Edges { .. }));
        assert!(matches!(with("1.1.0", r#"{"encoding":"WKB","crs":"EPSG:4326"}"#), GeoError::Key { key: "crs", .. }));
        let other = r#"{"version":"1.1.0","primary_column":"g","columns":{"h":{}}}"#;
        assert!(matches!(parse(other).err().unwrap(), GeoError::PrimaryNotDescribed { .. }));
    }
}
