//! From samples to the bytes of a tile. Pure: no file is touched.

use libdeflater::{CompressionLvl, Compressor as Deflater};
use mutirao_core::raster::DType;
pub use mutirao_core::sink::TileSamples;
use zstd::bulk::Compressor as Packer;

use super::deflate::TileDeflater;
use super::{CogError, CogSpec, Compression};

/// Encodes tiles of one file; a thread keeps one and reuses it. The same samples give the same bytes.
pub struct TileEncoder {
    dtype: DType,
    due: usize,
    context: Context,
    /// Samples of 16 bits as little-endian bytes.
    bytes: Vec<u8>,
    /// Room for the compressor to write to.
    packed: Vec<u8>,
}

enum Context {
    None,
    Deflate(Deflater),
    /// Levels 5 and 6.
    Map(Box<TileDeflater>),
    Zstd(Packer<'static>),
}

impl std::fmt::Debug for TileEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TileEncoder").field("dtype", &self.dtype).field("due", &self.due).finish_non_exhaustive()
    }
}

fn compress_error(error: impl std::fmt::Display) -> CogError {
    CogError::Compress { what: error.to_string() }
}

impl TileEncoder {
    /// An encoder for the tiles of a file.
    ///
    /// # Errors
    /// [`CogError::Spec`] for a specification that cannot be written, [`CogError::Compress`] where the system refuses a
    /// context.
    pub fn new(spec: &CogSpec) -> Result<TileEncoder, CogError> {
        spec.check()?;
        let context = match spec.compression {
            Compression::None => Context::None,
            Compression::Deflate { level } => deflate_context(spec, level)?,
            Compression::Zstd { level } => Context::Zstd(Packer::new(level).map_err(compress_error)?),
        };
        let due = spec.tile as usize * spec.tile as usize;
        Ok(TileEncoder { dtype: spec.dtype, due, context, bytes: Vec::new(), packed: Vec::new() })
    }

    /// The bytes of one tile as they stand in the file, without leader and trailer.
    ///
    /// # Errors
    /// [`CogError::Samples`] if type or number of the samples is not the file's.
    pub fn encode(&mut self, samples: TileSamples<'_>) -> Result<Vec<u8>, CogError> {
        let (dtype, have) = match samples {
            TileSamples::Uint8(values) => (DType::Uint8, values.len()),
            TileSamples::Uint16(values) => (DType::Uint16, values.len()),
        };
        if dtype != self.dtype || have != self.due {
            return Err(CogError::Samples { have, dtype, due: self.due, due_dtype: self.dtype });
        }
        let bytes = match samples {
            TileSamples::Uint8(values) => values,
            TileSamples::Uint16(values) => {
                self.bytes.clear();
                self.bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
                &self.bytes
            }
        };
        pack(&mut self.context, bytes, &mut self.packed)
    }
}

/// Levels 5 and 6 are the encoder for class maps; the others are libdeflate's own.
fn deflate_context(spec: &CogSpec, level: i32) -> Result<Context, CogError> {
    let of_libdeflate = CompressionLvl::new(level).map_err(|_| CogError::Spec { what: format!("level {level}") })?;
    if !matches!(level, 5 | 6) {
        return Ok(Context::Deflate(Deflater::new(of_libdeflate)));
    }
    let sample = if spec.dtype == DType::Uint8 { 1 } else { 2 };
    Ok(Context::Map(Box::new(TileDeflater::new(sample, spec.tile as usize * sample, of_libdeflate))))
}

fn pack(context: &mut Context, bytes: &[u8], room: &mut Vec<u8>) -> Result<Vec<u8>, CogError> {
    let packed = match context {
        Context::None => return Ok(bytes.to_vec()),
        Context::Map(deflater) => {
            room.clear();
            deflater.compress(bytes, room).map_err(compress_error)?;
            room.len()
        }
        Context::Deflate(deflater) => {
            room.resize(deflater.zlib_compress_bound(bytes.len()), 0);
            deflater.zlib_compress(bytes, room).map_err(compress_error)?
        }
        Context::Zstd(packer) => {
            room.resize(zstd::zstd_safe::compress_bound(bytes.len()), 0);
            packer.compress_to_buffer(bytes, &mut room[..]).map_err(compress_error)?
        }
    };
    Ok(room[..packed].to_vec())
}
