//! A part of a raster as it is shown: its values, enlarged or picked out, and rings around places.

use std::collections::BTreeMap;

use mutirao_core::grid::Window;

use super::colours::Colours;
use crate::{
    draw::{Area, Canvas, Entry, Fonts},
    told::picture::page::{MAP, Map, rings},
};

/// At most so many classes are told.
const CLASSES: usize = 12;

/// A part of a file.
#[derive(Clone)]
pub struct View {
    /// Its pixels of the file.
    pub window: Window,
    /// Its size in the picture.
    pub size: [u32; 2],
    /// Pixels of the picture on a side of each value.
    pub scale: u32,
    /// The values, `size / scale` of them, row by row.
    pub values: Vec<Option<i32>>,
}

/// How often the pixels of a detail are enlarged: as often as fits, within reason.
pub fn detail_scale(window: &Window) -> u32 {
    (MAP / window.width.max(window.height).max(1)).clamp(1, 32)
}

/// A view with its marks.
pub struct RasterMap<'a> {
    pub view: &'a View,
    /// The places that are marked.
    pub pixels: &'a [[u32; 2]],
    pub colours: &'a Colours<'a>,
    /// Of the rings.
    pub radius: f64,
}

impl Map for RasterMap<'_> {
    fn size(&self) -> [u32; 2] {
        self.view.size
    }

    fn draw(&self, canvas: &mut Canvas, area: &Area, _fonts: &Fonts) {
        let (view, corner) = (self.view, [area.left, area.top]);
        let across = view.size[0] / view.scale;
        for at in 0..view.values.len() as u32 {
            self.square(canvas, corner, [at % across, at / across]);
        }
        let shown = &view.window;
        let inside = |[col, row]: &&[u32; 2]| {
            (shown.col..shown.col_end()).contains(col) && (shown.row..shown.row_end()).contains(row)
        };
        let places: Vec<[f64; 2]> = self.pixels.iter().filter(inside).map(|place| view.centre(place, corner)).collect();
        rings(canvas, &places, self.radius);
        // No ring hides a marked pixel.
        if view.scale > 1 {
            for [col, row] in self.pixels.iter().filter(inside) {
                self.square(canvas, corner, [col - shown.col, row - shown.row]);
            }
        }
    }
}

impl RasterMap<'_> {
    /// One value of a view, by its column and row there.
    fn square(&self, canvas: &mut Canvas, [left, top]: [u32; 2], [x, y]: [u32; 2]) {
        let view = self.view;
        let value = view.values[(y * (view.size[0] / view.scale) + x) as usize];
        let [left, top] = [left + x * view.scale, top + y * view.scale];
        canvas.fill(&Area { left, top, width: view.scale, height: view.scale }, self.colours.of(value));
    }

    /// The classes of a detail, the most frequent first.
    pub fn entries(&self) -> Vec<Entry> {
        let mut counts: BTreeMap<i32, u64> = BTreeMap::new();
        for value in self.view.values.iter().flatten() {
            *counts.entry(*value).or_default() += 1;
        }
        // The values at the places themselves are there however rare they are.
        let marked = self.marked();
        let mut values: Vec<i32> = counts.keys().copied().collect();
        values.sort_by_key(|value| (!marked.contains(value), std::cmp::Reverse(counts[value])));
        let entry = |value: i32| Entry {
            id: value.to_string(),
            name: self.colours.name(value),
            color: self.colours.of(Some(value)),
        };
        values.into_iter().take(CLASSES).map(entry).collect()
    }

    fn marked(&self) -> Vec<i32> {
        let shown = &self.view.window;
        let at = |[col, row]: &[u32; 2]| {
            let (x, y) = (col.checked_sub(shown.col)?, row.checked_sub(shown.row)?);
            let inside = x < shown.width && y < shown.height;
            inside.then(|| self.view.values[(y * shown.width + x) as usize])?
        };
        self.pixels.iter().filter_map(at).collect()
    }
}

impl View {
    /// The centre of a pixel of the file, in the picture.
    fn centre(&self, [col, row]: &[u32; 2], [left, top]: [u32; 2]) -> [f64; 2] {
        let along = |at: u32, start: u32, length: u32, size: u32| {
            (f64::from(at - start) + 0.5) * f64::from(size) / f64::from(length)
        };
        let Window { col: first, row: upper, width, height } = self.window;
        [
            f64::from(left) + along(*col, first, width, self.size[0]),
            f64::from(top) + along(*row, upper, height, self.size[1]),
        ]
    }
}
