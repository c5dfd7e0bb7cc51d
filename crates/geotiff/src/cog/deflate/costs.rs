//! What tokens cost, in sixteenths of a bit, as far as it can be known before the code is made.

use super::symbols::{Counts, Distances, TOKENS, Token, distance, length};

/// A guess at first; later what the tokens so far would cost.
#[derive(Debug, Clone)]
pub(super) struct Costs([u16; TOKENS]);

impl Costs {
    /// A guess for class maps: a literal is five bits, the length of a match four, its distance two.
    pub(super) fn guess(distances: Distances) -> Costs {
        Costs::of(distances, |_| 5 * 16, |_| 4 * 16, |_| 2 * 16)
    }

    /// What the symbols of these tokens cost in a code of their own.
    pub(super) fn learnt(tokens: &[u32; TOKENS], distances: Distances) -> Costs {
        let counts = Counts::of(tokens, distances);
        let cost = |counts: &[u32]| {
            // Quarters, so that what has not occurred yet counts a little.
            let all = log2(4 * counts.iter().sum::<u32>() + 4);
            counts.iter().map(|n| all - log2(4 * n + 1)).collect::<Vec<_>>()
        };
        let (litlen, far) = (cost(&counts.litlen), cost(&counts.distances));
        Costs::of(distances, |symbol| litlen[symbol], |symbol| litlen[symbol], |symbol| far[symbol])
    }

    fn of(
        distances: Distances,
        literal: impl Fn(usize) -> u16,
        of_length: impl Fn(usize) -> u16,
        of_distance: impl Fn(usize) -> u16,
    ) -> Costs {
        let mut costs = Costs([0; TOKENS]);
        for (token, cost) in Token::all().zip(&mut costs.0) {
            *cost = match token.match_of() {
                None => literal(token.index()),
                Some((len, from)) => {
                    let (len, far) = (length(len), distance(distances.of(from)));
                    of_length(len.symbol) + of_distance(far.symbol) + 16 * (len.extra + far.extra) as u16
                }
            };
        }
        costs
    }

    /// The cost of a token.
    #[inline]
    pub(super) fn token(&self, token: Token) -> u32 {
        u32::from(self.0[token.index()])
    }
}

/// The binary logarithm in sixteenths, straight lines between powers of two: the same on every machine.
fn log2(n: u32) -> u16 {
    let top = n.ilog2();
    (top * 16 + ((u64::from(n) << 4) >> top) as u32 - 16) as u16
}
