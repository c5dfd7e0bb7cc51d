//! A plain GeoTIFF as a source of blocks.

use std::io;
use std::path::Path;
use std::sync::Arc;

use mutirao_core::raster::{Block, BlockContent, BlockIndex, Interleave, RasterFacts, RasterSource, ReadError};

use crate::block::{self, BlockError};
use crate::error::OpenError;
use crate::facts;
use crate::ifd::{Ifd, read_directories};
use crate::input::{Input, Stamp};
use crate::layout::Layout;
use crate::mask::Mask;
use crate::pages::{self, Pages};

/// An open GeoTIFF: one image of a file, with its mask. It may be shared between threads.
#[derive(Debug)]
pub struct GeoTiff {
    input: Arc<Input>,
    pages: Arc<Pages>,
    facts: RasterFacts,
    layout: Layout,
    mask: Option<Mask>,
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
        Ok(GeoTiff { input: Arc::clone(input), pages: Arc::clone(pages), facts, layout, mask })
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

    /// The bytes of a block as they stand in the file, compressed, without its mask; none for a sparse block.
    ///
    /// # Errors
    /// As [`RasterSource::read_block`].
    pub fn raw_block(&self, index: BlockIndex) -> Result<Option<Vec<u8>>, ReadError> {
        self.check_there(index)?;
        let mut raw = Vec::new();
        let BlockIndex { band, col, row } = index;
        let is_stored =
            block::fetch(&self.input, &self.layout, band, col, row, &mut raw).map_err(|error| told(index, error))?;
        Ok(is_stored.then_some(raw))
    }

    fn check_there(&self, index: BlockIndex) -> Result<(), ReadError> {
        if self.is_there(index) {
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

    fn is_there(&self, index: BlockIndex) -> bool {
        index.col < self.layout.across() && index.row < self.layout.down() && index.band < self.layout.planes
    }

    fn block(&self, index: BlockIndex) -> Result<Block, BlockError> {
        let BlockIndex { band, col, row } = index;
        let samples = block::read_samples(&self.input, &self.layout, self.facts.dtype, band, col, row)?;
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
            content: samples.map_or(BlockContent::Empty, BlockContent::Samples),
            valid,
        })
    }
}

impl RasterSource for GeoTiff {
    fn facts(&self) -> &RasterFacts {
        &self.facts
    }

    fn read_block(&self, index: BlockIndex) -> Result<Block, ReadError> {
        self.check_there(index)?;
        self.block(index).map_err(|error| told(index, error))
    }

    fn stored_block(&self, index: BlockIndex, into: &mut Vec<u8>) -> Result<bool, ReadError> {
        let raw = self.raw_block(index)?;
        if raw.is_none() && self.mask.is_none() {
            return Ok(false);
        }
        // The same bytes are other pixels where they are packed another way.
        into.extend(self.layout.coding());
        into.extend(raw.iter().flatten());
        into.push(u8::from(raw.is_some()));
        self.stored_mask(index, into).map_err(|error| told(index, error))?;
        Ok(true)
    }
}

/// An error of a block, as those know it who asked for it.
fn told(index: BlockIndex, error: BlockError) -> ReadError {
    match error {
        BlockError::Io { offset, bytes, source } => ReadError::Io { offset, bytes, source },
        other => ReadError::Corrupt { index, what: other.to_string() },
    }
}
