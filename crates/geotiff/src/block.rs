//! One block: its bytes out of the file, and samples out of the bytes.

use std::cell::RefCell;

use mutirao_core::raster::{BlockContent, BlockIndex, DType, ReadError, Samples};
use tracing::debug_span;

use crate::codec::{Codec, CodecError, Decoders, is_old_style_lzw};
use crate::input::{Input, InputError};
use crate::layout::Layout;
use crate::memory::{self, Memory};
use crate::predictor;

/// Why a block could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BlockError {
    #[error("its {bytes} bytes at offset {offset} pass the end of the file ({len} bytes)")]
    Beyond { offset: u64, bytes: u64, len: u64 },
    #[error("cannot read {bytes} bytes at offset {offset}: {source}")]
    Io { offset: u64, bytes: u64, source: std::io::Error },
    #[error("it has an offset or a size, but not both ({offset}, {bytes})")]
    Half { offset: u64, bytes: u64 },
    #[error(transparent)]
    Codec(#[from] CodecError),
}

impl BlockError {
    /// As whoever reads blocks is told.
    pub(crate) fn of(self, index: BlockIndex) -> ReadError {
        match self {
            BlockError::Io { offset, bytes, source } => ReadError::Io { offset, bytes, source },
            other => ReadError::Corrupt { index, what: other.to_string() },
        }
    }
}

impl From<InputError> for BlockError {
    fn from(error: InputError) -> Self {
        match error {
            InputError::Beyond { offset, bytes, len } => BlockError::Beyond { offset, bytes, len },
            InputError::Io { offset, bytes, source } => BlockError::Io { offset, bytes, source },
        }
    }
}

/// What a thread keeps between blocks.
#[derive(Default)]
struct Scratch {
    raw: Vec<u8>,
    decoders: Decoders,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Reads the stored bytes of a block into `raw`; false for a sparse block.
pub(crate) fn fetch(
    input: &Input,
    layout: &Layout,
    plane: u16,
    col: u32,
    row: u32,
    raw: &mut Vec<u8>,
) -> Result<bool, BlockError> {
    let Some((offset, bytes)) = layout.place(input, plane, col, row)? else { return Ok(false) };
    if offset == 0 || bytes == 0 {
        return Err(BlockError::Half { offset, bytes });
    }
    // What is declared beyond any sensible size of the block is not fetched.
    let bytes = match layout.codec {
        Codec::None => bytes.min(layout.decoded_bytes(row) as u64),
        _ => bytes.min(2 * layout.whole_bytes() as u64 + (1 << 16)),
    };
    input.check(offset, bytes)?;
    let _reading = debug_span!("read").entered();
    raw.resize(bytes as usize, 0);
    input.read_into(offset, raw)?;
    Ok(true)
}

/// The decoded bytes of a block, rows padded to whole bytes; none for a sparse block.
pub(crate) fn read_bytes(
    input: &Input,
    layout: &Layout,
    plane: u16,
    col: u32,
    row: u32,
) -> Result<Option<Vec<u8>>, BlockError> {
    if layout.codec == Codec::None {
        return read_stored(input, layout, plane, col, row);
    }
    SCRATCH.with_borrow_mut(|scratch| {
        if !fetch(input, layout, plane, col, row, &mut scratch.raw)? {
            return Ok(None);
        }
        let _decoding = debug_span!("decode").entered();
        scratch.decode(layout, row, Vec::new()).map(Some)
    })
}

/// A block that is not compressed goes straight to where it is wanted.
fn read_stored(input: &Input, layout: &Layout, plane: u16, col: u32, row: u32) -> Result<Option<Vec<u8>>, BlockError> {
    let mut out = Vec::new();
    if !fetch(input, layout, plane, col, row, &mut out)? {
        return Ok(None);
    }
    let (have, due) = (out.len(), layout.decoded_bytes(row));
    if have < due {
        return Err(CodecError::Short { have, due }.into());
    }
    Ok(Some(out))
}

/// What a block holds.
pub(crate) fn read_content(
    input: &Input,
    layout: &Layout,
    dtype: DType,
    [plane, col, row]: [u32; 3],
    memory: &Memory,
) -> Result<BlockContent, BlockError> {
    let plane = plane as u16;
    if layout.codec == Codec::None && dtype == DType::Uint8 {
        let bytes = read_stored(input, layout, plane, col, row)?;
        return Ok(bytes.map_or(BlockContent::Empty, |bytes| BlockContent::Samples(Samples::Uint8(bytes))));
    }
    SCRATCH.with_borrow_mut(|scratch| {
        if !fetch(input, layout, plane, col, row, &mut scratch.raw)? {
            return Ok(BlockContent::Empty);
        }
        let due = layout.decoded_bytes(row);
        if let Some(value) = memory.constant(&scratch.raw, due) {
            return Ok(BlockContent::Constant(value));
        }
        let _decoding = debug_span!("decode").entered();
        let samples = match dtype {
            DType::Uint8 => Samples::Uint8(scratch.decode(layout, row, memory::spare(due))?),
            DType::Uint16 => Samples::Uint16(scratch.words(layout, row)?),
            DType::Int16 => Samples::Int16(bytemuck::cast_vec(scratch.words(layout, row)?)),
        };
        memory.learn(&scratch.raw, due, &samples);
        Ok(BlockContent::Samples(samples))
    })
}

impl Scratch {
    /// Decodes what was fetched into `out`, which has the size that is due.
    fn decode(&mut self, layout: &Layout, row: u32, mut out: Vec<u8>) -> Result<Vec<u8>, BlockError> {
        out.resize(layout.decoded_bytes(row), 0);
        self.decoders.decode(layout.codec, &self.raw, &mut out, layout.whole_bytes())?;
        if layout.differences && layout.bits == 8 {
            predictor::undo(&mut out, layout.row_bytes(), usize::from(layout.samples));
        }
        Ok(out)
    }

    /// Decodes what was fetched as samples of 16 bits, straight to where they stay.
    fn words(&mut self, layout: &Layout, row: u32) -> Result<Vec<u16>, BlockError> {
        let due = layout.decoded_bytes(row) / 2;
        let mut words = memory::spare(due);
        words.resize(due, 0);
        let bytes = bytemuck::cast_slice_mut(&mut words);
        self.decoders.decode(layout.codec, &self.raw, bytes, layout.whole_bytes())?;
        layout.order.to_native(&mut words);
        if layout.differences {
            predictor::undo(&mut words, layout.row_bytes() / 2, usize::from(layout.samples));
        }
        Ok(words)
    }
}

/// Whether the first block that is there is LZW of the time before TIFF 6.0.
pub(crate) fn has_old_style_lzw(input: &Input, layout: &Layout) -> bool {
    let mut start = [0; 2];
    layout.codec == Codec::Lzw
        && matches!(layout.place(input, 0, 0, 0), Ok(Some((offset, 2..))) if input.read_into(offset, &mut start).is_ok())
        && is_old_style_lzw(&start)
}
