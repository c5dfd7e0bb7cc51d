//! Pictures: a canvas of pixels, text on it, and the lines of a legend.

mod canvas;
mod entry;
mod font;
mod shape;

pub use canvas::{Area, Canvas};
pub use entry::{Entry, INDENT, NAME, ROW, column_width, draw_entry};
pub use font::{Fonts, Style};
pub use shape::Pen;

/// Text.
pub const BLACK: [u8; 3] = [34, 34, 34];
/// What matters less.
pub const GREY: [u8; 3] = [120, 120, 120];
/// The frame of maps and swatches.
pub const FRAME: [u8; 3] = [200, 200, 200];
