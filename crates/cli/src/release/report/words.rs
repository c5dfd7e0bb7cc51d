//! Numbers, classes and addresses as they are shown.

use mutirao_core::pipeline::Pipeline;

pub use crate::show::table::hectares;

/// A no-break space, so that a unit stays with its number.
const SPACE: char = '\u{a0}';

/// A change of hectares, with its sign.
pub fn change(area: f64) -> String {
    let sign = if area < 0.0 { "−" } else { "+" };
    if area == 0.0 { "0".to_owned() } else { format!("{sign}{}", hectares(area.abs())) }
}

/// A part of a whole in percent.
pub fn percent(part: f64, whole: f64) -> String {
    let share = if whole > 0.0 { 100.0 * part / whole } else { 0.0 };
    match share {
        0.0 => format!("0{SPACE}%"),
        tiny if tiny < 0.05 => format!("<{SPACE}0.1{SPACE}%"),
        share => format!("{share:.1}{SPACE}%"),
    }
}

/// A class as it is shown: swatch and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassName {
    /// `#rrggbb`; white for nothing.
    pub color: String,
    /// Its name, or `nothing`.
    pub name: String,
    /// Its code.
    pub code: u16,
}

/// A class of the legend; none is nothing.
pub fn class_name(pipeline: &Pipeline, class: Option<u16>) -> ClassName {
    let known = class.and_then(|id| pipeline.legend.get(id));
    ClassName {
        color: known.map_or("#ffffff".to_owned(), |class| color(class.color)),
        name: match (known, class) {
            (Some(class), _) => class.name.clone(),
            (None, Some(id)) => format!("class {id}"),
            (None, None) => "nothing".to_owned(),
        },
        code: class.unwrap_or(pipeline.outputs.nodata),
    }
}

/// `#rrggbb`.
pub fn color([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// An address that may be followed: others, such as scripts, are shown as text.
pub fn web(address: &str) -> Option<&str> {
    let is_web = ["https://", "http://"].iter().any(|start| address.starts_with(start));
    (is_web && !address.contains(|c: char| c.is_whitespace() || c.is_control())).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_never_reads_as_nothing() {
        assert_eq!(hectares(0.004), "0.00");
        assert_eq!(hectares(0.09), "0.09");
        assert_eq!(hectares(34_317.6), "34,318");
        assert_eq!(percent(1.0, 1e6), "<\u{a0}0.1\u{a0}%");
        assert_eq!(percent(0.0, 0.0), "0\u{a0}%");
        assert_eq!(change(-1_250.4), "−1,250");
    }

    #[test]
    fn only_the_web_is_followed() {
        assert_eq!(web("https://mata.example/a?b=c"), Some("https://mata.example/a?b=c"));
        assert_eq!(web("javascript:alert(1)"), None);
        assert_eq!(web("https://a b"), None);
    }
}
