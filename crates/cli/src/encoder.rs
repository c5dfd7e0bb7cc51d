//! Tile encoders for many threads: each takes one from the pool and puts it back.

use std::sync::{Mutex, PoisonError};

use mutirao_core::sink::{EncodeError, TileEncoder, TileSamples};
use mutirao_geotiff::cog::{self, CogSpec};

/// Encoders of one compression, for 8 and 16 bits.
pub struct EncoderPool {
    narrow: Pool,
    wide: Pool,
}

struct Pool {
    spec: CogSpec,
    idle: Mutex<Vec<cog::TileEncoder>>,
}

impl EncoderPool {
    /// A pool for the tiles of files like these, which differ in the type of their samples.
    pub fn new(narrow: CogSpec, wide: CogSpec) -> Self {
        let pool = |spec| Pool { spec, idle: Mutex::default() };
        EncoderPool { narrow: pool(narrow), wide: pool(wide) }
    }
}

impl Pool {
    fn encode(&self, samples: TileSamples<'_>) -> Result<Vec<u8>, EncodeError> {
        let failed = |error: cog::CogError| EncodeError(error.to_string());
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut encoder = match idle {
            Some(encoder) => encoder,
            None => cog::TileEncoder::new(&self.spec).map_err(failed)?,
        };
        let encoded = encoder.encode(samples).map_err(failed);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(encoder);
        encoded
    }
}

impl TileEncoder for EncoderPool {
    fn encode(&self, samples: TileSamples<'_>) -> Result<Vec<u8>, EncodeError> {
        match samples {
            TileSamples::Uint8(_) => self.narrow.encode(samples),
            TileSamples::Uint16(_) => self.wide.encode(samples),
        }
    }
}
