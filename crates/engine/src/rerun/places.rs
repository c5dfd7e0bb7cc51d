//! The tiles of a coverage in an order that never changes: sheet by sheet, row by row.

use mutirao_core::grid::Window;

use crate::sheet::{Sheet, Tile, sheets, tiles};

/// The tiles of a coverage.
#[derive(Debug)]
pub struct Places {
    windows: Vec<Window>,
    /// By sheet: the number of its first tile, and its tiles across.
    sheets: Vec<(usize, u32)>,
}

impl Places {
    /// Of a window that is cut into sheets and tiles of these sides.
    pub fn new(window: &Window, sheet: u32, tile: u32) -> Self {
        let mut places = Places { windows: Vec::new(), sheets: Vec::new() };
        for sheet in sheets(window, sheet) {
            places.sheets.push((places.windows.len(), sheet.window.width.div_ceil(tile)));
            places.windows.extend(row_by_row(&sheet, tile).iter().map(|tile| tile.window));
        }
        places
    }

    /// How many tiles there are.
    pub fn len(&self) -> usize {
        self.windows.len()
    }

    /// The pixels of a tile.
    pub fn window(&self, place: usize) -> Window {
        self.windows[place]
    }

    /// The place of a tile of a sheet.
    pub fn place(&self, sheet: usize, col: u32, row: u32) -> usize {
        let (first, across) = self.sheets[sheet];
        first + row as usize * across as usize + col as usize
    }
}

fn row_by_row(sheet: &Sheet, tile: u32) -> Vec<Tile> {
    tiles(sheet, tile, 1)
}
