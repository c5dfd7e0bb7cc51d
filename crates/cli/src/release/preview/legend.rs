//! The legend of a picture: the classes that stand in it, the largest first.

use std::collections::BTreeMap;

use super::{
    BLACK, FRAME,
    canvas::{Area, Canvas},
    font::{Fonts, Style},
    layout::Layout,
};
use crate::release::Content;

/// Pixels from line to line.
pub const ROW: u32 = 23;
/// The side of a swatch of colour.
const SWATCH: u32 = 15;
/// From a swatch's left to its text.
const INDENT: u32 = 25;
/// Between columns.
const BETWEEN: u32 = 22;
/// No column is wider; longer names end in dots.
const WIDEST: u32 = 300;
/// Names, and ids in grey behind them.
const TEXT: Style = Style { bold: false, size: 14.0 };
/// What matters less.
pub const GREY: [u8; 3] = [120, 120, 120];

/// A class that stands in the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: u16,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub color: [u8; 3],
}

/// The classes of a period by their pixels, the most first; of equal ones the lower id.
pub fn entries(content: &Content<'_>, period: usize) -> Vec<Entry> {
    let mut pixels: BTreeMap<u16, u64> = BTreeMap::new();
    for sheet in &content.outcomes.sheets {
        for (class, count) in &sheet.contents[period].classes {
            *pixels.entry(*class).or_default() += count;
        }
    }
    let mut ids: Vec<u16> = pixels.keys().copied().collect();
    ids.sort_by_key(|id| std::cmp::Reverse(pixels[id]));
    let legend = &content.pipeline.legend;
    let entry = |id: u16| legend.get(id).map(|class| Entry { id, name: class.name.clone(), color: class.color });
    ids.into_iter().filter_map(entry).collect()
}

fn behind(entry: &Entry) -> String {
    format!(" {}", entry.id)
}

/// Pixels that a column of these entries takes.
pub fn column_width(entries: &[Entry], fonts: &Fonts) -> u32 {
    let width = |entry: &Entry| fonts.width(&format!("{}{}", entry.name.trim(), behind(entry)), TEXT).ceil() as u32;
    let widest = entries.iter().map(width).max().unwrap_or(0).max(fonts.width(NONE, TEXT).ceil() as u32);
    (INDENT + widest + BETWEEN).min(WIDEST)
}

/// What stands there where no class does.
const NONE: &str = "no class in this period";

/// Draws the legend where the layout has it, column by column.
pub fn draw_legend(canvas: &mut Canvas, fonts: &Fonts, layout: &Layout, entries: &[Entry]) {
    let Area { left, top, width, .. } = layout.legend;
    if entries.is_empty() {
        fonts.draw(canvas, NONE, TEXT, [left, top], GREY);
        return;
    }
    let slots = (layout.columns * layout.rows) as usize;
    let shown = if entries.len() <= slots { entries.len() } else { slots.saturating_sub(1) };
    let column = width / layout.columns.max(1);
    let place = |at: usize| {
        let (across, down) = (at as u32 / layout.rows.max(1), at as u32 % layout.rows.max(1));
        [left + across * column, top + down * ROW]
    };
    for (at, entry) in entries.iter().take(shown).enumerate() {
        draw_entry(canvas, fonts, entry, place(at), column);
    }
    if shown < entries.len() && slots > 0 {
        let [x, y] = place(shown);
        fonts.draw(canvas, &format!("and {} more", entries.len() - shown), TEXT, [x + INDENT, y], GREY);
    }
}

fn draw_entry(canvas: &mut Canvas, fonts: &Fonts, entry: &Entry, [x, y]: [u32; 2], column: u32) {
    let swatch = Area { left: x + 1, top: y + 3, width: SWATCH, height: SWATCH };
    canvas.frame(&swatch, FRAME);
    canvas.fill(&swatch, entry.color);
    let behind = behind(entry);
    let room = (column - INDENT - BETWEEN) as f32 + 1.0 - fonts.width(&behind, TEXT);
    let name = fonts.fitted(&entry.name, TEXT, room);
    fonts.draw(canvas, &name, TEXT, [x + INDENT, y], BLACK);
    let after = x + INDENT + fonts.width(&name, TEXT).ceil() as u32;
    fonts.draw(canvas, &behind, TEXT, [after, y], GREY);
}
