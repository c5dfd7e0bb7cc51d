//! The tiles of one file, out of a sheet's spool.

use std::io;

use mutirao_engine::spool::{Spool, TileKey};
use mutirao_geotiff::cog::{CogSpec, TileStore};

/// The tiles of one product in one period.
pub struct SpooledTiles<'a> {
    /// Where they are.
    pub spool: &'a Spool,
    /// The period's place.
    pub period: u16,
    /// The first of the product's bands, by its place among all bands.
    pub first_band: u16,
}

impl SpooledTiles<'_> {
    fn key(&self, band: u16, level: usize, col: u32, row: u32) -> TileKey {
        TileKey { band: self.first_band + band, period: self.period, level: level as u8, col, row }
    }

    /// The first tile of a file that was never encoded: a bug, since a tile that is left out would read as nodata.
    pub fn missing(&self, spec: &CogSpec) -> Option<TileKey> {
        let levels = spec.levels();
        let keys = levels.iter().enumerate().flat_map(|(level, size)| {
            let places = (0..size.tiles_down).flat_map(|row| (0..size.tiles_across).map(move |col| (col, row)));
            places.flat_map(move |(col, row)| (0..spec.bands).map(move |band| self.key(band, level, col, row)))
        });
        keys.into_iter().find(|key| self.spool.find(key).is_none())
    }
}

impl TileStore for SpooledTiles<'_> {
    fn len(&self, band: u16, level: usize, col: u32, row: u32) -> u64 {
        self.spool.find(&self.key(band, level, col, row)).map_or(0, |stored| u64::from(stored.len))
    }

    fn read(&self, band: u16, level: usize, col: u32, row: u32, into: &mut Vec<u8>) -> io::Result<()> {
        let key = self.key(band, level, col, row);
        let stored = self.spool.find(&key).ok_or_else(|| io::Error::other(format!("{key:?} was never encoded")))?;
        self.spool.read(stored, into).map_err(io::Error::other)
    }
}
