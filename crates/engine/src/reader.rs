//! What one layer holds, window by window, by the very code that makes a tile.

use std::collections::BTreeSet;
use std::sync::Arc;

use mutirao_core::{grid::Window, raster::RasterSource};

use crate::{
    buffer::LayerBuffer,
    error::Result,
    file::OpenFile,
    fill::Inputs,
    plan::Plan,
    slots::{LayerSlots, assign},
};

/// Pixels on a side of the tiles that a window is filled in.
const SIDE: u32 = 512;

/// A layer of a plan, to be read where one likes. Several threads may read at once.
pub struct LayerReader {
    plan: Plan,
    files: Vec<OpenFile>,
    slots: Vec<LayerSlots>,
    layer: usize,
    /// The layers that the areas of its members name.
    regions: BTreeSet<usize>,
}

impl LayerReader {
    /// Opens a region layer, the one at place `layer` of a plan, with the plan's files. Areas of its members name layers that have no
    /// areas themselves, as the pipeline demands.
    ///
    /// # Errors
    /// Where a control grid cannot be read.
    pub fn new(plan: Plan, sources: &[Arc<dyn RasterSource>], layer: usize) -> Result<Self> {
        let open = |(planned, source)| OpenFile::new(planned, Arc::clone(source), &[]);
        let files = plan.files.iter().zip(sources).map(open).collect::<Result<_>>()?;
        let members = &plan.layers[layer].members;
        let regions = members.iter().filter_map(|member| Some(member.area.as_ref()?.layer)).collect();
        Ok(LayerReader { slots: assign(&plan), plan, files, layer, regions })
    }

    /// What the layer holds in a window of the grid in a period, given by its place: told tile by tile, from left to right and then
    /// down, with the values of the tile's pixels row by row, none for nothing. Of the files no more is kept than what a row of tiles
    /// needs.
    ///
    /// # Errors
    /// Where an input cannot be read.
    pub fn read(&self, period: usize, window: &Window, mut tell: impl FnMut(&Window, &[Option<i32>])) -> Result<()> {
        for row in (window.row..window.row_end()).step_by(SIDE as usize) {
            let height = SIDE.min(window.row_end() - row);
            let tile = |col| Window { col, row, width: SIDE.min(window.col_end() - col), height };
            let tiles: Vec<Window> = (window.col..window.col_end()).step_by(SIDE as usize).map(tile).collect();
            let mut told = Ok(());
            self.for_each_file(&tiles, OpenFile::claim);
            for tile in &tiles {
                told = told.and_then(|()| self.tile(period, tile).map(|values| tell(tile, &values)));
                self.for_each_file(std::slice::from_ref(tile), OpenFile::release);
            }
            told?;
        }
        Ok(())
    }

    fn for_each_file(&self, tiles: &[Window], act: impl Fn(&OpenFile, &Window)) {
        self.files.iter().for_each(|file| tiles.iter().for_each(|tile| act(file, tile)));
    }

    fn tile(&self, period: usize, tile: &Window) -> Result<Vec<Option<i32>>> {
        let inputs = Inputs { plan: &self.plan, files: &self.files, slots: &self.slots };
        let nothing = LayerBuffer::Constant(0);
        let mut buffers: Vec<Option<LayerBuffer<u16>>> = vec![None; self.plan.layers.len()];
        for &layer in self.regions.iter().chain([&self.layer]) {
            let region = |layer: usize| buffers[layer].as_ref().unwrap_or(&nothing);
            let filled = inputs.fill(layer, self.plan.layers[layer].by_period[period], tile, region)?;
            buffers[layer] = Some(filled.buffer);
        }
        let meanings = &self.slots[self.layer].meanings;
        let buffer = buffers[self.layer].as_ref().unwrap_or(&nothing);
        Ok((0..tile.pixels()).map(|pixel| meanings[buffer.get(pixel)].held.value()).collect())
    }
}
