//! DEFLATE for class maps.

mod bits;
mod block;
mod costs;
mod edges;
mod huffman;
mod parse;
mod symbols;

use bits::BitWriter;
use parse::Parser;

/// An encoder that knows how long a row is.
#[derive(Debug)]
pub(super) struct RowDeflater {
    parser: Parser,
}

impl RowDeflater {
    /// `row` and `sample` in bytes.
    pub(super) fn new(row: usize, sample: usize) -> RowDeflater {
        RowDeflater { parser: Parser::new(row, sample) }
    }

    /// Appends `data` as a zlib stream.
    pub(super) fn compress(&mut self, data: &[u8], out: &mut Vec<u8>) {
        out.extend([0x78, 0x9c]);
        self.parser.parse(data);
        let mut bits = BitWriter::new(out);
        block::write(&self.parser.tokens, &mut self.parser.counts, data, true, &mut bits);
        bits.finish();
        let mut sum = libdeflater::Adler32::new();
        sum.update(data);
        out.extend(sum.sum().to_be_bytes());
    }
}
