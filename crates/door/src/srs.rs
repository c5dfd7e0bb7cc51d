//! CRSs: from text or GeoKeys, and into all the forms that outputs need.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_int};

use gdal::cpl::CslStringList;
use gdal::spatial_ref::{AxisMappingStrategy, SpatialRef};
use mutirao_core::door::{CrsFacts, CrsText, Refusal, RefusalCode};
use mutirao_core::ellipsoid::Ellipsoid;

use crate::{geokeys, messages};

const MEND: &str = "give an authority's code such as EPSG:31976, or WKT";

/// The CRS of a text or of GeoKeys, with x east and y north; geographic or projected in two dimensions, else refused.
pub fn parse(crs: &CrsText) -> Result<SpatialRef, Refusal> {
    messages::clear();
    let srs = match crs {
        CrsText::Text(text) => from_text(text)?,
        CrsText::GeoKeys(keys) => geokeys::to_srs(keys)?,
    };
    plane(srs)
}

fn from_text(text: &str) -> Result<SpatialRef, Refusal> {
    let text = text.trim();
    let code = text.split_once(':').is_some_and(|(authority, code)| is_word(authority) && code.split('+').all(is_word));
    let definition =
        ["GEOG", "PROJ", "BOUNDCRS", "COMPD", "LOCAL_CS", "ENGCRS", "GEODCRS", "VERT", "urn:ogc:def:crs:", "+", "{"];
    // Anything else OSRSetFromUserInput would take for a URL or the name of a file.
    if !code && !definition.iter().any(|start| text.starts_with(start)) {
        return Err(Refusal::new(RefusalCode::CrsNotUnderstood, format!("`{}` is no CRS", short(text)), MEND));
    }
    SpatialRef::from_definition(text).map_err(|_| {
        messages::refusal(RefusalCode::CrsNotUnderstood, format!("`{}` is not understood as a CRS", short(text)), MEND)
    })
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

fn short(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Refuses what is no CRS of a plane map, and sets the order of axes.
pub fn plane(mut srs: SpatialRef) -> Result<SpatialRef, Refusal> {
    let kind = if srs.is_compound() {
        "compound (with heights)"
    } else if srs.is_local() {
        "local, without a place on the earth"
    } else if srs.is_geocentric() {
        "geocentric"
    } else if srs.is_vertical() {
        "vertical"
    } else if srs.is_derived_geographic() {
        "derived geographic (such as a rotated pole)"
    } else if !srs.is_geographic() && !srs.is_projected() {
        "neither geographic nor projected"
    } else if srs.axes_count() != 2 {
        "three-dimensional"
    } else {
        srs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        return Ok(srs);
    };
    let message = format!("the CRS {} is {kind}; a map needs a geographic or projected one", name(&srs));
    Err(Refusal::new(RefusalCode::CrsUnsupported, message, "give the horizontal CRS with `crs:`"))
}

/// The CRS's name, or a word for none.
pub fn name(srs: &SpatialRef) -> String {
    srs.name().filter(|name| !name.is_empty()).unwrap_or_else(|| "unnamed".to_owned())
}

/// All about a CRS.
pub fn facts(srs: &SpatialRef) -> Result<CrsFacts, Refusal> {
    let geographic = srs.is_geographic();
    let (unit_name, unit) = if geographic {
        (srs.angular_units_name(), srs.angular_units().to_degrees())
    } else {
        (srs.linear_units_name(), srs.linear_units())
    };
    Ok(CrsFacts {
        name: name(srs),
        authority: srs.authority().ok(),
        wkt: wkt(srs, "WKT2_2019").ok_or_else(|| unsayable(srs, "WKT2"))?,
        wkt1_gdal: wkt(srs, "WKT1_GDAL"),
        projjson: projjson(srs)?,
        geo_keys: geokeys::of_srs(srs)?,
        geographic,
        unit_name: unit_name.unwrap_or_default(),
        // 0.01745329251994330 radians in the definitions is one degree.
        unit_to_metre_or_degree: if (unit - 1.0).abs() < 1e-12 { 1.0 } else { unit },
        ellipsoid: ellipsoid(srs)?,
        prime_meridian_deg: prime_meridian(srs),
    })
}

/// The ellipsoid of a CRS.
pub fn ellipsoid(srs: &SpatialRef) -> Result<Ellipsoid, Refusal> {
    let semi_major_m = srs.semi_major().map_err(|_| unsayable(srs, "an ellipsoid"))?;
    let mut error: c_int = 0;
    // SAFETY: the handle lives as long as `srs`, the pointer as long as the call.
    let inverse_flattening = unsafe { gdal_sys::OSRGetInvFlattening(srs.to_c_hsrs(), &mut error as *mut _ as *mut _) };
    Ok(Ellipsoid {
        semi_major_m,
        inverse_flattening: if inverse_flattening.is_finite() { inverse_flattening } else { 0.0 },
    })
}

fn prime_meridian(srs: &SpatialRef) -> f64 {
    // SAFETY: the name is not asked for (null is allowed); the handle lives as long as `srs`.
    unsafe { gdal_sys::OSRGetPrimeMeridian(srs.to_c_hsrs(), std::ptr::null_mut()) }
}

/// WKT on one line in one of GDAL's formats; none where the CRS has no such form.
pub fn wkt(srs: &SpatialRef, format: &str) -> Option<String> {
    let mut options = CslStringList::new();
    options.set_name_value("FORMAT", format).ok()?;
    options.set_name_value("MULTILINE", "NO").ok()?;
    let mut text: *mut c_char = std::ptr::null_mut();
    // SAFETY: GDAL allocates the text, which is copied and freed with its own function.
    unsafe {
        let code = gdal_sys::OSRExportToWktEx(srs.to_c_hsrs(), &mut text, options.as_ptr() as *const *const c_char);
        let copied = (!text.is_null()).then(|| CStr::from_ptr(text).to_string_lossy().into_owned());
        gdal_sys::VSIFree(text.cast());
        copied.filter(|wkt| code == gdal_sys::OGRErr::OGRERR_NONE && !wkt.is_empty())
    }
}

/// PROJJSON as a value.
pub fn projjson(srs: &SpatialRef) -> Result<serde_json::Value, Refusal> {
    let text = srs.to_projjson().map_err(|_| unsayable(srs, "PROJJSON"))?;
    serde_json::from_str(&text).map_err(|_| unsayable(srs, "PROJJSON"))
}

/// WKT2 as PROJ takes it.
pub fn wkt2_for_proj(srs: &SpatialRef) -> Result<CString, Refusal> {
    let text = wkt(srs, "WKT2_2019").and_then(|wkt| CString::new(wkt).ok());
    text.ok_or_else(|| unsayable(srs, "WKT2"))
}

fn unsayable(srs: &SpatialRef, form: &str) -> Refusal {
    messages::refusal(RefusalCode::CrsUnsupported, format!("the CRS {} has no {form}", name(srs)), MEND)
}
