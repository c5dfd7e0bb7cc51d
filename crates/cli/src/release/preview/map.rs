//! The map made small: out of the overviews that the COGs hold, each pixel one class of theirs. Classes are never averaged.

use std::path::{Path, PathBuf};

use mutirao_core::{
    grid::{Grid, Window},
    raster::{BlockContent, BlockIndex, RasterSource},
};
use mutirao_engine::{EngineError, Result};
use mutirao_geotiff::GeoTiff;

/// A raster of a period.
pub struct Part {
    /// The file.
    pub path: PathBuf,
    /// Where it lies on the grid.
    pub window: Window,
}

/// The classes of a picture of this size, row by row: those that the overviews hold at the centres of its pixels. Of each raster
/// the smallest overview is taken that still has a pixel for every one of the picture.
///
/// # Errors
/// Where a raster cannot be read back.
pub fn sample(grid: &Grid, parts: &[Part], [width, height]: [u32; 2], nodata: u16) -> Result<Vec<u16>> {
    let mut classes = vec![nodata; width as usize * height as usize];
    let scale = (grid.width() / width).min(grid.height() / height).max(1);
    for part in parts {
        let level = Level::read(&part.path, scale.ilog2(), nodata)?;
        let columns = places(part.window.col, part.window.width, grid.width(), width, &level, 0);
        let rows = places(part.window.row, part.window.height, grid.height(), height, &level, 1);
        for (y, row) in &rows {
            for (x, col) in &columns {
                classes[(y * width + x) as usize] = level.samples[(row * level.size[0] + col) as usize];
            }
        }
    }
    Ok(classes)
}

/// Along one axis: which pixels of the picture have their centre in a raster, and on which pixels of its level.
fn places(start: u32, length: u32, whole: u32, picture: u32, level: &Level, axis: usize) -> Vec<(u32, u32)> {
    let centre = |at: u32| ((2 * u64::from(at) + 1) * u64::from(whole) / (2 * u64::from(picture))) as u32;
    (0..picture)
        .map(|at| (at, centre(at)))
        .filter(|(_, pixel)| (start..start + length).contains(pixel))
        .map(|(at, pixel)| (at, ((pixel - start) >> level.halvings).min(level.size[axis] - 1)))
        .collect()
}

/// One level of a raster, read whole.
struct Level {
    halvings: u32,
    size: [u32; 2],
    samples: Vec<u16>,
}

impl Level {
    /// The level halved that often, or the smallest that there is.
    fn read(path: &Path, halvings: u32, nodata: u16) -> Result<Level> {
        let malformed = |what: String| EngineError::Malformed { path: path.to_owned(), what };
        let file = GeoTiff::open(path).map_err(|error| malformed(error.to_string()))?;
        let halvings = halvings.min(file.overviews() as u32);
        let level = match halvings {
            0 => file,
            halvings => file.level(halvings as usize - 1).map_err(|error| malformed(error.to_string()))?,
        };
        let facts = level.facts();
        let size = [facts.width, facts.height];
        let mut samples = vec![nodata; size[0] as usize * size[1] as usize];
        for row in 0..facts.blocks_down() {
            for col in 0..facts.blocks_across() {
                let block =
                    level.read_block(BlockIndex { band: 0, col, row }).map_err(|error| malformed(error.to_string()))?;
                if block.content == BlockContent::Empty {
                    continue;
                }
                let values = block.samples(facts);
                let (left, top) = (col * facts.block_width, row * facts.block_height);
                for y in 0..block.height.min(size[1] - top) {
                    for x in 0..block.width.min(size[0] - left) {
                        let at = (top + y) as usize * size[0] as usize + (left + x) as usize;
                        samples[at] = values.get((y * block.width + x) as usize) as u16;
                    }
                }
            }
        }
        Ok(Level { halvings, size, samples })
    }
}
