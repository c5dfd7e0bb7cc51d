//! Tokens, and the symbols they are made of (RFC 1951, section 3.2.5).

/// Symbols for literals, the end of a block and lengths.
pub(super) const LITLEN: usize = 286;
/// Symbols for distances.
pub(super) const DISTANCES: usize = 30;
/// The symbol that ends a block.
pub(super) const END: usize = 256;
/// The shortest match.
pub(super) const SHORTEST: usize = 3;
/// The longest match.
pub(super) const LONGEST: usize = 258;
/// The farthest distance.
pub(super) const FARTHEST: usize = 32_768;
/// Lengths of matches.
const LENGTHS: usize = LONGEST + 1 - SHORTEST;
/// Number of tokens that differ.
pub(super) const TOKENS: usize = 256 + 2 * LENGTHS;

/// Where a match is copied from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// From one sample before: a run goes on.
    Sample,
    /// From the row above.
    Row,
}

/// A literal or a match. Only two distances occur, so all tokens are few enough to be counted, priced and coded by table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token(u16);

impl Token {
    /// A byte as it is.
    #[inline]
    pub(super) fn literal(byte: u8) -> Token {
        Token(u16::from(byte))
    }

    /// A match of `len` bytes, [`SHORTEST`] to [`LONGEST`].
    #[inline]
    pub(super) fn copy(len: usize, from: Origin) -> Token {
        let first = if from == Origin::Sample { 256 } else { 256 + LENGTHS };
        Token((first + len - SHORTEST) as u16)
    }

    /// Its place in tables of [`TOKENS`].
    #[inline]
    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }

    /// How many bytes it stands for.
    pub(super) fn bytes(self) -> usize {
        self.match_of().map_or(1, |(len, _)| len)
    }

    /// Length and origin of a match.
    pub(super) fn match_of(self) -> Option<(usize, Origin)> {
        let index = self.index().checked_sub(256)?;
        let from = if index < LENGTHS { Origin::Sample } else { Origin::Row };
        Some((index % LENGTHS + SHORTEST, from))
    }

    /// Every token that can be.
    pub(super) fn all() -> impl Iterator<Item = Token> {
        (0..TOKENS as u16).map(Token)
    }
}

/// The two distances of a piece of data, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Distances {
    sample: usize,
    row: usize,
}

impl Distances {
    /// What lies out of reach is brought into it: then the row is not the one above, but tokens stay true.
    pub(super) fn new(sample: usize, row: usize) -> Distances {
        Distances { sample: sample.clamp(1, FARTHEST), row: row.clamp(1, FARTHEST) }
    }

    pub(super) fn of(self, from: Origin) -> usize {
        match from {
            Origin::Sample => self.sample,
            Origin::Row => self.row,
        }
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
fn split(number: u32, keep: u32) -> Split {
    let extra = (number | 1).ilog2().saturating_sub(keep);
    Split { symbol: ((extra << keep) + (number >> extra)) as usize, extra, value: number & ((1 << extra) - 1) }
}

/// The symbol of a distance, 1 to [`FARTHEST`].
pub(super) fn distance(distance: usize) -> Split {
    split(distance as u32 - 1, 1)
}

/// The symbol of a length, counted in the whole alphabet.
pub(super) fn length(len: usize) -> Split {
    let part =
        if len == LONGEST { Split { symbol: 28, extra: 0, value: 0 } } else { split((len - SHORTEST) as u32, 2) };
    Split { symbol: END + 1 + part.symbol, ..part }
}

/// How often each symbol occurs in a block, and the extra bits of all together.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    pub(super) litlen: [u32; LITLEN],
    pub(super) distances: [u32; DISTANCES],
    pub(super) extra_bits: u64,
}

impl Counts {
    /// From how often each token occurs.
    pub(super) fn of(tokens: &[u32; TOKENS], distances: Distances) -> Counts {
        let mut counts = Counts { litlen: [0; LITLEN], distances: [0; DISTANCES], extra_bits: 0 };
        counts.litlen[END] = 1;
        for (token, n) in Token::all().zip(tokens).filter(|(_, n)| **n > 0) {
            let Some((len, from)) = token.match_of() else {
                counts.litlen[token.index()] += n;
                continue;
            };
            let (len, far) = (length(len), distance(distances.of(from)));
            counts.litlen[len.symbol] += n;
            counts.distances[far.symbol] += n;
            counts.extra_bits += u64::from(*n) * u64::from(len.extra + far.extra);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_as_the_table_of_the_standard_has_them() {
        let of_length = |len| (length(len).symbol, length(len).extra, length(len).value);
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

    #[test]
    fn tokens_are_numbered_without_gaps() {
        assert_eq!(Token::all().count(), TOKENS);
        for (i, token) in Token::all().enumerate() {
            let again = match token.match_of() {
                Some((len, from)) => Token::copy(len, from),
                None => Token::literal(i as u8),
            };
            assert_eq!((again, again.index()), (token, i));
        }
    }
}
