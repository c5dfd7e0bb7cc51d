//! The page that a finding is drawn on: what it says, the whole file, the pixels around the first place, and the classes in them.

use std::collections::BTreeMap;

use mutirao_check::CheckFinding;
use mutirao_core::grid::Window;

use super::colours::Colours;
use crate::draw::{Area, BLACK, Canvas, Entry, FRAME, Fonts, GREY, ROW, Style, column_width, draw_entry};

/// Pixels on a side of the overview, and of the detail, at most.
pub const OVERVIEW: u32 = 512;
/// White around everything.
const MARGIN: u32 = 28;
/// Between the two maps.
const GAP: u32 = 24;
/// At most so many classes stand below.
const CLASSES: usize = 12;
/// The marks: what no legend uses, with white around it to be seen on any ground.
const MARK: [u8; 3] = [255, 0, 200];
const WHITE: [u8; 3] = [255, 255, 255];

const TITLE: Style = Style { bold: true, size: 20.0 };
const TEXT: Style = Style { bold: false, size: 14.0 };

/// A part of a file as it is shown.
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
    (OVERVIEW / window.width.max(window.height).max(1)).clamp(1, 32)
}

/// All that stands on a page.
pub struct Page<'a> {
    pub finding: &'a CheckFinding,
    pub period: &'a str,
    pub file: &'a str,
    /// Columns and rows of the file.
    pub size: [u32; 2],
    /// The places that are marked.
    pub pixels: Vec<[u32; 2]>,
    pub overview: View,
    pub detail: View,
    pub colours: Colours<'a>,
}

impl Page<'_> {
    /// Draws it.
    pub fn draw(&self, fonts: &Fonts) -> Canvas {
        let entries = self.entries();
        let top = MARGIN + TITLE.line() + 2 * TEXT.line() + 10;
        let room = 2 * OVERVIEW + GAP;
        let column = column_width(&entries, "", fonts);
        let columns = (room / column).max(1);
        let maps = self.overview.size[1].max(self.detail.size[1]);
        let legend = top + maps + TEXT.line() + 16;
        let rows = (entries.len() as u32).div_ceil(columns);
        let mut canvas = Canvas::white(room + 2 * MARGIN, legend + rows * ROW + MARGIN);
        self.head(&mut canvas, fonts, room as f32);
        let right = MARGIN + OVERVIEW + GAP;
        self.view(&mut canvas, &self.overview, [MARGIN, top], 9.0);
        self.view(&mut canvas, &self.detail, [right, top], f64::from(self.detail.scale) * 0.75 + 5.0);
        let below = top + maps + 6;
        let [width, height] = self.size;
        let whole = format!("the whole file: {width} columns, {height} rows");
        fonts.draw(&mut canvas, &whole, TEXT, [MARGIN, below], GREY);
        fonts.draw(&mut canvas, &self.part(), TEXT, [right, below], GREY);
        for (entry, at) in entries.iter().zip(0..) {
            draw_entry(
                &mut canvas,
                fonts,
                entry,
                [MARGIN + at % columns * column, legend + at / columns * ROW],
                column,
            );
        }
        canvas
    }

    fn head(&self, canvas: &mut Canvas, fonts: &Fonts, room: f32) {
        let title = [&*self.finding.code, self.period].join("  ");
        fonts.draw(canvas, &fonts.fitted(&title, TITLE, room), TITLE, [MARGIN, MARGIN], BLACK);
        let message = fonts.fitted(&self.finding.message, TEXT, room);
        fonts.draw(canvas, &message, TEXT, [MARGIN, MARGIN + TITLE.line()], BLACK);
        let of = self.finding.count.filter(|count| *count > self.pixels.len() as u64);
        let of = of.map(|count| format!(" of {count}")).unwrap_or_default();
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(self.file);
        let marked = format!("{name}: {}{of} marked", self.pixels.len());
        let marked = fonts.fitted(&marked, TEXT, room);
        fonts.draw(canvas, &marked, TEXT, [MARGIN, MARGIN + TITLE.line() + TEXT.line()], GREY);
    }

    /// What the detail shows.
    fn part(&self) -> String {
        let Window { col, row, width, height } = self.detail.window;
        let around =
            self.pixels.first().map(|[col, row]| format!(" around column {col}, row {row}")).unwrap_or_default();
        format!("columns {col} to {}, rows {row} to {}{around}", col + width - 1, row + height - 1)
    }

    /// A view with its upper left corner at `[left, top]`, and rings around the places in it.
    fn view(&self, canvas: &mut Canvas, view: &View, [left, top]: [u32; 2], radius: f64) {
        let [width, height] = view.size;
        canvas.frame(&Area { left, top, width, height }, FRAME);
        let across = width / view.scale;
        for at in 0..view.values.len() as u32 {
            self.square(canvas, view, [left, top], [at % across, at / across]);
        }
        let shown = &view.window;
        let inside = |[col, row]: &&[u32; 2]| {
            (shown.col..shown.col_end()).contains(col) && (shown.row..shown.row_end()).contains(row)
        };
        let places: Vec<[f64; 2]> =
            self.pixels.iter().filter(inside).map(|place| view.centre(place, [left, top])).collect();
        // All of the white first, so that it hides no mark of a neighbour; and no ring hides a marked pixel.
        places.iter().for_each(|place| canvas.ring(*place, radius + 1.5, 5.0, WHITE));
        places.iter().for_each(|place| canvas.ring(*place, radius, 2.0, MARK));
        if view.scale > 1 {
            for [col, row] in self.pixels.iter().filter(inside) {
                self.square(canvas, view, [left, top], [col - shown.col, row - shown.row]);
            }
        }
    }

    /// One value of a view, by its column and row there.
    fn square(&self, canvas: &mut Canvas, view: &View, [left, top]: [u32; 2], [x, y]: [u32; 2]) {
        let value = view.values[(y * (view.size[0] / view.scale) + x) as usize];
        let [left, top] = [left + x * view.scale, top + y * view.scale];
        canvas.fill(&Area { left, top, width: view.scale, height: view.scale }, self.colours.of(value));
    }

    /// The classes of the detail, the most frequent first.
    fn entries(&self) -> Vec<Entry> {
        let mut counts: BTreeMap<i32, u64> = BTreeMap::new();
        for value in self.detail.values.iter().flatten() {
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
        let shown = &self.detail.window;
        let at = |[col, row]: &[u32; 2]| {
            let (x, y) = (col.checked_sub(shown.col)?, row.checked_sub(shown.row)?);
            let inside = x < shown.width && y < shown.height;
            inside.then(|| self.detail.values[(y * shown.width + x) as usize])?
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
