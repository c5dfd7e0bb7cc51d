//! A plain GeoTIFF as a source of blocks.

use std::io;
use std::path::Path;
use std::sync::Arc;

use mutirao_core::raster::{
    Block, BlockContent, BlockIndex, Interleave, RasterFacts, RasterSource, ReadError, Samples,
};

use crate::block::{self, BlockError};
use crate::error::OpenError;
use crate::facts;
use crate::ifd::{Ifd, read_directories};
use crate::input::{Input, Stamp};
use crate::layout::Layout;
use crate::mask::Mask;
use crate::memory::{self, Memory};
use crate::pages::{self, Pages};

/// An open GeoTIFF: one image of a file, with its mask. It may be shared between threads.
#[derive(Debug)]
pub struct GeoTiff {
    input: Arc<Input>,
    pages: Arc<Pages>,
    facts: RasterFacts,
    layout: Layout,
    mask: Option<Mask>,
    memory: Memory,
}

impl GeoTiff {
    /// Opens the full-resolution image of the file at `path`. No pixel is read.
    ///
    /// # Errors
    /// [`OpenError`]: the system refuses, or the file is no TIFF, a corrupt one, or one that is not plain.
    pub fn open(path: &Path) -> Result<GeoTiff, OpenError> {
        let input = Arc::new(Input::open(path)?);
        let pages = Arc::new(pages::sort(&input, read_directories(&input)?)?);
        let (image, mask) = (&pages.main, pages.mask.as_ref());
        GeoTiff::with(&input, &pages, image, mask)
    }

    fn with(input: &Arc<Input>, pages: &Arc<Pages>, image: &Ifd, mask: Option<&Ifd>) -> Result<GeoTiff, OpenError> {
        let (mut facts, layout) = facts::read(input, image)?;
        if block::has_old_style_lzw(input, &layout) {
            return Err(OpenError::unsupported("LZW of the time before TIFF 6.0"));
        }
        facts.mask = mask.is_some();
        let mask = mask.map(|ifd| Mask::open(input, ifd)).transpose()?;
        Ok(GeoTiff {
            input: Arc::clone(input),
            pages: Arc::clone(pages),
            facts,
            layout,
            mask,
            memory: Memory::default(),
        })
    }

    /// How many overviews the file has.
    pub fn overviews(&self) -> usize {
        self.pages.overviews.len()
    }

    /// Overview `index` (from 0, in the order of the file: large to small) as a raster of its own, without a transform
    /// unless it states one. An overview that declares no nodata value has that of the full resolution.
    ///
    /// # Errors
    /// As [`GeoTiff::open`]; an overview that is not there is [`OpenError::Corrupt`].
    pub fn level(&self, index: usize) -> Result<GeoTiff, OpenError> {
        let Some((image, mask)) = self.pages.overviews.get(index) else {
            return Err(OpenError::corrupt(format!("there is no overview {index}")));
        };
        let mut level = GeoTiff::with(&self.input, &self.pages, image, mask.as_ref())?;
        level.facts.nodata = level.facts.nodata.or(self.facts.nodata);
        Ok(level)
    }

    /// The state of the file when it was opened.
    pub fn stamp(&self) -> Stamp {
        self.input.stamp()
    }

    /// Whether the file at `path` is still in the state in which this one was opened.
    ///
    /// # Errors
    /// What the system says, for example that the file is gone.
    pub fn is_unchanged(&self, path: &Path) -> io::Result<bool> {
        Stamp::of(path).map(|now| now == self.stamp())
    }

    pub(crate) fn input(&self) -> &Input {
        &self.input
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Refuses a block that is not there.
    pub(crate) fn check(&self, index: BlockIndex) -> Result<(), ReadError> {
        if index.col < self.layout.across() && index.row < self.layout.down() && index.band < self.layout.planes {
            return Ok(());
        }
        Err(ReadError::Corrupt { index, what: "the raster has no such block".to_owned() })
    }

    /// What is stored of the blocks of the mask that meet a block.
    fn stored_mask(&self, index: BlockIndex, into: &mut Vec<u8>) -> Result<(), BlockError> {
        let Some(mask) = &self.mask else { return Ok(()) };
        let (width, height) = (self.layout.block_width, self.layout.rows(index.row));
        let (left, top) = (index.col * width, index.row * self.layout.block_height);
        mask.stored(&self.input, left..left.saturating_add(width), top..top.saturating_add(height), into)
    }

    fn block(&self, index: BlockIndex) -> Result<Block, BlockError> {
        let BlockIndex { band, col, row } = index;
        let at = [u32::from(band), col, row];
        let content = block::read_content(&self.input, &self.layout, self.facts.dtype, at, &self.memory)?;
        let (width, height) = (self.layout.block_width, self.layout.rows(row));
        let (left, top) = (col * width, row * self.layout.block_height);
        let valid = match &self.mask {
            None => None,
            Some(mask) => {
                mask.window(&self.input, left..left.saturating_add(width), top..top.saturating_add(height))?
            }
        };
        Ok(Block {
            width,
            height,
            samples_per_pixel: if self.facts.interleave == Interleave::Chunky { self.facts.bands } else { 1 },
            content,
            valid,
        })
    }
}

impl RasterSource for GeoTiff {
    fn facts(&self) -> &RasterFacts {
        &self.facts
    }

    fn read_block(&self, index: BlockIndex) -> Result<Block, ReadError> {
        self.check(index)?;
        self.block(index).map_err(|error| error.of(index))
    }

    fn recycle(&self, block: Block) {
        match block.content {
            BlockContent::Samples(Samples::Uint8(samples)) => memory::keep(samples),
            BlockContent::Samples(Samples::Uint16(samples)) => memory::keep(samples),
            BlockContent::Samples(Samples::Int16(samples)) => memory::keep::<u16>(bytemuck::cast_vec(samples)),
            BlockContent::Empty | BlockContent::Constant(_) => {}
        }
    }

    fn stored_block(&self, index: BlockIndex, into: &mut Vec<u8>) -> Result<bool, ReadError> {
        let mut raw = Vec::new();
        let is_stored = self.fetch(index, &mut raw)?;
        if !is_stored && self.mask.is_none() {
            return Ok(false);
        }
        // The same bytes are other pixels where they are packed another way.
        into.extend(self.layout.coding());
        into.extend(raw);
        into.push(u8::from(is_stored));
        self.stored_mask(index, into).map_err(|error| error.of(index))?;
        Ok(true)
    }
}
