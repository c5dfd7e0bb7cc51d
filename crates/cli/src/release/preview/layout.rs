//! Where map and legend stand in a picture: the legend on the right or below, whichever leaves more of both.

use mutirao_core::grid::Grid;

use super::{PERIOD, TITLE};
use crate::draw::{Area, Entry, Fonts, ROW, column_width};

/// What stands in the legend where no class does.
pub const NONE: &str = "no class in this period";

/// Pixels on a side of a picture, at most.
const SIDE: u32 = 1024;
/// White around everything.
pub const MARGIN: u32 = 28;
/// Between map and legend.
const GAP: u32 = 24;
/// A picture is at least as wide, for its title.
const NARROWEST: u32 = 480;

/// A picture's parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The map.
    pub map: Area,
    /// The legend.
    pub legend: Area,
    /// Columns of the legend.
    pub columns: u32,
    /// Lines of each.
    pub rows: u32,
}

/// The best layout for a grid and the entries of its legend.
pub fn layout(grid: &Grid, entries: &[Entry], fonts: &Fonts) -> Layout {
    let lines = (entries.len() as u32).max(1);
    let column = column_width(entries, NONE, fonts);
    let room = SIDE - 2 * MARGIN;
    let most = (room / column).max(1);
    let right = (1..=most.min(3)).map(|columns| beside(grid, lines, columns, column));
    let below = (1..=most).map(|columns| under(grid, lines, columns, column));
    let score = |layout: &Layout| {
        let shown = (layout.columns * layout.rows).min(lines);
        // All of a legend counts as much as a map of twice the size.
        u64::from(layout.map.width) * u64::from(layout.map.height) * u64::from(lines + shown) / u64::from(lines)
    };
    let candidates = right.flatten().chain(below.flatten());
    candidates.max_by_key(score).unwrap_or_else(|| bare(grid))
}

fn top() -> u32 {
    MARGIN + TITLE.line() + PERIOD.line() + 14
}

/// The legend on the right of the map; none where the map would have no room.
fn beside(grid: &Grid, lines: u32, columns: u32, column: u32) -> Option<Layout> {
    let wide = columns * column;
    let room = [(SIDE - 2 * MARGIN).checked_sub(wide + GAP).filter(|room| *room >= 200)?, SIDE - top() - MARGIN];
    let [width, height] = fitted(grid, room);
    let rows = lines.div_ceil(columns).min(room[1] / ROW);
    let map = Area { left: MARGIN, top: top(), width, height };
    let legend = Area { left: MARGIN + width + GAP, top: top(), width: wide, height: rows * ROW };
    Some(Layout {
        width: (legend.left + wide + MARGIN).max(NARROWEST),
        height: top() + height.max(legend.height) + MARGIN,
        map,
        legend,
        columns,
        rows,
    })
}

/// The legend below the map, of which it takes no more than two fifths of the height.
fn under(grid: &Grid, lines: u32, columns: u32, column: u32) -> Option<Layout> {
    let tall = SIDE - top() - MARGIN;
    let rows = lines.div_ceil(columns).min(2 * tall / 5 / ROW);
    let [width, height] = fitted(grid, [SIDE - 2 * MARGIN, tall.checked_sub(rows * ROW + GAP)?]);
    let legend = Area { left: MARGIN, top: top() + height + GAP, width: columns * column, height: rows * ROW };
    Some(Layout {
        width: (2 * MARGIN + width.max(legend.width)).max(NARROWEST),
        height: legend.top + legend.height + MARGIN,
        map: Area { left: MARGIN, top: top(), width, height },
        legend,
        columns,
        rows,
    })
}

/// A map alone.
fn bare(grid: &Grid) -> Layout {
    let [width, height] = fitted(grid, [SIDE - 2 * MARGIN, SIDE - top() - MARGIN]);
    let map = Area { left: MARGIN, top: top(), width, height };
    let legend = Area { left: MARGIN, top: top() + height, width: 0, height: 0 };
    Layout { width: SIDE, height: top() + height + MARGIN, map, legend, columns: 0, rows: 0 }
}

/// Columns and rows of the largest map that fits, in the proportions of the grid on its plane.
fn fitted(grid: &Grid, [width, height]: [u32; 2]) -> [u32; 2] {
    let [x, y] = [0, 1].map(|axis| f64::from(grid.size[axis]) * grid.resolution[axis]);
    let scale = (f64::from(width) / x).min(f64::from(height) / y);
    [((x * scale).round() as u32).clamp(1, width), ((y * scale).round() as u32).clamp(1, height)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(count: u16, name: &str) -> Vec<Entry> {
        (0..count).map(|id| Entry { id: id.to_string(), name: format!("{name} {id}"), color: [0; 3] }).collect()
    }

    #[test]
    fn every_picture_fits_whatever_the_map_and_the_legend() {
        let fonts = Fonts::new();
        for size in [[1, 1], [4, 2], [1200, 900], [900, 1200], [1 << 31, 3], [3, 1 << 31], [150_000, 158_459]] {
            let grid = Grid { crs: String::new(), origin: [0.0; 2], resolution: [30.0, 30.0], size };
            for count in [0, 1, 12, 60, 200] {
                for name in ["A", "Formação campestre muito longa e mais longa ainda do que antes"] {
                    let layout = layout(&grid, &entries(count, name), &fonts);
                    assert!(layout.width <= SIDE && layout.height <= SIDE, "{size:?} {count} {layout:?}");
                    for area in [layout.map, layout.legend] {
                        assert!(area.left + area.width <= layout.width - MARGIN, "{size:?} {count} {layout:?}");
                        assert!(area.top + area.height <= layout.height - MARGIN, "{size:?} {count} {layout:?}");
                    }
                    let shown = layout.columns * layout.rows;
                    assert!(shown >= u32::from(count).min(12), "{size:?} {count} {layout:?}");
                }
            }
        }
    }
}
