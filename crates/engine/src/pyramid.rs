//! The pyramid of one sheet: finished tiles are encoded, and a quarter of each goes up to the tile above it, until the top.
//!
//! Tiles may come in any order and from any thread. What waits are quarters of tiles whose neighbours are not done.

use std::collections::HashMap;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use mutirao_core::sink::{TileEncoder, TileSamples};
use mutirao_mosaic::{
    overview::{Reduce, choose, reduce},
    plane::Plane,
};
use tracing::debug_span;

use crate::{
    error::Result,
    packed::Packed,
    product::Band,
    rerun::Kept,
    spool::{Spool, Stored, TileKey},
};

/// One level of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Level {
    fn tiles(&self, tile: u32) -> [u32; 2] {
        [self.width.div_ceil(tile), self.height.div_ceil(tile)]
    }
}

/// The levels of a raster: full resolution, then halves (rounded up) until both sides fit a tile.
pub fn levels(width: u32, height: u32, tile: u32) -> Vec<Level> {
    let mut levels = vec![Level { width, height }];
    while let Some(&Level { width, height }) = levels.last()
        && (width > tile || height > tile)
    {
        levels.push(Level { width: width.div_ceil(2), height: height.div_ceil(2) });
    }
    levels
}

/// Builds the pyramids of all periods of one sheet.
pub struct Pyramid<'a> {
    tile: u32,
    levels: Vec<Level>,
    bands: &'a [Band],
    overviews: Reduce,
    encoder: &'a dyn TileEncoder,
    spool: &'a Spool,
    waiting: Mutex<HashMap<(u16, u8, u32, u32), Waiting>>,
    constants: Mutex<HashMap<(bool, u16), Stored>>,
    /// How many bytes of quarters may wait as they are; more are packed.
    share: usize,
    held: AtomicUsize,
    /// What is taken over from an earlier release.
    kept: Option<Kept<'a>>,
}

/// A tile of an overview of which quarters are still to come.
struct Waiting {
    missing: u32,
    quarters: Vec<Quarter>,
}

struct Quarter {
    right: bool,
    lower: bool,
    width: usize,
    height: usize,
    planes: Vec<Packed>,
}

impl<'a> Pyramid<'a> {
    /// For a sheet of `size` pixels. Of the quarters that wait, those beyond `share` bytes are packed.
    pub fn new(
        size: [u32; 2],
        tile: u32,
        bands: &'a [Band],
        overviews: Reduce,
        share: usize,
        encoder: &'a dyn TileEncoder,
        spool: &'a Spool,
    ) -> Self {
        Pyramid {
            tile,
            levels: levels(size[0], size[1], tile),
            bands,
            overviews,
            encoder,
            spool,
            waiting: Mutex::default(),
            constants: Mutex::default(),
            share,
            held: AtomicUsize::new(0),
            kept: None,
        }
    }

    /// With tiles that are taken over from an earlier release: only the others are added.
    pub fn keeping(self, kept: Kept<'a>) -> Self {
        Pyramid { kept: Some(kept), ..self }
    }

    /// Takes a tile of any level over, in all bands and periods.
    ///
    /// # Errors
    /// Where the earlier release cannot be read, or the spool not be written.
    pub fn take_over(&self, (level, col, row): (u8, u32, u32), periods: u16) -> Result<()> {
        let Some(kept) = &self.kept else { return Ok(()) };
        for period in 0..periods {
            for (band, of) in (0u16..).zip(self.bands) {
                let key = TileKey { band, period, level, col, row };
                let stored = match kept.tiles.encoded(kept.sheet, &key)? {
                    Some(bytes) => self.spool.store(&bytes)?,
                    None => self.constant(&self.nothing(of), of.nodata)?,
                };
                self.spool.insert(key, stored);
            }
        }
        Ok(())
    }

    fn nothing(&self, band: &Band) -> Plane {
        Plane::filled(band.wide, self.tile as usize * self.tile as usize, band.nodata)
    }

    /// Takes a finished tile of full resolution: a plane a band, padded to the tile's size.
    ///
    /// # Errors
    /// Where a tile cannot be encoded or stored.
    pub fn add(&self, period: u16, col: u32, row: u32, planes: &[Plane]) -> Result<()> {
        let mut at = (0u8, col, row);
        let mut above = self.go_up(period, at, planes)?;
        while let Some(planes) = above.take() {
            at = (at.0 + 1, at.1 / 2, at.2 / 2);
            above = self.go_up(period, at, &planes)?;
        }
        Ok(())
    }

    /// Encodes a tile and takes its quarter to the tile above, which is given back if it is whole by that.
    fn go_up(&self, period: u16, (level, col, row): (u8, u32, u32), planes: &[Plane]) -> Result<Option<Vec<Plane>>> {
        self.encode(period, level, col, row, planes)?;
        if usize::from(level) + 1 == self.levels.len() {
            return Ok(None);
        }
        let _reducing = debug_span!("overview").entered();
        let quarter = self.quarter(level, col, row, planes);
        self.offer(period, (level + 1, col / 2, row / 2), quarter)
    }

    fn encode(&self, period: u16, level: u8, col: u32, row: u32, planes: &[Plane]) -> Result<()> {
        for (band, plane) in planes.iter().enumerate() {
            let stored = match plane.constant() {
                Some(value) => self.constant(plane, value)?,
                None => self.spool.store(&self.encoded(plane)?)?,
            };
            self.spool.insert(TileKey { band: band as u16, period, level, col, row }, stored);
        }
        Ok(())
    }

    fn encoded(&self, plane: &Plane) -> Result<Vec<u8>> {
        let samples = match plane {
            Plane::U8(samples) => TileSamples::Uint8(samples),
            Plane::U16(samples) => TileSamples::Uint16(samples),
        };
        Ok(debug_span!("encode").in_scope(|| self.encoder.encode(samples))?)
    }

    /// Tiles of one value are encoded and stored once.
    fn constant(&self, plane: &Plane, value: u16) -> Result<Stored> {
        let key = (plane.is_wide(), value);
        let known = self.constants.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if let Some(stored) = known {
            return Ok(stored);
        }
        let stored = self.spool.store(&self.encoded(plane)?)?;
        self.constants.lock().unwrap_or_else(PoisonError::into_inner).insert(key, stored);
        Ok(stored)
    }

    fn quarter(&self, level: u8, col: u32, row: u32, planes: &[Plane]) -> Quarter {
        let size = self.levels[usize::from(level)];
        let there = |size: u32, at: u32| (size - at * self.tile).min(self.tile) as usize;
        let [width, height] = [there(size.width, col), there(size.height, row)];
        let choices = choose(&planes[0], self.tile as usize, width, height, self.overviews);
        Quarter {
            right: col % 2 == 1,
            lower: row % 2 == 1,
            width: choices.width(),
            height: choices.height(),
            planes: planes.iter().map(|plane| self.hold(reduce(plane, &choices))).collect(),
        }
    }

    /// Keeps a plane as it is while there is room, else packed.
    fn hold(&self, plane: Plane) -> Packed {
        let bytes = plane.len() * if plane.is_wide() { 2 } else { 1 };
        if self.held.fetch_add(bytes, Ordering::Relaxed) + bytes <= self.share {
            return Packed::Plain { plane, bytes };
        }
        self.held.fetch_sub(bytes, Ordering::Relaxed);
        Packed::pack(plane)
    }

    /// Gives a quarter to the tile above; the last one gets the whole tile back.
    fn offer(&self, period: u16, at: (u8, u32, u32), quarter: Quarter) -> Result<Option<Vec<Plane>>> {
        let (level, col, row) = at;
        let (children, all) = self.children(at);
        let quarters = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let key = (period, level, col, row);
            let entry = waiting.entry(key).or_insert_with(|| Waiting { missing: children, quarters: Vec::new() });
            entry.quarters.push(quarter);
            entry.missing -= 1;
            if entry.missing > 0 {
                return Ok(None);
            }
            waiting.remove(&key).map_or_else(Vec::new, |waiting| waiting.quarters)
        };
        let wholes = if children < all { self.earlier(period, at)? } else { self.nothings() };
        Ok(Some(self.assemble(wholes, &quarters)))
    }

    /// How many of the tiles below a tile are made, and how many there are.
    fn children(&self, (level, col, row): (u8, u32, u32)) -> (u32, u32) {
        let [across, down] = self.levels[usize::from(level) - 1].tiles(self.tile);
        let below = [0, 1].map(|down| [0, 1].map(|right| (2 * col + right, 2 * row + down)));
        let there = below.as_flattened().iter().filter(|(col, row)| *col < across && *row < down);
        let is_made =
            |(col, row): &(u32, u32)| self.kept.as_ref().is_none_or(|kept| kept.is_made(level - 1, *col, *row));
        (there.clone().filter(|at| is_made(at)).count() as u32, there.count() as u32)
    }

    fn nothings(&self) -> Vec<Plane> {
        self.bands.iter().map(|band| self.nothing(band)).collect()
    }

    /// A tile as the earlier release has it.
    fn earlier(&self, period: u16, (level, col, row): (u8, u32, u32)) -> Result<Vec<Plane>> {
        let Some(kept) = &self.kept else { return Ok(self.nothings()) };
        let plane = |(band, of): (u16, &Band)| {
            let key = TileKey { band, period, level, col, row };
            Ok(kept.tiles.samples(kept.sheet, &key)?.unwrap_or_else(|| self.nothing(of)))
        };
        (0u16..).zip(self.bands).map(plane).collect()
    }

    /// Puts quarters into whole tiles, band by band.
    fn assemble(&self, mut planes: Vec<Plane>, quarters: &[Quarter]) -> Vec<Plane> {
        let side = self.tile as usize;
        for (index, whole) in planes.iter_mut().enumerate() {
            for quarter in quarters {
                quarter.planes[index].with(|plane| paste(whole, side, quarter, plane));
            }
        }
        let freed = quarters.iter().flat_map(|quarter| &quarter.planes).map(Packed::held).sum();
        self.held.fetch_sub(freed, Ordering::Relaxed);
        planes
    }
}

fn paste(whole: &mut Plane, side: usize, quarter: &Quarter, plane: &Plane) {
    let first = if quarter.lower { side / 2 } else { 0 } * side + if quarter.right { side / 2 } else { 0 };
    match (whole, plane) {
        (Plane::U8(whole), Plane::U8(part)) => paste_rows(whole, side, first, part, quarter),
        (Plane::U16(whole), Plane::U16(part)) => paste_rows(whole, side, first, part, quarter),
        // All planes of a band are made alike.
        _ => {}
    }
}

fn paste_rows<T: Copy>(whole: &mut [T], side: usize, first: usize, part: &[T], quarter: &Quarter) {
    for (row, line) in part.chunks_exact(quarter.width).take(quarter.height).enumerate() {
        whole[first + row * side..][..quarter.width].copy_from_slice(line);
    }
}
