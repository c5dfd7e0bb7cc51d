//! The page that a finding is drawn on: what it says, the whole file, what is around the first place, and what the colours mean.

use mutirao_check::CheckFinding;

use crate::draw::{Area, BLACK, Canvas, Entry, FRAME, Fonts, GREY, ROW, Style, column_width, draw_entry};

/// Pixels on a side of a map, at most.
pub const MAP: u32 = 512;
/// White around everything.
const MARGIN: u32 = 28;
/// Between the two maps.
const GAP: u32 = 24;
/// The marks: what no legend uses, with white around it to be seen on any ground.
const MARK: [u8; 3] = [255, 0, 200];
const WHITE: [u8; 3] = [255, 255, 255];

const TITLE: Style = Style { bold: true, size: 20.0 };
/// Text around the maps.
pub const TEXT: Style = Style { bold: false, size: 14.0 };

/// A map on a page.
pub trait Map {
    /// Columns and rows.
    fn size(&self) -> [u32; 2];
    /// Draws it into an area of this size.
    fn draw(&self, canvas: &mut Canvas, area: &Area, fonts: &Fonts);
}

/// All that stands on a page.
pub struct Page<'a> {
    pub finding: &'a CheckFinding,
    pub period: &'a str,
    pub file: &'a str,
    /// How many places are marked.
    pub marked: usize,
    /// The whole, and a part of it.
    pub maps: [&'a dyn Map; 2],
    /// What stands below each, line by line.
    pub captions: [Vec<String>; 2],
    /// What the colours mean.
    pub entries: Vec<Entry>,
}

impl Page<'_> {
    /// Draws it.
    pub fn draw(&self, fonts: &Fonts) -> Canvas {
        let top = MARGIN + TITLE.line() + 2 * TEXT.line() + 10;
        let room = 2 * MAP + GAP;
        let column = column_width(&self.entries, "", fonts);
        let columns = (room / column).max(1);
        let below = top + self.maps.iter().map(|map| map.size()[1]).max().unwrap_or(0) + 6;
        let lines = self.captions.iter().map(Vec::len).max().unwrap_or(0) as u32;
        let legend = below + lines * TEXT.line() + 10;
        let rows = (self.entries.len() as u32).div_ceil(columns);
        let mut canvas = Canvas::white(room + 2 * MARGIN, legend + rows * ROW + MARGIN);
        self.head(&mut canvas, fonts, room as f32);
        for ((map, caption), left) in self.maps.iter().zip(&self.captions).zip([MARGIN, MARGIN + MAP + GAP]) {
            let [width, height] = map.size();
            let area = Area { left, top, width, height };
            canvas.frame(&area, FRAME);
            map.draw(&mut canvas, &area, fonts);
            for (line, at) in caption.iter().zip(0..) {
                let line = fonts.fitted(line, TEXT, MAP as f32);
                fonts.draw(&mut canvas, &line, TEXT, [left, below + at * TEXT.line()], GREY);
            }
        }
        for (entry, at) in self.entries.iter().zip(0..) {
            let place = [MARGIN + at % columns * column, legend + at / columns * ROW];
            draw_entry(&mut canvas, fonts, entry, place, column);
        }
        canvas
    }

    fn head(&self, canvas: &mut Canvas, fonts: &Fonts, room: f32) {
        let title = [&*self.finding.code, self.period].join("  ");
        fonts.draw(canvas, &fonts.fitted(&title, TITLE, room), TITLE, [MARGIN, MARGIN], BLACK);
        let message = fonts.fitted(&self.finding.message, TEXT, room);
        fonts.draw(canvas, &message, TEXT, [MARGIN, MARGIN + TITLE.line()], BLACK);
        let of = self.finding.count.filter(|count| *count > self.marked as u64);
        let of = of.map(|count| format!(" of {count}")).unwrap_or_default();
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(self.file);
        let marked = fonts.fitted(&format!("{name}: {}{of} marked", self.marked), TEXT, room);
        fonts.draw(canvas, &marked, TEXT, [MARGIN, MARGIN + TITLE.line() + TEXT.line()], GREY);
    }
}

/// Rings around places of a canvas. All of the white comes first, so that it hides no mark of a neighbour.
pub fn rings(canvas: &mut Canvas, places: &[[f64; 2]], radius: f64) {
    places.iter().for_each(|place| canvas.ring(*place, radius + 1.5, 5.0, WHITE));
    places.iter().for_each(|place| canvas.ring(*place, radius, 2.0, MARK));
}
