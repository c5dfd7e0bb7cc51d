//! A line of a legend: a swatch of colour, the name of a class, and its id.

use super::{Area, BLACK, Canvas, FRAME, Fonts, GREY, Style};

/// Pixels from line to line.
pub const ROW: u32 = 23;
/// The side of a swatch of colour.
const SWATCH: u32 = 15;
/// From a swatch's left to its text.
pub const INDENT: u32 = 25;
/// Between columns.
const BETWEEN: u32 = 22;
/// No column is wider; longer names end in dots.
const WIDEST: u32 = 300;
/// Names, and ids in grey behind them.
pub const NAME: Style = Style { bold: false, size: 14.0 };

/// A class that stands in a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id, or another text that stands behind its name.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub color: [u8; 3],
}

fn behind(entry: &Entry) -> String {
    format!(" {}", entry.id)
}

/// Pixels that a column of these entries takes; `least` is a text that must have room in it too.
pub fn column_width(entries: &[Entry], least: &str, fonts: &Fonts) -> u32 {
    let width = |entry: &Entry| fonts.width(&format!("{}{}", entry.name.trim(), behind(entry)), NAME).ceil() as u32;
    let widest = entries.iter().map(width).max().unwrap_or(0).max(fonts.width(least, NAME).ceil() as u32);
    (INDENT + widest + BETWEEN).min(WIDEST)
}

/// Draws an entry with its upper left corner at `[x, y]`, in a column of this width.
pub fn draw_entry(canvas: &mut Canvas, fonts: &Fonts, entry: &Entry, [x, y]: [u32; 2], column: u32) {
    let swatch = Area { left: x + 1, top: y + 3, width: SWATCH, height: SWATCH };
    canvas.frame(&swatch, FRAME);
    canvas.fill(&swatch, entry.color);
    let behind = behind(entry);
    let room = column.saturating_sub(INDENT + BETWEEN) as f32 + 1.0 - fonts.width(&behind, NAME);
    let name = fonts.fitted(&entry.name, NAME, room);
    fonts.draw(canvas, &name, NAME, [x + INDENT, y], BLACK);
    let after = x + INDENT + fonts.width(&name, NAME).ceil() as u32;
    fonts.draw(canvas, &behind, NAME, [after, y], GREY);
}
