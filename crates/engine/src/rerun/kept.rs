//! What of a sheet is taken over from an earlier release, and what is made.

use mutirao_mosaic::plane::Plane;

use crate::{error::Result, pyramid::Level, spool::TileKey};

/// The tiles of an earlier release, on the same grid, in the same sheets, bands, periods and compression.
pub trait EarlierTiles: Send + Sync {
    /// The bytes of a tile as they stand in the release; none where it has no file of that product, period and sheet ([column, row]),
    /// because the sheet holds nothing.
    ///
    /// # Errors
    /// Where the release cannot be read.
    fn encoded(&self, sheet: [u32; 2], key: &TileKey) -> Result<Option<Vec<u8>>>;

    /// The samples of such a tile.
    ///
    /// # Errors
    /// Where the release cannot be read.
    fn samples(&self, sheet: [u32; 2], key: &TileKey) -> Result<Option<Plane>>;
}

/// A sheet of which tiles are taken over.
pub struct Kept<'a> {
    /// The earlier release.
    pub tiles: &'a dyn EarlierTiles,
    /// Column and row of the sheet.
    pub sheet: [u32; 2],
    /// By level: tiles across, and by tile whether it is made, because something below it is.
    levels: Vec<(u32, Vec<bool>)>,
}

impl<'a> Kept<'a> {
    /// Of a sheet with these levels, of whose tiles of full resolution, row by row, some are made.
    pub fn new(tiles: &'a dyn EarlierTiles, sheet: [u32; 2], levels: &[Level], tile: u32, made: Vec<bool>) -> Self {
        let mut all = vec![(levels[0].width.div_ceil(tile), made)];
        for level in &levels[1..] {
            let [across, down] = [level.width.div_ceil(tile), level.height.div_ceil(tile)];
            let mut made = vec![false; across as usize * down as usize];
            if let Some((below, made_below)) = all.last() {
                for (at, _) in made_below.iter().enumerate().filter(|(_, made)| **made) {
                    let [col, row] = [at as u32 % below / 2, at as u32 / below / 2];
                    made[row as usize * across as usize + col as usize] = true;
                }
            }
            all.push((across, made));
        }
        Kept { tiles, sheet, levels: all }
    }

    /// Whether a tile is made.
    pub fn is_made(&self, level: u8, col: u32, row: u32) -> bool {
        let (across, made) = &self.levels[usize::from(level)];
        made[row as usize * *across as usize + col as usize]
    }

    /// The tiles that are taken over: level, column, row.
    pub fn taken_over(&self) -> Vec<(u8, u32, u32)> {
        let of_level = |(level, (across, made)): (usize, &(u32, Vec<bool>))| {
            let across = *across;
            let kept = made.iter().enumerate().filter(|(_, made)| !**made);
            kept.map(|(at, _)| (level as u8, at as u32 % across, at as u32 / across)).collect::<Vec<_>>()
        };
        self.levels.iter().enumerate().flat_map(of_level).collect()
    }
}
