//! Plain GeoTIFF in safe Rust: a reader of blocks and a writer of Cloud-Optimized GeoTIFF.
//!
//! "Plain" is what a pipeline's hot path reads without GDAL: tiled or striped, classic or BigTIFF, either byte order,
//! uncompressed or DEFLATE, LZW, ZSTD, PackBits, predictor 1 or 2, samples of uint8, uint16 or int16. A file of another
//! kind is refused by name ([`OpenError::Unsupported`]), so that something else can translate it.
//!
//! The bytes are partners' bytes: every offset is checked against the file's size, a decoded block is bounded by
//! [`MAX_BLOCK_BYTES`], chains that loop are found, and what is corrupt is an error that names its block, never a panic.
//!
//! ```no_run
//! use mutirao_core::raster::{BlockIndex, RasterSource};
//! let tiff = mutirao_geotiff::GeoTiff::open("classes.tif".as_ref())?;
//! let first = tiff.read_block(BlockIndex { band: 0, col: 0, row: 0 })?;
//! assert_eq!(first.width, tiff.facts().block_width);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The writer is in [`cog`]: any thread encodes tiles, one pass assembles them. [`vrt`] and [`aux_xml`] write the small
//! texts that go beside the files.
#![forbid(unsafe_code)]

mod aux_xml;
mod block;
mod bytes;
mod codec;
pub mod cog;
mod error;
mod facts;
mod gdal_metadata;
mod georef;
mod ifd;
mod input;
mod layout;
mod mask;
mod memory;
mod pages;
mod predictor;
mod source;
mod statement;
mod stored;
pub mod vrt;
mod xml;

pub use aux_xml::aux_xml;
pub use error::OpenError;
pub use input::Stamp;
pub use layout::MAX_BLOCK_BYTES;
pub use source::GeoTiff;
pub use statement::statement;
pub use stored::Decoder;
pub use xml::escape as escape_xml;
