//! Blocks as they are stored: fetching apart from decoding, for who wants to know what the codecs alone cost.

use mutirao_core::raster::{BlockIndex, ReadError};

use crate::block::{self, BlockError};
use crate::codec::Decoders;
use crate::source::GeoTiff;

/// What decoders keep between blocks; a thread keeps one and reuses it.
#[derive(Default)]
pub struct Decoder(Decoders);

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").finish_non_exhaustive()
    }
}

impl GeoTiff {
    /// Reads the stored bytes of a block into `raw`, replacing what it holds; false for a sparse block, of which nothing is stored.
    ///
    /// # Errors
    /// [`ReadError`] where there is no such block, the system refuses, or the bytes pass the end of the file.
    pub fn fetch(&self, index: BlockIndex, raw: &mut Vec<u8>) -> Result<bool, ReadError> {
        self.check(index)?;
        let BlockIndex { band, col, row } = index;
        block::fetch(self.input(), self.layout(), band, col, row, raw).map_err(|error| error.of(index))
    }

    /// Undoes the compression of a block that was fetched: `out` becomes its bytes as the codec gives them back, rows padded to
    /// whole bytes, in the file's byte order, a predictor not undone.
    ///
    /// # Errors
    /// [`ReadError::Corrupt`] where there is no such block or the bytes are not what the codec wrote.
    pub fn unpack(
        &self,
        index: BlockIndex,
        raw: &[u8],
        decoder: &mut Decoder,
        out: &mut Vec<u8>,
    ) -> Result<(), ReadError> {
        self.check(index)?;
        let layout = self.layout();
        out.resize(layout.decoded_bytes(index.row), 0);
        let done = decoder.0.decode(layout.codec, raw, out, layout.whole_bytes());
        done.map_err(|error| BlockError::from(error).of(index))
    }
}
