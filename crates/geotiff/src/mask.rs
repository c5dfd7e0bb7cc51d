//! The internal mask: an image of its own, with blocks of its own, that says which pixels are valid.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::block::{BlockError, fetch, read_bytes};
use crate::error::OpenError;
use crate::ifd::{Ifd, tags};
use crate::input::Input;
use crate::layout::Layout;

/// The block of a mask that was decoded last: (column, row) of blocks, and its bytes.
type Last = Option<((u32, u32), Option<Arc<Vec<u8>>>)>;

/// A mask and its last decoded block: where the raster's blocks are smaller than the mask's, the same one is asked
/// for again and again.
#[derive(Debug)]
pub(crate) struct Mask {
    layout: Layout,
    last: Mutex<Last>,
}

impl Mask {
    pub(crate) fn open(input: &Input, ifd: &Ifd) -> Result<Mask, OpenError> {
        let samples = ifd.whole(input, tags::SAMPLES_PER_PIXEL)?.unwrap_or(1);
        let bits = ifd.whole(input, tags::BITS_PER_SAMPLE)?.unwrap_or(1);
        if samples != 1 || !matches!(bits, 1 | 8) {
            return Err(OpenError::unsupported(format!("a mask of {samples} bands of {bits} bits")));
        }
        Ok(Mask { layout: Layout::read(input, ifd, bits as u32, 1)?, last: Mutex::new(None) })
    }

    /// One byte a pixel of the window, 0 where it is not valid or lies outside the raster; none where all pixels of the
    /// raster within the window are valid.
    pub(crate) fn window(
        &self,
        input: &Input,
        cols: Range<u32>,
        rows: Range<u32>,
    ) -> Result<Option<Vec<u8>>, BlockError> {
        let stride = (cols.end - cols.start) as usize;
        let mut valid = vec![0; stride * (rows.end - rows.start) as usize];
        let inside_cols = cols.start..cols.end.min(self.layout.width);
        let inside_rows = rows.start..rows.end.min(self.layout.height);
        let (bw, bh) = (self.layout.block_width, self.layout.block_height);
        for row in inside_rows.start / bh..inside_rows.end.div_ceil(bh) {
            for col in inside_cols.start / bw..inside_cols.end.div_ceil(bw) {
                let Some(bytes) = self.block(input, col, row)? else { continue };
                let ys = overlap(&inside_rows, row, bh);
                let xs = overlap(&inside_cols, col, bw);
                for y in ys {
                    let line = &bytes[(y - row * bh) as usize * self.layout.row_bytes()..];
                    let start = (y - rows.start) as usize * stride + (xs.start - cols.start) as usize;
                    let from = (xs.start - col * bw) as usize;
                    let into = &mut valid[start..start + xs.len()];
                    self.copy_line(line, from, into);
                }
            }
        }
        let inside = inside_cols.len();
        let all = valid.chunks_exact(stride).take(inside_rows.len()).all(|line| !line[..inside].contains(&0));
        Ok((!all).then_some(valid))
    }

    /// Appends what is stored of the blocks that meet a window, each with how it is packed and how long it is.
    pub(crate) fn stored(
        &self,
        input: &Input,
        cols: Range<u32>,
        rows: Range<u32>,
        into: &mut Vec<u8>,
    ) -> Result<(), BlockError> {
        let (bw, bh) = (self.layout.block_width, self.layout.block_height);
        into.extend([bw, bh].map(u32::to_le_bytes).as_flattened());
        into.extend(self.layout.coding());
        let mut raw = Vec::new();
        for row in rows.start / bh..rows.end.min(self.layout.height).div_ceil(bh) {
            for col in cols.start / bw..cols.end.min(self.layout.width).div_ceil(bw) {
                raw.clear();
                let is_stored = fetch(input, &self.layout, 0, col, row, &mut raw)?;
                let bytes = if is_stored { &raw[..] } else { &[] };
                into.extend((bytes.len() as u64).to_le_bytes());
                into.extend(bytes);
            }
        }
        Ok(())
    }

    fn copy_line(&self, line: &[u8], from: usize, into: &mut [u8]) {
        if self.layout.bits == 8 {
            for (place, byte) in into.iter_mut().zip(&line[from..]) {
                *place = u8::from(*byte != 0);
            }
        } else {
            for (i, place) in (from..).zip(into) {
                *place = line[i / 8] >> (7 - i % 8) & 1;
            }
        }
    }

    fn block(&self, input: &Input, col: u32, row: u32) -> Result<Option<Arc<Vec<u8>>>, BlockError> {
        if let Some((place, bytes)) = &*self.last.lock().unwrap_or_else(PoisonError::into_inner)
            && *place == (col, row)
        {
            return Ok(bytes.clone());
        }
        let bytes = read_bytes(input, &self.layout, 0, col, row)?.map(Arc::new);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(((col, row), bytes.clone()));
        Ok(bytes)
    }
}

/// The part of `range` that block `index` of `size` pixels covers.
fn overlap(range: &Range<u32>, index: u32, size: u32) -> Range<u32> {
    let start = index * size;
    range.start.max(start)..range.end.min(start.saturating_add(size))
}
