//! One block: the smallest of stored, fixed and dynamic codes (RFC 1951, section 3.2.3).

use super::bits::BitWriter;
use super::huffman::{self, Word};
use super::symbols::{Counts, DISTANCES, Distances, END, LITLEN, TOKENS, Token, distance, length};

/// The order in which the lengths of the code of code lengths are written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Bytes of a stored block at most.
const STORED_MOST: usize = 65_535;

/// The two codes of a block.
struct Codes {
    lengths: [u8; LITLEN + 2 + DISTANCES + 2],
    litlen: [Word; LITLEN + 2],
    distances: [Word; DISTANCES + 2],
}

impl Codes {
    fn of(lengths: [u8; LITLEN + 2 + DISTANCES + 2]) -> Codes {
        let mut codes =
            Codes { lengths, litlen: [Word::default(); LITLEN + 2], distances: [Word::default(); DISTANCES + 2] };
        huffman::words(&lengths[..LITLEN + 2], &mut codes.litlen);
        huffman::words(&lengths[LITLEN + 2..], &mut codes.distances);
        codes
    }

    fn dynamic(counts: &Counts) -> Codes {
        let mut lengths = [0; LITLEN + 2 + DISTANCES + 2];
        huffman::lengths(&counts.litlen, 15, &mut lengths[..LITLEN]);
        huffman::lengths(&counts.distances, 15, &mut lengths[LITLEN + 2..][..DISTANCES]);
        Codes::of(lengths)
    }

    fn fixed() -> Codes {
        let mut lengths = [8; LITLEN + 2 + DISTANCES + 2];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        lengths[LITLEN + 2..].fill(5);
        Codes::of(lengths)
    }

    /// Bits of all tokens and the end of the block.
    fn cost(&self, counts: &Counts) -> u64 {
        let litlen = counts.litlen.iter().zip(&self.litlen).map(|(n, word)| u64::from(*n) * u64::from(word.len));
        let far = counts.distances.iter().zip(&self.distances).map(|(n, word)| u64::from(*n) * u64::from(word.len));
        litlen.sum::<u64>() + far.sum::<u64>() + counts.extra_bits
    }

    fn write(&self, tokens: &[Token], distances: Distances, out: &mut BitWriter<'_>) {
        let by_token = self.by_token(distances);
        for token in tokens {
            let (bits, count) = by_token[token.index()];
            out.put(bits, count);
        }
        out.put(u64::from(self.litlen[END].bits), u32::from(self.litlen[END].len));
    }

    /// All bits of every token: words and extra bits together are 48 at most.
    fn by_token(&self, distances: Distances) -> [(u64, u32); TOKENS] {
        let mut all = [(0, 0); TOKENS];
        for (token, (bits, count)) in Token::all().zip(&mut all) {
            let mut push = |value: u32, n: u32| {
                *bits |= u64::from(value) << *count;
                *count += n;
            };
            let Some((len, from)) = token.match_of() else {
                let word = self.litlen[token.index()];
                push(word.bits.into(), word.len.into());
                continue;
            };
            let (len, far) = (length(len), distance(distances.of(from)));
            for (part, word) in [(len, self.litlen[len.symbol]), (far, self.distances[far.symbol])] {
                push(word.bits.into(), word.len.into());
                push(part.value, part.extra);
            }
        }
        all
    }
}

/// The lengths of the two codes as they stand in a dynamic block: repeats are packed, and coded once more.
struct Header {
    /// Symbol, value and number of extra bits.
    items: Vec<(u8, u8, u8)>,
    words: [Word; 19],
    litlen: usize,
    distances: usize,
    order: usize,
    bits: u64,
}

impl Header {
    fn of(codes: &Codes) -> Header {
        let used =
            |lengths: &[u8], least: usize| lengths.iter().rposition(|len| *len > 0).map_or(least, |i| i + 1).max(least);
        let litlen = used(&codes.lengths[..LITLEN], END + 1);
        let distances = used(&codes.lengths[LITLEN + 2..], 1);
        let all = [&codes.lengths[..litlen], &codes.lengths[LITLEN + 2..][..distances]].concat();
        let mut items = Vec::with_capacity(all.len());
        for same in all.chunk_by(|a, b| a == b) {
            repeats(same[0], same.len(), &mut items);
        }
        let mut counts = [0; 19];
        items.iter().for_each(|item| counts[usize::from(item.0)] += 1);
        let mut lengths = [0; 19];
        huffman::lengths(&counts, 7, &mut lengths);
        let mut words = [Word::default(); 19];
        huffman::words(&lengths, &mut words);
        let order = ORDER.iter().rposition(|symbol| lengths[*symbol] > 0).map_or(4, |i| i + 1).max(4);
        let packed: u64 = items.iter().map(|item| u64::from(words[usize::from(item.0)].len + item.2)).sum();
        Header { items, words, litlen, distances, order, bits: 14 + 3 * order as u64 + packed }
    }

    fn write(&self, out: &mut BitWriter<'_>) {
        out.put((self.litlen - 257) as u64, 5);
        out.put((self.distances - 1) as u64, 5);
        out.put((self.order - 4) as u64, 4);
        for symbol in &ORDER[..self.order] {
            out.put(u64::from(self.words[*symbol].len), 3);
        }
        for (symbol, value, extra) in &self.items {
            let word = self.words[usize::from(*symbol)];
            out.put(u64::from(word.bits) | u64::from(*value) << word.len, u32::from(word.len + extra));
        }
    }
}

/// A length that stands `n` times in a row, as symbols 0 to 18.
fn repeats(len: u8, mut n: usize, items: &mut Vec<(u8, u8, u8)>) {
    if len > 0 {
        items.push((len, 0, 0));
        n -= 1;
    }
    while n > 0 {
        let (taken, item) = match (len, n) {
            (0, 11..) => (n.min(138), (18, (n.min(138) - 11) as u8, 7)),
            (0, 3..) => (n, (17, (n - 3) as u8, 3)),
            (1.., 3..) => (n.min(6), (16, (n.min(6) - 3) as u8, 2)),
            _ => (1, (len, 0, 0)),
        };
        items.push(item);
        n -= taken;
    }
}

/// The tokens of one block and what they stand for.
pub(super) struct Block<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) distances: Distances,
    pub(super) bytes: &'a [u8],
    pub(super) last: bool,
}

/// Writes one block.
pub(super) fn write(block: &Block<'_>, out: &mut BitWriter<'_>) {
    let Block { tokens, distances, bytes, last } = *block;
    let mut occur = [0; TOKENS];
    tokens.iter().for_each(|token| occur[token.index()] += 1);
    let counts = &Counts::of(&occur, distances);
    let dynamic = Codes::dynamic(counts);
    let header = Header::of(&dynamic);
    let fixed = Codes::fixed();
    let (dynamic_bits, fixed_bits) = (header.bits + dynamic.cost(counts), fixed.cost(counts));
    // Up to seven bits of padding and two lengths before every piece.
    let stored_bits = 8 * bytes.len() as u64 + 42 * bytes.len().div_ceil(STORED_MOST).max(1) as u64;
    let end = u64::from(last);
    if stored_bits < dynamic_bits.min(fixed_bits) {
        write_stored(bytes, last, out);
    } else if fixed_bits <= dynamic_bits {
        out.reserve(fixed_bits + 8);
        out.put(end | 1 << 1, 3);
        fixed.write(tokens, distances, out);
    } else {
        out.reserve(dynamic_bits + 8);
        out.put(end | 2 << 1, 3);
        header.write(out);
        dynamic.write(tokens, distances, out);
    }
}

fn write_stored(bytes: &[u8], last: bool, out: &mut BitWriter<'_>) {
    let pieces = bytes.len().div_ceil(STORED_MOST);
    for (i, piece) in bytes.chunks(STORED_MOST).enumerate() {
        out.reserve(8);
        out.put(u64::from(last && i + 1 == pieces), 3);
        out.put(0, out.to_byte());
        let len = piece.len() as u16;
        out.put_bytes(&len.to_le_bytes());
        out.put_bytes(&(!len).to_le_bytes());
        out.put_bytes(piece);
    }
}
