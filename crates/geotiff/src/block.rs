//! One block: its bytes out of the file, and samples out of the bytes.

use std::cell::RefCell;

use mutirao_core::raster::{DType, Samples};

use crate::codec::{Codec, CodecError, Decoders, is_old_style_lzw};
use crate::input::{Input, InputError};
use crate::layout::Layout;
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
    decoded: Vec<u8>,
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
        let mut out = vec![0; layout.decoded_bytes(row)];
        scratch.decoders.decode(layout.codec, &scratch.raw, &mut out, layout.whole_bytes())?;
        if layout.differences && layout.bits == 8 {
            predictor::undo(&mut out, layout.row_bytes(), usize::from(layout.samples));
        }
        Ok(Some(out))
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

/// The samples of a block; none for a sparse block.
pub(crate) fn read_samples(
    input: &Input,
    layout: &Layout,
    dtype: DType,
    plane: u16,
    col: u32,
    row: u32,
) -> Result<Option<Samples>, BlockError> {
    if dtype == DType::Uint8 {
        return Ok(read_bytes(input, layout, plane, col, row)?.map(Samples::Uint8));
    }
    let words = SCRATCH.with_borrow_mut(|scratch| {
        let Scratch { raw, decoded, decoders } = scratch;
        if !fetch(input, layout, plane, col, row, raw)? {
            return Ok(None);
        }
        decoded.resize(layout.decoded_bytes(row), 0);
        decoders.decode(layout.codec, raw, decoded, layout.whole_bytes())?;
        Ok::<_, BlockError>(Some(layout.order.u16s(decoded)))
    })?;
    let Some(mut words) = words else { return Ok(None) };
    if layout.differences {
        predictor::undo(&mut words, layout.row_bytes() / 2, usize::from(layout.samples));
    }
    Ok(Some(match dtype {
        DType::Int16 => Samples::Int16(words.into_iter().map(|word| word as i16).collect()),
        _ => Samples::Uint16(words),
    }))
}

/// Whether the first block that is there is LZW of the time before TIFF 6.0.
pub(crate) fn has_old_style_lzw(input: &Input, layout: &Layout) -> bool {
    let mut start = [0; 2];
    layout.codec == Codec::Lzw
        && matches!(layout.place(input, 0, 0, 0), Ok(Some((offset, 2..))) if input.read_into(offset, &mut start).is_ok())
        && is_old_style_lzw(&start)
}
