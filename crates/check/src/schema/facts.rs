//! The part of the schema about what was seen of a delivery, and what follows from it.

use serde_json::{Value, json};

use super::{count, list, numbers, object, of, text};

/// The definitions, by name.
pub fn definitions() -> Value {
    json!({
        "facts": facts(),
        "file": file(),
        "layer": layer(),
        "crs": crs(),
        "period": period(),
        "rehearsal": rehearsal(),
    })
}

fn facts() -> Value {
    object(
        "What was seen of the delivery, and what follows from it.",
        json!({ "files": list("file") }),
        json!({
            "layers": list("layer"),
            "periods": list("period"),
            "area_pixels": { "description": "Pixels of the responsible area on the delivery's grid.", "type": "integer", "minimum": 0 },
            "due": { "description": "What is due at the instant of judgement.", "type": "array", "items": of("due") },
            "rehearsal": of("rehearsal"),
        }),
    )
}

fn file() -> Value {
    let sizes = |about: &str| json!({ "description": about, "allOf": [numbers("integer", 2)] });
    object(
        "A raster, as it says itself.",
        json!({
            "path": text(),
            "format": text(),
            "size": sizes("Columns and rows."),
            "bands": count(0),
            "dtype": text(),
            "mask": { "type": "boolean" },
            "band_descriptions": { "type": "array", "items": { "type": ["string", "null"] } },
            "block": sizes("Columns and rows of a block."),
            "overviews": count(0),
            "is_cog": { "type": "boolean" },
        }),
        json!({
            "periods": { "description": "Those that it speaks for.", "type": "array", "items": text() },
            "nodata": { "description": "As it is written.", "type": "string" },
            "transform": { "description": "From pixel to map, in GDAL's order.", "allOf": [numbers("number", 6)] },
            "compression": text(),
            "licence": text(),
        }),
    )
}

fn layer() -> Value {
    let field = object(
        "An attribute.",
        json!({
            "name": text(),
            "kind": { "enum": ["integer", "number", "text", "boolean", "date", "timestamp", "other"] },
        }),
        json!({}),
    );
    object(
        "A layer of a vector, or a table.",
        json!({
            "path": text(),
            "driver": text(),
            "layer": text(),
            "layers": { "type": "array", "items": text() },
            "features": count(0),
            "spatial": { "type": "boolean" },
            "crs": { "anyOf": [of("crs"), { "type": "null" }] },
            "bounds": { "description": "West, south, east, north.", "anyOf": [numbers("number", 4), { "type": "null" }] },
            "fields": { "type": "array", "items": field },
            "notes": { "type": "array", "items": text() },
        }),
        json!({}),
    )
}

/// A CRS in all its forms; PROJJSON has a schema of its own.
fn crs() -> Value {
    let number = json!({ "type": "number" });
    let maybe = json!({ "type": ["string", "null"] });
    let keys = object(
        "How a GeoTIFF states it.",
        json!({
            "directory": { "type": "array", "items": count(0) },
            "doubles": { "type": "array", "items": number },
            "ascii": text(),
        }),
        json!({}),
    );
    let ellipsoid =
        object("The ellipsoid.", json!({ "semi_major_m": number, "inverse_flattening": number }), json!({}));
    let plane = object(
        "One of a plane map.",
        json!({
            "name": text(),
            "authority": maybe,
            "wkt": text(),
            "wkt1_gdal": maybe,
            "projjson": { "type": "object" },
            "geo_keys": keys,
            "geographic": { "type": "boolean" },
            "unit_name": text(),
            "unit_to_metre_or_degree": number,
            "ellipsoid": ellipsoid,
            "prime_meridian_deg": number,
        }),
        json!({}),
    );
    let other = object("One that no map can have.", json!({ "name": text(), "why": text() }), json!({}));
    json!({
        "description": "What a file states of its CRS.",
        "oneOf": [
            object("Of a plane map.", json!({ "plane": plane }), json!({})),
            object("Another.", json!({ "other": other }), json!({})),
        ],
    })
}

fn period() -> Value {
    object(
        "What a period holds.",
        json!({
            "period": text(),
            "pixels": { "description": "Pixels that speak.", "type": "integer", "minimum": 0 },
            "classes": {
                "description": "Pixels of each class, after the crosswalk.",
                "type": "object",
                "patternProperties": { "^[0-9]+$": count(1) },
                "additionalProperties": false,
            },
        }),
        json!({ "unknown": { "description": "Pixels of codes on no line of the crosswalk.", "type": "integer", "minimum": 1 } }),
    )
}

fn rehearsal() -> Value {
    let area = json!({ "type": "number", "minimum": 0 });
    let class = json!({ "description": "A class; null is nothing.", "type": ["integer", "null"] });
    let changed = object(
        "A period.",
        json!({ "period": text(), "pixels": count(0), "changed": count(0), "changed_ha": area }),
        json!({}),
    );
    let turned = object(
        "What would become of a class.",
        json!({ "period": text(), "from": class, "to": class, "pixels": count(1), "area_ha": area }),
        json!({}),
    );
    let territory = object(
        "What would change in a territory.",
        json!({
            "period": text(),
            "kind": text(),
            "territory": text(),
            "name": text(),
            "changed": count(1),
            "changed_ha": area,
            "pixels": count(1),
        }),
        json!({}),
    );
    let uncounted =
        object("A kind of territories that is not counted.", json!({ "kind": text(), "because": text() }), json!({}));
    object(
        "How the network's coverage would change.",
        json!({
            "layer": text(),
            "replaces": { "description": "Whether the layer speaks in the coverage already.", "type": "boolean" },
            "periods": { "type": "array", "items": changed },
            "classes": { "type": "array", "items": turned },
            "territories": { "type": "array", "items": territory },
        }),
        json!({ "uncounted": { "type": "array", "items": uncounted } }),
    )
}
