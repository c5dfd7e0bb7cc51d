//! From bytes to tokens.
//!
//! A class map is runs along rows, and its rows resemble the row above. So at every place two ways are weighed: the
//! run to its end, or the row above for as long as it is the same.

use super::costs::Costs;
use super::edges;
use super::symbols::{Distances, FARTHEST, From, LONGEST, SHORTEST, TOKENS, Token};

/// What it is worth to be past one more edge, and one more byte, in sixteenths of a bit: what is left to be coded costs
/// about so much (measured on land-cover tiles).
const EDGE: u32 = 128;
const BYTE: u32 = 2;

/// Makes the tokens of one piece of data after another.
#[derive(Debug)]
pub(super) struct Parser {
    distances: Distances,
    edges: Vec<u32>,
    tokens: Vec<Token>,
    occur: [u32; TOKENS],
    costs: Costs,
}

impl Parser {
    pub(super) fn new(distances: Distances) -> Parser {
        Parser {
            distances,
            edges: Vec::new(),
            tokens: Vec::new(),
            occur: [0; TOKENS],
            costs: Costs::guess(distances),
        }
    }

    pub(super) fn parse(&mut self, data: &[u8]) -> &[Token] {
        self.tokens.clear();
        self.occur = [0; TOKENS];
        self.costs = Costs::guess(self.distances);
        let mut edges = std::mem::take(&mut self.edges);
        edges::find(data, self.distances.sample, &mut edges);
        let (mut at, mut next, mut renew) = (0, 1, 512);
        while at < data.len() {
            while edges[next] as usize <= at {
                next += 1;
            }
            let inside = at > edges[next - 1] as usize;
            at = self.step(data, &edges[next..], at, inside);
            if self.tokens.len() >= renew {
                renew *= 2;
                self.costs = Costs::learnt(&self.occur, self.distances);
            }
        }
        self.edges = edges;
        &self.tokens
    }

    /// Makes the next tokens and says where they end. `next` are the edges to come.
    #[inline(always)]
    fn step(&mut self, data: &[u8], next: &[u32], at: usize, inside: bool) -> usize {
        let run = next[0] as usize - at;
        let head = if inside { 0 } else { self.distances.sample };
        if run > LONGEST {
            let run = run.min(head + LONGEST);
            self.put_run(&data[at..at + run], head);
            return at + run;
        }
        if let Some(len) = self.above(data, next, at, head) {
            self.put(Token::copy(len, From::Row));
            return at + len;
        }
        self.put_run(&data[at..at + run], head);
        at + run
    }

    /// Length of a match with the row above, if it is worth more than the run.
    #[inline(always)]
    fn above(&self, data: &[u8], next: &[u32], at: usize, head: usize) -> Option<usize> {
        let row = self.distances.row;
        let edge = next[0] as usize;
        if row > at.min(FARTHEST) || edge >= data.len() || data[edge - row] != data[edge] || data[edge - 1 - row] != data[edge - 1] {
            return None;
        }
        let most = LONGEST.min(data.len() - at);
        let len = common(&data[at - row..][..most], &data[at..][..most]);
        if len < SHORTEST || at + len <= edge {
            return None;
        }
        let run = edge - at;
        let ahead = (at + len - edge) as u32 * BYTE;
        let dearer = (self.costs.token(Token::copy(len, From::Row))).saturating_sub(self.run_cost(data[at], run, head) + ahead);
        let edges = dearer.div_ceil(EDGE) as usize;
        next.get(edges).is_some_and(|edge| *edge as usize <= at + len).then_some(len)
    }

    /// What a run costs whose first `head` bytes are new.
    #[inline(always)]
    fn run_cost(&self, first: u8, run: usize, head: usize) -> u32 {
        let literal = self.costs.token(Token::literal(first));
        if run < head + SHORTEST {
            return literal * run as u32;
        }
        literal * head as u32 + self.costs.token(Token::copy(run - head, From::Sample))
    }

    #[inline(always)]
    fn put(&mut self, token: Token) {
        self.occur[token.index()] += 1;
        self.tokens.push(token);
    }

    /// A run whose first `head` bytes are new.
    #[inline(always)]
    fn put_run(&mut self, run: &[u8], head: usize) {
        let rest = run.len().saturating_sub(head);
        let literals = if rest < SHORTEST { run.len() } else { head };
        for byte in &run[..literals] {
            self.put(Token::literal(*byte));
        }
        if rest >= SHORTEST {
            self.put(Token::copy(rest, From::Sample));
        }
    }
}

/// How many bytes are the same from the start of both.
#[inline]
fn common(a: &[u8], b: &[u8]) -> usize {
    let mut len = 0;
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        let differ = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if differ != 0 {
            return len + differ.trailing_zeros() as usize / 8;
        }
        len += 8;
    }
    len + a[len..].iter().zip(&b[len..]).take_while(|(a, b)| a == b).count()
}
