//! DEFLATE in a zlib wrapper (Compression 8 and 32946).

use libdeflater::{DecompressionError, Decompressor};

use super::{CodecError, generous};

/// A decompressor that is reused.
pub(crate) struct Inflater(Decompressor);

impl Default for Inflater {
    fn default() -> Self {
        Inflater(Decompressor::new())
    }
}

impl Inflater {
    pub(crate) fn decode(&mut self, raw: &[u8], out: &mut [u8], whole: usize) -> Result<(), CodecError> {
        let due = out.len();
        match self.0.zlib_decompress(raw, out) {
            Ok(have) if have == due => Ok(()),
            Ok(have) => Err(CodecError::Short { have, due }),
            Err(DecompressionError::BadData) => Err(CodecError::Bad { codec: "DEFLATE" }),
            Err(DecompressionError::InsufficientSpace) => self.decode_longer(raw, out, whole),
        }
    }

    /// libdeflate cannot stop early, so a stream with more data than is due is decoded apart and cut.
    fn decode_longer(&mut self, raw: &[u8], out: &mut [u8], whole: usize) -> Result<(), CodecError> {
        let due = out.len();
        let mut room = vec![0; generous(whole)];
        let have = self.0.zlib_decompress(raw, &mut room).map_err(|error| match error {
            DecompressionError::BadData => CodecError::Bad { codec: "DEFLATE" },
            DecompressionError::InsufficientSpace => CodecError::Long,
        })?;
        let data = room.get(..due).filter(|_| have >= due).ok_or(CodecError::Short { have, due })?;
        out.copy_from_slice(data);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use libdeflater::{CompressionLvl, Compressor};

    fn pack(data: &[u8]) -> Vec<u8> {
        let mut compressor = Compressor::new(CompressionLvl::default());
        let mut out = vec![0; compressor.zlib_compress_bound(data.len())];
        let len = compressor.zlib_compress(data, &mut out).unwrap();
        out.truncate(len);
        out
    }

    #[test]
    fn exact_longer_shorter_and_a_bomb() {
        let raw = pack(&[7; 1000]);
        let mut inflater = Inflater::default();
        let mut out = vec![0; 1000];
        inflater.decode(&raw, &mut out, 1000).unwrap();
        assert_eq!(out, vec![7; 1000]);
        let mut few = vec![0; 10];
        inflater.decode(&raw, &mut few, 1000).unwrap();
        assert_eq!(few, vec![7; 10]);
        let mut many = vec![0; 1001];
        assert_eq!(inflater.decode(&raw, &mut many, 1000), Err(CodecError::Short { have: 1000, due: 1001 }));
        let bomb = pack(&vec![0; 1 << 20]);
        assert_eq!(inflater.decode(&bomb, &mut few, 1000), Err(CodecError::Long));
    }

    #[test]
    fn trailing_bytes_are_tolerated() {
        let mut raw = pack(b"mangrove");
        raw.extend([1, 2, 3, 4]);
        let mut out = [0; 8];
        Inflater::default().decode(&raw, &mut out, 1000).unwrap();
        assert_eq!(&out, b"mangrove");
    }
}
