//! A file of a plan, opened: its blocks, and where they lie on the grid.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use mutirao_core::{
    control_grid::ControlGrid,
    grid::{Offset, Window},
    pipeline::ResampleMethod,
    raster::{RasterSource, Samples},
};
use tracing::debug_span;

use crate::{
    cache::BlockCache,
    error::{EngineError, Result},
    plan::{Part, Placement, PlannedFile},
    warp,
    window::{self, Pixels, Read, footprint, looked_up},
};

/// An opened file.
pub struct OpenFile {
    /// As the pipeline names it.
    pub path: PathBuf,
    placed: Placed,
    cache: BlockCache,
}

enum Placed {
    OnGrid(Offset),
    Warped {
        control: Box<ControlGrid>,
        method: ResampleMethod,
        ignore_nodata: bool,
        margin: f64,
        /// What the tiles known on opening look up, which is asked three times a tile.
        looked_up: HashMap<Window, Option<Window>>,
    },
}

impl OpenFile {
    /// Opens a planned file for a run over these tiles.
    ///
    /// # Errors
    /// Where the control grid cannot be read.
    pub fn new(planned: &PlannedFile, source: Arc<dyn RasterSource>, tiles: &[Window]) -> Result<Self> {
        let placed = match &planned.placement {
            Placement::OnGrid(offset) => Placed::OnGrid(*offset),
            Placement::Warped { control, numbers, method, ignore_nodata } => {
                let bytes = std::fs::read(numbers).map_err(EngineError::io("read", numbers))?;
                let control = ControlGrid::from_bytes(control.clone(), &bytes)
                    .map_err(|error| EngineError::Malformed { path: numbers.clone(), what: error.to_string() })?;
                let margin = match method {
                    ResampleMethod::Nearest => 0.0,
                    ResampleMethod::Mode => warp::reach(&control),
                };
                let looked_up = tiles.iter().map(|tile| (*tile, looked_up(&control, source.facts(), tile, margin)));
                Placed::Warped {
                    looked_up: looked_up.collect(),
                    control: Box::new(control),
                    method: *method,
                    ignore_nodata: *ignore_nodata,
                    margin,
                }
            }
        };
        let mut file = OpenFile { path: planned.path.clone(), placed, cache: BlockCache::new(Arc::clone(&source), []) };
        let windows: Vec<Window> = tiles.iter().filter_map(|tile| file.needs(tile)).collect();
        file.cache = BlockCache::new(source, windows);
        Ok(file)
    }

    /// The pixels of the file that a tile needs.
    pub fn needs(&self, tile: &Window) -> Option<Window> {
        let facts = self.cache.facts();
        match &self.placed {
            Placed::OnGrid(offset) => footprint(offset, facts, tile).map(|footprint| footprint.source),
            Placed::Warped { control, margin, looked_up: known, .. } => match known.get(tile) {
                Some(window) => *window,
                None => looked_up(control, facts, tile, *margin),
            },
        }
    }

    /// A tile that was not known on opening will need the file, and will be done with it.
    pub fn claim(&self, tile: &Window) {
        if let Some(window) = self.needs(tile) {
            self.cache.claim(&window);
        }
    }

    /// A tile is done with the file.
    pub fn release(&self, tile: &Window) {
        if let Some(window) = self.needs(tile) {
            self.cache.release(&window);
        }
    }

    /// What a band of the file holds in a tile: pixels whose window counts from the tile's upper left. None where it holds nothing at all.
    ///
    /// # Errors
    /// [`EngineError::Input`] where a block cannot be read.
    pub fn read(&self, part: &Part, tile: &Window) -> Result<Option<Pixels>> {
        let facts = self.cache.facts();
        let fill = facts.nodata.unwrap_or(0);
        let Some(needed) = self.needs(tile) else { return Ok(None) };
        let read = window::read(&self.cache, part.band, &needed, fill)
            .map_err(|error| EngineError::Input { path: self.path.clone(), source: error.duplicate() })?;
        let pixels = match read {
            // Themes are sparse: most of what is read of them holds nothing, and is then neither warped nor translated.
            Read::Pixels(pixels) if pixels.samples.constant().is_some_and(|value| part.nodata == Some(value)) => {
                return Ok(None);
            }
            Read::Pixels(pixels) => pixels,
            Read::Constant(value) if part.nodata == Some(value) => return Ok(None),
            Read::Constant(value) => {
                Pixels { window: needed, samples: Samples::filled(facts.dtype, needed.pixels(), value), valid: None }
            }
        };
        Ok(Some(match &self.placed {
            Placed::OnGrid(offset) => match footprint(offset, facts, tile) {
                Some(footprint) => {
                    let [col, row] = footprint.at;
                    Pixels { window: Window { col, row, ..pixels.window }, ..pixels }
                }
                None => return Ok(None),
            },
            Placed::Warped { control, method: ResampleMethod::Nearest, .. } => {
                debug_span!("warp").in_scope(|| warp::nearest(control, &pixels, tile, part.nodata))
            }
            Placed::Warped { control, method: ResampleMethod::Mode, ignore_nodata, .. } => {
                debug_span!("warp").in_scope(|| warp::mode(control, &pixels, tile, part.nodata, *ignore_nodata))
            }
        }))
    }

    /// The pixel of the file, [column, row], that a pixel of the grid shows.
    pub fn pixel_of(&self, col: u32, row: u32) -> Option<[u32; 2]> {
        let at = match &self.placed {
            Placed::OnGrid(offset) => [(i64::from(col) - offset.col) as f64, (i64::from(row) - offset.row) as f64],
            Placed::Warped { control, .. } => control.position(col, row)?,
        };
        let facts = self.cache.facts();
        let inside = at[0] >= 0.0 && at[1] >= 0.0 && at[0] < f64::from(facts.width) && at[1] < f64::from(facts.height);
        inside.then_some([at[0] as u32, at[1] as u32])
    }
}
