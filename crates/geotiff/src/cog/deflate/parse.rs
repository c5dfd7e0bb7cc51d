//! From bytes to tokens.
//!
//! A class map is runs along rows, and its rows resemble the row above. So at every place two ways are weighed: the
//! run to its end, or the row above for as long as it is the same.

use super::costs::Costs;
use super::edges;
use super::symbols::{Distances, LONGEST, Origin, SHORTEST, TOKENS, Token};

/// What it is worth to be past one more edge, and one more byte, in sixteenths of a bit: what is left to be coded costs
/// about so much (measured on land-cover tiles).
const EDGE: u32 = 128;
const BYTE: u32 = 2;

/// A run from here to the next edge, of which the first `head` bytes are new.
#[derive(Debug, Clone, Copy)]
struct Run {
    at: usize,
    len: usize,
    head: usize,
}

impl Run {
    /// How many literals, and the length of the match after them, 0 for none.
    #[inline(always)]
    fn parts(self) -> (usize, usize) {
        let rest = self.len.saturating_sub(self.head);
        if rest < SHORTEST { (self.len, 0) } else { (self.head, rest) }
    }
}

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
        Parser { distances, edges: Vec::new(), tokens: Vec::new(), occur: [0; TOKENS], costs: Costs::guess(distances) }
    }

    pub(super) fn parse(&mut self, data: &[u8]) -> &[Token] {
        self.tokens.clear();
        self.occur = [0; TOKENS];
        self.costs = Costs::guess(self.distances);
        let mut edges = std::mem::take(&mut self.edges);
        edges::find(data, self.distances.of(Origin::Sample), &mut edges);
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
        let run = Run { at, len: next[0] as usize - at, head: self.head(at, inside) };
        if run.len > LONGEST {
            return self.put_run(data, Run { len: run.len.min(run.head + LONGEST), ..run });
        }
        if let Some(len) = self.above(data, next, run) {
            return self.put_row(at, len);
        }
        // A new class, and then as above: the literal alone, and no match to the end of the run.
        if run.head == 1 && run.len > 1 {
            let behind = Run { at: at + 1, len: run.len - 1, head: 0 };
            if let Some(len) = self.above(data, next, behind) {
                self.put(Token::literal(data[at]));
                return self.put_row(at + 1, len);
            }
        }
        self.put_run(data, run)
    }

    /// Only the first byte of a run differs from the one a sample before, unless there is none before.
    #[inline(always)]
    fn head(&self, at: usize, inside: bool) -> usize {
        match (inside, at) {
            (true, _) => 0,
            (false, 0) => self.distances.of(Origin::Sample),
            (false, _) => 1,
        }
    }

    /// Length of a match with the row above, where it is worth more than the run.
    #[inline(always)]
    fn above(&self, data: &[u8], next: &[u32], run: Run) -> Option<usize> {
        let (row, at, edge) = (self.distances.of(Origin::Row), run.at, run.at + run.len);
        let has_edge = |edge: usize| data[edge - row] == data[edge] && data[edge - 1 - row] == data[edge - 1];
        if row > at || edge >= data.len() || !has_edge(edge) {
            return None;
        }
        let most = LONGEST.min(data.len() - at);
        let len = common(&data[at - row..][..most], &data[at..][..most]);
        if len <= run.len || len < SHORTEST {
            return None;
        }
        let ahead = (len - run.len) as u32 * BYTE;
        let cost = self.costs.token(Token::copy(len, Origin::Row));
        let edges = cost.saturating_sub(self.run_cost(data, run) + ahead).div_ceil(EDGE);
        next.get(edges as usize).is_some_and(|edge| *edge as usize <= at + len).then_some(len)
    }

    #[inline(always)]
    fn run_cost(&self, data: &[u8], run: Run) -> u32 {
        let (literals, rest) = run.parts();
        let literals = literals as u32 * self.costs.token(Token::literal(data[run.at]));
        if rest == 0 { literals } else { literals + self.costs.token(Token::copy(rest, Origin::Sample)) }
    }

    #[inline(always)]
    fn put_run(&mut self, data: &[u8], run: Run) -> usize {
        let (literals, rest) = run.parts();
        for byte in &data[run.at..run.at + literals] {
            self.put(Token::literal(*byte));
        }
        if rest > 0 {
            self.put(Token::copy(rest, Origin::Sample));
        }
        run.at + run.len
    }

    #[inline(always)]
    fn put_row(&mut self, at: usize, len: usize) -> usize {
        self.put(Token::copy(len, Origin::Row));
        at + len
    }

    #[inline(always)]
    fn put(&mut self, token: Token) {
        self.occur[token.index()] += 1;
        self.tokens.push(token);
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
