//! How long a unit of the axes of a CRS is on the ground.

use serde_json::Value;

use crate::{door::CrsFacts, ellipsoid::Ellipsoid};

/// Nearer to a pole than this, in degrees of latitude, a degree of longitude is as long as here.
const HIGHEST_DEG: f64 = 89.9;

/// The unit of both axes of a plane CRS.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AxisUnit {
    /// Of a projected CRS: so many metres.
    Metres(f64),
    /// Of a geographic CRS: so many degrees, on an ellipsoid.
    Degrees(f64, Ellipsoid),
}

impl AxisUnit {
    /// As the door tells it.
    pub fn of_facts(crs: &CrsFacts) -> AxisUnit {
        let unit = crs.unit_to_metre_or_degree;
        if crs.geographic { AxisUnit::Degrees(unit, crs.ellipsoid) } else { AxisUnit::Metres(unit) }
    }

    /// As a CRS in PROJJSON says it; none where it is neither projected nor geographic, or says it in another way.
    ///
    /// ```
    /// use mutirao_core::axis_unit::AxisUnit;
    /// let crs = serde_json::json!({"type": "ProjectedCRS", "coordinate_system": {"axis": [{"unit": "metre"}, {"unit": "metre"}]}});
    /// assert_eq!(AxisUnit::of_projjson(&crs), Some(AxisUnit::Metres(1.0)));
    /// ```
    pub fn of_projjson(crs: &Value) -> Option<AxisUnit> {
        let axes = crs.pointer("/coordinate_system/axis")?.as_array()?;
        let [x, y] = [unit(axes.first()?)?, unit(axes.get(1)?)?];
        let is_plane = axes.len() == 2 && x == y;
        match (crs.get("type")?.as_str()?, x) {
            ("ProjectedCRS", Unit::Metres(metres)) if is_plane => Some(AxisUnit::Metres(metres)),
            ("GeographicCRS", Unit::Degrees(degrees)) if is_plane => {
                let datum = crs.get("datum").or_else(|| crs.get("datum_ensemble"))?;
                Some(AxisUnit::Degrees(degrees, ellipsoid(datum.get("ellipsoid")?)?))
            }
            _ => None,
        }
    }

    /// Metres of a unit of x and of one of y, at a y of the CRS.
    pub fn metres_at(&self, y: f64) -> [f64; 2] {
        match self {
            AxisUnit::Metres(metres) => [*metres; 2],
            AxisUnit::Degrees(degrees, ellipsoid) => {
                let latitude = (y * degrees).clamp(-HIGHEST_DEG, HIGHEST_DEG);
                ellipsoid.degree_m(latitude).map(|degree_m| degree_m * degrees)
            }
        }
    }
}

/// The unit of an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Unit {
    Metres(f64),
    Degrees(f64),
}

fn unit(axis: &Value) -> Option<Unit> {
    let unit = axis.get("unit")?;
    if let Some(name) = unit.as_str() {
        return match name {
            "metre" => Some(Unit::Metres(1.0)),
            "degree" => Some(Unit::Degrees(1.0)),
            _ => None,
        };
    }
    let factor = unit.get("conversion_factor")?.as_f64().filter(|factor| *factor > 0.0)?;
    match unit.get("type")?.as_str()? {
        "LinearUnit" => Some(Unit::Metres(factor)),
        "AngularUnit" => Some(Unit::Degrees(factor.to_degrees())),
        _ => None,
    }
}

fn ellipsoid(told: &Value) -> Option<Ellipsoid> {
    let number = |key: &str| told.get(key).and_then(Value::as_f64);
    if let Some(radius) = number("radius") {
        return Some(Ellipsoid { semi_major_m: radius, inverse_flattening: 0.0 });
    }
    let semi_major_m = number("semi_major_axis")?;
    let by_minor = |minor: f64| if minor == semi_major_m { 0.0 } else { semi_major_m / (semi_major_m - minor) };
    let inverse_flattening = number("inverse_flattening").or_else(|| number("semi_minor_axis").map(by_minor))?;
    Some(Ellipsoid { semi_major_m, inverse_flattening })
}
