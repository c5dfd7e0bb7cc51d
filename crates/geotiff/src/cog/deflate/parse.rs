//! From bytes to tokens.

use super::costs::Costs;
use super::edges;
use super::symbols::{Counts, LONGEST, Token};

/// Tokens of one piece of data after another.
#[derive(Debug)]
pub(super) struct Parser {
    row: usize,
    sample: usize,
    edges: Vec<u32>,
    pub(super) tokens: Vec<Token>,
    pub(super) counts: Counts,
    costs: Costs,
    k: [usize; 8],
}

/// What is best at a place.
#[derive(Debug, Clone, Copy)]
struct Choice {
    gain: i32,
    end: usize,
    /// 0: the run alone.
    distance: usize,
}

impl Parser {
    pub(super) fn new(row: usize, sample: usize) -> Parser {
        Parser {
            row,
            sample,
            edges: Vec::new(),
            tokens: Vec::new(),
            counts: Counts::default(),
            costs: Costs::default(),
            k: { let mut k=[1,48,1,7*16,16,0,0,0]; for (i,t) in std::env::var("K").unwrap_or_default().split(',').enumerate() { if let Ok(v)=t.parse() {k[i]=v;} } k },
        }
    }

    pub(super) fn parse(&mut self, data: &[u8]) {
        self.tokens.clear();
        self.counts = Counts::default();
        self.costs = Costs::default();
        self.costs.edge = self.k[3] as i32;
        self.costs.byte = self.k[4] as i32;
        let mut renew = 512;
        let mut list = std::mem::take(&mut self.edges);
        edges::find(data, self.sample, &mut list);
        let (mut at, mut next) = (0, 1);
        while at < data.len() {
            while list[next] as usize <= at {
                next += 1;
            }
            let inside = at > list[next - 1] as usize;
            let choice = self.choose(data, &list[next..], at, inside);
            if choice.distance == 0 {
                self.put_run(data, at, choice.end - at);
            } else {
                self.put_copy(choice.end - at, choice.distance);
            }
            at = choice.end;
            if self.tokens.len() >= renew {
                renew *= 2;
                self.costs.learn(&self.counts, self.tokens.len());
            }
        }
        self.edges = list;
    }

    #[inline(always)]
    fn put_literal(&mut self, byte: u8) {
        self.counts.add_literal(byte);
        self.tokens.push(Token::literal(byte));
    }

    #[inline(always)]
    fn put_copy(&mut self, len: usize, distance: usize) {
        self.counts.add_copy(len, distance);
        self.tokens.push(Token::copy(len, distance));
    }

    /// A piece of one run: literals, or matches from one sample before.
    fn put_run(&mut self, data: &[u8], at: usize, gap: usize) {
        let mut left = gap;
        let mut at = at;
        let inside = at >= self.sample && data[at - self.sample] == data[at];
        if !inside || left < 3 {
            let first = if left < 3 { left } else { self.sample.min(left) };
            for byte in &data[at..at + first] {
                self.put_literal(*byte);
            }
            at += first;
            left -= first;
        }
        while left > 0 {
            let len = if left > LONGEST && left < LONGEST + 3 { left - 3 } else { left.min(LONGEST) };
            if len < 3 {
                for byte in &data[at..at + len] {
                    self.put_literal(*byte);
                }
            } else {
                self.put_copy(len, self.sample);
            }
            at += len;
            left -= len;
        }
    }

    #[inline(always)]
    fn run_cost(&self, first: u8, inside: bool, run: usize) -> i32 {
        let literal = self.costs.literal(first);
        let head = if inside { 0 } else { self.sample };
        if run < head + 3 {
            return literal * run as i32;
        }
        head as i32 * literal + self.costs.copy((run - head).min(LONGEST), self.sample)
    }

    #[inline(always)]
    fn choose(&mut self, data: &[u8], next: &[u32], at: usize, inside: bool) -> Choice {
        let edge = next[0] as usize;
        let run = edge - at;
        if run > LONGEST {
            let gap = if inside { LONGEST } else { LONGEST + self.sample };
            return Choice { gain: 0, end: at + gap.min(run), distance: 0 };
        }
        let mut best = Choice { gain: 0, end: edge, distance: 0 };
        if edge >= data.len() || self.k[0] == 0 {
            return best;
        }
        best.gain = self.costs.worth(1, run) - self.run_cost(data[at], inside, run);
        let (row, sample) = (self.row, self.sample);
        self.consider(data, next, at, row, &mut best);
        if self.k[2] > 0 && best.end < at + self.k[1] {
            self.consider(data, next, at, row - sample, &mut best);
            self.consider(data, next, at, row + sample, &mut best);
        }
        best
    }

    #[inline(always)]
    fn consider(&self, data: &[u8], next: &[u32], at: usize, distance: usize, best: &mut Choice) {
        if distance > at {
            return;
        }
        let edge = best.end;
        if edge >= data.len() || data[edge - distance] != data[edge] || data[edge - 1 - distance] != data[edge - 1] {
            return;
        }
        let end = data.len().min(at + LONGEST);
        let len = common(&data[at - distance..end - distance], &data[at..end]);
        if len < 3 || at + len <= best.end {
            return;
        }
        let mut past = 1;
        while next[past] as usize <= at + len && past + 1 < next.len() {
            past += 1;
        }
        let gain = self.costs.worth(past, len) - self.costs.copy(len, distance);
        if gain > best.gain {
            *best = Choice { gain, end: at + len, distance };
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
