//! Blocks in hand: every block is decoded once, kept while a tile still needs it, and dropped after its last use.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use mutirao_core::{
    grid::Window,
    raster::{Block, BlockIndex, Interleave, RasterFacts, RasterSource, ReadError},
};

/// One raster, its blocks shared between workers.
pub struct BlockCache {
    source: Arc<dyn RasterSource>,
    /// By block (of band 0): how many tiles still need it.
    uses: Mutex<Vec<u32>>,
    blocks: Mutex<HashMap<BlockIndex, Slot>>,
}

type Slot = Arc<OnceLock<Result<Arc<Block>, Arc<ReadError>>>>;

impl BlockCache {
    /// A cache for a raster of which the tiles will need these windows, one a tile.
    pub fn new(source: Arc<dyn RasterSource>, windows: impl IntoIterator<Item = Window>) -> Self {
        let facts = source.facts();
        let uses = vec![0; facts.blocks_across() as usize * facts.blocks_down() as usize];
        let cache = BlockCache { source, uses: Mutex::new(uses), blocks: Mutex::default() };
        windows.into_iter().for_each(|window| cache.claim(&window));
        cache
    }

    /// One more tile will need a window.
    pub fn claim(&self, window: &Window) {
        let facts = self.facts();
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        for (col, row) in blocks_of(facts, window) {
            uses[row as usize * facts.blocks_across() as usize + col as usize] += 1;
        }
    }

    /// What the raster says of itself.
    pub fn facts(&self) -> &RasterFacts {
        self.source.facts()
    }

    /// A block, decoded by whoever asks first.
    ///
    /// # Errors
    /// The reader's; everybody who asks gets the same.
    pub fn block(&self, index: BlockIndex) -> Result<Arc<Block>, Arc<ReadError>> {
        let slot = {
            let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(blocks.entry(index).or_default())
        };
        slot.get_or_init(|| self.source.read_block(index).map(Arc::new).map_err(Arc::new)).clone()
    }

    /// A tile is done with a window, in all bands: blocks that no tile needs any more are dropped.
    pub fn release(&self, window: &Window) {
        let facts = self.facts();
        let bands = match facts.interleave {
            Interleave::Chunky => 1,
            Interleave::Planar => facts.bands,
        };
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut gone = Vec::new();
        for (col, row) in blocks_of(facts, window) {
            let left = &mut uses[row as usize * facts.blocks_across() as usize + col as usize];
            *left -= 1;
            if *left == 0 {
                for band in 0..bands {
                    gone.extend(blocks.remove(&BlockIndex { band, col, row }));
                }
            }
        }
        drop((uses, blocks));
        let blocks = gone.into_iter().filter_map(|slot| Arc::into_inner(slot)?.into_inner()?.ok());
        blocks.filter_map(Arc::into_inner).for_each(|block| self.source.recycle(block));
    }
}

/// The blocks that share pixels with a window: (column, row) of blocks.
pub fn blocks_of(facts: &RasterFacts, window: &Window) -> impl Iterator<Item = (u32, u32)> + use<> {
    let [across, down] = [facts.block_width, facts.block_height];
    let cols = window.col / across..=(window.col_end() - 1) / across;
    let rows = window.row / down..=(window.row_end() - 1) / down;
    rows.flat_map(move |row| cols.clone().map(move |col| (col, row)))
}
