//! Tokens and their symbols (RFC 1951, section 3.2.5).

/// Symbols for literals, the end of a block and lengths.
pub(super) const LITLEN: usize = 286;
/// Symbols for distances.
pub(super) const DISTANCES: usize = 30;
/// The symbol that ends a block.
pub(super) const END: usize = 256;
/// The longest match.
pub(super) const LONGEST: usize = 258;
/// The farthest distance.
pub(super) const FARTHEST: usize = 32_768;

/// A literal, or a match: so many bytes as they stood so far before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token(u32);

impl Token {
    pub(super) fn literal(byte: u8) -> Token {
        Token(u32::from(byte))
    }

    /// `len` is 3 to 258, `distance` 1 to 32,768.
    #[inline(always)]
    pub(super) fn copy(len: usize, distance: usize) -> Token {
        Token((len as u32) << 16 | distance as u32)
    }

    /// Length, 0 for a literal.
    #[inline(always)]
    pub(super) fn len(self) -> usize {
        (self.0 >> 16) as usize
    }

    /// The distance, or the byte of a literal.
    #[inline(always)]
    pub(super) fn low(self) -> usize {
        (self.0 & 0xffff) as usize
    }
}

/// A symbol's offset from the first of its kind, and the number and value of its extra bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    pub(super) symbol: usize,
    pub(super) extra: u32,
    pub(super) value: u32,
}

/// Splits a number counted from 0 into symbol and extra bits: `2^keep` symbols share a power of two.
#[inline(always)]
const fn split(number: u32, keep: u32) -> Split {
    let top = 31 - (number | 1).leading_zeros();
    let extra = top.saturating_sub(keep);
    Split { symbol: ((extra << keep) + (number >> extra)) as usize, extra, value: number & ((1 << extra) - 1) }
}

/// The symbol of a distance.
#[inline(always)]
pub(super) const fn distance(distance: usize) -> Split {
    split(distance as u32 - 1, 1)
}

/// The symbol of a length, counted from the first of lengths (257 in the alphabet).
#[inline(always)]
pub(super) const fn length(len: usize) -> Split {
    if len == LONGEST { Split { symbol: 28, extra: 0, value: 0 } } else { split(len as u32 - 3, 2) }
}

/// How often each symbol occurs in a block.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    pub(super) litlen: [u32; LITLEN],
    pub(super) distances: [u32; DISTANCES],
}

impl Default for Counts {
    fn default() -> Self {
        Counts { litlen: [0; LITLEN], distances: [0; DISTANCES] }
    }
}

impl Counts {
    #[inline(always)]
    pub(super) fn add_literal(&mut self, byte: u8) {
        self.litlen[usize::from(byte)] += 1;
    }

    #[inline(always)]
    pub(super) fn add_copy(&mut self, len: usize, far: usize) {
        self.litlen[END + 1 + usize::from(LENGTH_SYMBOLS[len])] += 1;
        self.distances[distance(far).symbol] += 1;
    }
}

/// The symbol of every length, from the first of lengths.
static LENGTH_SYMBOLS: [u8; LONGEST + 1] = length_symbols();

const fn length_symbols() -> [u8; LONGEST + 1] {
    let mut symbols = [0; LONGEST + 1];
    let mut len = 3;
    while len <= LONGEST {
        symbols[len] = length(len).symbol as u8;
        len += 1;
    }
    symbols
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_as_the_table_of_the_standard_has_them() {
        let of_length = |len| (length(len).symbol + 257, length(len).extra, length(len).value);
        assert_eq!(of_length(3), (257, 0, 0));
        assert_eq!(of_length(10), (264, 0, 0));
        assert_eq!(of_length(12), (265, 1, 1));
        assert_eq!(of_length(130), (280, 4, 15));
        assert_eq!(of_length(257), (284, 5, 30));
        assert_eq!(of_length(258), (285, 0, 0));
        let of_distance = |far| (distance(far).symbol, distance(far).extra, distance(far).value);
        assert_eq!(of_distance(1), (0, 0, 0));
        assert_eq!(of_distance(4), (3, 0, 0));
        assert_eq!(of_distance(6), (4, 1, 1));
        assert_eq!(of_distance(513), (18, 8, 0));
        assert_eq!(of_distance(32_768), (29, 13, 8191));
    }
}
