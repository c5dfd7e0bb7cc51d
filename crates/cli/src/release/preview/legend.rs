//! The legend of a picture: the classes that stand in it, the largest first.

use std::collections::BTreeMap;

use super::layout::{Layout, NONE};
use crate::{
    draw::{Area, Canvas, Entry, Fonts, GREY, INDENT, NAME, ROW, draw_entry},
    release::Content,
};

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
    let entry = |id: u16| {
        legend.get(id).map(|class| Entry { id: id.to_string(), name: class.name.clone(), color: class.color })
    };
    ids.into_iter().filter_map(entry).collect()
}

/// Draws the legend where the layout has it, column by column.
pub fn draw_legend(canvas: &mut Canvas, fonts: &Fonts, layout: &Layout, entries: &[Entry]) {
    let Area { left, top, width, .. } = layout.legend;
    if entries.is_empty() {
        fonts.draw(canvas, NONE, NAME, [left, top], GREY);
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
        fonts.draw(canvas, &format!("and {} more", entries.len() - shown), NAME, [x + INDENT, y], GREY);
    }
}
