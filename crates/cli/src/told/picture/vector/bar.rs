//! How long something on a map is: a bar, and words.

use mutirao_core::door::StatedCrs;

use crate::{
    draw::{Area, BLACK, Canvas, Fonts, Style},
    told::picture::page::TEXT,
};

/// Pixels from the map's corner to the bar.
const INSET: u32 = 12;
/// Pixels of its height.
const HEIGHT: u32 = 4;
/// It takes this part of the map at most.
const PART: f64 = 0.25;
const WHITE: [u8; 3] = [255, 255, 255];
const LABEL: Style = Style { bold: true, ..TEXT };

/// A bar of a round length.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaleBar {
    /// Pixels.
    width: u32,
    label: String,
}

impl ScaleBar {
    /// The longest that fits a map which is so many units of its CRS, and so many pixels, across.
    pub fn new(across: f64, pixels: u32, crs: Option<&StatedCrs>) -> ScaleBar {
        let most = across * PART;
        let power = most.log10().floor();
        let round = [5.0, 2.0, 1.0].map(|times| times * 10f64.powf(power)).into_iter().find(|length| *length <= most);
        let length = round.unwrap_or(most);
        ScaleBar { width: (length / across * f64::from(pixels)).round() as u32, label: length_in_words(length, crs) }
    }

    /// Draws it into the lower left corner of a map.
    pub fn draw(&self, canvas: &mut Canvas, area: &Area, fonts: &Fonts) {
        let line = LABEL.line();
        let text = fonts.width(&self.label, LABEL).ceil() as u32;
        let (left, bottom) = (area.left + INSET, area.top + area.height.saturating_sub(INSET));
        let top = bottom.saturating_sub(HEIGHT + line);
        let ground = Area { left: left - 4, top, width: self.width.max(text) + 8, height: HEIGHT + line + 4 };
        canvas.fill(&ground, WHITE);
        fonts.draw(canvas, &self.label, LABEL, [left, top], BLACK);
        canvas.fill(&Area { left, top: bottom - HEIGHT, width: self.width, height: HEIGHT }, BLACK);
    }
}

/// A length with the unit of a CRS, to three figures: `250 m`, `1.26 km`, `0.0123°`.
pub fn length_in_words(length: f64, crs: Option<&StatedCrs>) -> String {
    let Some(StatedCrs::Plane(facts)) = crs else { return format!("{} units", figures(length)) };
    // Files call a metre by many names.
    match (facts.unit_to_metre_or_degree == 1.0, facts.geographic) {
        (true, true) => format!("{}°", figures(length)),
        (true, false) if length >= 999.5 => format!("{} km", figures(length / 1000.0)),
        (true, false) => format!("{} m", figures(length)),
        (false, _) => format!("{} {}", figures(length), facts.unit_name),
    }
}

/// A number to three figures.
fn figures(number: f64) -> String {
    let text = decimals(number, number);
    let is_fraction = text.contains('.');
    if is_fraction { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A number as finely as a thousandth of a length needs it; very large and very small ones with a power of ten.
pub fn decimals(number: f64, length: f64) -> String {
    let places = 2.0 - length.abs().max(f64::MIN_POSITIVE).log10().floor();
    match places {
        ..-12.0 | 13.0.. => format!("{number:.2e}"),
        _ => format!("{number:.*}", places.max(0.0) as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_round() {
        let bar = |across: f64| ScaleBar::new(across, 512, None);
        assert_eq!(bar(1000.0), ScaleBar { width: 102, label: "200 units".into() });
        assert_eq!(bar(0.0441), ScaleBar { width: 116, label: "0.01 units".into() });
        assert_eq!(bar(4.0), ScaleBar { width: 128, label: "1 units".into() });
        for power in -300..300 {
            let bar = bar(3.7 * 10f64.powi(power));
            assert!((51..=128).contains(&bar.width) && bar.label.len() < 25, "{power}: {bar:?}");
        }
    }

    #[test]
    fn numbers_are_as_fine_as_the_map() {
        assert_eq!(decimals(74.123_456_789, 0.5), "74.123");
        assert_eq!(decimals(618_015.0, 1234.0), "618015");
        assert_eq!(figures(1234.0), "1234");
        assert_eq!(figures(0.012_34), "0.0123");
    }
}
