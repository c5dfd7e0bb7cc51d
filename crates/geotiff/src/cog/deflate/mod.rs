//! DEFLATE for class maps.

mod bits;
mod block;
mod costs;
mod edges;
mod huffman;
mod parse;
mod symbols;

use bits::BitWriter;
use block::Block;
use parse::Parser;
use symbols::Distances;

/// Tokens of a block: enough that a code of its own is worth while.
const BLOCK: usize = 65_536;

/// An encoder that knows how long a row is.
#[derive(Debug)]
pub(super) struct RowDeflater {
    distances: Distances,
    parser: Parser,
}

impl RowDeflater {
    /// `row` and `sample` in bytes.
    pub(super) fn new(row: usize, sample: usize) -> RowDeflater {
        let distances = Distances { sample, row };
        RowDeflater { distances, parser: Parser::new(distances) }
    }

    /// Appends `data` as a zlib stream (RFC 1950).
    pub(super) fn compress(&mut self, data: &[u8], out: &mut Vec<u8>) {
        out.extend([0x78, 0x9c]);
        let mut bits = BitWriter::new(out);
        let mut rest = data;
        let mut tokens = self.parser.parse(data);
        loop {
            let (now, then) = tokens.split_at(tokens.len().min(BLOCK));
            let (bytes, after) = rest.split_at(now.iter().map(|token| token.bytes()).sum());
            let last = then.is_empty();
            block::write(&Block { tokens: now, distances: self.distances, bytes, last }, &mut bits);
            (tokens, rest) = (then, after);
            if last {
                break;
            }
        }
        bits.finish();
        let mut sum = libdeflater::Adler32::new();
        sum.update(data);
        out.extend(sum.sum().to_be_bytes());
    }
}
