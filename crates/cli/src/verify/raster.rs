//! Tiles of a release's own COGs.

use std::path::Path;

use mutirao_core::{
    grid::{Grid, Window},
    raster::{BlockContent, BlockIndex, DType, Interleave, RasterFacts, RasterSource, Samples},
};
use mutirao_engine::levels;
use mutirao_geotiff::GeoTiff;
use mutirao_mosaic::plane::Plane;

/// A COG with those of its overviews that are as they should be.
pub struct Raster {
    /// Its path in the release.
    pub name: String,
    levels: Vec<GeoTiff>,
}

impl Raster {
    /// Opens a file of a release; what is wrong with its overviews comes back too.
    ///
    /// # Errors
    /// Why it cannot be compared with others.
    pub fn open(folder: &Path, name: &str) -> Result<(Self, Option<String>), String> {
        let file = GeoTiff::open(&folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
        let facts = file.facts().clone();
        let side = facts.block_width;
        if side != facts.block_height || side % 2 == 1 || facts.dtype == DType::Int16 {
            let RasterFacts { block_width, block_height, dtype, .. } = facts;
            return Err(format!(
                "{name}: {dtype} in blocks of {block_width} x {block_height} is no raster of a release"
            ));
        }
        let due = levels(facts.width, facts.height, side);
        let mut raster = Raster { name: name.to_owned(), levels: Vec::with_capacity(due.len()) };
        let mut wrong = None;
        let found = file.overviews();
        if found + 1 != due.len() {
            wrong = Some(format!("{name}: it has {found} overviews, {} are due", due.len() - 1));
        }
        let overviews: Vec<_> = (0..found.min(due.len() - 1)).map(|index| file.level(index)).collect();
        raster.levels.push(file);
        for ((overview, due), number) in overviews.into_iter().zip(&due[1..]).zip(1..) {
            match overview {
                Ok(level) if is_like(level.facts(), &facts, [due.width, due.height]) => raster.levels.push(level),
                Ok(level) => {
                    let RasterFacts { width, height, .. } = level.facts();
                    wrong = Some(format!(
                        "{name}: overview {number} has {width} x {height} pixels, {} x {} are due, in tiles, type and bands as the full resolution",
                        due.width, due.height
                    ));
                    break;
                }
                Err(error) => {
                    wrong = Some(format!("{name}: overview {number}: {error}"));
                    break;
                }
            }
        }
        Ok((raster, wrong))
    }

    /// What the full resolution says of itself.
    pub fn facts(&self) -> &RasterFacts {
        self.levels[0].facts()
    }

    /// The full resolution.
    pub fn full(&self) -> &GeoTiff {
        &self.levels[0]
    }

    /// Levels that can be compared, the full resolution among them.
    pub fn depth(&self) -> usize {
        self.levels.len()
    }

    /// Columns and rows of a level.
    pub fn size(&self, level: usize) -> [u32; 2] {
        let facts = self.levels[level].facts();
        [facts.width, facts.height]
    }

    /// Pixels on a side of a tile.
    pub fn side(&self) -> u32 {
        self.facts().block_width
    }

    /// Bands.
    pub fn bands(&self) -> u16 {
        self.facts().bands
    }

    /// Where the file lies on the grid, if it does.
    pub fn window(&self, grid: &Grid) -> Option<Window> {
        let facts = self.facts();
        let t = facts.transform.filter(|transform| transform.is_north_up())?.0;
        let near = |found: f64, due: f64, scale: f64| (found - due).abs() <= 1e-9 * scale.abs().max(due.abs());
        let [width, height] = grid.resolution;
        if !near(t[1], width, width) || !near(-t[5], height, height) {
            return None;
        }
        let at = [(t[0] - grid.origin[0]) / width, (grid.origin[1] - t[3]) / height];
        let inside = |at: f64, size: u32, whole: u32| {
            (at - at.round()).abs() < 1e-6 && at.round() >= 0.0 && at.round() + f64::from(size) <= f64::from(whole)
        };
        (inside(at[0], facts.width, grid.width()) && inside(at[1], facts.height, grid.height())).then(|| Window {
            col: at[0].round() as u32,
            row: at[1].round() as u32,
            width: facts.width,
            height: facts.height,
        })
    }

    /// One band of one tile, as a full square.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn plane(&self, level: usize, band: u16, col: u32, row: u32) -> Result<Plane, String> {
        let source = &self.levels[level];
        let facts = source.facts();
        let is_planar = facts.interleave == Interleave::Planar;
        let index = BlockIndex { band: if is_planar { band } else { 0 }, col, row };
        let of_level = if level == 0 { String::new() } else { format!(", overview {level}") };
        let failed = |what: String| format!("{}{of_level}: {what}", self.name);
        let block = source.read_block(index).map_err(|error| failed(error.to_string()))?;
        let pixels = (facts.block_width * facts.block_height) as usize;
        let wide = facts.dtype != DType::Uint8;
        let samples = match block.content {
            BlockContent::Empty => return Ok(Plane::filled(wide, pixels, facts.nodata.unwrap_or(0) as u16)),
            BlockContent::Constant(value) => return Ok(Plane::filled(wide, pixels, value as u16)),
            BlockContent::Samples(samples) => samples,
        };
        let (step, first) = if is_planar { (1, 0) } else { (usize::from(facts.bands), usize::from(band)) };
        if samples.len() != pixels * step {
            return Err(failed(format!("the tile at column {col}, row {row} has {} samples", samples.len())));
        }
        match samples {
            Samples::Uint8(samples) if step == 1 => Ok(Plane::U8(samples)),
            Samples::Uint16(samples) if step == 1 => Ok(Plane::U16(samples)),
            Samples::Uint8(samples) => Ok(Plane::U8(samples.into_iter().skip(first).step_by(step).collect())),
            Samples::Uint16(samples) => Ok(Plane::U16(samples.into_iter().skip(first).step_by(step).collect())),
            Samples::Int16(_) => Err(failed("int16 is no type of a release".to_owned())),
        }
    }
}

fn is_like(level: &RasterFacts, full: &RasterFacts, size: [u32; 2]) -> bool {
    [level.width, level.height] == size
        && [level.block_width, level.block_height] == [full.block_width, full.block_height]
        && (level.dtype, level.bands) == (full.dtype, full.bands)
}
