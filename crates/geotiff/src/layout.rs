//! How the blocks of one image lie in the file.

use crate::bytes::ByteOrder;
use crate::codec::Codec;
use crate::error::OpenError;
use crate::ifd::{Entry, Ifd, tags, whole};
use crate::input::{Input, InputError};

/// The most bytes that one block may take when decoded.
pub const MAX_BLOCK_BYTES: u64 = 64 << 20;
/// How many numbers of a block table are held in memory; longer tables are read number by number.
const MAX_HELD: u64 = 1 << 18;
/// The longest side of a raster.
const MAX_SIDE: u64 = i32::MAX as u64;

/// One of the two tables of a TIFF's blocks: their offsets, or their sizes.
#[derive(Debug, Clone)]
enum BlockTable {
    Held(Vec<u64>),
    InFile(Entry),
}

impl BlockTable {
    fn new(input: &Input, ifd: &Ifd, entry: Entry, due: u64) -> Result<BlockTable, OpenError> {
        if entry.count < due {
            let what = format!("tag {} has {} values where {due} blocks are due", entry.tag, entry.count);
            return Err(OpenError::corrupt(what));
        }
        let step = entry.value_bytes().unwrap_or(u64::MAX);
        let beyond = || OpenError::corrupt(format!("tag {} passes the end of the file", entry.tag));
        let bytes = due.checked_mul(step).ok_or_else(beyond)?;
        input.check(entry.at, bytes)?;
        if !matches!(entry.kind, 3 | 4 | 16 | 18) {
            return Err(OpenError::corrupt(format!("tag {} holds no whole numbers", entry.tag)));
        }
        if due > MAX_HELD {
            return Ok(BlockTable::InFile(entry));
        }
        let raw = input.read(entry.at, bytes)?;
        let values = (0..due as usize).filter_map(|i| whole(ifd.order, entry.kind, &raw, i * step as usize));
        Ok(BlockTable::Held(values.collect()))
    }

    fn get(&self, input: &Input, order: ByteOrder, index: u64) -> Result<u64, InputError> {
        match self {
            BlockTable::Held(values) => Ok(values.get(index as usize).copied().unwrap_or(0)),
            BlockTable::InFile(entry) => {
                let step = entry.value_bytes().unwrap_or(8);
                let mut raw = [0; 8];
                input.read_into(entry.at + index * step, &mut raw[..step as usize])?;
                Ok(whole(order, entry.kind, &raw, 0).unwrap_or(0))
            }
        }
    }
}

/// How the blocks of one image lie in the file and how their bytes become samples.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) order: ByteOrder,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) block_width: u32,
    pub(crate) block_height: u32,
    pub(crate) tiled: bool,
    /// Bits of a sample: 1, 8 or 16.
    pub(crate) bits: u32,
    /// Samples of a pixel within one block.
    pub(crate) samples: u16,
    /// Planes that are stored apart: 1 for chunky images.
    pub(crate) planes: u16,
    pub(crate) codec: Codec,
    /// Whether rows are stored as differences.
    pub(crate) differences: bool,
    offsets: BlockTable,
    counts: Option<BlockTable>,
}

impl Layout {
    pub(crate) fn read(input: &Input, ifd: &Ifd, bits: u32, samples: u16) -> Result<Layout, OpenError> {
        let (width, height) = size(input, ifd)?;
        let codec = codec(input, ifd)?;
        let differences = differences(input, ifd, codec, bits)?;
        let planar = match ifd.whole(input, tags::PLANAR_CONFIGURATION)? {
            None | Some(1) => false,
            Some(2) => samples > 1,
            Some(other) => return Err(OpenError::corrupt(format!("planar configuration {other}"))),
        };
        let (samples, planes) = if planar { (1, samples) } else { (samples, 1) };
        let (tiled, block_width, block_height) = block_size(input, ifd, width, height)?;
        let blocks = u64::from(width.div_ceil(block_width))
            .checked_mul(u64::from(height.div_ceil(block_height)))
            .and_then(|blocks| blocks.checked_mul(u64::from(planes)))
            .ok_or_else(|| OpenError::corrupt("more blocks than can be counted"))?;
        let entry = |tile, strip| ifd.entry(tile).or_else(|| ifd.entry(strip)).copied();
        let offsets = entry(tags::TILE_OFFSETS, tags::STRIP_OFFSETS)
            .ok_or_else(|| OpenError::corrupt("the offsets of the blocks are not given"))?;
        let counts = entry(tags::TILE_BYTE_COUNTS, tags::STRIP_BYTE_COUNTS);
        if counts.is_none() && codec != Codec::None {
            return Err(OpenError::corrupt("the sizes of the compressed blocks are not given"));
        }
        let layout = Layout {
            order: ifd.order,
            width,
            height,
            block_width,
            block_height,
            tiled,
            bits,
            samples,
            planes,
            codec,
            differences,
            offsets: BlockTable::new(input, ifd, offsets, blocks)?,
            counts: counts.map(|entry| BlockTable::new(input, ifd, entry, blocks)).transpose()?,
        };
        layout.check_block_bytes()
    }

    /// How bytes become samples, as bytes.
    pub(crate) fn coding(&self) -> [u8; 6] {
        let [low, high] = self.samples.to_le_bytes();
        let big_endian = u8::from(self.order == ByteOrder::Big);
        [big_endian, self.bits as u8, low, high, self.codec as u8, u8::from(self.differences)]
    }

    fn check_block_bytes(self) -> Result<Layout, OpenError> {
        let row = (u64::from(self.block_width) * u64::from(self.samples) * u64::from(self.bits)).div_ceil(8);
        match row.checked_mul(u64::from(self.block_height)) {
            Some(bytes) if bytes <= MAX_BLOCK_BYTES => Ok(self),
            _ => Err(OpenError::unsupported(format!(
                "blocks of {} x {} pixels take more than {} MiB",
                self.block_width,
                self.block_height,
                MAX_BLOCK_BYTES >> 20
            ))),
        }
    }

    pub(crate) fn across(&self) -> u32 {
        self.width.div_ceil(self.block_width)
    }

    pub(crate) fn down(&self) -> u32 {
        self.height.div_ceil(self.block_height)
    }

    /// Rows stored in the blocks of a row of blocks: the last strip is cut, tiles are not.
    pub(crate) fn rows(&self, row: u32) -> u32 {
        if self.tiled {
            self.block_height
        } else {
            self.block_height.min(self.height.saturating_sub(row * self.block_height))
        }
    }

    /// Bytes of one row of a block when decoded; at most [`MAX_BLOCK_BYTES`].
    pub(crate) fn row_bytes(&self) -> usize {
        (u64::from(self.block_width) * u64::from(self.samples) * u64::from(self.bits)).div_ceil(8) as usize
    }

    /// Bytes of a whole block when decoded, as a last strip may hold them though fewer are due.
    pub(crate) fn whole_bytes(&self) -> usize {
        self.row_bytes() * self.block_height as usize
    }

    /// Bytes of the blocks of a row of blocks when decoded.
    pub(crate) fn decoded_bytes(&self, row: u32) -> usize {
        self.row_bytes() * self.rows(row) as usize
    }

    /// Where a block lies: (offset, bytes); none for a sparse one. `bytes` is not checked against anything.
    pub(crate) fn place(
        &self,
        input: &Input,
        plane: u16,
        col: u32,
        row: u32,
    ) -> Result<Option<(u64, u64)>, InputError> {
        let (across, down) = (u64::from(self.across()), u64::from(self.down()));
        let index = (u64::from(plane) * down + u64::from(row)) * across + u64::from(col);
        let offset = self.offsets.get(input, self.order, index)?;
        let bytes = match &self.counts {
            Some(counts) => counts.get(input, self.order, index)?,
            None if offset == 0 => 0,
            None => self.decoded_bytes(row) as u64,
        };
        Ok((offset != 0 || bytes != 0).then_some((offset, bytes)))
    }
}

fn size(input: &Input, ifd: &Ifd) -> Result<(u32, u32), OpenError> {
    let side = |tag, name| match ifd.whole(input, tag)? {
        Some(side @ 1..=MAX_SIDE) => Ok(side as u32),
        Some(side) => Err(OpenError::corrupt(format!("a {name} of {side} pixels"))),
        None => Err(OpenError::corrupt(format!("the {name} is not given"))),
    };
    Ok((side(tags::IMAGE_WIDTH, "width")?, side(tags::IMAGE_LENGTH, "height")?))
}

fn codec(input: &Input, ifd: &Ifd) -> Result<Codec, OpenError> {
    let value = ifd.whole(input, tags::COMPRESSION)?.unwrap_or(1);
    if ifd.whole(input, tags::FILL_ORDER)?.unwrap_or(1) != 1 {
        return Err(OpenError::unsupported("bits filled from the lowest (FillOrder 2)"));
    }
    Codec::from_tag(value).ok_or_else(|| OpenError::unsupported(compression_name(value)))
}

fn compression_name(value: u64) -> String {
    let name = match value {
        2..=4 => "CCITT fax",
        6 | 7 => "JPEG",
        34712 => "JPEG 2000",
        34887 => "LERC",
        34925 => "LZMA",
        50001 => "WebP",
        50002 | 52546 => "JPEG XL",
        _ => return format!("compression {value}"),
    };
    format!("{name} compression")
}

fn differences(input: &Input, ifd: &Ifd, codec: Codec, bits: u32) -> Result<bool, OpenError> {
    // The predictor is a matter of these codecs alone; elsewhere libtiff ignores the tag, and so do we.
    if !matches!(codec, Codec::Deflate | Codec::Lzw | Codec::Zstd) {
        return Ok(false);
    }
    match ifd.whole(input, tags::PREDICTOR)? {
        None | Some(1) => Ok(false),
        Some(2) if bits >= 8 => Ok(true),
        Some(other) => Err(OpenError::unsupported(format!("predictor {other} for samples of {bits} bits"))),
    }
}

/// (tiled, width, height) of a block.
fn block_size(input: &Input, ifd: &Ifd, width: u32, height: u32) -> Result<(bool, u32, u32), OpenError> {
    match (ifd.whole(input, tags::TILE_WIDTH)?, ifd.whole(input, tags::TILE_LENGTH)?) {
        (Some(across @ 1..=MAX_SIDE), Some(down @ 1..=MAX_SIDE)) => Ok((true, across as u32, down as u32)),
        (None, None) => match ifd.whole(input, tags::ROWS_PER_STRIP)? {
            Some(0) => Err(OpenError::corrupt("strips of no rows")),
            rows => Ok((false, width, rows.map_or(height, |rows| rows.min(u64::from(height)) as u32))),
        },
        (across, down) => {
            let [across, down] = [across, down].map(|side| side.map_or("?".to_owned(), |side| side.to_string()));
            Err(OpenError::corrupt(format!("tiles of {across} x {down} pixels")))
        }
    }
}
