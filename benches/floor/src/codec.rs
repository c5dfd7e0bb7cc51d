//! Compressing with the engine's crates, into a buffer that is reused.

use std::str::FromStr;

use libdeflater::{CompressionLvl, Compressor};

use crate::error::Error;

/// How tiles are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// DEFLATE in a zlib wrapper, with its level.
    Deflate(i32),
    /// Zstandard, with its level.
    Zstd(i32),
}

impl FromStr for Codec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':').and_then(|(name, level)| Some((name, level.parse().ok()?))) {
            Some(("deflate", level @ 1..=12)) => Ok(Codec::Deflate(level)),
            Some(("zstd", level @ 1..=22)) => Ok(Codec::Zstd(level)),
            _ => Err(format!("\"{text}\" is neither deflate:1 to deflate:12 nor zstd:1 to zstd:22")),
        }
    }
}

/// A compressor that a thread keeps.
pub struct Packer {
    context: Context,
    room: Vec<u8>,
}

enum Context {
    Deflate(Compressor),
    Zstd(zstd::bulk::Compressor<'static>),
}

fn refused(error: impl std::fmt::Display) -> Error {
    Error::Compress(error.to_string())
}

impl Packer {
    /// A compressor.
    ///
    /// # Errors
    /// [`Error::Compress`] where the system refuses a context.
    pub fn new(codec: Codec) -> Result<Self, Error> {
        let context = match codec {
            Codec::Deflate(level) => {
                let level = CompressionLvl::new(level).map_err(|_| Error::Compress(format!("level {level}")))?;
                Context::Deflate(Compressor::new(level))
            }
            Codec::Zstd(level) => Context::Zstd(zstd::bulk::Compressor::new(level).map_err(refused)?),
        };
        Ok(Packer { context, room: Vec::new() })
    }

    /// Compresses; how many bytes it makes.
    ///
    /// # Errors
    /// [`Error::Compress`].
    pub fn pack(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        match &mut self.context {
            Context::Deflate(context) => {
                self.room.resize(context.zlib_compress_bound(bytes.len()), 0);
                context.zlib_compress(bytes, &mut self.room).map_err(refused)
            }
            Context::Zstd(context) => {
                self.room.resize(zstd::zstd_safe::compress_bound(bytes.len()), 0);
                context.compress_to_buffer(bytes, &mut self.room[..]).map_err(refused)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codecs_are_named_with_their_levels() {
        assert_eq!("deflate:6".parse(), Ok(Codec::Deflate(6)));
        assert_eq!("zstd:3".parse(), Ok(Codec::Zstd(3)));
        for wrong in ["deflate", "deflate:0", "deflate:13", "zstd:23", "lzw:1", ""] {
            assert!(wrong.parse::<Codec>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn repetition_is_packed_small() {
        for codec in [Codec::Deflate(6), Codec::Zstd(3)] {
            let mut packer = Packer::new(codec).unwrap();
            assert!(packer.pack(&[7; 10_000]).unwrap() < 100);
        }
    }
}
