//! What a raster file is, and the seam through which its blocks are read.
//!
//! Axis order is always column then row (x then y); rows count from the top, columns from the left, both from 0.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The type of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DType {
    /// Unsigned, 8 bits.
    Uint8,
    /// Unsigned, 16 bits.
    Uint16,
    /// Signed, 16 bits.
    Int16,
}

impl DType {
    /// Bytes of one sample.
    pub fn bytes(self) -> usize {
        match self {
            DType::Uint8 => 1,
            DType::Uint16 | DType::Int16 => 2,
        }
    }

    /// The smallest and the largest value that the type holds.
    pub fn range(self) -> (i32, i32) {
        match self {
            DType::Uint8 => (0, 255),
            DType::Uint16 => (0, 65_535),
            DType::Int16 => (-32_768, 32_767),
        }
    }
}

impl std::fmt::Display for DType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            DType::Uint8 => "uint8",
            DType::Uint16 => "uint16",
            DType::Int16 => "int16",
        })
    }
}

/// Decoded samples in the file's own type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Samples {
    /// Unsigned, 8 bits.
    Uint8(Vec<u8>),
    /// Unsigned, 16 bits, in the machine's byte order.
    Uint16(Vec<u16>),
    /// Signed, 16 bits, in the machine's byte order.
    Int16(Vec<i16>),
}

impl Samples {
    /// `len` samples of one value, which the type can hold.
    pub fn filled(dtype: DType, len: usize, value: i32) -> Samples {
        match dtype {
            DType::Uint8 => Samples::Uint8(vec![value as u8; len]),
            DType::Uint16 => Samples::Uint16(vec![value as u16; len]),
            DType::Int16 => Samples::Int16(vec![value as i16; len]),
        }
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        match self {
            Samples::Uint8(v) => v.len(),
            Samples::Uint16(v) => v.len(),
            Samples::Int16(v) => v.len(),
        }
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The type of the samples.
    pub fn dtype(&self) -> DType {
        match self {
            Samples::Uint8(_) => DType::Uint8,
            Samples::Uint16(_) => DType::Uint16,
            Samples::Int16(_) => DType::Int16,
        }
    }

    /// The value that all samples have, if they have one.
    pub fn constant(&self) -> Option<i32> {
        fn same<T: PartialEq>(samples: &[T]) -> bool {
            // All are equal where each equals the next: one comparison of memory with itself, shifted by one.
            samples.split_first().is_some_and(|(_, rest)| samples[..rest.len()] == *rest)
        }
        let is_constant = match self {
            Samples::Uint8(v) => same(v),
            Samples::Uint16(v) => same(v),
            Samples::Int16(v) => same(v),
        };
        is_constant.then(|| self.get(0))
    }

    /// Appends the samples as little-endian bytes.
    pub fn append_bytes(&self, into: &mut Vec<u8>) {
        match self {
            Samples::Uint8(v) => into.extend(v),
            Samples::Uint16(v) => into.extend(v.iter().flat_map(|sample| sample.to_le_bytes())),
            Samples::Int16(v) => into.extend(v.iter().flat_map(|sample| sample.to_le_bytes())),
        }
    }

    /// The sample at `index` as a number that every type fits in.
    pub fn get(&self, index: usize) -> i32 {
        match self {
            Samples::Uint8(v) => i32::from(v[index]),
            Samples::Uint16(v) => i32::from(v[index]),
            Samples::Int16(v) => i32::from(v[index]),
        }
    }
}

/// The three GeoKey tags of a GeoTIFF, as they stand in the file: how it states its CRS.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GeoKeys {
    /// GeoKeyDirectoryTag (34735).
    pub directory: Vec<u16>,
    /// GeoDoubleParamsTag (34736).
    pub doubles: Vec<f64>,
    /// GeoAsciiParamsTag (34737).
    pub ascii: String,
}

impl GeoKeys {
    /// The value of a key that is stored in the directory itself (a code), if the key is there.
    pub fn code(&self, key: u16) -> Option<u16> {
        self.directory.get(4..)?.chunks_exact(4).find(|entry| entry[0] == key && entry[1] == 0).map(|entry| entry[3])
    }

    /// The EPSG code of the CRS where the keys name one and nothing else: a projected code (3072), or a geographic code
    /// (2048) of a file whose model (1024) is geographic.
    pub fn epsg(&self) -> Option<u16> {
        const USER_DEFINED: u16 = 32_767;
        let code = match self.code(1024)? {
            1 => self.code(3072)?,
            2 => self.code(2048)?,
            _ => return None,
        };
        (code != USER_DEFINED && code != 0).then_some(code)
    }
}

/// From pixel to map: `x = t[0] + col*t[1] + row*t[2]`, `y = t[3] + col*t[4] + row*t[5]`, for the corner of a pixel.
/// The order of the six numbers is GDAL's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GeoTransform(pub [f64; 6]);

impl GeoTransform {
    /// The map coordinates [x, y] of a place in pixels (fractions allowed; whole numbers are upper left corners).
    pub fn to_map(&self, col: f64, row: f64) -> [f64; 2] {
        let t = &self.0;
        [t[0] + col * t[1] + row * t[2], t[3] + col * t[4] + row * t[5]]
    }

    /// Whether rows run south, columns run east, and nothing is rotated: what a grid can be compared with.
    pub fn is_north_up(&self) -> bool {
        let t = &self.0;
        t.iter().all(|v| v.is_finite()) && t[2] == 0.0 && t[4] == 0.0 && t[1] > 0.0 && t[5] < 0.0
    }
}

/// How samples of several bands lie in the blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interleave {
    /// Every block holds all bands, sample by sample (`PlanarConfiguration` 1).
    Chunky,
    /// Every block holds one band (`PlanarConfiguration` 2).
    Planar,
}

/// What a raster says of itself, read without touching a pixel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RasterFacts {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Number of bands, at least 1.
    pub bands: u16,
    /// Type of the samples.
    pub dtype: DType,
    /// Columns of a block; a strip is as wide as the raster.
    pub block_width: u32,
    /// Rows of a block (`RowsPerStrip`, cut to the raster's height).
    pub block_height: u32,
    /// How bands lie in blocks.
    pub interleave: Interleave,
    /// Name of the compression: `none`, `deflate`, `lzw`, `zstd`, `packbits`.
    pub compression: String,
    /// The declared nodata value. A text that is no number, or a number that the type cannot hold, is an error of the reader.
    pub nodata: Option<i32>,
    /// Whether an internal mask says which pixels are valid.
    pub mask: bool,
    /// Where the pixels lie; none if the file is not georeferenced.
    pub transform: Option<GeoTransform>,
    /// The CRS as the file states it; none if it does not.
    pub geo_keys: Option<GeoKeys>,
    /// One entry a band: its description, if it has one.
    pub band_descriptions: Vec<Option<String>>,
    /// Red, green, blue of each value, if the file has a colour table (values of 0-255 each).
    pub palette: Option<Vec<[u8; 3]>>,
    /// Bytes of the file.
    pub file_bytes: u64,
}

impl RasterFacts {
    /// Blocks across.
    pub fn blocks_across(&self) -> u32 {
        self.width.div_ceil(self.block_width)
    }

    /// Blocks down.
    pub fn blocks_down(&self) -> u32 {
        self.height.div_ceil(self.block_height)
    }

    /// Whether blocks are strips: as wide as the raster.
    pub fn is_striped(&self) -> bool {
        self.block_width >= self.width
    }
}

/// Which block: column and row of blocks, and the band (from 0) where bands are planar; band 0 for chunky files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BlockIndex {
    /// Band from 0; 0 for chunky files, whose blocks hold all bands.
    pub band: u16,
    /// Column of blocks.
    pub col: u32,
    /// Row of blocks.
    pub row: u32,
}

/// A decoded block. Blocks at the right edge keep their full width (the padding is there); strips and tiles at the bottom
/// may be shorter: `height` says how many rows are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Columns held.
    pub width: u32,
    /// Rows held.
    pub height: u32,
    /// Samples a pixel: the number of bands for chunky files, else 1.
    pub samples_per_pixel: u16,
    /// The content.
    pub content: BlockContent,
    /// For files with an internal mask: one byte a pixel, 0 where the pixel is not valid. None where all are valid.
    pub valid: Option<Vec<u8>>,
}

/// The samples of a block, or the knowledge that it has none of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockContent {
    /// A sparse block: nothing stored; every sample is the nodata value (0 where none is declared).
    Empty,
    /// Every sample is this value, which was known without decoding.
    Constant(i32),
    /// `width * height * samples_per_pixel` samples, row by row, samples of one pixel side by side.
    Samples(Samples),
}

impl Block {
    /// The samples, of a raster with these facts, whether or not they stand in the block one by one.
    pub fn samples(&self, facts: &RasterFacts) -> Cow<'_, Samples> {
        let len = self.width as usize * self.height as usize * usize::from(self.samples_per_pixel);
        match &self.content {
            BlockContent::Empty => Cow::Owned(Samples::filled(facts.dtype, len, facts.nodata.unwrap_or(0))),
            BlockContent::Constant(value) => Cow::Owned(Samples::filled(facts.dtype, len, *value)),
            BlockContent::Samples(samples) => Cow::Borrowed(samples),
        }
    }
}

/// Why a block could not be read. The file's path is added by whoever knows it.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The operating system refused.
    #[error("cannot read {bytes} bytes at offset {offset}: {source}")]
    Io {
        /// Where in the file.
        offset: u64,
        /// How many bytes were asked for.
        bytes: u64,
        /// What the system said.
        source: std::io::Error,
    },
    /// The bytes are not what the file's header promises.
    #[error("block at column {}, row {} (band {}) is corrupt: {what}", .index.col, .index.row, .index.band + 1)]
    Corrupt {
        /// Which block.
        index: BlockIndex,
        /// What is wrong with it.
        what: String,
    },
}

impl ReadError {
    /// The same error once more: everybody who waits for a block is told why it does not come.
    pub fn duplicate(&self) -> ReadError {
        match self {
            ReadError::Io { offset, bytes, source } => ReadError::Io {
                offset: *offset,
                bytes: *bytes,
                source: std::io::Error::new(source.kind(), source.to_string()),
            },
            ReadError::Corrupt { index, what } => ReadError::Corrupt { index: *index, what: what.clone() },
        }
    }
}

/// A raster that can be read block by block, from any thread.
pub trait RasterSource: Send + Sync {
    /// What the raster says of itself.
    fn facts(&self) -> &RasterFacts;

    /// Reads and decodes one block.
    ///
    /// # Errors
    /// [`ReadError`] where the system refuses or the bytes are corrupt; never a panic on a partner's bytes.
    fn read_block(&self, index: BlockIndex) -> Result<Block, ReadError>;

    /// Takes back a block that nobody needs any more: its memory may serve for the next one.
    fn recycle(&self, _block: Block) {}

    /// Appends bytes that decide what a block holds: the same bytes, and the same place in a raster of the same facts, the same pixels.
    /// A file gives what it stores, so that blocks can be compared without being decoded. False, and nothing appended, for a sparse
    /// block without a mask.
    ///
    /// # Errors
    /// As [`RasterSource::read_block`].
    fn stored_block(&self, index: BlockIndex, into: &mut Vec<u8>) -> Result<bool, ReadError> {
        let block = self.read_block(index)?;
        if block.content == BlockContent::Empty && block.valid.is_none() {
            return Ok(false);
        }
        if block.content != BlockContent::Empty {
            block.samples(self.facts()).append_bytes(into);
        }
        into.extend(block.valid.iter().flatten());
        into.push(u8::from(block.valid.is_some()));
        Ok(true)
    }
}
