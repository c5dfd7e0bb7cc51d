//! Whether two CRSs are the same by definition, and if not, in what they differ.
#![allow(unsafe_code)]

use gdal::cpl::CslStringList;
use gdal::spatial_ref::{AxisMappingStrategy, SpatialRef};
use mutirao_core::door::{Refusal, RefusalCode, SameCrsFacts};
use serde_json::Value;

use crate::{messages, srs};

/// Compares definitions: names, axis order and hints for datum shifts aside.
pub fn compare(a: &SpatialRef, b: &SpatialRef) -> Result<SameCrsFacts, Refusal> {
    let (a_json, b_json) = (east_first(srs::projjson(a)?), east_first(srs::projjson(b)?));
    let same = equivalent(a, b)? || equivalent(&from_json(&a_json)?, &from_json(&b_json)?)?;
    let why = if same {
        format!("{} and {} have the same definition", srs::name(a), srs::name(b))
    } else {
        let difference = difference(&a_json, &b_json).unwrap_or_else(|| "their definitions differ".to_owned());
        format!("{} is not {}: {difference}", srs::name(a), srs::name(b))
    };
    Ok(SameCrsFacts { same, why })
}

fn equivalent(a: &SpatialRef, b: &SpatialRef) -> Result<bool, Refusal> {
    let mut options = CslStringList::new();
    for (key, value) in [
        ("CRITERION", "EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS"),
        ("IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING", "YES"),
        ("IGNORE_COORDINATE_EPOCH", "YES"),
    ] {
        options.set_name_value(key, value).map_err(|e| {
            messages::refusal(RefusalCode::DoorPanicked, format!("GDAL does not take {key}: {e}"), "please report it")
        })?;
    }
    // SAFETY: both handles and the list live as long as the call.
    Ok(unsafe { gdal_sys::OSRIsSameEx(a.to_c_hsrs(), b.to_c_hsrs(), options.as_ptr() as *const *const _) } == 1)
}

fn from_json(json: &Value) -> Result<SpatialRef, Refusal> {
    let mut srs = SpatialRef::from_definition(&json.to_string()).map_err(|_| {
        messages::refusal(RefusalCode::CrsNotUnderstood, "a CRS does not survive PROJJSON", "give the CRS as WKT")
    })?;
    srs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    Ok(srs)
}

/// The definition without hints for datum shifts, with the axis that runs east first.
fn east_first(mut json: Value) -> Value {
    if json["type"] == "BoundCRS" {
        json = json["source_crs"].take();
    }
    if let Some(axes) = json.pointer_mut("/coordinate_system/axis").and_then(Value::as_array_mut)
        && axes.len() == 2
        && axes[0]["direction"] == "north"
        && axes[1]["direction"] == "east"
    {
        axes.swap(0, 1);
    }
    json
}

/// The first difference that a person would name.
fn difference(a: &Value, b: &Value) -> Option<String> {
    if a["type"] != b["type"] {
        return Some(format!("one is a {}, the other a {}", kind(a), kind(b)));
    }
    let text = |json: &Value, path: &str| json.pointer(path).map(ToString::to_string);
    let projected = a["type"] == "ProjectedCRS";
    if projected && let Some(found) = conversion_difference(&a["conversion"], &b["conversion"]) {
        return Some(found);
    }
    let (base_a, base_b) = if projected { (&a["base_crs"], &b["base_crs"]) } else { (a, b) };
    let datum = |json: &Value| json.get("datum").or(json.get("datum_ensemble")).cloned().unwrap_or(Value::Null);
    let (datum_a, datum_b) = (datum(base_a), datum(base_b));
    if datum_a["name"] != datum_b["name"] {
        return Some(format!("the datums are {} and {}", datum_a["name"], datum_b["name"]));
    }
    if datum_a["ellipsoid"] != datum_b["ellipsoid"] {
        return Some(format!(
            "the ellipsoids are {} and {}",
            datum_a["ellipsoid"]["name"], datum_b["ellipsoid"]["name"]
        ));
    }
    let unit = "/coordinate_system/axis/0/unit";
    if text(a, unit) != text(b, unit) {
        return Some(format!("the units are {} and {}", a.pointer(unit)?, b.pointer(unit)?));
    }
    let direction = |json: &Value| {
        let axes = json.pointer("/coordinate_system/axis").and_then(Value::as_array);
        axes.map(|axes| axes.iter().map(|axis| axis["direction"].to_string()).collect::<Vec<_>>().join(", "))
    };
    (direction(a) != direction(b)).then(|| "the directions of the axes differ".to_owned())
}

fn conversion_difference(a: &Value, b: &Value) -> Option<String> {
    if a["method"]["name"] != b["method"]["name"] {
        return Some(format!("the projections are {} and {}", a["method"]["name"], b["method"]["name"]));
    }
    let parameters = |json: &Value| json["parameters"].as_array().cloned().unwrap_or_default();
    for one in parameters(a) {
        let other = parameters(b).into_iter().find(|other| other["name"] == one["name"])?;
        let (x, y) = (one["value"].as_f64(), other["value"].as_f64());
        if x != y || one["unit"] != other["unit"] {
            return Some(format!("{} is {} and {}", one["name"], quantity(&one), quantity(&other)));
        }
    }
    None
}

fn quantity(parameter: &Value) -> String {
    let unit = parameter["unit"].as_str().or(parameter["unit"]["name"].as_str()).unwrap_or_default();
    format!("{} {unit}", parameter["value"]).trim_end().to_owned()
}

fn kind(json: &Value) -> &str {
    match json["type"].as_str() {
        Some("ProjectedCRS") => "projected CRS",
        Some("GeographicCRS") => "geographic CRS",
        Some(other) => other,
        None => "CRS of no known kind",
    }
}
