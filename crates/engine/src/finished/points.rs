//! What a coverage holds at single pixels.

use std::collections::BTreeMap;

use mutirao_core::grid::Window;
use mutirao_mosaic::patches::NOTHING;

use super::layer::Layer;
use crate::error::Result;

/// Pixels on a side of what is read at once: the usual block.
const SIDE: u32 = 512;

/// The values of a layer at pixels `[col, row]`, in their order; none is nothing. Pixels that lie together are read together, so a
/// block is decoded once or a few times, however many of its pixels are asked for.
///
/// # Errors
/// As [`Layer::read`].
pub fn values_at(layer: &Layer<'_>, pixels: &[[u32; 2]]) -> Result<Vec<Option<u16>>> {
    let mut cells: BTreeMap<[u32; 2], Vec<usize>> = BTreeMap::new();
    for (at, [col, row]) in pixels.iter().enumerate() {
        cells.entry([row / SIDE, col / SIDE]).or_default().push(at);
    }
    let mut found = vec![None; pixels.len()];
    for places in cells.values() {
        let window = around(places.iter().map(|at| pixels[*at]));
        let mut values = vec![NOTHING; window.pixels()];
        layer.read(&window, &mut values)?;
        for at in places {
            let [col, row] = pixels[*at];
            let value = values[(row - window.row) as usize * window.width as usize + (col - window.col) as usize];
            found[*at] = (value != NOTHING).then_some(value as u16);
        }
    }
    Ok(found)
}

/// The smallest window that holds all pixels.
fn around(pixels: impl Iterator<Item = [u32; 2]>) -> Window {
    let start = [u32::MAX, u32::MAX, 0, 0];
    let [left, top, right, bottom] =
        pixels.fold(start, |[a, b, c, d], [col, row]| [a.min(col), b.min(row), c.max(col), d.max(row)]);
    Window { col: left, row: top, width: right - left + 1, height: bottom - top + 1 }
}
