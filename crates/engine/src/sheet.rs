//! Sheets and tiles: how the grid is cut, and in which order it is done.

use mutirao_core::grid::Window;

use crate::plan::{Placement, Plan};

/// One sheet: a file of its own for every product and period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet {
    /// Column of sheets.
    pub col: u32,
    /// Row of sheets.
    pub row: u32,
    /// Its pixels of the grid.
    pub window: Window,
}

/// One tile of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// Column of tiles in the sheet.
    pub col: u32,
    /// Row of tiles in the sheet.
    pub row: u32,
    /// Its pixels of the grid.
    pub window: Window,
}

/// The sheets of a window of the grid, row by row.
pub fn sheets(window: &Window, side: u32) -> Vec<Sheet> {
    cut(window, side).map(|(col, row, window)| Sheet { col, row, window }).collect()
}

/// The tiles of a sheet in the order in which they are done: superblocks of `superblock` x `superblock` tiles, row by row, so that input
/// blocks larger than a tile are needed for a short time only.
pub fn tiles(sheet: &Sheet, tile: u32, superblock: u32) -> Vec<Tile> {
    let mut tiles: Vec<Tile> = cut(&sheet.window, tile).map(|(col, row, window)| Tile { col, row, window }).collect();
    tiles.sort_by_key(|tile| (tile.row / superblock, tile.col / superblock, tile.row, tile.col));
    tiles
}

fn cut(whole: &Window, side: u32) -> impl Iterator<Item = (u32, u32, Window)> + use<> {
    let whole = *whole;
    let [across, down] = [whole.width.div_ceil(side), whole.height.div_ceil(side)];
    (0..down).flat_map(move |row| (0..across).map(move |col| (col, row))).map(move |(col, row)| {
        let width = side.min(whole.width - col * side);
        let height = side.min(whole.height - row * side);
        (col, row, Window { col: whole.col + col * side, row: whole.row + row * side, width, height })
    })
}

/// Tiles on a side of a superblock: enough that the tallest input block of a tiled file fits, 8 at most.
pub fn superblock(plan: &Plan, tile: u32) -> u32 {
    let tallest = plan
        .files
        .iter()
        .filter(|file| !file.facts.is_striped() && matches!(file.placement, Placement::OnGrid(_)))
        .map(|file| file.facts.block_height)
        .max();
    tallest.unwrap_or(1).div_ceil(tile).next_power_of_two().min(8)
}
