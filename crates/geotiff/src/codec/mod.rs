//! Codecs on slices: no files, no facts. Every decoder fills a slice of the size that is due, and nothing more.

mod deflate;
mod lzw;
mod packbits;
mod zstd;

pub(crate) use lzw::is_old_style as is_old_style_lzw;

/// How the blocks of a file are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    None,
    Deflate,
    Lzw,
    Zstd,
    PackBits,
}

/// Why a block's bytes could not be decoded.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CodecError {
    #[error("{have} bytes are there where {due} are due")]
    Short { have: usize, due: usize },
    #[error("more data than a block holds")]
    Long,
    #[error("bad {codec} data")]
    Bad { codec: &'static str },
    #[error("bad LZW data: code {code} where the table ends at {end}")]
    LzwCode { code: usize, end: usize },
    #[error("the system refused a {codec} context")]
    Context { codec: &'static str },
}

impl Codec {
    /// The codec of a value of the Compression tag.
    pub(crate) fn from_tag(value: u64) -> Option<Codec> {
        match value {
            1 => Some(Codec::None),
            8 | 32946 => Some(Codec::Deflate),
            5 => Some(Codec::Lzw),
            50000 => Some(Codec::Zstd),
            32773 => Some(Codec::PackBits),
            _ => None,
        }
    }

    /// The name that facts give it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Codec::None => "none",
            Codec::Deflate => "deflate",
            Codec::Lzw => "lzw",
            Codec::Zstd => "zstd",
            Codec::PackBits => "packbits",
        }
    }
}

/// The contexts and tables that decoders need, made once a thread.
#[derive(Default)]
pub(crate) struct Decoders {
    deflate: deflate::Inflater,
    lzw: lzw::Table,
    zstd: zstd::Unpacker,
}

impl Decoders {
    /// Decodes `raw` into exactly `out`. Data beyond what `out` holds is tolerated where a decoder can stop there, and
    /// for the others up to twice a whole block (`whole` bytes): some writers fill the last strip.
    ///
    /// # Errors
    /// Where the data is malformed or ends before `out` is full.
    pub(crate) fn decode(&mut self, codec: Codec, raw: &[u8], out: &mut [u8], whole: usize) -> Result<(), CodecError> {
        match codec {
            Codec::None => copy(raw, out),
            Codec::Deflate => self.deflate.decode(raw, out, whole),
            Codec::Lzw => self.lzw.decode(raw, out),
            Codec::Zstd => self.zstd.decode(raw, out, whole),
            Codec::PackBits => packbits::decode(raw, out),
        }
    }
}

fn copy(raw: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    let due = out.len();
    let source = raw.get(..due).ok_or(CodecError::Short { have: raw.len(), due })?;
    out.copy_from_slice(source);
    Ok(())
}

/// How far a decoder that cannot stop may go.
fn generous(whole: usize) -> usize {
    whole.saturating_mul(2).saturating_add(1 << 16)
}
