//! Text: Noto Sans (SIL Open Font Licence 1.1), which has the letters of Latin, Greek and Cyrillic with all their accents. A letter
//! that it lacks is an empty box.

use ab_glyph::{Font, FontRef, PxScale, ScaleFont};

use super::canvas::Canvas;

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Whether it is bold.
    pub bold: bool,
    /// Its size, as on the web: pixels of the square that a letter is drawn in.
    pub size: f32,
}

impl Style {
    /// Pixels from line to line.
    pub fn line(self) -> u32 {
        (self.size * 1.4).ceil() as u32
    }
}

/// The fonts.
pub struct Fonts {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Fonts {
    /// Those that are part of the program.
    pub fn new() -> Self {
        let font = |bytes| FontRef::try_from_slice(bytes).expect("the program's own fonts are fonts");
        Fonts { regular: font(notosans::REGULAR_TTF), bold: font(notosans::BOLD_TTF) }
    }

    fn scaled(&self, style: Style) -> ab_glyph::PxScaleFont<&FontRef<'static>> {
        let font = if style.bold { &self.bold } else { &self.regular };
        // The font's scale is the height from its lowest to its highest letter.
        let units = font.units_per_em().unwrap_or(1000.0);
        font.as_scaled(PxScale::from(style.size * font.height_unscaled() / units))
    }

    /// Pixels from the beginning to the end of a text.
    pub fn width(&self, text: &str, style: Style) -> f32 {
        let font = self.scaled(style);
        letters(text).map(|letter| font.h_advance(font.glyph_id(letter))).sum()
    }

    /// As much of a text as there is room for, with dots for the rest.
    pub fn fitted(&self, text: &str, style: Style, room: f32) -> String {
        let text: String = letters(text.trim()).collect();
        if self.width(&text, style) <= room {
            return text;
        }
        let font = self.scaled(style);
        let mut left = room - self.width("…", style);
        let fits = |letter: &char| {
            left -= font.h_advance(font.glyph_id(*letter));
            left >= 0.0
        };
        let begun: String = text.chars().take_while(fits).collect();
        format!("{}…", begun.trim_end())
    }

    /// Draws a text with its upper left corner at `[x, y]`.
    pub fn draw(&self, canvas: &mut Canvas, text: &str, style: Style, [x, y]: [u32; 2], colour: [u8; 3]) {
        let font = self.scaled(style);
        let mut at = x as f32;
        let base = y as f32 + font.ascent().round();
        for letter in letters(text) {
            let id = font.glyph_id(letter);
            let glyph = id.with_scale_and_position(font.scale(), ab_glyph::point(at, base));
            at += font.h_advance(id);
            let Some(outline) = font.outline_glyph(glyph) else { continue };
            let bounds = outline.px_bounds();
            outline.draw(|dx, dy, share| {
                let (x, y) = (bounds.min.x + dx as f32, bounds.min.y + dy as f32);
                if x >= 0.0 && y >= 0.0 {
                    canvas.mix(x as u32, y as u32, colour, share);
                }
            });
        }
    }
}

/// The letters of a text on one line.
fn letters(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { bold: false, size: 14.0 };

    #[test]
    fn accents_are_there() {
        let fonts = Fonts::new();
        for letter in "AmapáÁguaçãõêéíóúüñøßŁżčğŠΩЖ—…·".chars() {
            assert_ne!(fonts.regular.glyph_id(letter).0, 0, "{letter}");
            assert_ne!(fonts.bold.glyph_id(letter).0, 0, "{letter}");
        }
    }

    #[test]
    fn long_texts_end_in_dots() {
        let fonts = Fonts::new();
        assert_eq!(fonts.fitted("Água", PLAIN, 100.0), "Água");
        let fitted = fonts.fitted("Formação campestre e savânica\nmuito longa", PLAIN, 100.0);
        assert!(fitted.starts_with("Formação") && fitted.ends_with('…'), "{fitted}");
        assert!(fonts.width(&fitted, PLAIN) <= 100.0);
        assert_eq!(fonts.fitted("Água", PLAIN, 0.0), "…");
    }
}
