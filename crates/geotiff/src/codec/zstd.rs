//! Zstandard (Compression 50000).

use zstd::bulk::Decompressor;
use zstd::zstd_safe;

use super::{CodecError, generous};

/// A decompressor that is made at first use and then reused.
#[derive(Default)]
pub(crate) struct Unpacker(Option<Decompressor<'static>>);

impl Unpacker {
    pub(crate) fn decode(&mut self, raw: &[u8], out: &mut [u8], whole: usize) -> Result<(), CodecError> {
        // Bytes after the frame belong to nobody; the decompressor would take them for a second frame.
        let bad = CodecError::Bad { codec: "ZSTD" };
        let Ok(frame) = zstd_safe::find_frame_compressed_size(raw) else { return Err(bad) };
        let Some(raw) = raw.get(..frame) else { return Err(bad) };
        let context = self.context()?;
        let due = out.len();
        match context.decompress_to_buffer(raw, out) {
            Ok(have) if have == due => Ok(()),
            Ok(have) => Err(CodecError::Short { have, due }),
            Err(_) => decode_longer(context, raw, out, whole),
        }
    }

    fn context(&mut self) -> Result<&mut Decompressor<'static>, CodecError> {
        if self.0.is_none() {
            self.0 = Some(Decompressor::new().map_err(|_| CodecError::Context { codec: "ZSTD" })?);
        }
        self.0.as_mut().ok_or(CodecError::Context { codec: "ZSTD" })
    }
}

/// A frame with more data than is due, as some writers fill the last strip.
fn decode_longer(
    context: &mut Decompressor<'static>,
    raw: &[u8],
    out: &mut [u8],
    whole: usize,
) -> Result<(), CodecError> {
    let mut room = vec![0; generous(whole)];
    let have = context.decompress_to_buffer(raw, &mut room[..]).map_err(|_| CodecError::Bad { codec: "ZSTD" })?;
    let due = out.len();
    let data = room.get(..due).filter(|_| have >= due).ok_or(CodecError::Short { have, due })?;
    out.copy_from_slice(data);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_longer_shorter_and_trailing_bytes() {
        let mut raw = zstd::bulk::compress(&[9; 500], 3).unwrap();
        let mut unpacker = Unpacker::default();
        for due in [500, 20] {
            let mut out = vec![0; due];
            unpacker.decode(&raw, &mut out, 1000).unwrap();
            assert_eq!(out, vec![9; due]);
        }
        let mut many = vec![0; 501];
        assert_eq!(unpacker.decode(&raw, &mut many, 1000), Err(CodecError::Short { have: 500, due: 501 }));
        raw.extend([0; 7]);
        let mut out = vec![0; 500];
        unpacker.decode(&raw, &mut out, 1000).unwrap();
        assert_eq!(unpacker.decode(b"no frame", &mut out, 1000), Err(CodecError::Bad { codec: "ZSTD" }));
    }
}
